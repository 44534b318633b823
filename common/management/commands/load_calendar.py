"""Seed the calendar of working days."""

from datetime import date, timedelta
from typing import Any

from chinese_calendar.constants import holidays, workdays
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from common import audit
from common.models import CalendarDay

ANNOUNCED = "国务院办公厅放假安排"
PENDING = "待国务院公布"

_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}


def _announced(first: int, last: int) -> list[CalendarDay]:
    """Holidays and moved working days, as announced; other days go by their weekday."""
    rows = [
        CalendarDay(day=day, is_working=works, name=_NAMES.get(str(name), str(name)), source=ANNOUNCED)
        for days, works in ((holidays, False), (workdays, True))
        for day, name in days.items()
        if first <= day.year <= last
    ]
    return rows


def _pending(first: int, last: int) -> list[CalendarDay]:
    """Every day of years that are not announced yet, by its weekday and marked so that staff see it."""
    days = (date(first, 1, 1) + timedelta(offset) for offset in range((date(last + 1, 1, 1) - date(first, 1, 1)).days))
    return [CalendarDay(day=day, is_working=day.weekday() < 5, name="", source=PENDING) for day in days]


def load(first: int, last: int) -> int:
    """Add the days of the years ``first`` to ``last`` that are not stored; returns how many were added.

    When a pending year is announced its days are replaced, unless staff changed them.
    """
    announced_to = max(day.year for day in holidays)
    with audit.actor(None, command="load_calendar"):
        CalendarDay.objects.filter(source=PENDING, day__lte=date(announced_to, 12, 31)).delete()
        rows = _announced(first, min(last, announced_to))
        if last > announced_to:
            rows += _pending(max(first, announced_to + 1), last)
        before = CalendarDay.objects.count()
        CalendarDay.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    return CalendarDay.objects.count() - before


class Command(BaseCommand):
    help = "Seed the working-day calendar (工作日历); days that are stored already stay as they are."

    def add_arguments(self, parser: CommandParser) -> None:
        year = timezone.localdate().year
        parser.add_argument("--first", type=int, default=2014, help="first year (default 2014)")
        parser.add_argument("--last", type=int, default=year + 1, help="last year (default next year)")

    def handle(self, *args: Any, **options: Any) -> None:
        added = load(options["first"], options["last"])
        self.stdout.write(f"{added} calendar days added")
