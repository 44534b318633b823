"""The case (办件): envelope, route, drafts, attachments, corrections and timeline that all services share."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Individual, Unit, User
from common import codes
from common.audit import track
from common.fields import BlindIndex, EncryptedJSON, EncryptedText
from common.models import Region, StoredFile


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


def _together(*names: str) -> Q:
    """All of the columns are filled or none is."""
    return Q(**{f"{name}__isnull": True for name in names}) | Q(**{f"{name}__isnull": False for name in names})


@track()
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
                    condition=_together(f"{name}_at", f"{name}_by"),
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


@track()
class ReviewStep(models.Model):
    """A step of a matter's route, edited by staff (审核环节); copied into CaseStep when a case is submitted."""

    matter = models.CharField("事项", max_length=40)
    order = models.PositiveSmallIntegerField("顺序")
    role = models.CharField("审核角色", max_length=10, choices=Role.choices)
    level = models.CharField("层级", max_length=10, choices=Level.choices)
    days = models.PositiveSmallIntegerField("时限（工作日）")

    class Meta:
        verbose_name = verbose_name_plural = "审核环节"
        ordering = ["matter", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "order"], name="review_step_order", violation_error_message="该顺序已存在"
            )
        ]

    def __str__(self) -> str:
        return f"{self.matter} {self.order} {self.get_role_display()}"


@track()
class CaseStep(models.Model):
    """A step of this case's route in one round; it is the queue's index and is not touched by later edits of the route."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="steps", verbose_name="办件")
    round = models.PositiveSmallIntegerField("申报轮次")
    order = models.PositiveSmallIntegerField("顺序")
    role = models.CharField("审核角色", max_length=10, choices=Role.choices)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="审核地区")
    days = models.PositiveSmallIntegerField("时限（工作日）")
    current = models.BooleanField("当前环节", default=False)
    due_on = models.DateField("环节期限", null=True, blank=True)
    opened_at = models.DateTimeField("到达时间", null=True, blank=True)
    decision = models.CharField("结论", max_length=10, blank=True)
    decided_at = models.DateTimeField("处理时间", null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="处理人")

    class Meta:
        verbose_name = verbose_name_plural = "办件环节"
        ordering = ["round", "order"]
        constraints = [
            models.UniqueConstraint(fields=["case", "round", "order"], name="case_step_order"),
            models.UniqueConstraint(fields=["case"], condition=Q(current=True), name="case_step_one_current"),
            models.UniqueConstraint(
                fields=["case", "round", "decided_by"],
                condition=Q(decision="approve"),
                name="case_step_one_decision_per_person",
                violation_error_message="同一轮审核中，同一人员不能处理两个环节",
            ),
            models.CheckConstraint(
                condition=_together("decided_at", "decided_by"),
                name="case_step_decided_pair",
                violation_error_message="时间与操作人必须同时存在",
            ),
            models.CheckConstraint(
                condition=Q(current=False) | Q(opened_at__isnull=False, due_on__isnull=False, decided_at__isnull=True),
                name="case_step_current_is_open",
                violation_error_message="当前环节必须尚未处理",
            ),
        ]
        indexes = [
            # The queue: what waits at a role and region, the most urgent first.
            models.Index(
                fields=["role", "region", "due_on", "case"], condition=Q(current=True), name="case_step_queue"
            ),
            # The same for corrected cases (补正后), which are few among many.
            models.Index(
                fields=["role", "region", "due_on", "case"],
                condition=Q(current=True, round__gt=1),
                name="case_step_queue_corrected",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.round}-{self.order}"


class PageDraft(models.Model):
    """Values of one page as typed, while the case may be edited; ``revision`` guards against silent overwriting."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="drafts", verbose_name="办件")
    page = models.CharField("页面", max_length=40)
    values = EncryptedJSON("内容", default=dict)
    revision = models.PositiveIntegerField("版本", default=1)
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="保存人")
    saved_at = models.DateTimeField("保存时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "页面暂存"
        constraints = [models.UniqueConstraint(fields=["case", "page"], name="page_draft_once")]

    def __str__(self) -> str:
        return f"{self.case} {self.page}"


@track()
class Attachment(models.Model):
    """A file in a slot of a case, or of one row of a page (``row_key``)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments", verbose_name="办件")
    slot = models.CharField("材料", max_length=40)
    row_key = models.UUIDField("行", null=True, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    added_at = models.DateTimeField("上传时间", default=timezone.now)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    removed_at = models.DateTimeField("删除时间", null=True, blank=True)
    removed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="删除人")

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        ordering = ["slot", "added_at"]
        constraints = [
            models.CheckConstraint(
                condition=_together("removed_at", "removed_by"),
                name="attachment_removed_pair",
                violation_error_message="时间与操作人必须同时存在",
            ),
        ]
        indexes = [
            models.Index(fields=["case", "slot"], condition=Q(removed_at__isnull=True), name="attachment_present")
        ]

    def __str__(self) -> str:
        return str(self.file)


@track()
class AttachmentCheck(models.Model):
    """A reviewer's tick that an attachment was checked (已核)."""

    attachment = models.ForeignKey(Attachment, models.CASCADE, related_name="checks", verbose_name="附件")
    checked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="核对人")
    checked_at = models.DateTimeField("核对时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "附件核对"
        constraints = [models.UniqueConstraint(fields=["attachment", "checked_by"], name="attachment_check_once")]

    def __str__(self) -> str:
        return f"{self.attachment} {self.checked_by}"


@track()
class Correction(models.Model):
    """One thing to correct, named by the reviewer: a page, a field of it, a row or an attachment slot (一次性告知)."""

    class Target(models.TextChoices):
        PAGE = "page", "页面"
        FIELD = "field", "填报项"
        SLOT = "slot", "材料"

    case = models.ForeignKey(Case, models.CASCADE, related_name="corrections", verbose_name="办件")
    round = models.PositiveSmallIntegerField("申报轮次")
    target = models.CharField("对象", max_length=5, choices=Target.choices)
    page = models.CharField("页面", max_length=40, blank=True)
    field = models.CharField("填报项", max_length=40, blank=True)
    row_key = models.UUIDField("行", null=True, blank=True)
    slot = models.CharField("材料", max_length=40, blank=True)
    reason = models.CharField("原因", max_length=500)
    created_at = models.DateTimeField("提出时间", default=timezone.now)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提出人")
    closed_at = models.DateTimeField("补正时间", null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="补正人")

    class Meta:
        verbose_name = verbose_name_plural = "补正要求"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(target="slot", page="", field="") & ~Q(slot="")
                | Q(target="page", field="", slot="") & ~Q(page="")
                | Q(target="field", slot="") & ~Q(page="") & ~Q(field=""),
                name="correction_names_its_target",
                violation_error_message="补正要求必须指明页面、填报项或材料",
            ),
            models.CheckConstraint(
                condition=_together("closed_at", "closed_by"),
                name="correction_closed_pair",
                violation_error_message="时间与操作人必须同时存在",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.page}{self.slot} {self.field}"


