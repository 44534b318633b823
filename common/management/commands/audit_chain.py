"""Seal the audit events."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from common import audit_chain


class Command(BaseCommand):
    help = "Append a link to the audit chain (审计链): all events before today, or with --now all so far."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--now", action="store_true", help="seal up to this moment, not up to midnight")

    def handle(self, *args: Any, **options: Any) -> None:
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        link = audit_chain.append(before=None if options["now"] else midnight)
        if link is None:
            self.stdout.write("nothing to seal")
        else:
            self.stdout.write(f"link {link.number}:{link.digest}")
