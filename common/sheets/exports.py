"""Data as a workbook in the same columns as the import, so that what was exported can be corrected and handed in.

openpyxl writes everything but the rows: those are set into its finished file as text, several times faster.
"""

import io
import math
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.utils.datetime import to_excel

from common.sheets.child.limits import letters
from common.sheets.columns import Column, Sheet
from common.sheets.templates import add_own_sheets, dress
from common.sheets.values import printable
from common.sheets.writing import MAX_TEXT, Pen, fit_page, header_cells, set_columns, to_bytes

_ROWS_PART = "xl/worksheets/sheet1.xml"
_ROWS_END = b"</sheetData>"


def export(sheet: Sheet, rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Rows of values by key as an xlsx file that ``imports.read`` reads again, drop-downs and guide included."""
    workbook = Workbook(write_only=True)
    worksheet = workbook.create_sheet(sheet.title)
    dress(worksheet, sheet, list(enumerate(sheet.columns, start=1)), first_row=2)
    return _with_rows(workbook, worksheet, sheet.columns, rows, sheet)


def export_list(title: str, columns: Sequence[Column], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A list for reading only (a roster, figures): one sheet, no drop-downs. Missing keys stay blank."""
    workbook = Workbook(write_only=True)
    worksheet = workbook.create_sheet(title)
    worksheet.freeze_panes = "A2"
    fit_page(worksheet)
    set_columns(worksheet, list(enumerate(columns, start=1)))
    return _with_rows(workbook, worksheet, columns, rows, None)


def _with_rows(
    workbook: Workbook,
    worksheet: Any,
    columns: Sequence[Column],
    rows: Iterable[Mapping[str, Any]],
    sheet: Sheet | None,
) -> bytes:
    worksheet.append(header_cells(worksheet, [column.title for column in columns]))
    styles = [Pen(worksheet, column.number_format)("").style_id for column in columns]
    if sheet is not None:
        add_own_sheets(workbook, sheet)
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(to_bytes(workbook))) as made,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in made.namelist():
            with new.open(name, "w") as part:
                before, end, after = made.read(name).partition(_ROWS_END if name == _ROWS_PART else b"\x00")
                part.write(before)
                if end:
                    for line in _row_lines(columns, styles, rows):
                        part.write(line.encode())
                    part.write(end + after)
    return out.getvalue()


def _row_lines(columns: Sequence[Column], styles: Sequence[int], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    slots = [(letters(index + 1), styles[index], column.key, column.cell) for index, column in enumerate(columns)]
    for number, row in enumerate(rows, start=2):
        cells = [
            _cell(f'r="{letter}{number}" s="{style}"', cell(value))
            for letter, style, key, cell in slots
            if (value := row.get(key)) is not None
        ]
        yield f'<row r="{number}">{"".join(cells)}</row>'


def _cell(place: str, value: Any) -> str:
    """A cell as SpreadsheetML; texts stay texts, whatever they begin with."""
    if isinstance(value, bool):
        return f'<c {place} t="b"><v>{value:d}</v></c>'
    if isinstance(value, date):
        if isinstance(value, datetime) and timezone.is_aware(value):
            value = timezone.make_naive(value)
        return f"<c {place}><v>{to_excel(value)}</v></c>"
    if isinstance(value, Decimal):
        return f"<c {place}><v>{value:f}</v></c>"
    if isinstance(value, (int, float)) and math.isfinite(value):
        return f"<c {place}><v>{value!r}</v></c>"
    text = escape(printable(str(value))[:MAX_TEXT])
    return f'<c {place} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
