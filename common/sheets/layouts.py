"""Where a workbook has the rows of a sheet: which of its sheets, which header row, which column is which."""

from collections.abc import Sequence
from dataclasses import dataclass

from common.sheets.child.limits import letters
from common.sheets.columns import EXAMPLE_MARK, REASON_TITLE, Column, Sheet, fold_title
from common.sheets.reading import Grid, SheetRefused, Workbook
from common.sheets.templates import INSTRUCTIONS_SHEET, LISTS_SHEET, VERSION_LABEL
from common.sheets.values import Cell, shown, text

_HEADER_ROWS = 10
_OWN_SHEETS = (INSTRUCTIONS_SHEET, LISTS_SHEET)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a file has its header and columns: 0-based cell indexes by key."""

    grid: Grid
    header: int
    places: dict[str, int]
    reason: int | None


def find_layout(sheet: Sheet, workbook: Workbook) -> tuple[Layout, list[str]]:
    """The one sheet with these titles, and what its person should know; raises SheetRefused."""
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
    for cell in cells:
        # A letter or digit at the beginning settles it: only blanks and invisible marks are taken off.
        if cell is not None and cell != "" and (not isinstance(cell, str) or cell[0].isalnum() or text(cell)):
            return True
    return False


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
    if index is None or index >= len(cells):
        return False
    cell = cells[index]
    # Most cells do not: folding each would take longer than reading it.
    return isinstance(cell, str) and EXAMPLE_MARK[:2] in cell and fold_title(cell).startswith(fold_title(EXAMPLE_MARK))
