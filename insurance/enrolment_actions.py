"""Writes of 在职人员增加 and 在职人员减少: what approval and revocation do to people, enrolments and the exchange."""

from datetime import date
from typing import Any

from django.db import transaction

from accounts.models import Unit, User
from common import audit, codes
from common.transitions import TransitionRefused
from insurance import actions, enrolment_facts, enrolment_rules, rules
from insurance.enrolment_rules import EnrolmentRefused
from insurance.models import (
    ContributionMonth,
    Enrolment,
    EnrolmentKind,
    EnrolmentRequest,
    InsuredPerson,
    OutboundChange,
    WithdrawalRequest,
)
from insurance.months import Month
from insurance.withdrawal_facts import PAGE
from review import actions as review_actions
from review.models import Case

# What a registration says of a person; 续保 leaves these alone.
PERSON_FIELDS = (
    "sex", "birth_date", "nation", "work_started_on", "education", "politics", "hukou", "address", "mobile",
    "postcode", "email",
)  # fmt: skip
POST_FIELDS = ("identity", "staffing", "rank")
OUTBOUND = {
    EnrolmentKind.REGISTER: OutboundChange.Kind.REGISTER,
    EnrolmentKind.ENROL: OutboundChange.Kind.ENROL,
    EnrolmentKind.RESUME: OutboundChange.Kind.RESUME,
}
PAID_ALREADY = "该参保关系已有缴费记录，不能撤销；请办理在职人员减少，多缴的到经办窗口退费"
CHANGED_SINCE = "该参保关系此后已有变更，不能撤销；请先处理后来的办件"
GONE_ON = "该人员此后已在其他单位参保，不能撤销"


def enrol(*, record: EnrolmentRequest, by: User) -> Enrolment:
    """Approval of 在职人员增加: person, enrolment and the change for the core system, decided anew under lock.

    Raises EnrolmentRefused where something came in between, such as an enrolment by another unit.
    """
    with audit.actor(by), transaction.atomic():
        person = InsuredPerson.objects.by_id_no(record.id_no).select_for_update(no_key=True, of=("self",)).first()
        kind = _decide_again(record)
        previous = _rest(record, person) if person and kind == EnrolmentKind.RESUME else None
        person = _write_person(record, person, kind)
        limits = enrolment_facts.limits_of(record)
        record.base_floor, record.base_ceiling = limits.floor, limits.ceiling
        record.base = enrolment_rules.clamp(record.wage, limits) if record.wage is not None else None
        enrolment = Enrolment.objects.create(
            unit=record.insured_unit,
            person=person,
            kind=codes.GOVERNMENT_PENSION,
            starts_on=record.starts_on,
            base=record.base,
            case=record.case,
        )
        record.person, record.enrolment, record.resumed, record.decision = person, enrolment, previous, kind
        record.save()
        actions.refresh_sums([person.pk], by=by)
        payload = _payload(record, kind)
        actions.record_change(OUTBOUND[kind], person, payload, record.case, by=by, unit=record.insured_unit)
    return enrolment


def _decide_again(record: EnrolmentRequest) -> EnrolmentKind:
    unit = record.case.unit
    if unit is None:
        raise EnrolmentRefused("办件没有申请单位")
    found = enrolment_facts.judge(unit, record.id_type, record.id_no, record.name, record.case)
    kind = found.check()
    if kind != record.decision:
        raise EnrolmentRefused(f"办理类型已由{record.get_decision_display()}变为{kind.label}，请退回单位重新填写")
    return kind


def _rest(record: EnrolmentRequest, person: InsuredPerson) -> Enrolment | None:
    """The enrolment that 续保 goes on from: a suspended one ends, so that nobody stands in two rosters."""
    rows = Enrolment.objects.select_for_update(of=("self",)).select_related("person", "unit")
    previous = rows.filter(person=person, kind=codes.GOVERNMENT_PENSION).order_by("-starts_on").first()
    if previous is None or previous.state != Enrolment.State.SUSPENDED:
        return None
    previous.state = Enrolment.State.ENDED
    previous.save(update_fields=["state"])
    return previous


def _write_person(record: EnrolmentRequest, person: InsuredPerson | None, kind: EnrolmentKind) -> InsuredPerson:
    if person is None:
        person = InsuredPerson(
            number=rules.provisional_number(record.case),
            name=record.name,
            id_type=record.id_type,
            id_no=record.id_no,
        )
    else:
        record.person_before = {name: _plain(getattr(person, name)) for name in (*PERSON_FIELDS, *POST_FIELDS)}
    asked = PERSON_FIELDS if kind != EnrolmentKind.RESUME else ()
    for name in asked:
        # What was not asked on this way, or left open, does not erase what is held.
        if value := getattr(record, name):
            setattr(person, name, value)
    person.identity, person.staffing = record.identity, record.staffing
    person.rank = record.rank
    if kind == EnrolmentKind.REGISTER and person.pk:
        person.name, person.id_type = record.name, record.id_type
    person.save()
    return person


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _payload(record: EnrolmentRequest, kind: EnrolmentKind) -> dict[str, Any]:
    """What the outbound file says: months as YYYY-MM, days as YYYY-MM-DD, money as text, None where open."""
    payload: dict[str, Any] = {
        "starts_on": str(Month.of(record.starts_on)),
        "reason": record.reason,
        "identity": record.identity,
        "staffing": record.staffing,
        "rank": record.rank,
        "wage": str(record.wage),
        "base": str(record.base) if record.base is not None else None,
        "change_type": "12" if kind == EnrolmentKind.RESUME else "11",
        "case": record.case.number,
    }
    if kind == EnrolmentKind.REGISTER:
        payload |= {name: _plain(getattr(record, name)) for name in PERSON_FIELDS}
    return payload


