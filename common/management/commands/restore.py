"""Replace the database with a copy made by ``backup``."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from common import postgres_programs


class Command(BaseCommand):
    help = "Replaces the database with the copy in FILE, in one transaction: all of it or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        if not file.exists():
            raise CommandError(f"{file} does not exist")
        name = connection.settings_dict["NAME"]
        connection.close()
        try:
            postgres_programs.run(
                "pg_restore",
                "--clean",
                "--if-exists",
                "--no-owner",
                "--single-transaction",
                f"--dbname={name}",
                str(file),
            )
        except postgres_programs.ProgramError as error:
            raise CommandError(str(error)) from error
