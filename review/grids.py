"""Pages with one row per thing that the hall gives: what was typed in each, what it means, what is wrong with it."""

from dataclasses import dataclass, field
from typing import Any

from common.sheets.columns import Column
from common.sheets.values import Unreadable
from review.matters import CaseValues, Grid, GridRow, PageValues
from review.models import Case

_REQUIRED = "不能为空"
MAX_CELL = 200


@dataclass
class TypedRow:
    """A row as typed: texts by column, values where they can be read, reasons where not."""

    row: GridRow
    texts: dict[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)


def rows_of(page: Grid, case: Case, values: CaseValues) -> list[TypedRow]:
    """All rows of a page, with what was typed or else what the hall would fill in."""
    kept = {row["key"]: row for row in values.get(page.key, {}).get("rows", [])}
    return [_typed(page, row, kept.get(row.key)) for row in page.rows(case, values)]


def _typed(page: Grid, row: GridRow, kept: dict[str, Any] | None) -> TypedRow:
    source = row.initial if kept is None else kept
    typed = TypedRow(row, {column.key: str(source.get(column.key, "")).strip() for column in page.columns})
    for column in page.columns:
        try:
            typed.values[column.key] = _read(column, typed.texts[column.key])
        except Unreadable as unreadable:
            typed.faults[column.key] = str(unreadable)
    if not typed.faults:
        typed.faults |= page.check(row, typed.values)
    return typed


def _read(column: Column, text: str) -> Any:
    if text:
        return column.read(text, False)
    if column.required:
        raise Unreadable(_REQUIRED)
    return None


def posted(page: Grid, case: Case, values: CaseValues, data: Any) -> PageValues:
    """What was typed into the page's cells, to be kept as it is; only cells that the page has."""
    rows = []
    for row in page.rows(case, values):
        cells = {column.key: data.get(f"{row.key}.{column.key}", "")[:MAX_CELL] for column in page.columns}
        rows.append({"key": row.key, **cells})
    return {"rows": rows}
