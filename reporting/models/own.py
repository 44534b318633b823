"""我的见习 (B3): what trainees themselves say about their internship."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from common.audit import track
from reporting.models.placements import Placement


@track()
class Objection(models.Model):
    """异议: a trainee holds that what the unit reported is not right; the unit answers, the county reads both."""

    class Subject(models.TextChoices):
        AGREEMENT = "agreement", "协议信息"
        ATTENDANCE = "attendance", "考勤"
        PAY = "pay", "生活费发放"
        OTHER = "other", "其他"

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="objections", verbose_name="见习")
    subject = models.CharField("异议事项", max_length=10, choices=Subject.choices)
    text = models.CharField("情况说明", max_length=500)
    raised_at = models.DateTimeField("提出时间", default=timezone.now)
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提出人")
    answer = models.CharField("单位答复", max_length=500, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "见习异议"
        ordering = ["-raised_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="objection_answered_pair",
                violation_error_message="时间与操作人必须同时存在",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answer="") | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="objection_answered_with_words",
                violation_error_message="答复内容与答复时间不一致",
            ),
            models.UniqueConstraint(
                fields=["placement", "subject"],
                condition=Q(answered_at__isnull=True),
                name="objection_one_open_per_subject",
                violation_error_message="该事项已提出异议，请等待单位答复",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.placement} {self.get_subject_display()}"


@track()
class LogEntry(models.Model):
    """见习日志: what a trainee did and learnt on a day, in the own words."""

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="log", verbose_name="见习")
    day = models.DateField("日期")
    text = models.CharField("内容", max_length=500)
    written_at = models.DateTimeField("填写时间", default=timezone.now)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="填写人")

    class Meta:
        verbose_name = verbose_name_plural = "见习日志"
        ordering = ["-day", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["placement", "day"],
                name="log_once_per_day",
                violation_error_message="该日已填写日志",
            )
        ]

    def __str__(self) -> str:
        return f"{self.placement} {self.day:%Y-%m-%d}"
