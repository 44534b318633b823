"""GET does not write, every page is private unless said otherwise, forgotten sessions end, logs name nobody."""

import json
import logging
import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import InternalError
from django.test import Client

from config.logs import JsonFormatter

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.infra.urls")]

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


@pytest.fixture
def user():
    return get_user_model().objects.create_user("demo-person", password="演示-Password-1")


@pytest.fixture
def quiet_client():
    """A client that answers 500 like a server instead of raising."""
    return Client(raise_request_exception=False)


def directives(header: str) -> dict[str, set[str]]:
    parts = [part.split() for part in header.split(";") if part.strip()]
    return {name: set(values) for name, *values in parts}


def test_a_get_cannot_write(client):
    with pytest.raises(InternalError, match="read-only transaction"):
        client.get("/write/")
    assert not Group.objects.filter(name="written").exists()


def test_a_post_writes(client):
    assert client.post("/write/").status_code == 200
    assert Group.objects.filter(name="written").exists()


def test_a_marked_view_outside_read_only(client):
    assert client.get("/write-on-purpose/").status_code == 200
    assert Group.objects.filter(name="written").exists()


def test_a_get_may_change_the_session(client):
    client.get("/remember/")
    assert client.session["seen_guide"] is True


def test_after_a_refused_write_the_next_request_is_served(quiet_client):
    assert quiet_client.get("/write/").status_code == 500
    assert quiet_client.post("/write/").status_code == 200


def test_a_page_is_private_unless_said_otherwise(client):
    answer = client.get("/private/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_a_forgotten_session_ends(client, user, settings):
    client.force_login(user)
    assert client.get("/private/").status_code == 200
    session = client.session
    session["seen"] -= settings.SESSION_IDLE_SECONDS + 1
    session.save()
    assert client.get("/private/").status_code == 302


def test_a_session_in_use_goes_on(client, user, settings):
    client.force_login(user)
    client.get("/private/")
    session = client.session
    session["seen"] -= settings.SESSION_IDLE_SECONDS - 10
    session.save()
    assert client.get("/private/").status_code == 200
    assert client.session["seen"] > session["seen"]


@pytest.mark.parametrize("path", ["/healthz", "/private/", "/admin/", "/no-such-page/", "/broken/"])
def test_every_answer_carries_the_whole_content_security_policy(quiet_client, path):
    assert directives(quiet_client.get(path)["Content-Security-Policy"]) == directives(CSP)


def test_a_refused_host_is_answered_with_the_policy_too(quiet_client, settings):
    settings.ALLOWED_HOSTS = ["hall.example"]
    answer = quiet_client.get("/private/", headers={"host": "other.example"})
    assert answer.status_code == 400
    assert directives(answer["Content-Security-Policy"]) == directives(CSP)


def test_a_request_keeps_the_name_the_proxy_gave_it(client):
    assert client.get("/healthz", headers={"X-Request-ID": "0123456789abcdef"})["X-Request-ID"] == "0123456789abcdef"


@pytest.mark.parametrize("given", ["", "short", "a b c d e f g h", "x" * 65, "<script>alert</script>"])
def test_a_strange_request_name_is_replaced(client, given):
    assert re.fullmatch("[0-9a-f]{32}", client.get("/healthz", headers={"X-Request-ID": given})["X-Request-ID"])


def test_the_access_log_names_the_route_and_nothing_that_was_typed(client, caplog):
    with caplog.at_level(logging.INFO, logger="tongban.access"):
        client.get("/private/?q=110101199003070134")
    [record] = [record for record in caplog.records if record.name == "tongban.access"]
    line = JsonFormatter().format(record)
    assert json.loads(line)["route"] == "private/"
    assert "110101199003070134" not in line


def test_an_exception_is_logged_without_its_message(quiet_client, caplog):
    quiet_client.get("/broken/")
    [record] = [record for record in caplog.records if record.exc_info]
    line = JsonFormatter().format(record)
    assert json.loads(line)["exception"] == "ValueError"
    assert "110101199003070134" not in line
