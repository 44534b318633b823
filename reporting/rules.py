"""When a person may do an internship, and when it may end. Each rule names what is wrong in the words to show."""

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Protocol

from common import policies
from common.transitions import TransitionRefused
from internship.rules import Claim, NotEligible, add_months, check_eligible
from reporting.models import DAY_COLUMNS, Placement
from review.matters import StartRefused

IMPORT, REGISTRATION = "import", "registration"
EMPLOYED, COMPLETED, UNABLE = "1", "2", "3"
NOT_FOUND = "未查询到该人员，请其先在个人网厅完善就业基本信息"
NOT_APPROVED = "正在审核中或者审核不通过的就业见习人员，不允许做减员操作"
REPORTED = "已有审核通过的月报，请办理“见习信息更正”"
MONTH_REPORTED = "该人员当月已有审核通过的月报，请办理“见习信息更正”"
DAYS_OF_A_MONTH = 30  # broken months are added up as if each had 30 days

# Field of the agreement → what is wrong with it.
Faults = dict[str, str]


def words(day: date) -> str:
    """A date as it stands in a sentence."""
    return f"{day.year}年{day.month}月{day.day}日"


# --- The way in ----------------------------------------------------------------------------------


def check_channel(region: str, channel: str, on: date) -> None:
    """Raise StartRefused unless agreements are reported this way in the region: C5, C8 or both (policy)."""
    try:
        channels = policies.require("placement_channels", region, on)
    except policies.PolicyMissing as missing:
        raise StartRefused(str(missing)) from missing
    if channel not in channels:
        other = "见习匹配结果批量上报" if channel == REGISTRATION else "就业见习人员管理"
        raise StartRefused(f"当地通过“{other}”上报见习协议，请从该业务办理")


# --- The term ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Limits:
    """What the policies of a region say about terms on the day an agreement is signed, in months."""

    shortest: int
    longest: int
    total: int
    repeat: str


@dataclass(frozen=True)
class Term:
    """An internship of the person, from its first to its last day, at a unit."""

    unit_id: int
    starts_on: date
    last_day: date
    placement_id: int | None = None


def limits(region: str, on: date) -> Limits:
    """The limits in force; raises PolicyMissing."""
    return Limits(
        policies.require("internship_months_min", region, on),
        policies.require("internship_months_max", region, on),
        policies.require("internship_months_total", region, on),
        policies.require("repeat_internship", region, on),
    )


def last_day_after(starts_on: date, months: int) -> date:
    """The last day of a term of whole months: the day before the same day of the last month."""
    return add_months(starts_on, months) - timedelta(days=1)


@lru_cache(maxsize=4096)
def length(starts_on: date, last_day: date) -> tuple[int, int]:
    """Whole months of a term and the days that remain."""
    months = (last_day.year - starts_on.year) * 12 + last_day.month - starts_on.month + 1
    while months and last_day_after(starts_on, months) > last_day:
        months -= 1
    return months, (last_day - last_day_after(starts_on, months)).days if months else (last_day - starts_on).days + 1


def days_of(terms: Iterable[Term]) -> int:
    """All terms together, a month counting as 30 days."""
    total = 0
    for term in terms:
        months, days = length(term.starts_on, term.last_day)
        total += months * DAYS_OF_A_MONTH + days
    return total


@lru_cache(maxsize=4096)
def term_fault(starts_on: date, ends_on: date, limit: Limits) -> str:
    """What is wrong with the length of a term (3–12 months by policy); "" for nothing."""
    earliest, latest = last_day_after(starts_on, limit.shortest), last_day_after(starts_on, limit.longest)
    if earliest <= ends_on <= latest:
        return ""
    return f"见习期限应为{limit.shortest}至{limit.longest}个月，结束日期应在{words(earliest)}至{words(latest)}之间"


def total_fault(term: Term, others: Iterable[Term], limit: Limits) -> str:
    """What is wrong with the sum of all internships of the person (12 months by policy); "" for nothing."""
    done = days_of(others)
    if done + days_of([term]) <= limit.total * DAYS_OF_A_MONTH:
        return ""
    months, days = divmod(done, DAYS_OF_A_MONTH)
    past = f"{months}个月" + (f"{days}天" if days else "")
    return f"累计见习不能超过{limit.total}个月，该人员已有见习{past}"


def repeat_fault(term: Term, others: Iterable[Term], limit: Limits) -> str:
    """Whether the policy on repeats refuses another internship: ``once``, or ``once_per_unit``; "" for no."""
    others = list(others)
    if limit.repeat == "once" and others:
        return "该人员已参加过就业见习，不能重复见习"
    if limit.repeat == "once_per_unit" and any(other.unit_id == term.unit_id for other in others):
        return "该人员已在本单位参加过就业见习，不能重复见习"
    return ""


def overlap_fault(term: Term, others: Iterable[Term]) -> str:
    """Whether another internship of the person, at whatever unit, lies in the same days; "" for no."""
    for other in others:
        if term.starts_on <= other.last_day and other.starts_on <= term.last_day:
            return f"该人员在{words(other.starts_on)}至{words(other.last_day)}已有见习，期限不能重叠"
    return ""


