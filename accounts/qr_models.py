"""扫码登录: what was decided on the phone about a code that another browser shows."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from common.audit import track


@track()
class QrSignIn(models.Model):
    """A scanned code (扫码登录), confirmed for a handler or refused; before that a code is no row, only signed words.

    The code itself is kept as a hash; ``token_hash`` is unique, so that it is decided once.
    """

    token_hash = models.CharField("二维码摘要", max_length=64, unique=True)
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="确认人")
    decided_at = models.DateTimeField("确认时间", default=timezone.now)
    handler = models.ForeignKey(
        "accounts.Handler", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="经办人"
    )
    expires_at = models.DateTimeField("失效时间")
    used_at = models.DateTimeField("登录时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "扫码登录"
        constraints = [
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(handler__isnull=False),
                name="qr_sign_in_used_only_if_confirmed",
                violation_error_message="未确认的二维码不能登录",
            )
        ]

    def __str__(self) -> str:
        return f"{self.decided_by} {self.decided_at:%Y-%m-%d %H:%M}"
