"""A filled-in workbook becomes typed rows, or all its faults at once, each at its place."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from common.sheets import imports, templates
from common.sheets.columns import Sheet, Text
from common.sheets.imports import Import, Row, SheetError
from common.sheets.reading import SheetRefused
from tests.common.sheets.samples import (
    GOOD,
    ID_ONE,
    ID_THREE,
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


def read(*rows: Sequence[Any]) -> Import:
    """The import of these rows below SHEET's titles."""
    return imports.read(SHEET, filled(*rows))


def faults(result: Import) -> list[tuple[int, str, str]]:
    """Row, column and message of every fault."""
    return [(error.row, error.column, error.message) for error in result.errors]


def refusal(data: bytes, sheet: Sheet = SHEET) -> str:
    """The sentence that a file is refused with."""
    with pytest.raises(SheetRefused) as refused:
        imports.read(sheet, data)
    return str(refused.value)


def test_a_right_row_is_typed() -> None:
    result = read(line())

    assert result.ok
    assert result.rows[0].number == 2
    assert result.rows[0].values == {
        "id_type": "01",
        "id_no": ID_ONE,
        "name": "演示甲",
        "month": date(2026, 11, 1),
        "days": Decimal("21.5"),
        "children": 1,
        "pay": Decimal("2256.00"),
        "starts_on": date(2026, 11, 1),
        "ends_on": date(2027, 4, 30),
        "on_post": True,
        "mobile": "13800000001",
    }


def test_a_row_as_people_type_it_means_the_same() -> None:
    typed = read(
        line(
            证件类型="01 居民身份证",
            证件号码="１１０１０１１９９００３０７００２ｘ\u00a0",
            姓名=" 演示甲\u200b",
            考勤年月="2026年11月",
            实际出勤天数="２１．５天",
            子女数="1.0",
            生活费="¥2,256.00元",
            开始日期=46327,
            结束日期="20270430",
            是否在岗="√",
            手机="+86 138-0000-0001",
        )
    )
    assert typed.ok, typed.errors
    assert typed.rows[0].values == read(line()).rows[0].values


@pytest.mark.parametrize(
    "typed",
    [
        "01",
        1,
        "居民身份证（户口簿）",
        "居民身份证(户口簿)",
        "居民身份证",
        "01居民身份证（户口簿）",
        "01-居民身份证（户口簿）",
    ],
)
def test_a_code_may_be_typed_as_code_or_label(typed: object) -> None:
    assert read(line(证件类型=typed)).rows[0]["id_type"] == "01"


def test_a_label_that_could_be_two_codes_is_none() -> None:
    result = read(line(证件类型="港澳居民来往内地通行证"))
    assert faults(result)[0][2].startswith("不在可选范围内，请填写：居民身份证（户口簿）、军官证、")


def test_all_faults_are_told_at_once_by_row_and_column() -> None:
    result = read(
        line(姓名="演示1", 实际出勤天数="21.3", 生活费="-1"),
        line(证件号码=ID_TWO, 考勤年月="2026-13", 开始日期="2026-02-30", 是否在岗="也许"),
        line(证件号码=ID_THREE, 姓名=None, 子女数="1.5", 手机="123"),
    )
    assert faults(result) == [
        (2, "姓名", "姓名中不能有数字"),
        (2, "实际出勤天数", "只能填整天或半天，例如21或21.5"),
        (2, "生活费", "不能小于0元"),
        (3, "考勤年月", "没有2026年13月，请填写年月，例如2026-11"),
        (3, "开始日期", "没有2026年2月30日这一天，请填写日期，例如2026-11-01"),
        (3, "是否在岗", "请填写“是”或“否”"),
        (4, "姓名", "不能为空"),
        (4, "子女数", "请填写整数"),
        (4, "手机", "手机号码应为11位数字，以1开头"),
    ]
    assert result.correct_rows == []


def test_a_fault_says_where_it_is_and_what_was_found() -> None:
    error = read(line(生活费="很多")).errors[0]
    assert (error.place, error.value) == ("G2", "很多")
    assert str(error) == "第2行“生活费”请填写数字，不要写其他文字（现在是“很多”）"


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (140105199001010000, "末几位已经丢失"),
        ("1.40105E+17", "末几位已经丢失"),
        ("110101199003070000", "末三位为000"),
        ("110101199003070021", "校验位不正确"),
        ("11010119900307", "应为18位，现在是14位"),
    ],
)
def test_damaged_and_wrong_id_numbers_say_so(number: object, message: str) -> None:
    result = read(line(证件号码=number))
    assert message in result.errors[0].message
    assert result.rows[0]["id_no"] is None


def test_an_id_number_is_checked_by_the_kind_in_its_row() -> None:
    assert read(line(证件类型="外国人护照", 证件号码="e1234567x")).rows[0]["id_no"] == "E1234567X"
    unknown = read(line(证件类型="学生证", 证件号码="123"))
    assert [column for _, column, _ in faults(unknown)] == ["证件类型"]


