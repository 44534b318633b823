"""我的见习 (B3): what trainees read about their internship, what they object to, and their log."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Message
from common import constraints
from common.transitions import TransitionRefused
from internship.rules import add_months
from reporting import trainee_actions
from reporting.models import Attendance, LogEntry, Objection, PersonMonth, Placement
from tests.factories import make_handler, make_individual
from tests.reporting.support import make_placement

pytestmark = pytest.mark.django_db


@pytest.fixture
def handler(db):
    return make_handler()


@pytest.fixture
def placement(handler) -> Placement:
    return make_placement(handler.unit, starts_on=add_months(timezone.localdate(), -2))


def page(placement: Placement, name: str = "my_placement") -> str:
    return reverse(f"reporting:{name}", args=[placement.pk])


def test_a_trainee_reads_what_the_unit_reported(client, placement) -> None:
    month = add_months(timezone.localdate().replace(day=1), -1)
    Attendance.objects.create(placement=placement, case=placement.case, month=month, due=21, present=21)
    values = {
        "category": "G1",
        "days": 21,
        "due_pay": 3100,
        "net_pay": Decimal("3008.50"),
        "paid_on": month,
        "subsidy": 1880,
    }
    PersonMonth.objects.create(placement=placement, case=placement.case, month=month, **values)
    client.force_login(placement.individual.user)
    assert placement.unit.name in client.get(reverse("reporting:my_placements")).content.decode()
    html = client.get(page(placement)).content.decode()
    for words in ("演示保险公司", "3,008.50元", "21.0", f"{month.year}年{month.month}月"):
        assert words in html
    assert placement.id_no not in html


def test_nobody_reads_anothers_internship(client, placement) -> None:
    client.force_login(make_individual().user)
    assert client.get(page(placement)).status_code == 404
    assert client.post(page(placement, "object_to"), {"subject": "pay", "text": "少发"}).status_code == 404
    assert client.post(page(placement, "write_log"), {"day": "2026-01-01", "text": "内容"}).status_code == 404
    assert placement.unit.name not in client.get(reverse("reporting:my_placements")).content.decode()


def test_an_objection_is_answered_by_the_unit_and_both_are_told(client, handler, placement) -> None:
    person = placement.individual.user
    client.force_login(person)
    client.post(page(placement, "object_to"), {"subject": "pay", "text": "十月少发100元"})
    [objection] = Objection.objects.all()
    assert Message.objects.filter(user=handler.user, title="见习人员提出异议").exists()
    client.force_login(handler.user)
    assert "十月少发100元" in client.get(page(placement, "placement")).content.decode()
    client.post(reverse("reporting:answer_objection", args=[objection.pk]), {"answer": "已补发"})
    assert Message.objects.filter(user=person, title="见习异议答复").exists()
    client.force_login(person)
    assert "已补发" in client.get(page(placement)).content.decode()


def test_another_unit_cannot_answer(client, placement) -> None:
    objection = trainee_actions.raise_objection(
        placement=placement, subject="pay", text="少发", by=placement.individual.user
    )
    client.force_login(make_handler().user)
    assert client.post(reverse("reporting:answer_objection", args=[objection.pk]), {"answer": "无"}).status_code == 404


def test_one_objection_per_subject_waits_and_one_answer_is_given(handler, placement) -> None:
    by = placement.individual.user
    first = trainee_actions.raise_objection(placement=placement, subject="pay", text="少发", by=by)
    with pytest.raises(TransitionRefused, match="请等待单位答复"):
        trainee_actions.raise_objection(placement=placement, subject="pay", text="少发", by=by)
    trainee_actions.raise_objection(placement=placement, subject="attendance", text="少记", by=by)
    with pytest.raises(TransitionRefused, match="请填写答复内容"):
        trainee_actions.answer_objection(objection=first, answer=" ", by=handler.user)
    trainee_actions.answer_objection(objection=first, answer="已补发", by=handler.user)
    with pytest.raises(TransitionRefused, match="已答复"):
        trainee_actions.answer_objection(objection=first, answer="再答", by=handler.user)
    assert trainee_actions.raise_objection(placement=placement, subject="pay", text="仍少发", by=by).pk


def test_the_database_keeps_answers_whole(handler, placement) -> None:
    objection = trainee_actions.raise_objection(
        placement=placement, subject="pay", text="少发", by=placement.individual.user
    )
    objection.answered_at, objection.answered_by = timezone.now(), handler.user
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        objection.save()
    assert constraints.explain(refusal.value) == "答复内容与答复时间不一致"


def test_the_log_is_kept_by_day_within_the_internship(client, placement) -> None:
    client.force_login(placement.individual.user)
    today = timezone.localdate()
    for text in ("学习考勤制度", "学习考勤制度，整理档案"):
        client.post(page(placement, "write_log"), {"day": today.isoformat(), "text": text})
    [entry] = LogEntry.objects.all()
    assert entry.text == "学习考勤制度，整理档案"
    for day, words in (
        (today + timedelta(days=1), "不能晚于今天"),
        (placement.starts_on - timedelta(days=1), "应在见习期限以内"),
    ):
        answer = client.post(page(placement, "write_log"), {"day": day.isoformat(), "text": "内容"}, follow=True)
        assert words in answer.content.decode()
    assert LogEntry.objects.count() == 1


def test_what_was_typed_stays_when_something_is_missing(client, placement) -> None:
    client.force_login(placement.individual.user)
    answer = client.post(page(placement, "object_to"), {"subject": "", "text": "十月少发100元"})
    assert answer.status_code == 422
    assert "十月少发100元" in answer.content.decode()
