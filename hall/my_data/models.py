"""What is kept about copies of data and closed accounts."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Individual
from common.audit import track


class AccountClosureQuerySet(models.QuerySet["AccountClosure"]):
    def unfinished(self) -> "AccountClosureQuerySet":
        """Closures of which something is still to be erased."""
        return self.filter(
            Q(identity_erased_at__isnull=True)
            | Q(account_history_erased_at__isnull=True)
            | Q(identity_history_erased_at__isnull=True)
        ).order_by("pk")


@track()
class AccountClosure(models.Model):
    """That a person closed the account (注销), and how far what was kept has been erased since."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="closure", verbose_name="账号")
    individual = models.OneToOneField(Individual, models.PROTECT, related_name="closure", verbose_name="个人")
    closed_at = models.DateTimeField("注销时间", default=timezone.now)
    identity_erased_at = models.DateTimeField("身份信息清除时间", null=True, blank=True)
    account_history_erased_at = models.DateTimeField("账号历史清除时间", null=True, blank=True)
    identity_history_erased_at = models.DateTimeField("身份历史清除时间", null=True, blank=True)

    objects = AccountClosureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "账号注销"
        constraints = [
            models.CheckConstraint(
                condition=Q(identity_erased_at__isnull=True) | Q(identity_erased_at__gte=F("closed_at")),
                name="account_closure_in_order",
                violation_error_message="身份信息不能在注销之前清除",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.closed_at:%Y-%m-%d}"


class DataExport(models.Model):
    """That a person took a copy of the own data (PIPL §45), when, as what, from where."""

    class Format(models.TextChoices):
        JSON = "json", "JSON"
        PDF = "pdf", "PDF"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="账号")
    format = models.CharField("格式", max_length=4, choices=Format.choices)
    at = models.DateTimeField("时间", default=timezone.now)
    address = models.GenericIPAddressField("网络地址", null=True, blank=True)
    sha256 = models.CharField("SHA-256", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "个人数据导出"
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.format}"
