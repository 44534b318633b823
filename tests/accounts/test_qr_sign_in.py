"""扫码登录 (A3): shown to one browser, confirmed on the phone, used once within two minutes."""

import base64
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from freezegun import freeze_time

from accounts import qr_actions, qr_codes
from accounts.actions import Refused, agree
from accounts.models import Handler, QrSignIn, SignIn, UnitNumber, User
from tests.accounts.conftest import at_once
from tests.accounts.test_second_factor import enrol
from tests.factories import make_handler, make_id_no, make_individual, make_staff, make_unit, make_user

pytestmark = pytest.mark.django_db
QR, STATE, ENTER = "/accounts/qr/", "/accounts/qr/state/", "/accounts/qr/enter/"
HTMX = {"HX-Request": "true"}
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"


@pytest.fixture(autouse=True)
def _fresh_limits(db: None) -> None:
    cache.clear()


@pytest.fixture
def handler(db: None) -> Handler:
    """A handler with an account of the unit's, whose individual account has the same verified ID number."""
    made = make_handler(make_unit(), make_user(name="王演示"), id_no=make_id_no(800))
    make_individual(name="王演示", id_no=made.id_no)
    agree(by=made.user, address=None)
    return made


@pytest.fixture
def phone(handler: Handler) -> Client:
    """The handler's phone, signed in to the individual portal."""
    return signed_in(User.objects.get(individual__id_no_digest=handler.id_no_digest))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def shown(desk: Client) -> str:
    """The address behind the code that a browser shows now."""
    answer = desk.get(QR, headers={"User-Agent": CHROME})
    assert answer.status_code == 200
    assert 'src="data:image/svg+xml' in answer.content.decode()
    code = qr_codes._load(desk.cookies["qr"].value, qr_codes._BROWSER)
    assert code is not None
    return f"/accounts/qr/{code.token}/"


def confirm(phone: Client, address: str, handler: Handler | None) -> HttpResponse:
    return phone.post(address, {"handler": handler.pk} if handler else {"refuse": "1"})


def is_signed_in(client: Client, user: User | None = None) -> bool:
    key = client.session.get("_auth_user_id")
    return key is not None and (user is None or key == str(user.pk))


def poll(desk: Client) -> HttpResponse:
    return desk.get(STATE, headers=HTMX)


def test_the_unit_sign_in_page_leads_to_the_code_and_staffs_does_not(client: Client) -> None:
    assert QR in client.get("/accounts/login/?portal=unit").content.decode()
    assert QR not in client.get("/accounts/login/?portal=staff").content.decode()


def test_confirmed_on_the_phone_the_desktop_goes_on(handler: Handler, phone: Client) -> None:
    desk = Client()
    address = shown(desk)
    assert "等待手机扫码确认" in poll(desk).content.decode()
    page = phone.get(address).content.decode()
    assert "Chrome（Windows）" in page
    assert "127.0.0.1" in page
    assert handler.unit.name in page
    assert "电脑正在登录" in confirm(phone, address, handler).content.decode()
    answer = poll(desk)
    assert answer.status_code == 286
    assert ENTER in answer.content.decode()
    assert desk.post(ENTER, headers=HTMX)["HX-Redirect"] == "/unit/"
    assert is_signed_in(desk, handler.user)
    assert desk.get("/unit/").status_code == 200
    assert SignIn.objects.get(user=handler.user).method_title == "扫码登录"


def test_without_script_a_button_goes_on_and_too_early_it_keeps_the_code(handler: Handler, phone: Client) -> None:
    desk = Client()
    address = shown(desk)
    assert "还没有在手机上确认" in desk.post(ENTER, follow=True).content.decode()
    assert shown(desk) == address
    confirm(phone, address, handler)
    assert desk.post(ENTER)["Location"] == "/unit/"
    assert is_signed_in(desk, handler.user)


def test_a_look_at_the_page_confirms_nothing(handler: Handler, phone: Client) -> None:
    desk = Client()
    phone.get(shown(desk))
    assert not QrSignIn.objects.exists()
    assert "等待" in poll(desk).content.decode()


def test_a_visitor_who_scans_is_led_to_sign_in_and_back(client: Client) -> None:
    address = shown(Client())
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=/accounts/qr/")


def test_a_photograph_of_the_screen_signs_nobody_in(handler: Handler, phone: Client) -> None:
    desk, thief = Client(), Client()
    address = shown(desk)
    confirm(phone, address, handler)
    thief.cookies["qr"] = address.split("/")[3]
    assert "不是在这个浏览器显示的" in thief.post(ENTER, follow=True).content.decode()
    assert not is_signed_in(thief)
    shown(thief)
    thief.post(ENTER)
    assert not is_signed_in(thief)
    assert desk.post(ENTER)["Location"] == "/unit/"


def test_a_code_is_used_once(handler: Handler, phone: Client) -> None:
    desk = Client()
    address = shown(desk)
    cookie = desk.cookies["qr"].value
    confirm(phone, address, handler)
    desk.post(ENTER)
    again = Client()
    again.cookies["qr"] = cookie
    assert "已经使用过" in poll(again).content.decode()
    assert "已经使用过" in again.post(ENTER, follow=True).content.decode()
    assert not is_signed_in(again)


def test_a_code_is_confirmed_once(handler: Handler, phone: Client) -> None:
    desk = Client()
    address = shown(desk)
    confirm(phone, address, None)
    answer = confirm(phone, address, handler)
    assert answer.status_code == 410
    assert "已经确认或取消过" in answer.content.decode()
    assert "已取消" in poll(desk).content.decode()
    assert "已取消" in desk.post(ENTER, follow=True).content.decode()
    assert not is_signed_in(desk)


