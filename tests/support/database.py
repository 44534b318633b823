"""Databases for test processes, copied from one that was migrated once per state of the migrations."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import psycopg
from django.apps import apps
from django.core.management import call_command
from django.db import connection

LOCK = 7_400_002  # any number: one process migrates, the others wait for its result
PACKAGES = ("django", "django-allauth", "django-pghistory", "procrastinate")


def migrations_key() -> str:
    """Changes with every migration of the hall and with the packages that bring their own."""
    key = hashlib.sha256()
    for package in PACKAGES:
        key.update(f"{package} {version(package)}\n".encode())
    root = Path(__file__).resolve().parents[2]
    for config in sorted(apps.get_app_configs(), key=lambda config: config.label):
        folder = Path(config.path)
        if folder.parent == root:
            # Models too: permissions and content types follow them.
            for path in sorted([*folder.glob("migrations/*.py"), *folder.rglob("*models*.py")]):
                key.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return key.hexdigest()[:16]


@contextmanager
def migrated_copy(name: str) -> Iterator[None]:
    """The block's connection works in a fresh copy ``name`` of the migrated database."""
    original = connection.settings_dict["NAME"]
    connection.close()
    settings = connection.settings_dict
    server = {"host": settings["HOST"], "port": settings["PORT"] or None, "user": settings["USER"]}
    password = settings["PASSWORD"] or None
    with psycopg.connect(dbname="template1", password=password, autocommit=True, **server) as administrator:
        template = _template(administrator)
        administrator.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        administrator.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        settings["NAME"] = name
        try:
            yield
        finally:
            connection.close()
            settings["NAME"] = original
            administrator.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _template(administrator: psycopg.Connection) -> str:
    name = f"migrated_{migrations_key()}"
    administrator.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        rows = administrator.execute("SELECT datname FROM pg_database WHERE datname LIKE 'migrated\\_%'").fetchall()
        known = {row[0] for row in rows}
        if name not in known:
            for old in known:
                administrator.execute(f'DROP DATABASE "{old}" WITH (FORCE)')
            _migrate(administrator, name)
    finally:
        administrator.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    return name


def _migrate(administrator: psycopg.Connection, name: str) -> None:
    unfinished = f"unfinished_{name}"
    original = connection.settings_dict["NAME"]
    administrator.execute(f'DROP DATABASE IF EXISTS "{unfinished}" WITH (FORCE)')
    administrator.execute(f'CREATE DATABASE "{unfinished}" TEMPLATE template0')
    connection.settings_dict["NAME"] = unfinished
    try:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = original
    administrator.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')
