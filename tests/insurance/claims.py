"""People who retire, and claims for them: filled in, submitted, decided. All data is fictitious."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.models import Unit, User
from insurance import claim_actions, claim_rules
from insurance.models import Enrolment, InsuredPerson, InsuredUnit
from insurance.months import Month
from insurance.retirement import Group, retirement_day, statutory
from review import actions as review_actions
from review import submission
from review.models import Case
from review.workflow import perform
from tests.factories import make_handler, make_staff, make_unit
from tests.insurance.support import make_enrolment, make_insured_unit, make_months, make_person
from tests.review.cases import attach, fill, load_steps

REFORM = Month(2014, 10)
CLAIM_ROW, WORK_ROW, RANK_ROW = (f"0b000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))


def this_month() -> Month:
    """The month of today, for claims are judged by the day they are made on."""
    return Month.of(timezone.localdate())


def birth_for(group: Group, month: Month) -> datetime.date:
    """A birth date whose statutory retirement lies in a month, or in the nearest one after it that anybody has."""
    for offset in range(70 * 12):
        born = Month(1955, 1) + offset
        if statutory(group, born).month >= month:
            return datetime.date(born.year, born.month, 1)
    raise AssertionError(month)


def statutory_month(person: InsuredPerson, group: Group = Group.MALE) -> Month:
    """When a person retires by law."""
    return statutory(group, Month.of(person.birth_date)).month


@dataclass
class Claimant:
    """A person of a unit who retires this month, with everything paid since the scheme began."""

    unit: Unit
    by: User
    insured_unit: InsuredUnit
    person: InsuredPerson
    enrolment: Enrolment

    @property
    def retired_on(self) -> datetime.date:
        group = claim_rules.usual_group(self.person.sex, self.person.identity)
        return retirement_day(self.person.birth_date, statutory_month(self.person, group))


def make_office(**fields: Any) -> tuple[Unit, User, InsuredUnit]:
    """A unit of level 4 that insures its people, and its handler."""
    handler = make_handler(make_unit(level=4, **fields))
    return handler.unit, handler.user, make_insured_unit(handler.unit)


def make_claimant(
    office: tuple[Unit, User, InsuredUnit] | None = None, *, paid: int | None = None, **fields: Any
) -> Claimant:
    """Somebody who reached the statutory age; ``paid``: months since 2014-10, all of them by default."""
    unit, by, insured = office or make_office()
    values = {"birth_date": birth_for(Group.MALE, this_month() - 3), "work_started_on": datetime.date(1988, 7, 1)}
    person = make_person(**(values | fields))
    enrolment = make_enrolment(insured, person)
    count = this_month() - REFORM if paid is None else paid
    if count:
        make_months(person, insured, str(REFORM), count)
    return Claimant(unit, by, insured, person, Enrolment.objects.get(pk=enrolment.pk))


def start(claimant: Claimant, **chosen: Any) -> Case:
    """A draft for the claimant, as the list of people opens it."""
    load_steps("pension-claim")
    values = {"kind": "2", "age_group": "male", "retired_on": claimant.retired_on} | chosen
    return claim_actions.start_claim(unit=claimant.unit, person=claimant.person, by=claimant.by, **values)


def pages(claimant: Claimant, /, **changes: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What a handler types; ``changes`` by page go over it."""
    typed: dict[str, dict[str, Any]] = {
        "claimant": {
            "person": str(claimant.person.pk),
            "kind": "2",
            "age_group": "male",
            "retired_on": claimant.retired_on.isoformat(),
        },
        "basics": {
            "work_started_on": "1988-07-01",
            "work_years": "37",
            "work_months": "11",
            "identity_2014": "3",
            "identity": "3",
        },
        "wages_2014": {
            "rank_2014": "M05",
            "grade_2014": "30",
            "step_2014": "3",
            "post_wage_2014": "1640",
            "grade_wage_2014": "1500.50",
            "subsidy_2014": "1200",
        },
        "wages": {"rank": "M05", "grade": "36", "step": "5", "post_wage": "3820", "grade_wage": "3100"},
        "bank": {
            "account_holder": claimant.person.name,
            "bank": "演示银行",
            "account_no": "6222021234567890128",
        },
    }
    return {page: values | changes.pop(page, {}) for page, values in typed.items()} | changes


def complete(claimant: Claimant, /, case: Case | None = None, **changes: Any) -> Case:
    """A draft that can be submitted."""
    case = case or start(claimant)
    fill(case, pages(claimant, **changes), claimant.by)
    for slot in ("form", "wage_approval", "archives"):
        attach(case, slot)
    return case


def submit(claimant: Claimant, /, **changes: Any) -> Case:
    """A claim that waits for its first step."""
    return perform(complete(claimant, **changes), "submit", by=claimant.by)


def approve(case: Case) -> Case:
    """A claim that went through both levels."""
    while case.status in ("submitted", "in_review"):
        step = case.steps.get(current=True)
        case = perform(case, "approve", by=make_staff(step.role, step.region_id))
    return case


def problems_of(case: Case) -> dict[str, str]:
    """What keeps a case from being submitted: page.field → the words."""
    found = submission.validate(Case.objects.get(pk=case.pk)).problems
    return {f"{p.page}.{p.field}" if p.field else p.page or f"slot:{p.slot}": p.message for p in found}


def review_start(claimant: Claimant) -> Case:
    """A draft begun on the matter's own start page, where nobody was chosen yet."""
    load_steps("pension-claim")
    return review_actions.start_case("pension-claim", claimant.unit, by=claimant.by)
