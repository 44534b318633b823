"""What those who run the hall can ask it."""

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config import operations

pytestmark = pytest.mark.django_db


def test_healthz_answers_without_the_database(client):
    with CaptureQueriesContext(connection) as queries:
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content, len(queries)) == (200, b"ok\n", 0)


def test_readyz_says_ready_when_every_migration_is_applied(client):
    assert client.get("/readyz").status_code == 200


def test_readyz_refuses_while_a_migration_is_missing(client, monkeypatch):
    monkeypatch.setattr(operations.MigrationExecutor, "migration_plan", lambda self, targets: ["waiting"])
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"migrations missing\n")


def test_readyz_refuses_while_the_database_does_not_answer(client, monkeypatch):
    def unreachable(connection):
        raise DatabaseError

    monkeypatch.setattr(operations, "MigrationExecutor", unreachable)
    assert client.get("/readyz").status_code == 503


def test_metrics_count_requests_by_route_and_status(client):
    client.get("/healthz")
    text = client.get("/metrics").content.decode()
    assert 'tongban_requests_total{method="GET",route="healthz",status="200"}' in text
    assert "# TYPE tongban_jobs gauge" in text
    assert "# TYPE tongban_cases_waiting gauge" in text


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.7"}, 404),
        ("203.0.113.7", {}, 404),
        ("203.0.113.7", {"Authorization": "Bearer wrong"}, 404),
        ("203.0.113.7", {"Authorization": "Bearer metrics-token"}, 200),
    ],
)
def test_metrics_are_for_the_machine_itself_or_a_token(settings, address, headers, status):
    settings.METRICS_TOKEN = "metrics-token"
    assert Client(REMOTE_ADDR=address).get("/metrics", headers=headers).status_code == status


def test_without_a_token_configured_an_empty_one_opens_nothing(settings):
    settings.METRICS_TOKEN = ""
    stranger = Client(REMOTE_ADDR="203.0.113.7")
    assert stranger.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
