"""Nothing that one test's process remembers reaches the next test."""

from collections.abc import Iterator

import pytest
from django.core.cache import caches


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    caches["local"].clear()
    yield
    caches["local"].clear()
