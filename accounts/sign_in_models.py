"""Evidence of sign-ins (GB/T 22239 level 3, 8.1.4.3)."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class SignIn(models.Model):
    """One sign-in (登录记录) and the session that it opened, so that the session can be named and ended."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="sign_ins", verbose_name="账号")
    at = models.DateTimeField("登录时间", default=timezone.now)
    method = models.CharField("登录方式", max_length=32, blank=True)
    address = models.GenericIPAddressField("网络地址", null=True, blank=True)
    agent = models.CharField("浏览器", max_length=200, blank=True)
    session_key = models.CharField("会话", max_length=40, db_index=True)
    # Who it was at the network, for its back-channel sign-out.
    client = models.CharField("认证渠道", max_length=16, blank=True)
    subject = models.CharField("认证渠道账号", max_length=255, blank=True)
    sid = models.CharField("认证渠道会话", max_length=255, blank=True)
    ended_at = models.DateTimeField("退出时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "登录记录"
        indexes = [
            models.Index(fields=["user", "-at"], name="sign_in_history"),
            models.Index(fields=["client", "subject"], condition=~models.Q(client=""), name="sign_in_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.at:%Y-%m-%d %H:%M}"
