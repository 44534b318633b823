"""What happens to a case: its timeline, who looked at it, how it was rated."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from common import codes
from common.audit import track
from common.constraints import together
from common.fields import EncryptedJSON
from review.models.case import Case, Status
from review.models.route import CaseStep


@track()
class TimelineEntry(models.Model):
    """What happened to a case, when and by whom; a submission keeps its values for later comparison."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="timeline", verbose_name="办件")
    at = models.DateTimeField("时间", default=timezone.now)
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="操作人")
    transition = models.CharField("操作", max_length=20)
    source = models.CharField("原状态", max_length=10, choices=Status.choices)
    target = models.CharField("新状态", max_length=10, choices=Status.choices)
    round = models.PositiveSmallIntegerField("申报轮次", default=0)
    step = models.ForeignKey(CaseStep, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="环节")
    reason = models.TextField("原因", blank=True)
    notes = models.TextField("内部备注", blank=True)
    values = EncryptedJSON("申报内容", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "办理过程"
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["case", "at"], name="timeline_of_case")]

    def __str__(self) -> str:
        return f"{self.case} {self.transition}"


@track()
class ReasonTemplate(models.Model):
    """A ready-made reason for returning or rejecting (常用意见)."""

    matter = models.CharField("事项", max_length=40, blank=True, help_text="留空表示适用于所有事项")
    transition = models.CharField("操作", max_length=20)
    title = models.CharField("标题", max_length=40)
    text = models.CharField("内容", max_length=500)

    class Meta:
        verbose_name = verbose_name_plural = "常用意见"
        ordering = ["matter", "transition", "title"]
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "transition", "title"],
                name="reason_template_once",
                violation_error_message="该标题已存在",
            )
        ]

    def __str__(self) -> str:
        return self.title


class CaseViewing(models.Model):
    """Who has a case open for review just now, so that two reviewers see each other."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="viewings", verbose_name="办件")
    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name="人员")
    seen_at = models.DateTimeField("最近打开", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "正在查看"
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="case_viewing_once")]

    def __str__(self) -> str:
        return f"{self.case} {self.user}"


@track()
class ClearTextView(models.Model):
    """That a staff member asked for a masked value in clear, which one and when (PIPL: masked by default, access logged)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="clear_text_views", verbose_name="办件")
    page = models.CharField("页面", max_length=40)
    field = models.CharField("填报项", max_length=40)
    row_key = models.UUIDField("行", null=True, blank=True)
    viewed_at = models.DateTimeField("查看时间", default=timezone.now)
    viewed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="查看人")

    class Meta:
        verbose_name = verbose_name_plural = "明文查看记录"
        ordering = ["-viewed_at", "-id"]

    def __str__(self) -> str:
        return f"{self.case} {self.page}.{self.field}"


@track()
class CaseRating(models.Model):
    """好差评: one rating per finished case; low ones are followed up by staff within 15 working days."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="rating", verbose_name="办件")
    level = models.PositiveSmallIntegerField("评价", choices=codes.RATING.choices)
    comment = models.CharField("意见", max_length=500, blank=True)
    rated_at = models.DateTimeField("评价时间", default=timezone.now)
    rated_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="评价人")
    handled_at = models.DateTimeField("回访时间", null=True, blank=True)
    handled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="回访人")
    handling = models.CharField("回访情况", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "好差评"
        constraints = [
            models.CheckConstraint(
                condition=together("handled_at", "handled_by"),
                name="case_rating_handled_pair",
                violation_error_message="时间与操作人必须同时存在",
            ),
            models.CheckConstraint(
                condition=Q(level__gte=1, level__lte=5),
                name="case_rating_level",
                violation_error_message="评价等级为一至五",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.level}"
