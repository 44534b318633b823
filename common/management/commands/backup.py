"""Copy the database into a file while the hall runs."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import postgres_programs


class Command(BaseCommand):
    help = "Writes a consistent copy of the database into FILE (pg_dump's custom format)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        unfinished = file.with_name(f"{file.name}.part")
        # Encrypted fields apart, a copy holds personal data: it is for its owner only.
        os.close(os.open(unfinished, os.O_CREAT | os.O_WRONLY, 0o600))
        try:
            postgres_programs.run("pg_dump", "--format=custom", "--no-owner", f"--file={unfinished}")
        except postgres_programs.ProgramError as error:
            unfinished.unlink()
            raise CommandError(str(error)) from error
        unfinished.rename(file)  # a file of this name is always a whole copy
