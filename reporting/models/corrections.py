"""见习信息更正 (C5–C7): what was reported is corrected by a case once a monthly report rests on it."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from common.audit import track
from reporting.models.imports import DAY_COLUMNS
from reporting.models.placements import Placement
from review.models import Record

TERM_COLUMNS = (
    "agreement_no",
    "signed_on",
    "starts_on",
    "ends_on",
    "living_standard",
    "mentor",
    "insurer",
    "policy_no",
    "premium",
    "insured_from",
    "insured_to",
)
ON_POST_COLUMNS = ("on_post", "left_on", "left_reason")


def _days(title: str) -> models.DecimalField:
    return models.DecimalField(title, max_digits=3, decimal_places=1, null=True, blank=True)


def _yuan(title: str) -> models.DecimalField:
    return models.DecimalField(
        title, max_digits=8, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )


@track()
class RecordCorrection(Record):
    """The whole new version of an agreement, of a month's attendance or of a month's on-post status, and why."""

    class Kind(models.TextChoices):
        AGREEMENT = "agreement", "协议和保险信息"
        ATTENDANCE = "attendance", "考勤"
        ON_POST = "on_post", "在岗情况"

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="corrections", verbose_name="见习人员")
    kind = models.CharField("更正内容", max_length=10, choices=Kind.choices)
    month = models.DateField("月份", null=True, blank=True)
    reason = models.CharField("更正原因", max_length=500)
    # 协议
    agreement_no = models.CharField("协议编号", max_length=40, blank=True)
    signed_on = models.DateField("签订日期", null=True, blank=True)
    starts_on = models.DateField("见习开始日期", null=True, blank=True)
    ends_on = models.DateField("见习结束日期", null=True, blank=True)
    living_standard = _yuan("生活费标准（元/月）")
    mentor = models.CharField("带教人员", max_length=64, blank=True)
    insurer = models.CharField("保险公司", max_length=64, blank=True)
    policy_no = models.CharField("保单号", max_length=64, blank=True)
    premium = _yuan("保费（元）")
    insured_from = models.DateField("保险起始日期", null=True, blank=True)
    insured_to = models.DateField("保险终止日期", null=True, blank=True)
    # 考勤
    due = _days("应出勤天数")
    present = _days("实际出勤天数")
    personal_leave = _days("事假")
    sick_leave = _days("病假")
    absent = _days("旷工")
    other_leave = _days("其他假")
    # 在岗情况
    on_post = models.BooleanField("是否在岗", null=True, blank=True)
    left_on = models.DateField("离岗日期", null=True, blank=True)
    left_reason = models.CharField("离岗原因", max_length=200, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "见习信息更正"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="agreement", month__isnull=True) | (~Q(kind="agreement") & Q(month__isnull=False)),
                name="record_correction_month_iff_monthly",
                violation_error_message="更正考勤或在岗情况的，应选择月份",
            ),
        ]

    def __str__(self) -> str:
        month = f"{self.month.year}年{self.month.month}月" if self.month else ""
        return f"{self.placement.name}{month}{self.get_kind_display()}"

    @property
    def columns(self) -> tuple[str, ...]:
        """What this kind of correction states anew."""
        if self.kind == self.Kind.AGREEMENT:
            return TERM_COLUMNS
        return (*(DAY_COLUMNS if self.kind == self.Kind.ATTENDANCE else ON_POST_COLUMNS), "note")
