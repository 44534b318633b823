"""The public search over open positions (见习岗位查询, D1): quick for rare and for frequent words alike.

Costs grow with the answer, not with the data (docs/decisions, search). Counts that are kept are read.
Otherwise up to 1,001 hits are fetched through the token index: when that is all of them, they are
counted by filter and sorted; when there are more, the sort index is walked from the cursor, where
frequent hits come soon. Only the choice of the way depends on statistics, the result never does.
"""

# ruff: noqa: S608 - SQL is put together from constants of this app; every value is a parameter

import re
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import connection

from common import search as text_search
from positions import facets
from positions.models import SAMPLE, TokenShare

CAP = 1000
PAGE_SIZE = 20
# From this share of all rows on, a word is found sooner by walking than by the token index.
DENSE_SHARE = 0.08
# Statistics of a tenth of a percent's error that promise this many times CAP need no count to say 1000+.
SURE = 10
# So many hits in the sample promise more than CAP in all: CAP hits would put 62 there, give or take 8.
SAMPLE_HITS = 120
# The sample is asked from this many expected hits on; fewer are fetched as quickly.
SAMPLED_FROM = 2 * CAP
# Rows that a walk may look at before the token index is asked instead.
WALK_ROWS, COUNT_ROWS = 4_000, 12_000

SORTS = {"new": ("published_at", "最新发布"), "pay": ("allowance", "生活费从高到低")}
PERIODS = {"3": "近三天", "7": "近一周", "30": "近一个月", "90": "近三个月"}

_TABLE = "positions_position"
_COLUMNS = (
    "id, number, name, unit_name, category, education, allowance, months, places, places_taken, work_region_id,"
    " published_at, valid_to"
)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a sorted list: the sort value and id of a row, and whether to go on after or before it."""

    value: datetime | Decimal | None
    id: int
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for. ``filters`` holds values by filter key, ``offices`` restricts to handling offices."""

    city: str = ""
    region: str = ""
    filters: dict[str, str] = field(default_factory=dict)
    since: datetime | None = None
    words: tuple[str, ...] = ()
    sort: str = "new"
    # Pairs ("office_city" | "office", region code): positions that any of these offices handles.
    offices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """One row of the result list."""

    id: int
    number: str
    name: str
    unit_name: str
    category: str
    education: str
    allowance: Decimal
    months: int
    places: int
    places_taken: int
    work_region: str
    published_at: datetime
    valid_to: Any


@dataclass(slots=True)
class Result:
    """A page of hits, how many there are (None: more than CAP), and counts by filter and value where known."""

    hits: list[Hit]
    total: int | None
    counts: dict[str, dict[str, int]]
    has_next: bool = False
    has_previous: bool = False


def words_of(keyword: str) -> tuple[str, ...]:
    """The words of what somebody typed, folded; all of them must occur. At most eight."""
    return tuple(dict.fromkeys(_WORD.findall(text_search.fold(keyword))))[:8]


# --- Conditions ----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Where:
    """Conditions joined by AND, with their parameters."""

    parts: list[str] = field(default_factory=lambda: ["state = 'open'"])
    parameters: list[Any] = field(default_factory=list)

    def add(self, part: str, *parameters: Any) -> None:
        self.parts.append(part)
        self.parameters += parameters

    def __str__(self) -> str:
        return " AND ".join(self.parts)


def _token_groups(query: Query) -> list[list[str]]:
    """Tokens that a hit must all have, one list per condition."""
    groups = [[text_search.code_token(key, value)] for key, value in query.filters.items()]
    if query.region:
        groups.append([text_search.code_token("region", query.region)])
    elif query.city:
        groups.append([text_search.code_token("city", query.city)])
    return groups + [text_search.query_tokens(word) for word in query.words]


