"""The outbox: once only, retried with growing pauses, given up, sent anew; codes gone when they are used up."""

import logging
import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction
from django.utils import timezone

from accounts import actions, jobs
from accounts.messaging import deliveries
from accounts.messaging.actions import erase_expired, inside_only, send_message
from accounts.messaging.models import Delivery, Message
from accounts.sms import MemorySms, NotSent, Rejected, Unclear
from accounts.writing import Refused
from tests.accounts.conftest import last_code
from tests.factories import make_individual, make_staff
from tests.support.deliveries import work_off

pytestmark = pytest.mark.django_db
MOBILE = "13800001234"


class Failing(MemorySms):
    """An adapter whose next sends fail as told."""

    errors: list[Exception] = []

    def send(self, message) -> None:
        if self.errors:
            raise self.errors.pop(0)
        super().send(message)


class Knowing(Failing):
    """One that knows a message again by its token."""

    idempotent = True


@pytest.fixture(autouse=True)
def _failing(settings) -> None:
    settings.SMS_ADAPTER = f"{__name__}.Failing"
    Failing.errors.clear()


@pytest.fixture
def knowing(settings) -> None:
    settings.SMS_ADAPTER = f"{__name__}.Knowing"


@pytest.fixture
def user():
    return make_individual().user


def tell(user, key: str = "once") -> None:
    values = {"事项": "演示事项", "办件编号": "YS1"}
    send_message(user=user, occasion="case-accept", values=values, key=key)


def only() -> Delivery:
    return Delivery.objects.get()


def test_a_message_leaves_by_short_message_and_e_mail_once(user) -> None:
    user.email = "person@example.com"
    user.save()
    tell(user)
    tell(user)
    work_off()
    work_off()
    assert [mobile for mobile, _ in MemorySms.sent] == [user.mobile]
    assert "演示事项" in MemorySms.sent[0][1]
    assert [(m.to, m.subject) for m in mail.outbox] == [(["person@example.com"], "办件已受理")]
    assert Message.objects.count() == 1


def test_what_was_sent_is_not_kept_a_second_time(user) -> None:
    tell(user)
    work_off()
    row = only()
    assert (row.state, row.address, row.content) == ("sent", None, None)
    assert row.masked == f"{user.mobile[:3]}****{user.mobile[-4:]}"


def test_a_delivery_belongs_to_the_transaction_of_its_cause(user) -> None:
    with transaction.atomic():
        tell(user)
        transaction.set_rollback(True)
    assert not Delivery.objects.exists()


def test_histories_that_are_loaded_stay_inside(user) -> None:
    with inside_only():
        tell(user)
    assert Message.objects.filter(user=user).exists()
    assert not Delivery.objects.exists()


def test_tries_come_further_and_further_apart_and_then_staff_are_left(user, at) -> None:
    clock = at("2026-11-20 10:00")
    tell(user)
    Failing.errors[:] = [NotSent("503") for _ in range(deliveries.ATTEMPTS)]
    pauses = []
    while only().state != "dead":
        work_off()
        row = only()
        if row.state == "failed":
            pauses.append((row.due_at - timezone.now()).seconds)
            work_off()  # too early: nothing happens
            assert only().attempts == row.attempts
            clock.move_to(row.due_at)
    assert pauses == list(deliveries.PAUSES)
    assert (only().attempts, only().fault, only().answer) == (deliveries.ATTEMPTS, "unreachable", "503")


def test_a_refusal_is_not_tried_again(user) -> None:
    tell(user)
    Failing.errors[:] = [Rejected("BAD_NUMBER")]
    work_off()
    assert (only().state, only().fault, only().answer) == ("dead", "refused", "BAD_NUMBER")


def test_what_may_have_gone_out_is_repeated_only_where_the_gateway_knows_it_again(user, knowing, at) -> None:
    clock = at("2026-11-20 10:00")
    tell(user)
    token = only().token
    Failing.errors[:] = [Unclear("500")]
    work_off()
    assert (only().state, only().token) == ("failed", token)
    clock.move_to(only().due_at)
    work_off()
    assert only().state == "sent"


def test_without_that_staff_decide(user) -> None:
    tell(user)
    Failing.errors[:] = [Unclear("no-answer")]
    work_off()
    assert (only().state, only().fault) == ("dead", "unknown")


def test_of_a_killed_worker_the_try_is_settled_without_a_second_message(user, at) -> None:
    clock = at("2026-11-20 10:00")
    tell(user)
    deliveries._claim(only().pk)  # the worker dies here
    deliveries.attempt(only().pk)
    assert only().state == "sending"  # it may still be alive
    clock.tick(deliveries.STALLED_AFTER + timedelta(seconds=1))
    deliveries.attempt(only().pk)
    assert (only().state, only().fault) == ("dead", "unknown")
    assert MemorySms.sent == []


def test_or_repeated_under_the_same_token(user, knowing, at) -> None:
    clock = at("2026-11-20 10:00")
    tell(user)
    token = only().token
    deliveries._claim(only().pk)
    clock.tick(deliveries.STALLED_AFTER + timedelta(seconds=1))
    deliveries.attempt(only().pk)
    assert (only().state, only().token, len(MemorySms.sent)) == ("sent", token, 1)


