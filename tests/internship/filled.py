"""Filled-in services of internships."""

import datetime
from typing import Any

from accounts.models import Individual, Unit
from review import submission
from review.models import Case
from tests.contracts.filled import Filled
from tests.factories import COUNTY, make_handler, make_id_no, make_individual, make_region
from tests.internship.support import place, set_figures, unit_pages

ROW = "0b000000-0000-4000-8000-000000000001"


def _person() -> Individual:
    make_region(COUNTY)
    set_figures()
    return make_individual()


def _unit() -> Unit:
    return make_handler().unit


def _trainee_values(case: Case) -> dict[str, dict[str, Any]]:
    """A graduate of this year, whatever year it is."""
    graduated = f"{datetime.date.today().year}-01-01"  # noqa: DTZ011 - any day of the year will do
    return {
        "category": {"category": "G1", "education": "21", **place(COUNTY, "handling_region")},
        "background": {"school": "演示大学", "graduated_on": graduated},
    }


def _unit_values(case: Case) -> dict[str, dict[str, Any]]:
    row = {
        "key": ROW,
        "name": "赵演示",
        "id_type": "01",
        "id_no": make_id_no(7, birth=datetime.date(1985, 3, 7)),
        "phone": "13800000008",
    }
    held = submission.load_values(case)
    added = unit_pages(case.unit) | {"staff": {"rows": [row]}}
    return {page: held.get(page, {}) | values for page, values in added.items()}


FILLED = {
    "trainee-application": Filled(_person, _trainee_values),
    "unit-qualification": Filled(_unit, _unit_values),
}
