"""When a pension may be claimed: the window of every category, and what a working life may hold (E6; JX 7.1)."""

from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insurance import claim_rules
from insurance.claim_rules import ClaimRefused, Facts
from insurance.figures import Law
from insurance.life import Span, first_overlap, gaps, spans
from insurance.life_chart import WIDTH, Lane, draw
from insurance.months import Month
from insurance.retirement import NATIONAL, OFFICIAL_EARLY, SPECIAL_WORK_AGE, CategoryAge, Group

NO_ILLNESS = CategoryAge("病退", None, None, "", date(2026, 1, 1))
LAW = Law(
    rules=NATIONAL,
    special_ages=SPECIAL_WORK_AGE,
    illness_ages=NO_ILLNESS,
    official_early=OFFICIAL_EARLY,
    special_months={"heavy": 120, "underground": 108, "harmful": 96},
    lead_months=None,
    working_years=15,
)
BORN = date(1966, 3, 15)  # by law July 2026
FACTS = Facts(BORN, Group.MALE, date(1988, 7, 1), official=False, civil_servant=False)
SERVANT = replace(FACTS, official=True, civil_servant=True)
LATER = date(2030, 1, 1)


@pytest.mark.parametrize(
    ("kind", "facts", "earliest", "latest"),
    [
        ("2", FACTS, Month(2026, 7), Month(2026, 7)),
        ("3", FACTS, Month(2021, 3), Month(2026, 7)),
        ("5", SERVANT, Month(2018, 7), Month(2026, 7)),
        ("5", replace(SERVANT, work_started_on=date(2000, 1, 1)), Month(2021, 7), Month(2026, 7)),
        ("6", FACTS, Month(2026, 3), Month(2026, 6)),
        ("7", FACTS, Month(2026, 8), Month(2029, 7)),
    ],
)
def test_every_category_has_its_window(kind: str, facts: Facts, earliest: Month, latest: Month) -> None:
    found = claim_rules.window(kind, facts, LAW)
    assert (found.earliest, found.latest) == (earliest, latest)


@pytest.mark.parametrize(
    ("kind", "facts", "reason"),
    [
        ("4", FACTS, "待配置：病退男性退休年龄"),
        ("5", FACTS, "只适用于公务员"),
        ("5", replace(SERVANT, work_started_on=None), "缺少参加工作日期"),
        ("6", replace(FACTS, birth=date(1960, 1, 1)), "没有可以弹性提前的月份"),
        ("7", SERVANT, "应按时退休，不弹性延迟"),
        ("7", replace(FACTS, birth=date(1960, 1, 1)), "没有可以弹性延迟的月份"),
    ],
)
def test_a_category_that_is_closed_says_why(kind: str, facts: Facts, reason: str) -> None:
    with pytest.raises(ClaimRefused, match=reason) as refused:
        claim_rules.window(kind, facts, LAW)
    assert refused.value.field == "kind"


@pytest.mark.parametrize(
    ("kind", "day", "reason"),
    [
        ("2", date(2026, 7, 14), "最早为2026年7月15日"),
        ("2", date(2026, 6, 30), "最早为2026年7月15日"),
        ("2", date(2026, 8, 1), "不能晚于2026年7月"),
        ("6", date(2026, 3, 14), "最早为2026年3月15日"),
        ("6", date(2026, 7, 15), "不能晚于2026年6月"),
        ("7", date(2029, 8, 1), "不能晚于2029年7月"),
        ("3", date(2021, 3, 14), "最早为2021年3月15日"),
    ],
)
def test_the_date_lies_in_the_window_to_the_day(kind: str, day: date, reason: str) -> None:
    with pytest.raises(ClaimRefused, match=reason) as refused:
        claim_rules.check_date(kind, day, FACTS, LAW, LATER)
    assert refused.value.field == "retired_on"


@pytest.mark.parametrize("day", [date(2026, 7, 15), date(2026, 7, 31)])
def test_the_first_day_of_the_window_and_the_rest_of_its_month_are_open(day: date) -> None:
    claim_rules.check_date("2", day, FACTS, LAW, LATER)


