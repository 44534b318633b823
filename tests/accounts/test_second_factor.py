"""动态口令: required of staff, open to everybody, asked for whichever way one signs in."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.conf import LazySettings
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from accounts.models import FailedSignIn, Message, User
from tests.accounts.conftest import last_code
from tests.factories import PASSWORD, make_individual, make_staff, make_user

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
CODE = "/accounts/security/code/"
ACTIVATE = "/accounts/security/totp/activate/"


def code_for(secret: str, periods: int = 0) -> str:
    """What the app shows now, or some periods later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + periods))


def enrol(user: User) -> str:
    """Give the user a second factor; returns its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def sign_in(client: Client, user: User, query: str = "") -> HttpResponse:
    return client.post(LOGIN + query, {"login": user.username, "password": PASSWORD})


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.fixture
def required(settings: LazySettings) -> None:
    settings.STAFF_TOTP_REQUIRED = True


def test_staff_get_no_further_than_setting_it_up(client: Client, required: None) -> None:
    staff = make_staff()
    sign_in(client, staff, "?portal=staff")
    for address in ("/admin/", "/admin/accounts/", "/", "/accounts/security/"):
        assert client.get(address)["Location"] == ACTIVATE
    page = client.get(ACTIVATE)
    assert "工作人员须启用动态口令" in page.content.decode()
    secret = client.session["mfa.totp.secret"]
    assert secret in page.content.decode()
    assert "不正确" in client.post(ACTIVATE, {"code": "000000"}).content.decode()
    answer = client.post(ACTIVATE, {"code": code_for(secret)})
    assert answer["Location"] == "/accounts/security/recovery-codes/"
    codes = client.get(answer["Location"]).content.decode()
    assert codes.count("<li><code>") == 10
    assert client.get("/admin/").status_code == 200


def test_a_demonstration_may_leave_it_to_the_staff(client: Client, settings: LazySettings) -> None:
    assert settings.STAFF_TOTP_REQUIRED is False
    sign_in(client, make_staff(), "?portal=staff")
    assert client.get("/admin/").status_code == 200


def test_people_are_not_asked_to_set_it_up(client: Client, required: None) -> None:
    client.force_login(make_individual().user)
    assert client.get("/individual/profile/").status_code == 200


def test_who_has_it_is_asked_after_the_password(client: Client, required: None) -> None:
    staff = make_staff()
    secret = enrol(staff)
    assert sign_in(client, staff, "?portal=staff")["Location"] == CODE
    assert not is_signed_in(client)
    assert client.get("/admin/")["Location"].startswith("/admin/login/")
    assert "动态口令不正确" in client.post(CODE, {"code": "000000"}).content.decode()
    assert client.post(CODE, {"code": code_for(secret)})["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_it_is_asked_after_a_short_message_too(client: Client, django_capture_on_commit_callbacks) -> None:
    person = make_individual()
    enrol(person.user)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(LOGIN + "?method=code", {"login": person.user.mobile, "send_code": "1"})
    answer = client.post(LOGIN + "?method=code", {"login": person.user.mobile, "code": last_code()})
    assert answer["Location"] == CODE
    assert not is_signed_in(client)


def test_a_code_is_used_once(client: Client) -> None:
    user = make_staff()
    secret = enrol(user)
    used = code_for(secret)
    sign_in(client, user)
    client.post(CODE, {"code": used})
    second = Client()
    sign_in(second, user)
    assert "已用过" in second.post(CODE, {"code": used}).content.decode()
    assert not is_signed_in(second)


def test_an_old_code_does_not_open(client: Client) -> None:
    user = make_staff()
    secret = enrol(user)
    sign_in(client, user)
    client.post(CODE, {"code": code_for(secret, -3)})
    assert not is_signed_in(client)


def test_a_recovery_code_is_used_once(client: Client) -> None:
    user = make_staff()
    enrol(user)
    code = RecoveryCodes.activate(user).get_unused_codes()[0]
    sign_in(client, user)
    assert client.post(CODE, {"code": code})["Location"] == "/admin/"
    second = Client()
    sign_in(second, user)
    second.post(CODE, {"code": code})
    assert not is_signed_in(second)


def test_tries_are_limited_and_on_record(client: Client) -> None:
    user = make_staff()
    secret = enrol(user)
    sign_in(client, user)
    for _ in range(5):
        client.post(CODE, {"code": "000000"})
    assert "失败次数过多" in client.post(CODE, {"code": code_for(secret)}).content.decode()
    assert not is_signed_in(client)
    assert FailedSignIn.objects.count() == 5
    cache.clear()


def test_the_secret_is_kept_encrypted(client: Client) -> None:
    user = make_user()
    secret = enrol(user)
    RecoveryCodes.activate(user)
    assert all(secret not in str(row.data) for row in Authenticator.objects.all())
    assert all("$" in str(row.data) for row in Authenticator.objects.all())


def test_staff_cannot_give_it_up_and_people_can(client: Client, required: None) -> None:
    staff = make_staff()
    secret = enrol(staff)
    sign_in(client, staff, "?portal=staff")
    client.post(CODE, {"code": code_for(secret)})
    page = client.get("/accounts/security/totp/deactivate/").content.decode()
    assert "工作人员必须使用动态口令" in page
    client.post("/accounts/security/totp/deactivate/")
    assert Authenticator.objects.filter(user=staff).exists()
    person = make_individual().user
    own = enrol(person)
    other = Client()
    sign_in(other, person)
    other.post(CODE, {"code": code_for(own)})
    assert other.post("/accounts/security/totp/deactivate/")["Location"] == "/accounts/security/"
    assert not Authenticator.objects.filter(user=person).exists()


def test_a_change_asks_for_the_password_again_after_a_while(client: Client) -> None:
    person = make_user()
    sign_in(client, person)
    assert client.get(ACTIVATE).status_code == 200
    session = client.session
    session["account_authentication_methods"][0]["at"] -= 301
    session.save()
    answer = client.get(ACTIVATE)
    assert answer["Location"].startswith("/accounts/reauthenticate/?next=")
    assert "密码不正确" in client.post(answer["Location"], {"password": "wrong"}).content.decode()
    assert client.post(answer["Location"], {"password": PASSWORD})["Location"] == ACTIVATE
    assert client.get(ACTIVATE).status_code == 200


def test_the_owner_is_told_of_each_change(client: Client, django_capture_on_commit_callbacks) -> None:
    person = make_user()
    sign_in(client, person)
    client.get(ACTIVATE)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(ACTIVATE, {"code": code_for(client.session["mfa.totp.secret"])})
    assert "已启用动态口令" in Message.objects.get(user=person).body
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/security/recovery-codes/generate/")
    assert Message.objects.filter(user=person, body__contains="恢复码已重新生成").count() == 1


def test_the_system_administrator_resets_it_and_the_sessions_end(client: Client, required: None) -> None:
    staff = make_staff()
    secret = enrol(staff)
    sign_in(client, staff)
    client.post(CODE, {"code": code_for(secret)})
    administrator = make_staff("system")
    enrol(administrator)
    desk = Client()
    desk.force_login(administrator)
    values = {"action": "reset_second_factor", "_selected_action": [staff.pk]}
    desk.post("/admin/accounts/user/", values)
    assert not Authenticator.objects.filter(user=staff).exists()
    assert client.get("/admin/").status_code == 302
    # Nobody resets his own
    desk.post("/admin/accounts/user/", values | {"_selected_action": [administrator.pk]})
    assert Authenticator.objects.filter(user=administrator).exists()


def test_a_password_alone_cannot_make_its_own_second_proof(client: Client) -> None:
    person = make_individual().user
    sign_in(client, person)
    for answer in (client.get(ACTIVATE), client.post(ACTIVATE, {"code": "123456"})):
        assert answer["Location"].startswith("/accounts/security/confirm/")
    client.post("/accounts/security/confirm/", {"send_code": "1", "next": ACTIVATE})
    answer = client.post("/accounts/security/confirm/", {"code": last_code(), "next": ACTIVATE})
    assert answer["Location"] == ACTIVATE
    assert client.get(ACTIVATE).status_code == 200


def test_the_second_factor_is_a_second_proof(client: Client) -> None:
    person = make_individual().user
    secret = enrol(person)
    client.force_login(person)
    add = "/individual/bank-accounts/add/"
    page = client.get(client.get(add)["Location"]).content.decode()
    again = f"/accounts/security/code/again/?next={add}"
    assert again in page
    assert client.post(again, {"code": code_for(secret)})["Location"] == add
    assert client.get(add).status_code == 200
