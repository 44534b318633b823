"""The envelope that all services share, its states and its numbers."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Individual, Unit, User
from common.audit import track
from common.constraints import together
from common.fields import BlindIndex, EncryptedText
from common.models import Region


class Status(models.TextChoices):
    """States of a case, with the words that the applicant reads (审核状态)."""

    DRAFT = "draft", "暂存"
    SUBMITTED = "submitted", "未审核"
    IN_REVIEW = "in_review", "审核中"
    RETURNED = "returned", "审核不通过（待修改）"
    REJECTED = "rejected", "审核不通过"
    APPROVED = "approved", "审核通过"
    WITHDRAWN = "withdrawn", "已撤回"
    REVOKED = "revoked", "已撤销"
    CLOSED = "closed", "已作废"


EDITABLE = (Status.DRAFT, Status.RETURNED, Status.WITHDRAWN)
LIVE = (Status.SUBMITTED, Status.IN_REVIEW, Status.RETURNED, Status.APPROVED)
WAITING = (Status.SUBMITTED, Status.IN_REVIEW)
# 办理中 / 办结 of the manuals' menu (JX 8.1, 8.2).
RUNNING = (Status.SUBMITTED, Status.IN_REVIEW, Status.RETURNED)
FINISHED = (Status.APPROVED, Status.REJECTED, Status.REVOKED, Status.WITHDRAWN)


class Role(models.TextChoices):
    """Who decides a step; the group of the same code may act on it."""

    FIRST = "first", "初审"
    SECOND = "second", "复审"
    FINANCE = "finance", "财政复核"


class Level(models.TextChoices):
    """At which level of the region a step is decided."""

    COUNTY = "county", "县（市、区）"
    CITY = "city", "市"
    PROVINCE = "province", "省"


class CaseQuerySet(models.QuerySet["Case"]):
    def of_individual(self, individual: Individual) -> "CaseQuerySet":
        return self.filter(individual=individual)

    def of_unit(self, unit: Unit) -> "CaseQuerySet":
        return self.filter(unit=unit)

    def of_matter(self, code: str) -> "CaseQuerySet":
        return self.filter(matter=code)


@track(exclude=("name_tokens",))
class Case(models.Model):
    """Something that a person or a unit asks the office to decide; what was asked is in the matter's own record."""

    class Channel(models.TextChoices):
        ONLINE = "online", "网上"
        COUNTER = "counter", "窗口"

    number = models.CharField("办件编号", max_length=24, unique=True)
    matter = models.CharField("事项", max_length=40)
    individual = models.ForeignKey(
        Individual, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name="申请人"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name="申请单位")
    contact = EncryptedText("联系人（无账号）", null=True, blank=True)
    acting_user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="经办人")
    channel = models.CharField("申请方式", max_length=8, choices=Channel.choices, default=Channel.ONLINE)
    subject_person = models.CharField("人员信息", max_length=64, blank=True)
    subject_id_no = EncryptedText("人员证件号码", blank=True)
    subject_id_no_digest = BlindIndex("subject_id_no")
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="业务办理属地"
    )
    status = models.CharField("审核状态", max_length=10, choices=Status.choices, default=Status.DRAFT)
    exclusive_key = models.CharField("唯一办理键", max_length=80, null=True, blank=True)
    round = models.PositiveSmallIntegerField("申报轮次", default=0)
    reviewer = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="受理人")
    due_on = models.DateField("办理期限", null=True, blank=True)
    created_at = models.DateTimeField("创建时间", default=timezone.now)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    submitted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="提交人"
    )
    accepted_at = models.DateTimeField("受理时间", null=True, blank=True)
    accepted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="首次受理人"
    )
    decided_at = models.DateTimeField("办结时间", null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办结人")
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤回人"
    )

    # Names of the applicant and of the people concerned, so that the queue finds a part of one.
    name_tokens = ArrayField(models.TextField(), verbose_name="姓名检索词", default=list, db_default=[], editable=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "办件"
        ordering = ["-created_at", "-id"]
        permissions = [("revoke_case", "撤销办件"), ("release_case", "释放他人受理的办件")]
        constraints = [
            models.CheckConstraint(
                condition=Q(individual__isnull=False, unit__isnull=True, contact__isnull=True)
                | Q(individual__isnull=True, unit__isnull=False, contact__isnull=True)
                | Q(individual__isnull=True, unit__isnull=True, contact__isnull=False),
                name="case_one_applicant",
                violation_error_message="办件必须且只能有一个申请人",
            ),
            models.UniqueConstraint(
                fields=["matter", "exclusive_key"],
                name="case_exclusive",
                violation_error_message="已有同一事项的办件正在办理或已经生效，不能重复申报",
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="case_status_known", violation_error_message="审核状态无效"
            ),
            *(
                models.CheckConstraint(
                    condition=together(f"{name}_at", f"{name}_by"),
                    name=f"case_{name}_pair",
                    violation_error_message="时间与操作人必须同时存在",
                )
                for name in ("submitted", "accepted", "decided", "withdrawn")
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.DRAFT, Status.CLOSED])
                | Q(submitted_at__isnull=False, region__isnull=False),
                name="case_submitted_has_time_and_region",
                violation_error_message="已提交的办件必须有提交时间和业务办理属地",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.DRAFT) | Q(submitted_at__isnull=True),
                name="case_draft_is_not_submitted",
                violation_error_message="暂存的办件不能有提交时间",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.APPROVED, Status.REJECTED, Status.REVOKED], decided_at__isnull=False)
                | Q(
                    decided_at__isnull=True,
                    status__in=[s for s in Status.values if s not in ("approved", "rejected", "revoked")],
                ),
                name="case_decided_iff_final",
                violation_error_message="办结时间与审核状态不一致",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.WITHDRAWN, withdrawn_at__isnull=False)
                | (Q(withdrawn_at__isnull=True) & ~Q(status=Status.WITHDRAWN))
                | Q(status=Status.CLOSED),
                name="case_withdrawn_iff_time",
                violation_error_message="撤回时间与审核状态不一致",
            ),
            models.CheckConstraint(
                condition=Q(reviewer__isnull=True) | Q(status=Status.IN_REVIEW),
                name="case_reviewer_only_in_review",
                violation_error_message="只有审核中的办件有受理人",
            ),
        ]
        indexes = [
            models.Index(fields=["individual", "-created_at", "-id"], name="case_of_individual"),
            models.Index(fields=["unit", "-created_at", "-id"], name="case_of_unit"),
            models.Index(fields=["subject_id_no_digest"], name="case_of_subject"),
            models.Index(fields=["status", "created_at"], name="case_by_status"),
            GinIndex(
                fields=["name_tokens"], condition=Q(status__in=WAITING), fastupdate=False, name="case_waiting_by_name"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def applicant(self) -> Individual | Unit:
        """The person or the unit whose case it is; a case of somebody without an account has neither."""
        applicant = self.individual or self.unit
        if applicant is None:
            raise ValueError(f"case {self.number} belongs to nobody with an account")
        return applicant

    @property
    def region_code(self) -> str:
        """Code of the handling region; "" until the first submission decides it."""
        return self.region_id or ""


class CaseSequence(models.Model):
    """The last number given to a matter on a day; locked by the upsert that counts it."""

    prefix = models.CharField("前缀", max_length=8)
    day = models.DateField("日期")
    last = models.PositiveIntegerField("已用序号")

    class Meta:
        verbose_name = verbose_name_plural = "办件编号序列"
        constraints = [models.UniqueConstraint(fields=["prefix", "day"], name="case_sequence_once")]

    def __str__(self) -> str:
        return f"{self.prefix}{self.day:%Y%m%d}"


class CasePerson(models.Model):
    """A person that a batch case is about, so that lists find it by 人员信息."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="persons", verbose_name="办件")
    name = models.CharField("姓名", max_length=64)
    id_no = EncryptedText("证件号码")
    id_no_digest = BlindIndex("id_no")

    class Meta:
        verbose_name = verbose_name_plural = "办件人员"
        indexes = [models.Index(fields=["id_no_digest"], name="case_person_id_no")]

    def __str__(self) -> str:
        return self.name
