"""The rules of placements, at their boundaries, to the day."""

import pytest

from common.models import PolicyValue
from internship.rules import Claim
from reporting import rules
from reporting.models import Placement
from reporting.rules import Agreement, Limits, Term
from review.matters import StartRefused
from tests.factories import COUNTY, make_region
from tests.internship.support import set_figures
from tests.reporting.support import day, set_limits

ONCE, ONCE_PER_UNIT = Limits(3, 12, 12, "once"), Limits(3, 12, 12, "once_per_unit")


@pytest.mark.parametrize(
    ("starts_on", "last_day", "months", "days"),
    [
        ("2026-03-01", "2026-08-31", 6, 0),
        ("2026-03-01", "2026-08-30", 5, 30),
        ("2026-03-01", "2026-09-01", 6, 1),
        ("2026-03-15", "2026-06-14", 3, 0),
        ("2026-01-31", "2026-02-27", 1, 0),
        ("2024-02-29", "2025-02-27", 12, 0),
        ("2026-03-01", "2026-03-01", 0, 1),
    ],
)
def test_a_term_is_counted_in_months_and_days(starts_on, last_day, months, days) -> None:
    assert rules.length(day(starts_on), day(last_day)) == (months, days)


@pytest.mark.parametrize(
    ("ends_on", "right"),
    [
        ("2026-05-30", False),
        ("2026-05-31", True),
        ("2027-02-28", True),
        ("2027-03-01", False),
    ],
)
def test_a_term_lasts_three_to_twelve_months(ends_on, right) -> None:
    fault = rules.term_fault(day("2026-03-01"), day(ends_on), ONCE)
    assert (fault == "") is right
    assert right or "见习期限应为3至12个月，结束日期应在2026年5月31日至2027年2月28日之间" in fault


def term(starts_on: str, last_day: str, unit: int = 1) -> Term:
    return Term(unit, day(starts_on), day(last_day))


@pytest.mark.parametrize(
    ("others", "right"),
    [
        ([], True),
        ([term("2025-01-01", "2025-06-30")], True),
        ([term("2025-01-01", "2025-07-01")], False),
        ([term("2025-01-01", "2025-03-31"), term("2025-05-01", "2025-07-31")], True),
        ([term("2025-01-01", "2025-03-31"), term("2025-05-01", "2025-08-01")], False),
    ],
)
def test_all_internships_together_last_at_most_twelve_months(others, right) -> None:
    half_a_year = term("2026-01-01", "2026-06-30")
    assert (rules.total_fault(half_a_year, others, ONCE_PER_UNIT) == "") is right


@pytest.mark.parametrize(
    ("limit", "unit", "right"),
    [(ONCE, 1, False), (ONCE, 2, False), (ONCE_PER_UNIT, 1, False), (ONCE_PER_UNIT, 2, True)],
)
def test_repeats_follow_the_policy(limit, unit, right) -> None:
    earlier = [term("2025-01-01", "2025-03-31", unit)]
    assert (rules.repeat_fault(term("2026-01-01", "2026-03-31"), earlier, limit) == "") is right
    assert rules.repeat_fault(term("2026-01-01", "2026-03-31"), [], limit) == ""


@pytest.mark.parametrize(
    ("starts_on", "last_day", "right"),
    [
        ("2026-01-01", "2026-02-28", True),
        ("2026-01-01", "2026-03-01", False),
        ("2026-08-31", "2026-12-31", False),
        ("2026-09-01", "2026-12-31", True),
        ("2026-04-01", "2026-04-30", False),
    ],
)
def test_internships_of_a_person_share_no_day(starts_on, last_day, right) -> None:
    others = [term("2026-03-01", "2026-08-31", 2)]
    assert (rules.overlap_fault(term(starts_on, last_day), others) == "") is right


