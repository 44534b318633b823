"""Bases of what was asked, typed, in the service's own app."""

import uuid
from typing import Any, ClassVar

from django.db import models

from review.models.case import Case


class Record(models.Model):
    """Base of every matter's record: what was asked, one-to-one with its case.

    ``live`` is true while the case is submitted, in review, returned or approved; only ``perform()``
    writes it, so that partial constraints can say ``condition=Q(live=True)``.
    """

    case = models.OneToOneField(
        Case, models.PROTECT, primary_key=True, related_name="%(class)s_record", verbose_name="办件"
    )
    live = models.BooleanField("有效", default=False, editable=False)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        abstract = True


class RecordRow(models.Model):
    """Base of a row that belongs to a record; the key is kept through edits, so that attachments hang on it."""

    key = models.UUIDField("行", default=uuid.uuid4, editable=False)
    position = models.PositiveSmallIntegerField("顺序", default=0, editable=False)
    # The row's record: each row model declares the foreign key to its own record class.
    record: Any

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        abstract = True
        ordering = ["position"]
