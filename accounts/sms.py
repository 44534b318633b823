"""Short messages to mobile phones, through the adapter that settings.SMS_ADAPTER names.

An adapter has ``send(mobile, text)``. It must hand the message over and return at once: an answer
that takes longer for a known number would tell that it is known.
"""

from typing import ClassVar, Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class SmsAdapter(Protocol):
    """What an adapter can do."""

    def send(self, mobile: str, text: str) -> None:
        """Hand ``text`` over for delivery to ``mobile``."""


class ConsoleSms:
    """Prints the message, for development. Production refuses to start without another adapter."""

    def send(self, mobile: str, text: str) -> None:
        print(f"[SMS] {mobile} {text}", flush=True)


class MemorySms:
    """Keeps the messages of this process, for tests."""

    sent: ClassVar[list[tuple[str, str]]] = []

    def send(self, mobile: str, text: str) -> None:
        self.sent.append((mobile, text))


def send(mobile: str, text: str) -> None:
    """Send ``text`` to ``mobile`` by the configured adapter."""
    adapter: SmsAdapter = import_string(settings.SMS_ADAPTER)()
    adapter.send(mobile, text)
