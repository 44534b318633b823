"""Issued documents (电子证照): a numbered row each, with what it says, the hash of its file, and its end."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Individual, Unit, User
from common.audit import track
from common.constraints import together
from common.fields import EncryptedJSON
from common.models import StoredFile


class DocumentSequence(models.Model):
    """The last number given out per prefix and day (``documents.actions.next_number``)."""

    prefix = models.CharField("前缀", max_length=8)
    day = models.DateField("日期")
    last = models.PositiveIntegerField("最后序号")

    class Meta:
        verbose_name = verbose_name_plural = "证明序号"
        constraints = [
            models.UniqueConstraint(
                fields=["prefix", "day"], name="document_sequence_once", violation_error_message="该日序号已存在"
            )
        ]

    def __str__(self) -> str:
        return f"{self.prefix}{self.day:%Y%m%d}"


class IssuedDocumentQuerySet(models.QuerySet["IssuedDocument"]):
    def of(self, owner: Individual | Unit) -> "IssuedDocumentQuerySet":
        """Those issued to a person or a unit."""
        return self.filter(unit=owner) if isinstance(owner, Unit) else self.filter(individual=owner)

    def produced(self) -> "IssuedDocumentQuerySet":
        """Those whose file exists; the others are numbered and being made."""
        return self.filter(produced_at__isnull=False)

    def standing(self) -> "IssuedDocumentQuerySet":
        """Those that were not revoked."""
        return self.filter(revoked_at__isnull=True)


@track()
class IssuedDocument(models.Model):
    """One document that the hall issued.

    Its number and words are fixed first (``reserve``), its file is made from them afterwards
    (``produce``): whatever is interrupted in between goes on under the same number.
    """

    kind = models.CharField("种类", max_length=40)
    # What it is issued about: as long as it stands there is one document of a kind about it.
    key = models.CharField("标识", max_length=100, editable=False)
    number = models.CharField("证明编号", max_length=24, unique=True)
    individual = models.ForeignKey(
        Individual, models.PROTECT, null=True, blank=True, related_name="documents", verbose_name="个人"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="documents", verbose_name="单位")
    region = models.ForeignKey("common.Region", models.PROTECT, related_name="+", verbose_name="出具地区")
    issuer = models.CharField("出具机构", max_length=128)
    subject = models.CharField("证明对象", max_length=128)
    subject_digest = models.CharField("证件号码摘要", max_length=64, blank=True, editable=False)
    snapshot = EncryptedJSON("证明内容", editable=False)
    code = models.CharField("验证码", max_length=16, unique=True, editable=False)
    issued_on = models.DateField("出具日期")
    valid_until = models.DateField("验证有效期至", null=True, blank=True, help_text="当日仍有效；留空表示长期有效")
    created_at = models.DateTimeField("编号时间", default=timezone.now)
    created_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="申请人", help_text="系统出具的为空"
    )
    file = models.OneToOneField(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="document", editable=False, verbose_name="文件"
    )
    sha256 = models.CharField("SHA-256", max_length=64, null=True, blank=True, unique=True, editable=False)
    sm3 = models.CharField("SM3", max_length=64, null=True, blank=True, editable=False)
    produced_at = models.DateTimeField("出具时间", null=True, blank=True)
    revoked_at = models.DateTimeField("撤销时间", null=True, blank=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤销人")
    revoke_reason = models.CharField("撤销原因", max_length=200, blank=True)

    objects = IssuedDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "电子证明"
        ordering = ["-id"]
        permissions = [("revoke_issueddocument", "撤销电子证明")]
        indexes = [
            models.Index(fields=["unit", "kind", "-id"], name="document_of_unit"),
            models.Index(fields=["individual", "kind", "-id"], name="document_of_individual"),
            models.Index(fields=["region", "-id"], name="document_of_region"),
            models.Index(fields=["subject_digest"], name="document_of_subject"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=Q(revoked_at__isnull=True),
                name="document_once_per_key",
                violation_error_message="该证明已经出具",
            ),
            models.CheckConstraint(
                condition=Q(individual__isnull=False, unit__isnull=True)
                | Q(individual__isnull=True, unit__isnull=False),
                name="document_one_owner",
                violation_error_message="电子证明必须属于一个个人或一个单位",
            ),
            models.CheckConstraint(
                condition=together("file", "sha256", "sm3", "produced_at"),
                name="document_file_with_hashes",
                violation_error_message="文件、摘要和出具时间必须同时存在",
            ),
            models.CheckConstraint(
                condition=together("revoked_at", "revoked_by")
                & (Q(revoked_at__isnull=True, revoke_reason="") | Q(revoked_at__isnull=False) & ~Q(revoke_reason="")),
                name="document_revoked_with_reason",
                violation_error_message="撤销必须记录时间、撤销人和原因",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("issued_on")),
                name="document_dates_in_order",
                violation_error_message="有效期不能早于出具日期",
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[2-9A-HJ-NP-Z]{16}$"),
                name="document_code_unambiguous",
                violation_error_message="验证码格式不正确",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def owner(self) -> Individual | Unit:
        """To whom it was issued."""
        found = self.unit or self.individual
        assert found is not None  # noqa: S101 - document_one_owner
        return found


class DocumentBatch(models.Model):
    """Many documents of one kind at once, made in the background and handed out as one file."""

    class Form(models.TextChoices):
        PDF = "pdf", "合并为一个PDF（便于打印）"
        ZIP = "zip", "ZIP压缩包（每份一个PDF）"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("种类", max_length=40)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="document_batches", verbose_name="单位")
    options = models.JSONField("选项", default=dict)
    form = models.CharField("下载形式", max_length=3, choices=Form.choices)
    total = models.PositiveIntegerField("份数")
    created_at = models.DateTimeField("申请时间", default=timezone.now)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="申请人")
    file = models.OneToOneField(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name="文件"
    )
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "批量打印"
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["unit", "-created_at"], name="document_batch_of_unit")]
        constraints = [
            models.CheckConstraint(
                condition=Q(form__in=["pdf", "zip"]),
                name="document_batch_form_known",
                violation_error_message="下载形式不正确",
            ),
            models.CheckConstraint(
                condition=Q(file__isnull=True) | Q(finished_at__isnull=False),
                name="document_batch_file_when_finished",
                violation_error_message="完成后才有文件",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.created_at:%Y-%m-%d}"


class DocumentBatchItem(models.Model):
    """One place of a batch: whom it is about, and the document once it is numbered, or why there is none."""

    batch = models.ForeignKey(DocumentBatch, models.CASCADE, related_name="items", verbose_name="批次")
    place = models.PositiveIntegerField("序号")
    subject_key = models.CharField("对象", max_length=40)
    document = models.ForeignKey(
        IssuedDocument, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="证明"
    )
    fault = models.CharField("未出具原因", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "批量打印明细"
        ordering = ["batch_id", "place"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "place"], name="document_batch_place_once", violation_error_message="序号重复"
            ),
            models.UniqueConstraint(
                fields=["batch", "subject_key"],
                name="document_batch_subject_once",
                violation_error_message="同一对象在一批中只能有一份",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.place}"
