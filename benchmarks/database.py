"""A fresh database per benchmark, on whatever server DATABASE_URL names."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection
from psycopg import sql


@contextmanager
def own_database(name: str) -> Iterator[None]:
    """The block works in an empty, migrated database ``bench_<name>``, which is dropped afterwards.

    One that a killed run left behind is replaced.
    """
    original = connection.settings_dict["NAME"]
    database = sql.Identifier(f"bench_{name}")
    _administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(database))
    _administer(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(database))
    _switch_to(f"bench_{name}")
    try:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        yield
    finally:
        _switch_to(original)
        _administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(database))
        connection.close()


def _switch_to(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def _administer(statement: sql.Composed) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement.as_string(None))
