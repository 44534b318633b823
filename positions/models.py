"""Internship positions (见习岗位): what units apply for, what the public sees, and who is interested."""

from decimal import Decimal

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Mod
from django.db.models.lookups import Exact
from django.utils import timezone

from accounts.models import Individual, Unit, User
from common import codes
from common.audit import track
from common.models import Region
from positions import facets
from review.models import Case, Record

# One open position in so many is in the small token index by which the search tells that there are many hits.
SAMPLE = 16


class PositionFields(models.Model):
    """What describes a position (matters.md C2); shared by the application and the public position."""

    name = models.CharField("岗位名称", max_length=50)
    name_key = models.CharField("岗位名称（比较用）", max_length=50, editable=False)
    category = models.CharField("岗位类别", max_length=1, choices=codes.POSITION_CATEGORY.choices)
    occupation = models.CharField("职业", max_length=50, blank=True)
    places = models.PositiveSmallIntegerField(
        "招收人数", validators=[MinValueValidator(1), MaxValueValidator(999)], help_text="计划招收的见习人员人数"
    )
    education = models.CharField("学历要求", max_length=2, choices=codes.EDUCATION.choices)
    major = models.CharField("专业要求", max_length=100, blank=True)
    age_from = models.PositiveSmallIntegerField("最低年龄", null=True, blank=True, validators=[MinValueValidator(16)])
    age_to = models.PositiveSmallIntegerField("最高年龄", null=True, blank=True, validators=[MaxValueValidator(60)])
    age_reason = models.CharField("年龄要求的法定理由", max_length=200, blank=True)
    work_region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="工作地区")
    work_address = models.CharField("详细地址", max_length=120)
    months = models.PositiveSmallIntegerField("见习期限（月）")
    allowance = models.DecimalField(
        "生活费标准（元/月）", max_digits=8, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    benefits = models.CharField("其他待遇", max_length=200, blank=True)
    content = models.TextField("见习内容", max_length=500)
    requirements = models.TextField("职位要求", max_length=500, blank=True)
    mentor = models.CharField("带教人员", max_length=64)
    valid_from = models.DateField("有效期起")
    valid_to = models.DateField("有效期止")
    contact_name = models.CharField("联系人", max_length=64)
    contact_phone = models.CharField("联系电话", max_length=20)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")),
                name="%(class)s_valid_dates_in_order",
                violation_error_message="有效期止不能早于有效期起",
            ),
            models.CheckConstraint(
                condition=Q(places__gte=1),
                name="%(class)s_has_places",
                violation_error_message="招收人数至少为1人",
            ),
            models.CheckConstraint(
                condition=Q(allowance__gt=0),
                name="%(class)s_allowance_positive",
                violation_error_message="生活费标准应大于0",
            ),
            models.CheckConstraint(
                condition=Q(age_from__isnull=True, age_to__isnull=True) | ~Q(age_reason=""),
                name="%(class)s_age_has_reason",
                violation_error_message="限制年龄必须说明法定理由",
            ),
        ]


# What approval copies from the application to the public position.
COPIED_FIELDS = tuple(field.name for field in PositionFields._meta.local_fields)


class PositionQuerySet(models.QuerySet["Position"]):
    def public(self) -> "PositionQuerySet":
        """Positions that anybody may find."""
        return self.filter(state=Position.State.OPEN)

    def of_unit(self, unit: Unit) -> "PositionQuerySet":
        return self.filter(unit=unit)


