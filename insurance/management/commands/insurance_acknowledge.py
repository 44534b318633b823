"""manage.py insurance_acknowledge FILE: read the core system's answers (docs/insurance-data.md)."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from insurance.exchange.faults import Refused
from insurance.exchange.outbound import acknowledge


class Command(BaseCommand):
    help = "Note which changes the core system accepted or refused; all or nothing"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["file"].is_file():
            raise CommandError(f"{options['file']} is no file")
        try:
            counts = acknowledge(options["file"], by=None)
        except Refused as refused:
            for fault in refused.faults.kept:
                self.stderr.write(str(fault))
            raise CommandError(f"{refused.faults.count} errors, nothing was noted") from None
        self.stdout.write(", ".join(f"{number} {what}" for what, number in counts.items()))
