"""A filled-in workbook becomes typed rows, or all its faults at once."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError

from common import collecting
from common.codes import RESIDENT_ID
from common.sheets.child.limits import letters
from common.sheets.columns import Column, Sheet
from common.sheets.layouts import Layout, any_filled, find_layout, is_example
from common.sheets.reading import SheetRefused, read_workbook
from common.sheets.values import Cell, Unreadable, shown, text

_REQUIRED = "不能为空"


@dataclass(frozen=True, slots=True)
class SheetError:
    """One fault: the row as the spreadsheet numbers it, the column's title, what was found, what would be right.

    ``index`` is the column's number in the file, from 1; 0 where the fault is the whole row's. What does not
    ``block`` is a warning: the row may be imported.
    """

    row: int
    column: str
    value: str
    message: str
    index: int = 0
    blocks: bool = True

    @property
    def place(self) -> str:
        """C5: where a spreadsheet finds the cell."""
        return f"{letters(self.index)}{self.row}" if self.index else f"第{self.row}行"

    def __str__(self) -> str:
        column = f"“{self.column}”" if self.column else ""
        found = f"（现在是“{self.value}”）" if self.value else ""
        return f"第{self.row}行{column}{self.message}{found}"


@dataclass(slots=True)
class Row:
    """One row of a file. ``row["key"]`` is the typed value, None where the cell is blank or wrong."""

    number: int
    values: dict[str, Any]
    cells: list[Cell]
    layout: Layout
    sheet: Sheet

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def error(self, key: str, message: str) -> SheetError:
        """A fault in the column ``key`` of this row; with an empty key, in the row as a whole."""
        if not key:
            return SheetError(self.number, "", "", message)
        index = self.layout.places.get(key)
        title = self.sheet.column(key).title
        if index is None:
            return SheetError(self.number, title, "", message)
        found = shown(self.cells[index]) if index < len(self.cells) else ""
        return SheetError(self.number, title, found, message, index + 1)

    def warning(self, key: str, message: str) -> SheetError:
        """As ``error``, for what the person should look at but may mean."""
        return replace(self.error(key, message), blocks=False)


SetCheck = Callable[[Sequence[Row]], Iterable[SheetError]]


@dataclass
class Import:
    """What a file says. ``errors`` and ``warnings`` are sorted by row and column; ``notices`` are about the file."""

    sheet: Sheet
    layout: Layout
    rows: list[Row]
    errors: list[SheetError]
    warnings: list[SheetError]
    notices: list[str]
    epoch_1904: bool
    digest: str
    """SHA-256 of the file: the same file handed in twice is recognised by it."""

    @property
    def ok(self) -> bool:
        """Whether every row may be imported."""
        return not self.errors

    @property
    def correct_rows(self) -> list[Row]:
        """The rows without a fault (仅导入正确行)."""
        if not self.errors:
            return self.rows
        failed = {error.row for error in self.errors}
        return [row for row in self.rows if row.number not in failed]


def digest(data: bytes) -> str:
    """What identifies a file's content."""
    return hashlib.sha256(data).hexdigest()


def read(sheet: Sheet, data: bytes, *, checks: Sequence[SetCheck] = ()) -> Import:
    """Read a filled-in workbook and check it; raises SheetRefused when it cannot be read as this sheet.

    Each of ``checks`` gets all rows at once (wrong values are None there), asks the database a fixed
    number of times, and yields ``row.error(key, message)`` or ``row.warning(key, message)``.
    """
    with collecting.put_off():
        return _read(sheet, data, checks)


def _read(sheet: Sheet, data: bytes, checks: Sequence[SetCheck]) -> Import:
    workbook = read_workbook(data)
    layout, notices = find_layout(sheet, workbook)
    rows, errors = _rows(sheet, layout, workbook.epoch_1904)
    if not rows:
        raise SheetRefused(f"表格中没有数据，请从第{layout.header + 2}行开始填写（示例行不会导入）")
    errors += _repeated(sheet, rows)
    for check in checks:
        errors += check(rows)
    ordered = sorted(set(errors), key=lambda error: (error.row, error.index, error.message))
    blocking = [error for error in ordered if error.blocks]
    warnings = [error for error in ordered if not error.blocks]
    return Import(sheet, layout, rows, blocking, warnings, notices, workbook.epoch_1904, digest(data))


