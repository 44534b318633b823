"""Many rows at once by COPY: constraints hold and history is written, but nothing of the model's ``save`` runs.

Values are given as they are stored: the caller encrypts what is encrypted.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

from common import audit


def _columns(model: type[models.Model], names: Sequence[str]) -> str:
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    return ", ".join(connection.ops.quote_name(field.column) for field in fields)


def insert(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Store new rows; ``names`` are field names, in the order of each row's values. Part of the running transaction."""
    audit.attach_actor()
    _copy(connection.ops.quote_name(model._meta.db_table), _columns(model, names), rows)


def copy_over(model: type[models.Model], names: Sequence[str], rows: models.QuerySet[Any, Any]) -> None:
    """Store what a query finds, its columns in the order of ``names``: stored values go over as they are, encrypted too."""
    statement, parameters = rows.query.sql_with_params()
    table = connection.ops.quote_name(model._meta.db_table)
    audit.attach_actor()
    with connection.cursor() as cursor:
        # The names come from the models themselves, the query from the ORM.
        cursor.execute(f"INSERT INTO {table} ({_columns(model, names)}) {statement}", parameters)


def update(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Change stored rows: the primary key comes first in each row, then the values of ``names``."""
    table, key = connection.ops.quote_name(model._meta.db_table), model._meta.pk.name
    columns = _columns(model, [key, *names])
    sets = ", ".join(f"{column} = fresh.{column}" for column in _columns(model, names).split(", "))
    key = _columns(model, [key])
    audit.attach_actor()
    with connection.cursor() as cursor:
        # The names come from the models themselves.
        cursor.execute(f"CREATE TEMPORARY TABLE fresh ON COMMIT DROP AS SELECT {columns} FROM {table} LIMIT 0")  # noqa: S608
        _copy("fresh", columns, rows)
        cursor.execute(f"UPDATE {table} SET {sets} FROM fresh WHERE {table}.{key} = fresh.{key}")  # noqa: S608
        cursor.execute("DROP TABLE fresh")


def _copy(table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
