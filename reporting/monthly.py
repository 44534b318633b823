"""The table of a monthly report (C10): its people, what is filled in for them, the subsidy of each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.utils import timezone

from accounts.models import Unit
from common import codes
from common.sheets.columns import Amount, Date, HalfDays
from reporting import queries, rules
from reporting.models import Attendance, Placement
from reporting.subsidy import Subsidy, assess, share_of_month
from reporting.subsidy_policies import FiguresBook
from review.matters import GridRow, PageValues

COLUMNS = (
    HalfDays("days", "出勤天数"),
    Amount("due_pay", "应发生活费", unit="元", minimum=Decimal(0), maximum=Decimal("999999.99")),
    Amount("net_pay", "实发工资", unit="元", minimum=Decimal(0), maximum=Decimal("999999.99")),
    Date("paid_on", "发放日期"),
)
HEADINGS = ("姓名", "岗位", "人员类型", "保险")


@dataclass(frozen=True)
class Line:
    """A person of a report with what was filled in, typed, and the subsidy."""

    placement: Placement
    days: Decimal
    due_pay: Decimal
    net_pay: Decimal
    paid_on: date
    subsidy: Subsidy


def subsidy_by(unit: Unit, month: date) -> Callable[[Placement, Decimal], Subsidy]:
    """Computes the subsidy of the unit's people in a month; policies are asked once."""
    region, book = queries.handling_region(unit), cache(FiguresBook.load)

    def compute(placement: Placement, net_pay: Decimal) -> Subsidy:
        given = book().figures(region, placement.category, month)
        share = share_of_month(month, placement.starts_on, placement.last_day, given.partial_month)
        return assess(net_pay, given, share)

    return compute


def rows(placements: Sequence[Placement], month: date) -> list[GridRow]:
    """A row per person, with the attendance of C6 and the agreed pay filled in."""
    attended = Attendance.objects.filter(placement__in=placements, month=month)
    days = dict(attended.values_list("placement", "present"))
    return [_row(placement, days.get(placement.pk)) for placement in placements]


def _row(placement: Placement, days: Decimal | None) -> GridRow:
    cells = (
        placement.name,
        placement.position.name,
        codes.TRAINEE_CATEGORY.label(placement.category),
        f"{placement.insurer}，至{placement.insured_to}",
    )
    initial = {"days": "" if days is None else str(days), "due_pay": str(placement.living_standard)}
    return GridRow(str(placement.pk), cells, initial, placement)


def faults(month: date, values: PageValues) -> dict[str, str]:
    """What is wrong with a row, by column: days beyond the month, pay from the future (C10)."""
    found = {}
    if values["days"] > rules.days_in(month):
        found["days"] = f"{month.month}月只有{rules.days_in(month)}天"
    if values["paid_on"] > timezone.localdate():
        found["paid_on"] = "发放日期不能晚于今天"
    return found


def line(row: GridRow, values: dict[str, Any], compute: Callable[[Placement, Decimal], Subsidy]) -> Line:
    """A typed row with its subsidy."""
    placement: Placement = row.subject
    return Line(placement, subsidy=compute(placement, values["net_pay"]), **values)
