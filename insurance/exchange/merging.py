"""The SQL of a load: staged rows are checked against each other and the database, withheld, and merged, set by set.

Statements are put together from declared layouts and targets; what files say is never part of one.
"""
# ruff: noqa: S608

import json
from dataclasses import dataclass
from typing import Any

from insurance.exchange.faults import MOST_KEPT, Faults
from insurance.exchange.layouts import (
    ENROLMENTS,
    MONTHS,
    PERSONS,
    RETIREES,
    UNIT_INSURANCES,
    UNITS,
    Layout,
)
from insurance.tokens import roster_tokens

_UNIT_OF = "JOIN insurance_insuredunit unit ON unit.number = staged.unit_number"
_PERSON_OF = "JOIN insurance_insuredperson person ON person.number = staged.person_number"


@dataclass(frozen=True, slots=True)
class Target:
    """Where staged rows go: the table, its columns with their values, its key, and what a change is told by."""

    table: str
    values: dict[str, str]
    joins: str
    key: tuple[str, ...]
    # Columns written on insert only.
    fixed: tuple[str, ...] = ()
    # An encrypted column never compares: its digest does.
    told_by: dict[str, str] | None = None
    guarded: bool = False
    # What is updated first, so that a stretch ends before another grows into its months.
    before: str = ""

    @property
    def changing(self) -> list[str]:
        """Columns that a later load may change."""
        return [name for name in self.values if name not in (*self.key, *self.fixed)]

    @property
    def compared(self) -> list[str]:
        """Columns whose difference makes a row a changed one."""
        told = self.told_by or {}
        return list(dict.fromkeys(told.get(name, name) for name in self.changing))


def _same(layout: Layout, *without: str) -> dict[str, str]:
    return {column.name: f"staged.{column.name}" for column in layout.columns if column.name not in without}


TARGETS = {
    UNITS.name: Target(
        "insurance_insuredunit", _same(UNITS, "region") | {"region_id": "staged.region"}, "", ("number",)
    ),
    UNIT_INSURANCES.name: Target(
        "insurance_unitinsurance",
        {"unit_id": "unit.id"} | _same(UNIT_INSURANCES, "unit_number"),
        _UNIT_OF,
        ("unit_id", "kind"),
    ),
    PERSONS.name: Target(
        "insurance_insuredperson",
        _same(PERSONS)
        | {"id_no_digest": "staged.id_no_digest"}
        | dict.fromkeys(("politics", "hukou", "mobile", "address", "postcode", "email"), "''"),
        "",
        ("number",),
        # What the hall alone keeps of a person is not in the file.
        fixed=("politics", "hukou", "mobile", "address", "postcode", "email"),
        told_by={"id_no": "id_no_digest"},
        guarded=True,
    ),
    ENROLMENTS.name: Target(
        "insurance_enrolment",
        {"unit_id": "unit.id", "person_id": "person.id"}
        | _same(ENROLMENTS, "unit_number", "person_number")
        | {"paid_months": "0", "person_number": "person.number", "tokens": "'{}'::text[]"},
        f"{_UNIT_OF} {_PERSON_OF}",
        ("person_id", "kind", "starts_on"),
        fixed=("paid_months", "person_number", "tokens"),
        guarded=True,
        before="staged.ends_on IS NOT NULL",
    ),
    MONTHS.name: Target(
        "insurance_contributionmonth",
        {"unit_id": "unit.id", "person_id": "person.id"} | _same(MONTHS, "unit_number", "person_number"),
        f"{_UNIT_OF} {_PERSON_OF}",
        ("person_id", "kind", "month"),
    ),
    RETIREES.name: Target(
        "insurance_retiree",
        {"unit_id": "unit.id", "person_id": "person.id"}
        | _same(RETIREES, "unit_number", "person_number")
        | {
            "account_no_digest": "staged.account_no_digest",
            "person_number": "person.number",
            "tokens": "'{}'::text[]",
        },
        f"{_UNIT_OF} {_PERSON_OF}",
        ("person_id",),
        fixed=("person_number", "tokens"),
        told_by={"account_no": "account_no_digest"},
        guarded=True,
    ),
}


# --- Checks --------------------------------------------------------------------------------------


def check(cursor: Any, layout: Layout, faults: Faults) -> None:
    """Rows twice in the file, and rows that refer to what nobody knows."""
    key = ", ".join(layout.key)
    cursor.execute(
        f"SELECT line, first FROM (SELECT line, min(line) OVER (PARTITION BY {key}) AS first FROM {layout.table}) rows"
        " WHERE line <> first ORDER BY line LIMIT %s",
        [MOST_KEPT],
    )
    for line, first in cursor.fetchall():
        faults.add(layout.file, line, ", ".join(layout.key), f"与第{first}行重复")
    names = {column.name for column in layout.columns}
    for column, table, what in (
        ("unit_number", "insurance_insuredunit", "没有这个单位编号"),
        ("person_number", "insurance_insuredperson", "没有这个个人代码"),
    ):
        if column in names:
            _unknown(
                cursor,
                layout,
                column,
                f"SELECT 1 FROM {table} known WHERE known.number = staged.{column}",
                what,
                faults,
            )
    if layout is UNITS:
        _unknown(
            cursor,
            layout,
            "region",
            "SELECT 1 FROM common_region known WHERE known.code = staged.region",
            "没有这个行政区划",
            faults,
        )
    if layout is PERSONS:
        _check_people(cursor, faults)
    if layout is ENROLMENTS:
        _check_enrolments(cursor, faults)


