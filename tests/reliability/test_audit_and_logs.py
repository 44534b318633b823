"""A whole journey leaves its actors in the history of every row, and nobody's data in the logs."""

import io
import logging
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from pghistory.models import Event

from accounts.sms import MemorySms
from config.logs import JsonFormatter
from tests.reliability import journey

pytestmark = pytest.mark.django_db

# What visitors and the program itself write: who registers is nobody yet.
BY_NOBODY = {
    "/accounts/register/individual/",
    "/accounts/register/unit/",
}


@pytest.fixture(autouse=True)
def _messages_in_memory(settings, at) -> None:
    at("2026-11-21 10:00")
    settings.SMS_ADAPTER = "accounts.sms.MemorySms"
    MemorySms.sent.clear()


def event_tables() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if issubclass(model, Event)]


def last_events() -> dict[type[models.Model], int]:
    return {
        model: model._default_manager.order_by("-pgh_id").values_list("pgh_id", flat=True).first() or 0
        for model in event_tables()
    }


def test_every_write_of_a_journey_has_an_actor(django_capture_on_commit_callbacks) -> None:
    prepared = journey.prepare()
    before = last_events()
    written: list[tuple[str, dict[str, Any]]] = []
    walked = journey.walk(prepared, django_capture_on_commit_callbacks)
    for model, last in before.items():
        for event in model._default_manager.filter(pgh_id__gt=last).select_related("pgh_context"):
            context = event.pgh_context.metadata if event.pgh_context else {}
            written.append((model._meta.label, context))
    assert len(written) > 40
    assert {context.get("user") for _, context in written} >= {user.pk for user in walked.users}
    nameless = {
        f"{label} {context}"
        for label, context in written
        if not context.get("user") and context.get("url") not in BY_NOBODY
    }
    assert not nameless, "\n".join(sorted(nameless))


def test_logs_of_a_journey_name_nobody(django_capture_on_commit_callbacks) -> None:
    prepared = journey.prepare()
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    former = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        walked = journey.walk(prepared, django_capture_on_commit_callbacks)
        broken = Client(raise_request_exception=False)
        broken.post("/accounts/login/", {"login": journey.MOBILE, "password": journey.PASSWORD, "next": journey.ID_NO})
    finally:
        root.removeHandler(handler)
        root.setLevel(former)
    text = lines.getvalue()
    assert text.count("tongban.access") > 30
    found = sorted(secret for secret in walked.secrets if secret in text)
    assert not found, "\n".join(line for line in text.splitlines() if any(secret in line for secret in found))
