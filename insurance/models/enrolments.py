"""Enrolments (参保关系): that a person is insured through a unit in a kind, from month to month."""

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, BigIntegerRangeField, DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import BigIntegerField, F, Func, Q, Value
from django.db.models.functions import Cast

from common import codes
from common.audit import track
from insurance.models.columns import PlainText, first_of_month, in_order, listed
from insurance.models.persons import InsuredPerson
from insurance.models.units import InsuredUnit
from insurance.tokens import roster_tokens
from review.models import Case

OVERLAP = "该人员在此期间已参加该险种，同一险种的参保时间不能重叠"


def _person_and_kind() -> Func:
    """Person and kind as one range of a single number: GiST has "=" for ranges only."""
    one = F("person") * Value(1000, output_field=BigIntegerField()) + Cast("kind", BigIntegerField())
    return Func(one, one, Value("[]"), function="int8range", output_field=BigIntegerRangeField())


def _months() -> Func:
    return Func(F("starts_on"), F("ends_on"), Value("[]"), function="daterange", output_field=DateRangeField())


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def of_unit(self, unit: InsuredUnit) -> "EnrolmentQuerySet":
        return self.filter(unit=unit)

    def of_kind(self, kind: str) -> "EnrolmentQuerySet":
        return self.filter(kind=kind)

    def active(self) -> "EnrolmentQuerySet":
        """Enrolments in which contributions are being paid (参保缴费)."""
        return self.filter(state=Enrolment.State.ACTIVE)

    def in_service(self, unit: InsuredUnit, kind: str = codes.GOVERNMENT_PENSION) -> "EnrolmentQuerySet":
        """在职: who the unit has in the kind today, people whose contributions rest (暂停) included."""
        return self.filter(unit=unit, kind=kind).exclude(state=Enrolment.State.ENDED)


@track(exclude=("tokens",))
class Enrolment(models.Model):
    """参保关系: one unbroken stretch; a resumption (续保) is a new row, so that the gap stays visible."""

    class State(models.TextChoices):
        ACTIVE = "active", "参保缴费"
        SUSPENDED = "suspended", "暂停缴费"
        ENDED = "ended", "终止参保"

    unit = models.ForeignKey(InsuredUnit, models.PROTECT, related_name="enrolments", verbose_name="参保单位")
    person = models.ForeignKey(InsuredPerson, models.PROTECT, related_name="enrolments", verbose_name="参保人员")
    kind = models.CharField("险种", max_length=3, choices=codes.INSURANCE_KIND.choices)
    starts_on = models.DateField("参保起始年月")
    ends_on = models.DateField("停保年月", null=True, blank=True, help_text="最后一个参保月份；参保缴费的为空")
    state = models.CharField("缴费状态", max_length=9, choices=State.choices, default=State.ACTIVE)
    end_reason = models.CharField("停保原因", max_length=4, choices=codes.CHANGE_REASON.choices, blank=True)
    base = models.DecimalField("缴费基数（元）", max_digits=10, decimal_places=2, null=True, blank=True)
    # What the roster shows of the months, kept in step by every write of months: a list of a unit with
    # 50,000 people must not add up a million months.
    first_paid = models.DateField("最早缴费年月", null=True, blank=True, editable=False)
    last_paid = models.DateField("最近缴费年月", null=True, blank=True, editable=False)
    paid_months = models.PositiveSmallIntegerField("累计缴费月数", default=0, editable=False)
    # Copies for the roster's order and search within one unit (person_number, name tokens).
    person_number = PlainText("个人代码", max_length=20, editable=False)
    tokens = ArrayField(PlainText(max_length=20), default=list, editable=False, verbose_name="检索词")
    case = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="enrolments", verbose_name="来源办件"
    )

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "参保关系"
        ordering = ["unit", "person_number", "starts_on"]
        indexes = [
            # 在职花名册 in its two orders; who left is not in these.
            models.Index(
                fields=["unit", "kind", "person_number", "id"], condition=~Q(state="ended"), name="enrolment_roster"
            ),
            models.Index(
                fields=["unit", "kind", "starts_on", "id"], condition=~Q(state="ended"), name="enrolment_by_start"
            ),
            models.Index(
                fields=["unit", "kind", "person_number", "id"], condition=Q(state="suspended"), name="enrolment_resting"
            ),
            # 缴费起止年月, and the unit's last month paid.
            models.Index(
                fields=["unit", "kind", "last_paid"], condition=~Q(state="ended"), name="enrolment_by_last_paid"
            ),
            models.Index(fields=["person", "kind", "starts_on"], name="enrolment_of_person"),
            GinIndex(fields=["tokens"], name="enrolment_tokens"),
        ]
        constraints = [
            ExclusionConstraint(
                name="enrolment_one_at_a_time",
                expressions=[(_person_and_kind(), RangeOperators.OVERLAPS), (_months(), RangeOperators.OVERLAPS)],
                violation_error_message=OVERLAP,
            ),
            models.UniqueConstraint(
                fields=["person", "kind"],
                condition=Q(state="active"),
                name="enrolment_one_active",
                violation_error_message="该人员已在参保缴费，同一险种只能由一个单位参保",
            ),
            listed("enrolment_kind_known", "kind", codes.INSURANCE_KIND.codes, "请从列表中选择险种"),
            first_of_month("enrolment_first_of_month", "starts_on", "ends_on", "first_paid", "last_paid"),
            in_order("enrolment_in_order", "starts_on", "ends_on", "停保年月不能早于参保起始年月"),
            models.CheckConstraint(
                condition=Q(state="active", ends_on__isnull=True) | (~Q(state="active") & Q(ends_on__isnull=False)),
                name="enrolment_active_is_open",
                violation_error_message="参保缴费的不能有停保年月，暂停或终止的应有停保年月",
            ),
            models.CheckConstraint(
                condition=Q(base__isnull=True) | Q(base__gt=0),
                name="enrolment_base_positive",
                violation_error_message="缴费基数应大于0",
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
