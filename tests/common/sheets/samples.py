"""A sheet with every type of column, and workbooks made by hand, honest and evil. All people are made up (演示)."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from openpyxl import Workbook

from common import codes, identifiers
from common.sheets.columns import Amount, Code, Date, HalfDays, IdNumber, Integer, Month, Sheet, Text, YesNo

DATA = Path(__file__).with_name("data")

ID_ONE, ID_TWO, ID_THREE = "11010119900307002X", "110101199003070038", "110101199003070046"


def no_digits(name: str) -> str:
    """A name has no digits."""
    if any(char.isdigit() for char in name):
        raise ValidationError("姓名中不能有数字")
    return name


def ends_after_start(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The end is not before the start."""
    start, end = values["starts_on"], values["ends_on"]
    return [("ends_on", "不能早于开始日期")] if start and end and end < start else []


SHEET = Sheet(
    "attendance-demo",
    "见习考勤",
    columns=(
        Code("id_type", "证件类型", codes=codes.ID_TYPE, example="居民身份证（户口簿）"),
        IdNumber("id_no", "证件号码", type_key="id_type", example="110101199003070011"),
        Text("name", "姓名", max_length=20, clean=no_digits, example="张三（虚构）"),
        Month("month", "考勤年月", example="2026-11"),
        HalfDays("days", "实际出勤天数", example="21.5"),
        Integer("children", "子女数", required=False, maximum=Decimal(20), example="1"),
        Amount("pay", "生活费", unit="元", minimum=Decimal(0), example="2256", note="以实际发放为准"),
        Date("starts_on", "开始日期", example="2026-11-01"),
        Date("ends_on", "结束日期", required=False, example="2027-04-30"),
        YesNo("on_post", "是否在岗", example="是"),
        Text("mobile", "手机", required=False, clean=identifiers.clean_mobile, example="13800000000"),
    ),
    unique=(("id_no", "month"),),
    check_row=ends_after_start,
    instructions=("每人每月一行。",),
)

TITLES = [column.title for column in SHEET.columns]

GOOD: dict[str, Any] = {
    "证件类型": "居民身份证（户口簿）",
    "证件号码": ID_ONE,
    "姓名": "演示甲",
    "考勤年月": "2026-11",
    "实际出勤天数": 21.5,
    "子女数": 1,
    "生活费": 2256,
    "开始日期": "2026-11-01",
    "结束日期": "2027-04-30",
    "是否在岗": "是",
    "手机": "13800000001",
}


def line(**changes: Any) -> list[Any]:
    """A right row of SHEET, with other cells by title."""
    return list((GOOD | changes).values())


def xlsx(rows: Sequence[Sequence[Any]], title: str = "见习考勤") -> bytes:
    """A workbook of one sheet."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    return saved(workbook)


def filled(*rows: Sequence[Any]) -> bytes:
    """SHEET's titles and these rows."""
    return xlsx([TITLES, *rows])


def saved(workbook: Workbook) -> bytes:
    """The bytes of a workbook."""
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def with_member(data: bytes, name: str, content: bytes | str) -> bytes:
    """The same archive, one member replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
        new.writestr(name, content)
    return out.getvalue()


def member(data: bytes, name: str) -> str:
    """One member of an archive, as text."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name).decode()


def with_sheet_xml(sheet_data: str, extra: str = "") -> bytes:
    """An xlsx whose only sheet has this content."""
    content = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{sheet_data}</sheetData>{extra}</worksheet>"
    )
    return with_member(xlsx([["x"]]), "xl/worksheets/sheet1.xml", content)


def ods(rows: str, name: str = "见习考勤", **members: str) -> bytes:
    """An OpenDocument workbook with these ``table:table-row`` elements."""
    spaces = " ".join(
        f'xmlns:{prefix}="urn:{urn}"'
        for prefix, urn in {
            "office": "oasis:names:tc:opendocument:xmlns:office:1.0",
            "table": "oasis:names:tc:opendocument:xmlns:table:1.0",
            "text": "oasis:names:tc:opendocument:xmlns:text:1.0",
            "calcext": "org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
        }.items()
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="{name}">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", members.pop("manifest", manifest))
        archive.writestr("content.xml", content)
        for path, text in members.items():
            archive.writestr(path, text)
    return out.getvalue()


def ods_row(*texts: str) -> str:
    """A row of texts, padded with repeated blank cells as office programs do."""
    cells = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>' for text in texts
    )
    return f'<table:table-row>{cells}<table:table-cell table:number-columns-repeated="16000"/></table:table-row>'
