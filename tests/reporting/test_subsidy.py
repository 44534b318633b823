"""生活费补贴 by the figures of the manuals (JL; Changchun 2022, Shanxi), to the fen."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.subsidy import (
    Figures,
    assess,
    days_within,
    explain,
    facts,
    share_of_days,
    share_of_month,
)
from tests.reporting.support import day

W = Decimal(1880)
JILIN_GRADUATE = Figures(W, Decimal("1.00"), Decimal("0.60"), "none")
JILIN_YOUTH = Figures(W, Decimal("0.60"), Decimal("0.60"), "none")
SHANXI = Figures(Decimal(2150), Decimal("0.60"), Decimal("0.40"), "none")


@pytest.mark.parametrize(
    ("figures", "net_pay", "amount", "reason"),
    [
        (JILIN_GRADUATE, "3008", "1880.00", ""),
        (JILIN_GRADUATE, "3007.99", None, "实发工资低于3008元"),
        (JILIN_YOUTH, "2256", "1128.00", ""),
        (JILIN_YOUTH, "2255.99", None, "实发工资低于2256元"),
        (SHANXI, "2150", "1290.00", ""),
        (SHANXI, "2149.99", None, "实发工资低于2150元"),
        (Figures(W, None, Decimal("0.60"), "none"), "9999", None, "该人员类别未设置补贴标准"),
        (Figures(None, Decimal(1), Decimal("0.60"), "none"), "9999", None, "待配置：最低工资标准"),
        (Figures(W, Decimal(1), None, "none"), "9999", None, "待配置：单位自付比例"),
    ],
)
def test_a_whole_month(figures, net_pay, amount, reason) -> None:
    found = assess(Decimal(net_pay), figures, Decimal(1))
    assert found.amount == (Decimal(amount) if amount else None)
    assert found.reason == reason


@pytest.mark.parametrize(
    ("starts_on", "last_day", "days"),
    [
        ("2026-03-01", "2026-08-31", 31),
        ("2026-03-02", "2026-08-31", 30),
        ("2026-01-01", "2026-03-15", 15),
        ("2026-03-10", "2026-03-10", 1),
        ("2026-04-01", "2026-08-31", 0),
    ],
)
def test_days_of_a_month_in_a_term(starts_on, last_day, days) -> None:
    assert days_within(day("2026-03-01"), day(starts_on), day(last_day)) == days


@pytest.mark.parametrize(
    ("starts_on", "policy", "share"),
    [
        ("2026-03-01", None, Decimal(1)),
        ("2026-03-02", None, None),
        ("2026-03-02", "none", Decimal(0)),
        ("2026-03-17", "days", Decimal(15) / 31),
        ("2026-03-17", "full:15", Decimal(1)),
        ("2026-03-18", "full:15", Decimal(0)),
    ],
)
def test_first_and_last_months_follow_the_policy(starts_on, policy, share) -> None:
    assert share_of_month(day("2026-03-01"), day(starts_on), day("2026-08-31"), policy) == share


def test_parts_of_a_month_are_rounded_once() -> None:
    found = assess(Decimal(2000), JILIN_GRADUATE, Decimal(15) / 31)
    assert (found.amount, found.threshold) == (Decimal("909.68"), Decimal("1455.48"))
    assert assess(Decimal(2000), JILIN_GRADUATE, Decimal(0)).reason == "不足整月，不计补贴"
    assert assess(Decimal(2000), JILIN_GRADUATE, None).reason == "待配置：首尾不足月的计算"
    assert assess(Decimal("1455.47"), JILIN_GRADUATE, Decimal(15) / 31).words == "实发工资低于1455.48元"


# --- Sets, and why -------------------------------------------------------------------------------


@given(
    wage=st.decimals(1, 4000, places=2),
    rate=st.decimals(0, 1, places=2),
    own=st.decimals(0, 1, places=2),
    days=st.integers(0, 31),
    net_pay=st.decimals(0, 9999, places=2),
)
def test_amounts_are_whole_fen_and_paid_only_from_the_threshold_on(wage, rate, own, days, net_pay) -> None:
    given_figures = Figures(wage, rate, own, "days")
    found = assess(net_pay, given_figures, share_of_days(days, 31, "days"))
    if found.amount is not None:
        assert found.amount == found.amount.quantize(Decimal("0.01"))
        assert net_pay >= found.threshold
        assert found.amount <= found.threshold
    elif found.threshold is not None:
        assert net_pay < found.threshold


def test_a_part_of_a_month_is_explained_with_its_days() -> None:
    kept = facts(day("2026-03-01"), Decimal("1500"), JILIN_GRADUATE, Decimal(15) / 31)
    lines = dict(explain(kept))
    assert lines["补贴金额"] == "最低工资 × 补贴比例：1880 × 100% × 15/31天 = 909.68元"


def test_why_there_is_nothing_is_explained_as_well() -> None:
    kept = facts(day("2026-03-01"), Decimal("3007.99"), JILIN_GRADUATE, Decimal(1))
    lines = dict(explain(kept))
    assert lines["实发工资"] == "3007.99元，低于发放标准，不予补贴"
    assert lines["无补贴原因"] == "实发工资低于3008元"
    assert "补贴金额" not in lines
