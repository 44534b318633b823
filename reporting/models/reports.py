"""就业见习月报 (C10): what a unit reports for a month, and the person-months that approval makes of it."""

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import ExtractDay
from django.db.models.lookups import Exact

from common import codes
from common.audit import track
from common.fields import EncryptedText
from reporting.models.placements import Placement
from review.models import Case, Record


@track()
class MonthlyReport(Record):
    """就业见习月报: the head of a report; its rows become person-months when it is approved."""

    month = models.DateField("申报月份")
    filler = models.CharField("填报人", max_length=64)
    phone = EncryptedText("电话", validators=[MaxLengthValidator(20)])
    revises = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="revisions", verbose_name="更正的月报"
    )
    # Computed at submission.
    on_post_count = models.PositiveIntegerField("在岗人数", default=0, editable=False)
    new_count = models.PositiveIntegerField("新增人数", default=0, editable=False)
    ended_count = models.PositiveIntegerField("减员人数", default=0, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "就业见习月报"
        constraints = [
            models.CheckConstraint(
                condition=Q(Exact(ExtractDay("month"), Value(1))),
                name="monthly_report_first_of_month",
                violation_error_message="月份应以该月第一天表示",
            )
        ]

    def __str__(self) -> str:
        return f"{self.month.year}年{self.month.month}月"


class PersonMonthQuerySet(models.QuerySet["PersonMonth"]):
    def in_force(self) -> "PersonMonthQuerySet":
        """Those whose report was not revoked."""
        return self.filter(in_force=True)


@track()
class PersonMonth(models.Model):
    """人月: a calendar month of a placement as approved, with the subsidy computed by policy or the reason for none."""

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="months", verbose_name="见习")
    case = models.ForeignKey(Case, models.PROTECT, related_name="person_months", verbose_name="月报办件")
    month = models.DateField("月份")
    in_force = models.BooleanField("有效", default=True)
    category = models.CharField("人员类型", max_length=2, choices=codes.TRAINEE_CATEGORY.choices)
    days = models.DecimalField("出勤天数", max_digits=3, decimal_places=1)
    due_pay = models.DecimalField("应发生活费", max_digits=8, decimal_places=2)
    net_pay = models.DecimalField("实发工资", max_digits=8, decimal_places=2)
    paid_on = models.DateField("发放日期")
    subsidy = models.DecimalField("应发补贴", max_digits=8, decimal_places=2, null=True, blank=True)
    subsidy_reason = models.CharField("无补贴原因", max_length=60, blank=True)

    objects = PersonMonthQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "见习人月"
        ordering = ["-month", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["placement", "month"],
                condition=Q(in_force=True),
                name="person_month_once",
                violation_error_message="该人员当月已在审核通过的月报中",
            ),
            models.CheckConstraint(
                condition=Q(Exact(ExtractDay("month"), Value(1))),
                name="person_month_first_of_month",
                violation_error_message="月份应以该月第一天表示",
            ),
            models.CheckConstraint(
                condition=Q(days__gte=0, days__lte=31, due_pay__gte=0, net_pay__gte=0),
                name="person_month_figures_possible",
                violation_error_message="出勤天数应为0至31天，金额不能为负数",
            ),
            models.CheckConstraint(
                # "subsidy >= 0" alone is unknown for none, and a CHECK lets the unknown pass.
                condition=Q(subsidy__isnull=False, subsidy__gte=0, subsidy_reason="")
                | (Q(subsidy__isnull=True) & ~Q(subsidy_reason="")),
                name="person_month_subsidy_or_reason",
                violation_error_message="没有补贴金额的必须说明原因",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.placement} {self.month:%Y-%m}"
