"""A hall with regions and an empty cache of derived data."""

from collections.abc import Iterator

import pytest
from django.core.cache import caches

from tests.factories import make_region


@pytest.fixture(autouse=True)
def _no_cached_figures() -> Iterator[None]:
    caches["local"].clear()
    yield
    caches["local"].clear()


@pytest.fixture
def shanxi(db: None) -> str:
    """小店区 in 太原市, and the code of its province."""
    make_region("140105")
    make_region("140106")
    return "140000"
