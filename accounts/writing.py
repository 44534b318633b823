"""What every module of writes to accounts shares: one transaction with an actor, and the refusal in words."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.db import transaction

from common import audit

Result = TypeVar("Result")


class Refused(Exception):
    """The action is not possible now; the message is Chinese and meant for the reader."""


def write(action: Callable[..., Result]) -> Callable[..., Result]:
    """One transaction, with ``by`` as the actor of the row history."""

    @wraps(action)
    def run(**values: Any) -> Result:
        with transaction.atomic(), audit.actor(values.get("by")):
            return action(**values)

    return run
