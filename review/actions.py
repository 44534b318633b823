"""Writes around a case that are not transitions: starting, drafts, attachments, rating. See workflow.perform() for those."""

import uuid
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Individual, Unit, User
from common import audit, files
from common.transitions import TransitionRefused
from review import matters, rules, submission
from review.matters import PageValues, Rows, StartRefused
from review.models import Attachment, AttachmentCheck, Case, CaseRating, PageDraft, Status

# 重新申报 is offered where nothing more can come of the case itself.
REAPPLICABLE = (Status.REJECTED, Status.REVOKED, Status.CLOSED)


class Conflict(Exception):
    """A page was saved elsewhere in the meantime; ``draft`` holds the other version."""

    def __init__(self, draft: PageDraft) -> None:
        super().__init__("该页面已在其他窗口或由其他经办人修改")
        self.draft = draft


def next_number(prefix: str, day: date) -> str:
    """The next case number of a matter: prefix, date and sequence, without gaps within the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO review_casesequence (prefix, day, last) VALUES (%s, %s, 1) "
            "ON CONFLICT (prefix, day) DO UPDATE SET last = review_casesequence.last + 1 RETURNING last",
            [prefix, day],
        )
        (last,) = cursor.fetchone()
    return f"{prefix}{day:%Y%m%d}{last:05d}"


def start_case(
    matter_code: str,
    subject: Individual | Unit,
    *,
    by: User,
    proved: bool = False,
    given: dict[str, PageValues] | None = None,
) -> Case:
    """Open a draft for the person or the unit acting, prefilled with what the hall holds.

    ``proved``: the session has a fresh second proof. ``given``: pages that were answered before there was a case,
    such as whom it is about. Raises StartRefused with the reason and the way out; a case that exists already under the same
    exclusive key is the way out then.
    """
    rules.check_start(matter_code, by, subject, proved=proved)
    matter = matters.get(matter_code)
    with audit.actor(by), transaction.atomic():
        # Starting twice at once (a double click) waits here, so that the second finds the first.
        type(subject).objects.select_for_update(no_key=True).get(pk=subject.pk)
        case = Case(matter=matter.code, acting_user=by, **_applicant(subject))
        given = given or {}
        if (existing := _existing(matter, case, given)) is not None:
            raise StartRefused(
                f"您已有一件“{matter.name}”（{existing.number}，{existing.get_status_display()}），不能重复申报",
                url=existing.number,
                link="查看该办件",
            )
        case.exclusive_key = matter.key(case, given)
        case.number = next_number(matter.prefix, timezone.localdate())
        case.save()
        _store_values(case, given, by)
        held = matter.prefill(case)
        _store_values(case, {page: values for page, values in held.items() if page not in given}, by)
    return case


def _applicant(subject: Individual | Unit) -> dict[str, Any]:
    return {"unit": subject} if isinstance(subject, Unit) else {"individual": subject}


def _existing(matter: matters.Matter, case: Case, given: dict[str, PageValues]) -> Case | None:
    key = matter.key(case, given)
    return Case.objects.filter(matter=matter.code, exclusive_key=key).first() if key else None


def _store_values(case: Case, values: dict[str, PageValues], by: User) -> None:
    PageDraft.objects.bulk_create(
        PageDraft(case=case, page=page, values=content, saved_by=by) for page, content in values.items() if content
    )


def reapply(case: Case, *, by: User, proved: bool = False) -> Case:
    """重新申报: a new draft with the values of a rejected or revoked case; attachments are handed in anew."""
    rules.check_applicant(case, by)
    if case.status not in REAPPLICABLE:
        raise TransitionRefused("只有审核不通过、已撤销或已作废的办件可以重新申报")
    snapshot = submission.submitted_values(case)
    with transaction.atomic():
        new = start_case(case.matter, case.applicant, by=by, proved=proved)
        if snapshot:
            PageDraft.objects.filter(case=new).delete()
            _store_values(new, snapshot["pages"], by)
    return new


def save_page(case: Case, page: str, values: PageValues, revision: int, *, by: User, overwrite: bool = False) -> int:
    """Keep what was typed on a page; returns the new revision.

    ``revision`` is the one the form was opened with (0: nothing was stored). Raises Conflict when
    the page was saved elsewhere meanwhile, unless the typist has seen that and chose to ``overwrite``.
    """
    rules.check_editable(case, by)
    with transaction.atomic():
        _lock_editable(case, by)
        draft = PageDraft.objects.select_for_update().filter(case=case, page=page).first()
        stored = draft.revision if draft else 0
        if stored != revision and not overwrite:
            if draft and draft.values == values:
                return stored
            raise Conflict(draft or PageDraft(case=case, page=page, values={}, revision=0, saved_by=by))
        draft = draft or PageDraft(case=case, page=page, revision=0)
        draft.values, draft.revision = values, stored + 1
        draft.saved_by, draft.saved_at = by, timezone.now()
        draft.save()
    return draft.revision


def _lock_editable(case: Case, by: User) -> Case:
    """A draft must not change while the case is being submitted, so both take the case's lock."""
    locked = Case.objects.select_for_update().get(pk=case.pk)
    rules.check_editable(locked, by)
    return locked


