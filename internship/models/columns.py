"""Columns and conditions that both kinds of records share."""

from typing import Any

from django.db import models
from django.db.models import Q

from common.fields import BlindIndex
from common.models import Region


def region_column(title: str, *, optional: bool = False, help_text: str = "") -> Any:
    """A column that names a region; the region's own rows know nothing of it."""
    return models.ForeignKey(
        Region,
        models.PROTECT,
        null=optional,
        blank=optional,
        related_name="+",
        verbose_name=title,
        help_text=help_text,
    )


def together(*names: str) -> Q:
    """All of the columns are filled or none is."""
    return Q(**{f"{name}__isnull": True for name in names}) | Q(**{f"{name}__isnull": False for name in names})


def fill_digests(row: models.Model) -> None:
    """Compute the digests of a row's encrypted columns as saving it would."""
    for field in row._meta.concrete_fields:
        if isinstance(field, BlindIndex):
            field.pre_save(row, add=False)
