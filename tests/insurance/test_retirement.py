"""Retirement months: the delay of each group, flexible choice, minimum contribution, months to pay out."""

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import policies, policy_keys  # noqa: F401  (declares the policies)
from insurance.months import Month, age_text, duration_text
from insurance.retirement import (
    NATIONAL,
    NATIONAL_PAYOUT,
    OFFICIAL_EARLY,
    SPECIAL_WORK_AGE,
    CategoryAge,
    FlexibleRefused,
    FlexibleRule,
    Group,
    NotConfigured,
    OfficialEarlyRule,
    RetirementRules,
    can_choose,
    check_flexible,
    earliest_by_age,
    earliest_official,
    early_months,
    flexible_window,
    min_contribution_months,
    notice_deadline,
    payout_line,
    payout_months,
    read_payout_table,
    required_months,
    retirement_day,
    statutory,
    working,
)

POLICIES = Path(__file__).resolve().parents[2] / "common" / "data" / "policies.csv"
ORIGINAL_AGE = {Group.MALE: 60, Group.FEMALE55: 55, Group.FEMALE50: 50}
CAP = {Group.MALE: 36, Group.FEMALE55: 36, Group.FEMALE50: 60}
groups = st.sampled_from(list(Group))
births = st.builds(Month, st.integers(1920, 2040), st.integers(1, 12))


def m(text: str) -> Month:
    return Month.parse(text)


def staircase(first: str, span: int, cap: int) -> Iterator[tuple[str, int]]:
    """The official table as it is printed: each step a span of births and one month more, until the cap.

    Counts month by month on the calendar, without the division that the rule is programmed with. Ten more
    years of births follow at the cap.
    """
    year, month = map(int, first.split("-"))
    delay = 1
    while delay <= cap + 120 // span:
        for _ in range(span):
            yield f"{year:04d}-{month:02d}", min(delay, cap)
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        delay += 1


def age_reached(birth: str, age: int, delay: int) -> str:
    """The calendar month in which somebody is ``age`` years and ``delay`` months old, month by month."""
    year, month = map(int, birth.split("-"))
    year += age
    for _ in range(delay):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return f"{year:04d}-{month:02d}"


@pytest.mark.parametrize(
    ("group", "first", "span"),
    [(Group.MALE, "1965-01", 4), (Group.FEMALE55, "1970-01", 4), (Group.FEMALE50, "1975-01", 2)],
)
def test_every_month_of_birth_follows_the_official_staircase(group, first, span):
    for birth, delay in staircase(first, span, CAP[group]):
        person = statutory(group, m(birth))
        expected = age_reached(birth, ORIGINAL_AGE[group], delay)
        assert (birth, person.delay_months, str(person.month)) == (birth, delay, expected)


@pytest.mark.parametrize(
    ("group", "birth", "age", "month"),
    [
        # Official examples: men born in January to April 1965, then May to August; women of 50 in pairs of months.
        ("male", "1965-01", "60周岁1个月", "2025-02"),
        ("male", "1965-04", "60周岁1个月", "2025-05"),
        ("male", "1965-05", "60周岁2个月", "2025-07"),
        ("male", "1965-08", "60周岁2个月", "2025-10"),
        ("female50", "1975-01", "50周岁1个月", "2025-02"),
        ("female50", "1975-02", "50周岁1个月", "2025-03"),
        ("female50", "1975-03", "50周岁2个月", "2025-05"),
        ("female50", "1975-04", "50周岁2个月", "2025-06"),
        ("female55", "1970-01", "55周岁1个月", "2025-02"),
        ("female55", "1970-05", "55周岁2个月", "2025-07"),
        # Born the month before the rule's first: the original age, as for all before.
        ("male", "1964-12", "60周岁", "2024-12"),
        ("female55", "1969-12", "55周岁", "2024-12"),
        ("female50", "1974-12", "50周岁", "2024-12"),
        ("male", "1950-06", "60周岁", "2010-06"),
        # The last step before the cap, and the first at it: 1976 is not all at 63.
        ("male", "1976-01", "62周岁10个月", "2038-11"),
        ("male", "1976-08", "62周岁11个月", "2039-07"),
        ("male", "1976-09", "63周岁", "2039-09"),
        ("male", "1976-12", "63周岁", "2039-12"),
        ("male", "1977-01", "63周岁", "2040-01"),
        ("female55", "1981-08", "57周岁11个月", "2039-07"),
        ("female55", "1981-09", "58周岁", "2039-09"),
        ("female50", "1984-10", "54周岁11个月", "2039-09"),
        ("female50", "1984-11", "55周岁", "2039-11"),
        ("female50", "1999-12", "55周岁", "2054-12"),
    ],
)
def test_known_dates(group, birth, age, month):
    person = statutory(Group(group), m(birth))

    assert (age_text(person.age_months), str(person.month)) == (age, month)


