"""批量打印: many documents at once in the background, as one file. Safe against kill -9 at any point.

A batch lists whom it is about. The job numbers the documents (in the transaction that remembers them at
their places), prints those that have no file yet, and binds all into one: whatever was done before a kill
is found and kept, so that nothing is numbered or printed twice.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.messaging.actions import send_message
from accounts.models import Unit, User
from common import audit, files
from common.models import StoredFile
from common.transitions import TransitionRefused
from documents import actions, kinds, press, rendering
from documents.models import DocumentBatch, DocumentBatchItem, IssuedDocument

MOST_AT_ONCE = 1000
_NUMBERED_AT_ONCE = 50


@dataclass(frozen=True)
class Progress:
    """How far a batch is."""

    total: int
    done: int
    refused: int

    @property
    def percent(self) -> int:
        return 100 * (self.done + self.refused) // self.total if self.total else 100


def start(
    *, kind: str, unit: Unit, subject_keys: Iterable[str], options: dict[str, Any], form: str, by: User
) -> DocumentBatch:
    """Ask for documents about these subjects; the same batch again while it is under way. Raises TransitionRefused."""
    from documents.jobs import produce_batch

    subjects = list(dict.fromkeys(subject_keys))
    if not subjects:
        raise TransitionRefused("请先选择要打印证明的人员")
    if len(subjects) > MOST_AT_ONCE:
        raise TransitionRefused(f"一批最多{MOST_AT_ONCE}人，您选择了{len(subjects)}人，请按条件分批打印")
    digest = hashlib.sha256(json.dumps(subjects).encode()).hexdigest()
    options = options | {"subjects": digest}
    with audit.actor(by), transaction.atomic():
        # Two clicks wait here for each other, so that the second finds the first one's batch.
        Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
        same = DocumentBatch.objects.filter(unit=unit, kind=kind, form=form, options=options, finished_at__isnull=True)
        if (running := same.first()) is not None:
            return running
        batch = DocumentBatch.objects.create(
            kind=kind, unit=unit, options=options, form=form, total=len(subjects), created_by=by
        )
        DocumentBatchItem.objects.bulk_create(
            DocumentBatchItem(batch=batch, place=place, subject_key=subject)
            for place, subject in enumerate(subjects, start=1)
        )
        produce_batch.configure(lock=f"documents-{batch.pk}").defer(batch_id=str(batch.pk))
    return batch


def progress(batch: DocumentBatch) -> Progress:
    """How many are made, and how many cannot be."""
    done = batch.items.filter(document__produced_at__isnull=False).count()
    return Progress(batch.total, done, batch.items.exclude(fault="").count())


def run(batch: DocumentBatch, *, workers: int = 0) -> None:
    """Do what is left of a batch."""
    if batch.finished_at:
        return
    _number(batch)
    waiting = IssuedDocument.objects.filter(pk__in=batch.items.values("document"), produced_at__isnull=True)
    rows = list(waiting.order_by("pk").values_list("pk", flat=True))
    for pk, pdf in press.print_all(_pages(rows), len(rows), workers):
        actions.keep(pk, pdf, by=batch.created_by)
    _finish(batch)


def _number(batch: DocumentBatch) -> None:
    kind = kinds.get(batch.kind)
    unnumbered = batch.items.filter(document__isnull=True, fault="").order_by("place")
    while items := list(unnumbered[:_NUMBERED_AT_ONCE]):
        drafts = kind.drafts(batch, [item.subject_key for item in items])
        with audit.actor(batch.created_by), transaction.atomic():
            for item in items:
                draft = drafts[item.subject_key]
                if isinstance(draft, str):
                    item.fault = draft
                else:
                    item.document = actions.reserve(batch.kind, draft, by=batch.created_by)
            DocumentBatchItem.objects.bulk_update(items, ["document", "fault"])


def _pages(rows: list[int]) -> Iterator[tuple[int, str]]:
    for start_at in range(0, len(rows), _NUMBERED_AT_ONCE):
        found = IssuedDocument.objects.in_bulk(rows[start_at : start_at + _NUMBERED_AT_ONCE])
        for pk, document in found.items():
            yield pk, rendering.html_of(document)


def _finish(batch: DocumentBatch) -> None:
    """Bind the file, once, and tell who asked."""
    items = batch.items.filter(document__isnull=False).select_related("document__file").order_by("place")
    documents = [item.document for item in items if item.document]
    bound = _bound(batch, documents) if documents else b""
    with audit.actor(batch.created_by), transaction.atomic():
        locked = DocumentBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
        if locked.finished_at:
            return
        locked.file = _store(locked, bound, len(documents)) if documents else None
        locked.finished_at = timezone.now()
        locked.save(update_fields=["file", "finished_at"])
        send_message(
            user=locked.created_by,
            occasion="documents-ready",
            values={"证明": kinds.get(locked.kind).title, "份数": len(documents), "申请份数": locked.total},
            key=f"documents-ready:{locked.pk}",
            url=reverse("documents:batch", args=[locked.pk]),
        )


def _store(batch: DocumentBatch, data: bytes, count: int) -> StoredFile:
    name = f"{kinds.get(batch.kind).title}{batch.created_at:%Y%m%d}（{count}份）.{batch.form}"
    return files.store_own(data, name=name, kind=batch.form, by=batch.created_by)


def _bound(batch: DocumentBatch, documents: list[IssuedDocument]) -> bytes:
    out = io.BytesIO()
    if batch.form == DocumentBatch.Form.ZIP:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
            for document in documents:
                archive.writestr(f"{document.subject}_{document.number}.pdf", _file(document))
        return out.getvalue()
    merged = pypdfium2.PdfDocument.new()
    for document in documents:
        source = pypdfium2.PdfDocument(_file(document))
        merged.import_pages(source)
        source.close()
    merged.save(out)
    merged.close()
    return out.getvalue()


def _file(document: IssuedDocument) -> bytes:
    assert document.file is not None  # noqa: S101 - all are printed by now
    return files.read_clean(document.file)
