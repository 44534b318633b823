"""生活费补贴 of person-months, computed and never typed (C10, C11; domain facts §1.2, §1.3). No database here.

threshold = W × (rate + unit share), subsidy = W × rate, where W is the region's minimum wage in that month. All
person-months of one region, month, category and share of the month are judged by one ``Standard``; what remains for
each is whether the net pay reaches its threshold. Why an amount is what it is can be told from a few stored facts.
"""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

FEN = Decimal("0.01")
PENDING = "待配置"
NO_RATE = "该人员类别未设置补贴标准"
INCOMPLETE_MONTH = "不足整月，不计补贴"


@dataclass(frozen=True)
class Basis:
    """A policy as an explanation quotes it: its title, its value in words, where, since when, by which document."""

    title: str
    value: str
    place: str
    valid_from: date
    document: str

    def __str__(self) -> str:
        since = f"{self.valid_from.year}年{self.valid_from.month}月{self.valid_from.day}日"
        return f"{self.title}{self.value}（{self.place}，自{since}起；{self.document}）"


@dataclass(frozen=True)
class Figures:
    """The policies of a region for a category and a month; None where none is configured."""

    wage: Decimal | None
    rate: Decimal | None
    unit_share: Decimal | None
    partial_month: str | None
    basis: tuple[Basis, ...] = ()


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
    return share_of_days(
        days_within(month, starts_on, last_day), calendar.monthrange(month.year, month.month)[1], policy
    )


def share_of_days(days: int, whole: int, policy: str | None) -> Decimal | None:
    """The same, of so many days in a month of ``whole`` days."""
    if days == whole:
        return Decimal(1)
    if policy is None:
        return None
    if policy == "days":
        return Decimal(days) / whole
    if policy.startswith("full:"):
        return Decimal(1) if days >= int(policy.removeprefix("full:")) else Decimal(0)
    return Decimal(0)


@dataclass(frozen=True)
class Standard:
    """What a group of person-months is judged by: the threshold and the amount, or the reason why there is none."""

    threshold: Decimal | None
    amount: Decimal | None
    reason: str = ""


def standard(figures: Figures, share: Decimal | None) -> Standard:
    """The standard of a group; each amount is rounded half up to the fen, once."""
    if figures.wage is None or figures.unit_share is None:
        missing = "最低工资标准" if figures.wage is None else "单位自付比例"
        return Standard(None, None, f"{PENDING}：{missing}")
    if figures.rate is None:
        return Standard(None, None, NO_RATE)
    if share is None:
        return Standard(None, None, f"{PENDING}：首尾不足月的计算")
    if share == 0:
        return Standard(None, None, INCOMPLETE_MONTH)
    threshold = (figures.wage * (figures.rate + figures.unit_share) * share).quantize(FEN, ROUND_HALF_UP)
    return Standard(threshold, (figures.wage * figures.rate * share).quantize(FEN, ROUND_HALF_UP))


def settle(given: Standard, net_pay: Decimal) -> Subsidy:
    """The subsidy of one person-month of a group."""
    if given.threshold is None:
        return Subsidy(None, given.reason)
    if net_pay < given.threshold:
        return Subsidy(None, f"实发工资低于{_plain(given.threshold)}元", given.threshold)
    return Subsidy(given.amount, "", given.threshold)


def assess(net_pay: Decimal, figures: Figures, share: Decimal | None) -> Subsidy:
    """The subsidy for what a person was paid in a month."""
    return settle(standard(figures, share), net_pay)


# --- 为什么是这个金额 ----------------------------------------------------------------------------


def facts(month: date, net_pay: Decimal, figures: Figures, share: Decimal | None) -> dict[str, Any]:
    """What an explanation needs, as JSON: kept with a claimed person-month, told by ``explain``."""
    found = assess(net_pay, figures, share)
    numbers = {
        "wage": figures.wage,
        "rate": figures.rate,
        "unit_share": figures.unit_share,
        "share": share,
        "net_pay": net_pay,
        "threshold": found.threshold,
        "amount": found.amount,
    }
    return {
        "month": month.isoformat(),
        **{name: None if number is None else str(number) for name, number in numbers.items()},
        "reason": found.reason,
        "basis": [str(one) for one in figures.basis],
    }


def explain(kept: Mapping[str, Any]) -> list[tuple[str, str]]:
    """An amount in words: which policies, which rule, which figures; made of ``facts``."""
    month = date.fromisoformat(kept["month"])
    lines = [("月份", f"{month.year}年{month.month}月")]
    lines += [("依据", text) for text in kept["basis"]]
    if kept["threshold"] is not None:
        part = "" if Decimal(kept["share"]) == 1 else f" × {_share_words(month, Decimal(kept['share']))}"
        wage, rate, own = _plain(Decimal(kept["wage"])), _percent(kept["rate"]), _percent(kept["unit_share"])
        threshold, paid = Decimal(kept["threshold"]), Decimal(kept["net_pay"])
        verdict = "不低于发放标准" if paid >= threshold else "低于发放标准，不予补贴"
        lines += [
            (
                "发放标准",
                f"最低工资 × （补贴比例 + 单位自付比例）：{wage} × （{rate} + {own}）{part} = {_plain(threshold)}元",
            ),
            ("实发工资", f"{_plain(paid)}元，{verdict}"),
        ]
        if kept["amount"] is not None:
            lines.append(("补贴金额", f"最低工资 × 补贴比例：{wage} × {rate}{part} = {kept['amount']}元"))
    if kept["reason"]:
        lines.append(("无补贴原因", kept["reason"]))
    return lines


def _percent(ratio: str) -> str:
    return f"{(Decimal(ratio) * 100).normalize():f}%"


def _share_words(month: date, share: Decimal) -> str:
    whole = calendar.monthrange(month.year, month.month)[1]
    return f"{round(share * whole)}/{whole}天"


def _plain(amount: Decimal) -> str:
    """3008 and not 3008.00, as the manual writes it."""
    return f"{amount:.0f}" if amount == amount.to_integral_value() else f"{amount}"
