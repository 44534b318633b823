"""manage.py insurance_export DIR: write approved changes for the core system (docs/insurance-data.md)."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from insurance.exchange.outbound import export


class Command(BaseCommand):
    help = "Write the changes that wait for the core system into the next numbered file"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["folder"].is_dir():
            raise CommandError(f"{options['folder']} is no folder")
        path = export(options["folder"], by=None)
        self.stdout.write(str(path) if path else "no change waits")
