"""Writes of the insurance data outside loads: changes recorded for the core system, and sums kept in step."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Unit, User
from common import audit, files
from common.transitions import TransitionRefused
from insurance import jobs, roster, sheets
from insurance.models import (
    Enrolment,
    InsuredPerson,
    InsuredUnit,
    LoadConflict,
    OutboundChange,
    PersonClearTextView,
    RosterExport,
)
from review.models import Case

# Rosters up to these sizes are made while the reader waits, larger ones in the background.
AT_ONCE = {RosterExport.Format.XLSX: 1000, RosterExport.Format.PDF: 100}
EXPORTS_PER_DAY = 50
NOBODY = "没有符合条件的人员，无需导出"
TOO_OFTEN = "本单位今日导出次数已达上限，请明日再试"

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
    months as ``YYYY-MM``, money as text. From now until the acknowledgement no load undoes the change. Call it before
    writing the rows that it is about: a load that is merging makes it wait, and holds those rows.
    """
    with audit.actor(by), transaction.atomic():
        # Two changes of one person wait for each other.
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


def note_answer(change: OutboundChange, state: OutboundChange.State, answer: str, *, by: User | None) -> None:
    """Note what the core system answered to a change that was sent."""
    with audit.actor(by), transaction.atomic():
        change.state, change.answer, change.answered_at = state, answer[:200], timezone.now()
        change.save(update_fields=["state", "answer", "answered_at"])


def settle_conflict(conflict: LoadConflict, settlement: str, *, by: User) -> LoadConflict:
    """Write down how a conflict between a load and a change approved here was settled; the first word counts."""
    with audit.actor(by), transaction.atomic():
        locked = LoadConflict.objects.select_for_update(of=("self",)).get(pk=conflict.pk)
        if locked.settled_at is None:
            locked.settled_at, locked.settled_by, locked.settlement = timezone.now(), by, settlement
            locked.save(update_fields=["settled_at", "settled_by", "settlement"])
        return locked


# --- What handlers look at and take away ---------------------------------------------------------


def note_clear_text(person: InsuredPerson, unit: Unit, *, by: User) -> PersonClearTextView:
    """``by`` is about to see the person's ID number in clear; written before it is shown."""
    with audit.actor(by), transaction.atomic():
        return PersonClearTextView.objects.create(person=person, unit=unit, viewed_by=by)


def export_roster(
    *, unit: Unit, insured_unit: InsuredUnit, kind: RosterExport.Roster, format: RosterExport.Format,
    choice: roster.Choice, by: User,
) -> RosterExport:  # fmt: skip
    """Note the export and make its file: at once if it is small, else in the background.

    Raises TransitionRefused: nobody to export, or too many exports of the unit today.
    """
    with audit.actor(by), transaction.atomic():
        # Exports of one unit wait for each other here, so that none slips past the limit.
        Unit.objects.select_for_update(no_key=True, of=("self",)).get(pk=unit.pk)
        today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        if RosterExport.objects.filter(unit=unit, asked_at__gte=today).count() >= EXPORTS_PER_DAY:
            raise TransitionRefused(TOO_OFTEN)
        export = RosterExport(
            unit=unit, insured_unit=insured_unit, roster=kind, format=format, filters=choice.stored(), asked_by=by
        )
        rows, _ = sheets.rows_of(export)
        export.total = rows.count()
        if not export.total:
            raise TransitionRefused(NOBODY)
        export.save()
        if export.total > AT_ONCE[format]:
            jobs.make_roster_export.defer(export_id=export.pk)
            return export
    return make_export(export, by=by)


def make_export(export: RosterExport, *, by: User) -> RosterExport:
    """Make the file of an export; a second call after the first has done it changes nothing."""

    def progress(done: int) -> None:
        RosterExport.objects.filter(pk=export.pk).update(done=done)

    with audit.actor(by):
        data = sheets.make(export, progress)
        with transaction.atomic():
            locked = RosterExport.objects.select_for_update(of=("self",)).get(pk=export.pk)
            if locked.state != RosterExport.State.WAITING:
                return locked
            name = f"{locked.get_roster_display()}{locked.mark}.{locked.format}"
            locked.file = files.store_own(data, name=name, kind=locked.format, by=by)
            locked.state, locked.made_at, locked.done = RosterExport.State.MADE, timezone.now(), locked.total
            locked.save(update_fields=["file", "state", "made_at", "done"])
            return locked


def discard_exports(*, before: datetime, by: User | None) -> int:
    """Files of old exports are deleted (their entries stay): a roster is not kept longer than it takes to fetch it."""
    with audit.actor(by), transaction.atomic():
        old = RosterExport.objects.select_for_update(of=("self",)).filter(made_at__lt=before, file__isnull=False)
        count = 0
        for export in old.select_related("file"):
            stored, export.file = export.file, None
            export.save(update_fields=["file"])
            if stored is not None:
                files.discard(stored)
            count += 1
        return count
