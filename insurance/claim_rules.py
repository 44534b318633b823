"""When a pension may be claimed (E6; JX 7.1.1–7.1.5; domain facts §3.5, §4). Pure: facts and figures are arguments."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from common import codes
from insurance.figures import Law
from insurance.months import Month, duration_text
from insurance.pension import REFORM
from insurance.retirement import (
    FlexibleRefused,
    Group,
    NotConfigured,
    Statutory,
    Window,
    check_flexible,
    earliest_by_age,
    earliest_official,
    flexible_window,
    retirement_day,
    statutory,
)

NORMAL, SPECIAL, ILLNESS, OFFICIAL, EARLY, LATE = "2", "3", "4", "5", "6", "7"
FLEXIBLE = (EARLY, LATE)
CIVIL_SERVANTS = ("1", "2")
MANAGERS = "3"
# 每年职务升降 are counted for these years (JX 7.1.5 rule 3).
COUNTED_YEARS = range(2014, 2025)


class ClaimRefused(ValueError):
    """Why a claim is not possible; ``field`` names where to mend it, "" where nothing typed would help."""

    def __init__(self, reason: str, field: str = "") -> None:
        super().__init__(reason)
        self.reason, self.field = reason, field


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules of a category need to know of somebody."""

    birth: date
    group: Group
    work_started_on: date | None
    official: bool  # 公务员、参公、领导人员或管理人员
    civil_servant: bool


def before_reform(day: date) -> bool:
    """Whether a day lies before the scheme began (2014-10), so that the wage file of 2014-09 exists."""
    return Month.of(day) < REFORM


def months_between(first: date, last: date) -> int:
    """Months from one day to another, the month of both included."""
    return Month.of(last) - Month.of(first) + 1


def groups_of(sex: str) -> tuple[Group, ...]:
    """The groups that a sex may belong to; both of women, for theirs depends on the post."""
    return (Group.MALE,) if sex == codes.MALE else (Group.FEMALE55, Group.FEMALE50)


def usual_group(sex: str, identity: str) -> Group:
    """The group that is most likely right: women workers (工勤) retired at 50, others at 55."""
    if sex == codes.MALE:
        return Group.MALE
    return Group.FEMALE50 if identity == "303" else Group.FEMALE55


def statutory_of(facts: Facts, law: Law) -> Statutory:
    """The statutory retirement of somebody."""
    return statutory(facts.group, Month.of(facts.birth), law.rules)


def national_month(facts: Facts) -> Month:
    """The statutory month by national law, for lists."""
    return statutory(facts.group, Month.of(facts.birth)).month


def window(kind: str, facts: Facts, law: Law) -> Window:
    """The months that a category is open for. Raises ClaimRefused where it is closed to somebody or not configured."""
    person = statutory_of(facts, law)
    try:
        if kind == NORMAL:
            return Window(person.month, person.month)
        if kind == SPECIAL:
            return Window(_before(earliest_by_age(law.special_ages, facts.group, person.birth), person), person.month)
        if kind == ILLNESS:
            return Window(_before(earliest_by_age(law.illness_ages, facts.group, person.birth), person), person.month)
        if kind == OFFICIAL:
            return Window(_official(facts, person, law), person.month)
    except NotConfigured as missing:
        raise ClaimRefused(f"{missing}，请联系经办机构", "kind") from missing
    return _flexible(kind, facts, person, law)


def _before(month: Month, person: Statutory) -> Month:
    return min(month, person.month)


def _official(facts: Facts, person: Statutory, law: Law) -> Month:
    if not facts.civil_servant:
        raise ClaimRefused("公务员提前退休只适用于公务员和参照公务员法管理的人员，请另选退休类别", "kind")
    if facts.work_started_on is None:
        raise ClaimRefused("缺少参加工作日期，无法判断公务员提前退休的条件，请先办理人员信息变更", "kind")
    return earliest_official(person, Month.of(facts.work_started_on), law.official_early)


def _flexible(kind: str, facts: Facts, person: Statutory, law: Law) -> Window:
    found = flexible_window(person, law.rules, official=facts.official)
    if kind == EARLY:
        if found.earliest == person.month:
            raise ClaimRefused(f"法定退休时间为{person.month.chinese}，没有可以弹性提前的月份，请另选退休类别", "kind")
        return Window(found.earliest, person.month - 1)
    if found.latest == person.month:
        barred = "公务员、领导人员及管理人员应按时退休，不弹性延迟" if facts.official else "没有可以弹性延迟的月份"
        raise ClaimRefused(f"法定退休时间为{person.month.chinese}，{barred}，请另选退休类别", "kind")
    return Window(person.month + 1, found.latest)


def earliest_day(kind: str, facts: Facts, law: Law) -> date:
    """The first day on which somebody may retire in a category: the day of birth in its first month."""
    return retirement_day(facts.birth, window(kind, facts, law).earliest)


