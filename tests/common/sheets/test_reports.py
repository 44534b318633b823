"""The error workbook is what was handed in, marked; corrected in place it can be handed in again."""

import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from common.sheets import imports, reports
from tests.common.sheets.samples import (
    ID_TWO,
    SHEET,
    TITLES,
    filled,
    line,
    member,
    ods,
    ods_row,
    saved,
    with_member,
    xlsx,
)


def marked(data: bytes) -> Workbook:
    """The error workbook for a file."""
    return load_workbook(io.BytesIO(reports.error_workbook(imports.read(SHEET, data))))


def faults(data: bytes) -> list[tuple[int, str, str]]:
    """Row, column and message of a file's faults."""
    return [(error.row, error.column, error.message) for error in imports.read(SHEET, data).errors]


WRONG: list[Sequence[Any]] = [line(生活费="很多", 手机="1"), line(证件号码=ID_TWO), line(姓名=None)]


def test_bad_cells_are_filled_commented_and_explained() -> None:
    sheet = marked(filled(*WRONG))[SHEET.title]

    assert sheet["L1"].value == "错误原因"
    assert sheet["G2"].comment.text == "请填写数字，不要写其他文字"
    assert sheet["G2"].fill.fgColor.rgb == "FFFFC7CE"
    assert sheet["L2"].value == "生活费：请填写数字，不要写其他文字；手机：手机号码应为11位数字，以1开头"
    assert sheet["L3"].value is None
    assert sheet["C4"].fill.fgColor.rgb == "FFFFC7CE"
    assert sheet["G3"].fill.fgColor.rgb != "FFFFC7CE"


def test_handed_in_unchanged_it_has_the_same_faults() -> None:
    data = filled(*WRONG, line(证件号码=140105199001010000, 生活费="#N/A", 手机="=1+1"))
    again = saved(marked(data))
    assert faults(again) == faults(reports.error_workbook(imports.read(SHEET, data)))
    assert [fault[:2] for fault in faults(again)] == [fault[:2] for fault in faults(data)]
    assert imports.read(SHEET, again).notices == []


def test_corrected_in_place_it_is_right_and_old_reasons_go() -> None:
    workbook = marked(filled(*WRONG))
    sheet = workbook[SHEET.title]
    sheet["G2"], sheet["K2"] = 2256, "13800000001"
    once = imports.read(SHEET, saved(workbook))
    assert [(error.row, error.column) for error in once.errors] == [(4, "证件号码"), (4, "姓名")]
    report = load_workbook(io.BytesIO(reports.error_workbook(once)))[SHEET.title]
    assert report["L2"].value is None
    assert [cell.value for cell in report[1]].count("错误原因") == 1
    sheet["B4"], sheet["C4"] = "110101199003070046", "演示丙"
    assert imports.read(SHEET, saved(workbook)).ok


def test_headings_extra_columns_and_row_numbers_stay() -> None:
    data = xlsx([["2026年11月"], [], ["备注", *TITLES], [], ["甲", *line(生活费="x")]])
    sheet = marked(data)[SHEET.title]
    assert sheet["A1"].value == "2026年11月"
    assert sheet["A5"].value == "甲"
    assert sheet["H5"].comment.text.startswith("请填写数字")
    assert sheet.freeze_panes == "A4"


def test_what_was_typed_stays_typed() -> None:
    sheet = marked(filled(line(证件号码=f" {ID_TWO}", 生活费=2256.5, 开始日期="2026.11.1", 姓名="=甲", 手机="-")))[
        SHEET.title
    ]
    assert sheet["B2"].value == f" {ID_TWO}"
    assert sheet["B2"].number_format == "@"
    assert (sheet["G2"].value, sheet["H2"].value, sheet["K2"].value) == (2256.5, "2026.11.1", "-")


def test_days_of_a_1904_workbook_stay_the_same_days() -> None:
    workbook = Workbook()
    workbook.epoch = CALENDAR_MAC_1904
    workbook.active.append(TITLES)
    workbook.active.append(line(开始日期=46327 - 1462, 姓名=None))
    first = imports.read(SHEET, saved(workbook))
    again = imports.read(SHEET, reports.error_workbook(first))
    assert again.rows[0]["starts_on"] == first.rows[0]["starts_on"]
    assert again.epoch_1904


def test_comments_are_limited_but_reasons_are_not() -> None:
    rows = [line(姓名="演示1") for _ in range(1_100)]
    sheet = marked(filled(*rows))[SHEET.title]
    assert sum(1 for (cell,) in sheet["C2:C1101"] if cell.comment) <= 1_000
    assert all(cell.value for (cell,) in sheet["L2:L1101"])


def test_names_and_numbers_that_a_workbook_cannot_hold_do_no_harm() -> None:
    cells = "".join(f'<c r="{letter}2"><v>NaN</v></c>' for letter in "CG")
    data = filled(line())
    content = member(data, "xl/worksheets/sheet1.xml")
    row = content[content.index('<row r="2"') : content.index("</sheetData>")]
    broken = with_member(data, "xl/worksheets/sheet1.xml", content.replace(row, f'<row r="2">{cells}</row>'))
    assert marked(broken)[SHEET.title]["G2"].value == "nan"
    long_name = ods(ods_row(*TITLES) + ods_row("x"), name="一:二" * 20)
    assert marked(long_name)[SHEET.title]["L2"].value.startswith("证件类型：不在可选范围内")
