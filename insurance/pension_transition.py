"""The old method (老办法) and the ten years of comparison with the new one (保低限高), 2014-10 to 2024-09.

Pure, with the same rounding and the same working as pension; the old method's growth is multiplied out exactly.

Source: 人社部发〔2015〕28号.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from insurance.months import Month, duration_text
from insurance.pension import (
    REFORM,
    Claimant,
    Estimate,
    NewMethodParameters,
    Parameter,
    PensionError,
    cited,
    money,
    new_method,
    percent,
    rounded,
    unconfigured,
)
from insurance.retirement import Line

TRANSITION_SOURCE = "关于贯彻落实机关事业单位养老保险制度改革决定的通知（人社部发〔2015〕28号）"
TRANSITION_END = Month(2024, 9)
YEARLY_SHARE = Parameter(Decimal("0.1"), TRANSITION_SOURCE, date(2014, 10, 1))
RATIO_SOURCE = "机关事业单位离退休人员计发离退休费的实施办法（国人部发〔2006〕60号）"


@dataclass(frozen=True, slots=True)
class RatioStep:
    """The old method's ratio (M) from a number of full years of work on."""

    years: int
    ratio: Parameter


OLD_RATIOS = tuple(
    RatioStep(years, Parameter(Decimal(ratio), source, date(2006, 7, 1)))
    for years, ratio, source in (
        (35, "0.90", RATIO_SOURCE),
        (30, "0.85", RATIO_SOURCE),
        (20, "0.80", RATIO_SOURCE),
        (10, "0.70", f"{RATIO_SOURCE}，待对照原文核实"),
    )
)


