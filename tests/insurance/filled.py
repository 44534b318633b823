"""Filled-in services of social insurance."""

from typing import Any

from accounts.models import Unit
from insurance.models import Enrolment, InsuredUnit
from insurance.retirement import Group
from review.models import Case
from tests.contracts.filled import Filled
from tests.insurance import claims, enrolments


def _unit() -> Unit:
    return claims.make_claimant().unit


def _claimant(case: Case) -> claims.Claimant:
    enrolment = Enrolment.objects.select_related("person", "unit").get()
    by = case.unit.handlers.active().first().user
    return claims.Claimant(case.unit, by, InsuredUnit.objects.get(), enrolment.person, enrolment)


def _claim_values(case: Case) -> dict[str, dict[str, Any]]:
    return claims.pages(_claimant(case))


def _young() -> Unit:
    return claims.make_claimant(birth_date=claims.birth_for(Group.MALE, claims.this_month() + 24)).unit


def _flexible_values(case: Case) -> dict[str, dict[str, Any]]:
    claimant = _claimant(case)
    month = claims.statutory_month(claimant.person) + 12
    return {
        "choice": {
            "person": str(claimant.person.pk),
            "kind": "late",
            "age_group": "male",
            "chosen_on": f"{month}-01",
            "written_on": f"{claims.this_month()}-01",
        }
    }


def _employer() -> Unit:
    return enrolments.make_employer().unit


def _enrolment_values(case: Case) -> dict[str, dict[str, Any]]:
    return enrolments.pages()


def _leaver() -> Unit:
    return enrolments.make_leaver()[0].unit


def _withdrawal_values(case: Case) -> dict[str, dict[str, Any]]:
    return enrolments.withdrawal_pages(Enrolment.objects.select_related("person").get())


FILLED = {
    "employee-enrolment": Filled(_employer, _enrolment_values),
    "employee-withdrawal": Filled(_leaver, _withdrawal_values),
    "pension-claim": Filled(_unit, _claim_values),
    "flexible-retirement": Filled(_young, _flexible_values),
}
