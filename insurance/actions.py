"""Writes of the insurance data outside loads: changes recorded for the core system, and sums kept in step."""

from collections.abc import Collection
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from common import audit
from common.transitions import TransitionRefused
from insurance.models import Enrolment, InsuredPerson, InsuredUnit, OutboundChange
from review.models import Case

SENT_ALREADY = "该变更已发送至社会保险核心系统，不能在网上撤销，请联系经办机构办理"


def record_change(
    kind: OutboundChange.Kind,
    person: InsuredPerson,
    payload: dict[str, Any],
    case: Case | None,
    *,
    by: User | None,
    unit: InsuredUnit | None = None,
) -> OutboundChange:
    """Note a change that was approved here for the core system; call it in the transaction of the effect itself.

    ``payload`` is what the outbound file will say (docs/insurance-data.md): JSON values, dates as ``YYYY-MM-DD``,
    months as ``YYYY-MM``, money as text. From now until the acknowledgement no load undoes the change.
    """
    with audit.actor(by), transaction.atomic():
        # A load that is running decides about this person before or after, never in between.
        InsuredPerson.objects.select_for_update(no_key=True, of=("self",)).get(pk=person.pk)
        return OutboundChange.objects.create(
            kind=kind, person=person, unit=unit, case=case, payload=payload, created_by=by
        )


def cancel_changes(case: Case, *, by: User | None) -> int:
    """The decision was revoked: what was recorded for it and is not sent yet never leaves. Returns how many.

    Raises TransitionRefused when the core system has been sent the change already.
    """
    with audit.actor(by), transaction.atomic():
        changes = list(OutboundChange.objects.select_for_update(of=("self",)).filter(case=case))
        if any(change.state in (OutboundChange.State.SENT, OutboundChange.State.ACCEPTED) for change in changes):
            raise TransitionRefused(SENT_ALREADY)
        pending = [change for change in changes if change.state == OutboundChange.State.PENDING]
        for change in pending:
            change.state = OutboundChange.State.CANCELLED
            change.save(update_fields=["state"])
        return len(pending)


_SUMS = """
    UPDATE insurance_enrolment enrolment
    SET first_paid = sums.first_paid, last_paid = sums.last_paid, paid_months = coalesce(sums.paid_months, 0)
    FROM insurance_enrolment wanted
    LEFT JOIN LATERAL (
        SELECT min(month) AS first_paid, max(month) AS last_paid, count(*) AS paid_months
        FROM insurance_contributionmonth months
        WHERE months.person_id = wanted.person_id AND months.kind = wanted.kind AND months.unit_id = wanted.unit_id
            AND months.is_paid
            AND months.month >= wanted.starts_on AND (wanted.ends_on IS NULL OR months.month <= wanted.ends_on)
    ) sums ON true
    WHERE wanted.id = enrolment.id AND wanted.person_id = ANY(%s)
        AND (enrolment.first_paid, enrolment.last_paid, enrolment.paid_months)
            IS DISTINCT FROM (sums.first_paid, sums.last_paid, coalesce(sums.paid_months, 0))
"""


def refresh_sums(people: Collection[int], *, by: User | None) -> None:
    """Bring first, last and number of paid months of the people's enrolments in step with their months."""
    with audit.actor(by), transaction.atomic():
        audit.attach_actor()
        with connection.cursor() as cursor:
            cursor.execute(_SUMS, [list(people)])


def refresh_copies(person: InsuredPerson, *, by: User | None) -> None:
    """The person's number or name changed: the copies that the rosters search and sort by follow."""
    with audit.actor(by), transaction.atomic():
        for enrolment in Enrolment.objects.filter(person=person).select_related("person", "unit"):
            enrolment.save(update_fields=["person_number"])
        if retiree := getattr(InsuredPerson.objects.select_related("retiree").get(pk=person.pk), "retiree", None):
            retiree.save(update_fields=["person_number"])


def now_answered(change: OutboundChange, state: OutboundChange.State, answer: str, *, by: User | None) -> None:
    """Note what the core system answered to a change that was sent."""
    with audit.actor(by), transaction.atomic():
        change.state, change.answer, change.answered_at = state, answer[:200], timezone.now()
        change.save(update_fields=["state", "answer", "answered_at"])
