"""What stands in an address is taken only if it is what it should be."""

from datetime import date

import pytest

from common import parameters


@pytest.mark.parametrize("text", [None, "", "²", "٣", "-1", "1.5", " 1", "1e3", "9" * 19, "9" * 5000])
def test_no_number(text: str | None) -> None:
    assert parameters.whole_number(text) is None


def test_a_number() -> None:
    assert parameters.whole_number("007") == 7
    assert parameters.whole_number("9" * 18) == 10**18 - 1


@pytest.mark.parametrize(
    "text", [None, "", "2026-02-31", "2026-13-01", "0000-01-01", "99999-01-01", "2026/02/03", "演示"]
)
def test_no_day(text: str | None) -> None:
    assert parameters.day(text) is None


def test_a_day() -> None:
    assert parameters.day("2026-11-21") == date(2026, 11, 21)
