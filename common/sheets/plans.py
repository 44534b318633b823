"""What an import would do, for the preview before it is confirmed: nothing here writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common.sheets.imports import Row


@dataclass(frozen=True, slots=True)
class Change:
    """A row that differs from what is stored: old and new value by key."""

    row: Row
    differences: dict[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Plan:
    """Rows by what would happen to them, each in the order of the file."""

    new: list[Row]
    changed: list[Change]
    unchanged: list[Row]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are new, changed and unchanged."""
        return {"new": len(self.new), "changed": len(self.changed), "unchanged": len(self.unchanged)}


def plan(rows: Sequence[Row], existing: Mapping[tuple[Any, ...], Mapping[str, Any]], *, key: tuple[str, ...]) -> Plan:
    """Compare rows with what is stored.

    ``key`` names the columns that identify a row; ``existing`` gives the stored values by the tuple of those
    columns' values. Only the values that ``existing`` names are compared.
    """
    result = Plan([], [], [])
    for row in rows:
        stored = existing.get(tuple(row[name] for name in key))
        if stored is None:
            result.new.append(row)
            continue
        differences = {name: (old, row[name]) for name, old in stored.items() if old != row[name]}
        if differences:
            result.changed.append(Change(row, differences))
        else:
            result.unchanged.append(row)
    return result
