"""Pages that a spreadsheet fills: what a draft keeps of a file, and how that becomes rows again.

A draft keeps the rows that may be imported as texts, the faults of the others, and the workbook in which
those are marked. Nothing of it is stored anywhere else before the case is submitted.
"""

import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from accounts.models import User
from common import files, identifiers
from common.models import StoredFile
from common.sheets import imports, reports
from common.sheets.columns import Code, Column, IdNumber, Month
from common.sheets.columns import Sheet as Columns
from common.sheets.imports import Import, Layout, Row, SheetError
from common.sheets.reading import Grid, SheetRefused
from review import matters
from review.matters import CaseValues, PageValues, Sheet, SheetPreview
from review.models import Case

ORIGINAL_KINDS = ("xlsx", "xls", "ods")
_KEPT_FAULTS = 500
# Above this a submission takes longer than anybody should wait for a page: a job carries it out, and judges the rows.
ROWS_IN_A_REQUEST = 2_000
# How many rows of a file the pages show; all of them stand in the file itself.
SHOWN_ROWS = 100


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


def keep(result: Import, *, name: str, by: User, preview: SheetPreview | None = None) -> PageValues:
    """What the draft keeps of a file that was read: the correct rows, what they would do, the faults, the marked workbook."""
    marked = ""
    if result.errors:
        data = reports.error_workbook(result)
        marked = str(files.store_own(data, name=f"错误标注-{name}", kind="xlsx", by=by).pk)
    return {
        "name": name,
        "digest": result.digest,
        "total": len(result.rows),
        "columns": [column.key for column in result.sheet.columns],
        "rows": _kept_rows(result.sheet, result.correct_rows),
        "preview": asdict(preview) if preview else None,
        "faults": [[e.row, e.column, e.value, e.message] for e in result.errors[:_KEPT_FAULTS]],
        "fault_count": len(result.errors),
        "marked": marked,
        "notices": result.notices,
        "only_correct": False,
    }


def _kept_rows(columns: Columns, rows: Sequence[Row]) -> list[list[Any]]:
    """The number and the texts of each row, in the order of the columns."""
    # Days, positions and insurers come again and again: each value is worded once.
    writers: list[tuple[Column, dict[Any, str]]] = [(column, {}) for column in columns.columns]
    kept = []
    for row in rows:
        line: list[Any] = [row.number]
        for column, known in writers:
            value = row.values[column.key]
            if value not in known:
                known[value] = text_of(column, value)
            line.append(known[value])
        kept.append(line)
    return kept


def read(page: Sheet, data: bytes) -> Import:
    """Read a file and judge it by the hall's data; raises SheetRefused."""
    return imports.read(page.columns, data, checks=page.checks)


def read_and_keep(page: Sheet, data: bytes, *, name: str, by: User) -> tuple[Import, PageValues]:
    """Read and judge a file, keep it as it was handed in, and what a draft keeps of it; raises SheetRefused."""
    result = read(page, data)
    correct = result.correct_rows
    content = keep(result, name=name, by=by, preview=page.preview(correct) if correct else None)
    return result, content | keep_original(data, name=name, by=by)


def keep_original(data: bytes, *, name: str, by: User) -> PageValues:
    """Keep the file as it was handed in, and what a draft says of it; raises SheetRefused."""
    try:
        original = files.store(io.BytesIO(data), by=by, name=name, kinds=ORIGINAL_KINDS)
    except files.FileRefused as refused:
        raise SheetRefused(str(refused)) from refused
    return {"name": original.original_name, "original": str(original.pk)}


def original_of(case: Case, key: str, values: CaseValues) -> StoredFile | None:
    """The file of a page as it was handed in; None where the page is filled by none, or has kept none."""
    declared = next((page for page in matters.get(case.matter).pages(case, values) if page.key == key), None)
    if not isinstance(declared, Sheet) or not (kept := values.get(key, {}).get("original")):
        return None
    return StoredFile.objects.filter(pk=kept).first()


def rows_of(page: Sheet, values: CaseValues, limit: int | None = None) -> list[Row]:
    """The rows that a draft keeps, typed again; the first ``limit`` of them, or all."""
    content = values.get(page.key, {})
    # Columns may have been added since the file was read.
    keys = content.get("columns", [])
    columns = page.columns.columns
    layout = Layout(Grid(page.columns.title, False, [], [], [], {}), 0, {key: i for i, key in enumerate(keys)}, None)
    # Days, positions and insurers come again and again: each text is read once.
    readers = [(column, layout.places.get(column.key, len(keys)), {"": None}) for column in columns]
    rows = []
    for number, *texts in content.get("rows", [])[:limit]:
        texts.append("")
        typed = {}
        for column, place, known in readers:
            text = texts[place]
            if text not in known:
                known[text] = column.read(text, False)
            typed[column.key] = known[text]
        rows.append(Row(number, typed, texts, layout, page.columns))
    return rows


def count(page: Sheet, values: CaseValues) -> int:
    """How many rows the draft would import."""
    return len(values.get(page.key, {}).get("rows", []))


def preview_of(page: Sheet, values: CaseValues) -> SheetPreview | None:
    """What importing the rows would do: asked again, or for many rows as it was when the file was read."""
    if count(page, values) <= ROWS_IN_A_REQUEST:
        rows = rows_of(page, values)
        return page.preview(rows) if rows else None
    kept = values[page.key].get("preview")
    return SheetPreview(**kept) if kept else None


def faults_of(page: Sheet, values: CaseValues) -> list[Fault]:
    """The faults of the file handed in last."""
    return [Fault(*fault) for fault in values.get(page.key, {}).get("faults", [])]


def file_problems(page: Sheet, values: CaseValues) -> list[str]:
    """What keeps the page from being submitted whatever the hall's data say: no file, faults, no rows left."""
    content = values.get(page.key, {})
    if not content.get("name"):
        return ["请下载模板，填写后选择文件导入"]
    if content.get("faults") and not content.get("only_correct"):
        count = content.get("fault_count", 0)
        return [f"文件中有{count}处错误，请改正后重新上传，或选择“仅导入正确行”"]
    if not content.get("rows"):
        return ["没有可以导入的行，请改正后重新上传"]
    return []


def problems(page: Sheet, values: CaseValues) -> list[str]:
    """What keeps the page from being submitted; the rows are checked against the hall's data once more.

    Many rows are not: they were when the file was read, and are again, on locked data, when they take effect.
    """
    found = file_problems(page, values)
    if found or count(page, values) > ROWS_IN_A_REQUEST:
        return found
    return [str(error) for error in check(page, rows_of(page, values))]


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
