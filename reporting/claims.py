"""What a unit may claim for a person, and why not (C11, C12). Everything is gathered before: no database here."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any

from common import identifiers
from reporting.models import Placement, PlacementEnd
from reporting.rules import COMPLETED, EMPLOYED, last_day_after
from reporting.subsidy import FEN, PENDING, Basis, Figures, assess, explain, facts

ENDED = Placement.State.ENDED


def month_words(month: date) -> str:
    """A month as it stands in a sentence."""
    return f"{month.year}年{month.month}月"


def months_words(months: Collection[date]) -> str:
    """Months in a sentence; those that follow each other as from–to."""
    runs: list[list[date]] = []
    for month in sorted(months):
        if runs and (month.year * 12 + month.month) - (runs[-1][-1].year * 12 + runs[-1][-1].month) == 1:
            runs[-1].append(month)
        else:
            runs.append([month])
    return "、".join(
        month_words(run[0]) if len(run) == 1 else f"{month_words(run[0])}至{month_words(run[-1])}" for run in runs
    )


# --- 生活费补贴 (C11) ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Reported:
    """An approved month of a placement, with the figures to judge it by; ``taken_by`` is the case that claimed it."""

    person_month_id: int
    month: date
    net_pay: Decimal
    figures: Figures
    share: Decimal | None
    taken_by: str = ""


@dataclass(frozen=True)
class Limits:
    """What the region's policies say about claiming today; None where none is configured."""

    months_min: int | None
    months_max: int | None
    early_leavers: bool | None


@dataclass(frozen=True)
class Cover:
    """The accident insurance of a placement: the cap in force when it began, and whether it was refunded before."""

    cap: Decimal | None
    basis: tuple[Basis, ...] = ()
    taken_by: str = ""


@dataclass(frozen=True)
class OfferedMonth:
    """A month that may be claimed, with its amount and what explains it (subsidy.facts)."""

    person_month_id: int
    month: date
    amount: Decimal
    explanation: dict[str, Any]


@dataclass(frozen=True)
class Refund:
    """The premium of an insurance policy that may be claimed."""

    policy_no: str
    premium: Decimal
    amount: Decimal
    explanation: dict[str, Any]


@dataclass(frozen=True)
class Offer:
    """What may be claimed for a person, and in words what not."""

    placement: Placement
    months: tuple[OfferedMonth, ...] = ()
    refund: Refund | None = None
    reasons: tuple[str, ...] = ()

    @property
    def months_amount(self) -> Decimal:
        """生活费补贴 of the months together."""
        return sum((one.amount for one in self.months), Decimal(0))

    @property
    def months_in_words(self) -> str:
        """The months, those that follow each other as from–to."""
        return months_words([one.month for one in self.months])

    @property
    def words(self) -> str:
        """Months and amounts, as the table of people shows them."""
        text = f"{self.months_in_words}，{len(self.months)}个月，{self.months_amount}元"
        return f"{text}；保险补贴{self.refund.amount}元" if self.refund else text


@dataclass(frozen=True)
class Total:
    """本次核定: computed, never typed."""

    people: int
    months: int
    months_amount: Decimal
    insurance_amount: Decimal

    @property
    def amount(self) -> Decimal:
        return self.months_amount + self.insurance_amount


def total(offers: Iterable[Offer]) -> Total:
    """本次核定 of what is offered."""
    chosen = list(offers)
    return Total(
        len(chosen),
        sum(len(one.months) for one in chosen),
        sum((one.months_amount for one in chosen), Decimal("0.00")),
        sum((one.refund.amount for one in chosen if one.refund), Decimal("0.00")),
    )


def standards(offers: Iterable[Offer]) -> list[tuple[str, Decimal, list[tuple[str, str]]]]:
    """The different computations behind the months of a claim: when, how much, and why; each told once."""
    found: dict[tuple[Any, ...], list[OfferedMonth]] = {}
    for one in (month for offer in offers for month in offer.months):
        kept = one.explanation
        found.setdefault((kept["wage"], kept["rate"], kept["share"], tuple(kept["basis"])), []).append(one)
    told = []
    for same in found.values():
        lines = [line for line in explain(same[0].explanation) if line[0] not in ("月份", "实发工资")]
        told.append((months_words({one.month for one in same}), same[0].amount, lines))
    return told


def left_early(placement: Placement) -> bool:
    """Whether the internship ended before the day agreed."""
    return placement.state == ENDED and placement.ended_on is not None and placement.ended_on < placement.ends_on


