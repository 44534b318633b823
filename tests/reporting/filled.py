"""Filled-in services of reporting."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Unit
from internship.rules import add_months
from reporting.models import Placement
from review.models import Case
from tests.contracts.filled import Filled
from tests.reporting.support import (
    make_fresh_trainee,
    make_placement,
    make_position,
    make_qualified,
    pages,
    set_limits,
)


def _registering_unit() -> Unit:
    set_limits()
    unit = make_qualified().unit
    make_position(unit)
    return unit


def _registration(case: Case) -> dict[str, dict[str, Any]]:
    return pages(case, make_fresh_trainee(), case.unit.positions.get())


def _unit_with_people() -> Unit:
    set_limits()
    unit = make_qualified().unit
    make_placement(unit, starts_on=add_months(timezone.localdate(), -4))
    return unit


def _end(case: Case) -> dict[str, dict[str, Any]]:
    placement = Placement.objects.get(unit=case.unit)
    yesterday = timezone.localdate() - timedelta(days=1)
    return {
        "end": {"placement": str(placement.pk), "ended_on": yesterday.isoformat(), "reason": "1"},
        "whereabouts": {"destination": "02"},
        "retention": {},
    }


FILLED = {
    "placement-registration": Filled(_registering_unit, _registration),
    "placement-end": Filled(_unit_with_people, _end),
}
