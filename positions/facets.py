"""Filters of the position search (筛选项) and how many open positions each of their values has.

The totals per scope are kept by statement-level triggers on the positions' table, so that the search
over a large set never counts it. A scope is a set of positions that pages show as a whole: all of
them, those that work in a city or county, those that an office handles.
"""

from bisect import bisect_right
from dataclasses import dataclass
from decimal import Decimal

from django.core.cache import caches
from django.db import connection

from common import codes

# Lower bounds of the bands after the first; the bands are own (no manual or standard gives any).
PAY_BOUNDS = (2000, 2500, 3000, 4000)
MONTHS_BOUNDS = (4, 7, 10)

PAY_BANDS = (
    ("0", "2000元以下"),
    ("1", "2000–2499元"),
    ("2", "2500–2999元"),
    ("3", "3000–3999元"),
    ("4", "4000元及以上"),
)
MONTHS_BANDS = (("0", "3个月"), ("1", "4–6个月"), ("2", "7–9个月"), ("3", "10–12个月"))


@dataclass(frozen=True, slots=True)
class Dimension:
    """One filter: its key in addresses, its title, its values, and the SQL expression of a row's value."""

    key: str
    title: str
    options: tuple[tuple[str, str], ...]
    expression: str


DIMENSIONS = (
    Dimension("category", "岗位类别", tuple(codes.POSITION_CATEGORY), "category"),
    Dimension("education", "学历要求", tuple(codes.EDUCATION), "education"),
    Dimension(
        "pay", "生活费（元/月）", PAY_BANDS, f"width_bucket(allowance, ARRAY{list(PAY_BOUNDS)}::numeric[])::text"
    ),
    Dimension("months", "见习期限", MONTHS_BANDS, f"width_bucket(months, ARRAY{list(MONTHS_BOUNDS)}::int[])::text"),
    Dimension("unit_type", "单位类型", tuple(codes.UNIT_TYPE), "unit_type"),
    Dimension("industry", "行业", tuple(codes.INDUSTRY), "industry"),
)
# Where the work is: cities, and within a city its counties and 市本级.
REGION_EXPRESSIONS = {"city": "work_city", "region": "work_region_id"}
EXPRESSIONS = {dimension.key: dimension.expression for dimension in DIMENSIONS} | REGION_EXPRESSIONS
TOTAL = "total"
_OVERVIEW = "positions.overview"


def pay_band(allowance: Decimal) -> str:
    """The band that a monthly allowance in yuan falls into."""
    return str(bisect_right(PAY_BOUNDS, allowance))


def months_band(months: int) -> str:
    """The band that a term in months falls into."""
    return str(bisect_right(MONTHS_BOUNDS, months))


# --- Scopes ------------------------------------------------------------------------------------

EVERYWHERE = ""


def work_city_scope(code: str) -> str:
    """Positions with a place of work anywhere in a city."""
    return f"w{code}"


def work_region_scope(code: str) -> str:
    """Positions with a place of work in exactly this county, or in the city itself (市本级)."""
    return f"x{code}"


def office_city_scope(code: str) -> str:
    """Positions that any office of a city handles (业务办理归属地)."""
    return f"h{code}"


def office_scope(code: str) -> str:
    """Positions that exactly this office handles."""
    return f"k{code}"


# --- Triggers ----------------------------------------------------------------------------------

TRANSITION_TABLES = {
    "Insert": {"new": "new_rows"},
    "Update": {"old": "old_rows", "new": "new_rows"},
    "Delete": {"old": "old_rows"},
}


def _single_values() -> str:
    """What every row is counted under alone: (given, dimension, value) with nothing given."""
    values = [f"('', '{TOTAL}', '')"]
    values += [f"('', '{key}', {expression})" for key, expression in EXPRESSIONS.items()]
    return ", ".join(values)


def _paired_values() -> str:
    """What every row is counted under beside one other filter's value."""
    return ", ".join(
        f"('{given.key}:' || {given.expression}, '{key}', {expression})"
        for given in DIMENSIONS
        for key, expression in EXPRESSIONS.items()
        if key != given.key
    )


