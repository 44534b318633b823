"""Data without a domain of its own: regions, dated policies, the calendar, files, the audit chain."""

import uuid

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value

from common import audit


class Region(models.Model):
    """A province, city or county (行政区划, GB/T 2260), loaded by ``load_regions``.

    Counties of the four municipalities (直辖市) and the counties that a province governs directly
    hang under the province; some cities (东莞, 中山 …) have no counties.
    """

    class Level(models.TextChoices):
        PROVINCE = "province", "省级"
        CITY = "city", "市级"
        COUNTY = "county", "县级"

    code = models.CharField("区划代码", max_length=6, primary_key=True)
    name = models.CharField("名称", max_length=40)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="children",
        verbose_name="上级区划",
    )
    level = models.CharField("级别", max_length=8, choices=Level.choices)

    class Meta:
        verbose_name = verbose_name_plural = "行政区划"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="region_code_six_digits",
                condition=Q(code__regex=r"^\d{6}$"),
                violation_error_message="区划代码应为六位数字",
            ),
            models.CheckConstraint(
                name="region_province_is_root",
                condition=Q(level="province", parent__isnull=True) | ~Q(level="province") & Q(parent__isnull=False),
                violation_error_message="省级以外的区划必须有上级区划",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PolicySlot(Func):
    """A 60-bit number standing for one policy key in one region (the whole country is blank).

    Core PostgreSQL can exclude overlapping ranges but not compare text in the same constraint,
    so key and region enter it as a one-element integer range.
    """

    template = "('x' || substr(md5(%(expressions)s), 1, 15))::bit(60)::bigint"
    arg_joiner = " || ':' || "
    output_field = models.BigIntegerField()

    def __init__(self, key: str, region: str) -> None:
        super().__init__(F(key), Func(F(region), Value(""), function="COALESCE"))


class DateSpan(Func):
    """The days from ``valid_from`` to ``valid_to``, both included; an empty end means no end."""

    function = "DATERANGE"

    def __init__(self, start: str, end: str) -> None:
        super().__init__(F(start), F(end), Value("[]"))


@audit.track()
class PolicyValue(models.Model):
    """One value of a policy (参数) for a region and a span of days; the keys are in ``common.policies``."""

    key = models.CharField("参数", max_length=60)
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="地区",
        help_text="留空表示全国",
    )
    value = models.CharField("值", max_length=500)
    valid_from = models.DateField("施行日期")
    valid_to = models.DateField("截止日期", null=True, blank=True, help_text="当日仍有效；留空表示长期有效")
    source = models.CharField("依据文件", max_length=300)
    note = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "政策参数"
        ordering = ["key", "region_id", "valid_from"]
        constraints = [
            models.CheckConstraint(
                name="policy_value_dates_in_order",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                violation_error_message="截止日期不能早于施行日期",
            ),
            models.CheckConstraint(
                name="policy_value_has_source",
                condition=~Q(source=""),
                violation_error_message="请填写依据文件",
            ),
            ExclusionConstraint(
                name="policy_value_no_overlap",
                expressions=[
                    (
                        Func(
                            PolicySlot("key", "region"),
                            PolicySlot("key", "region"),
                            Value("[]"),
                            function="INT8RANGE",
                        ),
                        "&&",
                    ),
                    (DateSpan("valid_from", "valid_to"), "&&"),
                ],
                violation_error_message="同一地区的同一参数在这段时间内已有值，请先给原值填写截止日期",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.value}"


@audit.track()
class CalendarDay(models.Model):
    """Whether a day is worked (工作日), as the State Council announced it; staff may correct it.

    Days that are not stored count by their weekday.
    """

    day = models.DateField("日期", primary_key=True)
    is_working = models.BooleanField("是否上班")
    name = models.CharField("名称", max_length=40, blank=True)
    source = models.CharField("依据", max_length=120)

    class Meta:
        verbose_name = verbose_name_plural = "工作日历"
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {'上班' if self.is_working else '休息'}"


@audit.track()
class StoredFile(models.Model):
    """A file somebody handed in. Bytes lie in private storage under an opaque key.

    Only a clean file is ever handed out (``common.files.file_response``); who may see it is for
    the owner's app to decide.
    """

    class State(models.TextChoices):
        PENDING = "pending", "待查毒"
        CLEAN = "clean", "正常"
        INFECTED = "infected", "含有病毒"
        UNREADABLE = "unreadable", "无法读取"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    storage_key = models.CharField("存储键", max_length=80, unique=True, editable=False)
    original_name = models.CharField("文件名", max_length=120)
    kind = models.CharField("类型", max_length=8)
    content_type = models.CharField("内容类型", max_length=100)
    size = models.PositiveIntegerField("大小（字节）")
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PENDING)
    pages = models.PositiveSmallIntegerField("页数", null=True, blank=True)
    created_at = models.DateTimeField("上传时间", auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="上传人",
        help_text="未登录办理的（账号申诉）为空",
    )

    class Meta:
        verbose_name = verbose_name_plural = "文件"
        ordering = ["-created_at"]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=Q(state="pending"),
                name="stored_file_pending",
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="stored_file_state_known",
                condition=Q(state__in=["pending", "clean", "infected", "unreadable"]),
                violation_error_message="文件状态不正确",
            ),
        ]

    def __str__(self) -> str:
        return self.original_name

    @property
    def is_clean(self) -> bool:
        """Whether the file may be shown and downloaded."""
        return self.state == self.State.CLEAN