def undo_enrolment(*, record: EnrolmentRequest, by: User) -> None:
    """Revocation of 在职人员增加: the enrolment never was, what it went on from rests again, the person is as before.

    A person who was registered for it stays, without enrolment and unknown to the core system. Raises
    TransitionRefused when the change was sent, months were paid, or something was built on the enrolment.
    """
    enrolment = record.enrolment
    if enrolment is None or record.person is None:
        return
    with audit.actor(by), transaction.atomic():
        person = InsuredPerson.objects.select_for_update(no_key=True, of=("self",)).get(pk=record.person.pk)
        enrolment = Enrolment.objects.select_for_update(of=("self",)).get(pk=enrolment.pk)
        actions.cancel_changes(record.case, by=by)
        months = ContributionMonth.objects.filter(person=person, kind=enrolment.kind, month__gte=enrolment.starts_on)
        if months.exists():
            raise TransitionRefused(PAID_ALREADY)
        if enrolment.state != Enrolment.State.ACTIVE:
            raise TransitionRefused(CHANGED_SINCE)
        resumed = record.resumed
        record.enrolment = record.resumed = None
        record.save(update_fields=["enrolment", "resumed"])
        enrolment.delete()
        if resumed is not None:
            resumed = Enrolment.objects.select_for_update(of=("self",)).select_related("person").get(pk=resumed.pk)
            resumed.state = Enrolment.State.SUSPENDED
            resumed.save(update_fields=["state"])
        if record.person_before:
            _restore(person, record.person_before)


def _restore(person: InsuredPerson, before: dict[str, Any]) -> None:
    for name, value in before.items():
        is_day = value and name in ("birth_date", "work_started_on")
        setattr(person, name, date.fromisoformat(value) if is_day else value)
    person.save()


# --- 在职人员减少 -------------------------------------------------------------------------------


def start_withdrawal(*, unit: Unit, person: InsuredPerson, by: User, proved: bool = False) -> Case:
    """Open a draft of 在职人员减少 for a person; raises StartRefused with the way to the one that exists."""
    given = {PAGE: {"person": str(person.pk)}}
    return review_actions.start_case("employee-withdrawal", unit, by=by, proved=proved, given=given)


def withdraw(*, record: WithdrawalRequest, by: User) -> Enrolment:
    """Approval of 在职人员减少: the enrolment rests (63xx) or ends (64xx); a death is noted with the person.

    Raises EnrolmentRefused where the enrolment is the unit's no longer.
    """
    with audit.actor(by), transaction.atomic():
        person = InsuredPerson.objects.select_for_update(no_key=True, of=("self",)).get(pk=record.person_id)
        rows = Enrolment.objects.select_for_update(of=("self",)).select_related("person", "unit")
        open_rows = rows.filter(person=person, unit=record.insured_unit, kind=codes.GOVERNMENT_PENSION)
        enrolment = open_rows.exclude(state=Enrolment.State.ENDED).order_by("-starts_on").first()
        if enrolment is None:
            raise EnrolmentRefused(f"{person.name}已不是申请单位的在职参保人员")
        record.enrolment, record.state_before = enrolment, enrolment.state
        record.reason_before, record.ends_before = enrolment.end_reason, enrolment.ends_on
        record.save()
        enrolment.state, enrolment.end_reason = enrolment_rules.state_after(record.cause), record.reason_code
        enrolment.ends_on = record.ends_on
        enrolment.save(update_fields=["state", "end_reason", "ends_on"])
        if record.cause == enrolment_rules.DEATH:
            person.died_on = record.left_on
            person.save(update_fields=["died_on"])
        payload = {
            "reason": record.reason_code,
            "left_on": record.left_on.isoformat(),
            "ends_on": str(Month.of(record.ends_on)),
            "state": enrolment.state,
            "destination": record.destination,
            "change_type": "22",
            "case": record.case.number,
        }
        kind = OutboundChange.Kind.WITHDRAW
        actions.record_change(kind, person, payload, record.case, by=by, unit=record.insured_unit)
    return enrolment


def undo_withdrawal(*, record: WithdrawalRequest, by: User) -> None:
    """Revocation of 在职人员减少: the enrolment goes on as before.

    Raises TransitionRefused when the change was sent, or the person is enrolled elsewhere since.
    """
    if record.enrolment is None:
        return
    with audit.actor(by), transaction.atomic():
        person = InsuredPerson.objects.select_for_update(no_key=True, of=("self",)).get(pk=record.person_id)
        enrolment = (
            Enrolment.objects.select_for_update(of=("self",)).select_related("person").get(pk=record.enrolment.pk)
        )
        actions.cancel_changes(record.case, by=by)
        later = Enrolment.objects.filter(person=person, kind=enrolment.kind, starts_on__gt=enrolment.starts_on)
        if later.exists():
            raise TransitionRefused(GONE_ON)
        if (enrolment.state, enrolment.end_reason) != (enrolment_rules.state_after(record.cause), record.reason_code):
            raise TransitionRefused(CHANGED_SINCE)
        enrolment.state, enrolment.end_reason = record.state_before, record.reason_before
        enrolment.ends_on = record.ends_before
        enrolment.save(update_fields=["state", "end_reason", "ends_on"])
        if record.cause == enrolment_rules.DEATH:
            person.died_on = None
            person.save(update_fields=["died_on"])
        record.enrolment, record.state_before, record.reason_before, record.ends_before = None, "", "", None
        record.save(update_fields=["enrolment", "state_before", "reason_before", "ends_before"])
