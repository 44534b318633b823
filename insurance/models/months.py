"""Contribution months (缴费月): the largest table of the hall, prepared for a hundred million rows."""

from typing import Any

import pghistory
from django.db import models
from django.db.models import Q

from common import codes
from insurance.models.columns import first_of_month, listed
from insurance.models.persons import InsuredPerson
from insurance.models.units import InsuredUnit


class ContributionMonthQuerySet(models.QuerySet["ContributionMonth"]):
    def of_person(self, person: InsuredPerson, kind: str = codes.GOVERNMENT_PENSION) -> "ContributionMonthQuerySet":
        """A person's months of one kind, in order."""
        return self.filter(person=person, kind=kind).order_by("month")

    def paid(self) -> "ContributionMonthQuerySet":
        return self.filter(is_paid=True)

    def arrears(self) -> "ContributionMonthQuerySet":
        """应缴未缴: due and not paid; the partial index holds nothing else."""
        return self.filter(is_paid=False)


@pghistory.track(
    # What was there before; how a month first came is told by its load.
    pghistory.UpdateEvent(row=pghistory.Old),
    pghistory.DeleteEvent(),
    obj_field=pghistory.ObjForeignKey(related_name="history", related_query_name="+"),
    level=pghistory.Statement,
    append_only=True,
)
class ContributionMonth(models.Model):
    """缴费月: what was due for a person in a month and kind, through which unit, and whether it arrived.

    The table is partitioned by person (migration 0002): a person's whole history lies in one partition,
    under the primary key (person, kind, month). ``id`` is Django's key alone and has no index: rows are found by
    person, kind and month.
    """

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(
        InsuredPerson, models.PROTECT, related_name="months", db_index=False, verbose_name="参保人员"
    )
    unit = models.ForeignKey(
        InsuredUnit, models.PROTECT, related_name="months", db_index=False, verbose_name="参保单位"
    )
    kind = models.CharField("险种", max_length=3, choices=codes.INSURANCE_KIND.choices)
    month = models.DateField("缴费年月")
    base = models.DecimalField("缴费基数（元）", max_digits=10, decimal_places=2)
    unit_share = models.DecimalField("单位缴费（元）", max_digits=10, decimal_places=2)
    personal_share = models.DecimalField("个人缴费（元）", max_digits=10, decimal_places=2)
    is_paid = models.BooleanField("已到账", default=True)

    objects = ContributionMonthQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "缴费月"
        ordering = ["person", "kind", "month"]
        indexes = [
            models.Index(fields=["unit", "kind", "month"], condition=Q(is_paid=False), name="contributionmonth_owed"),
        ]
        constraints = [
            # In the database it is the primary key.
            models.UniqueConstraint(
                fields=["person", "kind", "month"],
                name="contributionmonth_once",
                violation_error_message="该人员该月的缴费记录已存在",
            ),
            listed("contributionmonth_kind_known", "kind", codes.INSURANCE_KIND.codes, "请从列表中选择险种"),
            first_of_month("contributionmonth_first_of_month", "month"),
            models.CheckConstraint(
                condition=Q(base__gte=0, unit_share__gte=0, personal_share__gte=0),
                name="contributionmonth_amounts_possible",
                violation_error_message="缴费基数和缴费金额不能为负数",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.month:%Y-%m}"

    def _do_update(self, base_qs: Any, *args: Any, **options: Any) -> bool:
        """``save()`` of a stored row looks in the person's partition only."""
        return super()._do_update(  # type: ignore[misc]
            base_qs.filter(person=self.person_id, kind=self.kind, month=self.month), *args, **options
        )
