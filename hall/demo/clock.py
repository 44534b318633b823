"""A clock that can be set back, so that demonstration cases have a past and were still made by the real actions."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.utils import timezone

_real = datetime.datetime


class _InstanceOfReal(type):
    """The stand-in counts as the class that it stands in for."""

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, _real)


class _SetClock(_real, metaclass=_InstanceOfReal):
    """datetime whose now() is what the clock was set to."""

    moment: _real

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> Any:
        return cls.moment.astimezone(tz) if tz else cls.moment.replace(tzinfo=None)


@contextmanager
def settable() -> Iterator[None]:
    """Within the block ``set_to`` decides what time it is for the hall (the database keeps its own time)."""
    _SetClock.moment = timezone.now()
    with mock.patch.object(timezone, "datetime", _SetClock):
        yield


def set_to(moment: _real) -> None:
    """It is now this moment."""
    _SetClock.moment = moment


def days_ago(days: float, hour: int = 10, minute: int = 0) -> _real:
    """A moment so many days before today, in office hours of the hall's time zone."""
    day = _real.now(tz=timezone.get_default_timezone()).date() - datetime.timedelta(days=days)
    moment = _real.combine(day, datetime.time(hour, minute), tzinfo=timezone.get_default_timezone())
    return min(moment, _real.now(tz=datetime.UTC))
