"""Insured persons (参保人员)."""

from django.db import models
from django.db.models import Q

from accounts.models import VERIFIED_LEVEL, Individual
from common import codes, crypto, identifiers
from common.audit import track
from common.fields import BlindIndex, EncryptedText
from insurance.models.columns import PlainText, listed


class InsuredPersonQuerySet(models.QuerySet["InsuredPerson"]):
    def of_individual(self, individual: Individual) -> "InsuredPersonQuerySet":
        """The record of a person with an account: by ID number, and only once that is verified (matters A1, level ≥ 3)."""
        if individual.level < VERIFIED_LEVEL or not individual.id_no_digest:
            return self.none()
        return self.filter(id_no_digest=individual.id_no_digest)

    def by_id_no(self, id_no: str) -> "InsuredPersonQuerySet":
        """The person with this ID number, typed in any form."""
        return self.filter(id_no_digest=crypto.digest(identifiers.normalise(id_no)))


@track()
class InsuredPerson(models.Model):
    """参保人员: who is or was insured, once per ID number."""

    number = PlainText("个人代码", max_length=20, unique=True, error_messages={"unique": "该个人代码已存在"})
    name = models.CharField("姓名", max_length=64)
    id_type = models.CharField("证件类型", max_length=2, choices=codes.ID_TYPE.choices, default="01")
    id_no = EncryptedText("证件号码")
    id_no_digest = BlindIndex("id_no")
    sex = models.CharField("性别", max_length=1, choices=codes.SEX.choices)
    birth_date = models.DateField("出生日期")
    nation = models.CharField("民族", max_length=2, choices=codes.NATION.choices, blank=True)
    politics = models.CharField("政治面貌", max_length=2, choices=codes.POLITICS.choices, blank=True)
    education = models.CharField("学历", max_length=2, choices=codes.EDUCATION.choices, blank=True)
    hukou = models.CharField("户口性质", max_length=2, choices=codes.HUKOU.choices, blank=True)
    mobile = EncryptedText("手机号", blank=True)
    address = EncryptedText("常住地址", blank=True)
    postcode = models.CharField("邮编", max_length=6, blank=True)
    email = models.EmailField("电子邮箱", blank=True)
    work_started_on = models.DateField("参加工作日期", null=True, blank=True)
    identity = models.CharField("参保身份", max_length=3, choices=codes.INSURED_IDENTITY.choices, blank=True)
    staffing = models.CharField("编制类型", max_length=1, choices=codes.STAFFING.choices, blank=True)
    rank = models.CharField("职务职级或岗位等级", max_length=3, choices=codes.RANK.choices, blank=True)
    died_on = models.DateField("死亡日期", null=True, blank=True)
    # As the core system loaded them: None where the hall holds nothing, which is not the same as nought.
    deemed_months = models.PositiveSmallIntegerField("视同缴费月数", null=True, blank=True)
    deemed_index = models.DecimalField("视同缴费指数", max_digits=6, decimal_places=4, null=True, blank=True)
    account_balance = models.DecimalField(
        "个人账户储存额（元）", max_digits=12, decimal_places=2, null=True, blank=True
    )
    annuity_balance = models.DecimalField(
        "职业年金储存额（元）", max_digits=12, decimal_places=2, null=True, blank=True
    )
    balances_on = models.DateField("储存额截止日期", null=True, blank=True)

    objects = InsuredPersonQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "参保人员"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["id_no_digest"],
                condition=~Q(id_no_digest=""),
                name="insuredperson_one_per_id",
                violation_error_message="该证件号码已有参保人员登记",
            ),
            listed("insuredperson_sex_known", "sex", codes.SEX.codes, "请从列表中选择性别"),
            listed(
                "insuredperson_identity_known",
                "identity",
                codes.INSURED_IDENTITY.codes,
                "请从列表中选择参保身份",
                blank=True,
            ),
            models.CheckConstraint(
                condition=Q(died_on__isnull=True) | Q(died_on__gte=models.F("birth_date")),
                name="insuredperson_dies_after_birth",
                violation_error_message="死亡日期不能早于出生日期",
            ),
            models.CheckConstraint(
                condition=(Q(account_balance__isnull=True) | Q(account_balance__gte=0))
                & (Q(annuity_balance__isnull=True) | Q(annuity_balance__gte=0)),
                name="insuredperson_balances_possible",
                violation_error_message="储存额不能为负数",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.number}）"

    @property
    def individual(self) -> Individual | None:
        """The verified account of this person; None when there is none."""
        found = Individual.objects.filter(id_no_digest=self.id_no_digest, level__gte=VERIFIED_LEVEL)
        return found.first() if self.id_no_digest else None
