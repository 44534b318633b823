"""What template, export and error workbook share: sheets written row by row, in their columns' formats."""

import io
import math
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.properties import PageSetupProperties

from common.sheets.child.limits import letters
from common.sheets.columns import Column
from common.sheets.values import printable

DATE_FORMAT = "yyyy-mm-dd"
MAX_TEXT = 32_767  # characters that a cell can hold
_HEADER_FONT = Font(bold=True)
_HEADER_FILL = PatternFill("solid", fgColor="FFDDEBF7")
_WRAPPED = Alignment(wrap_text=True, vertical="center")


class Pen:
    """One cell of a format, used again for every row: a write-only sheet writes it out at once."""

    def __init__(self, worksheet: WriteOnlyWorksheet, number_format: str, *, fill: PatternFill | None = None) -> None:
        self._cell = WriteOnlyCell(worksheet)
        self._cell.number_format = number_format
        if fill is not None:
            self._cell.fill = fill

    def __call__(self, value: Any) -> WriteOnlyCell:
        """The cell with that value; texts stay texts, whatever they begin with."""
        if isinstance(value, float) and not math.isfinite(value):
            value = str(value)
        cell = self._cell
        # Assigning ``cell.value`` would make a formula of what begins with "=" and an error of "#N/A".
        if isinstance(value, str):
            cell._value, cell.data_type = printable(value)[:MAX_TEXT], "s"
        elif isinstance(value, bool):
            cell._value, cell.data_type = value, "b"
        elif isinstance(value, date):
            cell._value, cell.data_type = value, "d"
        else:
            cell._value, cell.data_type = value, "n"
        return cell


def header_cells(worksheet: WriteOnlyWorksheet, titles: Iterable[str]) -> list[WriteOnlyCell]:
    """Cells of a header row."""
    cells = []
    for title in titles:
        cell = Pen(worksheet, "@", fill=_HEADER_FILL)(title)
        cell.font, cell.alignment = _HEADER_FONT, _WRAPPED
        cells.append(cell)
    return cells


def fit_page(worksheet: WriteOnlyWorksheet) -> None:
    """On paper all columns stand side by side on landscape pages."""
    worksheet.page_setup.orientation, worksheet.page_setup.fitToHeight = "landscape", 0
    worksheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def set_columns(worksheet: WriteOnlyWorksheet, columns: Sequence[tuple[int, Column]]) -> None:
    """Widths and formats of whole columns, so that cells not yet written keep their digits. Numbers count from 1."""
    for number, column in columns:
        dimension = worksheet.column_dimensions[letters(number)]
        dimension.width = column.width
        dimension.number_format = column.number_format


def to_bytes(workbook: Workbook) -> bytes:
    """The finished file."""
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()
