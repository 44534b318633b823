"""退休测算 in the individual portal (B5): one's own retirement date and estimate, from what the hall holds."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Individual
from accounts.portal import individual_required
from insurance import claim_estimate, claim_rules, queries
from insurance.calculator_views import describe
from insurance.dossier import Dossier
from insurance.models import InsuredPerson
from insurance.months import Month
from insurance.pension import DISCLAIMER
from review.portal import crumbs

TITLE = "我的退休测算"


@individual_required
@require_safe
def own_retirement(request: HttpRequest) -> HttpResponse:
    """Opens from real-name level 3 on, as one's own contributions do (matters A1)."""
    individual: Individual = request.individual  # type: ignore[attr-defined]
    person = queries.person_of_individual(individual)
    context: dict[str, Any] = {"page_title": TITLE, "crumbs": crumbs("individual", (TITLE, "")), "person": person}
    if person is None:
        return render(request, "insurance/own_none.html", context | {"verified": individual.is_verified})
    return render(request, "insurance/own_retirement.html", context | _reckoned(person, request.GET.get("group", "")))


def _reckoned(person: InsuredPerson, asked: str) -> dict[str, Any]:
    groups = claim_rules.groups_of(person.sex)
    chosen = next((group for group in groups if group.value == asked), None)
    group = chosen or claim_rules.usual_group(person.sex, person.identity)
    dossier = Dossier(person, queries.last_enrolment(person))
    month = claim_rules.statutory_of(dossier.facts(group.value), dossier.law).month
    return {
        "result": describe(
            {
                "group": group.value,
                "birth": Month.of(person.birth_date),
                "official": dossier.is_civil_servant,
                "contributed": dossier.total().months,
            },
            dossier.law.rules,
        ),
        "group": group,
        "groups": groups if len(groups) > 1 else (),
        "total": dossier.total().words,
        "outcome": claim_estimate.expected(dossier, max(month, Month.of(timezone.localdate()))),
        "disclaimer": DISCLAIMER,
    }
