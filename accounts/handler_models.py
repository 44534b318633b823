"""经办人: who acts for a unit, which part of its menu is open to him, and the link that opens a new account."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.menu_groups import GRANTABLE
from common import codes
from common.audit import track
from common.fields import BlindIndex, EncryptedText


def all_menu_groups() -> list[str]:
    """What a handler may open unless somebody narrows it."""
    return list(GRANTABLE)


class HandlerQuerySet(models.QuerySet["Handler"]):
    def active(self) -> "HandlerQuerySet":
        """Handlers whose authorisation has not ended."""
        return self.filter(ended_at__isnull=True)

    def supervisors(self) -> "HandlerQuerySet":
        """The unit's 单位主管 of today."""
        return self.active().filter(role=Handler.Role.SUPERVISOR)


@track()
class Handler(models.Model):
    """A user who acts for a unit (经办人), from when to when, as 主管 or 经办."""

    class Role(models.TextChoices):
        SUPERVISOR = "supervisor", "单位主管"
        CLERK = "clerk", "经办人"

    class EndReason(models.TextChoices):
        LEFT = "left", "变更或离职"
        SUPERSEDED = "superseded", "单位经统一身份认证核验"
        APPEAL = "appeal", "账号申诉"

    class Origin(models.TextChoices):
        """Who vouches for the handler; 社会保险 opens only to whom staff have entered (JX 9.1)."""

        REGISTERED = "registered", "法人注册"
        NETWORK = "network", "统一身份认证"
        STAFF = "staff", "经办大厅录入"
        UNIT = "unit", "单位主管添加"

    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="handlers", verbose_name="单位")
    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="handlers", verbose_name="账号")
    role = models.CharField("角色", max_length=10, choices=Role.choices, default=Role.CLERK)
    origin = models.CharField(
        "录入方式", max_length=10, choices=Origin.choices, default=Origin.REGISTERED, db_default="registered"
    )
    menu_groups = ArrayField(
        models.CharField(max_length=16),
        default=all_menu_groups,
        db_default=list(GRANTABLE),
        blank=True,
        verbose_name="可办业务",
    )
    name = models.CharField("姓名", max_length=64)
    id_type = models.CharField("证件类型", max_length=2, choices=codes.ID_TYPE.choices, default="01")
    id_no = EncryptedText("证件号码", blank=True)
    id_no_digest = BlindIndex("id_no")
    started_at = models.DateTimeField("开始时间", default=timezone.now)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    end_reason = models.CharField("结束原因", max_length=16, choices=EndReason.choices, blank=True)

    objects = HandlerQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "经办人"
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "user"],
                condition=Q(ended_at__isnull=True),
                name="handler_once_per_unit",
                violation_error_message="该人员已是本单位经办人",
            ),
            models.UniqueConstraint(
                fields=["unit", "id_no_digest"],
                condition=Q(ended_at__isnull=True) & ~Q(id_no_digest=""),
                name="handler_person_once_per_unit",
                violation_error_message="该人员已是本单位经办人",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="handler_ends_after_start",
                violation_error_message="结束时间不能早于开始时间",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.unit}）"

    @property
    def is_supervisor(self) -> bool:
        """Whether this is a 单位主管."""
        return self.role == self.Role.SUPERVISOR

    @property
    def is_activated(self) -> bool:
        """Whether the account can sign in with a password, or by the network."""
        return self.origin == self.Origin.NETWORK or self.user.has_usable_password()


class Activation(models.Model):
    """The one-time link with which a new handler opens the account; only its hash is kept."""

    handler = models.ForeignKey(Handler, models.PROTECT, related_name="activations", verbose_name="经办人")
    token_hash = models.CharField("链接摘要", max_length=64, unique=True)
    created_at = models.DateTimeField("发送时间", default=timezone.now)
    expires_at = models.DateTimeField("失效时间")
    used_at = models.DateTimeField("使用时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "激活链接"

    def __str__(self) -> str:
        return f"{self.handler} {self.created_at:%Y-%m-%d %H:%M}"