def _unknown(cursor: Any, layout: Layout, column: str, known: str, what: str, faults: Faults) -> None:
    cursor.execute(
        f"SELECT line, {column} FROM {layout.table} staged WHERE NOT EXISTS ({known}) ORDER BY line LIMIT %s",
        [MOST_KEPT],
    )
    for line, value in cursor.fetchall():
        faults.add(layout.file, line, column, f"{what}：{value}")


def _check_people(cursor: Any, faults: Faults) -> None:
    cursor.execute(
        "SELECT staged.line FROM load_persons staged WHERE EXISTS (SELECT 1 FROM load_persons other"
        " WHERE other.id_no_digest = staged.id_no_digest AND other.line < staged.line)"
        " OR EXISTS (SELECT 1 FROM insurance_insuredperson person WHERE person.id_no_digest = staged.id_no_digest"
        " AND person.number <> staged.number AND NOT EXISTS (SELECT 1 FROM load_persons moved"
        " WHERE moved.number = person.number AND moved.id_no_digest <> person.id_no_digest))"
        " ORDER BY staged.line LIMIT %s",
        [MOST_KEPT],
    )
    for (line,) in cursor.fetchall():
        faults.add(PERSONS.file, line, "id_no", "该证件号码已属于另一个人代码")


def _check_enrolments(cursor: Any, faults: Faults) -> None:
    cursor.execute(
        "SELECT line FROM load_enrolments WHERE (state = 'active') <> (ends_on IS NULL) ORDER BY line LIMIT %s",
        [MOST_KEPT],
    )
    for (line,) in cursor.fetchall():
        faults.add(ENROLMENTS.file, line, "ends_on", "参保缴费的不能有停保年月，暂停或终止的应有停保年月")
    cursor.execute("SELECT line FROM load_enrolments WHERE ends_on < starts_on ORDER BY line LIMIT %s", [MOST_KEPT])
    for (line,) in cursor.fetchall():
        faults.add(ENROLMENTS.file, line, "ends_on", "停保年月不能早于参保起始年月")
    cursor.execute(
        "SELECT line, before FROM (SELECT line, starts_on, kind, person_number,"
        " lag(coalesce(ends_on, 'infinity')) OVER person AS ended, lag(line) OVER person AS before FROM load_enrolments"
        " WINDOW person AS (PARTITION BY person_number, kind ORDER BY starts_on)) rows"
        " WHERE ended >= starts_on ORDER BY line LIMIT %s",
        [MOST_KEPT],
    )
    for line, before in cursor.fetchall():
        faults.add(ENROLMENTS.file, line, "starts_on", f"与第{before}行的参保时间重叠")

    cursor.execute(
        """
        SELECT staged.line, held.starts_on
        FROM load_enrolments staged
        JOIN insurance_insuredperson person ON person.number = staged.person_number
        JOIN insurance_enrolment held ON held.person_id = person.id AND held.kind = staged.kind
            AND held.starts_on <> staged.starts_on
            AND daterange(held.starts_on, held.ends_on, '[]') && daterange(staged.starts_on, staged.ends_on, '[]')
        WHERE NOT EXISTS (SELECT 1 FROM load_enrolments replacing WHERE replacing.person_number = staged.person_number
                AND replacing.kind = held.kind AND replacing.starts_on = held.starts_on)
            AND NOT EXISTS (SELECT 1 FROM insurance_outboundchange change WHERE change.person_id = person.id
                AND change.state IN ('pending', 'sent'))
        ORDER BY staged.line LIMIT %s
        """,
        [MOST_KEPT],
    )
    for line, starts_on in cursor.fetchall():
        faults.add(ENROLMENTS.file, line, "starts_on", f"与已有的{starts_on:%Y-%m}起的参保记录时间重叠")


# --- Changes approved here -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Conflict:
    """A staged row that would undo a change approved here."""

    line: int
    change: int
    person: int
    fields: str
    theirs: dict[str, Any]