@track()
class TimelineEntry(models.Model):
    """What happened to a case, when and by whom; a submission keeps its values for later comparison."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="timeline", verbose_name="办件")
    at = models.DateTimeField("时间", default=timezone.now)
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="操作人")
    transition = models.CharField("操作", max_length=20)
    source = models.CharField("原状态", max_length=10, choices=Status.choices)
    target = models.CharField("新状态", max_length=10, choices=Status.choices)
    round = models.PositiveSmallIntegerField("申报轮次", default=0)
    step = models.ForeignKey(CaseStep, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="环节")
    reason = models.TextField("原因", blank=True)
    notes = models.TextField("内部备注", blank=True)
    values = EncryptedJSON("申报内容", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "办理过程"
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["case", "at"], name="timeline_of_case")]

    def __str__(self) -> str:
        return f"{self.case} {self.transition}"


@track()
class ReasonTemplate(models.Model):
    """A ready-made reason for returning or rejecting (常用意见)."""

    matter = models.CharField("事项", max_length=40, blank=True, help_text="留空表示适用于所有事项")
    transition = models.CharField("操作", max_length=20)
    title = models.CharField("标题", max_length=40)
    text = models.CharField("内容", max_length=500)

    class Meta:
        verbose_name = verbose_name_plural = "常用意见"
        ordering = ["matter", "transition", "title"]
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "transition", "title"],
                name="reason_template_once",
                violation_error_message="该标题已存在",
            )
        ]

    def __str__(self) -> str:
        return self.title


class CaseViewing(models.Model):
    """Who has a case open for review just now, so that two reviewers see each other."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="viewings", verbose_name="办件")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="人员")
    seen_at = models.DateTimeField("最近打开", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "正在查看"
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="case_viewing_once")]

    def __str__(self) -> str:
        return f"{self.case} {self.user}"


@track()
class ClearTextView(models.Model):
    """That a staff member asked for a masked value in clear, which one and when (PIPL: masked by default, access logged)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="clear_text_views", verbose_name="办件")
    page = models.CharField("页面", max_length=40)
    field = models.CharField("填报项", max_length=40)
    row_key = models.UUIDField("行", null=True, blank=True)
    viewed_at = models.DateTimeField("查看时间", default=timezone.now)
    viewed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="查看人")

    class Meta:
        verbose_name = verbose_name_plural = "明文查看记录"
        ordering = ["-viewed_at", "-id"]

    def __str__(self) -> str:
        return f"{self.case} {self.page}.{self.field}"


@track()
class CaseRating(models.Model):
    """好差评: one rating per finished case; low ones are followed up by staff within 15 working days."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="rating", verbose_name="办件")
    level = models.PositiveSmallIntegerField("评价", choices=codes.RATING.choices)
    comment = models.CharField("意见", max_length=500, blank=True)
    rated_at = models.DateTimeField("评价时间", default=timezone.now)
    rated_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="评价人")
    handled_at = models.DateTimeField("回访时间", null=True, blank=True)
    handled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="回访人")
    handling = models.CharField("回访情况", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "好差评"
        constraints = [
            models.CheckConstraint(
                condition=_together("handled_at", "handled_by"),
                name="case_rating_handled_pair",
                violation_error_message="时间与操作人必须同时存在",
            ),
            models.CheckConstraint(
                condition=Q(level__gte=1, level__lte=5),
                name="case_rating_level",
                violation_error_message="评价等级为一至五",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.level}"


class Record(models.Model):
    """Base of every matter's record: what was asked, one-to-one with its case.

    ``live`` is true while the case is submitted, in review, returned or approved; only ``perform()``
    writes it, so that partial constraints can say ``condition=Q(live=True)``.
    """

    case = models.OneToOneField(
        Case, models.PROTECT, primary_key=True, related_name="%(class)s_record", verbose_name="办件"
    )
    live = models.BooleanField("有效", default=False, editable=False)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        abstract = True


class RecordRow(models.Model):
    """Base of a row that belongs to a record; the key is kept through edits, so that attachments hang on it."""

    key = models.UUIDField("行", default=uuid.uuid4, editable=False)
    position = models.PositiveSmallIntegerField("顺序", default=0, editable=False)
    # The row's record: each row model declares the foreign key to its own record class.
    record: Any

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        abstract = True
        ordering = ["position"]
