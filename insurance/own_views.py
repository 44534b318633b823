"""个人权益 in the individual portal (B5): a person's own enrolments and contributions by year."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import Individual
from accounts.portal import individual_required
from common import identifiers
from insurance import queries
from insurance.models import Enrolment, InsuredPerson
from insurance.views import STATE_TONES
from review.portal import crumbs

TITLE = "我的缴费记录"


@individual_required
@require_safe
def own_history(request: HttpRequest) -> HttpResponse:
    """By year, months and gaps; opens from real-name level 3 on (matters A1)."""
    individual: Individual = request.individual  # type: ignore[attr-defined]
    person = queries.person_of_individual(individual)
    context: dict[str, Any] = {"page_title": TITLE, "crumbs": crumbs("individual", (TITLE, "")), "person": person}
    if person is None:
        return render(request, "insurance/own_none.html", context | {"verified": individual.is_verified})
    return render(request, "insurance/own_history.html", context | _record(person))


def _record(person: InsuredPerson) -> dict[str, Any]:
    enrolments = Enrolment.objects.filter(person=person).select_related("unit").order_by("-starts_on")
    facts = [
        ("姓名", person.name),
        ("社会保障号", identifiers.mask_id(person.id_no)),
        ("个人代码", person.number),
        ("参加工作日期", person.work_started_on),
        ("视同缴费月数", person.deemed_months if person.deemed_months is not None else "未认定"),
        ("个人账户储存额", _money(person.account_balance)),
        ("职业年金储存额", _money(person.annuity_balance)),
        ("储存额截止日期", person.balances_on),
    ]
    years = queries.history(person)
    return {
        "facts": [{"label": label, "value": value} for label, value in facts],
        "enrolments": [
            {
                "row": row,
                "state": {"tone": tone, "icon": icon, "label": row.get_state_display()},
            }
            for row in enrolments
            for tone, icon in [STATE_TONES[row.state]]
        ],
        "years": years,
        "paid_months": sum(year.paid for year in years),
        "arrears": queries.person_arrears(person),
    }


def _money(amount: Any) -> str:
    return "" if amount is None else f"{amount:,.2f}元"
