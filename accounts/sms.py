"""Short messages to mobile phones, through the adapter that settings.SMS_ADAPTER names.

An adapter has ``send(message)`` and says in ``idempotent`` whether a message with a token that it has
seen is delivered only once. It returns when the message was accepted and raises one of the errors
below otherwise; none of them may carry a number or a text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class ShortMessage:
    """What goes out: the whole text, and for gateways that know templates their number and the values."""

    mobile: str
    text: str
    token: str
    template: str = ""
    params: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Neither number nor text may get into a log by way of a traceback."""
        return f"ShortMessage(token={self.token})"


class DeliveryError(Exception):
    """Why something was not sent; ``answer`` is the other side's code, without personal data."""

    def __init__(self, answer: str = "") -> None:
        super().__init__(answer)
        self.answer = answer


class NotSent(DeliveryError):
    """It certainly did not go out and may be tried again."""


class Unclear(DeliveryError):
    """It may or may not have gone out (no answer, or none that can be understood)."""


class Rejected(DeliveryError):
    """The other side will never take it: a wrong number, a template that is not approved."""


class SmsAdapter(Protocol):
    """What an adapter can do."""

    idempotent: bool

    def send(self, message: ShortMessage) -> None:
        """Hand the message over; raises NotSent, Unclear or Rejected."""


class ConsoleSms:
    """Prints the message, for development. Production refuses to start with it."""

    idempotent = False

    def send(self, message: ShortMessage) -> None:
        print(f"[SMS] {message.mobile} {message.text}", flush=True)


class MemorySms:
    """Keeps the messages of this process, for tests."""

    idempotent = False
    sent: ClassVar[list[tuple[str, str]]] = []

    def send(self, message: ShortMessage) -> None:
        self.sent.append((message.mobile, message.text))


def adapter() -> SmsAdapter:
    """The configured adapter."""
    found: SmsAdapter = import_string(settings.SMS_ADAPTER)()
    return found
