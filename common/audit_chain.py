"""Seals the event rows into a chain of keyed digests, so that tampering shows (等保 2.0 level 3, audit).

Each link covers, table by table, the digests of the event rows that came since the link before, and
that link's own digest. Digests are HMAC-SM3 under the hall's index key: who can only write the
database can neither alter an event nor write a new chain. To notice that the newest links were cut
off, ``audit_chain`` prints the digest of each link for the office to keep elsewhere.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pghistory
import pgtrigger
from django.db import connection, models, transaction
from django.utils import timezone

from common import crypto
from common.models import AuditErasure, AuditLink, AuditSegment

SEGMENT_ROWS = 1000
_DIGEST_BYTES = 32
_ADVISORY_LOCK = 0x746F6E67  # one sealing at a time


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was sealed."""

    kind: str
    table: str
    detail: str

    def __str__(self) -> str:
        return f"[{self.kind}] {self.table} {self.detail}".strip()


def _event_models() -> list[type[models.Model]]:
    return sorted(pghistory.core.event_models(), key=lambda model: model._meta.db_table)


def _columns(model: type[models.Model]) -> list[str]:
    return sorted(field.column for field in model._meta.local_concrete_fields)


def _high_water(table: str, before: datetime | None) -> int:
    """The last event that can be sealed: no event up to it can still appear.

    The lock waits for transactions that are writing events of this table, so every key up to the
    highest is either visible or was rolled back. It is held for this one query.
    """
    name = connection.ops.quote_name(table)
    first_later = f"SELECT min(pgh_id) - 1 FROM {name} WHERE pgh_created_at >= %s"  # noqa: S608 (a model's table)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {name} IN SHARE MODE")
        cursor.execute(f"SELECT coalesce(({first_later}), max(pgh_id), 0) FROM {name}", [before])  # noqa: S608
        return int(cursor.fetchone()[0])


