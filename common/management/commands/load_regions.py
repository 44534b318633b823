"""Load the administrative regions."""

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from common import regions
from common.models import Region

DATA = Path(__file__).resolve().parents[2] / "data" / "regions.csv"


def load(path: Path = DATA) -> int:
    """Insert or update all regions of the file; returns how many it holds.

    Regions that the file no longer has stay: abolished codes live on in cases and units.
    """
    with path.open(encoding="utf-8", newline="") as lines:
        found = [
            Region(code=row["code"], name=row["name"], parent_id=row["parent_code"] or None, level=row["level"])
            for row in csv.DictReader(lines)
        ]
    # Parents go first, so that an interrupted load never leaves an orphan.
    found.sort(key=lambda region: (list(Region.Level).index(Region.Level(region.level)), region.code))
    with transaction.atomic():
        Region.objects.bulk_create(
            found,
            batch_size=1000,
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["name", "parent", "level"],
        )
    regions.forget()
    return len(found)


class Command(BaseCommand):
    help = "Load or update the administrative regions (行政区划, GB/T 2260)."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{load()} regions loaded")
