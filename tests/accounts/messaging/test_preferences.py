"""消息设置: what leaves the hall for whom; codes and security notices always do."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.messaging.actions import choose_channels, send_message, settings_of
from accounts.messaging.models import Delivery, MessagePreference
from tests.factories import make_handler, make_id_no, make_individual

pytestmark = pytest.mark.django_db
PAGE = "/accounts/messages/settings/"


@pytest.fixture
def user(client: Client):
    found = make_individual().user
    found.email = "person@example.com"
    found.save()
    client.force_login(found)
    return found


def channels_of(user, occasion: str) -> set[str]:
    Delivery.objects.all().delete()
    send_message(user=user, occasion=occasion, values={}, key=f"{occasion}-{user.messages.count()}")
    return set(Delivery.objects.values_list("channel", flat=True))


def test_cases_come_on_both_ways_and_notices_by_mail_until_chosen_otherwise(user) -> None:
    assert channels_of(user, "case-accept") == {"sms", "email"}
    assert channels_of(user, "objection-answered") == {"email"}


def test_a_choice_is_kept_and_followed(client: Client, user) -> None:
    assert client.post(PAGE, {"case.email": "1", "notice.sms": "1"}).status_code == 302
    assert channels_of(user, "case-accept") == {"email"}
    assert channels_of(user, "objection-answered") == {"sms"}
    client.post(PAGE, {"case.sms": "1"})
    assert channels_of(user, "case-accept") == {"sms"}
    assert channels_of(user, "objection-answered") == set()
    assert MessagePreference.objects.filter(user=user).count() == 4


def test_security_notices_cannot_be_switched_off(client: Client, user) -> None:
    client.post(PAGE, {})
    choose_channels(wanted={("account", "sms"): False, ("code", "sms"): False}, by=user)
    assert channels_of(user, "password-changed") == {"sms", "email"}
    assert ("account", "sms") not in settings_of(user)
    with pytest.raises(IntegrityError), transaction.atomic():
        MessagePreference.objects.create(user=user, kind="account", channel="sms", wanted=False)


def test_one_persons_choice_is_not_anothers(client: Client, user) -> None:
    client.post(PAGE, {})
    assert channels_of(make_individual().user, "case-accept") == {"sms"}


def test_the_page_says_where_messages_go_without_showing_all_of_it(client: Client, user) -> None:
    page = client.get(PAGE).content.decode()
    assert "p***@example.com" in page
    assert user.mobile not in page
    assert "不能关闭" in page


def test_the_message_centre_shows_one_category(client: Client, user) -> None:
    send_message(user=user, occasion="case-accept", values={}, key="a")
    send_message(user=user, occasion="password-changed", values={}, key="b")
    page = client.get("/accounts/messages/?kind=account").content.decode()
    assert "密码已修改" in page
    assert "办件已受理" not in page
    assert "没有这类消息" in client.get("/accounts/messages/?kind=code").content.decode()
    assert "办件已受理" in client.get("/accounts/messages/?kind=nonsense").content.decode()


def test_a_handler_sees_whose_message_centre_gets_the_codes(client: Client) -> None:
    person = make_individual(name="王演示")
    handler = make_handler(id_no=person.id_no)
    client.force_login(handler.user)
    assert "王**" in client.get(PAGE).content.decode()
    other = make_handler(id_no=make_id_no(900))
    client.force_login(other.user)
    page = client.get(PAGE).content.decode()
    assert "还没有可以接收单位登录验证码的个人账号" in page
    assert "王**" not in page
