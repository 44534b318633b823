"""生活费补贴 of one person-month, computed and never typed (C10; domain facts §1.2, §1.3). No database below this line.

threshold = W × (rate + unit share), subsidy = W × rate, where W is the region's minimum wage in that month.
"""

import calendar
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

FEN = Decimal("0.01")
PENDING = "待配置"
NO_RATE = "该人员类别未设置补贴标准"
INCOMPLETE_MONTH = "不足整月，不计补贴"


@dataclass(frozen=True)
class Figures:
    """The policies of a region for a category and a month; None where none is configured."""

    wage: Decimal | None
    rate: Decimal | None
    unit_share: Decimal | None
    partial_month: str | None


@dataclass(frozen=True)
class Subsidy:
    """The amount for a person-month, or the reason why there is none; ``threshold`` where it is known."""

    amount: Decimal | None
    reason: str = ""
    threshold: Decimal | None = None

    @property
    def words(self) -> str:
        """The amount, or the reason, as the report shows it."""
        return self.reason if self.amount is None else f"{self.amount}元"


def days_within(month: date, starts_on: date, last_day: date) -> int:
    """How many days of a calendar month lie in a term."""
    end = month.replace(day=calendar.monthrange(month.year, month.month)[1])
    return max((min(end, last_day) - max(month, starts_on)).days + 1, 0)


def share_of_month(month: date, starts_on: date, last_day: date, policy: str | None) -> Decimal | None:
    """Which part of a month counts: 1 for a whole one, else by policy (none, days, full:N); None: not configured."""
    days, whole = days_within(month, starts_on, last_day), calendar.monthrange(month.year, month.month)[1]
    if days == whole:
        return Decimal(1)
    if policy is None:
        return None
    if policy == "days":
        return Decimal(days) / whole
    if policy.startswith("full:"):
        return Decimal(1) if days >= int(policy.removeprefix("full:")) else Decimal(0)
    return Decimal(0)


def assess(net_pay: Decimal, figures: Figures, share: Decimal | None) -> Subsidy:
    """The subsidy for what a person was paid in a month; rounded half up to the fen, once."""
    if figures.wage is None or figures.unit_share is None:
        missing = "最低工资标准" if figures.wage is None else "单位自付比例"
        return Subsidy(None, f"{PENDING}：{missing}")
    if figures.rate is None:
        return Subsidy(None, NO_RATE)
    if share is None:
        return Subsidy(None, f"{PENDING}：首尾不足月的计算")
    if share == 0:
        return Subsidy(None, INCOMPLETE_MONTH)
    threshold = (figures.wage * (figures.rate + figures.unit_share) * share).quantize(FEN, ROUND_HALF_UP)
    if net_pay < threshold:
        return Subsidy(None, f"实发工资低于{_plain(threshold)}元", threshold)
    return Subsidy((figures.wage * figures.rate * share).quantize(FEN, ROUND_HALF_UP), "", threshold)


def _plain(amount: Decimal) -> str:
    """3008 and not 3008.00, as the manual writes it."""
    return f"{amount:.0f}" if amount == amount.to_integral_value() else f"{amount}"
