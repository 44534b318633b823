"""Insured units (参保单位): what the core system knows of the unit behind a 单位编号."""

from django.db import models
from django.db.models import Q

from accounts.models import Unit
from common import codes
from common.audit import track
from common.models import Region
from insurance.models.columns import PlainText, first_of_month, in_order, listed


class InsuredUnitQuerySet(models.QuerySet["InsuredUnit"]):
    def of_unit(self, unit: Unit) -> "InsuredUnitQuerySet":
        """The insured units whose 单位编号 an institution of the hall holds; several are possible (matters A6)."""
        return self.filter(number__in=unit.numbers.values("number"))


@track()
class InsuredUnit(models.Model):
    """参保单位: one per 单位编号.

    The core system knows every insured unit, the hall only those that signed up: what an institution of the
    hall may see is said by ``accounts.UnitNumber`` alone, joined by the number.
    """

    number = PlainText("单位编号", max_length=12, unique=True, error_messages={"unique": "该单位编号已登记参保"})
    name = models.CharField("单位名称", max_length=128)
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    unit_type = models.CharField("单位类型", max_length=2, choices=codes.UNIT_TYPE.choices, blank=True)
    agency = models.CharField("经办机构", max_length=64)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="参保地")
    legal_representative = models.CharField("法定代表人", max_length=64, blank=True)
    address = models.CharField("单位地址", max_length=200, blank=True)
    contact = models.CharField("参保经办人", max_length=64, blank=True)

    objects = InsuredUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "参保单位"
        ordering = ["number"]
        indexes = [models.Index(fields=["uscc"], name="insuredunit_uscc")]
        constraints = [
            models.CheckConstraint(
                condition=Q(number__regex=r"^\d{12}$"),
                name="insuredunit_number_digits",
                violation_error_message="单位编号应为12位数字",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.number}）"

    @property
    def unit(self) -> Unit | None:
        """The institution of the hall that holds the number; None when it has not signed up."""
        return Unit.objects.filter(numbers__number=self.number).first()


@track()
class UnitInsurance(models.Model):
    """单位参保险种: that a unit insures its people in a kind (AAE140), from when to when."""

    class State(models.TextChoices):
        ACTIVE = "active", "参保"
        SUSPENDED = "suspended", "暂停"
        ENDED = "ended", "终止"

    unit = models.ForeignKey(InsuredUnit, models.PROTECT, related_name="insurances", verbose_name="参保单位")
    kind = models.CharField("险种", max_length=3, choices=codes.INSURANCE_KIND.choices)
    starts_on = models.DateField("参保年月")
    ends_on = models.DateField("终止年月", null=True, blank=True)
    state = models.CharField("参保状态", max_length=9, choices=State.choices, default=State.ACTIVE)

    class Meta:
        verbose_name = verbose_name_plural = "单位参保险种"
        ordering = ["unit", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "kind"], name="unitinsurance_once", violation_error_message="该单位已参加该险种"
            ),
            listed("unitinsurance_kind_known", "kind", codes.INSURANCE_KIND.codes, "请从列表中选择险种"),
            first_of_month("unitinsurance_first_of_month", "starts_on", "ends_on"),
            in_order("unitinsurance_in_order", "starts_on", "ends_on", "终止年月不能早于参保年月"),
            models.CheckConstraint(
                condition=~Q(state="ended") | Q(ends_on__isnull=False),
                name="unitinsurance_ended_has_date",
                violation_error_message="终止参保的应有终止年月",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.get_kind_display()}"
