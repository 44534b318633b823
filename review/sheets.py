"""Pages that a spreadsheet fills: what a draft keeps of a file, and how that becomes rows again.

A draft keeps the rows that may be imported as texts, the faults of the others, and the workbook in which
those are marked. Nothing of it is stored anywhere else before the case is submitted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from common import files, identifiers
from common.sheets import imports, reports
from common.sheets.columns import Code, Column, IdNumber, Month
from common.sheets.imports import Import, Layout, Row, SheetError
from common.sheets.reading import Grid
from review.matters import CaseValues, PageValues, Sheet

_KEPT_FAULTS = 500


@dataclass(frozen=True)
class Fault:
    """One fault of the file as the page lists it."""

    row: int
    column: str
    value: str
    message: str


def text_of(column: Column, value: Any) -> str:
    """A cell's value as it would be typed, so that the column reads the same value again."""
    if value is None:
        return ""
    if isinstance(column, Month):
        return f"{value:%Y-%m}"
    if isinstance(column, Code):
        return column.codes.label(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)


def keep(result: Import, *, name: str, by: User) -> PageValues:
    """What the draft keeps of a file that was read: the correct rows, the faults, the marked workbook."""
    marked = ""
    if result.errors:
        data = reports.error_workbook(result)
        marked = str(files.store_own(data, name=f"错误标注-{name}", kind="xlsx", by=by).pk)
    return {
        "name": name,
        "digest": result.digest,
        "total": len(result.rows),
        "rows": [_kept_row(row) for row in result.correct_rows],
        "faults": [[e.row, e.column, e.value, e.message] for e in result.errors[:_KEPT_FAULTS]],
        "fault_count": len(result.errors),
        "marked": marked,
        "notices": result.notices,
        "only_correct": False,
    }


def _kept_row(row: Row) -> dict[str, Any]:
    cells = {column.key: text_of(column, row[column.key]) for column in row.sheet.columns}
    return {"number": row.number, **cells}


def read(page: Sheet, data: bytes) -> Import:
    """Read and check a file; raises SheetRefused."""
    return imports.read(page.columns, data, checks=page.checks)


def rows_of(page: Sheet, values: CaseValues) -> list[Row]:
    """The rows that a draft keeps, typed again."""
    columns = page.columns.columns
    places = {column.key: index for index, column in enumerate(columns)}
    layout = Layout(Grid(page.columns.title, False, [], [], [], {}), 0, places, None)
    return [_row(page, kept, layout) for kept in values.get(page.key, {}).get("rows", [])]


def _row(page: Sheet, kept: dict[str, Any], layout: Layout) -> Row:
    columns = page.columns.columns
    texts = [str(kept.get(column.key, "")) for column in columns]
    typed = {
        column.key: column.read(text, False) if text else None for column, text in zip(columns, texts, strict=True)
    }
    return Row(int(kept["number"]), typed, list(texts), layout, page.columns)


def faults_of(page: Sheet, values: CaseValues) -> list[Fault]:
    """The faults of the file handed in last."""
    return [Fault(*fault) for fault in values.get(page.key, {}).get("faults", [])]


def problems(page: Sheet, values: CaseValues) -> list[str]:
    """What keeps the page from being submitted; the rows are checked against the hall's data once more."""
    content = values.get(page.key, {})
    if not content.get("name"):
        return ["请下载模板，填写后选择文件导入"]
    if content.get("faults") and not content.get("only_correct"):
        count = content.get("fault_count", 0)
        return [f"文件中有{count}处错误，请改正后重新上传，或选择“仅导入正确行”"]
    rows = rows_of(page, values)
    if not rows:
        return ["没有可以导入的行，请改正后重新上传"]
    return [str(error) for error in check(page, rows)]


def check(page: Sheet, rows: Sequence[Row]) -> list[SheetError]:
    """The checks against the hall's data, over rows that are right in themselves."""
    return [error for one in page.checks for error in one(rows)]


def cells_of(page: Sheet, row: Row, masked: bool) -> list[tuple[str, str, str]]:
    """Key, title and text of a row's cells; ID numbers masked for staff."""
    found = []
    for column in page.columns.columns:
        text = text_of(column, row[column.key])
        if masked and text and isinstance(column, IdNumber):
            text = identifiers.mask_id(text)
        found.append((column.key, column.title, text))
    return found
