"""What the tests of accounts share."""

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection

from accounts.sms import MemorySms
from tests.factories import make_region
from tests.support.deliveries import work_off


@pytest.fixture(autouse=True)
def _quiet_start(settings: LazySettings) -> None:
    """Short messages stay in memory, and none is left over from another test."""
    settings.SMS_ADAPTER = "accounts.sms.MemorySms"
    MemorySms.sent.clear()


@pytest.fixture
def region(db: None) -> object:
    """小店区 with its city and province."""
    return make_region()


def last_code() -> str:
    """The code in the newest short message."""
    work_off()
    found = re.search(r"验证码(\d{6})", MemorySms.sent[-1][1])
    assert found
    return found[1]


def sent_messages() -> list[tuple[str, str]]:
    """Number and text of the short messages sent so far."""
    work_off()
    return MemorySms.sent


def at_once(work: Callable[[], Any], times: int = 2) -> list[Any]:
    """Run ``work`` in several threads that start together."""
    gate, results = threading.Barrier(times), []

    def run() -> None:
        try:
            gate.wait()
            results.append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
