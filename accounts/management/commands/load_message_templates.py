"""Load the message templates that ship; what staff have reworded stays."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.messaging import actions


class Command(BaseCommand):
    help = "Loads a template for every occasion on which the hall writes to somebody, where none is there yet."

    def handle(self, *args: Any, verbosity: int = 1, **options: Any) -> None:
        made = actions.load_templates(by=None)
        if verbosity:
            self.stdout.write(f"{made} message templates loaded")