@pytest.mark.parametrize("moment", ["before the phone", "before the desk"])
def test_a_code_lasts_two_minutes(handler: Handler, phone: Client, moment: str) -> None:
    with freeze_time("2026-03-02 02:00:00") as clock:
        desk, phone = Client(), signed_in(User.objects.get(individual__id_no_digest=handler.id_no_digest))
        address = shown(desk)
        if moment == "before the phone":
            clock.tick(120)
            assert phone.get(address).status_code == 410
            assert "已过期" in confirm(phone, address, handler).content.decode()
        else:
            clock.tick(119)
            confirm(phone, address, handler)
            clock.tick(1)
        assert "已过期" in poll(desk).content.decode()
        assert "已过期" in desk.post(ENTER, follow=True).content.decode()
        assert not is_signed_in(desk)


def test_who_handles_several_units_chooses(handler: Handler, phone: Client) -> None:
    second = make_handler(make_unit(), make_user(name="王演示"), id_no=handler.id_no)
    agree(by=second.user, address=None)
    desk = Client()
    address = shown(desk)
    page = phone.get(address).content.decode()
    assert handler.unit.name in page
    assert second.unit.name in page
    assert phone.post(address).status_code == 422
    confirm(phone, address, second)
    desk.post(ENTER)
    assert second.unit.name in desk.get("/unit/profile/").content.decode()


def test_nobody_confirms_for_a_unit_that_is_not_the_own(handler: Handler, phone: Client) -> None:
    foreign = make_handler()
    desk = Client()
    address = shown(desk)
    assert confirm(phone, address, foreign).status_code == 422
    code = qr_codes.from_screen(address.split("/")[3])
    assert code is not None
    with pytest.raises(Refused, match="不是该单位的经办人"):
        qr_actions.decide_qr(
            code=code, handler=foreign, by=User.objects.get(individual__id_no_digest=handler.id_no_digest)
        )


def test_a_declared_id_number_is_not_enough(handler: Handler) -> None:
    declared = make_individual(id_no=handler.id_no, level=2)
    answer = signed_in(declared.user).get(shown(Client()))
    assert "您不是任何单位的经办人" in answer.content.decode()


def test_staff_neither_confirm_nor_come_in_by_a_code(handler: Handler) -> None:
    staff = make_staff()
    make_handler(handler.unit, staff)
    assert not qr_actions.confirmable(staff).exists()
    assert "您不是任何单位的经办人" in signed_in(staff).get(shown(Client())).content.decode()


def test_rights_that_ended_after_the_confirmation_do_not_sign_in(handler: Handler, phone: Client) -> None:
    desk = Client()
    confirm(phone, shown(desk), handler)
    handler.ended_at = handler.started_at
    handler.save()
    assert "权限已结束" in desk.post(ENTER, follow=True).content.decode()
    assert not is_signed_in(desk)


def test_it_is_the_same_sign_in_path_as_all_others(handler: Handler, phone: Client) -> None:
    """A second factor is asked for; a pushed code is not, the phone has proved more; consent is asked for at first."""
    UnitNumber.objects.create(unit=handler.unit, number="140105000100")
    handler.user.consents.all().delete()
    desk = Client()
    confirm(phone, shown(desk), handler)
    assert desk.post(ENTER)["Location"] == "/accounts/sso/consent/"
    desk.post("/accounts/sso/consent/", {"agreement": "on"})
    assert is_signed_in(desk, handler.user)
    enrol(handler.user)
    other = Client()
    confirm(phone, shown(other), handler)
    assert other.post(ENTER)["Location"] == "/accounts/security/code/"
    assert not is_signed_in(other)


def test_made_up_codes_are_refused(phone: Client, handler: Handler) -> None:
    for token in ("none", base64.urlsafe_b64encode(b"{}").decode().rstrip("="), "a:b:c"):
        assert phone.get(f"/accounts/qr/{token}/").status_code == 410


def test_what_a_browser_says_of_itself_is_never_shown() -> None:
    assert qr_codes.browser_name("<script>alert(1)</script> 工商局专用") == "未知浏览器（未知系统）"
    assert qr_codes.browser_name(CHROME) == "Chrome（Windows）"


def test_only_a_hash_of_the_code_is_kept(handler: Handler, phone: Client) -> None:
    address = shown(Client())
    confirm(phone, address, handler)
    code = qr_codes.from_screen(address.split("/")[3])
    assert code is not None
    assert code.word not in str(vars(QrSignIn.objects.get()))


def test_confirming_over_and_over_is_stopped(phone: Client, handler: Handler) -> None:
    address = shown(Client())
    statuses = [phone.post(address, {"handler": "0"}).status_code for _ in range(21)]
    assert statuses[-1] == 429


def test_the_cookie_is_for_the_sign_in_alone(client: Client) -> None:
    shown(client)
    cookie = client.cookies["qr"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/accounts/")
    assert cookie["max-age"] == 120


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_once_are_one(handler: Handler) -> None:
    code = _a_code()
    user = User.objects.get(individual__id_no_digest=handler.id_no_digest)
    assert sorted(at_once(lambda: _tried(qr_actions.decide_qr, code=code, handler=handler, by=user))) == [False, True]
    assert QrSignIn.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_code_used_twice_at_once_signs_in_once(handler: Handler) -> None:
    code = _a_code()
    user = User.objects.get(individual__id_no_digest=handler.id_no_digest)
    qr_actions.decide_qr(code=code, handler=handler, by=user)
    assert sorted(at_once(lambda: _tried(qr_actions.use_qr, code=code, by=None))) == [False, True]


def _a_code() -> qr_codes.QrCode:
    from django.test import RequestFactory

    return qr_codes.new(RequestFactory().get("/"))


def _tried(act: Any, **values: Any) -> bool:
    try:
        act(**values)
    except Refused:
        return False
    return True
