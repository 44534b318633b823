"""Another mobile number or e-mail: proved by a code, after a second proof, told to the old one."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from accounts.models import Individual, SignIn, User
from tests.accounts.conftest import last_code, sent_messages
from tests.accounts.test_step_up import confirm
from tests.factories import make_handler, make_individual
from tests.support.deliveries import work_off

pytestmark = pytest.mark.django_db
MOBILE, EMAIL = "/accounts/security/mobile/", "/accounts/security/email/"
NEW = "13922223333"


@pytest.fixture
def person(client: Client) -> Individual:
    found = make_individual()
    client.force_login(found.user)
    return found


def mail_code() -> str:
    work_off()
    found = re.search(r"验证码(\d{6})", mail.outbox[-1].body)
    assert found
    return found[1]


def test_the_old_numbers_code_comes_first(client: Client, person: Individual) -> None:
    assert client.get(MOBILE)["Location"].startswith("/accounts/security/confirm/")
    assert client.post(MOBILE, {"mobile": NEW, "code": "123456"})["Location"].startswith("/accounts/security/confirm/")
    person.level = 5  # not even the highest level does without it
    person.save()
    assert client.get(MOBILE).status_code == 302


def test_the_new_number_is_proved_and_signs_in_and_the_old_one_is_told(client: Client, person: Individual) -> None:
    old = person.user.mobile
    confirm(client, MOBILE)
    client.post(MOBILE, {"mobile": NEW, "send_code": "1"})
    assert sent_messages()[-1][0] == NEW
    assert client.post(MOBILE, {"mobile": NEW, "code": last_code()})["Location"] == "/accounts/security/"
    user = User.objects.get(pk=person.user_id)
    assert (user.mobile, bool(user.mobile_verified_at)) == (NEW, True)
    told = sent_messages()[-1]
    assert told[0] == old
    assert "139****3333" in told[1]
    assert client.get("/accounts/security/").status_code == 200  # this session stays


def test_other_sessions_end(client: Client, person: Individual) -> None:
    other = Client()
    other.force_login(person.user)
    SignIn.objects.create(user=person.user, session_key=other.session.session_key)
    confirm(client, MOBILE)
    client.post(MOBILE, {"mobile": NEW, "send_code": "1"})
    client.post(MOBILE, {"mobile": NEW, "code": last_code()})
    assert other.get("/individual/").status_code == 302


def test_a_number_of_another_account_is_told_only_to_who_holds_it(client: Client, person: Individual) -> None:
    taken = make_individual().user.mobile
    confirm(client, MOBILE)
    assert "验证码不正确" in client.post(MOBILE, {"mobile": taken, "code": "000000"}).content.decode()
    client.post(MOBILE, {"mobile": taken, "send_code": "1"})
    answer = client.post(MOBILE, {"mobile": taken, "code": last_code()})
    assert "该手机号已注册" in answer.content.decode()
    assert User.objects.get(pk=person.user_id).mobile == person.user.mobile


def test_the_same_number_is_no_change(client: Client, person: Individual) -> None:
    confirm(client, MOBILE)
    answer = client.post(MOBILE, {"mobile": person.user.mobile, "code": "123456"})
    assert "与现在的手机号相同" in answer.content.decode()


def test_a_code_to_change_lasts_five_minutes(client: Client, person: Individual, at) -> None:
    clock = at("2026-11-20 10:00")
    client.force_login(person.user)
    confirm(client, MOBILE)
    client.post(MOBILE, {"mobile": NEW, "send_code": "1"})
    code = last_code()
    clock.tick(timedelta(minutes=5))
    assert "验证码不正确" in client.post(MOBILE, {"mobile": NEW, "code": code}).content.decode()


def test_a_handlers_number_may_be_that_of_the_own_individual_account(client: Client, person: Individual) -> None:
    handler = make_handler()
    handler.user.mobile = "13811112222"
    handler.user.save()
    client.force_login(handler.user)
    confirm(client, MOBILE)
    client.post(MOBILE, {"mobile": person.user.mobile, "send_code": "1"})
    assert client.post(MOBILE, {"mobile": person.user.mobile, "code": last_code()}).status_code == 302
    user = User.objects.get(pk=handler.user_id)
    assert (user.mobile, user.mobile_verified_at) == (person.user.mobile, None)


def test_an_e_mail_is_proved_by_a_code_sent_there(client: Client, person: Individual) -> None:
    confirm(client, EMAIL)
    client.post(EMAIL, {"email": "new@example.com", "send_code": "1"})
    answer = client.post(EMAIL, {"email": "new@example.com", "code": mail_code()})
    assert answer["Location"] == "/accounts/security/"
    assert mail.outbox[-1].to == ["new@example.com"]
    assert User.objects.get(pk=person.user_id).email == "new@example.com"


def test_a_code_for_one_e_mail_does_not_prove_another(client: Client, person: Individual) -> None:
    confirm(client, EMAIL)
    client.post(EMAIL, {"email": "new@example.com", "send_code": "1"})
    answer = client.post(EMAIL, {"email": "other@example.com", "code": mail_code()})
    assert "验证码不正确" in answer.content.decode()
    assert User.objects.get(pk=person.user_id).email == ""


@pytest.mark.parametrize("address", ["", "nobody", "a@b\r\nBcc: x@example.com", "a@b"])
def test_what_is_no_e_mail_gets_no_code(client: Client, person: Individual, address: str) -> None:
    confirm(client, EMAIL)
    client.post(EMAIL, {"email": address, "send_code": "1"})
    work_off()
    assert mail.outbox == []


def test_an_e_mail_can_be_taken_away(client: Client, person: Individual) -> None:
    person.user.email = "old@example.com"
    person.user.save()
    client.post("/accounts/security/email/remove/")
    assert User.objects.get(pk=person.user_id).email == "old@example.com"
    confirm(client, EMAIL)
    client.post("/accounts/security/email/remove/")
    assert User.objects.get(pk=person.user_id).email == ""
    work_off()
    assert mail.outbox[-1].to == ["old@example.com"]
