"""kill -9 of the worker while the gateway has a message: it is settled later, and the phone rings once."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from accounts.messaging import deliveries
from accounts.messaging.actions import send_message
from accounts.messaging.models import Delivery
from tests.factories import make_individual
from tests.reliability.processes import wait_until
from tests.reliability.test_killed_worker import retry_stalled, time_passes, work_off, worker
from tests.support.gateway import SECRET, Gateway, gateway, hang

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    """Worker processes and this one send through the same gateway."""
    with gateway() as found:
        environment = {
            "TONGBAN_SMS": "accounts.messaging.gateway.HttpSms",
            "TONGBAN_SMS_URL": found.url,
            "TONGBAN_SMS_APP_ID": "hall",
            "TONGBAN_SMS_SECRET": SECRET,
            "TONGBAN_SMS_SIGNATURE": "HMAC-SM3",
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        yield found


def tell() -> str:
    user = make_individual().user
    send_message(user=user, occasion="case-accept", values={"事项": "演示事项"}, key="once")
    return user.mobile


@pytest.mark.parametrize("taken", [True, False])
def test_a_message_in_flight_at_the_kill_reaches_the_phone_once(server: Gateway, tmp_path: Path, taken: bool) -> None:
    mobile = tell()
    server.behaviours.append(hang(5, taken=taken))
    process = worker(tmp_path)
    wait_until(lambda: server.requests)
    process.kill()
    assert Delivery.objects.get().state == "sending"

    time_passes()
    Delivery.objects.update(claimed_at=timezone.now() - deliveries.STALLED_AFTER - timedelta(seconds=1))
    retry_stalled()
    work_off(tmp_path)
    work_off(tmp_path)
    assert Delivery.objects.get().state == "sent"
    assert server.phones_rang() == [mobile]
    assert len({request["headers"]["Idempotency-Key"] for request in server.requests}) == 1


def test_of_two_workers_at_once_one_sends(server: Gateway, settings) -> None:
    settings.SMS_ADAPTER = "accounts.messaging.gateway.HttpSms"
    settings.SMS_GATEWAY = server.settings()
    tell()
    pk, gate = Delivery.objects.get().pk, threading.Barrier(4)

    def attempt() -> None:
        gate.wait()
        try:
            deliveries.attempt(pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.requests) == 1
    assert Delivery.objects.get().state == "sent"


def test_of_two_senders_of_one_message_at_once_one_is_heard(server: Gateway) -> None:
    user, gate = make_individual().user, threading.Barrier(4)

    def send() -> None:
        gate.wait()
        try:
            send_message(user=user, occasion="case-accept", values={}, key="once")
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (user.messages.count(), Delivery.objects.count()) == (1, 1)
