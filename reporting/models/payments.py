"""How subsidies are paid (拨付): batches, payments, what went to the bank and came back, and the ledger of every fen."""

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import BankAccount, Unit, User
from common.audit import track
from common.constraints import together
from common.fields import EncryptedText
from common.models import Region
from reporting.models.publicity import SubsidyEntry
from review.models import Case


@track()
class DisbursementBatch(models.Model):
    """拨付批次 of a handling region and quarter: made by one person, reviewed by another (财政复核)."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "待财政复核"
        APPROVED = "approved", "复核通过，待送银行"
        REJECTED = "rejected", "复核退回"
        CANCELLED = "cancelled", "已作废"
        EXPORTED = "exported", "已送银行，待回盘"
        SETTLED = "settled", "已回盘"

    number = models.CharField("批次编号", max_length=24, unique=True)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="业务办理属地")
    year = models.PositiveSmallIntegerField("年度", validators=[MinValueValidator(2000), MaxValueValidator(2999)])
    quarter = models.PositiveSmallIntegerField("季度", validators=[MinValueValidator(1), MaxValueValidator(4)])
    sequence = models.PositiveSmallIntegerField("批次")
    state = models.CharField("状态", max_length=9, choices=State.choices, default=State.PROPOSED)
    payment_count = models.PositiveIntegerField("笔数")
    amount = models.DecimalField("金额（元）", max_digits=14, decimal_places=2)
    made_at = models.DateTimeField("编制时间", default=timezone.now)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="编制人")
    reviewed_at = models.DateTimeField("复核时间", null=True, blank=True)
    reviewed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复核人"
    )
    reason = models.CharField("退回或作废原因", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "拨付批次"
        ordering = ["-pk"]
        permissions = [("make_batch", "编制拨付批次"), ("review_batch", "财政复核拨付批次")]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "year", "quarter", "sequence"],
                name="batch_number_in_quarter",
                violation_error_message="该季度的批次编号已存在，请重试",
            ),
            models.CheckConstraint(
                condition=Q(quarter__gte=1, quarter__lte=4),
                name="batch_quarter",
                violation_error_message="季度应为1至4",
            ),
            models.CheckConstraint(
                condition=together("reviewed_at", "reviewed_by"),
                name="batch_reviewed_pair",
                violation_error_message="时间与操作人必须同时存在",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("made_by")),
                name="batch_second_person",
                violation_error_message="编制人不能复核自己编制的批次",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("approved", "exported", "settled", "rejected")) | Q(reviewed_by__isnull=False),
                name="batch_reviewed_before_export",
                violation_error_message="批次未经财政复核",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, payment_count__gt=0),
                name="batch_holds_something",
                violation_error_message="批次没有可拨付的金额",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}（{self.year}年第{self.quarter}季度第{self.sequence}批）"


@track()
class Payment(models.Model):
    """拨付 of what a claim gets in a batch, to the account as it was then; ``number`` is what the bank answers by."""

    class State(models.TextChoices):
        PLANNED = "planned", "待复核"
        SENT = "sent", "已送银行"
        PAID = "paid", "已拨付"
        FAILED = "failed", "拨付失败"
        REISSUED = "reissued", "已重新拨付"
        CANCELLED = "cancelled", "已取消"
        RECOVERED = "recovered", "已追回"

    batch = models.ForeignKey(DisbursementBatch, models.PROTECT, related_name="payments", verbose_name="批次")
    number = models.CharField("拨付编号", max_length=32, unique=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="payments", verbose_name="办件")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="payments", verbose_name="单位")
    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="+", verbose_name="银行账户")
    holder = models.CharField("开户名称", max_length=128)
    bank = models.CharField("开户银行", max_length=64)
    branch = models.CharField("支行", max_length=128, blank=True)
    cnaps = models.CharField("联行号", max_length=12, blank=True)
    account_no = EncryptedText("账号")
    amount = models.DecimalField("金额（元）", max_digits=12, decimal_places=2)
    state = models.CharField("状态", max_length=9, choices=State.choices, default=State.PLANNED)
    paid_on = models.DateField("拨付日期", null=True, blank=True)
    failure = models.CharField("失败或追回原因", max_length=200, blank=True)
    settled_at = models.DateTimeField("回盘时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "拨付"
        ordering = ["batch_id", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "case"],
                name="payment_once_per_claim",
                violation_error_message="同一申领在一批中只列一笔",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="payment_amount", violation_error_message="拨付金额应大于0"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("paid", "recovered"), paid_on__isnull=False)
                | (~Q(state__in=("paid", "recovered")) & Q(paid_on=None)),
                name="payment_paid_iff_dated",
                violation_error_message="已拨付的应有拨付日期",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("failed", "reissued", "recovered")) | ~Q(failure=""),
                name="payment_failed_with_words",
                violation_error_message="拨付失败或追回应说明原因",
            ),
        ]

    def __str__(self) -> str:
        return self.number


@track()
class PaymentItem(models.Model):
    """拨付明细: an entry within a payment; while it is live no other payment may hold the entry."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="items", verbose_name="拨付")
    entry = models.ForeignKey(SubsidyEntry, models.PROTECT, related_name="items", verbose_name="补贴条目")
    amount = models.DecimalField("金额（元）", max_digits=12, decimal_places=2)
    live = models.BooleanField("有效", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "拨付明细"
        ordering = ["payment_id", "entry_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry"],
                condition=Q(live=True),
                name="payment_item_once",
                violation_error_message="有条目已列入其他拨付批次，同一条目不能重复拨付",
            ),
            models.UniqueConstraint(
                fields=["payment", "entry"],
                name="payment_item_once_per_payment",
                violation_error_message="同一条目在一笔拨付中只列一次",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payment} {self.entry}"