@given(groups, births)
def test_who_is_born_later_never_retires_earlier(group, birth):
    assert statutory(group, birth).month < statutory(group, birth + 1).month


@given(groups, births)
def test_the_delay_stays_within_its_cap_and_never_shrinks(group, birth):
    now, next_month = statutory(group, birth), statutory(group, birth + 1)

    assert 0 <= now.delay_months <= CAP[group]
    assert now.delay_months <= next_month.delay_months <= now.delay_months + 1
    assert now.month == now.original_month + now.delay_months


@given(groups, births, st.booleans())
def test_the_flexible_window_holds_the_statutory_month_and_keeps_the_original_age(group, birth, official):
    person = statutory(group, birth)
    window = flexible_window(person, official=official)

    assert person.original_month <= window.earliest <= person.month <= window.latest
    assert person.month - window.earliest <= 36
    assert window.latest - person.month <= 36


@pytest.mark.parametrize(
    ("group", "birth", "earliest", "latest"),
    [
        ("male", "1965-01", "2025-01", "2028-02"),  # one month early is the original age
        ("male", "1976-08", "2036-08", "2042-07"),  # 35 months early
        ("male", "1976-09", "2036-09", "2042-09"),  # 36 months, and the original age too
        ("female50", "1980-01", "2030-01", "2035-08"),  # delay 31
        ("female50", "1984-11", "2036-11", "2042-11"),  # delay 60: three years early is still two past 50
        ("female55", "1981-09", "2036-09", "2042-09"),
        ("male", "1964-12", "2024-12", "2024-12"),  # retired before flexible retirement came into force
    ],
)
def test_the_flexible_window(group, birth, earliest, latest):
    window = flexible_window(statutory(Group(group), m(birth)))

    assert (str(window.earliest), str(window.latest)) == (earliest, latest)


def test_officials_retire_on_time_unless_their_region_lets_them_stay():
    person = statutory(Group.MALE, m("1970-01"))
    flexible = NATIONAL.flexible
    lenient = RetirementRules(
        NATIONAL.groups, NATIONAL.minimum,
        FlexibleRule(flexible.in_force_from, flexible.max_months, 3, 1, officials_may_delay=True),
        NATIONAL.source, NATIONAL.flexible_source, NATIONAL.in_force_from,
    )  # fmt: skip

    assert flexible_window(person, official=True).latest == person.month
    assert flexible_window(person, lenient, official=True).latest == person.month + 36
    assert flexible_window(person, official=True).earliest == flexible_window(person).earliest


def test_the_minimum_contribution_rises_six_months_a_year_from_2030_to_2039():
    table = {
        2030: (15, 6), 2031: (16, 0), 2032: (16, 6), 2033: (17, 0), 2034: (17, 6),
        2035: (18, 0), 2036: (18, 6), 2037: (19, 0), 2038: (19, 6), 2039: (20, 0),
    }  # fmt: skip
    assert {year: divmod(min_contribution_months(year), 12) for year in table} == table
    assert {min_contribution_months(year) for year in (1995, 2014, 2024, 2025, 2029)} == {180}
    assert {min_contribution_months(year) for year in (2040, 2060)} == {240}


def test_going_early_over_the_turn_of_a_year_needs_that_years_minimum():
    person = statutory(Group.MALE, m("1969-06"))  # statutory 2030-08, early from 2029-06

    assert str(person.month) == "2030-08"
    assert required_months(person, m("2029-12")) == 180
    assert required_months(person, m("2030-01")) == 186
    assert required_months(person, person.month) == 186
    assert can_choose(person, m("2029-12"), 180)
    assert not can_choose(person, m("2030-01"), 185)


