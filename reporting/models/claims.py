"""What units claim (C11, C12): the claims, the person-months and insurance policies they hold, the people of a year."""

from datetime import date
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import ExtractDay
from django.db.models.lookups import Exact
from django.utils import timezone

from accounts.models import BankAccount, Individual, Unit
from common.audit import track
from reporting.models.placements import Placement, PlacementEnd
from reporting.models.reports import PersonMonth
from review.models import Record


def _yuan(title: str, **options: object) -> models.DecimalField:
    return models.DecimalField(title, max_digits=12, decimal_places=2, **options)  # type: ignore[arg-type]


class ClaimFields(Record):
    """What both claims state: whose they are, where the money goes, and how much was computed."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="%(class)ss", editable=False, verbose_name="单位")
    bank_account = models.ForeignKey(BankAccount, models.PROTECT, related_name="+", verbose_name="银行账户")
    holder_reason = models.CharField("开户名称不一致的原因", max_length=200, blank=True)
    # Computed at submission, never typed.
    people_count = models.PositiveIntegerField("人数", default=0, editable=False)
    amount = _yuan("核定金额（元）", default=Decimal(0), editable=False)

    class Meta:
        abstract = True


@track()
class LivingSubsidyClaim(ClaimFields):
    """就业见习生活费补贴申领 (C11; JL): the months of people from one month to another."""

    first_month = models.DateField("申领起始月份")
    last_month = models.DateField("申领截止月份")
    with_insurance = models.BooleanField("同时申领保险补贴", default=False)
    month_count = models.PositiveIntegerField("人月数", default=0, editable=False)
    months_amount = _yuan("生活费补贴（元）", default=Decimal(0), editable=False)
    insurance_amount = _yuan("保险补贴（元）", default=Decimal(0), editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "就业见习生活费补贴申领"
        constraints = [
            models.CheckConstraint(
                condition=Q(Exact(ExtractDay("first_month"), Value(1)))
                & Q(Exact(ExtractDay("last_month"), Value(1)))
                & Q(last_month__gte=F("first_month")),
                name="living_claim_months_in_order",
                violation_error_message="申领截止月份不能早于起始月份",
            ),
            models.CheckConstraint(
                condition=Q(amount=F("months_amount") + F("insurance_amount"))
                & Q(months_amount__gte=0, insurance_amount__gte=0),
                name="living_claim_adds_up",
                violation_error_message="核定金额应等于生活费补贴与保险补贴之和",
            ),
        ]

    def __str__(self) -> str:
        begin, end = (f"{month.year}年{month.month}月" for month in (self.first_month, self.last_month))
        return begin if begin == end else f"{begin}至{end}"


class HeldQuerySet(models.QuerySet):
    def held(self) -> "HeldQuerySet":
        """Those whose claim is under review, returned or approved."""
        return self.filter(held=True)


@track()
class ClaimedMonth(models.Model):
    """已申领人月: a month of a placement that a claim holds, with its amount and why it is this amount.

    Held while the claim is live; a claim that was withdrawn, rejected, closed or revoked lets go of it. What was
    computed is never computed again: ``explanation`` keeps the figures and policies of that day (subsidy.Assessment).
    """

    claim = models.ForeignKey(LivingSubsidyClaim, models.PROTECT, related_name="months", verbose_name="申领")
    person_month = models.ForeignKey(PersonMonth, models.PROTECT, related_name="claims", verbose_name="见习人月")
    placement = models.ForeignKey(Placement, models.PROTECT, related_name="claimed_months", verbose_name="见习")
    month = models.DateField("月份")
    amount = _yuan("补贴金额（元）")
    explanation = models.JSONField("计算依据")
    held = models.BooleanField("占用", default=True)
    claimed_at = models.DateTimeField("申领时间", default=timezone.now)

    objects = HeldQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "已申领人月"
        ordering = ["placement_id", "month"]
        constraints = [
            models.UniqueConstraint(
                fields=["placement", "month"],
                condition=Q(held=True),
                name="claimed_month_once",
                violation_error_message="有人员的月份已在其他申领中，同一人员同一月份只能申领一次",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="claimed_month_amount", violation_error_message="补贴金额应大于0"
            ),
            models.CheckConstraint(
                condition=Q(Exact(ExtractDay("month"), Value(1))),
                name="claimed_month_first_of_month",
                violation_error_message="月份应以该月第一天表示",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.placement} {self.month:%Y-%m}"


@track()
class ClaimedInsurance(models.Model):
    """已申领保险补贴: the premium of one policy of a person, refunded once up to the cap of the region."""

    claim = models.ForeignKey(LivingSubsidyClaim, models.PROTECT, related_name="insurances", verbose_name="申领")
    placement = models.ForeignKey(Placement, models.PROTECT, related_name="claimed_insurances", verbose_name="见习")
    individual = models.ForeignKey(Individual, models.PROTECT, related_name="+", verbose_name="个人")
    policy_no = models.CharField("保单号", max_length=64, help_text="去除空格、统一全半角和大小写以后的号码")
    premium = _yuan("保费（元）")
    amount = _yuan("保险补贴（元）")
    explanation = models.JSONField("计算依据")
    held = models.BooleanField("占用", default=True)
    claimed_at = models.DateTimeField("申领时间", default=timezone.now)

    objects = HeldQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "已申领保险补贴"
        ordering = ["placement_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["individual", "policy_no"],
                condition=Q(held=True),
                name="claimed_insurance_once",
                violation_error_message="有人员的保单已在其他申领中，同一人员同一保单只能申领一次保险补贴",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lte=F("premium")) & ~Q(policy_no=""),
                name="claimed_insurance_amount",
                violation_error_message="保险补贴应大于0且不超过保费，并有保单号",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.placement} {self.policy_no}"


@track()
class MentoringSubsidyClaim(ClaimFields):
    """就业见习带教补贴申领 (C12; JL): one per unit and year; ``people_count`` are the retained ones (留用人数)."""

    year = models.PositiveSmallIntegerField("申请年度", validators=[MinValueValidator(2000), MaxValueValidator(2999)])
    completed_count = models.PositiveIntegerField("期满人数", default=0, editable=False)
    standard = _yuan("每人标准（元）", default=Decimal(0), editable=False)
    explanation = models.JSONField("计算依据", default=dict, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "就业见习带教补贴申领"
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "year"],
                condition=Q(live=True),
                name="mentoring_claim_once_per_year",
                violation_error_message="本单位该年度的带教补贴已经申领，每个年度只能申领一次",
            ),
            models.CheckConstraint(
                condition=Q(people_count__lte=F("completed_count")),
                name="mentoring_claim_retained_among_completed",
                violation_error_message="留用人数不能多于期满人数",
            ),
            models.CheckConstraint(
                condition=Q(amount=F("standard") * F("people_count")),
                name="mentoring_claim_adds_up",
                violation_error_message="核定金额应等于每人标准乘以留用人数",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年度"

    @property
    def retained_count(self) -> int:
        """留用人数."""
        return self.people_count


@track()
class MentoringPerson(models.Model):
    """带教补贴人员: somebody who completed the internship in the year, and whether the unit kept him or her (§1.4)."""

    claim = models.ForeignKey(MentoringSubsidyClaim, models.PROTECT, related_name="people", verbose_name="申领")
    placement = models.ForeignKey(Placement, models.PROTECT, related_name="mentoring", verbose_name="见习")
    end = models.ForeignKey(PlacementEnd, models.PROTECT, related_name="+", verbose_name="减员申请")
    counted_on = models.DateField("计入年度的日期")
    retained = models.BooleanField("留用")
    reason = models.CharField("未计留用的原因", max_length=100, blank=True)
    amount = _yuan("带教补贴（元）", default=Decimal(0))
    held = models.BooleanField("占用", default=True)

    objects = HeldQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "带教补贴人员"
        ordering = ["placement_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["placement"],
                condition=Q(held=True),
                name="mentoring_person_once",
                violation_error_message="有人员已计入其他年度的带教补贴，每人只计一次",
            ),
            models.CheckConstraint(
                condition=Q(retained=True, reason="", amount__gt=0) | (Q(retained=False, amount=0) & ~Q(reason="")),
                name="mentoring_person_paid_iff_retained",
                violation_error_message="留用人员应有补贴金额，未计留用的应说明原因",
            ),
        ]

    def __str__(self) -> str:
        return str(self.placement)

    @property
    def year(self) -> int:
        """The year that the person counts for."""
        day: date = self.counted_on
        return day.year
