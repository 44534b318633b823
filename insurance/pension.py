"""Estimates of the monthly pension of government units' staff by the new method (新办法).

Pure, Decimal throughout. Each line of a working is rounded once, half up, as it is shown (amounts to the fen,
indices to four decimals), and the next line goes on with what is shown: whoever has the lines can recompute
them by hand. Figures that a province has not entered are not guessed: the estimate has no amount then and names
them after 待配置. The old method and the years of comparison are in pension_transition.

Sources: 国发〔2015〕2号 (机关事业单位工作人员养老保险制度改革的决定) and 人社部发〔2015〕28号 (its implementation).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from insurance.months import Month, duration_text
from insurance.retirement import NATIONAL_PAYOUT, Line, NotConfigured, PayoutTable, payout_line, payout_months

DISCLAIMER = "以经办机构核定为准"
REFORM_SOURCE = "关于机关事业单位工作人员养老保险制度改革的决定（国发〔2015〕2号）"
REFORM = Month(2014, 10)
ZERO = Decimal(0)


class PensionError(ValueError):
    """Facts that contradict each other or that the scheme does not cover; the message is Chinese."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure with the document it comes from and the day it holds from."""

    value: Decimal
    source: str
    in_force_from: date


ACCRUAL_RATE = Parameter(Decimal("0.01"), REFORM_SOURCE, date(2014, 10, 1))


@dataclass(frozen=True, slots=True)
class NewMethodParameters:
    """What the new method needs beside the claimant's facts; None or absent means nobody has entered it."""

    average_wages: Mapping[int, Parameter]  # year → that year's monthly average wage of the province, yuan
    deemed_index: Parameter | None  # 视同缴费指数 of the claimant's rank
    transition_coefficient: Parameter | None
    accrual_rate: Parameter = ACCRUAL_RATE
    payout: PayoutTable = NATIONAL_PAYOUT

    def __post_init__(self) -> None:
        for year, wage in self.average_wages.items():
            if wage.value <= 0:
                raise PensionError(f"{_wage_name(year)}应大于0")


@dataclass(frozen=True, slots=True)
class ContributionYear:
    """The contributions of a calendar year: the sum of the monthly bases (yuan) and the months paid."""

    year: int
    total_base: Decimal
    months: int

    def __post_init__(self) -> None:
        if not 1 <= self.months <= 12:
            raise PensionError(f"{self.year}年的缴费月数应为1至12")
        if self.total_base <= 0:
            raise PensionError(f"{self.year}年的缴费基数之和应大于0")


@dataclass(frozen=True, slots=True)
class StatedIndex:
    """实际平均缴费指数 over a number of months as somebody states it, where the yearly bases are not at hand."""

    index: Decimal
    months: int

    def __post_init__(self) -> None:
        if self.months < 0 or self.index < 0:
            raise PensionError("实际缴费月数和缴费指数不能为负数")


@dataclass(frozen=True, slots=True)
class Claimant:
    """The facts of somebody who retires; months of deemed contributions include 核增 and exclude 核减.

    Real contributions are given by year, or as ``stated``.
    """

    birth: Month
    joined: Month  # 参加工作年月
    retirement: Month
    contributions: tuple[ContributionYear, ...]
    deemed_months: int
    account_balance: Decimal  # 基本养老保险个人账户储存额, yuan
    annuity_balance: Decimal  # 职业年金个人账户储存额, yuan
    basic_wage_2014: Decimal | None = None  # A: 2014年9月基本工资, yuan a month
    work_months: int = 0  # 工作年限 at retirement
    stated: StatedIndex | None = None

    def __post_init__(self) -> None:
        if self.retirement < REFORM:
            raise PensionError(f"{REFORM.chinese}前退休的按原办法发放，不适用本测算")
        years = [paid.year for paid in self.contributions]
        if len(set(years)) < len(years):
            raise PensionError("同一年度的缴费记录重复，请合并后测算")
        if not self.birth < self.joined <= self.retirement:
            raise PensionError("出生年月、参加工作年月、退休时间应依次在后，请核对")
        if years and max(years) > self.retirement.year:
            raise PensionError(f"{max(years)}年的缴费晚于退休时间{self.retirement.chinese}")
        if self.deemed_months < 0 or self.work_months < 0:
            raise PensionError("视同缴费月数和工作年限不能为负数")
        if self.account_balance < 0 or self.annuity_balance < 0 or (self.basic_wage_2014 or ZERO) < 0:
            raise PensionError("账户储存额和工资不能为负数")

    @property
    def paid_months(self) -> int:
        """Months of real contributions."""
        if self.stated is not None:
            return self.stated.months
        return sum(paid.months for paid in self.contributions)

    @property
    def total_months(self) -> int:
        """Months of real and deemed contributions."""
        return self.paid_months + self.deemed_months

    @property
    def straddles_reform(self) -> bool:
        """Whether this is a 中人: in work before the reform, retired after it."""
        return self.joined < REFORM


