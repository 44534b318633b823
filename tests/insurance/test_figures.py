"""Which figures a region has on a day: its policies, national law where none differ, nothing where nobody entered one."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from common import codes, policies
from common.management.commands import load_policies
from common.models import PolicyValue
from insurance import figures
from insurance.months import Month
from insurance.pension_transition import YEARLY_SHARE
from insurance.retirement import (
    NATIONAL,
    NATIONAL_PAYOUT,
    OFFICIAL_EARLY,
    SPECIAL_WORK_AGE,
    min_contribution_months,
)
from tests.factories import make_region

pytestmark = pytest.mark.django_db
JIANGXI, NANCHANG = "360000", "360100"
NEW_YEAR = date(2026, 1, 1)


def enter(
    key: str, value: str, year: int = 2020, *, region: str | None = JIANGXI, to: int | None = None
) -> PolicyValue:
    if region:
        make_region(region)
    return PolicyValue.objects.create(
        key=key,
        value=value,
        region_id=region,
        valid_from=date(year, 1, 1),
        valid_to=date(to, 12, 31) if to else None,
        source="演示依据",
    )


def test_a_yearly_wage_belongs_to_the_year_before_it_came_into_force() -> None:
    enter("average_wage", "6000", 2024, to=2024)
    enter("average_wage", "6300", 2025)
    wages = figures.new_parameters(JIANGXI, Month(2026, 3)).average_wages
    assert {year: wage.value for year, wage in wages.items()} == {2023: 6000, 2024: 6300}


def test_a_year_without_a_figure_has_none_although_last_years_row_has_no_end() -> None:
    enter("wage_growth", "0.05", 2015)
    assert set(figures.old_parameters(JIANGXI).growth) == {2015}


def test_the_nearer_region_wins_year_by_year() -> None:
    enter("average_wage", "5000", 2024, region=None, to=2024)
    enter("average_wage", "6000", 2024)
    enter("average_wage", "5500", 2025, region=None)
    make_region(NANCHANG)
    wages = figures.new_parameters(NANCHANG, Month(2026, 3)).average_wages
    assert {year: wage.value for year, wage in wages.items()} == {2023: 6000, 2024: 5500}


def test_the_index_of_a_rank_is_taken_from_the_table_of_its_kind() -> None:
    enter("deemed_index.management", "管理五级:1.6,管理六级:1.4")
    found = figures.new_parameters(JIANGXI, Month(2026, 3), "M05").deemed_index
    assert found is not None
    assert (found.value, found.source) == (Decimal("1.6"), "演示依据")
    assert figures.new_parameters(JIANGXI, Month(2026, 3), "M07").deemed_index is None
    assert figures.new_parameters(JIANGXI, Month(2026, 3), "P05").deemed_index is None
    assert figures.new_parameters(JIANGXI, Month(2026, 3)).deemed_index is None


def test_figures_of_2014_hold_on_the_day_when_the_scheme_began() -> None:
    enter("retirement_subsidy_2014.worker", "普通工:800", 2014)
    enter("retirement_increase_2015.worker", "普通工:200", 2014)
    found = figures.old_parameters(JIANGXI, "W6")
    assert found.subsidy_2014 is not None
    assert found.increase_2015 is not None
    assert (found.subsidy_2014.value, found.increase_2015.value) == (800, 200)


def test_with_nothing_entered_nothing_is_invented() -> None:
    make_region(JIANGXI)
    new = figures.new_parameters(JIANGXI, Month(2026, 3), "G07")
    old = figures.old_parameters(JIANGXI, "G07")
    assert (dict(new.average_wages), new.deemed_index, new.transition_coefficient) == ({}, None, None)
    assert (old.subsidy_2014, old.increase_2015, dict(old.growth)) == (None, None, {})
    assert new.payout == NATIONAL_PAYOUT
    assert figures.law(JIANGXI, NEW_YEAR).illness_ages.male is None


def test_shipped_policies_say_what_the_law_in_the_code_says() -> None:
    for row in load_policies._rows(load_policies.DATA):
        if row.region_id is None:
            row.save()
    assert figures.retirement_rules("", NEW_YEAR) == NATIONAL
    assert figures.payout_table("", NEW_YEAR).months == NATIONAL_PAYOUT.months
    law = figures.law("", NEW_YEAR)
    assert (law.rules, law.special_ages, law.official_early) == (NATIONAL, SPECIAL_WORK_AGE, OFFICIAL_EARLY)
    assert law.special_months == {"heavy": 120, "underground": 108, "harmful": 96}
    assert (law.working_years, law.lead_months) == (15, None)
    for year in range(2015, 2045):
        assert figures.minimum_months("", Month(year, 6)) == min_contribution_months(year)
    assert YEARLY_SHARE.value == Decimal("0.1")


def test_a_region_may_let_officials_stay_longer() -> None:
    enter("flexible_delay_for_officials", "on")
    assert figures.retirement_rules(JIANGXI, NEW_YEAR).flexible.officials_may_delay
    assert not NATIONAL.flexible.officials_may_delay


@pytest.mark.parametrize("text", ["管理五级", "管理五级:1.6,管理五级:1.7", "管理五级:高", "处级:1.2", ""])
def test_a_table_by_rank_that_staff_mistype_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="视同缴费指数"):
        policies.parse(policies.get("deemed_index.management"), text)


def test_a_table_reads_as_it_was_entered() -> None:
    policy = policies.get("retirement_subsidy_2014.professional")
    assert policies.display(policy, "专技七级:1200.50") == "专技七级 1200.5元"


def test_every_rank_is_of_one_kind() -> None:
    kinds = [figures.kind_of_rank(code) for code in codes.RANK.codes]
    assert "" not in kinds
    assert len(codes.RANK) == sum(len(ranks) for ranks in codes.RANKS.values())
    assert figures.kind_of_rank("") == ""
