"""选择人员 of 在职人员减少."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.portal import unit_required
from insurance import enrolment_actions, withdrawal_facts
from insurance.claim_views import INVALID, people_page, person_dossier
from review.matters import StartRefused
from review.portal import case_url, crumbs

WITHDRAWAL, TITLE = "employee-withdrawal", "在职人员减少"


@unit_required
@require_safe
def withdraw_people(request: HttpRequest) -> HttpResponse:
    """The unit's people in service, to choose who leaves."""
    return people_page(request, WITHDRAWAL, "enrolments:withdraw")


@unit_required
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """在职人员减少 for a person: what is held, a warning of arrears, and the draft."""
    dossier = person_dossier(request, number)
    refused: StartRefused | None = None
    if request.method == "POST" and dossier.enrolment is not None:
        try:
            case = enrolment_actions.start_withdrawal(unit=request.unit, person=dossier.person, by=request.user)
            return redirect(case_url(case, "page", page=withdrawal_facts.PAGE))
        except StartRefused as error:
            refused = error
    people_url = reverse("enrolments:withdraw_people")
    facts = withdrawal_facts.facts_of(dossier.person, dossier.enrolment)
    context = {
        "facts": [{"label": label, "value": value} for label, value in facts],
        "blocked": "" if dossier.enrolment else f"{dossier.person.name}不是本单位在职参保人员，不能办理",
        "arrears": withdrawal_facts.arrears_words(dossier.person),
        "refused": refused.reason if refused else "",
        "refused_url": reverse("review:case", args=["unit", refused.url]) if refused and refused.url else "",
        "people_url": people_url,
        "page_title": f"为{dossier.person.name}办理{TITLE}",
        "page_kicker": TITLE,
        "crumbs": crumbs("unit", (TITLE, people_url), (dossier.person.name, "")),
    }
    return render(request, "insurance/withdraw.html", context, status=INVALID if refused else 200)
