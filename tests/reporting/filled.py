"""Filled-in services of reporting."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Unit
from internship.rules import add_months
from reporting.correction_forms import INSURANCE_COLUMNS
from reporting.models import MonthlyReport, PersonMonth, Placement
from review.models import Case
from tests.contracts.filled import Filled
from tests.internship.support import make_case
from tests.reporting.claims_support import last_year, make_claiming, make_end, make_intern, set_jilin
from tests.reporting.support import (
    make_fresh_trainee,
    make_placement,
    make_position,
    make_qualified,
    pages,
    set_limits,
    terms,
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


def _file(page: str, row: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What a draft keeps of a file with one row."""
    return {page: {"name": "样例.xlsx", "total": 1, "columns": list(row), "rows": [[2, *row.values()]]}}


def _matched(case: Case) -> dict[str, dict[str, Any]]:
    trainee = make_fresh_trainee()
    told = {name: str(value) for name, value in terms().items()}
    person = {"id_no": trainee.id_no, "name": trainee.name, "position": case.unit.positions.get().number}
    return _file("file", person | told)


def _month_of(case: Case) -> dict[str, str]:
    placement = Placement.objects.get(unit=case.unit)
    month = add_months(timezone.localdate().replace(day=1), -1)
    return {"id_no": placement.id_no, "name": placement.name, "month": f"{month:%Y-%m}"}


def _report(case: Case) -> dict[str, dict[str, Any]]:
    placement = Placement.objects.get(unit=case.unit)
    month = add_months(timezone.localdate().replace(day=1), -1)
    cells = {"days": "21.5", "due_pay": "3100.00", "net_pay": "3100.00", "paid_on": timezone.localdate().isoformat()}
    return {
        "month": {"month": month.isoformat(), "filler": "王演示", "phone": "13800000009"},
        "people": {"rows": [{"key": str(placement.pk), **cells}]},
    }


def _claiming_unit() -> Unit:
    set_jilin()
    unit = make_claiming().unit
    make_intern(unit)
    make_end(unit, last_year())
    return unit


def _correction(case: Case) -> dict[str, dict[str, Any]]:
    placement = Placement.objects.get(unit=case.unit)
    told = {name: str(value) for name, value in terms(starts_on=placement.starts_on).items()}
    return {
        "what": {"placement": str(placement.pk), "kind": "agreement", "reason": "签订补充协议"},
        "values": {name: told[name] for name in told if name not in INSURANCE_COLUMNS},
        "insurance": {name: told[name] for name in INSURANCE_COLUMNS} | {"insurer": "另一演示保险公司"},
    }


def _reporting_unit() -> Unit:
    """A unit with an approved report of last month."""
    unit = _unit_with_people()
    placement, month = Placement.objects.get(unit=unit), add_months(timezone.localdate().replace(day=1), -1)
    case = make_case("monthly-report", unit)
    now, by = timezone.now(), case.acting_user
    Case.objects.filter(pk=case.pk).update(
        status="approved", region=unit.handling_region, submitted_at=now, submitted_by=by, accepted_at=now, accepted_by=by,
        decided_at=now, decided_by=by,
    )  # fmt: skip
    MonthlyReport.objects.create(case=case, live=True, month=month, filler="王演示", phone="13800000009")
    PersonMonth.objects.create(
        placement=placement, case=case, month=month, category="G1", days=20, due_pay=3100, net_pay=3100, paid_on=month,
        subsidy_reason="演示",
    )  # fmt: skip
    return unit


def _revision(case: Case) -> dict[str, dict[str, Any]]:
    report = MonthlyReport.objects.get(case__unit=case.unit, case__matter="monthly-report")
    return {
        "people": _report(case)["people"],
        "report": {"revises": str(report.pk), "filler": "王演示", "phone": "13800000009"},
    }


FILLED = {
    "record-correction": Filled(_unit_with_people, _correction),
    "monthly-report-revision": Filled(_reporting_unit, _revision),
    "monthly-report": Filled(_unit_with_people, _report),
    "placement-import": Filled(_registering_unit, _matched),
    "attendance-import": Filled(
        _unit_with_people,
        lambda case: _file("file", _month_of(case) | {"due": "22", "present": "21.5", "sick_leave": "0.5"}),
    ),
    "on-post-import": Filled(_unit_with_people, lambda case: _file("file", _month_of(case) | {"on_post": "是"})),
    "placement-registration": Filled(_registering_unit, _registration),
    "placement-end": Filled(_unit_with_people, _end),
    # Both claims begin with everything filled in.
    "living-subsidy": Filled(_claiming_unit, lambda case: {}),
    "mentoring-subsidy": Filled(_claiming_unit, lambda case: {}),
}