def insurance_fault(starts_on: date, ends_on: date, insured_from: date, insured_to: date) -> Faults:
    """The accident insurance begins before the internship does and lasts to its end (§1.1)."""
    faults = {}
    if insured_from > starts_on:
        faults["insured_from"] = f"保险起始日期不能晚于见习开始日期（{words(starts_on)}）"
    if insured_to < ends_on:
        faults["insured_to"] = f"保险终止日期不能早于见习结束日期（{words(ends_on)}）"
    return faults


def category_fault(claim: Claim, signed_on: date) -> str:
    """Whether the person's category does not hold on the day of signing (吉人社联字〔2023〕12号 第三条); "" when it does."""
    try:
        check_eligible(claim, signed_on)
    except NotEligible as refusal:
        return f"按签订日期（{words(signed_on)}）核验：{refusal.reason}"
    return ""


@dataclass(frozen=True)
class Agreement:
    """Everything that an agreement is judged by, gathered before: no rule below asks the database for rows."""

    claim: Claim
    unit_id: int
    signed_on: date
    starts_on: date
    ends_on: date
    insured_from: date
    insured_to: date
    others: tuple[Term, ...] = ()

    @property
    def term(self) -> Term:
        return Term(self.unit_id, self.starts_on, self.ends_on)


def agreement_faults(agreement: Agreement, limit: Limits, today: date) -> Faults:
    """All that is wrong with an agreement, by field, at once (C5, C8)."""
    if agreement.ends_on < agreement.starts_on:
        return {"ends_on": "见习结束日期不能早于见习开始日期"}
    faults = insurance_fault(agreement.starts_on, agreement.ends_on, agreement.insured_from, agreement.insured_to)
    if agreement.signed_on > today:
        faults["signed_on"] = "签订日期不能晚于今天"
    elif agreement.signed_on > agreement.ends_on:
        faults["signed_on"] = "签订日期不能晚于见习结束日期"
    elif fault := category_fault(agreement.claim, agreement.signed_on):
        faults["signed_on"] = fault
    if fault := term_fault(agreement.starts_on, agreement.ends_on, limit):
        faults["ends_on"] = fault
    others = agreement.others
    if fault := (
        overlap_fault(agreement.term, others)
        or repeat_fault(agreement.term, others, limit)
        or total_fault(agreement.term, others, limit)
    ):
        faults["starts_on"] = fault
    return faults


def no_mentor(names: Iterable[str]) -> str:
    """What to say about a mentor whom the unit has not named (带教人员, C1)."""
    known = list(names)
    return f"不是本单位登记的带教人员，请填写：{'、'.join(known[:8])}{'等' if len(known) > 8 else ''}"


# --- Months --------------------------------------------------------------------------------------


def in_term(month: date, starts_on: date, last_day: date) -> bool:
    """Whether any day of a month lies in a term."""
    return starts_on.replace(day=1) <= month <= last_day


@lru_cache(maxsize=256)
def days_in(month: date) -> int:
    """How many days a month has."""
    return calendar.monthrange(month.year, month.month)[1]


class HasTerm(Protocol):
    """Whatever has a first and a last day: a placement, or what an import keeps of one."""

    @property
    def starts_on(self) -> date: ...

    @property
    def last_day(self) -> date: ...


def month_faults(values: Mapping[str, Any], month: date, placement: HasTerm) -> list[tuple[str, str]]:
    """What is wrong with what is reported for a month of a placement, by column (C6, C7)."""
    most = days_in(month)
    faults = [
        (name, f"{month.year}年{month.month}月只有{most}天")
        for name in DAY_COLUMNS
        if values.get(name) is not None and values[name] > most
    ]
    left_on = values.get("left_on")
    if left_on is not None and not placement.starts_on <= left_on <= placement.last_day:
        faults.append(("left_on", "离岗日期应在见习期限以内"))
    return faults


# --- The end -------------------------------------------------------------------------------------


def standing(placement: Placement, on: date) -> str:
    """State in words: 见习中, 待开始, 期满待确认, 已结束, 已取消."""
    if placement.state == Placement.State.CURRENT:
        if placement.ends_on < on:
            return "期满待确认"
        if placement.starts_on > on:
            return "待开始"
    return str(placement.get_state_display())


def check_end(placement: Placement) -> None:
    """Raise TransitionRefused unless the internship may be ended (C9)."""
    if placement.state != Placement.State.CURRENT:
        raise TransitionRefused(f"{placement.name}的见习{placement.get_state_display()}，不能再办理减员")


def can_end(placement: Placement) -> bool:
    """Whether the internship may be ended."""
    try:
        check_end(placement)
    except TransitionRefused:
        return False
    return True


def end_fault(placement: Placement, ended_on: date, reason: str, today: date) -> str:
    """What is wrong with the day on which an internship is said to have ended; "" for nothing (C9)."""
    if ended_on > today:
        return "见习结束日期不能晚于今天"
    if not placement.starts_on <= ended_on <= placement.ends_on:
        return f"见习结束日期应在见习期限以内（{words(placement.starts_on)}至{words(placement.ends_on)}）"
    if reason == COMPLETED and ended_on != placement.ends_on:
        return f"见习期满的，结束日期应为协议约定的{words(placement.ends_on)}；提前结束的请选择其他原因"
    return ""