class FilePage(models.Model):
    """One page of a stored file as an image that the office itself drew, safe to show to staff."""

    file = models.ForeignKey(StoredFile, models.CASCADE, related_name="page_images", verbose_name="文件")
    number = models.PositiveSmallIntegerField("页码")
    storage_key = models.CharField("存储键", max_length=80, unique=True, editable=False)
    width = models.PositiveSmallIntegerField("宽")
    height = models.PositiveSmallIntegerField("高")

    class Meta:
        verbose_name = verbose_name_plural = "文件页图"
        ordering = ["file_id", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["file", "number"],
                name="file_page_once",
                violation_error_message="该页已有图像",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} 第{self.number}页"


class AuditLink(models.Model):
    """One link of the chain that seals the event rows: its digest covers the link before it.

    Digests are keyed (HMAC-SM3), so that who can write the database cannot write a chain.
    """

    number = models.PositiveIntegerField("序号", primary_key=True)
    sealed_at = models.DateTimeField("封存时间")
    digest = models.CharField("摘要", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "审计链"
        ordering = ["number"]

    def __str__(self) -> str:
        return f"第{self.number}节 {self.digest[:16]}"


class AuditSegment(models.Model):
    """The event rows of one table that a link seals: their keys and digests, not their values.

    Because only digests are kept, an event row can be erased when its retention ends without
    breaking the chain; ``AuditErasure`` records that.
    """

    link = models.ForeignKey(AuditLink, models.PROTECT, related_name="segments", verbose_name="审计链")
    table = models.CharField("事件表", max_length=63)
    columns = ArrayField(models.CharField(max_length=63), verbose_name="列")
    first_id = models.BigIntegerField("起始事件")
    last_id = models.BigIntegerField("终止事件")
    event_ids = ArrayField(models.BigIntegerField(), verbose_name="事件")
    digests = models.BinaryField("行摘要", help_text="每个事件 32 字节")

    class Meta:
        verbose_name = verbose_name_plural = "审计段"
        ordering = ["link_id", "table", "first_id"]
        indexes = [models.Index(fields=["table", "-last_id"], name="audit_segment_table")]

    def __str__(self) -> str:
        return f"{self.table} {self.first_id}–{self.last_id}"


@audit.track()
class AuditErasure(models.Model):
    """Event rows that were erased lawfully when their retention ended (个人信息保护法 §19, §47)."""

    table = models.CharField("事件表", max_length=63)
    event_ids = ArrayField(models.BigIntegerField(), verbose_name="事件")
    reason = models.CharField("原因", max_length=200)
    erased_at = models.DateTimeField("清除时间", auto_now_add=True)
    erased_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="经手人",
    )

    class Meta:
        verbose_name = verbose_name_plural = "审计事件清除"
        ordering = ["-erased_at"]

    def __str__(self) -> str:
        return f"{self.table} {len(self.event_ids)}条"


class Outbox(models.Model):
    """Something that must happen once although jobs may run twice (``common.jobs.once``)."""

    key = models.CharField("键", max_length=120, primary_key=True)
    done_at = models.DateTimeField("完成时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "一次性任务"

    def __str__(self) -> str:
        return self.key
