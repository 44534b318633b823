"""Replace the database with a copy made by ``backup``."""

import tempfile
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
            with tempfile.TemporaryDirectory() as folder:
                script = Path(folder) / "restore.sql"
                postgres_programs.run("pg_restore", "--no-owner", f"--file={script}", str(file))
                # What is there goes as a whole: dropped one by one, a partition's key is not its own to drop.
                postgres_programs.run(
                    "psql",
                    "--quiet",
                    "--no-psqlrc",
                    "--single-transaction",
                    "--set=ON_ERROR_STOP=1",
                    f"--dbname={name}",
                    "--command=DROP SCHEMA public CASCADE",
                    "--command=CREATE SCHEMA public",
                    f"--file={script}",
                )
        except postgres_programs.ProgramError as error:
            raise CommandError(str(error)) from error