def test_a_slow_worker_does_not_overwrite_who_took_over(user, knowing, at) -> None:
    clock = at("2026-11-20 10:00")
    tell(user)
    slow = deliveries._claim(only().pk)
    clock.tick(deliveries.STALLED_AFTER + timedelta(seconds=1))
    deliveries.attempt(only().pk)
    deliveries._settle(slow, Rejected("late"))
    assert only().state == "sent"


def test_lost_jobs_are_found(user, at) -> None:
    clock = at("2026-11-20 10:00")
    tell(user)
    assert deliveries.stranded() == []
    clock.tick(timedelta(minutes=5))
    assert deliveries.stranded() == [only().pk]
    jobs.deliver_stranded(timestamp=0)


def test_staff_send_anew_what_was_given_up(user) -> None:
    staff = make_staff("hall")
    tell(user)
    Failing.errors[:] = [Rejected("LIMIT")]
    work_off()
    token = only().token
    deliveries.resend(delivery=only(), by=staff)
    assert only().token != token  # the gateway would answer the old one as before
    work_off()
    assert (only().state, len(MemorySms.sent)) == ("sent", 1)
    with pytest.raises(Refused, match="只有发送失败"):
        deliveries.resend(delivery=only(), by=staff)


def test_sending_anew_what_may_have_gone_out_keeps_its_token(user) -> None:
    tell(user)
    Failing.errors[:] = [Unclear()]
    work_off()
    token = only().token
    deliveries.resend(delivery=only(), by=make_staff("hall"))
    assert only().token == token


def ask_for_code(*, deliver: bool = True) -> None:
    actions.issue_code(mobile=MOBILE, purpose="sign_in", deliver=deliver, by=None)


def test_a_code_is_encrypted_until_it_is_sent_and_then_gone(user) -> None:
    ask_for_code()
    code = only().content["params"]["验证码"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(d)::text FROM accounts_delivery d")
        raw = cursor.fetchone()[0]
    assert code not in raw
    assert MOBILE not in raw
    assert last_code() == code
    assert (only().address, only().content) == (None, None)


def test_a_code_that_comes_too_late_is_not_sent(at) -> None:
    clock = at("2026-11-20 10:00")
    ask_for_code()
    clock.tick(timedelta(minutes=5))
    work_off()
    assert MemorySms.sent == []
    assert (only().state, only().fault, only().content) == ("dead", "expired", None)
    with pytest.raises(Refused, match="由本人重新获取"):
        deliveries.resend(delivery=only(), by=make_staff("hall"))


def test_nothing_is_sent_for_a_number_that_nobody_has_but_the_same_work_is_done() -> None:
    ask_for_code(deliver=False)
    assert only().masked == ""
    work_off()
    assert MemorySms.sent == []
    assert not Delivery.objects.exists()


def test_a_code_in_the_message_centre_is_erased_when_its_time_is_over(user, at) -> None:
    clock = at("2026-11-20 10:00")
    values = {"用途": "单位登录", "验证码": "246801", "分钟": 5}
    later = timezone.now() + timedelta(minutes=5)
    send_message(user=user, occasion="code", values=values, key="k", expires_at=later)
    message = Message.objects.get()
    assert "246801" in message.text
    clock.tick(timedelta(minutes=5))
    assert "246801" not in message.text
    jobs.erase_codes(timestamp=0)
    assert "246801" not in Message.objects.get().body
    assert erase_expired(by=None) == 0


def test_a_message_with_a_code_leaves_the_hall_only_on_the_codes_own_way(user) -> None:
    values = {"用途": "单位登录", "验证码": "246801", "分钟": 5}
    send_message(user=user, occasion="code", values=values, key="k")
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("error", "state", "fault"),
    [
        (smtplib.SMTPRecipientsRefused({"x": (550, b"no such user")}), "dead", "refused"),
        (smtplib.SMTPRecipientsRefused({"x": (450, b"later")}), "failed", "unreachable"),
        (smtplib.SMTPDataError(554, b"spam"), "dead", "refused"),
        (ConnectionRefusedError(), "failed", "unreachable"),
        (smtplib.SMTPServerDisconnected(), "dead", "unknown"),
        (TimeoutError(), "dead", "unknown"),
    ],
)
def test_what_a_mail_server_says_decides_about_another_try(user, monkeypatch, error, state, fault) -> None:
    user.mobile, user.email = "", "person@example.com"
    user.save()

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(EmailBackend, "send_messages", fail)
    tell(user)
    work_off()
    assert (only().state, only().fault) == (state, fault)


def test_without_a_mail_server_no_mail_is_tried(user, settings) -> None:
    settings.EMAIL_AVAILABLE = False
    user.mobile, user.email = "", "person@example.com"
    user.save()
    tell(user)
    work_off()
    assert (only().state, only().fault) == ("dead", "unavailable")


def test_neither_codes_nor_numbers_nor_mail_addresses_are_logged(user, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    user.email = "person@example.com"
    user.save()
    Failing.errors[:] = [Rejected("X"), Unclear(), NotSent()]
    tell(user)
    tell(user, "second")
    ask_for_code()
    code = Delivery.objects.get(occasion="code").content["params"]["验证码"]
    work_off()
    assert "given up" in caplog.text
    logged = " ".join(record.getMessage() for record in caplog.records if not record.name.startswith("django.db"))
    for secret in (code, MOBILE, user.mobile, "person@example.com"):
        assert secret not in logged
