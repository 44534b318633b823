"""The public position search over a million positions: SQL per shape, and pages against pages from memory."""

import statistics
from collections.abc import Callable
from unittest.mock import patch

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from benchmarks import positions_data
from benchmarks.harness import Row, Timing, time_pair, timed
from positions import public_views, search, search_form

SMALL, LARGE = 10_000, 1_000_000
ROUNDS = 11
RARE = "rare word"
SHAPES = {
    "everything": "",
    "city": "city=140100",
    "county": "city=140100&region=140105",
    "category": "category=2",
    "education": "education=21",
    "pay, best first": "pay=4&sort=pay",
    "term, unit type, industry": "months=1&unit_type=10&industry=C",
    "published last week": "days=7&category=1",
    "two characters": "q=会计",
    "three characters": "q=数据库",
    "word in half of all rows": f"q={positions_data.HALF_WORD}",
    RARE: f"q={positions_data.RARE_WORD}",
    "word in no row": f"q={positions_data.ABSENT_WORD}",
    "word + region + category": "q=软件&city=140100&region=140105&category=2",
    "last page": "last=1",
}


def run() -> list[Row]:
    """Load ten thousand, then a million positions; measure the same searches on both."""
    positions_data.load(SMALL)
    search.refresh_token_shares()
    small = {name: _pages(query) for name, query in SHAPES.items()}
    positions_data.load(LARGE)
    search.refresh_token_shares()
    rows = [_sql_row(name, query) for name, query in SHAPES.items()]
    large = {name: _pages(query) for name, query in SHAPES.items()}
    return rows + _page_rows(large) + [_growth_row(small, large)]


def _request(query: str) -> HttpRequest:
    request = RequestFactory().get(f"/positions/?{query}")
    request.user = AnonymousUser()
    request.session = {}  # type: ignore[assignment]
    request.htmx = HtmxDetails(request)  # type: ignore[attr-defined]
    request.individual = request.unit = request.handler = None  # type: ignore[attr-defined]
    request.handlers = []  # type: ignore[attr-defined]
    return request


def _search(query: str) -> Callable[[], object]:
    """Everything that a page asks the database."""

    def ask() -> None:
        search_form.run(search_form.SearchForm(_request(query).GET))

    return ask


def _sql_row(name: str, query: str) -> Row:
    ask = _search(query)
    ask()
    seconds = statistics.median(timed(ask) for _ in range(ROUNDS))
    return Row(f"SQL: {name}", seconds * 1000, 5 if name == RARE else 50, unit="ms")


def _pages(query: str) -> Timing:
    """The page, and the same page from rows held in memory."""
    result = search_form.run(search_form.SearchForm(_request(query).GET))

    def page() -> None:
        public_views.search_page(_request(query))

    def from_memory() -> None:
        with patch.object(search_form, "run", lambda form: result):
            page()

    return time_pair(page, from_memory, rounds=ROUNDS)


def _pooled(timings: dict[str, Timing]) -> Timing:
    """All shapes together, as visitors' searches are."""
    return Timing(
        tuple(second for timing in timings.values() for second in timing.seconds),
        tuple(second for timing in timings.values() for second in timing.floor_seconds),
    )


def _page_rows(large: dict[str, Timing]) -> list[Row]:
    pooled = _pooled(large)
    return [
        Row("page, all shapes, median", pooled.median * 1000, 1.5, pooled.floor_median * 1000, "ms"),
        Row("page, all shapes, p95", pooled.percentile(95) * 1000, 2, pooled.floor_percentile(95) * 1000, "ms"),
    ]


def _growth_row(small: dict[str, Timing], large: dict[str, Timing]) -> Row:
    """A million against ten thousand."""
    value, floor = _pooled(large).median * 1000, _pooled(small).median * 1000
    return Row("page at 1,000,000 against 10,000, median", value, 1.3, floor, "ms")