class _Shares:
    """Shares of all rows that have a token, for the tokens of one query; rare ones count as zero."""

    def __init__(self, query: Query) -> None:
        self.groups = _token_groups(query)

    @cached_property
    def _shares(self) -> dict[str, float]:
        """Asked only when the summary does not know the answer."""
        tokens = [token for group in self.groups for token in group]
        return dict(TokenShare.objects.filter(token__in=tokens).values_list("token", "share"))

    def rarest(self, group: list[str]) -> list[str]:
        """The tokens of a condition that are rare, or else the rarest one: merging frequent ones costs most."""
        rare = [token for token in group if token not in self._shares]
        return rare or [min(group, key=lambda token: self._shares[token])]

    @property
    def frequent_alone(self) -> float:
        """The share of the only token of a query; 0 where there are several, whose shares tell too little."""
        tokens = [token for group in self.groups for token in group]
        return self._shares.get(tokens[0], 0.0) if len(tokens) == 1 else 0.0

    @property
    def estimate(self) -> float:
        """The share of rows that meet all conditions, were they independent of each other."""
        product = 1.0
        for group in self.groups:
            product *= min(self._shares.get(token, 0.0) for token in group)
        return product


def _add_words(where: _Where, query: Query) -> None:
    for word in query.words:
        where.add("strpos(search_text, %s) > 0", word)


def _by_tokens(query: Query, shares: _Shares) -> _Where:
    """Conditions that the token index answers; bigrams may lie apart, so longer words are looked at again."""
    where = _Where()
    tokens = [token for group in shares.groups for token in shares.rarest(group)]
    if tokens:
        where.add("tokens @> %s::text[]", tokens)
    if query.offices:
        where.add("tokens && %s::text[]", [text_search.code_token(*office) for office in query.offices])
    for word in query.words:
        if len(word) > 2:
            where.add("strpos(search_text, %s) > 0", word)
    if query.since:
        where.add("published_at >= %s", query.since)
    return where


def _add_place(where: _Where, query: Query) -> None:
    """The place of work, which the sort indexes of a city and a county begin with."""
    if query.region:
        where.add("work_region_id = %s", query.region)
    elif query.city:
        where.add("work_city = %s", query.city)


def _plain(query: Query) -> _Where:
    """The other conditions, as a walk along a sort index checks them row by row."""
    where = _Where(parts=["true"])
    for key, value in query.filters.items():
        where.add(*_plain_filter(key, value))
    if query.offices:
        columns = {"office_city": "region_city", "office": "region_id"}
        ways = " OR ".join(f"{columns[kind]} = %s" for kind, _ in query.offices)
        where.add(f"({ways})", *(code for _, code in query.offices))
    _add_words(where, query)
    return where


def _plain_filter(key: str, value: str) -> tuple[Any, ...]:
    if key == "pay":
        return _band("allowance", facets.PAY_BOUNDS, value)
    if key == "months":
        return _band("months", facets.MONTHS_BOUNDS, value)
    return f"{key} = %s", value


def _band(column: str, bounds: tuple[int, ...], value: str) -> tuple[Any, ...]:
    at = int(value)
    if at == 0:
        return f"{column} < %s", bounds[0]
    if at == len(bounds):
        return f"{column} >= %s", bounds[-1]
    return f"{column} >= %s AND {column} < %s", bounds[at - 1], bounds[at]


# --- Counts --------------------------------------------------------------------------------------


def scopes(query: Query) -> tuple[str, ...]:
    """The summary's scopes that together are the query's place; empty where the summary has none."""
    if query.offices:
        makers = {"office_city": facets.office_city_scope, "office": facets.office_scope}
        return () if query.city or query.region else tuple(makers[kind](code) for kind, code in query.offices)
    if query.region:
        return (facets.work_region_scope(query.region),)
    if query.city:
        return (facets.work_city_scope(query.city),)
    return (facets.EVERYWHERE,)


