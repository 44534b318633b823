"""What the calculators reckon with in a region on a day: policies where they are stored, national law beside them.

What nobody has entered stays absent, so that an estimate names it (待配置) instead of guessing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

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
    min_contribution_months,
    read_payout_table,
)

# The figures by rank of 2014-09; their rows hold on the day when the scheme began.
REFORM_DAY = date(2014, 10, 1)


def kind_of_rank(rank: str) -> str:
    """Which of ``codes.RANKS`` a rank belongs to; "" for none."""
    return next((kind for kind, ranks in codes.RANKS.items() if rank in ranks), "")


_FLEXIBLE = {
    "flexible_retirement_months": "max_months",
    "flexible_early_notice_months": "early_notice_months",
    "flexible_late_notice_months": "late_notice_months",
    "flexible_delay_for_officials": "officials_may_delay",
}
_AGES = {"special_work_age": "特殊工种", "illness_retirement_age": "病退"}
_OFFICIAL = {
    "official_early_work_months": "work_months",
    "official_early_near_work_months": "near_work_months",
    "official_early_near_months": "near_months",
}
_SPECIAL = {
    "heavy": "special_work_months.heavy",
    "underground": "special_work_months.underground",
    "harmful": "special_work_months.harmful",
}
_LAW_KEYS = (
    *_FLEXIBLE,
    *(f"{key}_{sex}" for key in _AGES for sex in ("male", "female")),
    *_OFFICIAL,
    *_SPECIAL.values(),
    "pension_claim_lead_months",
    "working_years_min",
)


@dataclass(frozen=True, slots=True)
class Law:
    """What decides when somebody may retire in a region, as of a day; None where nobody has entered a figure."""

    rules: RetirementRules
    special_ages: CategoryAge
    illness_ages: CategoryAge
    official_early: OfficialEarlyRule
    special_months: Mapping[str, int | None]
    lead_months: int | None
    working_years: int | None


def law(region: str, on: date) -> Law:
    """All of it with one query."""
    rows = policies.rows_of(_LAW_KEYS, region, on)
    lead, years = rows.get("pension_claim_lead_months"), rows.get("working_years_min")
    return Law(
        rules=_rules(rows),
        special_ages=_ages("special_work_age", rows, on),
        illness_ages=_ages("illness_retirement_age", rows, on),
        official_early=replace(OFFICIAL_EARLY, **{name: _value(rows, key) for key, name in _OFFICIAL.items()}),
        special_months={kind: _value(rows, key) for kind, key in _SPECIAL.items()},
        lead_months=policies.read(lead) if lead else None,
        working_years=policies.read(years) if years else None,
    )


def retirement_rules(region: str, on: date) -> RetirementRules:
    """National law with the region's flexible retirement, as far as policies say something."""
    return _rules(policies.rows_of(_FLEXIBLE, region, on))


def _value(rows: Mapping[str, PolicyValue], key: str) -> Any:
    return policies.read(rows[key]) if key in rows else None


def _rules(rows: Mapping[str, PolicyValue]) -> RetirementRules:
    known = {name: policies.read(rows[key]) for key, name in _FLEXIBLE.items() if key in rows}
    return replace(NATIONAL, flexible=replace(NATIONAL.flexible, **known))


def _ages(key: str, rows: Mapping[str, PolicyValue], on: date) -> CategoryAge:
    known = rows.get(f"{key}_male") or rows.get(f"{key}_female")
    return CategoryAge(
        _AGES[key],
        _value(rows, f"{key}_male"),
        _value(rows, f"{key}_female"),
        known.source if known else "",
        known.valid_from if known else on,
    )


def minimum_months(region: str, month: Month) -> int:
    """The minimum contribution of a month's year: the policy in force then, else national law."""
    found = policies.value("min_contribution_months", region, date(month.year, month.month, 1))
    return min_contribution_months(month.year) if found is None else int(found)


def rank_changes(region: str, years: Iterable[int]) -> dict[int, int | None]:
    """How many 职务升降 a year may have; None where no policy says so."""
    return {year: policies.value("rank_changes_per_year", region, date(year, 12, 31)) for year in years if year >= 2014}


def payout_table(region: str, on: date) -> PayoutTable:
    """计发月数; the national table where no policy is stored."""
    return _payout(policies.row("payment_months", region, on))


def _payout(row: PolicyValue | None) -> PayoutTable:
    if row is None:
        return NATIONAL_PAYOUT
    return PayoutTable(read_payout_table(policies.read(row)), row.source, row.valid_from)


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
    return {
        year + shift: Parameter(policies.read(row), row.source, row.valid_from)
        for year, row in policies.by_year(key, region).items()
    }


def _of_rank(key: str, rank: str, region: str, on: date) -> Parameter | None:
    kind = kind_of_rank(rank)
    row = policies.row(f"{key}.{kind}", region, on) if kind else None
    if row is None:
        return None
    figure: Decimal | None = policies.read(row).get(codes.RANK.label(rank))
    return None if figure is None else Parameter(figure, row.source, row.valid_from)


def _parameter(row: PolicyValue | None) -> Parameter | None:
    return Parameter(policies.read(row), row.source, row.valid_from) if row else None
