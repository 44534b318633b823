"""manage.py insurance_load DIR: take over the core system's files (docs/insurance-data.md)."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from insurance.exchange.faults import Refused
from insurance.exchange.load import load


class Command(BaseCommand):
    help = "Take over insured units, people, enrolments, months and retirees from CSV files; all or nothing"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--json", action="store_true", help="print the result or the errors as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder")
        try:
            result = load(folder, by=None)
        except Refused as refused:
            if options["json"]:
                self.stdout.write(json.dumps(refused.faults.as_json(), ensure_ascii=False))
            else:
                for fault in refused.faults.kept:
                    self.stderr.write(str(fault))
            raise CommandError(f"{refused.faults.count} errors, nothing was loaded") from None
        if options["json"]:
            found = {
                "ok": True, "errors": [], "more": 0, "files": result.counts, "conflicts": result.conflicts,
                "repeated": result.repeated,
            }  # fmt: skip
            self.stdout.write(json.dumps(found, ensure_ascii=False))
        elif result.repeated:
            self.stdout.write("these files were loaded before; nothing to do")
        else:
            for name, counts in result.counts.items():
                self.stdout.write(f"{name}: {counts['rows']} rows, {counts['new']} new, {counts['changed']} changed")
            self.stdout.write(f"{result.conflicts} conflicts for staff")