def _kept_counts(query: Query) -> tuple[int | None, dict[str, dict[str, int]]]:
    """The total and the counts by filter that the summary knows (None, {} where it does not)."""
    if query.words or query.since or len(query.filters) > 2 or not scopes(query):
        return None, {}
    kept = facets.totals(scopes(query))
    everything = kept.pop(facets.TOTAL, {}).get("", 0)
    if not query.filters:
        return everything, kept
    (key, value), *others = query.filters.items()
    if not all(facets.has_pairs(scope) for scope in scopes(query)):
        return (None, {}) if others else (kept.get(key, {}).get(value, 0), {key: kept.get(key, {})})
    given = facets.totals(scopes(query), f"{key}:{value}")
    if not others:
        return kept.get(key, {}).get(value, 0), given | {key: kept.get(key, {})}
    ((other, wanted),) = others
    return given.get(other, {}).get(wanted, 0), {other: given.get(other, {})}


def _grouped(query: Query, shares: _Shares) -> tuple[int, dict[str, dict[str, int]]]:
    """Up to CAP + 1 hits through the token index, and their counts by filter."""
    where = _by_tokens(query, shares)
    keys = [key for key in facets.EXPRESSIONS if key not in query.filters]
    expressions = ", ".join(f"{facets.EXPRESSIONS[key]} AS {key}" for key in keys)
    sets = ", ".join(f"({key})" for key in keys)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH hits AS MATERIALIZED (SELECT {expressions} FROM {_TABLE} WHERE {where} LIMIT {CAP + 1})"
            f" SELECT {', '.join(keys)}, count(*) FROM hits GROUP BY GROUPING SETS ((), {sets})",
            where.parameters,
        )
        total, counts = 0, {}
        for *values, rows in cursor.fetchall():
            given = [(key, value) for key, value in zip(keys, values, strict=True) if value is not None]
            if given:
                ((key, value),) = given
                counts.setdefault(key, {})[value] = rows
            else:
                total = rows
    return total, counts


def _has_more_than_cap(query: Query) -> bool:
    """Whether more than CAP hits lie within the first COUNT_ROWS rows of a walk."""
    plain, start = _plain(query), _Where()
    _add_place(start, query)
    if query.since:
        start.add("published_at >= %s", query.since)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM (SELECT * FROM {_TABLE} WHERE {start}"
            f" ORDER BY published_at DESC, id DESC LIMIT {COUNT_ROWS}) AS newest WHERE {plain} LIMIT {CAP + 1}) AS met",
            [*start.parameters, *plain.parameters],
        )
        return cursor.fetchone()[0] > CAP


def _sample_has_many(query: Query, shares: _Shares) -> bool:
    """Whether the sample of the positions holds so many hits that all of them are surely more than CAP."""
    where = _by_tokens(query, shares)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM {_TABLE} WHERE mod(id, {SAMPLE}) = 0 AND {where}"
            f" LIMIT {SAMPLE_HITS}) AS sample",
            where.parameters,
        )
        return cursor.fetchone()[0] == SAMPLE_HITS


def _surely_more_than_cap(query: Query, shares: _Shares) -> bool:
    """Whether a cheap look says that there are more than CAP hits; where it does not, they are fetched."""
    everything = facets.overview().total
    if shares.frequent_alone * everything >= SURE * CAP and not (query.since or query.offices):
        return True
    if shares.estimate >= DENSE_SHARE:
        return _has_more_than_cap(query)
    return not query.since and shares.estimate * everything >= SAMPLED_FROM and _sample_has_many(query, shares)


def _counts(query: Query, shares: _Shares) -> tuple[int | None, dict[str, dict[str, int]]]:
    """The total (None: more than CAP) and the counts by filter and value, as far as they are known."""
    total, counts = _kept_counts(query)
    if total is not None and (total > CAP or total == 0 or len(counts) > 1):
        return total, counts
    if total is None and _surely_more_than_cap(query, shares):
        return None, {}
    found, grouped = _grouped(query, shares)
    return (found, grouped | counts) if found <= CAP else (None, {})


# --- Pages ---------------------------------------------------------------------------------------


