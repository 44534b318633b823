"""What the hall itself publishes: notices, telephones, and the facts that the law wants at a site's foot."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from common import regions
from common.audit import track
from common.models import Region
from hall.my_data.models import AccountClosure as AccountClosure
from hall.my_data.models import DataExport as DataExport


class SiteFacts(models.Model):
    """Facts of the office that runs the hall in a province (政府网站发展指引: statutory footer)."""

    region = models.OneToOneField(
        Region,
        models.PROTECT,
        primary_key=True,
        related_name="+",
        limit_choices_to={"level": "province"},
        verbose_name="省（自治区、直辖市）",
    )
    name = models.CharField("网站名称", max_length=40, default="人社通办")
    host = models.CharField("主办单位", max_length=80)
    code = models.CharField("网站标识码", max_length=20, blank=True)
    icp = models.CharField("ICP备案号", max_length=40, blank=True)
    police = models.CharField("公安备案号", max_length=60, blank=True)
    police_url = models.URLField("公安备案链接", blank=True)
    report_url = models.URLField("“我为政府网站找错”链接", blank=True)
    demonstration = models.BooleanField("演示站点", default=False, help_text="勾选后每页提示数据均为虚构")

    class Meta:
        verbose_name = verbose_name_plural = "网站信息"
        ordering = ["region"]

    def __str__(self) -> str:
        return f"{self.region} {self.name}"


class SupportContact(models.Model):
    """A telephone that helps people of a region, with its hours (服务电话)."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="地区")
    title = models.CharField("名称", max_length=60)
    phone = models.CharField("电话", max_length=30)
    hours = models.CharField("接听时间", max_length=80)
    address = models.CharField("地址", max_length=120, blank=True)
    position = models.PositiveSmallIntegerField("顺序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "服务电话"
        ordering = ["region", "position", "pk"]

    def __str__(self) -> str:
        return f"{self.title} {self.phone}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def public(self, now: datetime | None = None) -> "NoticeQuerySet":
        """Notices whose time of publication has come."""
        return self.filter(published_at__lte=now or timezone.now())

    def for_region(self, code: str) -> "NoticeQuerySet":
        """Notices that concern a region: its own, those of the offices above it, below it, and of everywhere."""
        if not code:
            return self
        above = [place.code for place in regions.ancestors(code)]
        return self.filter(Q(region__isnull=True) | Q(region__in=above) | regions.scope_q("region", code))


@track()
class Notice(models.Model):
    """An announcement (通知公告) of an office; a future time of publication keeps it back until then."""

    title = models.CharField("标题", max_length=120)
    body = models.TextField("正文", max_length=20000, help_text="空行分段")
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="地区",
        help_text="留空表示全部地区",
    )
    published_at = models.DateTimeField("发布时间", null=True, blank=True, help_text="留空表示暂不发布")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="发布人", editable=False
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "通知公告"
        ordering = ["-published_at", "-pk"]
        indexes = [models.Index(fields=["-published_at", "-id"], name="notice_newest")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("hall:notice", args=[self.pk])