def withhold(cursor: Any, layout: Layout, target: Target) -> list[Conflict]:
    """Take rows about people with an unacknowledged change out of the stage; those that differ are conflicts."""
    if not target.guarded:
        return []
    number = layout.key[0] if layout is PERSONS else "person_number"
    matched = " AND ".join(f"held.{name} = {target.values[name]}" for name in target.key)
    differing = ", ".join(
        f"CASE WHEN held.{name} IS DISTINCT FROM {target.values[name]} THEN '{name}' END" for name in target.compared
    )
    shown = ", ".join(
        f"'{column.name}', staged.{column.name}"
        for column in layout.columns
        if column.name not in ("id_no", "account_no")
    )
    joins = target.joins if layout is not PERSONS else ""
    person = "person" if layout is not PERSONS else "owner"
    owner = "" if layout is not PERSONS else "JOIN insurance_insuredperson owner ON owner.number = staged.number"
    cursor.execute(
        f"""
        SELECT staged.line, pending.id, {person}.id, array_to_string(ARRAY[{differing}], ', '),
            jsonb_build_object({shown})
        FROM {layout.table} staged {joins} {owner}
        JOIN LATERAL (
            SELECT max(id) AS id FROM insurance_outboundchange change
            WHERE change.person_id = {person}.id AND change.state IN ('pending', 'sent')
        ) pending ON pending.id IS NOT NULL
        LEFT JOIN {target.table} held ON {matched}
        WHERE held.id IS NULL OR array_length(array_remove(ARRAY[{differing}], NULL), 1) > 0
        ORDER BY staged.line
        """
    )
    found = [
        Conflict(line, change, person_id, (fields or "")[:300], _as_dict(theirs))
        for line, change, person_id, fields, theirs in cursor.fetchall()
    ]
    cursor.execute(
        f"DELETE FROM {layout.table} staged USING insurance_insuredperson person, insurance_outboundchange change"
        f" WHERE person.number = staged.{number} AND change.person_id = person.id AND change.state IN ('pending', 'sent')"
    )
    return found


def _as_dict(value: Any) -> dict[str, Any]:
    return json.loads(value) if isinstance(value, str) else value


# --- Merging -------------------------------------------------------------------------------------


def upsert(cursor: Any, layout: Layout, target: Target) -> dict[str, int]:
    """Update what differs, insert what is new, leave the rest; returns how many of each."""
    matched = " AND ".join(
        f"held.{name} = {expression}" for name, expression in target.values.items() if name in target.key
    )
    differs = " OR ".join(f"held.{name} IS DISTINCT FROM {target.values[name]}" for name in target.compared)
    changes = ", ".join(f"{name} = {target.values[name]}" for name in target.changing)
    updated = 0
    for condition in (target.before, "true") if target.before else ("true",):
        cursor.execute(
            f"UPDATE {target.table} held SET {changes} FROM {layout.table} staged {target.joins}"
            f" WHERE {matched} AND ({differs}) AND {condition}"
        )
        updated += cursor.rowcount
    names, values = ", ".join(target.values), ", ".join(target.values.values())
    # In the order of the key, so that pages of the index are written one after another.
    cursor.execute(
        f"INSERT INTO {target.table} ({names}) SELECT {values} FROM {layout.table} staged {target.joins}"
        f" WHERE NOT EXISTS (SELECT 1 FROM {target.table} held WHERE {matched})"
        f" ORDER BY {', '.join(target.values[name] for name in target.key)}"
    )
    return {"new": cursor.rowcount, "changed": updated}


_NEW_TOKENS = """
    UPDATE {table} row SET tokens = ARRAY['u:' || row.unit_id] || names.tokens
    FROM (SELECT person.id, staged.tokens FROM load_persons staged
        JOIN insurance_insuredperson person ON person.number = staged.number) names
    WHERE names.id = row.person_id AND row.tokens::text[] IS DISTINCT FROM ARRAY['u:' || row.unit_id] || names.tokens
"""


def follow_people(cursor: Any) -> None:
    """The copies that rosters search by follow names, and units that changed."""
    cursor.execute("SELECT to_regclass('pg_temp.load_persons') IS NOT NULL")
    if cursor.fetchone()[0]:
        for table in ("insurance_enrolment", "insurance_retiree"):
            cursor.execute(_NEW_TOKENS.format(table=table))
    for table in ("insurance_enrolment", "insurance_retiree"):
        while True:
            cursor.execute(
                f"SELECT row.id, row.unit_id, person.name FROM {table} row"
                " JOIN insurance_insuredperson person ON person.id = row.person_id"
                " WHERE row.tokens[1] IS DISTINCT FROM 'u:' || row.unit_id LIMIT 20000"
            )
            missing = cursor.fetchall()
            if not missing:
                break
            cursor.execute("CREATE TEMP TABLE load_tokens (id bigint, tokens text[]) ON COMMIT DROP")
            with cursor.copy("COPY load_tokens FROM STDIN") as copy:
                for pk, unit, name in missing:
                    copy.write_row((pk, roster_tokens(unit, name)))
            cursor.execute(f"UPDATE {table} row SET tokens = made.tokens FROM load_tokens made WHERE made.id = row.id")
            cursor.execute("DROP TABLE load_tokens")


def people_concerned(cursor: Any, found: list[Layout]) -> list[int]:
    """Whose enrolments or months the load brought: their sums are reckoned anew."""
    staged = [layout.table for layout in found if layout in (ENROLMENTS, MONTHS)]
    if not staged:
        return []
    union = " UNION ".join(f"SELECT person_number FROM {table}" for table in staged)
    cursor.execute(
        f"SELECT person.id FROM insurance_insuredperson person JOIN ({union}) named ON named.person_number = person.number"
    )
    return [pk for (pk,) in cursor.fetchall()]
