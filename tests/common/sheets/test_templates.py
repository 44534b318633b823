"""The blank template tells how to fill it in, and keeps what is typed."""

import io

from openpyxl import load_workbook

from common import codes
from common.sheets.templates import blank_template
from tests.common.sheets.samples import SHEET, TITLES


def test_the_template_shows_columns_example_notes_and_drop_downs() -> None:
    workbook = load_workbook(io.BytesIO(blank_template(SHEET)))
    sheet = workbook[SHEET.title]

    assert [cell.value.rstrip("*") for cell in sheet[1]] == TITLES
    assert [cell.value.endswith("*") for cell in sheet[1]] == [column.required for column in SHEET.columns]
    assert sheet["A2"].value == "示例：居民身份证（户口簿）"
    assert sheet.freeze_panes == "A2"
    assert sheet["G1"].comment.text == "数字（元），不小于0，最多2位小数\n以实际发放为准"
    choices = {str(choice.sqref): choice.formula1 for choice in sheet.data_validations.dataValidation}
    assert choices == {"A2:A10002": f"'代码表'!$B$2:$B${len(codes.ID_TYPE) + 1}", "J2:J10002": '"是,否"'}


def test_whole_columns_are_formatted_so_that_digits_survive() -> None:
    sheet = load_workbook(io.BytesIO(blank_template(SHEET)))[SHEET.title]
    formats = {letter: sheet.column_dimensions[letter].number_format for letter in "BDEGH"}
    assert formats == {"B": "@", "D": "@", "E": "0.0", "G": "0.00", "H": "yyyy-mm-dd"}


def test_the_guide_names_the_version_and_every_column() -> None:
    workbook = load_workbook(io.BytesIO(blank_template(SHEET)))
    rows = list(workbook["填写说明"].values)
    assert ("模板版本", "attendance-demo 1") in [row[:2] for row in rows]
    assert "每人每月一行。" in [row[0] for row in rows]
    described = {row[0]: row[1:3] for row in rows}
    assert described["手机"] == ("选填", "文字，不超过200个字")
    assert described["实际出勤天数"] == ("必填", "天数（天），不小于0，不大于31，可以有半天（0.5）")
    assert set(TITLES) <= set(described)


def test_the_code_lists_are_written_out() -> None:
    lists = load_workbook(io.BytesIO(blank_template(SHEET)))["代码表"]
    assert [row[:2] for row in lists.values][1:] == codes.ID_TYPE.choices
