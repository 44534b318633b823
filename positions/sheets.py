"""The export of interested people (意向人员)."""

from io import BytesIO

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.styles import Font

from positions.models import Position
from positions.queries import Interested

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS = ("姓名", "性别", "年龄", "学历", "毕业院校", "所学专业", "联系电话", "意向时间", "处理情况")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def plain(text: str) -> str:
    """Text that no spreadsheet takes for a formula: those beginnings get an apostrophe before them."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def interested_workbook(position: Position, people: list[Interested]) -> bytes:
    """One sheet with a row per person, as the page shows them."""
    book = Workbook()
    sheet = book.active
    sheet.title = "意向人员"
    sheet.append([plain(f"{position.number} {position.name}")])
    sheet.append(list(HEADINGS))
    for row in people:
        sheet.append([plain(text) for text in _cells(row)])
    for cell in (*sheet[1], *sheet[2]):
        cell.font = Font(bold=True)
    for column, width in zip("ABCDEFGHI", (12, 6, 6, 12, 24, 20, 16, 18, 14), strict=True):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "A3"
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _cells(row: Interested) -> list[str]:
    since = timezone.localtime(row.since).strftime("%Y-%m-%d %H:%M")
    age = "" if row.age is None else str(row.age)
    answer = row.answer.get_kind_display() if row.answer else "未处理"
    return [row.name, row.sex, age, row.education, row.school, row.major, row.phone, since, answer]
