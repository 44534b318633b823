"""What units report in batches (C5, C6, C7): the imports, and the attendance and on-post rows that result."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import ExtractDay, Mod
from django.db.models.lookups import Exact

from common.audit import track
from reporting.models.placements import Placement
from review.models import Case, Record


class ImportFields(Record):
    """A batch report (批量上报): what importing its rows did. The rows themselves become entities."""

    created = models.PositiveIntegerField("新增行数", default=0, editable=False)
    updated = models.PositiveIntegerField("更新行数", default=0, editable=False)
    unchanged = models.PositiveIntegerField("未变行数", default=0, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"新增{self.created}行，更新{self.updated}行，未变{self.unchanged}行"


@track()
class PlacementImport(ImportFields):
    """见习匹配结果批量上报 (C5)."""

    class Meta:
        verbose_name = verbose_name_plural = "见习匹配结果批量上报"


@track()
class AttendanceImport(ImportFields):
    """见习考勤批量上报 (C6)."""

    class Meta:
        verbose_name = verbose_name_plural = "见习考勤批量上报"


@track()
class OnPostImport(ImportFields):
    """见习人员每月在岗情况上报 (C7)."""

    class Meta:
        verbose_name = verbose_name_plural = "见习人员每月在岗情况上报"


def _days(title: str) -> models.DecimalField:
    return models.DecimalField(title, max_digits=3, decimal_places=1, default=Decimal(0))


DAY_COLUMNS = ("due", "present", "personal_leave", "sick_leave", "absent", "other_leave")


def _half_days(name: str) -> Q:
    """Whole or half days, from none to 31."""
    halves = Exact(Mod(F(name) * Value(Decimal(2)), Value(Decimal(1))), Value(Decimal(0)))
    return Q(halves) & Q(**{f"{name}__gte": 0, f"{name}__lte": 31})


def _first_of_month(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(Exact(ExtractDay("month"), Value(1))),
        name=name,
        violation_error_message="月份应以该月第一天表示",
    )


@track()
class Attendance(models.Model):
    """考勤: a person's days in one month of the placement, half days allowed (C6)."""

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="attendance", verbose_name="见习")
    case = models.ForeignKey(Case, models.PROTECT, related_name="attendance", verbose_name="来源办件")
    month = models.DateField("考勤年月")
    due = _days("应出勤天数")
    present = _days("实际出勤天数")
    personal_leave = _days("事假")
    sick_leave = _days("病假")
    absent = _days("旷工")
    other_leave = _days("其他假")
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "考勤"
        ordering = ["-month", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["placement", "month"],
                name="attendance_once_per_month",
                violation_error_message="该人员当月考勤已上报",
            ),
            _first_of_month("attendance_first_of_month"),
            *(
                models.CheckConstraint(
                    condition=_half_days(name),
                    name=f"attendance_{name}_half_days",
                    violation_error_message="天数应为0至31天，可以有半天",
                )
                for name in DAY_COLUMNS
            ),
            models.CheckConstraint(
                condition=Q(
                    due__lte=F("present") + F("personal_leave") + F("sick_leave") + F("absent") + F("other_leave")
                ),
                name="attendance_accounts_for_all_days",
                violation_error_message="实际出勤与各类请假、旷工之和不能少于应出勤天数",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.placement} {self.month:%Y-%m}"


@track()
class OnPostStatus(models.Model):
    """在岗情况: whether a person was at the post in a month, and since when not (C7)."""

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="on_post", verbose_name="见习")
    case = models.ForeignKey(Case, models.PROTECT, related_name="on_post", verbose_name="来源办件")
    month = models.DateField("年月")
    on_post = models.BooleanField("是否在岗")
    left_on = models.DateField("离岗日期", null=True, blank=True)
    left_reason = models.CharField("离岗原因", max_length=200, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "在岗情况"
        ordering = ["-month", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["placement", "month"],
                name="on_post_once_per_month",
                violation_error_message="该人员当月在岗情况已上报",
            ),
            _first_of_month("on_post_first_of_month"),
            models.CheckConstraint(
                condition=Q(on_post=True, left_on__isnull=True, left_reason="")
                | (Q(on_post=False, left_on__isnull=False, left_on__gte=F("month")) & ~Q(left_reason="")),
                name="on_post_left_with_day_and_reason",
                violation_error_message="不在岗的应填写当月的离岗日期和离岗原因，在岗的不填",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.placement} {self.month:%Y-%m}"