@pytest.mark.parametrize(
    ("lead", "today", "open_already"),
    [
        (None, date(2026, 7, 14), False),
        (None, date(2026, 7, 15), True),
        (2, date(2026, 5, 14), False),
        (2, date(2026, 5, 15), True),
    ],
)
def test_a_claim_may_be_early_by_the_lead_time_of_the_policy_alone(
    lead: int | None, today: date, open_already: bool
) -> None:
    law = replace(LAW, lead_months=lead)
    if open_already:
        claim_rules.check_date("2", date(2026, 7, 15), FACTS, law, today)
    else:
        with pytest.raises(ClaimRefused, match=r"最早.*起申领"):
            claim_rules.check_date("2", date(2026, 7, 15), FACTS, law, today)


def test_who_retired_before_the_scheme_began_goes_to_the_counter() -> None:
    old = replace(FACTS, birth=date(1950, 3, 1))
    with pytest.raises(ClaimRefused, match="按原办法办理"):
        claim_rules.check_date("2", date(2010, 3, 1), old, LAW, LATER)


@pytest.mark.parametrize(("months", "enough"), [(179, False), (180, True)])
def test_fifteen_years_of_work_are_needed(months: int, enough: bool) -> None:
    if enough:
        claim_rules.check_work_years(months, LAW)
    else:
        with pytest.raises(ClaimRefused, match="不足15年"):
            claim_rules.check_work_years(months, LAW)


@pytest.mark.parametrize(("total", "enough"), [(185, False), (186, True)])
def test_the_months_reach_the_minimum_of_the_year(total: int, enough: bool) -> None:
    if enough:
        claim_rules.check_total(total, 186, 2030)
    else:
        with pytest.raises(ClaimRefused, match="未达到2030年的最低缴费年限15年6个月"):
            claim_rules.check_total(total, 186, 2030)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (date(1988, 6, 30), date(1990, 1, 1), "starts_on"),
        (date(1988, 7, 1), date(1988, 7, 1), ""),
        (date(2026, 7, 15), date(2026, 7, 15), ""),
        (date(2026, 7, 16), date(2026, 7, 16), "starts_on"),
        (date(2026, 7, 1), date(2026, 7, 16), "ends_on"),
        (date(2000, 1, 1), None, ""),
    ],
)
def test_nothing_lies_before_the_first_day_of_work_or_after_the_last(
    first: date, last: date | None, field: str
) -> None:
    if not field:
        claim_rules.check_within(first, last, date(1988, 7, 1), date(2026, 7, 15))
        return
    with pytest.raises(ClaimRefused) as refused:
        claim_rules.check_within(first, last, date(1988, 7, 1), date(2026, 7, 15))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("months", "reason"),
    [
        ({}, "至少填写一条"),
        ({"heavy": 119}, "未达到规定的10年"),
        ({"heavy": 120}, ""),
        ({"underground": 107}, "未达到规定的9年"),
        ({"underground": 108}, ""),
        ({"harmful": 95}, "未达到规定的8年"),
        ({"harmful": 96}, ""),
        # One kind alone is enough, whatever else there was.
        ({"heavy": 10, "harmful": 96}, ""),
        # Together they are judged by the longest condition.
        ({"heavy": 60, "harmful": 59}, "未达到规定的10年"),
        ({"heavy": 60, "harmful": 60}, ""),
        ({"underground": 50, "harmful": 58}, ""),
    ],
)
def test_special_work_is_long_enough(months: dict[str, int], reason: str) -> None:
    if not reason:
        claim_rules.check_special(months, LAW.special_months)
        return
    with pytest.raises(ClaimRefused, match=reason):
        claim_rules.check_special(months, LAW.special_months)


def test_a_region_without_figures_for_special_work_is_not_guessed() -> None:
    with pytest.raises(ClaimRefused, match="待配置"):
        claim_rules.check_special({"heavy": 400}, {"heavy": None})