@dataclass(frozen=True, slots=True)
class OldMethodParameters:
    """What the old method needs beside the claimant's facts; None or absent means nobody has entered it."""

    subsidy_2014: Parameter | None  # B: retirement subsidy of the rank in 2014-09, yuan a month
    increase_2015: Parameter | None  # C: increase of the rank under 国办发〔2015〕3号, yuan a month
    growth: Mapping[int, Parameter]  # G by year, from 2015; G of 2014 is nought by definition
    ratios: tuple[RatioStep, ...] = OLD_RATIOS


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both methods side by side, and what is paid; ``old`` is None where the old method plays no part."""

    new: Estimate
    old: Estimate | None
    payable: Estimate


def transition_share(retirement: Month) -> Decimal | None:
    """The share of what the new method gives above the old one; None outside the ten years.

    Retired up to 2015-12: 10 %; each calendar year after ten points more; 2024-01 to 2024-09: all of it.
    """
    if not REFORM <= retirement <= TRANSITION_END:
        return None
    return YEARLY_SHARE.value * (_retirement_year(retirement) - 2014)


def _retirement_year(retirement: Month) -> int:
    """The year that counts (N): who retired in the last three months of 2014 counts as of 2015."""
    return max(retirement.year, 2015)


def _ratio(claimant: Claimant, steps: tuple[RatioStep, ...]) -> Parameter | None:
    reached = [step for step in steps if claimant.work_months >= step.years * 12]
    return max(reached, key=lambda step: step.years).ratio if reached else None


def _growth(claimant: Claimant, growth: Mapping[int, Parameter]) -> tuple[dict[int, Parameter], list[str]]:
    """The growth of each year before retirement (G of 2015 to N−1), and the names of those nobody entered."""
    years = range(2015, _retirement_year(claimant.retirement))
    known = {year: growth[year] for year in years if year in growth}
    return known, [f"{year}年度工资增长率（G）" for year in years if year not in growth]


def old_method(claimant: Claimant, parameters: OldMethodParameters) -> Estimate:
    """老办法 = (A × M + B + C) × Π(1 + G), from 2014-09 figures carried on to the year of retirement.

    Raises PensionError for who retired after the ten years or entered work after the reform.
    """
    if transition_share(claimant.retirement) is None:
        raise PensionError(f"{TRANSITION_END.chinese}后退休的不再按老办法计算")
    if not claimant.straddles_reform:
        raise PensionError(f"{REFORM.chinese}起参加工作的不按老办法计算")
    title, formula = "老办法待遇", "2014年9月计发标准 × 各年度（1 + 工资增长率）之积"
    ratio = _ratio(claimant, parameters.ratios)
    growth, missing = _growth(claimant, parameters.growth)
    wage, subsidy, increase = claimant.basic_wage_2014, parameters.subsidy_2014, parameters.increase_2015
    ratio_name = f"工作年限{duration_text(claimant.work_months)}的计发比例（M）"
    found = (
        ("2014年9月基本工资（A）", wage),
        (ratio_name, ratio),
        ("2014年9月退休补贴标准（B）", subsidy),
        ("国办发〔2015〕3号增加的退休费（C）", increase),
    )
    lines = [
        cited(name, value, percent(value.value) if value is ratio else money(value.value))
        for name, value in found
        if isinstance(value, Parameter)
    ]
    lines += [cited(f"{year}年度工资增长率（G）", value, percent(value.value)) for year, value in growth.items()]
    missing = [name for name, value in found if value is None] + missing
    if wage is None or ratio is None or subsidy is None or increase is None or missing:
        return unconfigured(title, formula, missing, lines)
    standard = rounded(wage * ratio.value + subsidy.value + increase.value, "0.01")
    figures = f"{wage:.2f} × {percent(ratio.value)} + {subsidy.value:.2f} + {increase.value:.2f}"
    lines.append(Line("2014年9月计发标准", "A × M + B + C", figures, money(standard)))
    product, factors = Decimal(1), ""
    for value in growth.values():
        product *= 1 + value.value
        factors += f" × (1 + {percent(value.value)})"
    amount = rounded(standard * product, "0.01")
    lines.append(Line(title, formula, f"{standard}{factors or ' × 1'}", money(amount)))
    return Estimate(title, amount, tuple(lines))


def _new_only(new: Estimate, reason: str) -> Comparison:
    title = "月养老金待遇"
    if new.amount is None:
        return Comparison(new, None, unconfigured(title, reason, new.missing))
    line = Line(title, reason, "新办法待遇", money(new.amount))
    return Comparison(new, None, Estimate(title, new.amount, (line,)))


def compare(claimant: Claimant, new: NewMethodParameters, old: OldMethodParameters) -> Comparison:
    """Both methods and what is paid (28号文): never below the old one, of the surplus the share of the year.

    Only who was in work before the reform is compared, and only when retiring by 2024-09.
    """
    by_new = new_method(claimant, new)
    if not claimant.straddles_reform:
        return _new_only(by_new, f"{REFORM.chinese}起参加工作，按新办法发放")
    share = transition_share(claimant.retirement)
    if share is None:
        return _new_only(by_new, f"{TRANSITION_END.chinese}后退休，按新办法发放")
    by_old = old_method(claimant, old)
    return Comparison(by_new, by_old, _payable(by_new, by_old, share))


def _payable(new: Estimate, old: Estimate, share: Decimal) -> Estimate:
    title, formula = "月养老金待遇", "新办法不高于老办法的，按老办法；高于的，老办法 +（新办法 − 老办法）× 当年发放比例"
    if new.amount is None or old.amount is None:
        return unconfigured(title, formula, [*new.missing, *old.missing])
    if new.amount <= old.amount:
        line = Line(title, formula, f"{new.amount:.2f} ≤ {old.amount:.2f}", money(old.amount))
        return Estimate(title, old.amount, (line,))
    amount = old.amount + rounded((new.amount - old.amount) * share, "0.01")
    figures = f"{old.amount:.2f} + ({new.amount:.2f} − {old.amount:.2f}) × {percent(share)}"
    lines = (cited("超出部分发放比例", YEARLY_SHARE, percent(share)), Line(title, formula, figures, money(amount)))
    return Estimate(title, amount, lines)