def refusal(placement: Placement, approved: int, limits: Limits) -> str:
    """Why nothing may be claimed for a person yet (JL: at least three months; early leavers by policy); "" for none."""
    if limits.months_min is None:
        return f"{PENDING}：申领生活费补贴的最少见习月数"
    if limits.months_max is None:
        return f"{PENDING}：生活费补贴最长月数"
    if approved >= limits.months_min:
        return ""
    have = f"审核通过的月报{approved}个月"
    if not left_early(placement):
        return f"{have}，满{limits.months_min}个月后方可申领"
    if limits.early_leavers is None:
        return f"提前结束见习，{have}，{PENDING}：提前结束人员可申领补贴"
    return "" if limits.early_leavers else f"提前结束见习，{have}，未满{limits.months_min}个月"


def offer(
    placement: Placement,
    reported: Collection[Reported],
    *,
    within: tuple[date, date],
    limits: Limits,
    held: int,
    cover: Cover | None,
) -> Offer:
    """What may be claimed for a placement within some months.

    ``held`` is how many months the person has claimed already, at whatever unit; ``cover`` is None where no
    insurance is claimed.
    """
    if reason := refusal(placement, len(reported), limits):
        return Offer(placement, reasons=(reason,))
    room = (limits.months_max or 0) - held
    found: list[OfferedMonth] = []
    unpaid: dict[str, list[date]] = {}
    for one in sorted(reported, key=lambda row: row.month):
        if not within[0] <= one.month <= within[1]:
            continue
        subsidy = assess(one.net_pay, one.figures, one.share)
        if one.taken_by:
            unpaid.setdefault(f"已由办件{one.taken_by}申领", []).append(one.month)
        elif not subsidy.amount:
            unpaid.setdefault(subsidy.reason or "补贴金额为0", []).append(one.month)
        elif len(found) >= room:
            unpaid.setdefault(f"超过补贴最长{limits.months_max}个月", []).append(one.month)
        else:
            explanation = facts(one.month, one.net_pay, one.figures, one.share)
            found.append(OfferedMonth(one.person_month_id, one.month, subsidy.amount, explanation))
    reasons = tuple(months_words(months) + reason for reason, months in unpaid.items())
    if not found or cover is None:
        return Offer(placement, tuple(found), None, reasons)
    refund, reason = _refund(placement, cover)
    return Offer(placement, tuple(found), refund, (*reasons, reason) if reason else reasons)


def _refund(placement: Placement, cover: Cover) -> tuple[Refund | None, str]:
    """min(保费, cap), once per person and policy; or why not."""
    if cover.taken_by:
        return None, f"保单{placement.policy_no}已由办件{cover.taken_by}申领保险补贴"
    if cover.cap is None:
        return None, f"保险补贴{PENDING}：意外伤害保险补贴上限"
    if placement.premium is None:
        return None, "未登记保费，不能申领保险补贴"
    amount = min(placement.premium, cover.cap).quantize(FEN)
    if not amount:
        return None, "保险补贴金额为0"
    explanation = {
        "premium": str(placement.premium),
        "cap": str(cover.cap),
        "amount": str(amount),
        "basis": [str(one) for one in cover.basis],
    }
    return Refund(policy_key(placement.policy_no), placement.premium, amount, explanation), ""


def policy_key(policy_no: str) -> str:
    """A policy's number as it is compared: half-width, no white space, capitals."""
    return identifiers.normalise(policy_no).upper()


def explain_refund(kept: Mapping[str, Any]) -> list[tuple[str, str]]:
    """保险补贴 in words."""
    lines = [("依据", text) for text in kept["basis"]]
    return [*lines, ("保险补贴", f"保费{kept['premium']}元与上限{kept['cap']}元取低：{kept['amount']}元")]


# --- 带教补贴 (C12) ------------------------------------------------------------------------------


@dataclass(frozen=True)
class MentoringRules:
    """What the region's policies say about a year; None where none is configured."""

    rate_min: Decimal | None
    amount: Decimal | None
    contract_months: int | None
    filing_required: bool | None
    basis: tuple[Basis, ...] = ()

    @property
    def missing(self) -> str:
        """待配置 and which; "" when all is configured."""
        titles = {
            "带教补贴的留用率下限": self.rate_min,
            "带教补贴标准": self.amount,
            "留用劳动合同最短期限": self.contract_months,
            "留用认定须用工备案": self.filing_required,
        }
        open_ones = [title for title, given in titles.items() if given is None]
        return f"{PENDING}：{'、'.join(open_ones)}" if open_ones else ""