def _rows(sheet: Sheet, layout: Layout, epoch_1904: bool) -> tuple[list[Row], list[SheetError]]:
    rows: list[Row] = []
    errors: list[SheetError] = []
    readers = [_Reader(column, layout.places.get(column.key), epoch_1904) for column in sheet.columns]
    for number, cells in enumerate(layout.grid.rows[layout.header + 1 :], start=layout.header + 2):
        if (not any_filled(cells) and not _has_fault(layout, number)) or is_example(sheet, layout, cells):
            continue
        if len(rows) == sheet.max_rows:
            raise SheetRefused(f"一次最多导入{sheet.max_rows}行，请分成几个文件上传")
        row = Row(number, {}, cells, layout, sheet)
        rows.append(row)
        errors += _fill(row, readers)
    return rows, errors


def _has_fault(layout: Layout, number: int) -> bool:
    return bool(layout.grid.faults) and any(
        (number, index + 1) in layout.grid.faults for index in layout.places.values()
    )


# Of these no two are equal that mean different things (True equals 1.0, but is not looked up).
_READ_ONCE = frozenset((str, float, date, datetime))


class _Reader:
    """Reads one column; values that come again are read once."""

    __slots__ = ("_epoch_1904", "column", "index", "key", "known", "required")

    def __init__(self, column: Column, index: int | None, epoch_1904: bool) -> None:
        self.column, self.index, self.key, self.required = column, index, column.key, column.required
        self._epoch_1904 = epoch_1904
        self.known: dict[Cell, Any] = {"": None}

    def read(self, cell: Cell) -> Any:
        """The cleaned value, None for a blank cell; raises Unreadable."""
        if type(cell) is str:
            value = self._read(cell) if cell.isalnum() or text(cell) else None
        else:
            value = None if cell is None else self._read(cell)
        if type(cell) in _READ_ONCE:
            self.known[cell] = value
        return value

    def _read(self, cell: Cell) -> Any:
        value = self.column.read(cell, self._epoch_1904)
        if value == "" or self.column.clean is None:
            return value if value != "" else None
        try:
            return self.column.clean(value)
        except ValidationError as error:
            raise Unreadable("；".join(error.messages)) from None


def _fill(row: Row, readers: Sequence[_Reader]) -> list[SheetError]:
    """Set the row's values; returns its faults."""
    errors: list[SheetError] = []
    values, cells, width = row.values, row.cells, len(row.cells)
    faults = row.layout.grid.faults
    for reader in readers:
        index, key = reader.index, reader.key
        values[key] = None
        if index is None:
            continue
        if faults and (fault := faults.get((row.number, index + 1))):
            errors.append(_fault_error(row, key, fault))
            continue
        cell = cells[index] if index < width else None
        if type(cell) in _READ_ONCE and cell in reader.known:
            values[key] = value = reader.known[cell]
        else:
            try:
                values[key] = value = reader.read(cell)
            except Unreadable as error:
                errors.append(row.error(key, str(error)))
                continue
        if value is None and reader.required:
            errors.append(row.error(key, _REQUIRED))
    if row.sheet.id_columns:
        errors += _check_ids(row, {error.column for error in errors})
    if row.sheet.check_row is not None:
        errors += [row.error(key, message) for key, message in row.sheet.check_row(values)]
    return errors


def _fault_error(row: Row, key: str, fault: str) -> SheetError:
    if fault == "=":
        return row.error(key, "是公式，文件中没有它的计算结果：请用表格软件打开并保存一次，或直接填写数值")
    found = row.error(key, "公式出错：请改正公式，或直接填写数值")
    return SheetError(found.row, found.column, fault, found.message, found.index)


def _check_ids(row: Row, wrong: set[str]) -> Iterator[SheetError]:
    """Identity numbers by the kind of document that the same row names; not where that kind is itself wrong."""
    for column in row.sheet.id_columns:
        number = row.values[column.key]
        if number is None:
            continue
        kind = RESIDENT_ID
        if column.type_key:
            if row.sheet.column(column.type_key).title in wrong:
                continue
            kind = row.values[column.type_key] or RESIDENT_ID
        try:
            row.values[column.key] = column.check_id(kind, number)
        except Unreadable as error:
            row.values[column.key] = None
            yield row.error(column.key, str(error))


def _repeated(sheet: Sheet, rows: Sequence[Row]) -> Iterator[SheetError]:
    """Rows whose key stands in an earlier row of the same file."""
    for keys in sheet.unique:
        first: dict[tuple[Any, ...], int] = {}
        title = "、".join(sheet.column(key).title for key in keys)
        for row in rows:
            value = tuple(row.values[key] for key in keys)
            if None in value:
                continue
            earlier = first.setdefault(value, row.number)
            if earlier != row.number:
                yield row.error(keys[0], f"与第{earlier}行重复（{title}相同），请删除其中一行")
