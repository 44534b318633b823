"""When somebody retires: statutory month, flexible window, minimum contribution, months to pay out (计发月数).

Pure: no database, no clock. The figures of national law are dataclasses with their source and date; a
caller that has other ones (policies) passes its own. Every result can show its working in Chinese.
"""

import calendar
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from insurance.months import Month, age_text, duration_text


class NotConfigured(LookupError):
    """Figures that a rule needs and nobody has entered; the message is Chinese and begins with 待配置."""

    def __init__(self, *missing: str) -> None:
        super().__init__(f"待配置：{'、'.join(missing)}")
        self.missing = missing


class FlexibleRefused(ValueError):
    """A flexible retirement month that the rule does not allow; the message is the Chinese reason."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a working, as pages and prints show it."""

    label: str
    formula: str
    figures: str
    value: str


class Group(StrEnum):
    """The three groups of the delay rule, by sex and original statutory age."""

    MALE = "male"
    FEMALE55 = "female55"
    FEMALE50 = "female50"

    @property
    def label(self) -> str:
        """What readers call the group."""
        return {"male": "男职工", "female55": "原55周岁退休的女职工", "female50": "原50周岁退休的女职工"}[self]


@dataclass(frozen=True, slots=True)
class GroupRule:
    """How one group's retirement is put off: a month for each started span of births, up to a cap."""

    original_age: int  # years
    first_birth: Month  # the first month of birth that is put off
    births_per_month: int  # months of birth that share one month of delay
    cap_months: int


@dataclass(frozen=True, slots=True)
class MinimumContribution:
    """Months of contributions that a monthly pension needs: from ``rises_from`` on more each year, up to a cap."""

    months: int
    rises_from: int  # year
    yearly_rise: int  # months
    cap_months: int


@dataclass(frozen=True, slots=True)
class FlexibleRule:
    """How far the retirement month may be chosen, and how long before it is to be put in writing (months)."""

    in_force_from: Month
    max_months: int
    early_notice_months: int
    late_notice_months: int
    officials_may_delay: bool


@dataclass(frozen=True, slots=True)
class RetirementRules:
    """The rules that fix retirement months, with their sources."""

    groups: Mapping[Group, GroupRule]
    minimum: MinimumContribution
    flexible: FlexibleRule
    source: str
    flexible_source: str
    in_force_from: date


NATIONAL = RetirementRules(
    groups={
        Group.MALE: GroupRule(60, Month(1965, 1), births_per_month=4, cap_months=36),
        Group.FEMALE55: GroupRule(55, Month(1970, 1), births_per_month=4, cap_months=36),
        Group.FEMALE50: GroupRule(50, Month(1975, 1), births_per_month=2, cap_months=60),
    },
    minimum=MinimumContribution(months=180, rises_from=2030, yearly_rise=6, cap_months=240),
    # 公务员、领导人员和管理人员 retire on time unless their region says otherwise (policy flexible_delay_for_officials).
    flexible=FlexibleRule(
        Month(2025, 1), max_months=36, early_notice_months=3, late_notice_months=1, officials_may_delay=False
    ),
    source="关于实施渐进式延迟法定退休年龄的决定（2024-09-13）",
    flexible_source="实施弹性退休制度暂行办法（2025-01-01起施行）",
    in_force_from=date(2025, 1, 1),
)


@dataclass(frozen=True, slots=True)
class PayoutTable:
    """Months to pay out (计发月数) by whole age at retirement."""

    months: Mapping[int, int]
    source: str
    in_force_from: date