@pytest.mark.parametrize(
    ("insured_from", "insured_to", "wrong"),
    [
        ("2026-03-01", "2026-08-31", set()),
        ("2026-02-01", "2026-12-31", set()),
        ("2026-03-02", "2026-08-31", {"insured_from"}),
        ("2026-03-01", "2026-08-30", {"insured_to"}),
        ("2026-03-02", "2026-08-30", {"insured_from", "insured_to"}),
    ],
)
def test_insurance_covers_the_whole_term(insured_from, insured_to, wrong) -> None:
    faults = rules.insurance_fault(day("2026-03-01"), day("2026-08-31"), day(insured_from), day(insured_to))
    assert set(faults) == wrong


def agreement(**values) -> Agreement:
    typical = {
        "claim": Claim("G1", COUNTY, graduated_on=day("2024-06-30")),
        "unit_id": 1,
        "signed_on": day("2026-06-30"),
        "starts_on": day("2026-07-01"),
        "ends_on": day("2026-12-31"),
        "insured_from": day("2026-07-01"),
        "insured_to": day("2026-12-31"),
    }
    return Agreement(**(typical | values))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("signed_on", "wrong"),
    [
        ("2026-06-30", set()),
        ("2026-07-01", {"signed_on"}),
        ("2026-11-22", {"signed_on"}),
    ],
)
def test_the_category_is_judged_on_the_day_of_signing(signed_on, wrong) -> None:
    make_region(COUNTY)
    set_figures()
    faults = rules.agreement_faults(agreement(signed_on=day(signed_on)), ONCE, day("2026-11-21"))
    assert set(faults) == wrong


@pytest.mark.django_db
def test_everything_wrong_is_told_at_once() -> None:
    make_region(COUNTY)
    set_figures()
    wrong = agreement(
        ends_on=day("2026-07-31"),
        insured_from=day("2026-07-02"),
        signed_on=day("2026-07-01"),
        others=(term("2026-01-01", "2026-07-01", 2),),
    )
    faults = rules.agreement_faults(wrong, ONCE, day("2026-11-21"))
    assert set(faults) == {"ends_on", "insured_from", "signed_on", "starts_on"}


def test_dates_in_the_wrong_order_are_told_first() -> None:
    faults = rules.agreement_faults(agreement(ends_on=day("2026-06-30")), ONCE, day("2026-11-21"))
    assert faults == {"ends_on": "见习结束日期不能早于见习开始日期"}


@pytest.mark.django_db
def test_agreements_are_reported_the_way_the_region_says() -> None:
    make_region(COUNTY)
    with pytest.raises(StartRefused, match="待配置"):
        rules.check_channel(COUNTY, rules.REGISTRATION, day("2026-11-21"))
    set_limits(placement_channels="import")
    with pytest.raises(StartRefused, match="见习匹配结果批量上报"):
        rules.check_channel(COUNTY, rules.REGISTRATION, day("2026-11-21"))
    PolicyValue.objects.filter(key="placement_channels").update(value="import,registration")
    rules.check_channel(COUNTY, rules.REGISTRATION, day("2026-11-21"))


PLACED = Placement(name="孙演示", starts_on=day("2026-03-01"), ends_on=day("2026-08-31"))


@pytest.mark.parametrize(
    ("ended_on", "reason", "right"),
    [
        ("2026-02-28", "1", False),
        ("2026-03-01", "1", True),
        ("2026-08-31", "1", True),
        ("2026-09-01", "1", False),
        ("2026-08-31", "2", True),
        ("2026-08-30", "2", False),
        ("2026-08-30", "3", True),
    ],
)
def test_an_internship_ends_within_its_term(ended_on, reason, right) -> None:
    assert (rules.end_fault(PLACED, day(ended_on), reason, day("2026-11-21")) == "") is right


def test_an_internship_does_not_end_in_the_future() -> None:
    assert "不能晚于今天" in rules.end_fault(PLACED, day("2026-05-02"), "1", day("2026-05-01"))
    assert rules.end_fault(PLACED, day("2026-05-01"), "1", day("2026-05-01")) == ""


@pytest.mark.parametrize(
    ("on", "words"),
    [("2026-02-28", "待开始"), ("2026-03-01", "见习中"), ("2026-08-31", "见习中"), ("2026-09-01", "期满待确认")],
)
def test_a_term_that_is_over_waits_for_confirmation(on, words) -> None:
    assert rules.standing(PLACED, day(on)) == words
