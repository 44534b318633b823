"""Files in memory, and the regions and policies that ship with the hall."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from common import regions
from common.management.commands import load_policies, load_regions


@pytest.fixture(autouse=True)
def _files_in_memory(settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    }
    settings.CLAMAV_ADDRESS = ""


@pytest.fixture
def all_regions(db: None) -> Iterator[None]:
    """The whole regions table; forgotten afterwards, because the test's rows vanish."""
    load_regions.load()
    yield
    regions.forget()


@pytest.fixture
def some_regions(db: None, tmp_path: Path) -> Iterator[None]:
    """The provinces that shipped policies name: Shanxi, Jilin, Shaanxi."""
    lines = load_regions.DATA.read_text(encoding="utf-8").splitlines()
    few = tmp_path / "regions.csv"
    few.write_text("\n".join([lines[0], *(line for line in lines if line[:2] in {"14", "22", "61"})]), encoding="utf-8")
    load_regions.load(few)
    yield
    regions.forget()


@pytest.fixture
def shipped_policies(some_regions: None) -> None:
    """The policy values that ship with the hall."""
    load_policies.load()
