"""Counting queries: the hall's lists ask the same number for one row and for a hundred."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext

FRAME = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "SET TRANSACTION", "BEGIN", "COMMIT")


class Queries(list[str]):
    """The statements that were asked, without those that only frame a transaction."""


@contextmanager
def captured_queries() -> Iterator[Queries]:
    """Collect the queries of the block; complete when the block ends."""
    queries = Queries()
    with CaptureQueriesContext(connection) as context:
        yield queries
    queries += [query["sql"] for query in context.captured_queries if not query["sql"].startswith(FRAME)]


def _listing(queries: Queries) -> str:
    return "\n".join(f"{number}. {sql[:300]}" for number, sql in enumerate(queries, 1))


@contextmanager
def assert_num_queries(number: int, *, at_most: bool = False) -> Iterator[None]:
    """The block asks exactly ``number`` queries (or at most so many)."""
    with captured_queries() as queries:
        yield
    fine = len(queries) <= number if at_most else len(queries) == number
    assert fine, f"{len(queries)} queries instead of {number}:\n{_listing(queries)}"


def assert_same_queries_for_more_rows(add_row: Callable[[], object], request: Callable[[], object]) -> int:
    """``request`` asks as many queries with three rows as with one; returns that number.

    ``add_row`` adds one row that the request shows.
    """
    add_row()
    request()  # what is looked up once per process does not count
    with captured_queries() as one:
        request()
    add_row()
    add_row()
    with captured_queries() as three:
        request()
    assert len(one) == len(three), (
        f"{len(one)} queries for 1 row, {len(three)} for 3 rows:\n{_listing(one)}\n— against —\n{_listing(three)}"
    )
    return len(one)
