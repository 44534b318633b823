"""Who saw what of the insurance data: clear text that was asked for, rosters that were taken away."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Unit, User
from common.audit import track
from common.models import StoredFile
from insurance.models.persons import InsuredPerson
from insurance.models.units import InsuredUnit


@track()
class PersonClearTextView(models.Model):
    """参保人员明文查看记录: that a handler asked for a person's ID number in clear (PIPL §51, §55: access is logged)."""

    person = models.ForeignKey(InsuredPerson, models.PROTECT, related_name="clear_text_views", verbose_name="参保人员")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    viewed_at = models.DateTimeField("查看时间", default=timezone.now)
    viewed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="查看人")

    class Meta:
        verbose_name = verbose_name_plural = "参保人员明文查看记录"
        ordering = ["-viewed_at", "-id"]

    def __str__(self) -> str:
        return f"{self.person} {timezone.localtime(self.viewed_at):%Y-%m-%d %H:%M}"


@track(exclude=("done",))
class RosterExport(models.Model):
    """花名册导出: a roster that somebody took away, with the filters it was made by; large ones are made in the background."""

    class Roster(models.TextChoices):
        SERVICE = "service", "在职花名册"
        RETIRED = "retired", "退休花名册"

    class Format(models.TextChoices):
        XLSX = "xlsx", "Excel"
        PDF = "pdf", "PDF"

    class State(models.TextChoices):
        WAITING = "waiting", "等待生成"
        MADE = "made", "已生成"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="roster_exports", verbose_name="单位")
    insured_unit = models.ForeignKey(InsuredUnit, models.PROTECT, related_name="+", verbose_name="参保单位")
    roster = models.CharField("花名册", max_length=8, choices=Roster.choices)
    format = models.CharField("格式", max_length=4, choices=Format.choices)
    filters = models.JSONField("筛选条件", default=dict)
    total = models.PositiveIntegerField("人数")
    done = models.PositiveIntegerField("已完成人数", default=0)
    state = models.CharField("状态", max_length=7, choices=State.choices, default=State.WAITING)
    file = models.ForeignKey(StoredFile, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="文件")
    asked_at = models.DateTimeField("导出时间", default=timezone.now)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="导出人")
    made_at = models.DateTimeField("生成时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "花名册导出"
        ordering = ["-asked_at", "-id"]
        indexes = [models.Index(fields=["unit", "-asked_at"], name="rosterexport_of_unit")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="made") | Q(made_at__isnull=False),
                name="rosterexport_made_has_time",
                violation_error_message="已生成的导出应有生成时间",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_roster_display()} {timezone.localtime(self.asked_at):%Y-%m-%d %H:%M}"

    @property
    def mark(self) -> str:
        """导出标识: what stands on the file and leads back to this entry."""
        return f"HMC{self.pk:08d}"
