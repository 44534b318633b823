"""重置密码 by unit number, the handler's ID number and a pushed code (A7, JX 5.2)."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from freezegun import freeze_time
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts import jobs, reset_actions
from accounts.models import Handler, Message, MobileCode, UnitNumber, User
from tests.accounts.conftest import at_once, sent_messages
from tests.accounts.test_unit_numbers import NUMBER
from tests.factories import PASSWORD, make_handler, make_id_no, make_individual, make_unit, make_user
from tests.support.queries import captured_queries

pytestmark = pytest.mark.django_db
RESET = "/accounts/password/reset/?portal=unit&method=number"
NEW = "Xinmima-2026"


@pytest.fixture(autouse=True)
def _fresh_limits(db: None) -> None:
    cache.clear()


@pytest.fixture
def handler(db: None) -> Handler:
    unit = make_unit()
    UnitNumber.objects.create(unit=unit, number=NUMBER)
    made = make_handler(unit, make_user(name="王演示"), id_no=make_id_no(800))
    make_individual(name="王演示", id_no=made.id_no)
    return made


def ask(client: Client, number: str = NUMBER, id_no: str = make_id_no(800)) -> str:
    """获取验证码; what the page says."""
    answer = client.post(RESET, {"username": number, "id_no": id_no, "send_code": "1"}, headers={"HX-Request": "true"})
    return answer.content.decode()


def run_jobs() -> None:
    """What the worker does."""
    for job in ProcrastinateJob.objects.filter(task_name="accounts.jobs.push_reset_code").order_by("pk"):
        jobs.push_reset_code(**job.args)


def pushed_code() -> str:
    body = Message.objects.filter(title="重置密码验证码").latest("pk").body
    return body.partition("验证码")[2][:6]


def reset(client: Client, code: str, **values: Any) -> HttpResponse:
    typed = {"username": NUMBER, "id_no": make_id_no(800), "code": code, "password": NEW, "password_again": NEW}
    return client.post(RESET, typed | values)


def test_number_id_and_pushed_code_set_a_new_password_and_end_every_session(client: Client, handler: Handler) -> None:
    open_browser = Client()
    open_browser.force_login(handler.user)
    assert "验证码已推送" in ask(client, NUMBER[:10])
    run_jobs()
    assert reset(client, pushed_code())["Location"] == "/accounts/login/?portal=unit"
    assert User.objects.get(pk=handler.user_id).check_password(NEW)
    assert open_browser.get("/unit/").status_code == 302


def test_phone_and_mail_get_the_code_too(
    client: Client, handler: Handler, mailoutbox: list, django_capture_on_commit_callbacks: Any
) -> None:
    handler.user.mobile, handler.user.email = "13811112222", "wang@example.com"
    handler.user.save()
    ask(client)
    with django_capture_on_commit_callbacks(execute=True):
        run_jobs()
    assert sent_messages()[-1][0] == "13811112222"
    assert mailoutbox[0].to == ["wang@example.com"]


@pytest.mark.parametrize(
    ("number", "id_no"), [("140105009900", make_id_no(800)), (NUMBER, make_id_no(801)), ("140105009900", "X")]
)
def test_unknown_numbers_and_people_get_the_same_answer_by_the_same_queries(
    client: Client, handler: Handler, number: str, id_no: str
) -> None:
    ask(client, "140105007700", make_id_no(1))
    with captured_queries() as for_known:
        known = ask(client)
    with captured_queries() as for_unknown:
        unknown = ask(client, number, id_no)
    assert known == unknown
    assert len(for_known) == len(for_unknown)
    Message.objects.all().delete()
    ProcrastinateJob.objects.first()
    assert reset(client, "000000", username=number, id_no=id_no).status_code == 200
    assert "验证码不正确或已失效" in reset(client, "000000", username=number, id_no=id_no).content.decode()


def test_nothing_is_delivered_to_who_is_not_meant(client: Client, handler: Handler) -> None:
    ask(client, NUMBER, make_id_no(801))
    run_jobs()
    assert not Message.objects.exists()


def test_a_right_code_for_other_numbers_resets_nothing(client: Client, handler: Handler) -> None:
    other = make_handler(handler.unit, make_user(name="李演示"), id_no=make_id_no(802))
    ask(client)
    run_jobs()
    answer = reset(client, pushed_code(), id_no=other.id_no)
    assert "验证码不正确或已失效" in answer.content.decode()
    assert User.objects.get(pk=other.user_id).check_password(PASSWORD)


def test_an_ended_handler_and_an_account_not_opened_get_no_code(client: Client, handler: Handler) -> None:
    User.objects.filter(pk=handler.user_id).update(password="!unusable")
    ask(client)
    run_jobs()
    assert not Message.objects.exists()
    User.objects.filter(pk=handler.user_id).update(password="x")
    handler.ended_at = handler.started_at
    handler.save()
    assert reset_actions.resettable(NUMBER, handler.id_no) is None


def test_the_code_lasts_five_minutes_and_has_five_tries(client: Client, handler: Handler) -> None:
    with freeze_time("2026-03-02 02:00:00") as clock:
        ask(client)
        run_jobs()
        code = pushed_code()
        clock.tick(300)
        assert "验证码不正确或已失效" in reset(client, code).content.decode()
        ask(client)
        run_jobs()
        for _ in range(5):
            reset(client, "000000" if pushed_code() != "000000" else "000001")
        assert "验证码不正确或已失效" in reset(client, pushed_code()).content.decode()


def test_codes_are_limited_by_minute_and_day(client: Client, handler: Handler) -> None:
    with freeze_time("2026-03-02 02:00:00") as clock:
        ask(client)
        assert "秒后再获取" in ask(client)
        for _ in range(9):
            clock.tick(60)
            assert "已推送" in ask(client)
        clock.tick(60)
        assert "次数已用完" in ask(client)


def test_an_address_that_tries_many_accounts_is_stopped(client: Client, handler: Handler) -> None:
    statuses = {reset(client, "000000", username=f"1401050{n:05d}").status_code for n in range(121)}
    assert 429 in statuses


def test_neither_code_nor_id_number_stands_in_the_queue(client: Client, handler: Handler) -> None:
    ask(client)
    args = json.dumps(ProcrastinateJob.objects.get().args)
    assert make_id_no(800) not in args
    assert MobileCode.objects.get().code_hash not in args


@pytest.mark.django_db(transaction=True)
def test_a_code_used_twice_at_once_serves_once(client: Client, handler: Handler) -> None:
    ask(client)
    run_jobs()
    code = pushed_code()
    use = {"number": NUMBER, "id_no": handler.id_no, "code": code, "by": None}
    assert sorted(at_once(lambda: reset_actions.use_number_code(**use))) == [False, True]
