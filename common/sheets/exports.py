"""Data as a workbook in the same columns as the import, so that what was exported can be corrected and handed in."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook

from common.sheets.columns import Column, Sheet
from common.sheets.templates import add_own_sheets, dress
from common.sheets.writing import Pen, header_cells, set_columns, to_bytes


def export(sheet: Sheet, rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Rows of values by key as an xlsx file that ``imports.read`` reads again, drop-downs and guide included."""
    workbook = Workbook(write_only=True)
    worksheet = workbook.create_sheet(sheet.title)
    dress(worksheet, sheet, list(enumerate(sheet.columns, start=1)), first_row=2)
    _write(worksheet, sheet.columns, rows)
    add_own_sheets(workbook, sheet)
    return to_bytes(workbook)


def export_list(title: str, columns: Sequence[Column], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A list for reading only (a roster, figures): one sheet, no drop-downs. Missing keys stay blank."""
    workbook = Workbook(write_only=True)
    worksheet = workbook.create_sheet(title)
    worksheet.freeze_panes = "A2"
    set_columns(worksheet, list(enumerate(columns, start=1)))
    _write(worksheet, columns, rows)
    return to_bytes(workbook)


def _write(worksheet: Any, columns: Sequence[Column], rows: Iterable[Mapping[str, Any]]) -> None:
    worksheet.append(header_cells(worksheet, [column.title for column in columns]))
    pens = [(Pen(worksheet, column.number_format), column.key, column.cell) for column in columns]
    for row in rows:
        worksheet.append(None if (value := row.get(key)) is None else pen(cell(value)) for pen, key, cell in pens)
