"""Internship units (见习单位): what they ask for, and what they are once approved."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import BankAccount, Unit, User
from common import codes
from common.audit import track
from common.fields import BlindIndex, EncryptedText
from internship.models.columns import region_column, together
from review.models import Case, Record, RecordRow


@track()
class UnitQualification(Record):
    """就业见习单位申请 (C1): what a unit states about itself when it asks to become an internship unit."""

    # (1) 单位基本信息, taken from the account.
    name = models.CharField("单位名称", max_length=128)
    uscc = models.CharField("统一社会信用代码", max_length=18)
    # (2) 见习单位详细信息
    unit_type = models.CharField("单位类型", max_length=2, choices=codes.UNIT_TYPE.choices)
    registration_type = models.CharField(
        "登记注册类型",
        max_length=3,
        choices=codes.REGISTRATION_TYPE.choices,
        blank=True,
    )
    industry = models.CharField(
        "行业",
        max_length=1,
        choices=codes.INDUSTRY.choices,
        help_text="按国民经济行业分类（GB/T 4754）的门类选择",
    )
    affiliation = models.CharField("隶属关系", max_length=2, choices=codes.AFFILIATION.choices, blank=True)
    legal_representative = models.CharField("法定代表人", max_length=64)
    founded_on = models.DateField("成立日期", null=True, blank=True)
    registered_capital = models.DecimalField("注册资本（万元）", max_digits=14, decimal_places=2, null=True, blank=True)
    registered_address = models.CharField("注册地址", max_length=200, help_text="与营业执照或法人登记证书一致")
    office_address = models.CharField("办公地址", max_length=200, help_text="实际办公的地址，见习人员据此联系单位")
    region = region_column("行政区划", help_text="单位所在的县（市、区）")
    handling_region = region_column(
        "业务办理归属地",
        help_text="决定由哪一级人社部门审核；由市级人社部门管理的单位请选择“市本级”",
    )
    employee_count = models.PositiveIntegerField("职工人数")
    insured_count = models.PositiveIntegerField("参保人数", null=True, blank=True)
    business_scope = models.TextField("经营范围", max_length=2000, blank=True)
    introduction = models.TextField("单位简介", max_length=500, help_text="主营业务、规模和见习条件，不超过500字")
    planned_positions = models.PositiveSmallIntegerField("拟提供岗位数", help_text="计划提供的见习岗位的数量")
    planned_trainees = models.PositiveSmallIntegerField("拟接收人数", help_text="计划接收的见习人员的总数")
    contact = models.CharField("联系人", max_length=64)
    mobile = EncryptedText("手机")
    email = models.EmailField("邮箱", blank=True)
    # (3) 银行账户信息
    account_holder = models.CharField("开户名称", max_length=128, help_text="应与单位名称一致")
    holder_reason = models.CharField(
        "账户名称不一致说明",
        max_length=200,
        blank=True,
        help_text="开户名称与单位名称不一致时必填，例如由上级单位统一开户",
    )
    bank = models.CharField("开户银行", max_length=64)
    branch = models.CharField("支行", max_length=128, blank=True)
    cnaps = models.CharField("联行号", max_length=12, blank=True, help_text="12位数字，可向开户银行查询")
    account_no = EncryptedText("账号", help_text="单位基本存款账户的账号，补贴将拨付到此账户")
    account_no_digest = BlindIndex("account_no")

    class Meta:
        verbose_name = verbose_name_plural = "就业见习单位申请"
        constraints = [
            models.CheckConstraint(
                condition=Q(account_holder=F("name")) | ~Q(holder_reason=""),
                name="unit_qualification_holder_is_unit",
                violation_error_message="开户名称与单位名称不一致，请填写账户名称不一致说明",
            ),
            models.CheckConstraint(
                condition=Q(employee_count__gte=1),
                name="unit_qualification_has_employees",
                violation_error_message="职工人数应不少于1人",
            ),
            models.CheckConstraint(
                condition=Q(planned_positions__gte=1, planned_trainees__gte=1),
                name="unit_qualification_plans_something",
                violation_error_message="拟提供岗位数和拟接收人数均应不少于1",
            ),
            # A position takes at least one person.
            models.CheckConstraint(
                condition=Q(planned_trainees__gte=F("planned_positions")),
                name="unit_qualification_people_for_positions",
                violation_error_message="拟接收人数不能少于拟提供岗位数，每个岗位至少接收1人",
            ),
            models.CheckConstraint(
                condition=Q(registered_capital__isnull=True) | Q(registered_capital__gte=0),
                name="unit_qualification_capital_not_negative",
                violation_error_message="注册资本不能小于0",
            ),
            models.CheckConstraint(
                condition=Q(cnaps="") | Q(cnaps__regex=r"^\d{12}$"),
                name="unit_qualification_cnaps_digits",
                violation_error_message="联行号应为12位数字",
            ),
            models.UniqueConstraint(
                fields=["uscc"],
                condition=Q(live=True),
                name="unit_qualification_one_live",
                violation_error_message="本单位已有就业见习单位申请正在办理或已经通过，不能重复申请",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@track()
class StaffPerson(RecordRow):
    """专职人员: who looks after trainees at the unit; each hands in a document of the own (C1)."""

    record = models.ForeignKey(
        UnitQualification,
        models.CASCADE,
        related_name="staff_persons",
        verbose_name="就业见习单位申请",
    )
    name = models.CharField("姓名", max_length=64)
    sex = models.CharField("性别", max_length=1, choices=codes.SEX.choices, blank=True)
    id_type = models.CharField("证件类型", max_length=2, choices=codes.ID_TYPE.choices, default="01")
    id_no = EncryptedText("证件号码")
    id_no_digest = BlindIndex("id_no")
    post = models.CharField("职务", max_length=64, blank=True)
    phone = EncryptedText("电话")

    class Meta(RecordRow.Meta):
        verbose_name = verbose_name_plural = "专职人员"
        constraints = [
            models.UniqueConstraint(
                fields=["record", "id_no_digest"],
                name="staff_person_once",
                violation_error_message="同一专职人员不能重复填写",
            )
        ]

    def __str__(self) -> str:
        return self.name


@track()
class Mentor(RecordRow):
    """带教人员: who teaches the trainees at work (C1)."""

    record = models.ForeignKey(
        UnitQualification,
        models.CASCADE,
        related_name="mentors",
        verbose_name="就业见习单位申请",
    )
    name = models.CharField("姓名", max_length=64)
    post = models.CharField("职务", max_length=64)
    years = models.PositiveSmallIntegerField("专业年限", null=True, blank=True, help_text="从事本专业工作的年数")
    phone = EncryptedText("电话", blank=True)

    class Meta(RecordRow.Meta):
        verbose_name = verbose_name_plural = "带教人员"
        constraints = [
            models.CheckConstraint(
                condition=Q(years__isnull=True) | Q(years__lte=70),
                name="mentor_years_possible",
                violation_error_message="专业年限应不超过70年",
            )
        ]

    def __str__(self) -> str:
        return self.name


class InternshipUnitQuerySet(models.QuerySet["InternshipUnit"]):
    def qualified(self) -> "InternshipUnitQuerySet":
        """Units that are internship units today, the suspended ones included."""
        return self.exclude(state=InternshipUnit.State.REVOKED)


@track()
class InternshipUnit(models.Model):
    """见习单位: a unit whose qualification was approved; one row per unit, renewed when it qualifies again."""

    class State(models.TextChoices):
        ACTIVE = "active", "有效"
        SUSPENDED = "suspended", "暂停新增"
        REVOKED = "revoked", "已撤销"

    unit = models.OneToOneField(Unit, models.PROTECT, related_name="internship_unit", verbose_name="单位")
    case = models.OneToOneField(Case, models.PROTECT, related_name="internship_unit", verbose_name="认定办件")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.ACTIVE)
    handling_region = region_column("业务办理归属地")
    bank_account = models.ForeignKey(BankAccount, models.PROTECT, related_name="+", verbose_name="银行账户")
    qualified_at = models.DateTimeField("认定时间", default=timezone.now)
    qualified_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="认定人")
    # Qualification counts as the first confirmation; then who confirmed is empty.
    confirmed_on = models.DateField("最近确认日期", help_text="单位最近一次确认资料无误的日期")
    confirmed_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="确认人",
    )
    suspended_at = models.DateTimeField("暂停时间", null=True, blank=True)
    suspended_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="暂停操作人",
    )
    suspension_reason = models.CharField("暂停原因", max_length=500, blank=True)
    revoked_at = models.DateTimeField("撤销时间", null=True, blank=True)
    revoked_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="撤销人",
    )

    objects = InternshipUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "见习单位"
        ordering = ["-qualified_at", "-id"]
        permissions = [("suspend_internshipunit", "暂停或恢复见习单位新增岗位")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["active", "suspended", "revoked"]),
                name="internship_unit_state_known",
                violation_error_message="见习单位状态无效",
            ),
            models.CheckConstraint(
                condition=Q(state="revoked", revoked_at__isnull=False)
                | (~Q(state="revoked") & Q(revoked_at__isnull=True)),
                name="internship_unit_revoked_iff_time",
                violation_error_message="撤销时间与见习单位状态不一致",
            ),
            models.CheckConstraint(
                condition=Q(state="suspended", suspended_at__isnull=False)
                | (~Q(state="suspended") & Q(suspended_at__isnull=True)),
                name="internship_unit_suspended_iff_time",
                violation_error_message="暂停时间与见习单位状态不一致",
            ),
            *(
                models.CheckConstraint(
                    condition=together(f"{name}_at", f"{name}_by"),
                    name=f"internship_unit_{name}_pair",
                    violation_error_message="时间与操作人必须同时存在",
                )
                for name in ("suspended", "revoked")
            ),
            models.CheckConstraint(
                condition=~Q(state="suspended") | ~Q(suspension_reason=""),
                name="internship_unit_suspended_with_reason",
                violation_error_message="暂停新增必须说明原因",
            ),
        ]
        indexes = [
            models.Index(fields=["handling_region", "state"], name="internship_unit_by_region"),
        ]

    def __str__(self) -> str:
        return self.unit.name