@dataclass(frozen=True, slots=True)
class Estimate:
    """An amount or index with its working; ``amount`` is None while ``missing`` names what is not configured."""

    title: str
    amount: Decimal | None
    lines: tuple[Line, ...]
    missing: tuple[str, ...] = ()
    disclaimer: str = DISCLAIMER

    @property
    def statement(self) -> str:
        """The result in a sentence for pages and prints."""
        if self.amount is None:
            return f"{self.title}：待配置（缺少{'、'.join(self.missing)}）"
        return f"{self.title}：{self.lines[-1].value}（{self.disclaimer}）"


def rounded(value: Decimal, step: str) -> Decimal:
    """``value`` rounded half up to a step such as 0.01."""
    return value.quantize(Decimal(step), ROUND_HALF_UP)


def money(amount: Decimal) -> str:
    """An amount as readers see it."""
    return f"{amount:.2f}元"


def plain(value: Decimal) -> str:
    """A figure without trailing noughts."""
    return f"{value.normalize():f}"


def percent(value: Decimal) -> str:
    """A ratio as a percentage."""
    return f"{plain(value * 100)}%"


def cited(name: str, parameter: Parameter, value: str) -> Line:
    """A parameter as a line of its own, with where it comes from and since when it holds."""
    return Line(name, f"来源：{parameter.source}", f"自{parameter.in_force_from.isoformat()}起", value)


def unconfigured(title: str, formula: str, missing: Iterable[str], lines: Iterable[Line] = ()) -> Estimate:
    """An estimate without an amount, because the figures named are not entered; duplicates are named once."""
    names = tuple(dict.fromkeys(missing))
    return Estimate(title, None, (*lines, Line(title, formula, f"缺少{'、'.join(names)}", "待配置")), names)


def _wage_name(year: int) -> str:
    return f"{year}年度在岗职工月平均工资"


def actual_index(claimant: Claimant, parameters: NewMethodParameters) -> Estimate:
    """实际平均缴费指数 = Σ(本人年缴费基数 ÷ 上年度社平) ÷ N, N being the years really paid; nought without any."""
    title, formula = "实际平均缴费指数", "各年度缴费指数之和 ÷ 实际缴费年限"
    if claimant.stated is not None and claimant.stated.months:
        index = claimant.stated.index
        return Estimate(title, index, (Line(title, formula, "按填写的数值", plain(index)),))
    if not claimant.contributions:
        return Estimate(title, ZERO, (Line(title, formula, "无实际缴费", "0"),))
    lines, total, missing = [], ZERO, []
    for paid in sorted(claimant.contributions, key=lambda paid: paid.year):
        wage = parameters.average_wages.get(paid.year - 1)
        if wage is None:
            missing.append(_wage_name(paid.year - 1))
            continue
        index = rounded(paid.total_base / (wage.value * 12), "0.0001")
        total += index
        lines.append(
            Line(
                f"{paid.year}年度缴费指数",
                f"本人当年缴费基数之和 ÷（{_wage_name(paid.year - 1)} × 12）；工资来源：{wage.source}",
                f"{paid.total_base:.2f} ÷ ({wage.value:.2f} × 12)",
                f"{index}",
            )
        )
    if missing:
        return unconfigured(title, formula, missing, lines)
    index = rounded(total * 12 / claimant.paid_months, "0.0001")
    figures = f"{total} ÷ ({claimant.paid_months} ÷ 12)"
    return Estimate(title, index, (*lines, Line(title, formula, figures, f"{index}")))


def average_index(claimant: Claimant, parameters: NewMethodParameters) -> Estimate:
    """本人平均缴费指数: the deemed and the actual index, weighted by their months."""
    title = "平均缴费指数"
    formula = "（视同缴费指数 × 视同缴费月数 + 实际平均缴费指数 × 实际缴费月数）÷ 缴费总月数"
    if not claimant.total_months:
        raise PensionError("没有缴费年限，无法测算")
    actual = actual_index(claimant, parameters)
    lines, missing = list(actual.lines), list(actual.missing)
    deemed = ZERO
    if claimant.deemed_months:
        if parameters.deemed_index is None:
            missing.append("视同缴费指数")
        else:
            deemed = parameters.deemed_index.value
            lines.append(cited("视同缴费指数", parameters.deemed_index, plain(deemed)))
    if missing or actual.amount is None:
        return unconfigured(title, formula, missing, lines)
    weighted = deemed * claimant.deemed_months + actual.amount * claimant.paid_months
    index = rounded(weighted / claimant.total_months, "0.0001")
    figures = (
        f"({plain(deemed)} × {claimant.deemed_months} + {actual.amount} × {claimant.paid_months})"
        f" ÷ {claimant.total_months}"
    )
    return Estimate(title, index, (*lines, Line(title, formula, figures, f"{index}")))


