"""What is exported is safe to open and reads back as it was."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from common.sheets import exports, imports
from common.sheets.columns import Amount, Date, Integer, Text
from tests.common.sheets.samples import ID_TWO, SHEET, filled, line


def test_an_export_is_an_import() -> None:
    values = imports.read(SHEET, filled(line(), line(证件号码=ID_TWO, 手机=None, 结束日期=None))).rows
    again = imports.read(SHEET, exports.export(SHEET, (row.values for row in values)))
    assert again.ok
    assert again.notices == []
    assert [row.values for row in again.rows] == [row.values for row in values]


@pytest.mark.parametrize(
    "text", ["=1+1", "+8613800000000", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x","y")']
)
def test_texts_that_begin_like_formulas_are_escaped(text: str) -> None:
    data = exports.export_list("演示", [Text("note", "备注")], [{"note": text}])
    cell = load_workbook(io.BytesIO(data)).active["A2"]
    assert cell.data_type == "s"
    assert cell.value.startswith("'")


def test_values_keep_their_types_and_formats() -> None:
    row: dict[str, Any] = {
        "id_no": ID_TWO,
        "pay": Decimal("-2256.50"),
        "starts_on": date(2026, 11, 1),
        "month": date(2026, 11, 1),
    }
    sheet = load_workbook(io.BytesIO(exports.export(SHEET, [row | {"on_post": False, "id_type": "01"}])))[SHEET.title]
    cells = {title.value: cell for title, cell in zip(sheet[1], sheet[2], strict=True)}
    assert (cells["证件号码"].value, cells["证件号码"].number_format) == (ID_TWO, "@")
    assert (cells["生活费"].value, cells["生活费"].number_format) == (-2256.5, "0.00")
    assert cells["开始日期"].is_date
    assert cells["考勤年月"].value == "2026-11"
    assert (cells["是否在岗"].value, cells["证件类型"].value) == ("否", "居民身份证（户口簿）")
    assert cells["姓名"].value is None


def test_moments_and_figures_of_lists_are_written_as_such() -> None:
    moment = datetime(2026, 10, 31, 16, 30, tzinfo=UTC)
    columns = [Date("on", "日期"), Text("text", "文字"), Integer("count", "人数"), Amount("rate", "比率")]
    rows = [{"on": moment, "text": "a<b>&\n 丙", "count": 12, "rate": 0.5}, {"text": float("nan"), "count": True}, {}]
    first, second, third = load_workbook(io.BytesIO(exports.export_list("名册", columns, iter(rows)))).active["A2:D4"]
    assert [cell.value for cell in first] == [datetime(2026, 11, 1, 0, 30), "a<b>&\n 丙", 12, 0.5]
    assert [cell.value for cell in second] == [None, "nan", True, None]
    assert [cell.value for cell in third] == [None] * 4


def test_characters_that_a_workbook_cannot_hold_are_left_out() -> None:
    data = exports.export_list("演示", [Text("note", "备注")], [{"note": "甲\x00\x0b乙\ud800"}])
    assert load_workbook(io.BytesIO(data)).active["A2"].value == "甲乙"
