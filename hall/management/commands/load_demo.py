"""manage.py load_demo: a hall full of invented units, people, positions and cases."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from hall.demo import load


class Command(BaseCommand):
    help = "Loads the demonstration data (all of it invented) into a prepared hall; does nothing where it is loaded."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--allow-production", action="store_true", help="also in production; passwords are public")

    def handle(self, *args: Any, allow_production: bool = False, **options: Any) -> None:
        if settings.PRODUCTION and not allow_production:
            raise CommandError("The demonstration accounts have public passwords: refused in production.")
        if load.is_loaded():
            self.stdout.write("Demonstration data is loaded already.")
            return
        for line in load.load():
            self.stdout.write(line)
