"""Files from strangers: whatever is handed in, the answer is cells or a sentence, never a dead process."""

import contextlib
import io
import json
import subprocess
import sys
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.sheets import reading
from common.sheets.reading import SheetRefused, read_workbook
from tests.common.sheets.samples import DATA, member, ods, ods_row, with_member, with_sheet_xml, xlsx


def refusal(data: bytes) -> str:
    """The sentence that a file is refused with."""
    with pytest.raises(SheetRefused) as refused:
        read_workbook(data)
    return str(refused.value)


def cell(place: str, value: str = "1") -> str:
    """A number cell of a sheet's XML."""
    return f'<c r="{place}"><v>{value}</v></c>'


@pytest.mark.parametrize(
    "name", ["every_cell_1900.xlsx", "every_cell_1900.xls", "every_cell_1904.xls", "every_cell_1900.ods"]
)
def test_every_format_tells_the_same(name: str) -> None:
    workbook = read_workbook((DATA / name).read_bytes())

    sheet, other = workbook.grids
    assert sheet.rows[1] == ["11010119900307007X", "演示甲", date(2026, 11, 1), 2256.5, True, 4513]
    assert sheet.rows[2][2] == datetime(2026, 11, 2, 8, 30)
    assert sheet.rows[3][2:4] == [46327, "1,234.50"]
    assert sheet.hidden_rows == [3]
    assert sheet.merged == ["A6:B7"]
    assert sheet.faults == {(3, 6): "#DIV/0!", (4, 6): "#N/A"}
    assert (sheet.hidden, other.hidden) == (False, True)
    assert workbook.epoch_1904 == ("1904" in name)


def test_shared_strings_prefixes_and_attributes_in_any_order_are_read() -> None:
    content = (
        '<?xml version="1.0"?><x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        "<x:sheetData><x:row hidden='1' r='1'><x:c t='e' r='A1'><x:v>#REF!</x:v></x:c>"
        "<x:c r='B1'><x:f>1+1</x:f></x:c></x:row></x:sheetData></x:worksheet>"
    )
    grid = read_workbook(with_member(xlsx([["x"]]), "xl/worksheets/sheet1.xml", content)).grids[0]
    assert grid.hidden_rows == [1]
    assert grid.faults == {(1, 1): "#REF!", (1, 2): "="}


def test_a_formula_never_computed_is_a_fault_but_an_empty_text_is_a_result() -> None:
    grid = read_workbook(
        with_sheet_xml('<row r="1"><c r="A1"><f>B1</f><v/></c><c r="B1" t="str"><f>""</f><v></v></c></row>')
    ).grids[0]
    assert grid.faults == {(1, 1): "="}


def test_a_cell_in_the_last_corner_is_refused_by_its_place() -> None:
    bomb = with_sheet_xml(f'<row r="1">{cell("A1")}</row><row r="1048576">{cell("XFD1048576")}</row>')
    assert len(bomb) < 6_000
    assert "单元格XFD1048576有内容" in refusal(bomb)


@pytest.mark.parametrize(
    "far",
    [
        "<row r='1'><c s='1'\n r = 'XFD1048576' ><v>1</v></c></row>",
        '<row r="1"><x:c xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" r="XFD1048576"><v>1</v></x:c></row>',
        '<row r="1"><c r="xfd1048576"><v>1</v></c></row>',
        '<row r="1048576"><c r="A1048576"><v>1</v></c></row>',
        '<row r="1"><c r="ZZZZZZ99999999999"><v>1</v></c></row>',
    ],
)
def test_a_far_cell_is_found_however_it_is_written(far: str) -> None:
    assert "超出了可以导入的范围" in refusal(with_sheet_xml(far))


def test_a_far_cell_in_a_part_of_another_name_is_found() -> None:
    bomb = with_sheet_xml(f'<row r="1">{cell("XFD1048576")}</row>')
    relations = member(bomb, "xl/_rels/workbook.xml.rels").replace("worksheets/sheet1.xml", "hidden.dat")
    moved = with_member(bomb, "xl/hidden.dat", member(bomb, "xl/worksheets/sheet1.xml"))
    assert "XFD1048576" in refusal(with_member(moved, "xl/_rels/workbook.xml.rels", relations))


def test_formatted_cells_without_a_value_may_lie_anywhere() -> None:
    sheet = with_sheet_xml(f'<row r="1">{cell("A1")}</row><row r="1048576"><c r="XFD1048576" s="0"/></row>')
    assert read_workbook(sheet).grids[0].rows == [[1.0]]


def test_a_false_dimension_does_no_harm() -> None:
    data = xlsx([["x"]])
    sheet = member(data, "xl/worksheets/sheet1.xml").replace('ref="A1:A1"', 'ref="A1:XFD1048576"')
    assert "XFD1048576" in sheet
    assert read_workbook(with_member(data, "xl/worksheets/sheet1.xml", sheet)).grids[0].rows == [["x"]]


def test_wide_and_long_at_once_is_too_much() -> None:
    rows = f'<row r="1">{cell("GR1")}</row><row r="90000">{cell("A90000")}</row>'
    assert "表格过大" in refusal(with_sheet_xml(rows))


