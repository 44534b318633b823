"""Columns and constraints that several insurance models share."""

from typing import Any

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import ExtractDay
from django.db.models.lookups import Exact


class PlainText(models.CharField):
    """A code compared byte by byte, so that an index serves its order and the search for its beginning."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("db_collation", "C")
        super().__init__(*args, **options)


def first_of_month(name: str, *columns: str) -> models.CheckConstraint:
    """Months are kept as their first day."""
    condition = Q()
    for column in columns:
        condition &= Q(**{f"{column}__isnull": True}) | Q(Exact(ExtractDay(column), Value(1)))
    return models.CheckConstraint(condition=condition, name=name, violation_error_message="年月应以该月第一天表示")


def in_order(name: str, first: str, last: str, sentence: str) -> models.CheckConstraint:
    """The last day or month is not before the first; either may be unknown."""
    condition = Q(**{f"{last}__isnull": True}) | Q(**{f"{first}__isnull": True}) | Q(**{f"{last}__gte": F(first)})
    return models.CheckConstraint(condition=condition, name=name, violation_error_message=sentence)


def listed(
    name: str, column: str, codes: tuple[str, ...], sentence: str, *, blank: bool = False
) -> models.CheckConstraint:
    """A code of a list, or nothing where ``blank``."""
    allowed = (*codes, "") if blank else codes
    return models.CheckConstraint(
        condition=Q(**{f"{column}__in": allowed}), name=name, violation_error_message=sentence
    )