def test_decimals_are_never_rounded() -> None:
    assert faults(read(line(生活费="2256.555"))) == [(2, "生活费", "最多2位小数，请四舍五入后填写")]


def test_a_text_too_long_says_how_long_it_is() -> None:
    assert faults(read(line(姓名="演" * 21))) == [(2, "姓名", "最多20个字，现在是21个字")]


def test_checks_across_a_row_see_its_values() -> None:
    assert faults(read(line(结束日期="2026-10-31"))) == [(2, "结束日期", "不能早于开始日期")]


def test_a_repeated_key_names_the_first_row() -> None:
    result = read(line(), line(证件号码=ID_TWO), line(证件号码=ID_ONE.lower()))
    assert faults(result) == [(4, "证件号码", "与第2行重复（证件号码、考勤年月相同），请删除其中一行")]
    assert [row.number for row in result.correct_rows] == [2, 3]


def test_set_checks_get_all_rows_at_once_and_their_faults_are_sorted_in() -> None:
    calls: list[int] = []

    def unknown_people(rows: Sequence[Row]) -> Iterator[SheetError]:
        calls.append(len(rows))
        known = {ID_TWO}
        for row in rows:
            if row["id_no"] and row["id_no"] not in known:
                yield row.error("id_no", "没有查到此人，请核对")
            if row["id_no"] is None:
                yield row.error("", "无法核对此人")

    result = imports.read(
        SHEET, filled(line(生活费="x"), line(证件号码=ID_TWO), line(证件号码="1")), checks=[unknown_people]
    )
    assert calls == [3]
    assert [(error.row, error.index) for error in result.errors] == [(2, 2), (2, 7), (4, 0), (4, 2)]
    assert str(result.errors[2]) == "第4行无法核对此人"
    assert [row.number for row in result.correct_rows] == [3]


def test_warnings_do_not_keep_a_row_out() -> None:
    def overtime(rows: Sequence[Row]) -> list[SheetError]:
        return [row.warning("days", "超过应出勤天数，请确认") for row in rows if row["days"] > 21]

    result = imports.read(SHEET, filled(line()), checks=[overtime])
    assert result.ok
    assert [(warning.place, warning.value) for warning in result.warnings] == [("E2", "21.5")]
    assert len(result.correct_rows) == 1


def test_titles_match_in_any_order_and_width_with_extra_columns_reported() -> None:
    changed = {" 证 件 号 码*": ID_ONE, "备注": "x"} | {
        f"{title}＊": value for title, value in GOOD.items() if title != "证件号码"
    }
    result = imports.read(SHEET, xlsx([list(changed), list(changed.values())]))
    assert result.ok
    assert result.rows[0]["id_no"] == ID_ONE
    assert result.notices == ["多出的列没有读取：“备注”（B列）"]


def test_missing_required_columns_are_named_and_optional_ones_are_blank() -> None:
    kept = [index for index, title in enumerate(TITLES) if title not in ("姓名", "手机", "生活费")]
    assert "缺少“姓名”、“生活费”列" in refusal(xlsx([[TITLES[index] for index in kept]]))
    result = imports.read(SHEET, xlsx([TITLES[:-1], line()[:-1]]))
    assert result.rows[0]["mobile"] is None
    assert result.notices == ["没有“手机”列，按未填写处理"]


def test_a_title_twice_is_refused() -> None:
    assert "“姓名”列重复了（C列和L列）" in refusal(xlsx([[*TITLES, "姓名"], [*line(), "演示乙"]]))


def test_headings_above_the_titles_are_passed_over() -> None:
    result = imports.read(SHEET, xlsx([["2026年11月考勤"], [], TITLES, line()]))
    assert [row.number for row in result.rows] == [4]


def test_blank_rows_and_the_example_row_are_passed_over() -> None:
    example = line(证件类型="示例: 居民身份证", 证件号码="随便")
    result = read(example, [], [" ", "\u00a0", "\u3000\u200b"], line())
    assert result.ok
    assert [row.number for row in result.rows] == [5]


def test_a_file_without_rows_is_refused() -> None:
    assert "表格是空的" in refusal(xlsx([]))
    assert "没有数据，请从第2行开始填写" in refusal(filled())
    assert "没有数据" in refusal(templates.blank_template(SHEET))


def test_a_workbook_of_something_else_is_refused() -> None:
    assert "没有找到表头" in refusal(xlsx([["a", "b"], [1, 2]]))
    other = Sheet("other", "其他业务", columns=(Text("name", "姓名"),))
    assert "这是其他业务的模板，不是“见习考勤”的模板" in refusal(templates.blank_template(other))


def test_an_older_template_is_mentioned() -> None:
    newer = Sheet(SHEET.name, SHEET.title, SHEET.columns, version="2")
    workbook = templates.blank_template(SHEET)
    rows = with_member(workbook, "xl/worksheets/sheet1.xml", _sheet_of(filled(line())))
    assert imports.read(newer, rows).notices[0].startswith("所用模板是旧版（1），现行版本是2")
    assert imports.read(SHEET, rows).notices == []


