"""Writes of 养老金申领: starting for a person, and what approval and revocation do to the rosters."""

from datetime import date

from django.db import transaction

from accounts.models import Unit, User
from common import audit
from insurance import actions
from insurance.claim_facts import held
from insurance.claim_rules import ClaimRefused
from insurance.dossier import Dossier, enrolment_in
from insurance.models import Enrolment, InsuredPerson, OutboundChange, PensionClaim, Retiree
from insurance.months import Month
from review import actions as review_actions
from review.models import Case

# 在职转退休 (AAE160).
RETIRED = "6501"
# What a claim keeps of the enrolment that it ended.
BEFORE = ["ended_enrolment", "state_before", "reason_before", "ends_before"]


def start_claim(
    *,
    unit: Unit,
    person: InsuredPerson,
    kind: str,
    age_group: str,
    retired_on: date,
    by: User,
    proved: bool = False,
) -> Case:
    """Open a draft for a person whom the checks of the first page let through (JX 7.1.1 申领).

    ``proved``: the session has a fresh second proof, which stands in for real-name level 4.

    Raises StartRefused, with the way to the case that exists already for the person.
    """
    chosen = {
        "person": str(person.pk),
        "kind": kind,
        "age_group": age_group,
        "retired_on": retired_on.isoformat(),
    }
    return review_actions.start_case("pension-claim", unit, by=by, proved=proved, given={"claimant": chosen})


def choose_person(*, case: Case, person: InsuredPerson, kind: str, age_group: str, retired_on: date, by: User) -> None:
    """Fill in the first page of a draft that was begun without a person, and what the hall holds of him."""
    chosen = {
        "person": str(person.pk),
        "kind": kind,
        "age_group": age_group,
        "retired_on": retired_on.isoformat(),
    }
    with transaction.atomic():
        review_actions.save_page(case, "claimant", chosen, 0, by=by)
        for page, values in held(case).items():
            if values and not case.drafts.filter(page=page).exists():
                review_actions.save_page(case, page, values, 0, by=by)


def grant(*, record: PensionClaim, by: User) -> Retiree:
    """Approval: the person becomes a retiree, the enrolment ends with the month of retirement, the core system is told.

    Raises ClaimRefused where something came in between, such as arrears or another retirement.
    """
    with audit.actor(by), transaction.atomic():
        person = InsuredPerson.objects.select_for_update(no_key=True, of=("self",)).get(pk=record.person_id)
        enrolment = enrolment_in(record.case.unit, person) if record.case.unit else None
        Dossier(person, enrolment, record.case).check_person()
        if enrolment is None:
            raise ClaimRefused(f"{person.name}不是申领单位的在职参保人员")
        enrolment = Enrolment.objects.select_for_update(of=("self",)).select_related("person").get(pk=enrolment.pk)
        _end(record, enrolment)
        month = Month.of(record.retired_on)
        retiree = Retiree.objects.create(
            person=person,
            unit=record.insured_unit,
            kind=record.kind,
            retired_on=record.retired_on,
            benefit_from=_first_day(month + 1),
            bank=record.bank,
            account_no=record.account_no,
            case=record.case,
        )
        payload = {
            "kind": record.kind,
            "retired_on": record.retired_on.isoformat(),
            "benefit_from": str(month + 1),
            "bank": record.bank,
            "account_holder": record.account_holder,
            "account_no": record.account_no,
            "case": record.case.number,
        }
        actions.record_change(OutboundChange.Kind.RETIRE, person, payload, record.case, by=by, unit=record.insured_unit)
    return retiree


def _end(record: PensionClaim, enrolment: Enrolment) -> None:
    record.ended_enrolment, record.state_before, record.ends_before = enrolment, enrolment.state, enrolment.ends_on
    record.reason_before = enrolment.end_reason
    record.save(update_fields=BEFORE)
    last = max(_first_day(Month.of(record.retired_on)), enrolment.starts_on)
    enrolment.state, enrolment.end_reason = Enrolment.State.ENDED, RETIRED
    enrolment.ends_on = min(last, enrolment.ends_on) if enrolment.ends_on else last
    enrolment.save(update_fields=["state", "end_reason", "ends_on"])


def _first_day(month: Month) -> date:
    return date(month.year, month.month, 1)


def undo(*, record: PensionClaim, by: User) -> None:
    """Revocation: nobody retired, the enrolment goes on as before, the change never leaves.

    Raises TransitionRefused when the core system has been told already.
    """
    with audit.actor(by), transaction.atomic():
        InsuredPerson.objects.select_for_update(no_key=True, of=("self",)).get(pk=record.person_id)
        actions.cancel_changes(record.case, by=by)
        Retiree.objects.filter(case=record.case).delete()
        enrolment = record.ended_enrolment
        if enrolment is not None:
            enrolment = Enrolment.objects.select_for_update(of=("self",)).select_related("person").get(pk=enrolment.pk)
            enrolment.state, enrolment.ends_on = record.state_before, record.ends_before
            enrolment.end_reason = record.reason_before
            enrolment.save(update_fields=["state", "ends_on", "end_reason"])
            record.ended_enrolment, record.state_before, record.reason_before, record.ends_before = None, "", "", None
            record.save(update_fields=BEFORE)