def not_retained(end: PlacementEnd, rules: MentoringRules) -> str:
    """Why a person does not count as retained (留用, §1.4); "" when he or she does."""
    if not end.retained:
        return "未由本单位留用"
    months = rules.contract_months or 0
    if end.contract_from is None or (end.contract_to and end.contract_to < last_day_after(end.contract_from, months)):
        return f"劳动合同不满{months}个月"
    if end.social_insured_from is None:
        return "未参加社会保险"
    if rules.filing_required and end.filed_on is None:
        return "未办理用工备案"
    return ""


def completed(end: PlacementEnd) -> bool:
    """Whether the internship came to its natural end (期满); somebody retained has completed it as well (§1.4)."""
    return end.reason == COMPLETED or (end.reason == EMPLOYED and end.ended_on == end.placement.ends_on)


@dataclass(frozen=True)
class YearPerson:
    """Somebody who counts for a year: who completed the internship, retained or not and why not."""

    end: PlacementEnd
    counted_on: date
    reason: str

    @property
    def retained(self) -> bool:
        return not self.reason

    @property
    def words(self) -> str:
        """How the person counts, as the table shows it."""
        if self.reason:
            return f"期满，{self.reason}"
        end = self.end
        until = f"至{end.contract_to}" if end.contract_to else "起（无固定期限）"
        return f"留用，劳动合同{end.contract_from}{until}，{end.social_insured_from}参保"


def count_year(ends: Iterable[PlacementEnd], year: int, rules: MentoringRules) -> list[YearPerson]:
    """The people of a year (§1.4): retained ones by the latest day of contract, insurance and filing, others by the end.

    Each person counts for one year only, so that the retained are always among those who completed.
    """
    found = []
    for end in ends:
        reason = not_retained(end, rules)
        if reason and not completed(end):
            continue
        counted_on = end.ended_on if reason or end.retained_on is None else end.retained_on
        if counted_on.year == year:
            found.append(YearPerson(end, counted_on, reason))
    return found


@dataclass(frozen=True)
class Year:
    """本次核定 of a year: 期满人数, 留用人数, 留用率, 金额, or why nothing may be claimed."""

    year: int
    people: tuple[YearPerson, ...]
    rules: MentoringRules

    @property
    def completed_count(self) -> int:
        return len(self.people)

    @property
    def retained_count(self) -> int:
        return sum(one.retained for one in self.people)

    @property
    def rate_words(self) -> str:
        """留用率 in words, never rounded up to a quota that is not reached."""
        if not self.people:
            return "—"
        rate = Decimal(self.retained_count * 100) / len(self.people)
        return f"{rate.quantize(Decimal('0.01'), ROUND_DOWN).normalize():f}%"

    @property
    def numbers(self) -> str:
        """The three figures in a sentence."""
        return f"期满{self.completed_count}人，留用{self.retained_count}人，留用率{self.rate_words}"

    @property
    def amount(self) -> Decimal:
        """2000 × 留用人数, by policy."""
        return (self.rules.amount or Decimal(0)) * self.retained_count

    @property
    def refusal(self) -> str:
        """Why nothing may be claimed for the year; "" when it may (JL)."""
        if self.rules.amount == 0:
            return "当地未设带教补贴（标准为0元），没有可申领的金额"
        if not self.people:
            return f"{self.year}年度没有见习期满或留用的人员"
        if missing := self.rules.missing:
            return missing
        quota = self.rules.rate_min or Decimal(0)
        if self.retained_count < quota * self.completed_count:
            percent = f"{(quota * 100).normalize():f}%"
            return f"留用率未达到{percent}，不符合申领条件（{self.numbers}）"
        if not self.retained_count:
            return f"没有留用人员，无可申领的金额（{self.numbers}）"
        return ""

    @property
    def explanation(self) -> dict[str, Any]:
        """What explains the amount, as JSON."""
        return {
            "completed": self.completed_count,
            "retained": self.retained_count,
            "rate": self.rate_words,
            "standard": str(self.rules.amount),
            "amount": str(self.amount),
            "basis": [str(one) for one in self.rules.basis],
        }


def explain_year(kept: Mapping[str, Any]) -> list[tuple[str, str]]:
    """带教补贴 in words."""
    lines = [("依据", text) for text in kept["basis"]]
    return [
        *lines,
        ("留用率", f"留用{kept['retained']}人 ÷ 期满{kept['completed']}人 = {kept['rate']}"),
        ("带教补贴", f"{kept['standard']}元 × 留用{kept['retained']}人 = {kept['amount']}元"),
    ]
