"""What the hall knows of somebody who leaves a unit, read for the page, the checks and the staff."""

from common import parameters
from insurance import queries
from insurance.dossier import enrolment_in, people_of
from insurance.enrolment_facts import text
from insurance.models import Enrolment, InsuredPerson, WithdrawalRequest
from insurance.months import Month
from review.matters import CaseValues
from review.models import EDITABLE, Case

PAGE = "details"


def person_of(case: Case, values: CaseValues) -> InsuredPerson | None:
    """Who was chosen; None while nobody of the unit's people is."""
    chosen = parameters.whole_number(text(values, PAGE, "person"))
    if chosen is None or case.unit is None:
        return None
    kept: dict[int, InsuredPerson | None] = case.__dict__.setdefault("_withdrawing", {})
    if chosen not in kept:
        kept[chosen] = people_of(case.unit).filter(pk=chosen).first()
    return kept[chosen]


def enrolment_of(case: Case, values: CaseValues) -> Enrolment | None:
    """The enrolment that is to stop: the unit's own, or the one that was stopped once that is done."""
    if case.status not in EDITABLE:
        record = WithdrawalRequest.objects.filter(pk=case.pk).select_related("enrolment__unit").first()
        if record and record.enrolment:
            return record.enrolment
    person = person_of(case, values)
    return enrolment_in(case.unit, person) if person and case.unit else None


def arrears_words(person: InsuredPerson) -> str:
    """应缴未缴 as a warning; "" for none."""
    owed = queries.person_arrears(person)
    if not owed:
        return ""
    return (
        f"{person.name}存在应缴未缴：{owed.first:%Y年%-m月}至{owed.last:%Y年%-m月}共{owed.months}个月、"
        f"{owed.amount:.2f}元，减少后仍应由单位补缴"
    )


def facts_of(person: InsuredPerson, enrolment: Enrolment | None) -> list[tuple[str, str]]:
    """The person and the enrolment in words."""
    facts = [("姓名", person.name), ("个人代码", person.number)]
    if enrolment is None:
        return facts
    return [
        *facts,
        ("参保单位", enrolment.unit.name),
        ("参保起始年月", Month.of(enrolment.starts_on).chinese),
        ("缴费状态", enrolment.get_state_display()),
        ("最后缴费月", Month.of(enrolment.last_paid).chinese if enrolment.last_paid else "没有缴费记录"),
    ]
