"""Who may be a trainee, to the day; who may offer positions."""

from datetime import date

import pytest

from common.models import PolicyValue
from internship import rules
from internship.actions import confirm_unit_data, resume_unit, suspend_unit
from internship.rules import Claim, NotEligible, add_months, check_eligible, is_eligible
from review.matters import StartRefused
from tests.factories import COUNTY, make_region, make_staff, make_unit
from tests.internship.support import make_internship_unit, set_figures, set_policy

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _figures():
    make_region(COUNTY)
    set_figures()


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2024-06-30", 24, "2026-06-30"),
        ("2024-02-29", 24, "2026-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-11-30", 13, "2027-12-30"),
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_the_month(day, months, expected):
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(expected)


@pytest.mark.parametrize("category", ["G1", "G2"])
@pytest.mark.parametrize(
    ("graduated_on", "on", "holds"),
    [
        ("2024-06-30", "2024-06-30", True),
        ("2024-06-30", "2026-06-30", True),
        ("2024-06-30", "2026-07-01", False),
        ("2024-02-29", "2026-02-28", True),
        ("2024-02-29", "2026-03-01", False),
        ("2026-07-01", "2026-06-30", False),
    ],
)
def test_graduates_count_for_24_months_to_the_day(category, graduated_on, on, holds):
    claim = Claim(category, COUNTY, graduated_on=date.fromisoformat(graduated_on))
    assert is_eligible(claim, date.fromisoformat(on)) is holds


@pytest.mark.parametrize(
    ("born", "on", "holds"),
    [
        ("2010-06-15", "2026-06-14", False),
        ("2010-06-15", "2026-06-15", True),
        # The whole year of the upper age counts: 24 until the day before the 25th birthday.
        ("2001-06-15", "2026-06-14", True),
        ("2001-06-15", "2026-06-15", False),
        # Born on 29 February: a year is completed on 1 March of ordinary years.
        ("2008-02-29", "2024-02-28", False),
        ("2008-02-29", "2024-02-29", True),
        ("2000-02-29", "2025-02-28", True),
        ("2000-02-29", "2025-03-01", False),
    ],
)
def test_youths_are_16_to_24_full_years(born, on, holds):
    claim = Claim("Y1", COUNTY, birth_date=date.fromisoformat(born), unemployed_on=date(2024, 1, 2))
    assert is_eligible(claim, date.fromisoformat(on)) is holds


@pytest.mark.parametrize(
    ("claim", "field", "reason"),
    [
        (Claim("G1", COUNTY), "graduated_on", "请填写毕业时间"),
        (Claim("G1", COUNTY, graduated_on=date(2026, 3, 2)), "graduated_on", "毕业时间不能晚于今天"),
        (Claim("Y1", COUNTY, birth_date=date(2005, 1, 1)), "unemployed_on", "请填写失业登记日期"),
        (
            Claim("Y1", COUNTY, birth_date=date(2005, 1, 1), unemployed_on=date(2026, 3, 2)),
            "unemployed_on",
            "失业登记日期不能晚于今天",
        ),
        (Claim("Y1", COUNTY, unemployed_on=date(2026, 1, 2)), "category", "没有出生日期"),
        (
            Claim("Y1", COUNTY, birth_date=date(2001, 1, 1), unemployed_on=date(2026, 1, 2)),
            "category",
            "应为16至24周岁，您现在25周岁",
        ),
    ],
)
def test_the_reason_names_the_field_to_mend(claim, field, reason):
    with pytest.raises(NotEligible, match=reason) as refusal:
        check_eligible(claim, date(2026, 3, 1))
    assert refusal.value.field == field


def test_other_categories_are_left_to_the_reviewer():
    assert is_eligible(Claim("X1", COUNTY), date(2026, 3, 1))


def test_the_figures_are_those_of_the_region():
    set_policy("graduate_clock_months", "36", region="140000")
    claim = Claim("G1", COUNTY, graduated_on=date(2024, 1, 1))
    assert is_eligible(claim, date(2027, 1, 1))
    assert not is_eligible(claim, date(2027, 1, 2))


def test_without_a_figure_nothing_is_guessed():
    PolicyValue.objects.filter(key="graduate_clock_months").delete()
    with pytest.raises(NotEligible, match="待配置：山西省太原市小店区"):
        check_eligible(Claim("G1", COUNTY, graduated_on=date(2026, 1, 1)), date(2026, 3, 1))


def test_a_unit_that_is_not_qualified_is_told_what_to_do_first():
    with pytest.raises(StartRefused) as refusal:
        rules.check_may_publish(make_unit())
    assert refusal.value.reason == "请先办理就业见习单位申请，审核通过后方可办理"
    assert refusal.value.url == "/unit/internship/"


def test_a_qualified_unit_may_publish():
    qualified = make_internship_unit()
    assert rules.check_may_publish(qualified.unit) == qualified


def test_a_suspended_unit_is_still_qualified_but_may_not_publish():
    qualified, staff = make_internship_unit(), make_staff("business", "140000")
    suspend_unit(internship_unit=qualified, reason="未按时发放生活费", by=staff)
    assert rules.is_qualified(qualified.unit)
    with pytest.raises(StartRefused, match="未按时发放生活费"):
        rules.check_may_publish(qualified.unit)
    resume_unit(internship_unit=qualified, by=staff)
    assert rules.can_publish(qualified.unit)


@pytest.mark.parametrize(
    ("today", "may_publish"),
    [
        ("2026-12-31", True),  # qualified this year
        ("2027-03-31", True),  # the last day for confirming
        ("2027-04-01", False),
    ],
)
def test_without_the_yearly_confirmation_no_new_positions(at, today, may_publish):
    set_policy("unit_confirmation_date", "03-31")
    at("2026-05-06 10:00")
    qualified = make_internship_unit()
    at(f"{today} 09:00")
    assert rules.can_publish(qualified.unit) is may_publish
    confirm_unit_data(internship_unit=qualified, by=qualified.unit.handlers.get().user)
    assert rules.can_publish(qualified.unit)


def test_without_a_policy_no_confirmation_is_asked(at):
    at("2026-05-06 10:00")
    qualified = make_internship_unit()
    at("2029-05-06 10:00")
    assert rules.can_publish(qualified.unit)
    assert not rules.needs_confirmation(qualified, date(2029, 5, 6))