def _order(sort: str, backwards: bool) -> str:
    column, direction = SORTS[sort][0], "ASC" if backwards else "DESC"
    return f"{column} {direction}, id {direction}"


def _add_cursor(where: _Where, query: Query, cursor: Cursor | None) -> None:
    if cursor and cursor.value is not None:
        sign = ">" if cursor.backwards else "<"
        where.add(f"({SORTS[query.sort][0]}, id) {sign} (%s, %s)", cursor.value, cursor.id)


def _sorted_page(query: Query, cursor: Cursor | None, shares: _Shares) -> list[Hit]:
    """A page by sorting all hits that the token index gives."""
    where, order = _by_tokens(query, shares), _order(query.sort, bool(cursor and cursor.backwards))
    rest = _Where(parts=["true"])
    _add_cursor(rest, query, cursor)
    return _fetch(
        f"WITH hits AS MATERIALIZED (SELECT id, {SORTS[query.sort][0]} FROM {_TABLE} WHERE {where})"
        f" SELECT {_COLUMNS} FROM {_TABLE} WHERE id IN"
        f" (SELECT id FROM hits WHERE {rest} ORDER BY {order} LIMIT {PAGE_SIZE + 1}) ORDER BY {order}",
        where.parameters + rest.parameters,
    )


def _walked_page(query: Query, cursor: Cursor | None, rows: int | None) -> list[Hit]:
    """A page by walking the sort index from the cursor over at most ``rows`` rows (None: to its end)."""
    plain, start, order = _plain(query), _Where(), _order(query.sort, bool(cursor and cursor.backwards))
    _add_place(start, query)
    if query.since:
        start.add("published_at >= %s", query.since)
    _add_cursor(start, query, cursor)
    limit = f" LIMIT {rows}" if rows else ""
    # The subquery's limit keeps the planner from sorting; rows come out in its order.
    return _fetch(
        f"SELECT {_COLUMNS} FROM (SELECT * FROM {_TABLE} WHERE {start} ORDER BY {order}{limit}) AS walk"
        f" WHERE {plain} LIMIT {PAGE_SIZE + 1}",
        start.parameters + plain.parameters,
    )


def _fetch(sql: str, parameters: list[Any]) -> list[Hit]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [Hit(*row) for row in cursor.fetchall()]


def _page(query: Query, cursor: Cursor | None, total: int | None, shares: _Shares) -> list[Hit]:
    if not (query.words or query.filters or query.offices):
        return _walked_page(query, cursor, None)
    if total is not None and total <= CAP:
        return _sorted_page(query, cursor, shares)
    found = _walked_page(query, cursor, WALK_ROWS)
    return found if len(found) > PAGE_SIZE else _sorted_page(query, cursor, shares)


def run(query: Query, cursor: Cursor | None = None) -> Result:
    """One page of a search. A backwards cursor without a value gives the last page."""
    shares = _Shares(query)
    total, counts = _counts(query, shares)
    hits = _page(query, cursor, total, shares) if total != 0 else []
    more = len(hits) > PAGE_SIZE
    hits = hits[:PAGE_SIZE]
    if cursor and cursor.backwards:
        has_next = cursor.value is not None
        return Result(hits[::-1], total, counts, has_next=has_next, has_previous=more)
    return Result(hits, total, counts, has_next=more, has_previous=cursor is not None)


def refresh_token_shares() -> int:
    """Copy the frequent tokens from the database's statistics; returns how many there are.

    The statistics come with every (automatic) ANALYZE of the positions' table.
    """
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM positions_tokenshare")
        cursor.execute(
            "INSERT INTO positions_tokenshare (token, share)"
            " SELECT token, max(share) FROM pg_stats, unnest(most_common_elems::text::text[], most_common_elem_freqs)"
            " AS common(token, share)"
            " WHERE schemaname = current_schema() AND tablename = %s AND attname = 'tokens' AND token IS NOT NULL"
            " GROUP BY token HAVING max(share) >= %s",
            [_TABLE, 0.01],
        )
        return cursor.rowcount
