"""A filled-in workbook becomes typed rows, or all its faults at once."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError

from common.codes import RESIDENT_ID
from common.sheets.child.limits import letters
from common.sheets.columns import EXAMPLE_MARK, REASON_TITLE, Column, Sheet, fold_title
from common.sheets.reading import Grid, SheetRefused, Workbook, read_workbook
from common.sheets.templates import INSTRUCTIONS_SHEET, LISTS_SHEET, VERSION_LABEL
from common.sheets.values import Cell, Unreadable, shown, text

_HEADER_ROWS = 10
_REQUIRED = "不能为空"
_OWN_SHEETS = (INSTRUCTIONS_SHEET, LISTS_SHEET)


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


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a file has its header and columns: 0-based cell indexes by key."""

    grid: Grid
    header: int
    places: dict[str, int]
    reason: int | None


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
    workbook = read_workbook(data)
    layout, notices = _find_layout(sheet, workbook)
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


def _find_layout(sheet: Sheet, workbook: Workbook) -> tuple[Layout, list[str]]:
    """The one sheet with this sheet's titles."""
    notices = _version_notices(sheet, workbook)
    filled = [
        grid for grid in workbook.grids if grid.name not in _OWN_SHEETS and any(any_filled(row) for row in grid.rows)
    ]
    if not filled:
        raise SheetRefused("表格是空的，请下载模板，填写后上传")
    layouts = [_layout(sheet, grid) for grid in filled]
    whole = [layout for layout in layouts if not _missing(sheet, layout)]
    chosen = [layout for layout in whole if layout.grid.name == sheet.title] or whole
    if len(chosen) > 1:
        names = "、".join(f"“{layout.grid.name}”" for layout in chosen)
        raise SheetRefused(f"文件中有{len(chosen)}个工作表都像“{sheet.title}”：{names}。请只保留一个后上传")
    if not chosen:
        best = max(layouts, key=lambda layout: len(layout.places))
        _refuse_missing(sheet, best)
    layout = chosen[0]
    _refuse_merged(layout)
    return layout, notices + _notices(sheet, layout, filled)


def any_filled(cells: Sequence[Cell]) -> bool:
    """Whether a row has any cell that is not blank."""
    return any(cell is not None and cell != "" and (not isinstance(cell, str) or text(cell)) for cell in cells)


def _layout(sheet: Sheet, grid: Grid) -> Layout:
    """The row of the first ten that has most of the titles; people put headings above."""
    keys = {fold_title(column.title): column.key for column in sheet.columns}
    best = Layout(grid, 0, {}, None)
    for number, cells in enumerate(grid.rows[:_HEADER_ROWS]):
        titles = [fold_title(shown(cell)) for cell in cells]
        places: dict[str, int] = {}
        for index, title in enumerate(titles):
            if (key := keys.get(title)) is None:
                continue
            if key in places:
                place = f"{letters(places[key] + 1)}列和{letters(index + 1)}列"
                raise SheetRefused(f"“{sheet.column(key).title}”列重复了（{place}），请只保留一列")
            places[key] = index
        if len(places) > len(best.places):
            reason = titles.index(fold_title(REASON_TITLE)) if fold_title(REASON_TITLE) in titles else None
            best = Layout(grid, number, places, reason)
    return best


def _missing(sheet: Sheet, layout: Layout) -> list[Column]:
    return [column for column in sheet.columns if column.required and column.key not in layout.places]


def _refuse_missing(sheet: Sheet, layout: Layout) -> None:
    if not layout.places:
        raise SheetRefused(f"这不是“{sheet.title}”的模板：没有找到表头。请下载模板，填写后上传")
    titles = "、".join(f"“{column.title}”" for column in _missing(sheet, layout))
    raise SheetRefused(f"工作表“{layout.grid.name}”缺少{titles}列。请对照模板补上表头，或下载新模板填写后上传")


def _refuse_merged(layout: Layout) -> None:
    """Merged cells from the header on: only the first of them holds the value, and rows would be misread."""
    merged = [ref for ref in layout.grid.merged if _last_row(ref) > layout.header]
    if merged:
        shown_refs = "、".join(merged[:10]) + ("等" if len(merged) > 10 else "")
        raise SheetRefused(
            f"工作表“{layout.grid.name}”有合并的单元格（{shown_refs}），请取消合并，每行每列分别填写后上传"
        )


def _last_row(ref: str) -> int:
    return int("".join(char for char in ref.rpartition(":")[2] if char.isdigit()) or 0)


def _version_notices(sheet: Sheet, workbook: Workbook) -> list[str]:
    """The template names itself on its second sheet: another sheet's is refused, an older one is mentioned."""
    for grid in workbook.grids:
        if grid.name != INSTRUCTIONS_SHEET:
            continue
        for cells in grid.rows:
            if len(cells) > 1 and shown(cells[0]) == VERSION_LABEL:
                name, _, version = shown(cells[1]).rpartition(" ")
                if name != sheet.name:
                    raise SheetRefused(
                        f"这是其他业务的模板，不是“{sheet.title}”的模板。请下载“{sheet.title}”模板填写后上传"
                    )
                if version != sheet.version:
                    return [f"所用模板是旧版（{version}），现行版本是{sheet.version}；已按表头读取，建议下次下载新模板"]
    return []


def _notices(sheet: Sheet, layout: Layout, filled: list[Grid]) -> list[str]:
    found = []
    grid = layout.grid
    used = {*layout.places.values(), layout.reason}
    extra = [
        f"“{text(shown(cell))}”（{letters(index + 1)}列）"
        for index, cell in enumerate(grid.rows[layout.header])
        if index not in used and text(shown(cell))
    ]
    if extra:
        found.append(f"多出的列没有读取：{'、'.join(extra)}")
    optional = [f"“{column.title}”" for column in sheet.columns if column.key not in layout.places]
    if optional:
        found.append(f"没有{'、'.join(optional)}列，按未填写处理")
    if grid.hidden:
        found.append(f"工作表“{grid.name}”是隐藏的，也已读取")
    hidden = [
        number
        for number in grid.hidden_rows
        if layout.header + 1 < number <= len(grid.rows) and any_filled(grid.rows[number - 1])
    ]
    if hidden:
        found.append(f"隐藏或被筛选的行也已读取：第{_ranges(hidden)}行")
    others = [f"“{other.name}”" for other in filled if other is not grid]
    if others:
        found.append(f"只读取了工作表“{grid.name}”，没有读取{'、'.join(others)}")
    return found


def _ranges(numbers: Sequence[int]) -> str:
    """3、5–9: consecutive numbers drawn together."""
    parts: list[list[int]] = []
    for number in sorted(numbers):
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    words = [str(first) if first == last else f"{first}–{last}" for first, last in parts[:20]]
    return "、".join(words) + ("等" if len(parts) > 20 else "")


def is_example(sheet: Sheet, layout: Layout, cells: Sequence[Cell]) -> bool:
    """Whether a row is the template's example: its first column says so."""
    index = layout.places.get(sheet.columns[0].key)
    if index is None or index >= len(cells) or not isinstance(cells[index], str):
        return False
    return fold_title(shown(cells[index])).startswith(fold_title(EXAMPLE_MARK))


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
