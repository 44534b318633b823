"""History by triggers, the actor beside it, and the chain that shows tampering."""

import datetime
import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from common import audit, audit_chain
from common.models import AuditLink, AuditSegment, CalendarDay
from tests import factories

DAY = datetime.date(2026, 3, 2)
EVENTS = "common_calendardayevent"

pytestmark = pytest.mark.django_db


def change_a_day() -> CalendarDay:
    row = CalendarDay.objects.create(day=DAY, is_working=True, source="演示")
    row.is_working = False
    row.save()
    return row


def tamper(sql: str) -> None:
    """What somebody with the database password could do: switch triggers off and write."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {EVENTS} DISABLE TRIGGER USER")
        cursor.execute(sql)
        cursor.execute(f"ALTER TABLE {EVENTS} ENABLE TRIGGER USER")


def findings() -> list[str]:
    return [finding.kind for finding in audit_chain.verify()]


def test_insert_update_and_delete_leave_an_event_each() -> None:
    row = change_a_day()
    history = list(row.history.order_by("pgh_id").values_list("pgh_label", "is_working"))
    row.delete()
    assert history == [("insert", True), ("update", False)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pgh_label FROM {EVENTS} ORDER BY pgh_id")
        assert [label for (label,) in cursor.fetchall()] == ["insert", "update", "delete"]


def test_one_statement_over_many_rows_leaves_an_event_for_each_row() -> None:
    CalendarDay.objects.bulk_create(
        CalendarDay(day=DAY + datetime.timedelta(offset), is_working=True, source="演示") for offset in range(5)
    )
    CalendarDay.objects.update(is_working=False)
    assert CalendarDay.history.rel.related_model.objects.count() == 10


@pytest.mark.parametrize("sql", [f"UPDATE {EVENTS} SET source = 'x'", f"DELETE FROM {EVENTS}"])
def test_events_refuse_to_be_changed(sql: str) -> None:
    change_a_day()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_actor_is_kept_and_the_outer_one_returns() -> None:
    outer, inner = factories.make_user(), factories.make_user()
    with audit.actor(outer, job="outside"):
        first = CalendarDay.objects.create(day=DAY, is_working=True, source="演示")
        with audit.actor(inner):
            nested = CalendarDay.objects.create(day=DAY - datetime.timedelta(1), is_working=True, source="演示")
        second = CalendarDay.objects.create(day=DAY + datetime.timedelta(1), is_working=True, source="演示")
    unnamed = CalendarDay.objects.create(day=DAY + datetime.timedelta(2), is_working=True, source="演示")
    assert first.history.get().pgh_context.metadata == {"user": outer.pk, "job": "outside"}
    assert nested.history.get().pgh_context.metadata == {"user": inner.pk, "job": "outside"}
    assert second.history.get().pgh_context.metadata["user"] == outer.pk
    assert unnamed.history.get().pgh_context is None


def test_copy_records_the_actor_once_it_is_attached() -> None:
    with audit.actor(None, job="import"), transaction.atomic():
        audit.attach_actor()
        with (
            connection.cursor() as cursor,
            cursor.copy("COPY common_calendarday (day, is_working, name, source) FROM STDIN") as copy,
        ):
            copy.write_row((DAY, True, "", "演示"))
    assert CalendarDay.objects.get().history.get().pgh_context.metadata["job"] == "import"


def test_an_untouched_chain_is_whole() -> None:
    change_a_day()
    first = audit_chain.append()
    CalendarDay.objects.all().delete()
    second = audit_chain.append()
    assert first is not None
    assert second is not None
    assert (first.number, second.number) == (1, 2)
    assert audit_chain.verify() == []
    assert audit_chain.append() is None  # nothing new, no empty link


def test_an_altered_event_is_found() -> None:
    change_a_day()
    audit_chain.append()
    tamper(f"UPDATE {EVENTS} SET is_working = true WHERE pgh_label = 'update'")
    assert findings() == ["篡改"]


def test_a_deleted_event_is_found() -> None:
    change_a_day()
    audit_chain.append()
    tamper(f"DELETE FROM {EVENTS} WHERE pgh_label = 'update'")
    assert findings() == ["删除"]


def test_an_event_slipped_in_between_is_found() -> None:
    change_a_day()
    change = "pgh_created_at, pgh_label, day, is_working, name, source, pgh_obj_id"
    copied = f"{EVENTS} ({change}, pgh_id) SELECT {change}, pgh_id + %d FROM {EVENTS} WHERE pgh_label = 'update'"
    tamper(f"INSERT INTO {copied % 10}")
    audit_chain.append()
    tamper(f"INSERT INTO {copied % 5}")
    assert findings() == ["插入"]  # the one behind the sealed ones is merely not sealed yet


def test_a_changed_actor_is_found() -> None:
    with audit.actor(None, job="real"):
        change_a_day()
    audit_chain.append()
    with connection.cursor() as cursor:
        cursor.execute("""UPDATE pghistory_context SET metadata = '{"job": "false"}'""")
    assert findings() == ["篡改", "篡改"]


def test_a_link_rewritten_or_removed_breaks_the_chain() -> None:
    for offset in range(3):
        CalendarDay.objects.create(day=DAY + datetime.timedelta(offset), is_working=True, source="演示")
        audit_chain.append()
    segment = AuditSegment.objects.filter(link_id=2).get()
    original = bytes(segment.digests)
    AuditSegment.objects.filter(pk=segment.pk).update(digests=b"\0" * 32)
    assert findings() == ["断链", "篡改"]
    AuditSegment.objects.filter(pk=segment.pk).update(digests=original)
    assert findings() == []
    segment.delete()
    AuditLink.objects.filter(pk=2).delete()
    assert findings() == ["缺失", "断链"]


def test_cutting_off_the_end_shows_against_the_digest_kept_elsewhere() -> None:
    change_a_day()
    link = audit_chain.append()
    assert link is not None
    kept = f"{link.number}:{link.digest}"
    call_command("verify_audit_chain", expect=(link.number, link.digest), stdout=io.StringIO())
    AuditSegment.objects.all().delete()
    link.delete()
    assert audit_chain.verify() == []
    with pytest.raises(CommandError, match="1处不符") as caught:
        call_command("verify_audit_chain", f"--expect={kept}", stdout=io.StringIO())
    assert caught.value.returncode == 1


def test_a_lawful_erasure_is_recorded_and_keeps_the_chain_whole() -> None:
    row = change_a_day()
    audit_chain.append()
    model = row.history.model
    ids = list(row.history.values_list("pk", flat=True))
    assert audit_chain.erase(model, ids, reason="保存期满", by=None) == 2
    assert audit_chain.verify() == []
    assert audit_chain.append() is not None  # the erasure itself is an event


def test_the_daily_command_seals_what_was_written_before_today() -> None:
    change_a_day()
    out = io.StringIO()
    call_command("audit_chain", stdout=out)
    assert out.getvalue() == "nothing to seal\n"
    tomorrow = timezone.now() + datetime.timedelta(days=1)
    assert audit_chain.append(before=tomorrow) is not None
    CalendarDay.objects.all().delete()
    call_command("audit_chain", "--now", stdout=out)
    link = AuditLink.objects.get(number=2)
    assert f"link 2:{link.digest}" in out.getvalue()
    call_command("verify_audit_chain", stdout=out)
    assert "审计链完整" in out.getvalue()


def test_large_tables_are_sealed_in_segments(monkeypatch: Any) -> None:
    monkeypatch.setattr(audit_chain, "SEGMENT_ROWS", 3)
    CalendarDay.objects.bulk_create(
        CalendarDay(day=DAY + datetime.timedelta(offset), is_working=True, source="演示") for offset in range(8)
    )
    audit_chain.append()
    assert [len(ids) for ids in AuditSegment.objects.values_list("event_ids", flat=True)] == [3, 3, 2]
    assert audit_chain.verify() == []
