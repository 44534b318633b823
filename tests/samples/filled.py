"""Filled-in sample services."""

from accounts.models import Unit
from tests.contracts.filled import Filled
from tests.factories import COUNTY, make_handler, make_individual, make_region
from tests.review.cases import BASIC

ROW = "0a000000-0000-4000-8000-000000000001"


def _unit() -> Unit:
    return make_handler().unit


def _individual():
    make_region(COUNTY)
    return make_individual()


FILLED = {
    "sample-application": Filled(
        _individual, lambda case: {"basic": BASIC, "items": {"rows": [{"key": ROW, "label": "甲"}]}}
    ),
    "sample-batch": Filled(_unit, lambda case: {"lines": {"rows": [{"key": ROW, "code": "A1"}]}}),
}
