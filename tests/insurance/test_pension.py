"""Pension estimates: both methods by hand-worked examples, the ten years of comparison, what is not configured."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insurance.months import Month
from insurance.pension import (
    DISCLAIMER,
    Claimant,
    ContributionYear,
    NewMethodParameters,
    Parameter,
    PensionError,
    account_pension,
    actual_index,
    average_index,
    basic_pension,
    new_method,
    transitional_pension,
)
from insurance.pension_transition import (
    OLD_RATIOS,
    OldMethodParameters,
    RatioStep,
    compare,
    old_method,
    transition_share,
)


def m(text: str) -> Month:
    return Month.parse(text)


def given_as(value: str | int) -> Parameter:
    return Parameter(Decimal(value), "演示文件", date(2020, 1, 1))


WAGES = {2017: given_as(5000), 2018: given_as(5500), 2019: given_as(6000)}
NEW = NewMethodParameters(WAGES, deemed_index=given_as("1.35"), transition_coefficient=given_as("0.013"))
OLD = OldMethodParameters(
    subsidy_2014=given_as(1000),
    increase_2015=given_as(250),
    growth={year: given_as("0.05") for year in range(2015, 2024)},
)
# 虚构: a man of 60 whose figures are easy to work out by hand.
CLAIMANT = Claimant(
    birth=m("1960-03"),
    joined=m("1982-08"),
    retirement=m("2020-03"),
    contributions=(ContributionYear(2018, Decimal(72000), 12), ContributionYear(2019, Decimal(78000), 12)),
    deemed_months=386,
    account_balance=Decimal(60000),
    annuity_balance=Decimal(90000),
    basic_wage_2014=Decimal(3000),
    work_months=450,
)


def retiring(month: str) -> Claimant:
    """The same man, retired in another month; what he paid in comes from years before any of them."""
    return replace(CLAIMANT, retirement=m(month), contributions=())


def test_the_actual_index_weighs_each_year_against_the_average_wage_of_the_year_before():
    # 72000 ÷ (5000 × 12) = 1.2; 78000 ÷ (5500 × 12) = 1.18181… → 1.1818; (1.2 + 1.1818) ÷ 2 = 1.1909
    estimate = actual_index(CLAIMANT, NEW)

    assert estimate.amount == Decimal("1.1909")
    assert [line.value for line in estimate.lines] == ["1.2000", "1.1818", "1.1909"]
    assert estimate.lines[1].figures == "78000.00 ÷ (5500.00 × 12)"


def test_a_year_paid_in_part_counts_as_a_part_of_the_years():
    # three months at 6000: 18000 ÷ 60000 = 0.3 in a quarter of a year; 0.3 ÷ (3 ÷ 12) = 1.2
    claimant = replace(CLAIMANT, contributions=(ContributionYear(2018, Decimal(18000), 3),))

    assert actual_index(claimant, NEW).amount == Decimal("1.2000")


def test_the_average_index_weighs_deemed_and_paid_months():
    # (1.35 × 386 + 1.1909 × 24) ÷ 410 = (521.1 + 28.5816) ÷ 410 = 549.6816 ÷ 410 = 1.34068… → 1.3407
    assert average_index(CLAIMANT, NEW).amount == Decimal("1.3407")


def test_the_basic_pension():
    # 6000 × 1.3407 = 8044.20; (6000 + 8044.20) ÷ 2 = 7022.10; × 410 ÷ 12 × 1 % = 7022.10 × 0.341666… = 2399.2175
    estimate = basic_pension(CLAIMANT, NEW)

    assert estimate.amount == Decimal("2399.22")
    assert estimate.lines[-1].figures == "(6000.00 + 8044.20) ÷ 2 × (410 ÷ 12) × 1%"


def test_the_transitional_pension():
    # 6000 × 1.35 = 8100; × 386 ÷ 12 = 260550; × 1.3 % = 3387.15
    assert transitional_pension(CLAIMANT, NEW).amount == Decimal("3387.15")


def test_accounts_are_paid_out_over_the_months_of_the_age_at_retirement():
    # 60000 ÷ 139 = 431.654…; a month older: 139 − 7 ÷ 12 → 138.4, 60000 ÷ 138.4 = 433.526…
    assert account_pension("个人账户养老金", Decimal(60000), 720).amount == Decimal("431.65")
    assert account_pension("个人账户养老金", Decimal(60000), 721).amount == Decimal("433.53")


def test_half_a_fen_is_rounded_up():
    # 13.90 ÷ 139 = 0.10; 1.39 ÷ 139 = 0.01; 0.695 ÷ 139 = 0.005
    assert account_pension("职业年金", Decimal("0.695"), 720).amount == Decimal("0.01")


def test_the_new_method_adds_its_four_parts():
    # 90000 ÷ 139 = 647.482…; 2399.22 + 3387.15 + 431.65 + 647.48 = 6865.50
    estimate = new_method(CLAIMANT, NEW)

    assert estimate.amount == Decimal("6865.50")
    assert estimate.missing == ()
    assert estimate.lines[-1].figures == "2399.22 + 3387.15 + 431.65 + 647.48"
    assert estimate.statement == "新办法待遇：6865.50元（以经办机构核定为准）"


def test_the_working_names_every_part_once_in_order_with_its_source():
    lines = new_method(CLAIMANT, NEW).lines

    assert [line.label for line in lines] == [
        "缴费年限", "2018年度缴费指数", "2019年度缴费指数", "实际平均缴费指数", "视同缴费指数", "平均缴费指数",
        "2019年度在岗职工月平均工资（C）", "本人指数化月平均缴费工资", "基础养老金", "过渡系数", "过渡性养老金",
        "计发月数", "个人账户养老金", "职业年金", "新办法待遇",
    ]  # fmt: skip
    assert lines[0].value == "34年2个月"
    assert (lines[9].formula, lines[9].figures, lines[9].value) == ("来源：演示文件", "自2020-01-01起", "1.3%")
    assert all(line.label and line.formula and line.figures and line.value for line in lines)


def test_who_has_no_deemed_contributions_needs_neither_index_nor_coefficient():
    # 新人: index 1.1909; 6000 × 1.1909 = 7145.40; (6000 + 7145.40) ÷ 2 × 24 ÷ 12 × 1 % = 131.454
    young = replace(CLAIMANT, joined=m("2018-01"), deemed_months=0)
    parameters = replace(NEW, deemed_index=None, transition_coefficient=None)

    assert basic_pension(young, parameters).amount == Decimal("131.45")
    assert transitional_pension(young, parameters).amount == 0
    # 131.45 + 0 + 431.65 + 647.48
    assert new_method(young, parameters).amount == Decimal("1210.58")


def test_who_has_only_deemed_contributions_takes_the_deemed_index():
    assert average_index(replace(CLAIMANT, contributions=()), NEW).amount == Decimal("1.3500")


def test_without_any_contribution_there_is_nothing_to_estimate():
    with pytest.raises(PensionError, match="没有缴费年限"):
        new_method(replace(CLAIMANT, contributions=(), deemed_months=0), NEW)


def test_the_old_method():
    # 3000 × 90 % + 1000 + 250 = 3950; retired 2020: G of 2015 to 2019; 1.05⁵ = 1.2762815625
    # 3950 × 1.2762815625 = 5041.312171875
    estimate = old_method(CLAIMANT, OLD)

    assert estimate.amount == Decimal("5041.31")
    assert estimate.lines[-2].figures == "3000.00 × 90% + 1000.00 + 250.00"
    assert estimate.lines[-1].figures == "3950.00 × (1 + 5%) × (1 + 5%) × (1 + 5%) × (1 + 5%) × (1 + 5%)"


@pytest.mark.parametrize("month", ["2014-10", "2014-12", "2015-01", "2015-12"])
def test_the_first_fifteen_months_of_the_scheme_have_no_growth(month):
    """2014-10 to 2014-12 count as of 2015, and G of 2014 is nought."""
    assert old_method(retiring(month), replace(OLD, growth={})).amount == Decimal("3950.00")


def test_growth_begins_with_that_of_2015_for_who_retires_in_2016():
    # 3950 × 1.05 = 4147.50
    assert old_method(retiring("2016-01"), OLD).amount == Decimal("4147.50")


@pytest.mark.parametrize(
    ("years", "ratio"),
    [(10, "0.70"), (19, "0.70"), (20, "0.80"), (29, "0.80"), (30, "0.85"), (34, "0.85"), (35, "0.90"), (45, "0.90")],
)
def test_the_ratio_goes_by_full_years_of_work(years, ratio):
    for months in (years * 12, years * 12 + 11):
        claimant = replace(retiring("2015-06"), work_months=months)
        assert old_method(claimant, OLD).amount == 3000 * Decimal(ratio) + 1250


def test_below_the_lowest_step_the_ratio_is_not_guessed():
    estimate = old_method(replace(CLAIMANT, work_months=119), OLD)

    assert (estimate.amount, estimate.missing) == (None, ("工作年限9年11个月的计发比例（M）",))


def test_a_province_may_have_ratios_of_its_own():
    ratios = (*OLD_RATIOS, RatioStep(0, given_as("0.6")))

    # 3000 × 60 % + 1250
    assert old_method(
        replace(retiring("2015-06"), work_months=100), replace(OLD, ratios=ratios)
    ).amount == Decimal("3050.00")  # fmt: skip


def test_the_old_method_plays_no_part_after_the_ten_years_nor_for_who_joined_later():
    with pytest.raises(PensionError, match="2024年9月后退休的不再按老办法计算"):
        old_method(retiring("2024-10"), OLD)
    with pytest.raises(PensionError, match="2014年10月起参加工作的不按老办法计算"):
        old_method(replace(CLAIMANT, joined=m("2014-10")), OLD)


@pytest.mark.parametrize(
    ("first", "last", "share"),
    [
        ("2014-10", "2015-12", "0.1"),
        ("2016-01", "2016-12", "0.2"),
        ("2017-01", "2017-12", "0.3"),
        ("2018-01", "2018-12", "0.4"),
        ("2019-01", "2019-12", "0.5"),
        ("2020-01", "2020-12", "0.6"),
        ("2021-01", "2021-12", "0.7"),
        ("2022-01", "2022-12", "0.8"),
        ("2023-01", "2023-12", "0.9"),
        ("2024-01", "2024-09", "1"),
    ],
)
def test_the_share_of_each_year_from_its_first_to_its_last_month(first, last, share):
    month = m(first)
    while month <= m(last):
        assert transition_share(month) == Decimal(share)
        month += 1


@pytest.mark.parametrize("month", ["2014-09", "2024-10", "2026-01"])
def test_outside_the_ten_years_there_is_no_share(month):
    assert transition_share(m(month)) is None


def test_what_the_new_method_gives_more_is_paid_by_the_share_of_the_year():
    # 2020: 5041.31 + (6865.50 − 5041.31) × 60 % = 5041.31 + 1094.514 → 1094.51 = 6135.82
    result = compare(CLAIMANT, NEW, OLD)

    assert result.old is not None
    assert (result.new.amount, result.old.amount) == (Decimal("6865.50"), Decimal("5041.31"))
    assert result.payable.amount == Decimal("6135.82")
    assert result.payable.lines[0].value == "60%"
    assert result.payable.lines[-1].figures == "5041.31 + (6865.50 − 5041.31) × 60%"


def test_nobody_gets_less_than_by_the_old_method():
    # B = 4000: 3000 × 90 % + 4000 + 250 = 6950; × 1.2762815625 = 8870.156859375
    result = compare(CLAIMANT, NEW, replace(OLD, subsidy_2014=given_as(4000)))

    assert result.payable.amount == Decimal("8870.16")
    assert result.payable.lines[-1].figures == "6865.50 ≤ 8870.16"


def test_in_the_last_nine_months_all_of_the_surplus_is_paid():
    parameters = replace(NEW, average_wages={2023: given_as(9000)})
    result = compare(retiring("2024-09"), parameters, OLD)

    assert result.old is not None
    assert result.new.amount is not None
    assert result.old.amount is not None
    assert result.new.amount > result.old.amount
    assert result.payable.amount == result.new.amount


def test_from_october_2024_only_the_new_method_counts():
    parameters = replace(NEW, average_wages={2023: given_as(9000)})
    result = compare(retiring("2024-10"), parameters, OldMethodParameters(None, None, {}))

    assert result.old is None
    assert result.payable.amount == result.new.amount
    assert result.payable.lines[0].formula == "2024年9月后退休，按新办法发放"


def test_who_joined_after_the_reform_is_not_compared():
    young = replace(CLAIMANT, joined=m("2014-10"), deemed_months=0)
    result = compare(young, NEW, OldMethodParameters(None, None, {}))

    assert result.old is None
    assert result.payable.amount == result.new.amount
    assert result.payable.lines[0].formula == "2014年10月起参加工作，按新办法发放"


@given(
    st.decimals(min_value=0, max_value=9000, places=2),
    st.integers(0, 119).map(lambda offset: m("2014-10") + offset),
)
def test_what_is_paid_lies_between_the_two_methods_and_never_below_the_old(wage, retirement):
    wages = {year: given_as(6000) for year in range(2013, 2024)}
    claimant = replace(CLAIMANT, retirement=retirement, contributions=(), basic_wage_2014=wage)
    result = compare(claimant, replace(NEW, average_wages=wages), OLD)

    assert result.old is not None
    assert result.new.amount is not None
    assert result.old.amount is not None
    assert result.payable.amount is not None
    assert result.old.amount <= result.payable.amount <= max(result.old.amount, result.new.amount)


def test_everything_that_is_not_configured_is_named_once_and_nothing_is_guessed():
    estimate = new_method(CLAIMANT, NewMethodParameters({2017: given_as(5000)}, None, None))

    assert estimate.amount is None
    assert estimate.missing == (
        "2018年度在岗职工月平均工资", "视同缴费指数", "2019年度在岗职工月平均工资", "过渡系数",
    )  # fmt: skip
    assert estimate.statement == (
        "新办法待遇：待配置（缺少2018年度在岗职工月平均工资、视同缴费指数、2019年度在岗职工月平均工资、过渡系数）"
    )


def test_the_parts_that_can_be_worked_out_are_shown_beside_those_that_cannot():
    lines = {line.label: line for line in new_method(CLAIMANT, replace(NEW, transition_coefficient=None)).lines}

    assert lines["过渡性养老金"].value == "待配置"
    assert lines["过渡性养老金"].figures == "缺少过渡系数"
    assert lines["基础养老金"].value == "2399.22元"
    assert lines["个人账户养老金"].value == "431.65元"
    assert lines["新办法待遇"].value == "待配置"


def test_the_old_method_names_the_years_of_growth_that_are_missing():
    parameters = OldMethodParameters(None, None, {2015: given_as("0.05"), 2017: given_as("0.05")})
    estimate = old_method(replace(CLAIMANT, basic_wage_2014=None), parameters)

    assert estimate.missing == (
        "2014年9月基本工资（A）", "2014年9月退休补贴标准（B）", "国办发〔2015〕3号增加的退休费（C）",
        "2016年度工资增长率（G）", "2018年度工资增长率（G）", "2019年度工资增长率（G）",
    )  # fmt: skip


def test_while_one_method_lacks_a_figure_nothing_is_payable():
    result = compare(CLAIMANT, replace(NEW, deemed_index=None), replace(OLD, increase_2015=None))

    assert result.payable.amount is None
    assert result.payable.missing == ("视同缴费指数", "国办发〔2015〕3号增加的退休费（C）")
    late = compare(retiring("2024-10"), NEW, OLD)
    assert late.payable.missing == ("2023年度在岗职工月平均工资",)


def test_an_age_outside_the_payout_table_is_not_guessed():
    estimate = account_pension("职业年金", Decimal(90000), 71 * 12)

    assert (estimate.amount, estimate.missing) == (None, ("71周岁的计发月数",))


def test_every_estimate_carries_the_disclaimer():
    result = compare(CLAIMANT, NEW, OLD)

    assert result.old is not None
    assert {result.new.disclaimer, result.old.disclaimer, result.payable.disclaimer} == {DISCLAIMER}
    assert DISCLAIMER == "以经办机构核定为准"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"retirement": m("2014-09")}, "2014年10月前退休的按原办法发放"),
        ({"contributions": (ContributionYear(2018, Decimal(1), 1),) * 2}, "同一年度的缴费记录重复"),
        ({"contributions": (ContributionYear(2021, Decimal(1), 1),)}, "2021年的缴费晚于退休时间2020年3月"),
        ({"joined": m("2020-04")}, "应依次在后"),
        ({"joined": m("1960-03")}, "应依次在后"),
        ({"deemed_months": -1}, "不能为负数"),
        ({"account_balance": Decimal(-1)}, "不能为负数"),
        ({"basic_wage_2014": Decimal(-1)}, "不能为负数"),
    ],
)
def test_facts_that_contradict_each_other_are_refused(changes, reason):
    with pytest.raises(PensionError, match=reason):
        replace(CLAIMANT, **changes)


@pytest.mark.parametrize(("base", "months"), [(1, 0), (1, 13), (0, 12), (-1, 12)])
def test_a_year_of_contributions_has_up_to_twelve_months_and_a_base(base, months):
    with pytest.raises(PensionError, match="2018年"):
        ContributionYear(2018, Decimal(base), months)


def test_an_average_wage_of_nought_is_refused():
    with pytest.raises(PensionError, match="2018年度在岗职工月平均工资应大于0"):
        NewMethodParameters({2018: given_as(0)}, None, None)