@track(exclude=("tokens", "search_text"))
class Position(PositionFields):
    """An approved position (见习岗位). Search columns are filled by ``positions.indexing`` on publication."""

    class State(models.TextChoices):
        OPEN = "open", "招收中"
        CLOSED = "closed", "提前关闭"
        ENDED = "ended", "已到期"
        REVOKED = "revoked", "已撤销"

    class CloseReason(models.TextChoices):
        FILLED = "filled", "已招满"
        CANCELLED = "cancelled", "不再招收"
        UNIT_REVOKED = "unit_revoked", "见习单位资格被撤销"
        OTHER = "other", "其他"

    number = models.CharField("岗位编号", max_length=16, unique=True)
    case = models.OneToOneField(
        Case, models.PROTECT, null=True, blank=True, related_name="position", verbose_name="申请办件"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="positions", verbose_name="单位")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="业务办理归属地")
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.OPEN)
    published_at = models.DateTimeField("发布时间", default=timezone.now)
    revised_at = models.DateTimeField("变更时间", null=True, blank=True)
    closed_at = models.DateTimeField("关闭时间", null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="关闭人")
    close_reason = models.CharField("关闭原因", max_length=16, choices=CloseReason.choices, blank=True)
    places_taken = models.PositiveSmallIntegerField("已录用人数", default=0)
    # Copies of what search and result lists need, so that they touch one table.
    unit_name = models.CharField("单位名称", max_length=128, editable=False)
    unit_type = models.CharField("单位类型", max_length=2, choices=codes.UNIT_TYPE.choices, editable=False)
    industry = models.CharField("行业", max_length=1, choices=codes.INDUSTRY.choices, editable=False)
    work_city = models.CharField("工作地区所属市", max_length=6, editable=False)
    region_city = models.CharField("归属地所属市", max_length=6, editable=False)
    search_text = models.TextField("检索文本", editable=False)
    tokens = ArrayField(models.TextField(), verbose_name="检索词", editable=False)

    objects = PositionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "见习岗位"
        ordering = ["-published_at", "-id"]
        constraints = [
            *PositionFields.Meta.constraints,
            models.UniqueConstraint(
                fields=["unit", "name_key"],
                condition=Q(state="open"),
                name="position_name_once_per_unit",
                violation_error_message="岗位名称不允许重复",
            ),
            models.CheckConstraint(
                condition=Q(places_taken__lte=F("places")),
                name="position_places_not_overdrawn",
                violation_error_message="招收人数不能少于已录用人数",
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True) | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="position_closed_iff_time",
                violation_error_message="关闭时间与岗位状态不一致",
            ),
            models.CheckConstraint(
                # The clock ends a position, so closed_by may be empty where closed_at is not.
                condition=Q(closed_at__isnull=False) | Q(closed_by__isnull=True, close_reason=""),
                name="position_closed_has_time",
                violation_error_message="关闭人和关闭原因必须有关闭时间",
            ),
        ]
        indexes = [
            GinIndex(fields=["tokens"], condition=Q(state="open"), fastupdate=False, name="position_by_tokens"),
            # Every sixteenth of them: tells soon that there are more hits than anybody counts.
            GinIndex(
                fields=["tokens"],
                condition=Q(Exact(Mod("id", Value(SAMPLE)), Value(0)), state="open"),
                fastupdate=False,
                name="position_sample_by_tokens",
            ),
            models.Index(fields=["published_at", "id"], condition=Q(state="open"), name="position_newest"),
            models.Index(fields=["allowance", "id"], condition=Q(state="open"), name="position_best_paid"),
            models.Index(
                fields=["work_city", "published_at", "id"], condition=Q(state="open"), name="position_newest_in_city"
            ),
            models.Index(
                fields=["work_region", "published_at", "id"],
                condition=Q(state="open"),
                name="position_newest_in_county",
            ),
            models.Index(fields=["unit", "-published_at", "-id"], name="position_of_unit"),
            models.Index(fields=["valid_to"], condition=Q(state="open"), name="position_to_expire"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name=f"count_facets_{operation.lower()}",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=getattr(pgtrigger, operation),
                referencing=pgtrigger.Referencing(**transition),
                func=facets.trigger_body(**transition),
            )
            for operation, transition in facets.TRANSITION_TABLES.items()
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def places_left(self) -> int:
        """How many trainees can still be taken in."""
        return max(self.places - self.places_taken, 0)


class SearchFacet(models.Model):
    """How many open positions a search scope has per filter value; kept by triggers on Position.

    ``given`` is blank, or one value of another filter that these positions have too (``category:2``).
    """

    scope = models.CharField("范围", max_length=12)
    given = models.CharField("另一筛选项", max_length=24, blank=True)
    dimension = models.CharField("筛选项", max_length=12)
    value = models.CharField("值", max_length=12)
    total = models.IntegerField("岗位数")

    class Meta:
        verbose_name = verbose_name_plural = "岗位检索统计"
        constraints = [
            models.UniqueConstraint(fields=["scope", "given", "dimension", "value"], name="search_facet_once")
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.dimension} {self.value}"


class TokenShare(models.Model):
    """Which share of positions has a frequent token; refreshed from the database's own statistics.

    A token that is missing here is rare. Only the plan of a search depends on it, never its result.
    """

    token = models.TextField("检索词", primary_key=True)
    share = models.FloatField("占比")

    class Meta:
        verbose_name = verbose_name_plural = "检索词频率"

    def __str__(self) -> str:
        return self.token


@track()
class PositionApplication(Record, PositionFields):
    """What a unit asked for: a new position, or (``position`` given) a new revision of an approved one."""

    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="position_applications", editable=False, verbose_name="单位"
    )
    position = models.ForeignKey(
        Position,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="revisions",
        editable=False,
        verbose_name="变更岗位",
    )
    # Once approved the name is held by the position, so that it is free again when that ends.
    holds_name = models.BooleanField("占用名称", default=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "就业见习岗位申请"
        constraints = [
            *PositionFields.Meta.constraints,
            models.UniqueConstraint(
                fields=["unit", "name_key"],
                condition=Q(live=True, holds_name=True),
                name="application_name_once_per_unit",
                violation_error_message="岗位名称不允许重复",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@track()
class Favourite(models.Model):
    """A trainee's interest in a position (收藏), with the consent that lets the unit see the contact data."""

    individual = models.ForeignKey(Individual, models.PROTECT, related_name="favourites", verbose_name="见习人员")
    position = models.ForeignKey(Position, models.PROTECT, related_name="favourites", verbose_name="岗位")
    consent_version = models.CharField("同意书版本", max_length=16)
    consented_at = models.DateTimeField("同意时间", default=timezone.now)
    created_at = models.DateTimeField("收藏时间", default=timezone.now)
    cancelled_at = models.DateTimeField("取消时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "岗位收藏"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["individual", "position"],
                condition=Q(cancelled_at__isnull=True),
                name="favourite_once",
                violation_error_message="已收藏该岗位",
            ),
        ]
        indexes = [
            models.Index(
                fields=["position", "-created_at", "-id"],
                condition=Q(cancelled_at__isnull=True),
                name="favourite_of_position",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.individual} {self.position}"


@track()
class InterestAction(models.Model):
    """What the unit did about an interested trainee (意向人员): invited, declined or agreed."""

    class Kind(models.TextChoices):
        INVITED = "invited", "已邀请面试"
        DECLINED = "declined", "已婉拒"
        AGREED = "agreed", "已达成意向"

    favourite = models.ForeignKey(Favourite, models.PROTECT, related_name="actions", verbose_name="意向")
    kind = models.CharField("处理", max_length=8, choices=Kind.choices)
    message = models.CharField("留言", max_length=200, blank=True)
    at = models.DateTimeField("时间", default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="操作人")

    class Meta:
        verbose_name = verbose_name_plural = "意向处理"
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.favourite} {self.get_kind_display()}"


class ContactViewLog(models.Model):
    """That a unit's handler saw a trainee's contact data in full (PIPL: each view is logged)."""

    class Purpose(models.TextChoices):
        LIST = "list", "查看意向人员"
        EXPORT = "export", "导出意向人员"

    favourite = models.ForeignKey(Favourite, models.PROTECT, related_name="views", verbose_name="意向")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="查看人")
    purpose = models.CharField("方式", max_length=8, choices=Purpose.choices)
    at = models.DateTimeField("时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "联系方式查看记录"
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["favourite", "-at"], name="contact_view_of_favourite")]

    def __str__(self) -> str:
        return f"{self.favourite} {self.at:%Y-%m-%d %H:%M}"
