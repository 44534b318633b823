"""养老金申领 (E6; JX 7.1): what a unit asks for when somebody retires, and the rows that belong to it."""

from decimal import Decimal
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Deferrable, F, Func, Q, Value

from common import codes
from common.audit import track
from common.fields import BlindIndex, EncryptedText
from insurance.models.columns import first_of_month, in_order, listed
from insurance.models.enrolments import Enrolment
from insurance.models.persons import InsuredPerson
from insurance.models.units import InsuredUnit
from insurance.retirement import Group
from review.models import Record, RecordRow

# What a pension may be claimed for; 离休 and 退职 are for the counter.
CLAIM_KINDS = codes.RETIREMENT_KIND.only("2", "3", "4", "5", "6", "7")


def _wage(label: str, **options: Any) -> models.DecimalField:
    return models.DecimalField(
        f"{label}（元/月）",
        max_digits=8,
        decimal_places=2,
        validators=[MinValueValidator(Decimal(0))],
        **options,
    )


def _not_negative(name: str, *columns: str) -> models.CheckConstraint:
    condition = Q()
    for column in columns:
        condition &= Q(**{f"{column}__isnull": True}) | Q(**{f"{column}__gte": 0})
    return models.CheckConstraint(condition=condition, name=name, violation_error_message="工资和月数不能为负数")


WAGES = ("post_wage", "grade_wage", "technical_wage", "teaching_extra", "allowance", "subsidy")


@track()
class PensionClaim(Record):
    """养老金申领: one live claim per person, whichever unit asks."""

    # 1 选择人员
    person = models.ForeignKey(InsuredPerson, models.PROTECT, related_name="pension_claims", verbose_name="申领人员")
    insured_unit = models.ForeignKey(
        InsuredUnit, models.PROTECT, related_name="pension_claims", editable=False, verbose_name="参保单位"
    )
    kind = models.CharField("退休类别", max_length=1, choices=CLAIM_KINDS.choices)
    age_group = models.CharField(
        "原法定退休年龄", max_length=8, choices=[(group.value, group.label) for group in Group]
    )
    retired_on = models.DateField("退休日期")
    # 3 退休基本信息
    work_started_on = models.DateField("参加工作日期")
    work_years = models.PositiveSmallIntegerField("工作年限（年）", validators=[MaxValueValidator(60)])
    work_months = models.PositiveSmallIntegerField("工作年限（月）", validators=[MaxValueValidator(11)])
    service_months = models.PositiveSmallIntegerField(
        "军龄（月）", null=True, blank=True, validators=[MaxValueValidator(720)]
    )
    identity_2014 = models.CharField("2014年9月身份", max_length=1, choices=codes.PERSONNEL.choices, blank=True)
    identity = models.CharField("退休时身份", max_length=1, choices=codes.PERSONNEL.choices)
    is_leader = models.BooleanField("担任领导职务", default=False)
    only_child = models.BooleanField("独生子女父母", default=False)
    honour = models.CharField("劳动模范等荣誉", max_length=100, blank=True)
    # 2014年9月工资档案
    rank_2014 = models.CharField("职务职级或岗位等级", max_length=3, choices=codes.RANK.choices, blank=True)
    grade_2014 = models.CharField("级别或薪级", max_length=20, blank=True)
    step_2014 = models.CharField("档次", max_length=20, blank=True)
    post_wage_2014 = _wage("职务（岗位）工资", null=True, blank=True)
    grade_wage_2014 = _wage("级别（薪级）工资", null=True, blank=True)
    technical_wage_2014 = _wage("技术等级工资", null=True, blank=True)
    teaching_extra_2014 = _wage("教师、护士提高部分", null=True, blank=True)
    allowance_2014 = _wage("特殊津贴", null=True, blank=True)
    subsidy_2014 = _wage("退休补贴标准", null=True, blank=True)
    # 退休时工资档案
    rank = models.CharField("职务职级或岗位等级", max_length=3, choices=codes.RANK.choices)
    grade = models.CharField("级别或薪级", max_length=20, blank=True)
    step = models.CharField("档次", max_length=20, blank=True)
    post_wage = _wage("职务（岗位）工资")
    grade_wage = _wage("级别（薪级）工资", null=True, blank=True)
    technical_wage = _wage("技术等级工资", null=True, blank=True)
    teaching_extra = _wage("教师、护士提高部分", null=True, blank=True)
    allowance = _wage("特殊津贴", null=True, blank=True)
    subsidy = _wage("退休补贴标准", null=True, blank=True)
    # 6 银行账号
    account_holder = models.CharField("户名", max_length=64)
    bank = models.CharField("开户银行", max_length=64)
    account_no = EncryptedText("账号")
    account_no_digest = BlindIndex("account_no")
    # What approval ended, so that revocation gives it back as it was.
    ended_enrolment = models.ForeignKey(
        Enrolment, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="终止的参保关系"
    )
    state_before = models.CharField("终止前的缴费状态", max_length=9, blank=True, editable=False)
    reason_before = models.CharField("终止前的停保原因", max_length=4, blank=True, editable=False)
    ends_before = models.DateField("终止前的停保年月", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "养老金申领"
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(live=True),
                name="pensionclaim_one_live",
                violation_error_message="该人员已有养老金申领正在办理或已经通过，不能重复申领",
            ),
            listed("pensionclaim_kind_known", "kind", CLAIM_KINDS.codes, "请从列表中选择退休类别"),
            models.CheckConstraint(
                condition=Q(retired_on__gte=F("work_started_on")),
                name="pensionclaim_works_before_retiring",
                violation_error_message="退休日期不能早于参加工作日期",
            ),
            _not_negative("pensionclaim_wages_possible", *(f"{wage}_2014" for wage in WAGES), *WAGES),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.get_kind_display()}"

    @property
    def total_work_months(self) -> int:
        """工作年限 in months, as typed."""
        return self.work_years * 12 + self.work_months

    def wage_total(self, suffix: str = "") -> Decimal:
        """合计 of a wage file: "" at retirement, "_2014" that of 2014-09."""
        return sum((getattr(self, f"{wage}{suffix}") or Decimal(0) for wage in WAGES), Decimal(0))

    @property
    def basic_wage_2014(self) -> Decimal | None:
        """A of the old method: what the wage file of 2014-09 adds up to without allowances; None where there is none."""
        if self.post_wage_2014 is None:
            return None
        parts = (self.post_wage_2014, self.grade_wage_2014, self.technical_wage_2014, self.teaching_extra_2014)
        return sum((part for part in parts if part is not None), Decimal(0))


