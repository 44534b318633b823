"""People who come and go: cases of 在职人员增加 and 在职人员减少, filled in and decided. All data is fictitious."""

import datetime
from dataclasses import dataclass
from typing import Any

from accounts.models import Unit, User
from insurance.models import Enrolment, InsuredPerson, InsuredUnit
from insurance.months import Month
from review import actions, matters, submission
from review.models import Case
from review.workflow import perform
from tests.factories import make_id_no
from tests.insurance.claims import approve, make_office, this_month
from tests.insurance.support import make_enrolment, make_months, make_person
from tests.review.cases import attach, fill, load_steps

NAME = "演示新进"
BIRTH = datetime.date(1995, 4, 6)


def newcomer_id(serial: int = 881, birth: datetime.date = BIRTH) -> str:
    """The ID number of somebody whom nobody knows."""
    return make_id_no(serial, birth=birth)


@dataclass
class Employer:
    """A unit that insures its people, with its handler."""

    unit: Unit
    by: User
    insured_unit: InsuredUnit


def make_employer(**fields: Any) -> Employer:
    """A unit with one 单位编号."""
    return Employer(*make_office(**fields))


def pages(person: InsuredPerson | None = None, /, **changes: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What a handler types for a newcomer, or for somebody who is known; ``changes`` by page go over it."""
    typed: dict[str, dict[str, Any]] = {
        "identity": {
            "id_type": "01",
            "id_no": person.id_no if person else newcomer_id(),
            "name": person.name if person else NAME,
        },
        "key": {"nation": "01", "work_started_on": "2020-07-01"},
        "general": {"education": "21", "mobile": "13800000071", "address": "演示路1号"},
        "insurance": {
            "identity": "302",
            "staffing": "3",
            "reason": "2",
            "starts_on": str(this_month()),
            "rank": "P11",
        },
        "wages": {"post_wage": "2000", "grade_wage": "1500.50", "allowance": "800"},
    }
    return {page: values | changes.pop(page, {}) for page, values in typed.items()} | changes


def complete(employer: Employer, person: InsuredPerson | None = None, /, **changes: dict[str, Any]) -> Case:
    """A draft of 在职人员增加 that can be submitted."""
    load_steps("employee-enrolment")
    case = actions.start_case("employee-enrolment", employer.unit, by=employer.by)
    fill(case, pages(person, **changes), employer.by)
    matter = matters.get(case.matter)
    for state in submission.slot_states(matter, case, submission.load_values(case)):
        if not state.complete:
            attach(case, state.slot.key)
    return case


def submit(employer: Employer, person: InsuredPerson | None = None, /, **changes: dict[str, Any]) -> Case:
    """One that waits for the county."""
    return perform(complete(employer, person, **changes), "submit", by=employer.by)


def enrol(employer: Employer, person: InsuredPerson | None = None, /, **changes: dict[str, Any]) -> Case:
    """One that was approved."""
    return approve(submit(employer, person, **changes))


def make_leaver(employer: Employer | None = None, **fields: Any) -> tuple[Employer, Enrolment]:
    """Somebody in service since 2020 who was paid for up to last month."""
    employer = employer or make_employer()
    person = make_person(**({"birth_date": datetime.date(1990, 2, 3)} | fields))
    enrolment = make_enrolment(employer.insured_unit, person, starts_on=datetime.date(2020, 1, 1))
    make_months(person, employer.insured_unit, "2020-01", this_month() - Month(2020, 1))
    return employer, Enrolment.objects.select_related("person", "unit").get(pk=enrolment.pk)


def withdrawal_pages(enrolment: Enrolment, **changes: Any) -> dict[str, dict[str, Any]]:
    """What a handler types for somebody who resigns this month."""
    month = this_month()
    typed = {
        "person": str(enrolment.person_id),
        "cause": "630101",
        "left_on": f"{month}-01",
        "ends_on": str(month),
        "destination": "",
    }
    return {"details": typed | changes}


def submit_withdrawal(employer: Employer, enrolment: Enrolment, **changes: Any) -> Case:
    """A withdrawal that waits for the county."""
    load_steps("employee-withdrawal")
    case = actions.start_case("employee-withdrawal", employer.unit, by=employer.by)
    fill(case, withdrawal_pages(enrolment, **changes), employer.by)
    attach(case, "proof")
    return perform(case, "submit", by=employer.by)


def withdraw(employer: Employer, enrolment: Enrolment, **changes: Any) -> Case:
    """A withdrawal that was approved."""
    return approve(submit_withdrawal(employer, enrolment, **changes))


def problems_of(case: Case) -> dict[str, str]:
    """What keeps a case from being submitted: page.field → the words."""
    found = submission.validate(Case.objects.get(pk=case.pk)).problems
    return {f"{p.page}.{p.field}" if p.field else p.page or f"slot:{p.slot}": p.message for p in found}


def handler_of(case: Case) -> User:
    """Who acts for the unit of a case."""
    assert case.unit is not None
    handler = case.unit.handlers.active().first()
    assert handler is not None
    return handler.user
