"""What was paid, by region, month and category (F): sums for staff, as bars to draw and rows to export."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncMonth

from accounts.models import User
from common import codes, regions
from common.sheets import exports
from common.sheets.columns import Amount, Integer, Text
from internship.rules import add_months
from reporting.models import SubsidyEntry, SubsidyKind
from reporting.payments_queries import in_own_regions


@dataclass(frozen=True)
class Choice:
    """Which payments are looked at: months of payment from–to, region and below, kind of subsidy."""

    first: date | None = None
    last: date | None = None
    region: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Bar:
    """One bar of a chart with its place in the drawing (units of the viewBox)."""

    label: str
    people: int
    count: int
    amount: Decimal
    y: int
    width: float

    @property
    def middle(self) -> int:
        """The baseline of the bar's words."""
        return self.y + 15

    @property
    def end(self) -> float:
        """Where the figure stands behind the bar."""
        return LABEL_WIDTH + self.width + 8


@dataclass(frozen=True)
class Chart:
    """A chart and its table."""

    key: str
    title: str
    dimension: str
    bars: list[Bar]

    @property
    def height(self) -> int:
        return max(len(self.bars), 1) * BAR_HEIGHT + 8


LABEL_WIDTH, BARS_WIDTH, BAR_HEIGHT = 140, 160, 28


def paid(user: User, choice: Choice) -> QuerySet[SubsidyEntry]:
    """Paid entries within the staff member's regions that were asked for."""
    found = SubsidyEntry.objects.filter(in_own_regions(user, "region"), state=SubsidyEntry.State.PAID)
    if choice.first:
        found = found.filter(paid_on__gte=choice.first)
    if choice.last:
        found = found.filter(paid_on__lt=add_months(choice.last, 1))
    if choice.region:
        found = found.filter(regions.scope_q("region", choice.region))
    return found.filter(kind=choice.kind) if choice.kind else found


def charts(user: User, choice: Choice) -> list[Chart]:
    """The same payments by region, by month of payment, by category of the people and by kind; four queries."""
    rows = paid(user, choice)
    return [
        _chart("region", "按地区", "地区", rows, "region_id", regions.handling_path_name),
        _chart("month", "按拨付月份", "月份", rows.annotate(paid_in=TruncMonth("paid_on")), "paid_in", _month),
        _chart("category", "按人员类型", "人员类型", rows, "category", codes.TRAINEE_CATEGORY.label),
        _chart("kind", "按补贴类型", "补贴类型", rows, "kind", lambda kind: str(SubsidyKind(kind).label)),
    ]


def _month(day: date) -> str:
    return f"{day.year}年{day.month}月"


def _chart(
    key: str, title: str, dimension: str, rows: QuerySet[SubsidyEntry], column: str, label: Callable[..., str]
) -> Chart:
    sums = (
        rows.order_by()
        .values(column)
        .annotate(total=Sum("amount"), entries=Count("pk"), people=Count("placement", distinct=True))
    )
    found = sorted(sums, key=lambda row: row[column])
    most = max((row["total"] for row in found), default=Decimal(1))
    bars = [
        Bar(
            label(row[column]),
            row["people"],
            row["entries"],
            row["total"],
            place * BAR_HEIGHT + 4,
            round(float(row["total"] / most) * BARS_WIDTH, 1),
        )
        for place, row in enumerate(found)
    ]
    return Chart(key, title, dimension, bars)


def workbook(found: Iterable[Chart]) -> bytes:
    """All tables as one sheet."""
    columns = (
        Text("chart", "统计口径"),
        Text("label", "项目"),
        Integer("people", "人数"),
        Integer("count", "笔数"),
        Amount("amount", "金额（元）"),
    )
    rows = (
        {"chart": chart.title, "label": bar.label, "people": bar.people, "count": bar.count, "amount": bar.amount}
        for chart in found
        for bar in chart.bars
    )
    return exports.export_list("补贴拨付统计", columns, rows)