NATIONAL_PAYOUT = PayoutTable(
    # One of two circulating copies gives 207 for 47 (docs/decisions/0004-pension-parameters.md).
    {
        40: 233, 41: 230, 42: 226, 43: 223, 44: 220, 45: 216, 46: 212, 47: 208, 48: 204, 49: 199,
        50: 195, 51: 190, 52: 185, 53: 180, 54: 175, 55: 170, 56: 164, 57: 158, 58: 152, 59: 145,
        60: 139, 61: 132, 62: 125, 63: 117, 64: 109, 65: 101, 66: 93, 67: 84, 68: 75, 69: 65, 70: 56,
    },
    source="关于完善企业职工基本养老保险制度的决定（国发〔2005〕38号）",
    in_force_from=date(2006, 1, 1),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Statutory:
    """The statutory retirement of somebody born in a month; ages in months."""

    group: Group
    birth: Month
    original_month: Month
    delay_months: int
    month: Month

    @property
    def age_months(self) -> int:
        """The statutory age in months."""
        return self.month - self.birth


@dataclass(frozen=True, slots=True)
class Window:
    """First and last month that may be chosen, both included."""

    earliest: Month
    latest: Month


def statutory(group: Group, birth: Month, rules: RetirementRules = NATIONAL) -> Statutory:
    """The statutory retirement month (决定 第一条). Who was born before the rule's first month keeps the original age."""
    rule = rules.groups[group]
    elapsed = birth - rule.first_birth
    delay = 0 if elapsed < 0 else min(elapsed // rule.births_per_month + 1, rule.cap_months)
    original = birth + rule.original_age * 12
    return Statutory(group, birth, original, delay, original + delay)


def min_contribution_months(year: int, rules: RetirementRules = NATIONAL) -> int:
    """Months of contributions that a pension from this year on needs (决定 第二条: 2030 to 2039, six more each year)."""
    minimum = rules.minimum
    rises = max(0, year - minimum.rises_from + 1)
    return min(minimum.months + rises * minimum.yearly_rise, minimum.cap_months)


def required_months(person: Statutory, chosen: Month, rules: RetirementRules = NATIONAL) -> int:
    """The minimum contribution for a chosen month: of its year when early, of the statutory year otherwise.

    So going early over the turn of a year needs less, and going late never needs more.
    """
    return min_contribution_months(min(chosen, person.month).year, rules)


def flexible_window(person: Statutory, rules: RetirementRules = NATIONAL, *, official: bool = False) -> Window:
    """The months open to choice (决定 第三条): at most three years early or late, never below the original age.

    The window of who reached the statutory age before the rule came into force is that month alone.
    ``official``: 公务员、领导人员或管理人员, who may not stay longer unless the rules allow it.
    """
    flexible = rules.flexible
    if person.month < flexible.in_force_from:
        return Window(person.month, person.month)
    earliest = max(person.month - flexible.max_months, person.original_month)
    may_delay = flexible.officials_may_delay or not official
    return Window(earliest, person.month + flexible.max_months if may_delay else person.month)


def early_months(
    person: Statutory, contributed: int, as_of: Month, rules: RetirementRules = NATIONAL
) -> tuple[Month, ...]:
    """The early months whose minimum contribution is met by who goes on paying every month.

    ``contributed``: months paid and deemed up to and including ``as_of``. The months may have gaps: who meets
    December's minimum can miss that of January, when the year's minimum rises.
    """
    earliest = flexible_window(person, rules).earliest
    window = (earliest + offset for offset in range(person.month - earliest))
    return tuple(
        month for month in window if contributed + max(0, month - as_of) >= required_months(person, month, rules)
    )


def retirement_day(like: date, month: Month) -> date:
    """The day of a month that ``like`` (the day of birth) has, or the last of a shorter month."""
    return date(month.year, month.month, min(like.day, calendar.monthrange(month.year, month.month)[1]))


def notice_deadline(person: Statutory, birth: date, chosen: date, rules: RetirementRules = NATIONAL) -> date | None:
    """The last day to put a flexible retirement on the day ``chosen`` in writing; None in the statutory month.

    Early: the unit is told three months before the chosen day. Late: agreed one month before the day on which
    the statutory age is reached (弹性退休暂行办法).
    """
    month = Month.of(chosen)
    if month == person.month:
        return None
    if month < person.month:
        return retirement_day(chosen, month - rules.flexible.early_notice_months)
    reached = retirement_day(birth, person.month)
    return retirement_day(reached, person.month - rules.flexible.late_notice_months)


def check_flexible(
    person: Statutory, chosen: Month, contributed: int, rules: RetirementRules = NATIONAL, *, official: bool = False
) -> None:
    """Raise FlexibleRefused with the reason unless a month may be chosen; ``contributed``: months by that month."""
    window = flexible_window(person, rules, official=official)
    if chosen < window.earliest:
        raise FlexibleRefused(f"退休时间{chosen.chinese}早于最早可选择的{window.earliest.chinese}，请另选退休时间")
    if chosen > window.latest:
        barred = "（公务员、领导人员及管理人员应按时退休，不弹性延迟）" if official else ""
        raise FlexibleRefused(
            f"退休时间{chosen.chinese}晚于最晚可选择的{window.latest.chinese}{barred}，请另选退休时间"
        )
    needed = required_months(person, chosen, rules)
    if chosen != person.month and contributed < needed:
        raise FlexibleRefused(
            f"缴费年限{duration_text(contributed)}，未达到{min(chosen, person.month).year}年的最低缴费年限"
            f"{duration_text(needed)}，不能弹性退休"
        )


def can_choose(
    person: Statutory, chosen: Month, contributed: int, rules: RetirementRules = NATIONAL, *, official: bool = False
) -> bool:
    """Whether a month may be chosen."""
    try:
        check_flexible(person, chosen, contributed, rules, official=official)
    except FlexibleRefused:
        return False
    return True


def read_payout_table(rows: Iterable[str]) -> dict[int, int]:
    """The table of the policy ``payment_months``, whose parts read ``60:139``; raises ValueError in Chinese."""
    table: dict[int, int] = {}
    for row in rows:
        if not (found := re.fullmatch(r"\s*([0-9]+)\s*:\s*([0-9]+)\s*", row)):
            raise ValueError(f"计发月数“{row}”应为“退休年龄:月数”，例如60:139")
        table[int(found[1])] = int(found[2])
    return table


def payout_months(age_months: int, table: PayoutTable = NATIONAL_PAYOUT) -> Decimal:
    """Months over which an account is paid out, for an age in months (国发〔2005〕38号).

    Between whole ages linear by month, rounded half up to one decimal (60岁1个月 = 138.4); a whole age is
    exact. Raises NotConfigured for an age outside the table.
    """
    age, rest = divmod(age_months, 12)
    if age not in table.months or (rest and age + 1 not in table.months):
        raise NotConfigured(f"{age_text(age_months)}的计发月数")
    if not rest:
        return Decimal(table.months[age])
    exact = Decimal(table.months[age] * (12 - rest) + table.months[age + 1] * rest) / 12
    return exact.quantize(Decimal("0.1"), ROUND_HALF_UP)


def payout_line(age_months: int, table: PayoutTable = NATIONAL_PAYOUT) -> Line:
    """The working of ``payout_months``; raises NotConfigured."""
    months = payout_months(age_months, table)
    age, rest = divmod(age_months, 12)
    lower = table.months[age]
    between = f"{lower} − ({lower} − {table.months[age + 1]}) × {rest} ÷ 12" if rest else str(lower)
    formula = f"按退休年龄查表，不满整岁的按月内插；来源：{table.source}"
    return Line("计发月数", formula, f"{age_text(age_months)}：{between}", str(months))


@dataclass(frozen=True, slots=True)
class CategoryAge:
    """The age (years) from which a category of retirement is open; None where no figure is configured."""

    label: str
    male: int | None
    female: int | None
    source: str
    in_force_from: date


SPECIAL_WORK_AGE = CategoryAge(
    "特殊工种", male=55, female=45, source="关于工人退休、退职的暂行办法（国发〔1978〕104号）",
    in_force_from=date(1978, 6, 2),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OfficialEarlyRule:
    """When a 公务员 may ask to retire early; months, None where no figure is configured."""

    work_months: int | None  # enough on its own
    near_work_months: int | None  # enough within ``near_months`` of the statutory age
    near_months: int | None
    source: str
    in_force_from: date


OFFICIAL_EARLY = OfficialEarlyRule(
    work_months=360, near_work_months=240, near_months=60,
    source="公务员法（2018年修订）第九十三条", in_force_from=date(2019, 6, 1),
)  # fmt: skip


def earliest_by_age(ages: CategoryAge, group: Group, birth: Month) -> Month:
    """The first month in which a category's age is reached; raises NotConfigured. These ages are not put off."""
    age = ages.male if group is Group.MALE else ages.female
    if age is None:
        raise NotConfigured(f"{ages.label}{'男' if group is Group.MALE else '女'}性退休年龄")
    return birth + age * 12


def earliest_official(person: Statutory, first_worked: Month, rule: OfficialEarlyRule = OFFICIAL_EARLY) -> Month:
    """The first month in which a 公务员 may ask to retire early, at the latest the statutory one; raises NotConfigured."""
    if rule.work_months is None or rule.near_work_months is None or rule.near_months is None:
        raise NotConfigured("公务员提前退休条件")
    near = max(person.month - rule.near_months, first_worked + rule.near_work_months)
    return min(first_worked + rule.work_months, near, person.month)


def working(person: Statutory, rules: RetirementRules = NATIONAL, *, official: bool = False) -> tuple[Line, ...]:
    """How the retirement month, the window and the minimum contribution come about, line by line."""
    rule = rules.groups[person.group]
    needed = min_contribution_months(person.month.year, rules)
    birth, month = person.birth.chinese, person.month.chinese
    first, elapsed, step = rule.first_birth.chinese, person.birth - rule.first_birth, rule.births_per_month
    put_off = f"{first}至{birth}相差{elapsed}个月，{elapsed} ÷ {step}取整 + 1 = {elapsed // step + 1}"
    return (
        Line("原法定退休年龄", person.group.label, f"{birth} + {rule.original_age}周岁", person.original_month.chinese),
        Line(
            "延迟月数",
            f"{first}起出生的，每{step}个月延迟1个月，最多{rule.cap_months}个月",
            put_off if elapsed >= 0 else f"{birth}早于{first}，不延迟",
            f"{person.delay_months}个月",
        ),
        Line(
            "法定退休年龄",
            "原法定退休年龄 + 延迟月数",
            f"{rule.original_age}周岁 + {person.delay_months}个月",
            age_text(person.age_months),
        ),
        Line("法定退休时间", "出生年月 + 法定退休年龄", f"{birth} + {age_text(person.age_months)}", month),
        Line("最低缴费年限", "法定退休时间所在年份的最低缴费年限", f"{person.month.year}年", duration_text(needed)),
        *_window_lines(person, rules, official),
        payout_line(person.age_months),
        Line("政策依据", f"{rules.source}；{rules.flexible_source}", f"自{rules.in_force_from.isoformat()}起", ""),
    )


def _window_lines(person: Statutory, rules: RetirementRules, official: bool) -> tuple[Line, ...]:
    flexible, window = rules.flexible, flexible_window(person, rules, official=official)
    if person.month < flexible.in_force_from:
        reached = f"{person.month.chinese}已达到法定退休年龄"
        return (Line("弹性退休", f"自{flexible.in_force_from.chinese}起实行", reached, "不适用"),)
    longest = duration_text(flexible.max_months)
    needed = duration_text(required_months(person, window.earliest, rules))
    return (
        Line(
            "最早退休时间",
            f"弹性提前不超过{longest}，不早于原法定退休年龄，且达到所选年份的最低缴费年限",
            f"提前{person.month - window.earliest}个月，需缴费{needed}",
            window.earliest.chinese,
        ),
        Line(
            "最晚退休时间",
            f"弹性延迟不超过{longest}，须与单位协商一致",
            f"延迟{window.latest - person.month}个月",
            window.latest.chinese,
        ),
    )
