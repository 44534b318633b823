"""The message centre: own messages only, sent once, read by POST."""

import pytest
from django.test import Client

from accounts.messaging import actions
from accounts.models import Message
from accounts.queries import unread_count
from tests.factories import make_individual, make_user

pytestmark = pytest.mark.django_db
LIST = "/accounts/messages/"


def send(user, number: int = 1, **changes) -> Message:
    values = {"单位": f"演示单位{number}", "事项": "考勤", "答复": "已更正"}
    key = f"case:{user.pk}:{number}"
    actions.send_message(user=user, occasion="objection-answered", values=values, key=key, **changes)
    return Message.objects.get(key=key)


@pytest.fixture
def user(client: Client):
    found = make_individual().user
    client.force_login(found)
    return found


def test_a_message_is_sent_once_per_key(user) -> None:
    send(user)
    send(user, url="/help/")
    assert Message.objects.filter(user=user).count() == 1


def test_reading_is_a_post(client: Client, user) -> None:
    message = send(user)
    client.get(LIST)
    assert client.get(f"{LIST}{message.pk}/").status_code == 200
    assert unread_count(user) == 1
    assert client.post(f"{LIST}{message.pk}/")["Location"] == LIST
    assert unread_count(user) == 0


def test_going_on_from_a_message_marks_it_as_read(client: Client, user) -> None:
    message = send(user, url="/individual/profile/")
    answer = client.post(f"{LIST}{message.pk}/", {"open": "1"})
    assert answer["Location"] == "/individual/profile/"
    assert unread_count(user) == 0


def test_a_message_never_leads_to_another_site(client: Client, user) -> None:
    message = send(user, url="https://example.com/")
    assert client.post(f"{LIST}{message.pk}/", {"open": "1"})["Location"] == LIST


def test_all_are_marked_at_once_and_only_the_own_ones(client: Client, user) -> None:
    other = make_user()
    send(other)
    send(user, 1)
    send(user, 2)
    client.post(f"{LIST}read-all/")
    assert unread_count(user) == 0
    assert unread_count(other) == 1
    assert client.get(f"{LIST}read-all/").status_code == 405


def test_another_users_message_does_not_exist(client: Client, user) -> None:
    message = send(make_user())
    assert client.get(f"{LIST}{message.pk}/").status_code == 404
    assert client.post(f"{LIST}{message.pk}/").status_code == 404
    assert message.title not in client.get(LIST).content.decode()


def test_unread_only_and_empty(client: Client, user) -> None:
    assert "还没有消息" in client.get(LIST).content.decode()
    message = send(user)
    actions.mark_read(by=user)
    assert message.title in client.get(LIST).content.decode()
    assert "没有未读消息" in client.get(LIST, {"unread": "1"}).content.decode()


def test_the_list_asks_the_same_number_of_queries(client: Client, user, assert_same_queries_for_more_rows) -> None:
    numbers = iter(range(10))
    assert assert_same_queries_for_more_rows(lambda: send(user, next(numbers)), lambda: client.get(LIST)) <= 12