def check_date(kind: str, retired_on: date, facts: Facts, law: Law, today: date) -> None:
    """Page 1: the category's earliest date is reached, or not farther away than claims may be early. Raises ClaimRefused."""
    label = codes.RETIREMENT_KIND.label(kind)
    open_months = window(kind, facts, law)
    month, earliest = Month.of(retired_on), retirement_day(facts.birth, open_months.earliest)
    if month < open_months.earliest or retired_on < earliest:
        raise ClaimRefused(f"{label}的退休日期最早为{_day(earliest)}，请修改退休日期或退休类别", "retired_on")
    if month > open_months.latest:
        until = open_months.latest.chinese
        raise ClaimRefused(f"{label}的退休时间不能晚于{until}，请修改退休日期或退休类别", "retired_on")
    if month < REFORM:
        raise ClaimRefused(f"{REFORM.chinese}前退休的按原办法办理，请到经办窗口申领", "retired_on")
    opens = retirement_day(retired_on, month - (law.lead_months or 0))
    if today < opens:
        lead = f"可提前{law.lead_months}个月申领" if law.lead_months else "当地未设置可提前申领的月数"
        raise ClaimRefused(f"退休日期{_day(retired_on)}尚未到，{lead}，最早{_day(opens)}起申领", "retired_on")


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def check_work_years(work_months: int, law: Law) -> None:
    """工作年限 as typed reaches the minimum (JX 7.1.3 rule 1). Raises ClaimRefused."""
    if law.working_years is not None and work_months < law.working_years * 12:
        raise ClaimRefused(
            f"工作年限{duration_text(work_months)}，不足{law.working_years}年，不能申领养老金，请核对", "work_years"
        )


def check_total(total: int, needed: int, year: int) -> None:
    """Paid and deemed months, with what was added and deducted, reach the year's minimum. Raises ClaimRefused."""
    if total < needed:
        raise ClaimRefused(
            f"累计缴费{duration_text(total)}（含视同缴费和核增核减），未达到{year}年的最低缴费年限"
            f"{duration_text(needed)}；有应计入的视同缴费年限的，请在核增核减中填写"
        )


def check_choice(month: Month, total: int, facts: Facts, law: Law) -> None:
    """弹性退休: the month lies in the window and the minimum contribution is met. Raises ClaimRefused."""
    try:
        check_flexible(statutory_of(facts, law), month, total, law.rules, official=facts.official)
    except FlexibleRefused as refused:
        raise ClaimRefused(str(refused), "retired_on") from refused


def check_within(starts_on: date, ends_on: date | None, work_started_on: date, retired_on: date) -> None:
    """Nothing of a working life lies before it began or after it ended (JX 7.1.3 to 7.1.5). Raises ClaimRefused.

    Months are given as their first day, so that the months of beginning and retirement belong to it.
    """
    for day, field in ((starts_on, "starts_on"), (ends_on, "ends_on")):
        if day is None:
            continue
        if day < work_started_on:
            raise ClaimRefused(f"不能早于参加工作日期{_day(work_started_on)}", field)
        if day > retired_on:
            raise ClaimRefused(f"不能晚于退休日期{_day(retired_on)}", field)


class SpecialStretch(Protocol):
    """A stretch of special work."""

    @property
    def kind(self) -> str: ...
    @property
    def starts_on(self) -> date: ...
    @property
    def ends_on(self) -> date: ...


def special_months(works: Iterable[SpecialStretch]) -> Counter[str]:
    """Months of special work by kind; begun months count."""
    found: Counter[str] = Counter()
    for work in works:
        found[work.kind] += Month.of(work.ends_on) - Month.of(work.starts_on) + 1
    return found


def check_special(months: Mapping[str, int], needed: Mapping[str, int | None]) -> None:
    """特殊工种 long enough: one kind by itself, or all together by the condition with the longest years (§3.5).

    Raises ClaimRefused, also where a region's figure is not configured.
    """
    if not months:
        raise ClaimRefused("特殊工种退休的，请至少填写一条特殊工种")
    open_kinds = [kind for kind in months if needed.get(kind) is None]
    if open_kinds:
        raise ClaimRefused("待配置：特殊工种最短期限，请联系经办机构")
    longest = max(needed[kind] or 0 for kind in months)
    total = sum(months.values())
    if total < longest and all(months[kind] < (needed[kind] or 0) for kind in months):
        raise ClaimRefused(f"特殊工种累计{duration_text(total)}，未达到规定的{duration_text(longest)}")


def years_changed_too_often(days: Sequence[date], limits: Mapping[int, int | None]) -> list[int]:
    """Years from 2014 to 2024 with more changes of rank than allowed (JX 7.1.5 rule 3); a year without limit has none."""
    counted = Counter(day.year for day in days if day.year in COUNTED_YEARS)
    return sorted(year for year, count in counted.items() if (limit := limits.get(year)) is not None and count > limit)
