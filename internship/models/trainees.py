"""Trainees (见习人员): what they ask for, and what they are once approved."""

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Individual, User
from common import codes
from common.audit import track
from common.fields import BlindIndex, EncryptedText
from internship.models.columns import fill_digests, region_column, together
from review.models import Case, Record


@track()
class TraineeApplication(Record):
    """就业见习人员申请 (B1): what a person states when asking to become a trainee."""

    # 个人基本信息; name and document come from the account.
    name = models.CharField("姓名", max_length=64)
    id_type = models.CharField("证件类型", max_length=2, choices=codes.ID_TYPE.choices)
    id_no = EncryptedText("证件号码")
    id_no_digest = BlindIndex("id_no")
    nation = models.CharField("民族", max_length=2, choices=codes.NATION.choices, blank=True)
    politics = models.CharField("政治面貌", max_length=2, choices=codes.POLITICS.choices, blank=True)
    household_region = region_column("户籍地", optional=True)
    address = EncryptedText("常住地址", blank=True, validators=[MaxLengthValidator(200)])
    mobile = EncryptedText("手机", help_text="见习单位和人社部门用此号码与您联系")
    emergency_contact = EncryptedText(
        "紧急联系人", blank=True, validators=[MaxLengthValidator(60)], help_text="姓名、与您的关系和电话"
    )
    # 见习人员信息
    handling_region = region_column("业务办理属地", help_text="由该地人社部门审核，审核通过后可选择该地的见习岗位")
    category = models.CharField("人员类别", max_length=2, choices=codes.TRAINEE_CATEGORY.choices)
    education = models.CharField("学历", max_length=2, choices=codes.EDUCATION.choices)
    degree = models.CharField("学位", max_length=1, choices=codes.DEGREE.choices, blank=True)
    school = models.CharField("毕业院校", max_length=64, blank=True)
    graduated_on = models.DateField("毕业时间", null=True, blank=True, help_text="毕业证书上的签发日期")
    diploma_no = models.CharField("毕业证编号", max_length=40, blank=True)
    major = models.CharField("所学专业", max_length=64, blank=True)
    employment_card_no = models.CharField("就业创业证号", max_length=40, blank=True)
    unemployed_on = models.DateField("失业登记日期", null=True, blank=True)
    wish_category = models.CharField(
        "意向岗位类别",
        max_length=1,
        choices=codes.POSITION_CATEGORY.choices,
        blank=True,
    )
    wish_region = region_column("期望地区", optional=True)
    skills = models.CharField("特长", max_length=70, blank=True, help_text="不超过70字")
    awards = models.CharField("获奖情况", max_length=70, blank=True, help_text="不超过70字")
    experience = models.CharField(
        "社会经历",
        max_length=250,
        blank=True,
        help_text="实习、兼职、志愿服务等，不超过250字",
    )
    bank = models.CharField("开户银行", max_length=64, blank=True)
    account_no = EncryptedText("银行卡或社保卡账号", blank=True)
    account_no_digest = BlindIndex("account_no")
    # PIPL §29: a separate consent for financial accounts.
    bank_consent = models.BooleanField("同意将上述账号用于发放见习生活费和补贴", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "就业见习人员申请"
        constraints = [
            models.CheckConstraint(
                condition=Q(category__in=codes.TRAINEE_CATEGORY.codes),
                name="trainee_application_category_known",
                violation_error_message="请从列表中选择人员类别",
            ),
            models.CheckConstraint(
                condition=~Q(category__in=codes.GRADUATE_CATEGORIES) | (~Q(school="") & Q(graduated_on__isnull=False)),
                name="trainee_application_graduate_has_school",
                violation_error_message="毕业生应填写毕业院校和毕业时间",
            ),
            models.CheckConstraint(
                condition=~Q(category="Y1") | Q(unemployed_on__isnull=False),
                name="trainee_application_youth_is_unemployed",
                violation_error_message="失业青年应填写失业登记日期",
            ),
            models.CheckConstraint(
                condition=Q(bank="", account_no_digest="") | (~Q(bank="") & ~Q(account_no_digest="")),
                name="trainee_application_account_with_bank",
                violation_error_message="开户银行和账号应同时填写，或都不填写",
            ),
            models.CheckConstraint(
                condition=Q(account_no_digest="") | Q(bank_consent=True),
                name="trainee_application_account_with_consent",
                violation_error_message="填写银行账号的，请勾选同意其用途",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Bring the digests up to date, because constraints over them are checked before they are saved."""
        super().clean()
        fill_digests(self)


class TraineeQuerySet(models.QuerySet["Trainee"]):
    def active(self) -> "TraineeQuerySet":
        """People who are trainees today."""
        return self.filter(state=Trainee.State.ACTIVE)


@track()
class Trainee(models.Model):
    """见习人员: a person whose application was approved, in the handling region named there.

    Copies what later rules ask (category, graduation, registration of unemployment), because they are
    asked again on the day an agreement is signed (C5, C8).
    """

    class State(models.TextChoices):
        ACTIVE = "active", "有效"
        ENDED = "ended", "已终止"

    individual = models.ForeignKey(Individual, models.PROTECT, related_name="trainees", verbose_name="个人")
    case = models.OneToOneField(Case, models.PROTECT, related_name="trainee", verbose_name="申请办件")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.ACTIVE)
    name = models.CharField("姓名", max_length=64)
    id_type = models.CharField("证件类型", max_length=2, choices=codes.ID_TYPE.choices)
    id_no = EncryptedText("证件号码")
    id_no_digest = BlindIndex("id_no")
    birth_date = models.DateField("出生日期", null=True, blank=True)
    handling_region = region_column("业务办理属地")
    category = models.CharField("人员类别", max_length=2, choices=codes.TRAINEE_CATEGORY.choices)
    education = models.CharField("学历", max_length=2, choices=codes.EDUCATION.choices)
    degree = models.CharField("学位", max_length=1, choices=codes.DEGREE.choices, blank=True)
    school = models.CharField("毕业院校", max_length=64, blank=True)
    graduated_on = models.DateField("毕业时间", null=True, blank=True)
    major = models.CharField("所学专业", max_length=64, blank=True)
    unemployed_on = models.DateField("失业登记日期", null=True, blank=True)
    wish_category = models.CharField(
        "意向岗位类别",
        max_length=1,
        choices=codes.POSITION_CATEGORY.choices,
        blank=True,
    )
    wish_region = region_column("期望地区", optional=True)
    mobile = EncryptedText("手机")
    contact_consent_at = models.DateTimeField(
        "同意向见习单位提供联系方式的时间",
        null=True,
        blank=True,
        help_text="首次收藏岗位时取得",
    )
    approved_at = models.DateTimeField("通过时间", default=timezone.now)
    approved_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="审核人")
    ended_at = models.DateTimeField("终止时间", null=True, blank=True)
    ended_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="终止操作人",
    )
    ended_reason = models.CharField("终止原因", max_length=500, blank=True)

    objects = TraineeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "见习人员"
        ordering = ["-approved_at", "-id"]
        permissions = [("end_trainee", "终止见习人员资格")]
        constraints = [
            models.UniqueConstraint(
                fields=["individual"],
                condition=Q(state="active"),
                name="trainee_one_active_per_individual",
                violation_error_message="该人员已是就业见习人员",
            ),
            # Two accounts may claim one ID number; only one of them becomes the trainee.
            models.UniqueConstraint(
                fields=["id_no_digest"],
                condition=Q(state="active"),
                name="trainee_one_active_per_id",
                violation_error_message="该证件号码已登记为就业见习人员，请核实申请人身份",
            ),
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False) | Q(state="active", ended_at__isnull=True),
                name="trainee_ended_iff_time",
                violation_error_message="见习人员状态无效，或与终止时间不一致",
            ),
            models.CheckConstraint(
                condition=together("ended_at", "ended_by"),
                name="trainee_ended_pair",
                violation_error_message="时间与操作人必须同时存在",
            ),
            models.CheckConstraint(
                condition=~Q(state="ended") | ~Q(ended_reason=""),
                name="trainee_ended_with_reason",
                violation_error_message="终止见习人员资格必须说明原因",
            ),
        ]
        indexes = [
            models.Index(fields=["handling_region", "state"], name="trainee_by_region"),
            models.Index(fields=["id_no_digest"], name="trainee_by_id_no"),
        ]

    def __str__(self) -> str:
        return self.name
