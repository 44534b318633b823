"""The error workbook: what was handed in, its bad cells marked, to be corrected in place and handed in again."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from common.sheets.child.limits import letters
from common.sheets.columns import REASON_TITLE, TEXT_FORMAT
from common.sheets.imports import Import, SheetError
from common.sheets.templates import add_own_sheets, dress
from common.sheets.values import Cell, shown
from common.sheets.writing import DATE_FORMAT, Pen, header_cells, to_bytes

_BAD = PatternFill("solid", fgColor="FFFFC7CE")
# Each comment is a drawing of its own: beyond these the reason column and the fill must do.
_MAX_COMMENTS = 1_000
# Texts stay texts even when they are edited; numbers, however wrong, stay numbers.
_FORMATS: dict[type, str] = {
    str: TEXT_FORMAT,
    float: "General",
    int: "General",
    bool: "General",
    date: DATE_FORMAT,
    datetime: "yyyy-mm-dd hh:mm:ss",
    type(None): TEXT_FORMAT,
}


def error_workbook(result: Import) -> bytes:
    """The sheet as it was handed in, row by row in its old place, with fills, comments and a column of reasons.

    Values stay as they were typed. Formulas stand as their values, other sheets are left out; the template's
    name, drop-downs and guide are added.
    """
    layout = result.layout
    workbook = Workbook(write_only=True)
    if result.epoch_1904:
        workbook.epoch = CALENDAR_MAC_1904
    worksheet = workbook.create_sheet(result.sheet.title)
    columns = [(index + 1, result.sheet.column(key)) for key, index in layout.places.items()]
    dress(worksheet, result.sheet, columns, layout.header + 2)
    reason = layout.reason if layout.reason is not None else max(map(len, layout.grid.rows))
    worksheet.column_dimensions[letters(reason + 1)].width = 60
    writer = _Writer(worksheet, layout.grid.faults, reason)
    by_row = _by_row(result.errors)
    for number, cells in enumerate(layout.grid.rows, start=1):
        if number == layout.header + 1:
            worksheet.append(_header(worksheet, cells, reason))
        else:
            worksheet.append(writer.cells(cells, number, by_row.get(number, ())))
    add_own_sheets(workbook, result.sheet)
    return to_bytes(workbook)


def _by_row(errors: Sequence[SheetError]) -> dict[int, list[SheetError]]:
    found: dict[int, list[SheetError]] = {}
    for error in errors:
        found.setdefault(error.row, []).append(error)
    return found


def _header(worksheet: WriteOnlyWorksheet, cells: Sequence[Cell], reason: int) -> list[Any]:
    titles = [shown(cell) for cell in cells]
    titles += [""] * (reason + 1 - len(titles))
    titles[reason] = REASON_TITLE
    return list(header_cells(worksheet, titles))


class _Writer:
    """Writes rows as they were, cell by cell in the format that keeps what was typed."""

    def __init__(self, worksheet: WriteOnlyWorksheet, faults: dict[tuple[int, int], str], reason: int) -> None:
        self._worksheet, self._faults, self._reason = worksheet, faults, reason
        self._comments = 0
        self._pens = {kind: Pen(worksheet, number_format) for kind, number_format in _FORMATS.items()}

    def cells(self, cells: Sequence[Cell], number: int, errors: Sequence[SheetError]) -> Iterator[Any]:
        """The row ``number``; lazily, because pens are used again for every cell."""
        if not errors:
            # Reasons of the last round stay behind.
            for index, cell in enumerate(cells):
                yield None if index == self._reason else self._plain(cell, number, index)
            return
        messages: dict[int, list[str]] = {}
        for error in errors:
            messages.setdefault(error.index - 1, []).append(error.message)
        for index in range(max(len(cells), self._reason + 1)):
            cell = cells[index] if index < len(cells) else None
            if index == self._reason:
                yield self._pens[str](_reason_text(errors))
            elif index in messages:
                yield self._marked(cell, number, index, messages[index])
            else:
                yield self._plain(cell, number, index)

    def _plain(self, cell: Cell, number: int, index: int) -> Any:
        if self._faults and (number, index + 1) in self._faults:
            return self._fault()
        return None if cell is None or cell == "" else self._pens[type(cell)](cell)

    def _fault(self) -> WriteOnlyCell:
        """An error cell, so that the value is missed again unless it is mended."""
        error = WriteOnlyCell(self._worksheet)
        error._value, error.data_type = "#N/A", "e"
        return error

    def _marked(self, cell: Cell, number: int, index: int, messages: Sequence[str]) -> WriteOnlyCell:
        # A comment and a fill belong to this cell alone: a pen of its own.
        failed = (number, index + 1) in self._faults
        bad = self._fault() if failed else Pen(self._worksheet, _FORMATS[type(cell)])(cell)
        bad.fill = _BAD
        if self._comments < _MAX_COMMENTS:
            self._comments += 1
            bad.comment = Comment("\n".join(messages), REASON_TITLE, height=80, width=260)
        return bad


def _reason_text(errors: Sequence[SheetError]) -> str:
    return "；".join(f"{error.column}：{error.message}" if error.column else error.message for error in errors)