def basic_pension(claimant: Claimant, parameters: NewMethodParameters) -> Estimate:
    """基础养老金 = (C + C × 平均缴费指数) ÷ 2 × 缴费年限（含视同） × 1%, C being last year's average wage."""
    rate, months = parameters.accrual_rate.value, claimant.total_months
    title = "基础养老金"
    formula = f"（C + 本人指数化月平均缴费工资）÷ 2 × 缴费年限（含视同）× {percent(rate)}"
    index = average_index(claimant, parameters)
    year = claimant.retirement.year - 1
    wage = parameters.average_wages.get(year)
    lines = list(index.lines)
    if wage is not None:
        lines.append(cited(f"{_wage_name(year)}（C）", wage, money(wage.value)))
    if wage is None or index.amount is None:
        return unconfigured(title, formula, [*index.missing, *([] if wage else [_wage_name(year)])], lines)
    indexed = rounded(wage.value * index.amount, "0.01")
    amount = rounded((wage.value + indexed) / 2 * months / 12 * rate, "0.01")
    return Estimate(
        title,
        amount,
        (
            *lines,
            Line("本人指数化月平均缴费工资", "C × 平均缴费指数", f"{wage.value:.2f} × {index.amount}", money(indexed)),
            Line(
                title,
                formula,
                f"({wage.value:.2f} + {indexed}) ÷ 2 × ({months} ÷ 12) × {percent(rate)}",
                money(amount),
            ),
        ),
    )


def transitional_pension(claimant: Claimant, parameters: NewMethodParameters) -> Estimate:
    """过渡性养老金 = C × 视同缴费指数 × 视同缴费年限 × 过渡系数; nought without deemed contributions."""
    title, formula = "过渡性养老金", "C × 视同缴费指数 × 视同缴费年限 × 过渡系数"
    if not claimant.deemed_months:
        return Estimate(title, ZERO, (Line(title, formula, "无视同缴费年限", money(ZERO)),))
    year = claimant.retirement.year - 1
    wage, index = parameters.average_wages.get(year), parameters.deemed_index
    coefficient = parameters.transition_coefficient
    if wage is None or index is None or coefficient is None:
        named = ((_wage_name(year), wage), ("视同缴费指数", index), ("过渡系数", coefficient))
        return unconfigured(title, formula, [name for name, value in named if value is None])
    amount = rounded(wage.value * index.value * claimant.deemed_months / 12 * coefficient.value, "0.01")
    figures = (
        f"{wage.value:.2f} × {plain(index.value)} × ({claimant.deemed_months} ÷ 12) × {percent(coefficient.value)}"
    )
    source = cited("过渡系数", coefficient, percent(coefficient.value))
    return Estimate(title, amount, (source, Line(title, formula, figures, money(amount))))


def account_pension(title: str, balance: Decimal, age_months: int, payout: PayoutTable = NATIONAL_PAYOUT) -> Estimate:
    """An account (个人账户养老金, 职业年金) over the months to pay out of the age at retirement."""
    formula = "储存额 ÷ 计发月数"
    try:
        months = payout_months(age_months, payout)
    except NotConfigured as error:
        return unconfigured(title, formula, error.missing)
    amount = rounded(balance / months, "0.01")
    line = Line(title, formula, f"{balance:.2f} ÷ {months}", money(amount))
    return Estimate(title, amount, (payout_line(age_months, payout), line))


def new_method(claimant: Claimant, parameters: NewMethodParameters) -> Estimate:
    """新办法 = 基础 + 过渡 + 个人账户 + 职业年金 (国发〔2015〕2号); the annuity counts in the comparison as well."""
    title, formula = "新办法待遇", "基础养老金 + 过渡性养老金 + 个人账户养老金 + 职业年金"
    age, payout = claimant.retirement - claimant.birth, parameters.payout
    parts = (
        basic_pension(claimant, parameters),
        transitional_pension(claimant, parameters),
        account_pension("个人账户养老金", claimant.account_balance, age, payout),
        account_pension("职业年金", claimant.annuity_balance, age, payout),
    )
    lines = [
        Line("缴费年限", "实际缴费年限 + 视同缴费年限",
             f"{claimant.paid_months}个月 + {claimant.deemed_months}个月", duration_text(claimant.total_months)),
        *dict.fromkeys(line for part in parts for line in part.lines),  # the months to pay out once
    ]  # fmt: skip
    amounts = [part.amount for part in parts if part.amount is not None]
    if len(amounts) < len(parts):
        return unconfigured(title, formula, (name for part in parts for name in part.missing), lines)
    total = sum(amounts, ZERO)
    figures = " + ".join(f"{amount:.2f}" for amount in amounts)
    return Estimate(title, total, (*lines, Line(title, formula, figures, money(total))))
