"""What the tests of claims share: policies of Jilin, approved months, ended internships. All data is fictitious."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import Handler, Unit
from internship.rules import add_months
from reporting.models import PersonMonth, Placement, PlacementEnd
from review import actions as review_actions
from review import workflow
from review.models import Case, Status
from tests.factories import make_bank_account, make_individual
from tests.internship.support import make_case, set_policy
from tests.reporting.support import make_placement, make_qualified, reviewer, set_limits
from tests.review.cases import attach, load_steps

JILIN = {
    "minimum_wage": "1880",
    "subsidy_rate.G1": "1.00",
    "subsidy_rate.Y1": "0.60",
    "subsidy_unit_share": "0.60",
    "partial_month": "none",
    "subsidy_months_min": "3",
    "subsidy_months_max": "12",
    "retention_rate_min": "0.50",
    "retention_amount": "2000",
    "retention_contract_months": "12",
    "retention_filing_required": "off",
}


def set_jilin(**figures: str) -> None:
    """Jilin's policies for the whole country; what is given as "" is not configured."""
    set_limits()
    for key, value in (JILIN | figures).items():
        if value:
            set_policy(key, value)


def this_month() -> date:
    return timezone.localdate().replace(day=1)


def months_before(count: int) -> list[date]:
    """The last whole months, oldest first."""
    return [add_months(this_month(), -back) for back in range(count, 0, -1)]


def make_month(placement: Placement, month: date, **values: Any) -> PersonMonth:
    """An approved month of a placement, paid enough for a graduate in Jilin."""
    typical = {
        "case": make_case("monthly-report", placement.unit),
        "category": placement.category,
        "days": 21,
        "due_pay": Decimal("3100"),
        "net_pay": Decimal("3100"),
        "paid_on": add_months(month, 1),
        "subsidy": Decimal("1880"),
    }
    return PersonMonth.objects.create(placement=placement, month=month, **(typical | values))


def make_intern(unit: Unit, *, months: int = 3, name: str = "孙演示", **values: Any) -> Placement:
    """Somebody with that many approved months behind, the last one being the month before this."""
    starts_on = values.pop("starts_on", add_months(this_month(), -months))
    person = values.pop("person", None) or make_individual(name=name)
    placement = make_placement(unit, person=person, starts_on=starts_on, **values)
    for month in months_before(months):
        make_month(placement, month)
    return placement


def make_claiming() -> Handler:
    """A handler of an internship unit with one bank account in its own name."""
    handler = make_qualified()
    if not handler.unit.bank_accounts.exists():
        make_bank_account(handler.unit, holder=handler.unit.name)
    return handler


def make_end(unit: Unit, year: int, *, retained: bool = True, name: str = "留演示", **values: Any) -> PlacementEnd:
    """Somebody whose internship came to its end in August of the year, retained for a year from September on."""
    starts_on, ends_on = date(year, 3, 1), date(year, 8, 31)
    case = make_case("placement-end", unit)
    now = timezone.now()
    fields = {"region": unit.handling_region, "submitted_at": now, "decided_at": now}
    by = {"submitted_by": case.acting_user, "decided_by": case.acting_user}
    Case.objects.filter(pk=case.pk).update(**{"status": Status.APPROVED}, **fields, **by)
    placement = make_placement(
        unit,
        person=make_individual(name=name),
        starts_on=starts_on,
        ends_on=ends_on,
        state=Placement.State.ENDED,
        holds_place=False,
        ended_on=values.get("ended_on", ends_on),
        ended_at=now,
        ended_by=case.acting_user,
        end_reason=values.get("reason", "2"),
    )
    typical = {"ended_on": ends_on, "reason": "2", "other_employment": "演示", "live": True}
    if retained:
        kept = {"retained": True, "contract_from": date(year, 9, 1), "social_insured_from": date(year, 9, 1)}
        typical |= kept | {"contract_to": date(year + 1, 8, 31)}
    return PlacementEnd.objects.create(case=case, placement=placement, **(typical | values))


def last_year() -> int:
    return timezone.localdate().year - 1


def started(matter: str, handler: Handler) -> Case:
    """A prefilled draft with its attachments."""
    load_steps(matter)
    case = review_actions.start_case(matter, handler.unit, by=handler.user)
    living = ("application_form", "roster", "payment", "invoice")
    for slot in living if matter == "living-subsidy" else ("roster", "contracts", "insurance"):
        attach(case, slot)
    return case


def submitted(matter: str, handler: Handler) -> Case:
    return workflow.perform(started(matter, handler), "submit", by=handler.user)


def approved(case: Case) -> Case:
    """The case after all steps."""
    while case.status in ("submitted", "in_review"):
        case = workflow.perform(case, "approve", by=reviewer(case))
    return case