def test_a_part_that_unpacks_to_far_more_than_it_is_packed_is_refused() -> None:
    bomb = with_member(xlsx([["x"]]), "xl/media/fill.xml", b" " * 50_000_000)
    assert len(bomb) < 100_000
    assert "解压后过大" in refusal(bomb)


def test_a_part_that_is_larger_than_declared_is_refused() -> None:
    data = bytearray(with_sheet_xml(f'<row r="1">{cell("A1")}</row>'))
    entry = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    while b"sheet1.xml" not in data[entry + 46 : entry + 46 + 40]:
        entry = data.index(b"PK\x01\x02", entry + 4)
    data[entry + 24 : entry + 28] = (40).to_bytes(4, "little")
    assert "已损坏" in refusal(bytes(data))


def test_too_many_parts_are_refused() -> None:
    out = io.BytesIO(xlsx([["x"]]))
    with zipfile.ZipFile(out, "a") as archive:
        for number in range(600):
            archive.writestr(f"xl/part{number}.xml", "")
    assert "解压后过大" in refusal(out.getvalue())


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_of_one_name_are_refused() -> None:
    out = io.BytesIO(xlsx([["x"]]))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("XL/worksheets/sheet1.xml", "<worksheet/>")
    assert "已损坏" in refusal(out.getvalue())


def test_entities_and_other_encodings_are_refused() -> None:
    data = xlsx([["x"]])
    laughs = '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><workbook>&b;</workbook>'
    assert "已损坏" in refusal(with_member(data, "xl/workbook.xml", laughs))
    sheet = member(data, "xl/worksheets/sheet1.xml")
    assert "已损坏" in refusal(with_member(data, "xl/worksheets/sheet1.xml", sheet.encode("utf-16")))
    assert "已损坏" in refusal(
        with_member(data, "xl/worksheets/sheet1.xml", f'<?xml version="1.0" encoding="utf-7"?>{sheet}')
    )


def test_blank_repeated_cells_as_office_programs_write_them_are_read() -> None:
    tail = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    assert read_workbook(ods(ods_row("甲", "乙") + ods_row("丙") + tail)).grids[0].rows == [["甲", "乙"], ["丙", ""]]


@pytest.mark.parametrize(
    "attributes",
    [
        ("table:number-rows-repeated='1048576'", ""),
        ("", "table:number-columns-repeated='16384'"),
        ("table:number-rows-repeated='90000'", "table:number-columns-repeated='200'"),
    ],
)
def test_repeated_cells_with_a_value_are_counted_out(attributes: tuple[str, str]) -> None:
    row, column = attributes
    bomb = ods(
        f"<table:table-row {row}><table:table-cell {column} office:value-type='string'><text:p>x</text:p></table:table-cell></table:table-row>"
    )
    assert "范围" in refusal(bomb) or "表格过大" in refusal(bomb)


@pytest.mark.parametrize("count", ["99999999999", "0", "-1", "x"])
def test_repetitions_that_no_program_writes_are_refused(count: str) -> None:
    assert "解压后过大" in refusal(
        ods(f'<table:table-row table:number-rows-repeated="{count}"><table:table-cell/></table:table-row>')
    )


def test_a_value_behind_a_million_blank_cells_is_refused_by_its_place() -> None:
    gap = '<table:table-row table:number-rows-repeated="1000000"><table:table-cell/></table:table-row>'
    assert "单元格A1000002有内容" in refusal(ods(ods_row("甲") + gap + ods_row("乙")))


def test_errors_merged_cells_and_filtered_rows_of_ods() -> None:
    rows = (
        '<table:table-row table:visibility="filter"><table:table-cell calcext:value-type="error" office:value-type="string">'
        "<text:p>#N/A</text:p></table:table-cell></table:table-row>"
        '<table:table-row><table:table-cell table:number-columns-spanned="2" office:value-type="string"><text:p>x</text:p>'
        "</table:table-cell><table:covered-table-cell/></table:table-row>"
    )
    grid = read_workbook(ods(rows)).grids[0]
    assert (grid.hidden_rows, grid.merged, grid.faults) == ([1], ["A2:B2"], {(1, 1): "#N/A"})


def test_macros_are_refused_in_every_format() -> None:
    assert "含有宏" in refusal(with_member(xlsx([["x"]]), "xl/vbaProject.bin", b"x"))
    types = member(xlsx([["x"]]), "[Content_Types].xml")
    enabled = types.replace("spreadsheetml.sheet.main", "sheet.macroEnabled.main")
    enabled = enabled.replace("openxmlformats-officedocument.sheet.macroEnabled", "ms-excel.sheet.macroEnabled")
    assert "含有宏" in refusal(with_member(xlsx([["x"]]), "[Content_Types].xml", enabled))
    assert "含有宏" in refusal(ods(ods_row("x"), **{"Basic/Standard/Module1.xml": "<x/>"}))
    xls = (DATA / "every_cell_1900.xls").read_bytes()
    assert "含有宏" in refusal(xls + "_VBA_PROJECT_CUR".encode("utf-16-le"))


