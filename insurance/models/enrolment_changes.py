"""在职人员增加 and 在职人员减少 (E7, E8): what a unit asks for, and what approval did, so that revocation can undo it."""

from decimal import Decimal
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models

from common import codes
from common.audit import track
from common.fields import BlindIndex, EncryptedJSON, EncryptedText
from insurance.models.columns import first_of_month, listed
from insurance.models.enrolments import Enrolment
from insurance.models.persons import InsuredPerson
from insurance.models.units import InsuredUnit
from review.models import Record


class EnrolmentKind(models.TextChoices):
    """What the hall decides from the ID number (domain facts §3.4)."""

    REGISTER = "register", "新登记"
    ENROL = "enrol", "新参保"
    RESUME = "resume", "续保"


WAGE_PARTS = ("post_wage", "grade_wage", "allowance", "performance")


def _wage(label: str, **options: Any) -> models.DecimalField:
    return models.DecimalField(
        label, max_digits=8, decimal_places=2, validators=[MinValueValidator(Decimal(0))], **options
    )


def _computed(label: str) -> models.DecimalField:
    """A figure that the hall works out; empty while a policy is missing (待配置)."""
    return models.DecimalField(label, max_digits=10, decimal_places=2, null=True, editable=False)


@track()
class EnrolmentRequest(Record):
    """在职人员增加: somebody whom a unit takes in; the wage is entered, the base follows from it."""

    # 人员
    id_type = models.CharField("证件类型", max_length=2, choices=codes.ID_TYPE.choices, default="01")
    id_no = EncryptedText("证件号码")
    id_no_digest = BlindIndex("id_no")
    name = models.CharField("姓名", max_length=64)
    decision = models.CharField("办理类型", max_length=8, choices=EnrolmentKind.choices, editable=False)
    person = models.ForeignKey(
        InsuredPerson,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="enrolment_requests",
        verbose_name="参保人员",
    )
    # 关键信息
    sex = models.CharField("性别", max_length=1, choices=codes.SEX.choices, blank=True)
    birth_date = models.DateField("出生日期", null=True, blank=True)
    nation = models.CharField("民族", max_length=2, choices=codes.NATION.choices, blank=True)
    work_started_on = models.DateField("参加工作日期", null=True, blank=True)
    # 一般信息
    education = models.CharField("学历", max_length=2, choices=codes.EDUCATION.choices, blank=True)
    politics = models.CharField("政治面貌", max_length=2, choices=codes.POLITICS.choices, blank=True)
    hukou = models.CharField("户口性质", max_length=2, choices=codes.HUKOU.choices, blank=True)
    address = EncryptedText("常住地址", blank=True)
    mobile = EncryptedText("手机号", blank=True)
    postcode = models.CharField("邮编", max_length=6, blank=True)
    email = models.EmailField("电子邮箱", blank=True)
    # 参保信息
    insured_unit = models.ForeignKey(
        InsuredUnit, models.PROTECT, related_name="enrolment_requests", verbose_name="参保单位"
    )
    identity = models.CharField("参保身份", max_length=3, choices=codes.INSURED_IDENTITY.choices)
    staffing = models.CharField("编制类型", max_length=1, choices=codes.STAFFING.choices)
    reason = models.CharField("增加原因", max_length=1, choices=codes.ENROLMENT_REASON.choices)
    starts_on = models.DateField("参保开始年月")
    rank = models.CharField("职务职级或岗位等级", max_length=3, choices=codes.RANK.choices)
    # 工资构成
    post_wage = _wage("职务（岗位）工资")
    grade_wage = _wage("级别（薪级）工资", null=True, blank=True)
    allowance = _wage("津贴补贴", null=True, blank=True)
    performance = _wage("绩效工资", null=True, blank=True)
    wage = _computed("月工资合计（元）")
    base_floor = _computed("缴费基数下限（元）")
    base_ceiling = _computed("缴费基数上限（元）")
    base = _computed("缴费基数（元）")
    # What approval did.
    enrolment = models.ForeignKey(
        Enrolment, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name="新增的参保关系"
    )
    resumed = models.ForeignKey(
        Enrolment, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="续接的参保关系"
    )
    person_before = EncryptedJSON("办理前的人员信息", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "在职人员增加"
        constraints = [
            listed("enrolmentrequest_kind_known", "decision", tuple(EnrolmentKind.values), "办理类型无效"),
            first_of_month("enrolmentrequest_first_of_month", "starts_on"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.get_decision_display()}"


@track()
class WithdrawalRequest(Record):
    """在职人员减少: somebody whose contributions stop, for a while or for good."""

    person = models.ForeignKey(InsuredPerson, models.PROTECT, related_name="withdrawals", verbose_name="减少人员")
    insured_unit = models.ForeignKey(
        InsuredUnit, models.PROTECT, editable=False, related_name="withdrawals", verbose_name="参保单位"
    )
    cause = models.CharField("减少原因", max_length=6, choices=codes.WITHDRAWAL_CAUSE.choices)
    left_on = models.DateField("减少日期", help_text="离开单位的日期；死亡的填死亡日期")
    ends_on = models.DateField("停保年月", help_text="最后一个参保月份")
    destination = models.CharField("去向单位", max_length=128, blank=True)
    # What approval changed, so that revocation gives it back as it was.
    enrolment = models.ForeignKey(
        Enrolment, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="停保的参保关系"
    )
    state_before = models.CharField("停保前的缴费状态", max_length=9, blank=True, editable=False)
    reason_before = models.CharField("停保前的停保原因", max_length=4, blank=True, editable=False)
    ends_before = models.DateField("停保前的停保年月", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "在职人员减少"
        constraints = [
            listed("withdrawalrequest_cause_known", "cause", codes.WITHDRAWAL_CAUSE.codes, "请从列表中选择减少原因"),
            first_of_month("withdrawalrequest_first_of_month", "ends_on"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.get_cause_display()}"

    @property
    def reason_code(self) -> str:
        """The code of AAE160 that the core system knows."""
        return self.cause[:4]