def test_staying_longer_keeps_the_minimum_of_the_statutory_year():
    person = statutory(Group.MALE, m("1968-12"))  # statutory 2029-12

    assert str(person.month) == "2029-12"
    assert required_months(person, m("2031-05")) == 180
    assert can_choose(person, m("2031-05"), 180)


def test_the_months_open_to_an_early_choice_may_have_a_gap_at_the_turn_of_a_year():
    person = statutory(Group.MALE, m("1969-06"))

    # 180 months by 2029-11: enough that year, 182 in January 2030 against 186, enough again from May on (186).
    open_months = [str(month) for month in early_months(person, 180, m("2029-11"))]

    assert "2029-12" in open_months
    assert not {"2030-01", "2030-02", "2030-03", "2030-04"} & set(open_months)
    assert open_months[-3:] == ["2030-05", "2030-06", "2030-07"]


def test_no_early_month_is_open_to_who_cannot_reach_the_minimum():
    assert early_months(statutory(Group.MALE, m("1969-06")), 100, m("2029-06")) == ()


@given(groups, births, st.integers(0, 400), st.integers(0, 60))
def test_every_early_month_that_is_open_may_be_chosen(group, birth, contributed, lead):
    person = statutory(group, birth)
    as_of = person.month - lead
    for month in early_months(person, contributed, as_of):
        assert month < person.month
        assert can_choose(person, month, contributed + max(0, month - as_of))


@pytest.mark.parametrize(
    ("chosen", "contributed", "official", "reason"),
    [
        ("2029-05", 300, False, "退休时间2029年5月早于最早可选择的2029年6月，请另选退休时间"),
        ("2033-09", 300, False, "退休时间2033年9月晚于最晚可选择的2033年8月，请另选退休时间"),
        (
            "2030-09", 300, True,
            "退休时间2030年9月晚于最晚可选择的2030年8月（公务员、领导人员及管理人员应按时退休，不弹性延迟），请另选退休时间",
        ),
        ("2030-01", 185, False, "缴费年限15年5个月，未达到2030年的最低缴费年限15年6个月，不能弹性退休"),
    ],
)  # fmt: skip
def test_a_month_that_may_not_be_chosen_is_refused_with_the_reason(chosen, contributed, official, reason):
    with pytest.raises(FlexibleRefused) as refused:
        check_flexible(statutory(Group.MALE, m("1969-06")), m(chosen), contributed, official=official)

    assert str(refused.value) == reason


def test_the_statutory_month_is_not_a_flexible_choice_and_asks_for_no_minimum_here():
    person = statutory(Group.MALE, m("1969-06"))
    check_flexible(person, person.month, 0)


def test_who_retired_before_2025_has_no_flexible_choice():
    person = statutory(Group.MALE, m("1964-12"))

    assert not can_choose(person, m("2025-01"), 300)
    assert not can_choose(person, m("2024-11"), 300)
    assert early_months(person, 300, m("2024-01")) == ()


@pytest.mark.parametrize(
    ("birth", "chosen", "deadline"),
    [
        (date(1969, 6, 15), date(2029, 10, 15), date(2029, 7, 15)),  # early: three months before the chosen day
        (date(1969, 6, 15), date(2030, 5, 31), date(2030, 2, 28)),  # a shorter month ends earlier
        (date(1969, 6, 15), date(2031, 3, 15), date(2030, 7, 15)),  # late: one month before the statutory day
        (date(1969, 6, 15), date(2030, 8, 15), None),
    ],
)
def test_flexible_retirement_is_put_in_writing_in_time(birth, chosen, deadline):
    assert notice_deadline(statutory(Group.MALE, Month.of(birth)), birth, chosen) == deadline


