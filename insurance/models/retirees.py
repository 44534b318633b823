"""Retirees (离退休人员) and what they are paid."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from common import codes
from common.audit import track
from common.fields import BlindIndex, EncryptedText
from insurance.models.columns import PlainText, first_of_month, listed
from insurance.models.persons import InsuredPerson
from insurance.models.units import InsuredUnit
from insurance.tokens import roster_tokens
from review.models import Case


class RetireeQuerySet(models.QuerySet["Retiree"]):
    def of_unit(self, unit: InsuredUnit) -> "RetireeQuerySet":
        """Who retired from the unit, those whose payment ended included."""
        return self.filter(unit=unit)


@track()
class Retiree(models.Model):
    """离退休人员: a person's retirement from a unit, and the benefit that results."""

    person = models.OneToOneField(InsuredPerson, models.PROTECT, related_name="retiree", verbose_name="参保人员")
    unit = models.ForeignKey(InsuredUnit, models.PROTECT, related_name="retirees", verbose_name="参保单位")
    kind = models.CharField("离退休类别", max_length=1, choices=codes.RETIREMENT_KIND.choices)
    retired_on = models.DateField("离退休日期")
    benefit_from = models.DateField("待遇起始年月", null=True, blank=True)
    pension = models.DecimalField("月基本养老金（元）", max_digits=10, decimal_places=2, null=True, blank=True)
    annuity = models.DecimalField("月职业年金（元）", max_digits=10, decimal_places=2, null=True, blank=True)
    pay_state = models.CharField("发放状态", max_length=1, choices=codes.PAY_STATE.choices, default="1")
    bank = models.CharField("开户银行", max_length=64, blank=True)
    account_no = EncryptedText("账号", blank=True)
    account_no_digest = BlindIndex("account_no")
    certified_on = models.DateField("资格认证日期", null=True, blank=True)
    person_number = PlainText("个人代码", max_length=20, editable=False)
    tokens = ArrayField(PlainText(max_length=20), default=list, editable=False, verbose_name="检索词")
    case = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="retirees", verbose_name="来源办件"
    )

    objects = RetireeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "离退休人员"
        ordering = ["unit", "person_number"]
        indexes = [
            models.Index(fields=["unit", "person_number", "id"], name="retiree_roster"),
            models.Index(fields=["unit", "retired_on", "id"], name="retiree_by_date"),
            GinIndex(fields=["tokens"], name="retiree_tokens"),
        ]
        constraints = [
            listed("retiree_kind_known", "kind", codes.RETIREMENT_KIND.codes, "请从列表中选择离退休类别"),
            listed("retiree_pay_state_known", "pay_state", codes.PAY_STATE.codes, "请从列表中选择发放状态"),
            first_of_month("retiree_first_of_month", "benefit_from"),
            models.CheckConstraint(
                condition=(Q(pension__isnull=True) | Q(pension__gte=0)) & (Q(annuity__isnull=True) | Q(annuity__gte=0)),
                name="retiree_amounts_possible",
                violation_error_message="养老金和职业年金不能为负数",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_number} {self.get_kind_display()}"

    def save(self, *args: Any, **options: Any) -> None:
        """The copies of the person's number and name follow the person."""
        self.person_number = self.person.number
        self.tokens = roster_tokens(self.unit_id, self.person.name)
        if (named := options.get("update_fields")) is not None:
            options["update_fields"] = {*named, "person_number", "tokens"}
        super().save(*args, **options)