@pytest.mark.parametrize(
    ("days", "years"),
    [
        ([date(2014, 1, 1), date(2014, 12, 31)], [2014]),
        ([date(2024, 1, 1), date(2024, 2, 1)], [2024]),
        ([date(2013, 1, 1), date(2013, 2, 1)], []),
        ([date(2025, 1, 1), date(2025, 2, 1)], []),
        ([date(2016, 1, 1), date(2017, 1, 1)], []),
    ],
)
def test_from_2014_to_2024_there_is_one_change_of_rank_a_year(days: list[date], years: list[int]) -> None:
    assert claim_rules.years_changed_too_often(days, dict.fromkeys(range(2000, 2030), 1)) == years


def test_a_year_without_a_limit_has_none() -> None:
    assert claim_rules.years_changed_too_often([date(2015, 1, 1)] * 3, {}) == []


def test_women_belong_to_the_group_of_their_post() -> None:
    assert claim_rules.groups_of("2") == (Group.FEMALE55, Group.FEMALE50)
    assert claim_rules.usual_group("2", "303") is Group.FEMALE50
    assert claim_rules.usual_group("2", "302") is Group.FEMALE55
    assert claim_rules.usual_group("1", "303") is Group.MALE


# --- Properties ------------------------------------------------------------------------------

BIRTHS = st.dates(date(1955, 1, 1), date(2000, 12, 31))


@given(BIRTHS, st.integers(0, 400), st.sampled_from(list(Group)), st.sampled_from(["2", "3"]))
def test_the_first_day_never_goes_back_as_birth_goes_on(birth: date, days: int, group: Group, kind: str) -> None:
    older = replace(FACTS, birth=birth, group=group)
    younger = replace(older, birth=date.fromordinal(birth.toordinal() + days))
    assert claim_rules.earliest_day(kind, older, LAW) <= claim_rules.earliest_day(kind, younger, LAW)


MONTHS = st.sets(st.integers(0, 300).map(lambda step: Month(2000, 1) + step), max_size=60)


@given(MONTHS)
def test_stretches_hold_every_month_once_and_are_apart(months: set[Month]) -> None:
    found = spans(months)
    held = [span.first + step for span in found for step in range(span.months)]
    assert held == sorted(months)
    assert all(after.first - before.last > 1 for before, after in pairwise(found))


@given(MONTHS)
def test_stretches_and_gaps_fill_the_time_between(months: set[Month]) -> None:
    found = spans(months)
    if found:
        covered = sum(span.months for span in [*found, *gaps(found)])
        assert covered == found[-1].last - found[0].first + 1


DAYS = st.integers(0, 400)


@given(st.lists(st.tuples(DAYS, st.integers(0, 40)), max_size=12))
def test_an_overlap_is_found_exactly_when_two_share_a_day(pairs: list[tuple[int, int]]) -> None:
    start = date(2000, 1, 1).toordinal()
    stretches = [
        (date.fromordinal(start + first), date.fromordinal(start + first + length), str(place))
        for place, (first, length) in enumerate(pairs)
    ]
    held: Counter[int] = Counter()
    for first, length in pairs:
        held.update(range(first, first + length + 1))
    assert (first_overlap(stretches) is not None) is any(count > 1 for count in held.values())


@given(MONTHS.filter(bool))
def test_the_drawing_keeps_every_stretch_inside(months: set[Month]) -> None:
    found = spans(months, "缴费")
    chart = draw([Lane("缴费记录", [("paid", span) for span in found])], min(months), max(months))
    bars = chart.rows[0].bars
    assert len(bars) == len(found)
    assert all(chart.left <= bar.x and bar.x + bar.width <= WIDTH for bar in bars)
    assert len(chart.ticks) <= 8


def test_a_stretch_reads_from_month_to_month() -> None:
    assert Span(Month(2014, 10), Month(2015, 3)).text == "2014年10月至2015年3月"