def test_the_day_of_retirement_is_the_birthdays_or_the_last_of_a_shorter_month():
    assert retirement_day(date(1965, 8, 31), m("2025-10")) == date(2025, 10, 31)
    assert retirement_day(date(1970, 12, 31), m("2026-02")) == date(2026, 2, 28)
    assert retirement_day(date(1968, 1, 29), m("2028-02")) == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("years", "months", "expected"),
    [
        (40, 0, "233"), (50, 0, "195"), (55, 0, "170"), (60, 0, "139"), (63, 0, "117"), (70, 0, "56"),
        (60, 1, "138.4"),  # 139 − 7 ÷ 12 = 138.41…
        (50, 1, "194.6"),  # 195 − 5 ÷ 12 = 194.58…
        (60, 6, "135.5"),  # 139 − 7 × 6 ÷ 12
        (62, 11, "117.7"),  # 125 − 8 × 11 ÷ 12 = 117.66…
        (40, 1, "232.8"),  # 233 − 3 ÷ 12 = 232.75, half up
        (66, 1, "92.3"),  # 93 − 9 ÷ 12 = 92.25, half up
        (69, 11, "56.8"),  # 65 − 9 × 11 ÷ 12 = 56.75, half up
    ],
)  # fmt: skip
def test_months_to_pay_out(years, months, expected):
    assert str(payout_months(years * 12 + months)) == expected


@given(st.integers(40 * 12, 70 * 12 - 1))
def test_who_retires_later_is_paid_out_over_fewer_months(age):
    assert payout_months(age) > payout_months(age + 1)


@given(st.integers(40, 69), st.integers(1, 11))
def test_between_whole_ages_the_months_to_pay_out_lie_on_the_line(age, rest):
    low, high = NATIONAL_PAYOUT.months[age], NATIONAL_PAYOUT.months[age + 1]
    stepped = Decimal(low)
    for _ in range(rest):
        stepped -= Decimal(low - high) / 12
    assert abs(payout_months(age * 12 + rest) - stepped) <= Decimal("0.0500001")


@pytest.mark.parametrize(("age", "named"), [(39 * 12, "39周岁"), (39 * 12 + 11, "39周岁11个月"), (841, "70周岁1个月")])
def test_ages_outside_the_table_are_not_guessed(age, named):
    with pytest.raises(NotConfigured, match=f"^待配置：{named}的计发月数$"):
        payout_months(age)


def test_the_working_of_the_months_to_pay_out_shows_the_interpolation():
    line = payout_line(60 * 12 + 1)

    assert (line.figures, line.value) == ("60周岁1个月：139 − (139 − 132) × 1 ÷ 12", "138.4")
    assert payout_line(60 * 12).figures == "60周岁：139"
    assert "国发〔2005〕38号" in line.formula


def policy_rows(key: str) -> list[dict[str, str]]:
    with POLICIES.open(encoding="utf-8") as lines:
        return [row for row in csv.DictReader(lines) if row["key"] == key and not row["region"]]


def test_the_national_figures_are_those_that_ship_as_policies():
    """The calculator works without a database; what it knows may not drift from the policies."""
    for row in policy_rows("min_contribution_months"):
        last = int(row["valid_to"][:4]) if row["valid_to"] else 2100
        years = range(int(row["valid_from"][:4]), last + 1)
        assert {min_contribution_months(year) for year in years} == {int(row["value"])}
    [payout] = policy_rows("payment_months")
    assert read_payout_table(policies.parse(policies.get("payment_months"), payout["value"])) == NATIONAL_PAYOUT.months
    flexible = NATIONAL.flexible
    for key, figure in (
        ("flexible_retirement_months", flexible.max_months),
        ("flexible_early_notice_months", flexible.early_notice_months),
        ("flexible_late_notice_months", flexible.late_notice_months),
        ("special_work_age_male", SPECIAL_WORK_AGE.male),
        ("special_work_age_female", SPECIAL_WORK_AGE.female),
    ):
        assert [row["value"] for row in policy_rows(key)] == [str(figure)]
    assert [row["value"] for row in policy_rows("flexible_delay_for_officials")] == ["off"]
    assert flexible.officials_may_delay is False


def test_a_payout_table_that_cannot_be_read_is_named():
    assert read_payout_table(["60:139", " 61 : 132 "]) == {60: 139, 61: 132}
    with pytest.raises(ValueError, match="计发月数“60=139”应为"):
        read_payout_table(["60=139"])


