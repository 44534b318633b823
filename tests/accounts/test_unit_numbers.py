"""单位编号登录 (A6): the number, the handler's own password, a code pushed to the handler's own message centre."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.test import Client
from freezegun import freeze_time

from accounts import actions
from accounts.models import FailedSignIn, Handler, Message, MobileCode, UnitNumber
from accounts.unit_sign_in import clean_unit_number
from tests.accounts.conftest import sent_messages
from tests.factories import (
    CITY,
    PASSWORD,
    make_handler,
    make_id_no,
    make_individual,
    make_staff,
    make_unit,
    make_user,
)
from tests.support.queries import captured_queries

pytestmark = pytest.mark.django_db
BY_NUMBER = "/accounts/login/?portal=unit&method=number"
CODE = "/accounts/unit/code/"
NUMBER = "140105000100"


@pytest.fixture
def handler(db: None) -> Handler:
    """The only handler of a unit with a number, with an individual account of the same ID number."""
    unit = make_unit()
    UnitNumber.objects.create(unit=unit, number=NUMBER)
    made = make_handler(unit, make_user(name="王演示"), id_no=make_id_no(800))
    make_individual(name="王演示", id_no=made.id_no)
    return made


def enter(client: Client, number: str = NUMBER, password: str = PASSWORD, id_no: str = "") -> HttpResponse:
    return client.post(BY_NUMBER, {"login": number, "password": password, "id_no": id_no})


def pushed_code() -> str:
    """The newest code in any message centre."""
    found = re.search(r"验证码(\d{6})", Message.objects.filter(title="单位登录验证码").latest("pk").body)
    assert found
    return found[1]


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize(
    ("typed", "number"),
    [("140105000100", NUMBER), ("1401050001", NUMBER), (" 1401050001 ", NUMBER), ("１４０１０５０００１", NUMBER)],
)
def test_ten_digits_stand_for_twelve(typed: str, number: str) -> None:
    assert clean_unit_number(typed) == number


@pytest.mark.parametrize("typed", ["", "123456789", "12345678901", "1234567890123", "12345678901a"])
def test_other_lengths_are_told(typed: str) -> None:
    with pytest.raises(ValidationError, match="单位编号应为12位或10位数字"):
        clean_unit_number(typed)


@pytest.mark.parametrize("typed", [NUMBER, NUMBER[:10]])
def test_number_password_and_pushed_code_sign_in_for_the_unit(client: Client, handler: Handler, typed: str) -> None:
    assert "经办人证件号码" in client.get(BY_NUMBER).content.decode()
    assert enter(client, typed)["Location"] == CODE
    assert not is_signed_in(client)
    assert "您本人个人网厅的消息中心" in client.get(CODE).content.decode()
    assert client.post(CODE, {"code": pushed_code()})["Location"] == "/unit/"
    assert client.session["_auth_user_id"] == str(handler.user_id)
    assert client.get("/unit/profile/").status_code == 200


def test_the_code_goes_to_the_individual_account_with_the_same_verified_id_number(
    client: Client, handler: Handler
) -> None:
    declared = make_individual(id_no=handler.id_no, level=2)
    other = make_individual()
    enter(client)
    receivers = set(Message.objects.values_list("user__individual__id_no_digest", flat=True))
    assert receivers == {handler.id_no_digest}
    assert not Message.objects.filter(user__in=[declared.user, other.user]).exists()


def test_it_goes_to_the_phone_too_where_the_account_has_one(
    client: Client, handler: Handler, django_capture_on_commit_callbacks, mailoutbox: list
) -> None:
    handler.user.mobile, handler.user.email = "13811112222", "wang@example.com"
    handler.user.save()
    with django_capture_on_commit_callbacks(execute=True):
        enter(client)
    assert [mobile for mobile, _ in sent_messages()] == ["13811112222"]
    assert mailoutbox[0].to == ["wang@example.com"]
    assert "手机138****2222" in client.get(CODE).content.decode()


def test_who_has_nowhere_to_receive_a_code_is_told_what_to_do(client: Client) -> None:
    unit = make_unit()
    UnitNumber.objects.create(unit=unit, number=NUMBER)
    make_handler(unit)
    enter(client)
    assert "没有可以接收验证码的地方" in client.get(CODE).content.decode()
    assert not is_signed_in(client)


def test_several_handlers_are_told_apart_by_id_number(client: Client, handler: Handler) -> None:
    second = make_handler(handler.unit, make_user(name="赵演示"), role="clerk", id_no=make_id_no(801))
    make_individual(id_no=second.id_no)
    assert "账号或密码不正确" in enter(client).content.decode()
    enter(client, id_no=second.id_no.lower())
    client.post(CODE, {"code": pushed_code()})
    assert client.session["_auth_user_id"] == str(second.user_id)


def test_an_institution_may_have_several_numbers(client: Client, handler: Handler) -> None:
    UnitNumber.objects.create(unit=handler.unit, number="140105000200")
    assert enter(client, "1401050002")["Location"] == CODE


def test_the_number_chooses_the_acting_unit(client: Client, handler: Handler) -> None:
    make_handler(make_unit(), handler.user)
    enter(client)
    client.post(CODE, {"code": pushed_code()})
    assert handler.unit.name in client.get("/unit/profile/").content.decode()


def test_the_ordinary_form_does_not_go_around_the_code(client: Client, handler: Handler) -> None:
    answer = client.post("/accounts/login/?portal=unit", {"login": handler.user.username, "password": PASSWORD})
    assert answer["Location"] == CODE
    assert not is_signed_in(client)


def test_units_without_a_number_sign_in_as_before(client: Client) -> None:
    other = make_handler()
    answer = client.post("/accounts/login/?portal=unit", {"login": other.user.username, "password": PASSWORD})
    assert answer["Location"] == "/unit/"


def test_a_handler_whose_authorisation_ended_does_not_sign_in(client: Client, handler: Handler) -> None:
    handler.ended_at = handler.started_at
    handler.save()
    assert "账号或密码不正确" in enter(client).content.decode()


def test_unknown_numbers_and_wrong_passwords_get_the_same_answer_at_the_same_cost(
    client: Client, handler: Handler
) -> None:
    enter(client, "140105009900", "wrong")
    with captured_queries() as for_known:
        known = enter(client, NUMBER, "wrong")
    with captured_queries() as for_unknown:
        unknown = enter(client, "140105009901", "wrong")
    assert len(for_known) == len(for_unknown)
    assert "账号或密码不正确" in known.content.decode()
    assert "账号或密码不正确" in unknown.content.decode()
    assert not Message.objects.exists()


def test_a_code_has_five_tries_and_they_are_on_record(client: Client, handler: Handler) -> None:
    enter(client)
    right = pushed_code()
    wrong = "000000" if right != "000000" else "000001"
    for _ in range(5):
        assert "验证码不正确或已失效" in client.post(CODE, {"code": wrong}).content.decode()
    assert "验证码不正确或已失效" in client.post(CODE, {"code": right}).content.decode()
    assert not is_signed_in(client)
    assert FailedSignIn.objects.count() == 6


def test_a_code_lasts_five_minutes(handler: Handler) -> None:
    with freeze_time("2026-03-02 02:00:00") as clock:
        actions.push_unit_code(user=handler.user, by=None)
        code = pushed_code()
        clock.tick(300)
        assert not actions.use_unit_code(user=handler.user, code=code, by=None)


def test_a_code_is_used_once_and_serves_nobody_else(handler: Handler) -> None:
    other = make_handler()
    actions.push_unit_code(user=handler.user, by=None)
    code = pushed_code()
    assert not actions.use_unit_code(user=other.user, code=code, by=None)
    assert actions.use_unit_code(user=handler.user, code=code, by=None)
    assert not actions.use_unit_code(user=handler.user, code=code, by=None)


def test_only_a_hash_of_the_code_is_kept_with_its_row(handler: Handler) -> None:
    actions.push_unit_code(user=handler.user, by=None)
    assert pushed_code() not in str(vars(MobileCode.objects.get()))


def test_another_code_may_be_asked_for_after_a_minute(client: Client, handler: Handler) -> None:
    enter(client)
    assert "秒后再获取" in client.post(CODE, {"send_code": "1"}).content.decode()
    MobileCode.objects.update(created_at="2026-01-01T00:00Z")
    answer = client.post(CODE, {"send_code": "1"}, headers={"HX-Request": "true"}).content.decode()
    assert "验证码已发送" in answer
    assert "<html" not in answer
    client.post(CODE, {"code": pushed_code()})
    assert is_signed_in(client)


def test_the_page_of_the_code_is_not_for_passers_by(client: Client) -> None:
    assert client.get(CODE)["Location"] == "/accounts/login/"


def test_hall_staff_enter_numbers_for_units_of_their_regions(client: Client) -> None:
    unit, foreign = make_unit(), make_unit(region="220102", handling_region="220102")
    client.force_login(make_staff("hall", CITY))
    address = "/admin/accounts/unitnumber/add/"
    assert client.post(address, {"unit": unit.pk, "number": "1401050003"}).status_code == 302
    assert UnitNumber.objects.get().number == "140105000300"
    assert "该单位编号已登记" in client.post(address, {"unit": unit.pk, "number": "1401050003"}).content.decode()
    assert client.post(address, {"unit": foreign.pk, "number": "2201020001"}).status_code == 200
    assert UnitNumber.objects.count() == 1
    assert client.get("/admin/accounts/unitnumber/").status_code == 200


def test_reviewers_do_not_enter_numbers(client: Client) -> None:
    client.force_login(make_staff("first"))
    assert client.get("/admin/accounts/unitnumber/add/").status_code == 403
