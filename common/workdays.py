"""Working days (工作日): the staff-kept calendar, and weekdays where it says nothing."""

from datetime import date, timedelta

from common.models import CalendarDay

_ONE_DAY = timedelta(days=1)


def _exceptions(first: date, last: date) -> dict[date, bool]:
    """What the calendar says about the days from ``first`` to ``last``."""
    return dict(CalendarDay.objects.filter(day__range=(first, last)).values_list("day", "is_working"))


def _works(day: date, stored: dict[date, bool]) -> bool:
    return stored.get(day, day.weekday() < 5)


def is_working(day: date) -> bool:
    """Whether offices work on ``day``."""
    return _works(day, _exceptions(day, day))


def add_working_days(day: date, count: int) -> date:
    """The ``count``-th working day after ``day`` (before it, if negative); ``day`` itself never counts.

    0 gives ``day`` when it is worked, else the next day that is.
    """
    if count == 0:
        return day if is_working(day) else add_working_days(day, 1)
    step, left = (_ONE_DAY if count > 0 else -_ONE_DAY), abs(count)
    while True:
        # Two weeks more than enough for plain weeks; a longer run of holidays reads another window.
        window = [day + step * offset for offset in range(1, left * 2 + 15)]
        stored = _exceptions(min(window), max(window))
        for current in window:
            left -= _works(current, stored)
            if left == 0:
                return current
        day = window[-1]


def working_days_between(start: date, end: date) -> int:
    """The working days after ``start`` up to ``end``; negative when ``end`` comes first.

    So ``working_days_between(day, add_working_days(day, n)) == n`` for every n but 0 on a day off.
    """
    if end < start:
        return -working_days_between(end - _ONE_DAY, start - _ONE_DAY)
    stored = _exceptions(start, end)
    days = (start + _ONE_DAY * offset for offset in range(1, (end - start).days + 1))
    return sum(_works(day, stored) for day in days)