def save_row(case: Case, page: Rows, row: PageValues, revision: int, *, by: User) -> str:
    """Add a row, or change the one with the same ``key``; returns its key."""
    values = _page_values(case, page.key)
    rows = list(values.get("rows", []))
    key = row.get("key") or str(uuid.uuid4())
    row = {**row, "key": key}
    known = [r["key"] for r in rows]
    if key in known:
        rows[known.index(key)] = row
    elif len(rows) >= page.maximum:
        raise TransitionRefused(f"{page.title}最多{page.maximum}条")
    else:
        rows.append(row)
    save_page(case, page.key, {"rows": rows}, revision, by=by)
    return key


def delete_row(case: Case, page: Rows, key: str, revision: int, *, by: User) -> None:
    """Take a row out of a page, and its attachments with it."""
    rows = [row for row in _page_values(case, page.key).get("rows", []) if row["key"] != key]
    with transaction.atomic():
        save_page(case, page.key, {"rows": rows}, revision, by=by)
        for attachment in case.attachments.filter(row_key=key, removed_at__isnull=True):
            remove_attachment(attachment, by=by)


def _page_values(case: Case, page: str) -> PageValues:
    draft = PageDraft.objects.filter(case=case, page=page).first()
    return draft.values if draft else {}


def add_attachment(
    case: Case,
    slot: matters.Slot,
    upload: UploadedFile,
    *,
    by: User,
    row_key: str = "",
    replaces: Attachment | None = None,
) -> Attachment:
    """Put an uploaded file into a slot; raises files.FileRefused with the reason when it cannot be taken."""
    rules.check_editable(case, by)
    with audit.actor(by), transaction.atomic():
        # In the same transaction: no stored file without its attachment. The scan comes before the first
        # statement, so that no lock is held meanwhile.
        stored = files.store(upload, by=by, kinds=slot.kinds)
        _lock_editable(case, by)
        if replaces:
            remove_attachment(replaces, by=by)
        return Attachment.objects.create(case=case, slot=slot.key, row_key=row_key or None, file=stored, added_by=by)


def remove_attachment(attachment: Attachment, *, by: User) -> None:
    """Take a file out of its slot; it stays stored, for it may belong to an earlier submission."""
    with audit.actor(by), transaction.atomic():
        _lock_editable(attachment.case, by)
        attachment.removed_at, attachment.removed_by = timezone.now(), by
        attachment.save(update_fields=["removed_at", "removed_by"])


def tick_attachment(attachment: Attachment, *, by: User, checked: bool) -> None:
    """已核: the reviewer has looked at this attachment (or takes the tick back)."""
    with audit.actor(by), transaction.atomic():
        if checked:
            AttachmentCheck.objects.get_or_create(attachment=attachment, checked_by=by)
        else:
            AttachmentCheck.objects.filter(attachment=attachment, checked_by=by).delete()


def rate(case: Case, level: int, comment: str, *, by: User) -> CaseRating:
    """好差评: one rating per finished case, by the applicant."""
    rules.check_applicant(case, by)
    if case.status not in (Status.APPROVED, Status.REJECTED, Status.REVOKED):
        raise TransitionRefused("办件办结后才能评价")
    with audit.actor(by), transaction.atomic():
        Case.objects.select_for_update().get(pk=case.pk)
        if CaseRating.objects.filter(case=case).exists():
            raise TransitionRefused("该办件已评价，感谢您的反馈")
        return CaseRating.objects.create(case=case, level=level, comment=comment.strip(), rated_by=by)


def handle_rating(rating: CaseRating, handling: str, *, by: User) -> None:
    """A low rating was followed up (回访)."""
    if not handling.strip():
        raise TransitionRefused("请填写回访情况")
    with audit.actor(by), transaction.atomic():
        rating.handled_at, rating.handled_by, rating.handling = timezone.now(), by, handling.strip()
        rating.save(update_fields=["handled_at", "handled_by", "handling"])


def release_key(case_pk: int, *, by: User) -> None:
    """What a case's approval gave has ended, so the applicant may start the same matter again (keeps_key)."""
    with audit.actor(by), transaction.atomic():
        case = Case.objects.select_for_update().get(pk=case_pk)
        if case.exclusive_key is not None:
            case.exclusive_key = None
            case.save(update_fields=["exclusive_key"])
