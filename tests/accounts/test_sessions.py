"""Sign-ins are on record, and the sessions that they opened can be ended."""

import pytest
from django.test import Client

from accounts import actions
from accounts.models import SignIn
from tests.factories import PASSWORD, make_handler, make_individual, make_unit

pytestmark = pytest.mark.django_db


def test_a_sign_in_and_its_end_are_on_record(client: Client) -> None:
    person = make_individual()
    client.post(
        "/accounts/login/", {"login": person.user.mobile, "password": PASSWORD}, headers={"User-Agent": "演示浏览器"}
    )
    row = SignIn.objects.get()
    assert (row.user, row.method, row.address, row.agent) == (person.user, "password", "127.0.0.1", "演示浏览器")
    assert row.session_key == client.session.session_key
    assert row.ended_at is None
    client.post("/accounts/logout/")
    row.refresh_from_db()
    assert row.ended_at is not None


def test_ended_sessions_are_out_at_once_and_others_stay(client: Client) -> None:
    person = make_individual()
    other = Client()
    client.force_login(person.user)
    other.force_login(person.user)
    mine = SignIn.objects.filter(session_key=client.session.session_key)
    assert actions.end_sessions(sign_ins=mine, by=person.user) == 1
    assert client.get("/individual/profile/").status_code == 302
    assert other.get("/individual/profile/").status_code == 200
    assert actions.end_sessions(sign_ins=mine, by=person.user) == 0


def test_a_new_key_after_the_change_of_password_is_followed(client: Client) -> None:
    person = make_individual()
    client.force_login(person.user)
    old_key = client.session.session_key
    values = {"old_password": PASSWORD, "password": "Another-2026", "password_again": "Another-2026"}
    client.post("/accounts/password/change/", values)
    assert client.session.session_key != old_key
    assert SignIn.objects.get().session_key == client.session.session_key


def test_choosing_another_unit_gives_the_session_a_new_key(client: Client) -> None:
    handler = make_handler()
    other = make_handler(make_unit(), handler.user)
    client.force_login(handler.user)
    old_key = client.session.session_key
    client.post("/accounts/choose-unit/", {"unit": other.unit_id})
    assert client.session.session_key != old_key
    assert SignIn.objects.get().session_key == client.session.session_key
    new_key = client.session.session_key
    client.post("/accounts/choose-unit/", {"unit": other.unit_id})
    assert client.session.session_key == new_key
