"""Writes of 弹性退休: starting for a person, and what approval and revocation do."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import Unit, User
from common import audit
from insurance.claim_rules import ClaimRefused
from insurance.models import FlexibleChoice, FlexibleKind, FlexibleRetirement, InsuredPerson
from review import actions as review_actions
from review.models import Case


def start_flexible(*, unit: Unit, person: InsuredPerson, age_group: str, by: User, proved: bool = False) -> Case:
    """Open a draft for a person; raises StartRefused with the way to the one that exists."""
    chosen = {"person": str(person.pk), "age_group": age_group}
    return review_actions.start_case("flexible-retirement", unit, by=by, proved=proved, given={"choice": chosen})


def settle(*, record: FlexibleRetirement, by: User) -> None:
    """Approval: the choice is in force, or the one in force ends. Raises ClaimRefused when there is none to end."""
    with audit.actor(by), transaction.atomic():
        InsuredPerson.objects.select_for_update(no_key=True, of=("self",)).get(pk=record.person_id)
        if record.kind != FlexibleKind.END:
            month = date(record.chosen_on.year, record.chosen_on.month, 1)
            FlexibleChoice.objects.create(person=record.person, case=record.case, kind=record.kind, month=month)
            return
        choice = FlexibleChoice.objects.filter(person=record.person, ended_at__isnull=True).first()
        if choice is None or choice.kind != FlexibleKind.LATE:
            raise ClaimRefused("没有正在执行的弹性延迟退休约定")
        choice.ended_at, choice.ended_by, choice.ended_case = timezone.now(), by, record.case
        choice.save(update_fields=["ended_at", "ended_by", "ended_case"])


def undo(*, record: FlexibleRetirement, by: User) -> None:
    """Revocation: the choice never was, or goes on after all."""
    with audit.actor(by), transaction.atomic():
        InsuredPerson.objects.select_for_update(no_key=True, of=("self",)).get(pk=record.person_id)
        FlexibleChoice.objects.filter(case=record.case).delete()
        for choice in FlexibleChoice.objects.filter(ended_case=record.case):
            choice.ended_at = choice.ended_by = choice.ended_case = None
            choice.save(update_fields=["ended_at", "ended_by", "ended_case"])