def _contributions(table: str, sign: str) -> str:
    """What the open rows of a table add to the totals (or take from them), by place first, then by scope.

    Pairs are kept for whole cities and for everything: a single office's positions are few enough to count.
    """
    return f"""
        SELECT scope, given, dimension, value, {sign}rows AS change
        FROM (
            SELECT work_city, work_region_id, region_city, region_id, given, dimension, value, count(*) AS rows
            FROM {table}, LATERAL (VALUES {_single_values()}) AS counted(given, dimension, value)
            WHERE state = 'open'
            GROUP BY work_city, work_region_id, region_city, region_id, given, dimension, value
        ) AS singles,
        LATERAL (VALUES (''), ('w' || work_city), ('x' || work_region_id), ('h' || region_city), ('k' || region_id))
            AS scopes(scope)
        UNION ALL
        SELECT scope, given, dimension, value, {sign}rows
        FROM (
            SELECT work_city, region_city, given, dimension, value, count(*) AS rows
            FROM {table}, LATERAL (VALUES {_paired_values()}) AS counted(given, dimension, value)
            WHERE state = 'open'
            GROUP BY work_city, region_city, given, dimension, value
        ) AS pairs,
        LATERAL (VALUES (''), ('w' || work_city), ('h' || region_city)) AS scopes(scope)"""  # noqa: S608 - constants


def has_pairs(scope: str) -> bool:
    """Whether pairs of filters are kept for a scope."""
    return not scope.startswith(("x", "k"))


def _upsert(contributions: str) -> str:
    return f"""
        INSERT INTO positions_searchfacet (scope, given, dimension, value, total)
        SELECT scope, given, dimension, value, sum(change)
        FROM ({contributions}) AS changes
        GROUP BY scope, given, dimension, value
        HAVING sum(change) <> 0
        -- Always in the same order, so that two publications never wait for each other in a circle.
        ORDER BY scope, given, dimension, value
        ON CONFLICT (scope, given, dimension, value)
        DO UPDATE SET total = positions_searchfacet.total + excluded.total"""  # noqa: S608 - constants only


def trigger_body(*, old: str = "", new: str = "") -> str:
    """PL/pgSQL that brings the totals up to date after one statement on the positions' table."""
    parts = ([_contributions(new, "")] if new else []) + ([_contributions(old, "-")] if old else [])
    return _upsert(" UNION ALL ".join(parts)) + ";\nRETURN NULL;"


def rebuild() -> None:
    """Count all totals anew, for a load that went around the triggers. One transaction is the caller's."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM positions_searchfacet")
        cursor.execute(_upsert(_contributions("positions_position", "")))


def totals(scopes: tuple[str, ...], given: str = "") -> dict[str, dict[str, int]]:
    """Totals by filter and value over the union of disjoint scopes; filter ``total`` has the one value "".

    With ``given`` (``category:2``) of those positions only that have this one value; without their total.
    """
    found: dict[str, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT dimension, value, sum(total) FROM positions_searchfacet"
            " WHERE scope = ANY(%s) AND given = %s AND total > 0 GROUP BY dimension, value",
            [list(scopes), given],
        )
        for dimension, value, total in cursor.fetchall():
            found.setdefault(dimension, {})[value] = int(total)
    return found


@dataclass(frozen=True, slots=True)
class Overview:
    """How many positions are open, and the codes of the cities that have any."""

    total: int
    cities: tuple[str, ...]


def overview() -> Overview:
    """The overview, at most a minute old: it fills a select and helps to choose a plan, no figure rests on it."""
    found: Overview | None = caches["local"].get(_OVERVIEW)
    if found is None:
        kept = totals((EVERYWHERE,))
        found = Overview(kept.get(TOTAL, {}).get("", 0), tuple(sorted(kept.get("city", {}))))
        caches["local"].set(_OVERVIEW, found, 60)
    return found