def _row_texts(table: str, columns: list[str], first: int, last: int, limit: int | None) -> list[tuple[int, str]]:
    """Events from ``first`` to ``last`` by their keys, each as one canonical text with its actor and context."""
    quote = connection.ops.quote_name
    # A function takes at most 100 arguments, so wide rows are put together in parts.
    named = [f"'{column}', event.{quote(column)}" for column in columns]
    parts = (", ".join(named[start : start + 40]) for start in range(0, len(named), 40))
    row = " || ".join(f"jsonb_build_object({part})" for part in parts)
    sql = (  # identifiers of models, values as parameters
        f"SELECT event.pgh_id, ({row})::text || coalesce(context.metadata::text, '')"  # noqa: S608
        f" FROM {quote(table)} event LEFT JOIN pghistory_context context ON context.id = event.pgh_context_id"
        " WHERE event.pgh_id BETWEEN %s AND %s ORDER BY event.pgh_id LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [first, last, limit])
        return cursor.fetchall()


def _digest(text: str) -> bytes:
    return bytes.fromhex(crypto.digest(text))


def _hex(segment: AuditSegment) -> str:
    return bytes(segment.digests).hex()


def _link_digest(previous: str, number: int, sealed_at: datetime, segments: Iterable[AuditSegment]) -> str:
    facts = [
        [segment.table, segment.columns, segment.first_id, segment.last_id, segment.event_ids, _hex(segment)]
        for segment in segments
    ]
    return crypto.digest(json.dumps([previous, number, sealed_at.isoformat(), facts], ensure_ascii=False))


def append(*, before: datetime | None = None) -> AuditLink | None:
    """Seal all events written before ``before`` (now, if None) that no link covers; None if there are none."""
    high_water = {model: _high_water(model._meta.db_table, before) for model in _event_models()}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
        sealed_to = dict(AuditSegment.objects.values_list("table").annotate(models.Max("last_id")))
        segments = [
            segment
            for model, high in high_water.items()
            for segment in _new_segments(model, sealed_to.get(model._meta.db_table, 0), high)
        ]
        if not segments:
            return None
        last = AuditLink.objects.order_by("-number").first()
        number, sealed_at = (last.number + 1 if last else 1), timezone.now()
        digest = _link_digest(last.digest if last else "", number, sealed_at, segments)
        link = AuditLink.objects.create(number=number, sealed_at=sealed_at, digest=digest)
        for segment in segments:
            segment.link = link
        AuditSegment.objects.bulk_create(segments)
        return link


def _new_segments(model: type[models.Model], after: int, high: int) -> Iterator[AuditSegment]:
    table, columns = model._meta.db_table, _columns(model)
    while rows := _row_texts(table, columns, after + 1, high, SEGMENT_ROWS):
        ids = [pk for pk, _ in rows]
        digests = b"".join(_digest(text) for _, text in rows)
        after = ids[-1]
        yield AuditSegment(table=table, columns=columns, first_id=ids[0], last_id=after, event_ids=ids, digests=digests)


def verify(*, expect: tuple[int, str] | None = None) -> list[Finding]:
    """Everything that differs from what was sealed; empty when the record is whole.

    ``expect`` is a link number and its digest as kept outside the database.
    """
    return [*_broken_links(expect), *_broken_rows()]


def _broken_links(expect: tuple[int, str] | None) -> Iterator[Finding]:
    previous, number = "", 0
    for link in AuditLink.objects.order_by("number").prefetch_related(
        models.Prefetch("segments", AuditSegment.objects.order_by("pk"))
    ):
        number += 1
        if link.number != number:
            yield Finding("缺失", "audit chain", f"第{number}节不存在 / link {number} is missing")
            number = link.number
        if _link_digest(previous, link.number, link.sealed_at, link.segments.all()) != link.digest:
            yield Finding("断链", "audit chain", f"第{link.number}节摘要不符 / link {link.number} does not match")
        previous = link.digest
    if expect:
        wanted = AuditLink.objects.filter(number=expect[0]).first()
        if wanted is None or wanted.digest != expect[1]:
            yield Finding("断链", "audit chain", f"第{expect[0]}节与留存摘要不符 / link {expect[0]} is not as kept")


def _broken_rows() -> Iterator[Finding]:
    erased: dict[str, set[int]] = {}
    for table, ids in AuditErasure.objects.values_list("table", "event_ids"):
        erased.setdefault(table, set()).update(ids)
    present = {model._meta.db_table: set(_columns(model)) for model in _event_models()}
    for segment in AuditSegment.objects.order_by("pk").iterator(chunk_size=20):
        if not set(segment.columns) <= present.get(segment.table, set()):
            yield Finding("无法核对", segment.table, "表或列已不存在 / table or columns are gone")
            continue
        yield from _broken_in(segment, erased.get(segment.table, set()))


def _broken_in(segment: AuditSegment, erased: set[int]) -> Iterator[Finding]:
    digests = bytes(segment.digests)
    sealed = {pk: digests[at * _DIGEST_BYTES : (at + 1) * _DIGEST_BYTES] for at, pk in enumerate(segment.event_ids)}
    for pk, text in _row_texts(segment.table, segment.columns, segment.first_id, segment.last_id, None):
        digest = sealed.pop(pk, None)
        if digest is None:
            yield Finding("插入", segment.table, f"事件{pk}未经封存 / event {pk} was slipped in")
        elif digest != _digest(text):
            yield Finding("篡改", segment.table, f"事件{pk}被修改 / event {pk} was altered")
    for pk in sealed.keys() - erased:
        yield Finding("删除", segment.table, f"事件{pk}被删除 / event {pk} was deleted")


def erase(model: type[models.Model], event_ids: list[int], *, reason: str, by: Any) -> int:
    """Erase event rows whose retention has ended; the erasure itself is recorded and sealed.

    ``model`` is the event model. Returns how many rows were erased.
    """
    label = f"{model._meta.label}:append_only"
    with transaction.atomic(), pgtrigger.ignore(label):
        found = model._default_manager.filter(pk__in=event_ids)
        ids = sorted(found.values_list("pk", flat=True))
        if ids:
            AuditErasure.objects.create(table=model._meta.db_table, event_ids=ids, reason=reason, erased_by=by)
            found.delete()
        return len(ids)
