"""Records and entities of the sample matters."""

from django.db import models
from django.db.models import Q

from common.models import Region
from review.models import Case, Record, RecordRow


class Application(Record):
    """A record with fields on two pages and rows."""

    title = models.CharField("名称", max_length=20)
    count = models.PositiveSmallIntegerField("数量")
    limit = models.PositiveSmallIntegerField("上限", null=True, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="业务办理属地")
    mobile = models.CharField("手机号", max_length=11, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(limit__isnull=True) | Q(count__lte=models.F("limit")),
                name="sample_count_within_limit",
                violation_error_message="数量不能超过上限",
            )
        ]


class Item(RecordRow):
    """A row of an application."""

    record = models.ForeignKey(Application, models.CASCADE, related_name="items")
    label = models.CharField("标签", max_length=10)


class Batch(Record):
    """The record of an import: what was imported at once."""


class BatchLine(RecordRow):
    """A line of the import as it was typed."""

    record = models.ForeignKey(Batch, models.CASCADE, related_name="lines")
    code = models.CharField("编码", max_length=10)


class Thing(models.Model):
    """The entity that a line of an import becomes."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    code = models.CharField("编码", max_length=10)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(active=True),
                name="sample_thing_once",
                violation_error_message="该编码已登记，请更换",
            )
        ]
