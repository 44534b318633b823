"""账号申诉 (A4): a claim to a unit's account by who cannot sign in, with its evidence, and who looked at it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from common import codes
from common.audit import track
from common.fields import BlindIndex, EncryptedText


@track()
class Appeal(models.Model):
    """A claim (账号申诉); approved it makes the claimant 单位主管. Its states are ``accounts.appeal_rules.APPEAL_TABLE``."""

    class Reason(models.TextChoices):
        OCCUPIED = "occupied", "账号被占用"
        LEFT = "left", "经办人离职"
        WRONG = "wrong", "信息错误"
        OTHER = "other", "其他"

    class Status(models.TextChoices):
        DRAFT = "draft", "暂存"
        SUBMITTED = "submitted", "待审核"
        APPROVED = "approved", "已通过"
        REJECTED = "rejected", "未通过"

    number = models.CharField("申诉编号", max_length=20, unique=True)
    secret_hash = models.CharField("查询码摘要", max_length=64, blank=True)
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="appeals", verbose_name="单位")
    unit_name = models.CharField("填写的单位名称", max_length=128)
    claimant = models.CharField("申诉人姓名", max_length=64)
    id_type = models.CharField("证件类型", max_length=2, choices=codes.ID_TYPE.choices, default="01")
    id_no = EncryptedText("证件号码")
    id_no_digest = BlindIndex("id_no")
    mobile = EncryptedText("手机号")
    mobile_digest = BlindIndex("mobile")
    email = models.EmailField("电子邮箱", blank=True)
    reason = models.CharField("申诉原因", max_length=10, choices=Reason.choices)
    words = models.TextField("情况说明", max_length=500)
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.DRAFT)
    created_at = models.DateTimeField("填写时间", default=timezone.now)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    decided_at = models.DateTimeField("办结时间", null=True, blank=True)
    decided_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审核人"
    )
    decision_words = models.TextField("审核意见", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "账号申诉"
        indexes = [
            models.Index(fields=["submitted_at"], condition=Q(status="submitted"), name="appeal_waiting"),
            models.Index(fields=["created_at"], condition=Q(status="draft"), name="appeal_drafts"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "id_no_digest"],
                condition=Q(status="submitted"),
                name="appeal_one_waiting",
                violation_error_message="您对该单位的申诉正在审核，请勿重复提交，可凭申诉编号查询进度",
            ),
            models.CheckConstraint(
                condition=Q(status="draft", submitted_at__isnull=True)
                | Q(status__in=["submitted", "approved", "rejected"], submitted_at__isnull=False),
                name="appeal_submitted_at",
                violation_error_message="申诉状态与提交时间不一致",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "submitted"], decided_at__isnull=True, decided_by__isnull=True)
                | Q(status__in=["approved", "rejected"], decided_at__isnull=False, decided_by__isnull=False),
                name="appeal_decided_at",
                violation_error_message="申诉状态与办结时间不一致",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class AppealFile(models.Model):
    """A paper handed in with a claim."""

    class Slot(models.TextChoices):
        LICENCE = "licence", "营业执照或法人登记证书"
        LETTER = "letter", "授权委托书（盖章）"

    appeal = models.ForeignKey(Appeal, models.CASCADE, related_name="files", verbose_name="账号申诉")
    slot = models.CharField("材料", max_length=8, choices=Slot.choices)
    file = models.OneToOneField("common.StoredFile", models.PROTECT, related_name="+", verbose_name="文件")

    class Meta:
        verbose_name = verbose_name_plural = "申诉材料"

    def __str__(self) -> str:
        return f"{self.appeal} {self.get_slot_display()}"


class AppealFileView(models.Model):
    """That a staff member looked at a page of the evidence (PIPL §51: access is logged)."""

    paper = models.ForeignKey(AppealFile, models.PROTECT, related_name="views", verbose_name="申诉材料")
    page = models.PositiveSmallIntegerField("页码")
    viewed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="查看人")
    viewed_at = models.DateTimeField("查看时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "申诉材料查看记录"

    def __str__(self) -> str:
        return f"{self.viewed_by} {self.viewed_at:%Y-%m-%d %H:%M}"
