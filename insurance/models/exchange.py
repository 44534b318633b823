"""The exchange with the core insurance system: loads that came in, conflicts for staff, changes that go out."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from common.audit import track
from common.constraints import together
from common.fields import EncryptedJSON
from insurance.models.persons import InsuredPerson
from insurance.models.units import InsuredUnit
from review.models import Case


@track()
class LoadRun(models.Model):
    """数据导入: one set of files from the core system that was taken over as a whole."""

    digest = models.CharField("文件摘要", max_length=64, unique=True, error_messages={"unique": "该批文件已导入"})
    counts = models.JSONField("各文件行数", default=dict)
    conflicts = models.PositiveIntegerField("冲突数", default=0)
    loaded_at = models.DateTimeField("导入时间", default=timezone.now)
    loaded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="导入人")

    class Meta:
        verbose_name = verbose_name_plural = "数据导入"
        ordering = ["-loaded_at", "-id"]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.loaded_at):%Y-%m-%d %H:%M}"


class OutboundChangeQuerySet(models.QuerySet["OutboundChange"]):
    def unacknowledged(self) -> "OutboundChangeQuerySet":
        """What the core system has not taken over yet: no load may undo it."""
        return self.filter(state__in=[OutboundChange.State.PENDING, OutboundChange.State.SENT])


@track()
class OutboundFile(models.Model):
    """交换文件: a numbered file of changes that was written for the core system."""

    number = models.PositiveBigIntegerField("文件序号", unique=True, error_messages={"unique": "该序号的文件已存在"})
    changes_count = models.PositiveIntegerField("记录数")
    sha256 = models.CharField("摘要", max_length=64)
    written_at = models.DateTimeField("生成时间", default=timezone.now)
    acknowledged_at = models.DateTimeField("回执时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "交换文件"
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"第{self.number}号"


@track()
class OutboundChange(models.Model):
    """待交换变更: a change approved in the hall, until the core system has acknowledged it."""

    class Kind(models.TextChoices):
        REGISTER = "register", "新登记"
        ENROL = "enrol", "新参保"
        RESUME = "resume", "续保"
        WITHDRAW = "withdraw", "在职减少"
        RETIRE = "retire", "养老金申领"
        PERSON = "person", "人员信息变更"
        BASE = "base", "缴费基数申报"

    class State(models.TextChoices):
        PENDING = "pending", "待发送"
        SENT = "sent", "已发送"
        ACCEPTED = "accepted", "已确认"
        REFUSED = "refused", "被拒绝"
        CANCELLED = "cancelled", "已取消"

    kind = models.CharField("变更类型", max_length=8, choices=Kind.choices)
    person = models.ForeignKey(InsuredPerson, models.PROTECT, related_name="outbound_changes", verbose_name="参保人员")
    unit = models.ForeignKey(
        InsuredUnit, models.PROTECT, null=True, blank=True, related_name="outbound_changes", verbose_name="参保单位"
    )
    case = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="outbound_changes", verbose_name="来源办件"
    )
    payload = EncryptedJSON("内容")
    state = models.CharField("状态", max_length=9, choices=State.choices, default=State.PENDING)
    created_at = models.DateTimeField("记录时间", default=timezone.now)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="记录人")
    file = models.ForeignKey(
        OutboundFile, models.PROTECT, null=True, blank=True, related_name="changes", verbose_name="交换文件"
    )
    answered_at = models.DateTimeField("回执时间", null=True, blank=True)
    answer = models.CharField("回执说明", max_length=200, blank=True)

    objects = OutboundChangeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "待交换变更"
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["person"], condition=Q(state__in=["pending", "sent"]), name="outboundchange_unacknowledged"
            ),
            models.Index(fields=["id"], condition=Q(state="pending"), name="outboundchange_pending"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="pending", file__isnull=True)
                | Q(state="cancelled", file__isnull=True)
                | Q(state__in=["sent", "accepted", "refused"], file__isnull=False),
                name="outboundchange_sent_in_a_file",
                violation_error_message="已发送的变更应有交换文件，待发送的不应有",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["accepted", "refused"], answered_at__isnull=False)
                | Q(state__in=["pending", "sent", "cancelled"], answered_at__isnull=True),
                name="outboundchange_answered_has_time",
                violation_error_message="有回执的变更应有回执时间",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.person}"


@track()
class LoadConflict(models.Model):
    """导入冲突: a row of a load that would undo a change approved here and not acknowledged; staff settle it."""

    run = models.ForeignKey(LoadRun, models.PROTECT, related_name="found", verbose_name="数据导入")
    change = models.ForeignKey(OutboundChange, models.PROTECT, related_name="conflicts", verbose_name="待交换变更")
    person = models.ForeignKey(InsuredPerson, models.PROTECT, related_name="conflicts", verbose_name="参保人员")
    file = models.CharField("文件", max_length=40)
    line = models.PositiveIntegerField("行号")
    fields = models.CharField("不一致的项目", max_length=300)
    theirs = EncryptedJSON("导入的内容")
    settled_at = models.DateTimeField("处理时间", null=True, blank=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="处理人")
    settlement = models.CharField("处理说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "导入冲突"
        ordering = ["settled_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=together("settled_at", "settled_by"),
                name="loadconflict_settled_by_somebody",
                violation_error_message="处理时间和处理人应同时填写",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file} 第{self.line}行"
