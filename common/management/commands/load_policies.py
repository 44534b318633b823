"""Load the policy values that ship with the hall."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.db.models import Q

from common import audit, policies
from common.models import PolicyValue

DATA = Path(__file__).resolve().parents[2] / "data" / "policies.csv"


def _rows(path: Path) -> list[PolicyValue]:
    with path.open(encoding="utf-8", newline="") as lines:
        return [
            PolicyValue(
                key=row["key"],
                region_id=row["region"] or None,
                value=row["value"],
                valid_from=date.fromisoformat(row["valid_from"]),
                valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                source=row["source"],
                note=row["note"],
            )
            for row in csv.DictReader(lines)
        ]


def _overlapping(row: PolicyValue) -> bool:
    """Whether a value is stored for some day of the row's span: what staff entered wins."""
    stored = PolicyValue.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=row.valid_from), key=row.key)
    stored = stored.filter(region=row.region_id) if row.region_id else stored.filter(region__isnull=True)
    return (stored.filter(valid_from__lte=row.valid_to) if row.valid_to else stored).exists()


def load(path: Path = DATA) -> tuple[int, int]:
    """Insert the rows of the file whose days are still free; returns how many were added and kept out."""
    added = kept_out = 0
    with transaction.atomic(), audit.actor(None, command="load_policies"):
        for row in _rows(path):
            policies.parse(policies.get(row.key), row.value)
            if _overlapping(row):
                kept_out += 1
            else:
                row.save(force_insert=True)
                added += 1
    return added, kept_out


class Command(BaseCommand):
    help = "Load shipped policy values (政策参数); days that already have a value are left as they are."

    def handle(self, *args: Any, **options: Any) -> None:
        added, kept_out = load()
        self.stdout.write(f"{added} policy values added, {kept_out} already there")
