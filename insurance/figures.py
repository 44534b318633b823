"""What the calculators reckon with in a region on a day: policies where they are stored, national law beside them.

What nobody has entered stays absent, so that an estimate names it (待配置) instead of guessing.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from common import codes, policies
from common.models import PolicyValue
from insurance.months import Month
from insurance.pension import ACCRUAL_RATE, NewMethodParameters, Parameter
from insurance.pension_transition import OldMethodParameters
from insurance.retirement import (
    NATIONAL,
    NATIONAL_PAYOUT,
    OFFICIAL_EARLY,
    CategoryAge,
    OfficialEarlyRule,
    PayoutTable,
    RetirementRules,
    read_payout_table,
)

# The figures by rank of 2014-09; their rows hold on the day when the scheme began.
REFORM_DAY = date(2014, 10, 1)


def kind_of_rank(rank: str) -> str:
    """Which of ``codes.RANKS`` a rank belongs to; "" for none."""
    return next((kind for kind, ranks in codes.RANKS.items() if rank in ranks), "")


def retirement_rules(region: str, on: date) -> RetirementRules:
    """National law with the region's flexible retirement, as far as policies say something."""
    flexible = NATIONAL.flexible
    found = {
        "max_months": policies.value("flexible_retirement_months", region, on),
        "early_notice_months": policies.value("flexible_early_notice_months", region, on),
        "late_notice_months": policies.value("flexible_late_notice_months", region, on),
        "officials_may_delay": policies.value("flexible_delay_for_officials", region, on),
    }
    known = {name: value for name, value in found.items() if value is not None}
    return replace(NATIONAL, flexible=replace(flexible, **known))


def special_work_ages(region: str, on: date) -> CategoryAge:
    """From which age who did 特殊工种 may retire."""
    return _ages("特殊工种", "special_work_age", region, on)


def illness_ages(region: str, on: date) -> CategoryAge:
    """From which age 病退 is open; no national figure is documented."""
    return _ages("病退", "illness_retirement_age", region, on)


def _ages(label: str, key: str, region: str, on: date) -> CategoryAge:
    male = policies.row(f"{key}_male", region, on)
    female = policies.row(f"{key}_female", region, on)
    known = male or female
    return CategoryAge(
        label,
        int(male.value) if male else None,
        int(female.value) if female else None,
        known.source if known else "",
        known.valid_from if known else on,
    )


def official_early(region: str, on: date) -> OfficialEarlyRule:
    """When a 公务员 may ask to retire early (公务员法 第九十三条)."""
    return replace(
        OFFICIAL_EARLY,
        work_months=policies.value("official_early_work_months", region, on),
        near_work_months=policies.value("official_early_near_work_months", region, on),
        near_months=policies.value("official_early_near_months", region, on),
    )


def payout_table(region: str, on: date) -> PayoutTable:
    """计发月数; the national table where no policy is stored."""
    row = policies.row("payment_months", region, on)
    if row is None:
        return NATIONAL_PAYOUT
    table = read_payout_table(policies.parse(policies.get(row.key), row.value))
    return PayoutTable(table, row.source, row.valid_from)


def new_parameters(region: str, retirement: Month, rank: str = "") -> NewMethodParameters:
    """What the new method needs; ``rank`` (codes.RANK) decides 视同缴费指数."""
    on = date(retirement.year, retirement.month, 1)
    return NewMethodParameters(
        # A row that came into force in a year holds the wage of the year before it (docs/decisions/0004).
        average_wages=_by_year("average_wage", region, shift=-1),
        deemed_index=_of_rank("deemed_index", rank, region, on),
        transition_coefficient=_parameter(policies.row("transition_coefficient", region, on)),
        accrual_rate=ACCRUAL_RATE,
        payout=payout_table(region, on),
    )


def old_parameters(region: str, rank: str = "") -> OldMethodParameters:
    """What the old method needs: figures of the rank in 2014-09, and the growth of each year."""
    return OldMethodParameters(
        subsidy_2014=_of_rank("retirement_subsidy_2014", rank, region, REFORM_DAY),
        increase_2015=_of_rank("retirement_increase_2015", rank, region, REFORM_DAY),
        growth=_by_year("wage_growth", region),
    )


def _by_year(key: str, region: str, shift: int = 0) -> Mapping[int, Parameter]:
    policy = policies.get(key)
    return {
        year + shift: Parameter(policies.parse(policy, row.value), row.source, row.valid_from)
        for year, row in policies.by_year(key, region).items()
    }


def _of_rank(key: str, rank: str, region: str, on: date) -> Parameter | None:
    kind = kind_of_rank(rank)
    row = policies.row(f"{key}.{kind}", region, on) if kind else None
    if row is None:
        return None
    figure: Decimal | None = policies.parse(policies.get(row.key), row.value).get(codes.RANK.label(rank))
    return None if figure is None else Parameter(figure, row.source, row.valid_from)


def _parameter(row: PolicyValue | None) -> Parameter | None:
    return Parameter(policies.parse(policies.get(row.key), row.value), row.source, row.valid_from) if row else None
