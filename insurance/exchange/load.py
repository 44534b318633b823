"""A load: files from the core system are staged, judged as a whole, and merged; all or nothing.

Nothing is ever deleted, and nothing that concerns a person with a change that was approved here and not
acknowledged: such rows become conflicts for staff.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import IntegrityError, connection, transaction

from accounts.models import VERIFIED_LEVEL, Unit, UnitNumber, User
from common import audit, constraints, crypto, search
from insurance import actions
from insurance.exchange import merging, reading
from insurance.exchange.faults import Faults, Refused
from insurance.exchange.layouts import LAYOUTS, PERSONS, RETIREES, Layout, Wrong, check_id
from insurance.models import InsuredUnit, LoadConflict, LoadRun

# Not columns of the files: derived while they are read.
_DERIVED = {
    PERSONS.name: ("id_no_digest varchar(64)", "tokens text[]"),
    RETIREES.name: ("account_no_digest varchar(64)",),
}


@dataclass(slots=True)
class Result:
    """What a load did: rows by file, conflicts, and whether the same files had been loaded before."""

    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    conflicts: int = 0
    repeated: bool = False


def load(folder: Path, *, by: User | None) -> Result:
    """Take over the files of a folder. Raises Refused with every fault; then nothing has changed."""
    faults = Faults()
    found = [layout for layout in LAYOUTS if (folder / layout.file).is_file()]
    known = {layout.file for layout in LAYOUTS}
    for path in sorted(folder.glob("*.csv")):
        if path.name not in known:
            faults.add(path.name, 0, "", f"不认识的文件，应为{'、'.join(sorted(known))}")
    if not found:
        faults.add(str(folder.name), 0, "", "没有可导入的文件")
    _stop(faults)
    digest = reading.digest_of([folder / layout.file for layout in found])
    if LoadRun.objects.filter(digest=digest).exists():
        return Result(repeated=True)
    with audit.actor(by, command="insurance_load"), transaction.atomic():
        audit.attach_actor()
        result = Result()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            # A load within the same transaction leaves its own behind.
            cursor.execute("DROP TABLE IF EXISTS " + ", ".join(f"pg_temp.{layout.table}" for layout in LAYOUTS))
            staged = {layout.name: _stage(cursor, folder, layout, faults) for layout in found}
            _stop(faults)
            run = LoadRun.objects.create(digest=digest, loaded_by=by)
            _merge(cursor, found, faults, result, run)
        for name, rows in staged.items():
            result.counts[name]["rows"] = rows
        run.counts, run.conflicts = result.counts, result.conflicts
        run.save(update_fields=["counts", "conflicts"])
        _link_numbers(by)
    return result


def _stop(faults: Faults) -> None:
    if faults.count:
        raise Refused(faults)


# --- Staging -------------------------------------------------------------------------------------


def _stage(cursor: Any, folder: Path, layout: Layout, faults: Faults) -> int:
    """COPY the right rows of a file into a temporary table; returns how many."""
    columns = [f"{column.name} {column.sql}" for column in layout.columns] + list(_DERIVED.get(layout.name, ()))
    cursor.execute(f"CREATE TEMP TABLE {layout.table} (line integer, {', '.join(columns)}) ON COMMIT DROP")
    count = 0
    with cursor.copy(f"COPY {layout.table} FROM STDIN") as copy:
        for line, values in _prepared(folder, layout, faults):
            copy.write_row((line, *values))
            count += 1
    cursor.execute(f"ANALYZE {layout.table}")
    return count


def _prepared(folder: Path, layout: Layout, faults: Faults) -> Iterator[tuple[int, list[Any]]]:
    rows = reading.rows(folder / layout.file, layout, faults)
    if layout is PERSONS:
        return _people(rows, faults)
    if layout is RETIREES:
        place = [column.name for column in layout.columns].index("account_no")
        return _accounts(rows, place)
    return rows


def _accounts(rows: Iterator[tuple[int, list[Any]]], place: int) -> Iterator[tuple[int, list[Any]]]:
    for line, values in rows:
        number = values[place]
        values[place] = crypto.encrypt(number) if number else ""
        yield line, [*values, crypto.digest(number) if number else ""]


def _people(rows: Iterator[tuple[int, list[Any]]], faults: Faults) -> Iterator[tuple[int, list[Any]]]:
    names = [column.name for column in PERSONS.columns]
    id_type, id_no, name = names.index("id_type"), names.index("id_no"), names.index("name")
    for line, values in rows:
        try:
            number = check_id(values[id_type], values[id_no])
        except Wrong as wrong:
            faults.add(PERSONS.file, line, "id_no", str(wrong))
            continue
        values[id_no] = crypto.encrypt(number)
        yield line, [*values, crypto.digest(number), search.text_tokens(values[name])]


# --- Merging -------------------------------------------------------------------------------------


def _merge(cursor: Any, found: list[Layout], faults: Faults, result: Result, run: LoadRun) -> None:
    # A change that is being approved is decided about before or after this load, never in between.
    cursor.execute("LOCK TABLE insurance_outboundchange IN SHARE ROW EXCLUSIVE MODE")
    for layout in found:
        merging.check(cursor, layout, faults)
        _stop(faults)
        target = merging.TARGETS[layout.name]
        conflicts = merging.withhold(cursor, layout, target)
        result.conflicts += _note_conflicts(run, layout, conflicts)
        try:
            with transaction.atomic():
                result.counts[layout.name] = merging.upsert(cursor, layout, target)
        except IntegrityError as error:
            faults.add(layout.file, 0, "", constraints.explain(error) or str(error).partition("\n")[0])
            _stop(faults)
    merging.follow_people(cursor)
    people = merging.people_concerned(cursor, found)
    for start in range(0, len(people), 50_000):
        actions.refresh_sums(people[start : start + 50_000], by=None)


def _note_conflicts(run: LoadRun, layout: Layout, conflicts: list[merging.Conflict]) -> int:
    """One entry per change and file that staff have not settled yet; the same one is not told twice."""
    for conflict in conflicts:
        waiting = LoadConflict.objects.filter(
            change_id=conflict.change, file=layout.file, fields=conflict.fields, settled_at__isnull=True
        )
        if not waiting.exists():
            LoadConflict.objects.create(
                run=run,
                change_id=conflict.change,
                person_id=conflict.person,
                file=layout.file,
                line=conflict.line,
                fields=conflict.fields,
                theirs=conflict.theirs,
            )
    return len(conflicts)


def _link_numbers(by: User | None) -> None:
    """Institutions of the hall whose credit code is verified get the 单位编号 that the core system knows for it."""
    known = dict(Unit.objects.filter(level__gte=VERIFIED_LEVEL).values_list("uscc", "pk"))
    held = UnitNumber.objects.values("number")
    for insured in InsuredUnit.objects.filter(uscc__in=known).exclude(number__in=held):
        UnitNumber.objects.create(unit_id=known[insured.uscc], number=insured.number)