@track()
class PayeeCorrection(models.Model):
    """收款账户更正: after a failed payment the unit names the account for the next one (also the same once more)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="payee_corrections", verbose_name="办件")
    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="+", verbose_name="银行账户")
    corrected_at = models.DateTimeField("更正时间", default=timezone.now)
    corrected_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="更正人")

    class Meta:
        verbose_name = verbose_name_plural = "收款账户更正"
        ordering = ["-corrected_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.case.number} {self.account}"


@track()
class BatchExport(models.Model):
    """送银行文件的导出: account numbers left the hall in clear; when, by whom, and the digest of the file."""

    class Kind(models.TextChoices):
        XLSX = "xlsx", "表格文件"
        TEXT = "txt", "定长文本文件"

    batch = models.ForeignKey(DisbursementBatch, models.PROTECT, related_name="exports", verbose_name="批次")
    kind = models.CharField("文件类型", max_length=4, choices=Kind.choices)
    digest = models.CharField("SHA-256", max_length=64)
    exported_at = models.DateTimeField("导出时间", default=timezone.now)
    exported_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="导出人")

    class Meta:
        verbose_name = verbose_name_plural = "银行文件导出记录"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.batch.number} {self.kind}"


@track()
class BatchResult(models.Model):
    """回盘文件: a file of results that was taken in as a whole; the same file again changes nothing."""

    batch = models.ForeignKey(DisbursementBatch, models.PROTECT, related_name="results", verbose_name="批次")
    digest = models.CharField("SHA-256", max_length=64)
    name = models.CharField("文件名", max_length=200)
    rows = models.PositiveIntegerField("行数")
    imported_at = models.DateTimeField("导入时间", default=timezone.now)
    imported_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="导入人")

    class Meta:
        verbose_name = verbose_name_plural = "回盘记录"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "digest"], name="batch_result_once", violation_error_message="该回盘文件已导入"
            )
        ]

    def __str__(self) -> str:
        return f"{self.batch.number} {self.name}"


class LedgerLine(models.Model):
    """台账: one step of one amount; lines are only ever added, the last one says where the money is."""

    entry = models.ForeignKey(SubsidyEntry, models.PROTECT, related_name="lines", verbose_name="补贴条目")
    source = models.CharField("原状态", max_length=9)
    target = models.CharField("新状态", max_length=9)
    transition = models.CharField("操作", max_length=10)
    amount = models.DecimalField("金额（元）", max_digits=12, decimal_places=2)
    payment = models.ForeignKey(
        Payment, models.PROTECT, null=True, blank=True, related_name="lines", verbose_name="拨付"
    )
    reason = models.CharField("说明", max_length=500, blank=True)
    at = models.DateTimeField("时间", default=timezone.now)
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="操作人")

    class Meta:
        verbose_name = verbose_name_plural = "拨付台账"
        ordering = ["pk"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.source}→{self.target}"