def test_passwords_are_refused_in_every_format() -> None:
    xls = (DATA / "every_cell_1900.xls").read_bytes()
    date_mode, file_pass = b"\x22\x00\x02\x00\x00\x00", b"\x2f\x00\x02\x00\x00\x00"
    assert date_mode in xls
    assert "设有密码" in refusal(xls.replace(date_mode, file_pass, 1))
    assert "设有密码" in refusal(xls + "EncryptedPackage".encode("utf-16-le"))
    assert "设有密码" in refusal(ods(ods_row("x"), manifest="<m><manifest:encryption-data/></m>"))
    packed = bytearray(xlsx([["x"]]))
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    assert "设有密码" in refusal(bytes(packed))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "文件是空的"),
        ("姓名,证件号码\n演示甲,110101199003070011\n".encode(), "文本文件（CSV）"),
        ("姓名,证件号码\n演示甲,110101199003070011\n".encode("gbk"), "文本文件（CSV）"),
        ("姓名\t证件号码\n演示甲\t1\n".encode("utf-16"), "文本文件（CSV）"),
        ("<html><table><tr><td>姓名</td></tr></table></html>".encode("gbk"), "网页格式"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "XML格式"),
        (b"%PDF-1.7\n", "PDF文件"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "图片"),
        (b"\x00\x01\x02", "无法识别"),
        (b"PK\x03\x04" + b"\x00" * 100, "已损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 1000, "已损坏"),
    ],
)
def test_what_is_no_workbook_is_named(data: bytes, words: str) -> None:
    assert words in refusal(data)


def test_other_archives_are_no_workbooks() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert "不是电子表格" in refusal(out.getvalue())
    assert "xlsb" in refusal(with_member(out.getvalue(), "xl/workbook.bin", b"x"))


@pytest.mark.parametrize("name", ["every_cell_1900.xlsx", "every_cell_1900.xls", "every_cell_1900.ods"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_files_cut_off_on_the_way_are_refused(name: str, share: float) -> None:
    data = (DATA / name).read_bytes()
    assert refusal(data[: int(len(data) * share)])


def test_a_compound_file_whose_sectors_run_in_a_circle_is_refused() -> None:
    data = bytearray((DATA / "every_cell_1900.xls").read_bytes())
    table = 512 * (int.from_bytes(data[76:80], "little") + 1)
    data[table : table + 512] = b"".join(number.to_bytes(4, "little") for number in range(128))
    assert "已损坏" in refusal(bytes(data))


def test_files_too_large_are_not_opened() -> None:
    assert "超过20MB" in refusal(b"PK\x03\x04" + b"\x00" * reading.MAX_BYTES)


def test_a_child_that_runs_out_of_time_or_memory_ends_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = tmp_path / "child.py"
    monkeypatch.setattr(reading, "_CHILD", script)
    for code, words in (
        ("import resource, signal, os; os.kill(os.getpid(), signal.SIGXCPU)", "读取超时"),
        ("import os; os.abort()", "表格过大"),
        ("raise SystemExit(3)", "已损坏"),
    ):
        script.write_text(code)
        assert words in refusal(xlsx([["x"]]))


@pytest.mark.parametrize("name", ["every_cell_1900.xlsx", "every_cell_1900.xls", "every_cell_1900.ods"])
@settings(max_examples=8, deadline=None, derandomize=True)
@given(data=st.data())
def test_files_with_damaged_bytes_are_read_or_refused(name: str, data: st.DataObject) -> None:
    content = bytearray((DATA / name).read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=5)):
        content[place] = data.draw(st.integers(0, 255))
    with contextlib.suppress(SheetRefused):
        read_workbook(bytes(content))


def test_a_table_of_texts_that_claims_to_be_huge_does_no_harm() -> None:
    strings = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="4294967295" uniqueCount="4294967295"/>'
    with contextlib.suppress(SheetRefused):
        read_workbook(with_member((DATA / "every_cell_1900.xlsx").read_bytes(), "xl/sharedStrings.xml", strings))


def test_rows_far_out_with_cells_of_no_place_end_the_child_alone() -> None:
    far = f'<row r="1">{cell("IV1")}</row><row r="1048576"><c><v>1</v></c></row>'
    assert "表格过大" in refusal(with_sheet_xml(far))


def test_the_child_knows_nothing_of_the_hall() -> None:
    script = (
        "import sys; sys.path.append(sys.argv[1])\n"
        "from common.sheets.child import limits, ods, packages, xls, xlsx\n"
        "import json; print(json.dumps([name for name in sys.modules if name.startswith(('common', 'django', 'config'))]))"
    )
    root = Path(reading.__file__).parents[2]
    done = subprocess.run([sys.executable, "-I", "-c", script, str(root)], capture_output=True, text=True, check=True)
    names = ["", ".limits", ".ods", ".packages", ".xls", ".xlsx"]
    assert sorted(json.loads(done.stdout)) == [
        "common",
        "common.sheets",
        *(f"common.sheets.child{name}" for name in names),
    ]
