"""Codes to sign in with, and the evidence of sign-ins (GB/T 22239 level 3, 8.1.4.3)."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class MobileCode(models.Model):
    """A six-digit code sent to a mobile number; only its hash is kept, tries are counted in the row."""

    class Purpose(models.TextChoices):
        REGISTER = "register", "注册"
        SIGN_IN = "sign_in", "登录"
        RESET = "reset", "重置密码"
        UNIT_SIGN_IN = "unit_sign_in", "单位登录"
        CHANGE_MOBILE = "change_mobile", "变更手机号"
        CHANGE_EMAIL = "change_email", "变更邮箱"
        CONFIRM = "confirm", "确认身份"
        APPEAL = "appeal", "账号申诉"

    purpose = models.CharField("用途", max_length=16, choices=Purpose.choices)
    target_digest = models.CharField("接收号码摘要", max_length=64)
    code_hash = models.CharField("验证码摘要", max_length=64)
    tries_left = models.PositiveSmallIntegerField("剩余次数", default=5)
    created_at = models.DateTimeField("发送时间", default=timezone.now)
    expires_at = models.DateTimeField("失效时间")
    used_at = models.DateTimeField("使用时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "验证码"
        indexes = [models.Index(fields=["target_digest", "purpose", "-created_at"], name="mobile_code_latest")]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.created_at:%Y-%m-%d %H:%M}"


METHODS = {
    "password": "密码",
    "mobile_code": "短信验证码",
    "socialaccount": "统一身份认证",
    "registration": "注册",
    "qr": "扫码登录",
}


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

    @property
    def method_title(self) -> str:
        """登录方式 in words."""
        return METHODS.get(self.method, "其他")


class FailedSignIn(models.Model):
    """A sign-in that failed (登录失败记录): what was typed only as a digest, it may be a mistyped password."""

    at = models.DateTimeField("时间", default=timezone.now)
    login_digest = models.CharField("账号摘要", max_length=64)
    address = models.GenericIPAddressField("网络地址", null=True, blank=True)
    agent = models.CharField("浏览器", max_length=200, blank=True)
    locked = models.BooleanField("登录已暂停", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "登录失败记录"
        indexes = [models.Index(fields=["login_digest", "-at"], name="failed_sign_in_of")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
