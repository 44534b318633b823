"""Messages, the templates that staff edit, who wants what on which channel, and what is on its way out."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from common.audit import track
from common.fields import EncryptedJSON, EncryptedText


class Message(models.Model):
    """A message in a user's message centre (消息中心); ``key`` makes sure that it is sent once."""

    class Kind(models.TextChoices):
        CASE = "case", "办件通知"
        ACCOUNT = "account", "账号安全"
        NOTICE = "notice", "公告"
        CODE = "code", "验证码"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="messages", verbose_name="收件人")
    kind = models.CharField("类型", max_length=10, choices=Kind.choices)
    title = models.CharField("标题", max_length=128)
    body = models.TextField("内容")
    url = models.CharField("链接", max_length=200, blank=True)
    key = models.CharField("唯一键", max_length=128, unique=True)
    created_at = models.DateTimeField("时间", default=timezone.now)
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)
    expires_at = models.DateTimeField("失效时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "消息"
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="message_inbox"),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="message_unread"),
            models.Index(fields=["expires_at"], condition=Q(expires_at__isnull=False), name="message_expiring"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def text(self) -> str:
        """What may still be read: a code is gone when its time is over."""
        expired = self.expires_at is not None and self.expires_at <= timezone.now()
        return "验证码已失效，内容不再显示。" if expired else self.body


@track()
class MessageTemplate(models.Model):
    """Title and body for an occasion (accounts.messaging.occasions), as staff worded them."""

    occasion = models.CharField("场合", max_length=40, primary_key=True)
    title = models.CharField("标题", max_length=60)
    body = models.TextField("内容", max_length=500)
    sms_template = models.CharField(
        "短信模板编号",
        max_length=40,
        blank=True,
        help_text="在短信网关报备的模板编号；留空时按正文发送",
    )
    updated_at = models.DateTimeField("修改时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "消息模板"
        ordering = ["occasion"]

    def __str__(self) -> str:
        return self.title


class Channel(models.TextChoices):
    """How a message leaves the hall."""

    SMS = "sms", "短信"
    EMAIL = "email", "电子邮件"


@track()
class MessagePreference(models.Model):
    """That a user wants, or does not want, a category of messages on a channel (消息设置)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="message_preferences", verbose_name="账号"
    )
    kind = models.CharField("类型", max_length=10, choices=Message.Kind.choices)
    channel = models.CharField("方式", max_length=8, choices=Channel.choices)
    wanted = models.BooleanField("接收")

    class Meta:
        verbose_name = verbose_name_plural = "消息设置"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "channel"],
                name="message_preference_once",
                violation_error_message="该项已设置",
            ),
            # Codes and security notices cannot be switched off.
            models.CheckConstraint(
                condition=Q(kind__in=["case", "notice"]),
                name="message_preference_may_be_chosen",
                violation_error_message="验证码和账号安全通知不能关闭",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.get_channel_display()}"


class Delivery(models.Model):
    """A short message or e-mail on its way out (外发消息).

    ``address`` and ``content`` are encrypted and erased once nothing is left to send. ``token`` is the
    idempotency key at the gateway: the same token is never delivered twice.
    """

    class State(models.TextChoices):
        PENDING = "pending", "待发送"
        SENDING = "sending", "发送中"
        SENT = "sent", "已发送"
        FAILED = "failed", "发送失败，将重试"
        DEAD = "dead", "发送失败"

    class Fault(models.TextChoices):
        UNREACHABLE = "unreachable", "无法连接"
        UNKNOWN = "unknown", "结果不明"
        REFUSED = "refused", "对方拒绝"
        EXPIRED = "expired", "已过有效期"
        UNAVAILABLE = "unavailable", "未配置该发送方式"

    key = models.CharField("唯一键", max_length=140, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="收件人"
    )
    occasion = models.CharField("场合", max_length=40)
    channel = models.CharField("方式", max_length=8, choices=Channel.choices)
    masked = models.CharField("号码或邮箱", max_length=80, blank=True)
    address = EncryptedText("完整号码或邮箱", null=True)
    content = EncryptedJSON("内容", null=True)
    token = models.UUIDField("幂等键", default=uuid.uuid4, editable=False)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    fault = models.CharField("原因", max_length=12, choices=Fault.choices, blank=True)
    answer = models.CharField("网关返回码", max_length=32, blank=True)
    created_at = models.DateTimeField("时间", default=timezone.now)
    due_at = models.DateTimeField("下次发送", default=timezone.now)
    claimed_at = models.DateTimeField("开始发送", null=True, blank=True)
    sent_at = models.DateTimeField("发送时间", null=True, blank=True)
    expires_at = models.DateTimeField("失效时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "外发消息"
        indexes = [
            models.Index(fields=["due_at"], condition=~Q(state__in=["sent", "dead"]), name="delivery_open"),
            models.Index(fields=["created_at"], name="delivery_age"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent") & Q(sent_at__isnull=True),
                name="delivery_sent_has_time",
                violation_error_message="已发送的消息必须有发送时间",
            ),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(claimed_at__isnull=False),
                name="delivery_sending_is_claimed",
                violation_error_message="发送中的消息必须有开始时间",
            ),
            # What was sent is not kept a second time, and no code outlives its use.
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(address__isnull=True, content__isnull=True),
                name="delivery_sent_is_erased",
                violation_error_message="已发送消息的内容必须清除",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.masked}"
