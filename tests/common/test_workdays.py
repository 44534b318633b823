"""Working days: announced holidays, moved working days, years that are not announced yet."""

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from common import workdays
from common.management.commands import load_calendar
from common.models import CalendarDay

day = datetime.date.fromisoformat


@pytest.fixture
def calendar(db: None) -> None:
    """2026 as announced, 2027 still open."""
    load_calendar.load(2026, 2027)


@pytest.mark.parametrize(
    ("text", "works"),
    [
        ("2026-10-01", False),  # National Day
        ("2026-10-10", True),  # a Saturday worked in exchange
        ("2026-02-17", False),  # Spring Festival
        ("2026-03-02", True),
        ("2026-03-07", False),
        ("2027-03-01", True),
        ("2027-03-06", False),
    ],
)
def test_holidays_and_moved_working_days_count_as_announced(calendar: None, text: str, works: bool) -> None:
    assert workdays.is_working(day(text)) is works


def test_years_not_announced_yet_are_plain_weekdays_and_say_so(calendar: None) -> None:
    pending = CalendarDay.objects.filter(day__year=2027)
    assert pending.count() == 365
    assert set(pending.values_list("source", flat=True)) == {"待国务院公布"}
    assert all(row.is_working == (row.day.weekday() < 5) for row in pending)


def test_loading_again_keeps_what_staff_corrected(calendar: None) -> None:
    row = CalendarDay.objects.get(day=day("2026-10-10"))
    row.is_working, row.source = False, "省内通知"
    row.save()
    assert load_calendar.load(2026, 2026) == 0
    assert workdays.is_working(day("2026-10-10")) is False


def test_ten_working_days_span_the_national_holiday(calendar: None) -> None:
    assert workdays.add_working_days(day("2026-09-28"), 3) == day("2026-10-08")


def test_the_day_itself_never_counts(calendar: None) -> None:
    assert workdays.add_working_days(day("2026-03-02"), 1) == day("2026-03-03")
    assert workdays.add_working_days(day("2026-03-06"), 1) == day("2026-03-09")
    assert workdays.add_working_days(day("2026-03-09"), -1) == day("2026-03-06")
    assert workdays.add_working_days(day("2026-03-07"), 0) == day("2026-03-09")
    assert workdays.working_days_between(day("2026-03-02"), day("2026-03-02")) == 0


def test_adding_many_days_reads_the_calendar_a_few_times(calendar: None, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(3):
        workdays.add_working_days(day("2026-01-01"), 200)


def test_a_run_of_holidays_longer_than_the_window_is_survived(db: None) -> None:
    start = day("2026-03-02")
    CalendarDay.objects.bulk_create(
        CalendarDay(day=start + datetime.timedelta(offset), is_working=False, source="演示") for offset in range(60)
    )
    assert workdays.add_working_days(start, 1) == day("2026-05-01")


class WorkdayLaws(TestCase):
    """What holds for all days and counts, holidays included."""

    @classmethod
    def setUpTestData(cls) -> None:
        load_calendar.load(2026, 2027)

    days = st.dates(day("2026-01-01"), day("2027-12-31"))

    @settings(max_examples=60, deadline=None)
    @given(start=days, count=st.integers(-60, 60).filter(bool))
    def test_adding_and_counting_are_each_others_inverse(self, start: datetime.date, count: int) -> None:
        end = workdays.add_working_days(start, count)
        assert workdays.is_working(end)
        assert (end > start) == (count > 0)
        if count > 0:
            assert workdays.working_days_between(start, end) == count
        else:
            assert workdays.working_days_between(end - datetime.timedelta(1), start - datetime.timedelta(1)) == -count

    @settings(max_examples=40, deadline=None)
    @given(start=days, first=st.integers(1, 30), second=st.integers(1, 30))
    def test_adding_in_two_steps_is_adding_at_once(self, start: datetime.date, first: int, second: int) -> None:
        at_once = workdays.add_working_days(start, first + second)
        assert workdays.add_working_days(workdays.add_working_days(start, first), second) == at_once

    @settings(max_examples=40, deadline=None)
    @given(one=days, other=days)
    def test_counting_backwards_is_the_negative(self, one: datetime.date, other: datetime.date) -> None:
        assert abs(workdays.working_days_between(one, other)) <= abs((other - one).days)
        if one != other:
            assert workdays.working_days_between(min(one, other), max(one, other)) >= 0