def test_special_work_retires_at_its_own_age_without_delay():
    assert earliest_by_age(SPECIAL_WORK_AGE, Group.MALE, m("1970-05")) == m("2025-05")
    assert earliest_by_age(SPECIAL_WORK_AGE, Group.FEMALE55, m("1980-05")) == m("2025-05")
    assert earliest_by_age(SPECIAL_WORK_AGE, Group.FEMALE50, m("1980-05")) == m("2025-05")


def test_an_age_that_nobody_entered_is_named():
    illness = CategoryAge("病退", male=50, female=None, source="演示文件", in_force_from=date(2020, 1, 1))

    assert earliest_by_age(illness, Group.MALE, m("1975-01")) == m("2025-01")
    with pytest.raises(NotConfigured, match="待配置：病退女性退休年龄"):
        earliest_by_age(illness, Group.FEMALE50, m("1975-01"))


@pytest.mark.parametrize(
    ("first_worked", "earliest"),
    [
        ("1990-07", "2020-07"),  # thirty years of work come first
        ("1998-07", "2025-08"),  # twenty years long since, five years before 2030-08
        ("2008-03", "2028-03"),  # within five years, when twenty years are full
        ("2015-01", "2030-08"),  # never early
    ],
)
def test_an_official_may_ask_early_after_thirty_years_or_twenty_within_five(first_worked, earliest):
    person = statutory(Group.MALE, m("1969-06"))

    assert earliest_official(person, m(first_worked)) == m(earliest)


def test_early_retirement_of_officials_is_not_guessed():
    rule = OfficialEarlyRule(None, 240, 60, OFFICIAL_EARLY.source, OFFICIAL_EARLY.in_force_from)

    with pytest.raises(NotConfigured, match="待配置：公务员提前退休条件"):
        earliest_official(statutory(Group.MALE, m("1969-06")), m("1990-07"), rule)


def test_the_working_leads_from_the_birth_to_the_window():
    lines = {line.label: line for line in working(statutory(Group.MALE, m("1969-06")))}

    assert lines["原法定退休年龄"].value == "2029年6月"
    assert lines["延迟月数"].figures == "1965年1月至1969年6月相差53个月，53 ÷ 4取整 + 1 = 14"
    assert lines["延迟月数"].value == "14个月"
    assert lines["法定退休年龄"].value == "61周岁2个月"
    assert lines["法定退休时间"].value == "2030年8月"
    assert lines["最低缴费年限"].value == "15年6个月"
    assert lines["最早退休时间"].figures == "提前14个月，需缴费15年"  # chosen in 2029
    assert lines["最晚退休时间"].value == "2033年8月"
    assert lines["计发月数"].value == "130.8"  # 132 − 7 × 2 ÷ 12 = 130.83…
    assert "2025-01-01" in lines["政策依据"].figures


def test_the_working_of_who_retired_before_the_rule_says_so():
    lines = {line.label: line for line in working(statutory(Group.FEMALE50, m("1974-12")))}

    assert lines["延迟月数"].figures == "1974年12月早于1975年1月，不延迟"
    assert lines["弹性退休"].value == "不适用"
    assert "最早退休时间" not in lines


def test_groups_have_names_for_readers():
    assert [group.label for group in Group] == ["男职工", "原55周岁退休的女职工", "原50周岁退休的女职工"]


@pytest.mark.parametrize("text", ["", "1965", "1965-1", "1965-00", "1965-13", "65-01", "1965/01", "1965-01-01", "１９６５-01", "1965-01\n"])  # fmt: skip
def test_a_month_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match="不是有效的年月"):
        Month.parse(text)


@given(births, st.integers(-2000, 2000))
def test_months_add_and_subtract(month, offset):
    assert (month + offset) - month == offset
    assert (month + offset) - offset == month
    assert Month.parse(str(month)) == month


def test_durations_read_in_years_and_months():
    assert [duration_text(months) for months in (0, 5, 12, 186)] == ["0个月", "5个月", "1年", "15年6个月"]
    assert m("1965-03").chinese == "1965年3月"