def _sheet_of(data: bytes) -> str:
    return member(data, "xl/worksheets/sheet1.xml")


def test_the_sheet_with_the_titles_is_read_and_others_are_reported() -> None:
    workbook = Workbook()
    workbook.active.title = "别的"
    workbook.active.append(["无关"])
    sheet = workbook.create_sheet("数据")
    sheet.append(TITLES)
    sheet.append(line())
    sheet.sheet_state = "hidden"
    workbook.create_sheet("空")
    assert imports.read(SHEET, saved(workbook)).notices == [
        "工作表“数据”是隐藏的，也已读取",
        "只读取了工作表“数据”，没有读取“别的”",
    ]


def test_two_sheets_with_the_titles_are_refused_unless_one_has_the_templates_name() -> None:
    workbook = Workbook()
    first, second = workbook.active, workbook.create_sheet("副本")
    first.title = "一月"
    for sheet in (first, second):
        sheet.append(TITLES)
        sheet.append(line())
    assert "有2个工作表都像“见习考勤”：“一月”、“副本”" in refusal(saved(workbook))
    first.title = SHEET.title
    assert imports.read(SHEET, saved(workbook)).layout.grid.name == SHEET.title


def test_hidden_rows_are_read_and_reported() -> None:
    workbook = Workbook()
    sheet = workbook.active
    for row in (TITLES, line(), line(证件号码=ID_TWO), line(证件号码=ID_THREE)):
        sheet.append(row)
    for number in (3, 4, 9):
        sheet.row_dimensions[number].hidden = True
    result = imports.read(SHEET, saved(workbook))
    assert len(result.rows) == 3
    assert result.notices == ["隐藏或被筛选的行也已读取：第3–4行"]


def test_merged_cells_among_the_rows_are_refused_by_their_place() -> None:
    workbook = Workbook()
    sheet = workbook.active
    for row in (["标题"], TITLES, line(), line()):
        sheet.append(row)
    sheet.merge_cells("A1:K1")
    assert imports.read(SHEET, saved(workbook)).rows
    sheet.merge_cells("C3:C4")
    assert "有合并的单元格（C3:C4）" in refusal(saved(workbook))


def test_formulas_count_as_their_results_and_errors_are_told_by_cell() -> None:
    computed = _sheet_of(filled(line())).replace(
        '<c r="G2" t="n"><v>2256</v></c>', '<c r="G2"><f>2000+256</f><v>2256</v></c>'
    )
    assert "<f>" in computed
    assert imports.read(SHEET, with_member(filled(line()), "xl/worksheets/sheet1.xml", computed)).rows[0]["pay"] == 2256
    result = read(line(生活费="#N/A", 手机="#REF!"), line(证件号码=ID_TWO, 生活费="=2000+256"))
    assert [(error.place, error.value) for error in result.errors] == [("G2", "#N/A"), ("K2", "#REF!"), ("G3", "")]
    assert "公式出错" in result.errors[0].message
    assert "没有它的计算结果" in result.errors[2].message


def test_workbooks_of_1904_count_their_days_from_then() -> None:
    workbook = Workbook()
    workbook.epoch = CALENDAR_MAC_1904
    workbook.active.append(TITLES)
    workbook.active.append(line(开始日期=46327 - 1462, 结束日期=date(2027, 4, 30)))
    row = imports.read(SHEET, saved(workbook)).rows[0]
    assert (row["starts_on"], row["ends_on"]) == (date(2026, 11, 1), date(2027, 4, 30))


def test_ods_files_are_imported_as_well() -> None:
    result = imports.read(SHEET, ods(ods_row(*TITLES) + ods_row(*map(str, line()))))
    assert result.ok, result.errors
    assert result.rows[0].values == read(line()).rows[0].values


def test_too_many_rows_are_refused() -> None:
    small = Sheet(SHEET.name, SHEET.title, SHEET.columns, max_rows=2)
    assert "一次最多导入2行" in refusal(filled(line(), line(), line()), small)


def test_a_file_is_known_by_its_digest() -> None:
    data = filled(line())
    assert imports.read(SHEET, data).digest == hashlib.sha256(data).hexdigest() == imports.digest(data)


def test_sheets_that_contradict_themselves_cannot_be_declared() -> None:
    name = Text("name", "姓名")
    for columns, unique in (
        ((name, Text("name", "别名")), ()),
        ((name, Text("other", " 姓 名*")), ()),
        ((name,), (("id_no",),)),
        ((Text("why", "错误原因"),), ()),
    ):
        with pytest.raises(ValueError, match="demo"):
            Sheet("demo", "演示", columns=columns, unique=unique)
    with pytest.raises(ValueError, match="name of a sheet"):
        Sheet("demo", "见习/考勤", columns=(name,))
