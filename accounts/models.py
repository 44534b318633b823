"""Who uses the hall: users, individuals, units, handlers, staff, and what belongs to them."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone

# Django finds an app's models here, wherever they are written.
from accounts.appeal_models import Appeal as Appeal
from accounts.appeal_models import AppealFile as AppealFile
from accounts.appeal_models import AppealFileView as AppealFileView
from accounts.handler_models import Activation as Activation
from accounts.handler_models import Handler as Handler
from accounts.messaging.models import Delivery as Delivery
from accounts.messaging.models import Message as Message
from accounts.messaging.models import MessagePreference as MessagePreference
from accounts.messaging.models import MessageTemplate as MessageTemplate
from accounts.qr_models import QrSignIn as QrSignIn
from accounts.sign_in_models import FailedSignIn as FailedSignIn
from accounts.sign_in_models import MobileCode as MobileCode
from accounts.sign_in_models import SignIn as SignIn
from accounts.unit_number_models import UnitNumber as UnitNumber
from common import codes
from common.audit import track
from common.fields import BlindIndex, EncryptedText


class UserManager(BaseUserManager):
    """Creates users; the user name is kept in lower case so that it is compared without case."""

    def create_user(self, username: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(username=username.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: object) -> "User":
        return self.create_user(username, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=(username or "").strip().lower())


@track()
class User(AbstractBaseUser, PermissionsMixin):
    """An account (账号). What it may do follows from the individual, handler or staff rows that hang on it."""

    username = models.CharField("账号", max_length=64, unique=True, error_messages={"unique": "该账号已被使用"})
    name = models.CharField("姓名", max_length=64)
    mobile = EncryptedText("手机号", blank=True)
    mobile_digest = BlindIndex("mobile")
    mobile_verified_at = models.DateTimeField("手机号验证时间", null=True, blank=True)
    email = models.EmailField("电子邮箱", blank=True)
    is_staff = models.BooleanField("工作人员", default=False)
    is_active = models.BooleanField("启用", default=True)
    date_joined = models.DateTimeField("注册时间", default=timezone.now)
    password_changed_at = models.DateTimeField("密码修改时间", default=timezone.now)
    password_temporary = models.BooleanField("须先修改密码", default=False, db_default=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = "账号"
        constraints = [
            models.CheckConstraint(
                condition=Q(username=models.functions.Lower("username")),
                name="user_username_lower",
                violation_error_message="账号只能用小写字母保存",
            ),
            # A mobile number that signs in must lead to one account only.
            models.UniqueConstraint(
                fields=["mobile_digest"],
                condition=~Q(mobile_digest="") & Q(mobile_verified_at__isnull=False, is_staff=False),
                name="user_one_per_verified_mobile",
                violation_error_message="该手机号已注册，请直接登录或找回密码",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class RealNameLevel(models.IntegerChoices):
    """How surely a name and ID are known (实名等级, DB44 practice: domain.md §6)."""

    NONE = 1, "未实名"
    DECLARED = 2, "自行申报"
    MATCHED = 3, "数据比对"
    IN_PERSON = 4, "实人核验"
    CERTIFIED = 5, "证书或窗口核验"


VERIFIED_LEVEL = RealNameLevel.MATCHED
# Money and pensions ask for this, or for a fresh second proof (accounts.step_up).
STRONG_LEVEL = RealNameLevel.IN_PERSON


@track()
class Individual(models.Model):
    """A natural person with an account, and the employment data kept with the person (就业基本信息, B0)."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="individual", verbose_name="账号")
    name = models.CharField("姓名", max_length=64)
    id_type = models.CharField("证件类型", max_length=2, choices=codes.ID_TYPE.choices, default="01")
    id_no = EncryptedText("证件号码")
    id_no_digest = BlindIndex("id_no")
    level = models.PositiveSmallIntegerField("实名等级", choices=RealNameLevel.choices, default=RealNameLevel.DECLARED)
    sex = models.CharField("性别", max_length=1, choices=codes.SEX.choices, blank=True)
    birth_date = models.DateField("出生日期", null=True, blank=True)
    nation = models.CharField("民族", max_length=2, choices=codes.NATION.choices, blank=True)
    politics = models.CharField("政治面貌", max_length=2, choices=codes.POLITICS.choices, blank=True)
    household_region = models.ForeignKey(
        "common.Region", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="户籍地"
    )
    address = EncryptedText("常住地址", blank=True)
    education = models.CharField("学历", max_length=2, choices=codes.EDUCATION.choices, blank=True)
    degree = models.CharField("学位", max_length=1, choices=codes.DEGREE.choices, blank=True)
    school = models.CharField("毕业院校", max_length=64, blank=True)
    graduated_on = models.DateField("毕业时间", null=True, blank=True)
    major = models.CharField("所学专业", max_length=64, blank=True)
    unemployed_on = models.DateField("失业登记日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "个人"
        constraints = [
            # An unverified claim to an ID number never blocks its true holder (matters.md A1).
            models.UniqueConstraint(
                fields=["id_no_digest"],
                condition=Q(level__gte=VERIFIED_LEVEL),
                name="individual_one_per_verified_id",
                violation_error_message="该证件号码已由另一账号实名认证",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_verified(self) -> bool:
        """Whether name and ID number are known for sure, and so final (matters.md A1)."""
        return self.level >= VERIFIED_LEVEL


class UnitQuerySet(models.QuerySet["Unit"]):
    def acting_for(self, user: User) -> "UnitQuerySet":
        """Units that ``user`` handles today."""
        return self.filter(handlers__in=Handler.objects.active().filter(user=user)).distinct()


@track()
class Unit(models.Model):
    """A legal person (单位); the fields down to 经营范围 are kept under 单位中心 › 维护 (A8)."""

    name = models.CharField("单位名称", max_length=128)
    uscc = models.CharField(
        "统一社会信用代码",
        max_length=18,
        unique=True,
        error_messages={"unique": "该单位已注册，请通过账号申诉取得使用权"},
    )
    legal_person_type = models.CharField("法人类型", max_length=2, choices=codes.LEGAL_PERSON_TYPE.choices)
    level = models.PositiveSmallIntegerField("实名等级", choices=RealNameLevel.choices, default=RealNameLevel.DECLARED)
    legal_representative = models.CharField("法定代表人", max_length=64)
    legal_representative_id_type = models.CharField(
        "法定代表人证件类型", max_length=2, choices=codes.ID_TYPE.choices, default="01"
    )
    legal_representative_id_no = EncryptedText("法定代表人证件号码")
    legal_representative_id_no_digest = BlindIndex("legal_representative_id_no")
    unit_type = models.CharField("单位类型", max_length=2, choices=codes.UNIT_TYPE.choices, blank=True)
    registration_type = models.CharField(
        "登记注册类型", max_length=3, choices=codes.REGISTRATION_TYPE.choices, blank=True
    )
    industry = models.CharField("行业", max_length=1, choices=codes.INDUSTRY.choices, blank=True)
    affiliation = models.CharField("隶属关系", max_length=2, choices=codes.AFFILIATION.choices, blank=True)
    registered_address = models.CharField("注册地址", max_length=200, blank=True)
    office_address = models.CharField("办公地址", max_length=200, blank=True)
    region = models.ForeignKey(
        "common.Region", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="行政区划"
    )
    handling_region = models.ForeignKey(
        "common.Region", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="业务办理归属地"
    )
    founded_on = models.DateField("成立日期", null=True, blank=True)
    registered_capital = models.DecimalField("注册资本（万元）", max_digits=14, decimal_places=2, null=True, blank=True)
    employee_count = models.PositiveIntegerField("职工人数", null=True, blank=True)
    insured_count = models.PositiveIntegerField("参保人数", null=True, blank=True)
    business_scope = models.TextField("经营范围", max_length=2000, blank=True)
    created_at = models.DateTimeField("注册时间", auto_now_add=True)

    objects = UnitQuerySet.as_manager()

    # Groups of the unit menu that are not open to who acts for the unit in this request (ActingMiddleware).
    closed_groups: tuple[str, ...] = ()

    # What C1 marks with a star: a unit's data is complete when all of these are there (A8).
    REQUIRED_FIELDS = (
        "unit_type",
        "industry",
        "registered_address",
        "office_address",
        "region",
        "handling_region",
        "employee_count",
    )

    class Meta:
        verbose_name = verbose_name_plural = "单位"

    def __str__(self) -> str:
        return self.name

    def missing_fields(self) -> list[str]:
        """Titles of the starred fields of 单位中心 › 维护 that are still empty."""
        empty = (
            name for name in self.REQUIRED_FIELDS if getattr(self, self._meta.get_field(name).attname) in (None, "")
        )
        return [str(self._meta.get_field(name).verbose_name) for name in empty]

    @property
    def is_complete(self) -> bool:
        """Whether all starred fields of 单位中心 › 维护 are filled."""
        return not self.missing_fields()


@track()
class StaffProfile(models.Model):
    """What is known of a staff member beside the account: the person, compared so that nobody decides his own case."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="staff_profile", verbose_name="账号")
    employee_no = models.CharField("工号", max_length=32, unique=True)
    id_no = EncryptedText("证件号码", blank=True)
    id_no_digest = BlindIndex("id_no")
    office = models.CharField("科室", max_length=64, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "工作人员"

    def __str__(self) -> str:
        return f"{self.user.name}（{self.employee_no}）"


@track()
class StaffScope(models.Model):
    """A region that a staff member works for; what lies below it is in scope, decisions are made at its own level."""

    user = models.ForeignKey(User, models.CASCADE, related_name="scopes", verbose_name="工作人员")
    region = models.ForeignKey("common.Region", models.PROTECT, related_name="+", verbose_name="管辖地区")

    class Meta:
        verbose_name = verbose_name_plural = "管辖范围"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "region"], name="staff_scope_once", violation_error_message="该管辖地区已存在"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.region}"


@track()
class BankAccount(models.Model):
    """A bank account of an individual or a unit."""

    individual = models.ForeignKey(
        Individual, models.PROTECT, null=True, blank=True, related_name="bank_accounts", verbose_name="个人"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="bank_accounts", verbose_name="单位"
    )
    holder = models.CharField("开户名称", max_length=128)
    bank = models.CharField("开户银行", max_length=64)
    branch = models.CharField("支行", max_length=128, blank=True)
    cnaps = models.CharField("联行号", max_length=12, blank=True)
    account_no = EncryptedText("账号")
    account_no_digest = BlindIndex("account_no")
    created_at = models.DateTimeField("添加时间", auto_now_add=True)
    ended_at = models.DateTimeField("停用时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "银行账户"
        constraints = [
            models.CheckConstraint(
                condition=Q(individual__isnull=False, unit__isnull=True)
                | Q(individual__isnull=True, unit__isnull=False),
                name="bank_account_one_owner",
                violation_error_message="银行账户必须属于一个个人或一个单位",
            ),
            models.UniqueConstraint(
                fields=["individual", "unit", "account_no_digest"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="bank_account_once_per_owner",
                violation_error_message="该账号已添加",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank} {self.holder}"


class Consent(models.Model):
    """That a user agreed to a text, in which version, when and from where (PIPL §13, §29)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="consents", verbose_name="账号")
    kind = models.CharField("事项", max_length=32)
    version = models.CharField("版本", max_length=16)
    given_at = models.DateTimeField("同意时间", default=timezone.now)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    address = models.GenericIPAddressField("网络地址", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "同意记录"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "version"],
                condition=Q(withdrawn_at__isnull=True),
                name="consent_once_per_version",
                violation_error_message="已同意该版本",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"
