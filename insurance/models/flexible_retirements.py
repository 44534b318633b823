"""弹性退休: that somebody chooses another month than the statutory one, and that it is called off again."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from common.audit import track
from common.constraints import together
from insurance.models.columns import first_of_month, listed
from insurance.models.persons import InsuredPerson
from insurance.models.units import InsuredUnit
from insurance.retirement import Group
from review.models import Case, Record


class FlexibleKind(models.TextChoices):
    """What is notified."""

    EARLY = "early", "弹性提前退休"
    LATE = "late", "弹性延迟退休"
    END = "end", "终止弹性延迟退休"


@track()
class FlexibleRetirement(Record):
    """弹性退休告知: what a unit hands in for one of its people."""

    person = models.ForeignKey(InsuredPerson, models.PROTECT, related_name="flexible_retirements", verbose_name="人员")
    insured_unit = models.ForeignKey(
        InsuredUnit, models.PROTECT, related_name="flexible_retirements", editable=False, verbose_name="参保单位"
    )
    kind = models.CharField("办理内容", max_length=5, choices=FlexibleKind.choices)
    age_group = models.CharField(
        "原法定退休年龄", max_length=8, choices=[(group.value, group.label) for group in Group]
    )
    chosen_on = models.DateField("选定的退休日期")
    written_on = models.DateField("书面告知或约定日期")

    class Meta:
        verbose_name = verbose_name_plural = "弹性退休告知"
        constraints = [
            listed("flexibleretirement_kind_known", "kind", ("early", "late", "end"), "请选择办理内容"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.get_kind_display()}"


@track()
class FlexibleChoice(models.Model):
    """弹性退休约定: the month that somebody may retire in; one in force per person."""

    person = models.ForeignKey(InsuredPerson, models.PROTECT, related_name="flexible_choices", verbose_name="人员")
    case = models.OneToOneField(Case, models.PROTECT, related_name="flexible_choice", verbose_name="办件")
    kind = models.CharField("类别", max_length=5, choices=FlexibleKind.choices[:2])
    month = models.DateField("退休年月")
    ended_at = models.DateTimeField("终止时间", null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="终止人")
    ended_case = models.OneToOneField(
        Case, models.PROTECT, null=True, blank=True, related_name="ended_choice", verbose_name="终止办件"
    )

    class Meta:
        verbose_name = verbose_name_plural = "弹性退休约定"
        ordering = ["-pk"]
        constraints = [
            listed("flexiblechoice_kind_known", "kind", ("early", "late"), "请选择类别"),
            first_of_month("flexiblechoice_first_of_month", "month"),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(ended_at__isnull=True),
                name="flexiblechoice_one_in_force",
                violation_error_message="该人员已有弹性退休约定，请先办理终止",
            ),
            models.CheckConstraint(
                condition=together("ended_at", "ended_by"),
                name="flexiblechoice_ended_pair",
                violation_error_message="终止时间与终止人必须同时存在",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.get_kind_display()} {self.month:%Y-%m}"
