"""Policies: the nearest region wins, days decide, overlaps cannot be stored, nothing is guessed."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from common import constraints, policies
from common.management.commands import load_policies
from common.models import PolicyValue

pytestmark = pytest.mark.django_db

DAY = datetime.date(2026, 3, 2)


def add(value: str, *, region: str | None = None, start: str = "2026-01-01", end: str | None = None) -> PolicyValue:
    return PolicyValue.objects.create(
        key="minimum_wage",
        region_id=region,
        value=value,
        valid_from=datetime.date.fromisoformat(start),
        valid_to=datetime.date.fromisoformat(end) if end else None,
        source="演示文件",
    )


@pytest.fixture(autouse=True)
def _regions(some_regions: None) -> None:
    pass


def test_the_nearest_region_with_a_value_wins() -> None:
    add("1000")
    add("1700", region="140000")
    add("1800", region="140100")
    assert policies.value("minimum_wage", "140105", DAY) == Decimal("1800")
    assert policies.value("minimum_wage", "140200", DAY) == Decimal("1700")
    assert policies.value("minimum_wage", "220102", DAY) == Decimal("1000")


def test_the_first_and_the_last_day_belong_to_the_span() -> None:
    add("1640", start="2021-12-01", end="2024-09-30")
    add("1780", start="2024-10-01")
    on = datetime.date.fromisoformat
    assert policies.value("minimum_wage", "", on("2021-11-30")) is None
    assert policies.value("minimum_wage", "", on("2021-12-01")) == 1640
    assert policies.value("minimum_wage", "", on("2024-09-30")) == 1640
    assert policies.value("minimum_wage", "", on("2024-10-01")) == 1780


def test_what_no_policy_gives_is_said_and_not_guessed() -> None:
    with pytest.raises(policies.PolicyMissing, match="待配置：山西省太原市小店区2026年3月2日的最低工资标准"):
        policies.require("minimum_wage", "140105", DAY)
    with pytest.raises(policies.PolicyMissing, match="待配置：全国"):
        policies.require("minimum_wage", "", DAY)


@pytest.mark.parametrize("region", [None, "140000"])
@pytest.mark.parametrize(
    ("start", "end"), [("2026-06-01", None), ("2025-01-01", "2026-01-01"), ("2025-01-01", None), ("2026-12-31", None)]
)
def test_overlapping_values_cannot_be_stored(region: str | None, start: str, end: str | None) -> None:
    add("1", region=region, start="2026-01-01", end="2026-12-31")
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        add("2", region=region, start=start, end=end)
    assert constraints.explain(caught.value) == "同一地区的同一参数在这段时间内已有值，请先给原值填写截止日期"


def test_an_overlap_is_told_before_saving_too() -> None:
    add("1")
    row = PolicyValue(key="minimum_wage", value="2", valid_from=DAY, source="演示文件")
    with pytest.raises(ValidationError, match="同一地区的同一参数"):
        row.full_clean()


def test_other_regions_keys_and_days_do_not_overlap() -> None:
    add("1", end="2026-06-30")
    add("2", start="2026-07-01")
    add("3", region="140000")
    PolicyValue.objects.create(key="favourites_limit", value="3", valid_from=DAY, source="演示文件")
    assert PolicyValue.objects.count() == 4


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("money", "1880", Decimal("1880")),
        ("ratio", "0.60", Decimal("0.60")),
        ("count", "3", 3),
        ("days", "7", 7),
        ("flag", "on", True),
        ("flag", "off", False),
        ("list", "30, 7,1", ("30", "7", "1")),
        ("text", "once", "once"),
    ],
)
def test_values_are_typed_by_the_kind_of_policy(kind: policies.Kind, text: str, value: object) -> None:
    assert policies.parse(policies.PolicyKey("k", "参数", kind), text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("money", "1.234"),
        ("money", "-1"),
        ("money", "NaN"),
        ("ratio", "60%"),
        ("count", "-3"),
        ("count", "３"),
        ("flag", "yes"),
        ("days", "7.5"),
    ],
)
def test_a_value_that_does_not_fit_its_kind_is_refused(kind: policies.Kind, text: str) -> None:
    with pytest.raises(ValidationError, match="参数应为"):
        policies.parse(policies.PolicyKey("k", "参数", kind), text)


def test_a_key_is_declared_once() -> None:
    known = policies.get("minimum_wage")
    policies.register(known)
    with pytest.raises(ValueError, match="declared twice"):
        policies.register(policies.PolicyKey("minimum_wage", "别的", "text"))
    with pytest.raises(policies.UnknownPolicy):
        policies.value("no_such_policy", "", DAY)


def test_every_shipped_value_has_a_declared_key_a_fitting_text_and_a_source() -> None:
    added, kept_out = load_policies.load()
    assert (added, kept_out) == (PolicyValue.objects.count(), 0)
    for row in PolicyValue.objects.all():
        policies.parse(policies.get(row.key), row.value)
        assert row.source


def test_loading_again_leaves_what_staff_changed() -> None:
    load_policies.load()
    row = PolicyValue.objects.get(key="favourites_limit")
    row.value = "5"
    row.save()
    added, kept_out = load_policies.load()
    assert added == 0
    assert kept_out == PolicyValue.objects.count()
    assert policies.value("favourites_limit", "140105", DAY) == 5


@pytest.mark.parametrize(
    ("key", "region", "day", "value"),
    [
        ("minimum_wage", "220102", "2022-06-01", 1880),
        ("minimum_wage", "220302", "2024-09-30", 1640),
        ("minimum_wage", "220302", "2024-10-01", 1780),
        ("minimum_wage", "140828", "2024-06-01", 1780),
        ("minimum_wage", "141102", "2025-01-01", 2150),
        ("minimum_wage", "140105", "2025-01-01", None),
        ("subsidy_rate.Y1", "220102", "2024-01-01", Decimal("0.60")),
        ("subsidy_rate.G1", "220102", "2024-01-01", 1),
        ("subsidy_rate.X1", "220102", "2024-01-01", None),
        ("favourites_limit", "140105", "2026-01-01", 3),
        ("insurance_refund_cap", "140105", "2026-01-01", 240),
        ("repeat_internship", "220102", "2026-01-01", "once_per_unit"),
        ("min_contribution_months", "", "2029-12-31", 180),
        ("min_contribution_months", "", "2030-01-01", 186),
        ("min_contribution_months", "", "2045-01-01", 240),
    ],
)
def test_shipped_values_are_those_of_the_documents(
    shipped_policies: None, key: str, region: str, day: str, value: object
) -> None:
    assert policies.value(key, region, datetime.date.fromisoformat(day)) == value


def test_the_pay_thresholds_of_the_jilin_manual_follow_from_the_shipped_rows(shipped_policies: None) -> None:
    on = datetime.date(2022, 6, 1)
    wage = policies.require("minimum_wage", "220102", on)
    share = policies.require("subsidy_unit_share", "220102", on)
    thresholds = [wage * (policies.require(f"subsidy_rate.{kind}", "220102", on) + share) for kind in ("G1", "Y1")]
    assert thresholds == [3008, 2256]


def test_rows_for_display_carry_place_text_and_source(shipped_policies: None) -> None:
    shown = policies.rows("220102", on=datetime.date(2022, 6, 1), keys=("minimum_wage", "subsidy_rate.Y1"))
    assert [(row.place, row.text) for row in shown] == [("吉林省长春市", "1880元/月"), ("吉林省", "60%")]
    assert all(row.source for row in shown)


def test_all_values_of_a_day_at_once(shipped_policies: None) -> None:
    wages = policies.values("minimum_wage", datetime.date(2022, 6, 1))
    assert wages == {"220100": 1880, "220300": 1640}


def test_a_book_answers_as_the_database_does() -> None:
    add("1000", end="2026-06-30")
    add("1700", region="140000")
    add("1800", region="140100", start="2026-03-01")
    book = policies.Book.load("minimum_wage")
    for region in ("", "140000", "140100", "140105", "220102"):
        for text in ("2025-12-31", "2026-01-01", "2026-02-28", "2026-03-01", "2026-07-01"):
            on = datetime.date.fromisoformat(text)
            assert book.value("minimum_wage", region, on) == policies.value("minimum_wage", region, on)


def test_a_book_can_be_asked_what_a_change_would_do() -> None:
    stored = add("1700", region="140000")
    book = policies.Book.load("minimum_wage")
    proposed = PolicyValue(key="minimum_wage", region_id="140000", value="1900", valid_from=DAY, source="演示文件")
    assert book.changed(without=stored, plus=proposed).value("minimum_wage", "140105", DAY) == Decimal("1900")
    assert book.changed(without=stored).value("minimum_wage", "140105", DAY) is None
    assert book.value("minimum_wage", "140105", DAY) == Decimal("1700")
