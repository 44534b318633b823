"""Values are read as people type them, and nothing is guessed."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.sheets import values
from common.sheets.values import Unreadable

DAY = date(2026, 11, 1)

reproducible = settings(deadline=None, derandomize=True)


def wide(text: str) -> str:
    """The same text in full-width characters."""
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def days_since(epoch: date) -> Callable[[date], float]:
    """Serial numbers as a workbook of that epoch keeps them."""
    return lambda day: float((day - epoch).days)


FORMS: dict[str, Callable[[date], object]] = {
    "ISO": lambda day: day.isoformat(),
    "slashes": lambda day: f"{day.year}/{day.month}/{day.day}",
    "stops": lambda day: f"{day.year}.{day.month}.{day.day}",
    "padded stops": lambda day: f"{day:%Y.%m.%d}",
    "digits": lambda day: f"{day:%Y%m%d}",
    "digits as number": lambda day: float(f"{day:%Y%m%d}"),
    "Chinese": lambda day: f"{day.year}年{day.month}月{day.day}日",
    "spoken Chinese": lambda day: f"{day.year}年{day.month:02}月{day.day:02}号",
    "full-width": lambda day: wide(f"{day.year}/{day.month}/{day.day}"),
    "spaces": lambda day: f"\u00a0{day.year} 年 {day.month} 月 {day.day} 日\u3000",
    "invisible marks": lambda day: f"\u200b{day.isoformat()}\ufeff",
    "with time": lambda day: f"{day.isoformat()} 00:00:00",
    "apostrophe": lambda day: f"'{day.isoformat()}",
    "date cell": lambda day: day,
    "moment cell": lambda day: datetime(day.year, day.month, day.day, 13, 5),
    "serial": days_since(date(1899, 12, 30)),
    "serial with time": lambda day: (day - date(1899, 12, 30)).days + 0.75,
    "serial as text": lambda day: str((day - date(1899, 12, 30)).days),
}


@reproducible
@given(day=st.dates(date(1930, 1, 1), date(2100, 12, 31)), form=st.sampled_from(sorted(FORMS)))
def test_every_typed_form_of_a_date_is_that_date(day: date, form: str) -> None:
    assert values.to_date(FORMS[form](day)) == day  # type: ignore[arg-type]


@reproducible
@given(day=st.dates(date(1932, 1, 1), date(2100, 12, 31)))
def test_serial_numbers_count_from_1904_in_workbooks_that_say_so(day: date) -> None:
    assert values.to_date(days_since(date(1904, 1, 1))(day), epoch_1904=True) == day


@reproducible
@given(day=st.dates(date(1930, 1, 1), date(2100, 12, 31)), form=st.sampled_from(sorted(FORMS)))
def test_a_day_in_a_month_column_is_its_month(day: date, form: str) -> None:
    assert values.to_month(FORMS[form](day)) == day.replace(day=1)  # type: ignore[arg-type]


@reproducible
@given(
    month=st.dates(date(1930, 1, 1), date(2100, 12, 31)).map(lambda day: day.replace(day=1)),
    form=st.sampled_from(
        ["{:%Y-%m}", "{:%Y/%m}", "{:%Y.%m}", "{:%Y%m}", "{0.year}年{0.month}月", "{0.year}-{0.month}"]
    ),
    change=st.sampled_from([str, wide, lambda text: f" {text}\u00a0"]),
)
def test_every_typed_form_of_a_month_is_that_month(month: date, form: str, change: Callable[[str], str]) -> None:
    assert values.to_month(change(form.format(month))) == month


@pytest.mark.parametrize(
    "cell", ["11/1/2026", "26-11-1", "十一月一日", "2026", 2026.0, 5.0, True, "2026-11", "-", 9e9, "1e5"]
)
def test_what_could_be_another_day_is_no_date(cell: object) -> None:
    with pytest.raises(Unreadable, match="请填写日期，例如2026-11-01"):
        values.to_date(cell)  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", ["2026-02-30", "2026年13月1日", "20261131", 20260230.0])
def test_days_that_do_not_exist_are_named(cell: object) -> None:
    with pytest.raises(Unreadable, match=r"没有2026年.*这一天"):
        values.to_date(cell)  # type: ignore[arg-type]


def test_a_decimal_number_is_no_month_because_october_looks_like_january() -> None:
    with pytest.raises(Unreadable, match="分不清是1月还是10月"):
        values.to_month(2026.1)
    assert values.to_month("2026.10") == date(2026, 10, 1)


@pytest.mark.parametrize("cell", ["2026-13", "202600", "2026年0月"])
def test_months_that_do_not_exist_are_named(cell: str) -> None:
    with pytest.raises(Unreadable, match="没有2026年"):
        values.to_month(cell)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("2256", "2256"),
        ("２２５６．５", "2256.5"),
        ("2,256.50", "2256.50"),
        ("１，２３４，５６７", "1234567"),
        ("¥2256元", "2256"),
        ("￥2 256", "2256"),
        (" 2256\u00a0", "2256"),
        ("−3", "-3"),
        ("'2256", "2256"),
        (2256.0, "2256"),
        (0.1 + 0.2, "0.3"),
        (2256, "2256"),
    ],
)
def test_numbers_are_read_without_their_dressing(cell: object, number: str) -> None:
    assert values.to_decimal(cell, unit="元") == Decimal(number)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "cell", ["22,56", "约2256", "2256元/月", "", "1.2.3", "NaN", float("nan"), float("inf"), True, DAY, "1e3"]
)
def test_what_is_no_number_is_not_made_one(cell: object) -> None:
    with pytest.raises(Unreadable, match="请填写数字"):
        values.to_decimal(cell, unit="元")  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", ["是", " 是\u3000", "√", "☑", "y", "Ｙ", "yes", "TRUE", True, 1.0, "1"])
def test_yes(cell: object) -> None:
    assert values.to_bool(cell) is True  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", ["否", "×", "N", "no", "False", False, 0.0, "0"])
def test_no(cell: object) -> None:
    assert values.to_bool(cell) is False  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", ["x", "也许", 2.0, "-"])
def test_neither_yes_nor_no(cell: object) -> None:
    with pytest.raises(Unreadable, match="“是”或“否”"):
        values.to_bool(cell)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "cell",
    [
        "１１０１０１１９９００３０７００２x",
        " 11010119900307002x ",
        "110101 19900307 002X",
        "\u200b11010119900307002X\ufeff",
        "'11010119900307002x",
    ],
)
def test_numbers_that_name_people_are_normalised(cell: str) -> None:
    assert values.number_text(cell) == "11010119900307002X"


@pytest.mark.parametrize("cell", [140105199001010000.0, "1.40105E+17", "1.40105e+17", 6222021234567890000.0, 1e15])
def test_numbers_that_lost_digits_are_recognised(cell: object) -> None:
    with pytest.raises(Unreadable, match="末几位已经丢失"):
        values.number_text(cell)  # type: ignore[arg-type]


def test_short_numbers_keep_all_their_digits() -> None:
    assert values.number_text(12345678.0) == "12345678"
    assert values.number_text(123456789012345.0) == "123456789012345"


def test_text_loses_invisible_marks_and_outer_spaces_but_not_its_width() -> None:
    assert values.text("\ufeff 阿依古丽·\u200b买买提（虚构）\u3000") == "阿依古丽·买买提（虚构）"
    assert values.text("Zhang\u00a0San") == "Zhang San"
    assert values.text(2026.0) == "2026"


@reproducible
@given(st.text())
def test_escaped_text_reads_back_as_it_was_and_never_starts_a_formula(text: str) -> None:
    escaped = values.safe_text(text)
    assert not escaped.startswith(("=", "+", "-", "@", "\t", "\r"))
    if text.strip() == text and not text.startswith("'"):
        assert values.text(escaped) == values.text(text)
