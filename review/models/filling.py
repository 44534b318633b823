"""What is typed and handed in, and what is to be corrected."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from common.audit import track
from common.constraints import together
from common.fields import EncryptedJSON
from common.models import StoredFile
from review.models.case import Case


class PageDraft(models.Model):
    """Values of one page as typed, while the case may be edited; ``revision`` guards against silent overwriting."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="drafts", verbose_name="办件")
    page = models.CharField("页面", max_length=40)
    values = EncryptedJSON("内容", default=dict)
    revision = models.PositiveIntegerField("版本", default=1)
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="保存人")
    saved_at = models.DateTimeField("保存时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "页面暂存"
        constraints = [models.UniqueConstraint(fields=["case", "page"], name="page_draft_once")]

    def __str__(self) -> str:
        return f"{self.case} {self.page}"


@track()
class Attachment(models.Model):
    """A file in a slot of a case, or of one row of a page (``row_key``)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments", verbose_name="办件")
    slot = models.CharField("材料", max_length=40)
    row_key = models.UUIDField("行", null=True, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    added_at = models.DateTimeField("上传时间", default=timezone.now)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    removed_at = models.DateTimeField("删除时间", null=True, blank=True)
    removed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="删除人")

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        ordering = ["slot", "added_at"]
        constraints = [
            models.CheckConstraint(
                condition=together("removed_at", "removed_by"),
                name="attachment_removed_pair",
                violation_error_message="时间与操作人必须同时存在",
            ),
        ]
        indexes = [
            models.Index(fields=["case", "slot"], condition=Q(removed_at__isnull=True), name="attachment_present")
        ]

    def __str__(self) -> str:
        return str(self.file)


@track()
class AttachmentCheck(models.Model):
    """A reviewer's tick that an attachment was checked (已核)."""

    attachment = models.ForeignKey(Attachment, models.CASCADE, related_name="checks", verbose_name="附件")
    checked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="核对人")
    checked_at = models.DateTimeField("核对时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "附件核对"
        constraints = [models.UniqueConstraint(fields=["attachment", "checked_by"], name="attachment_check_once")]

    def __str__(self) -> str:
        return f"{self.attachment} {self.checked_by}"


@track()
class Correction(models.Model):
    """One thing to correct, named by the reviewer: a page, a field of it, a row or an attachment slot (一次性告知)."""

    class Target(models.TextChoices):
        PAGE = "page", "页面"
        FIELD = "field", "填报项"
        SLOT = "slot", "材料"

    case = models.ForeignKey(Case, models.CASCADE, related_name="corrections", verbose_name="办件")
    round = models.PositiveSmallIntegerField("申报轮次")
    target = models.CharField("对象", max_length=5, choices=Target.choices)
    page = models.CharField("页面", max_length=40, blank=True)
    field = models.CharField("填报项", max_length=40, blank=True)
    row_key = models.UUIDField("行", null=True, blank=True)
    slot = models.CharField("材料", max_length=40, blank=True)
    reason = models.CharField("原因", max_length=500)
    created_at = models.DateTimeField("提出时间", default=timezone.now)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提出人")
    closed_at = models.DateTimeField("补正时间", null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="补正人")

    class Meta:
        verbose_name = verbose_name_plural = "补正要求"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(target="slot", page="", field="") & ~Q(slot="")
                | Q(target="page", field="", slot="") & ~Q(page="")
                | Q(target="field", slot="") & ~Q(page="") & ~Q(field=""),
                name="correction_names_its_target",
                violation_error_message="补正要求必须指明页面、填报项或材料",
            ),
            models.CheckConstraint(
                condition=together("closed_at", "closed_by"),
                name="correction_closed_pair",
                violation_error_message="时间与操作人必须同时存在",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.page}{self.slot} {self.field}"