def _apart(name: str, last: Any, sentence: str) -> ExclusionConstraint:
    """Stretches of one claim do not overlap. Deferred: rows are stored one by one, and may change places."""
    claim = Func(F("record"), F("record"), Value("[]"), function="int8range", output_field=BigIntegerRangeField())
    stretch = Func(F("starts_on"), last, Value("[]"), function="daterange", output_field=DateRangeField())
    return ExclusionConstraint(
        name=name,
        expressions=[(claim, RangeOperators.OVERLAPS), (stretch, RangeOperators.OVERLAPS)],
        deferrable=Deferrable.DEFERRED,
        violation_error_message=sentence,
    )


@track()
class PensionAdjustment(RecordRow):
    """视同缴费核增核减: months that count as paid, or do not."""

    class Kind(models.TextChoices):
        ADDED = "added", "核增"
        DEDUCTED = "deducted", "核减"

    record = models.ForeignKey(PensionClaim, models.CASCADE, related_name="adjustments", verbose_name="养老金申领")
    kind = models.CharField("类型", max_length=8, choices=Kind.choices)
    reason = models.CharField("原因", max_length=100)
    starts_on = models.DateField("起始年月")
    ends_on = models.DateField("终止年月")

    class Meta(RecordRow.Meta):
        verbose_name = verbose_name_plural = "视同缴费核增核减"
        constraints = [
            listed("pensionadjustment_kind_known", "kind", ("added", "deducted"), "请选择核增或核减"),
            first_of_month("pensionadjustment_first_of_month", "starts_on", "ends_on"),
            in_order("pensionadjustment_in_order", "starts_on", "ends_on", "终止年月不能早于起始年月"),
            _apart("pensionadjustment_apart", F("ends_on"), "核增核减的时间段不能重复"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_on:%Y-%m}至{self.ends_on:%Y-%m}"


@track()
class SpecialWork(RecordRow):
    """特殊工种: a stretch of work that lets somebody retire earlier (国发〔1978〕104号)."""

    class Kind(models.TextChoices):
        HEAVY = "heavy", "高空或特别繁重体力劳动"
        UNDERGROUND = "underground", "井下或高温"
        HARMFUL = "harmful", "其他有害身体健康"

    record = models.ForeignKey(PensionClaim, models.CASCADE, related_name="special_works", verbose_name="养老金申领")
    kind = models.CharField("类别", max_length=11, choices=Kind.choices)
    name = models.CharField("工种名称", max_length=64)
    workplace = models.CharField("所在单位", max_length=128, blank=True)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")

    class Meta(RecordRow.Meta):
        verbose_name = verbose_name_plural = "特殊工种"
        constraints = [
            listed("specialwork_kind_known", "kind", ("heavy", "underground", "harmful"), "请从列表中选择类别"),
            in_order("specialwork_in_order", "starts_on", "ends_on", "结束日期不能早于开始日期"),
            _apart("specialwork_apart", F("ends_on"), "特殊工种的时间段不能重复"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.starts_on}至{self.ends_on}"


@track()
class RankChange(RecordRow):
    """职务升降: from when to when somebody held a post; an empty end means the present one."""

    class Kind(models.TextChoices):
        RAISED = "raised", "晋升"
        LOWERED = "lowered", "降低"
        MOVED = "moved", "平转"

    record = models.ForeignKey(PensionClaim, models.CASCADE, related_name="rank_changes", verbose_name="养老金申领")
    starts_on = models.DateField("升降日期")
    ends_on = models.DateField("结束日期", null=True, blank=True, help_text="现任职务留空")
    kind = models.CharField("类型", max_length=7, choices=Kind.choices)
    from_post = models.CharField("原职务", max_length=64, blank=True)
    to_post = models.CharField("现职务", max_length=64)
    grade = models.CharField("级别或薪级", max_length=40, blank=True)
    document = models.CharField("文号", max_length=64, blank=True)

    class Meta(RecordRow.Meta):
        verbose_name = verbose_name_plural = "职务升降"
        constraints = [
            listed("rankchange_kind_known", "kind", ("raised", "lowered", "moved"), "请从列表中选择类型"),
            in_order("rankchange_in_order", "starts_on", "ends_on", "结束日期不能早于升降日期"),
            _apart("rankchange_apart", F("ends_on"), "职务升降的时间段不能重复"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} {self.to_post}"
