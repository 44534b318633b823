"""What is made public before it is paid (公示): a claim's amounts one by one, and what anybody objects to."""

import uuid

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Unit, User
from common import codes
from common.audit import track
from common.constraints import together
from common.fields import EncryptedText
from common.models import Region
from reporting.models.claims import ClaimedInsurance, ClaimedMonth, MentoringPerson
from reporting.models.placements import Placement
from review.models import Case


@track()
class Publicity(models.Model):
    """补贴公示: an approved claim stands on the notice pages for the days of the region's policy (C11).

    ``ends_on`` is the last day on which anybody may object; it stays open while no policy gives the days.
    """

    class State(models.TextChoices):
        OPEN = "open", "公示中"
        CLOSED = "closed", "公示期满"
        WITHDRAWN = "withdrawn", "已撤下"

    case = models.OneToOneField(Case, models.PROTECT, related_name="publicity", verbose_name="办件")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="publicities", verbose_name="单位")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="业务办理属地")
    state = models.CharField("状态", max_length=9, choices=State.choices, default=State.OPEN)
    starts_on = models.DateField("公示起始日期")
    ends_on = models.DateField("公示截止日期", null=True, blank=True)
    period = models.CharField("公示期限", max_length=40, help_text="公示时的政策，例如“7个自然日”")
    opened_at = models.DateTimeField("公示时间", default=timezone.now)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="审核通过人")
    closed_at = models.DateTimeField("期满时间", null=True, blank=True)
    withdrawn_at = models.DateTimeField("撤下时间", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤下人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "补贴公示"
        ordering = ["-starts_on", "-pk"]
        indexes = [models.Index(fields=["state", "ends_on"], name="publicity_state_end")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="publicity_days_in_order",
                violation_error_message="公示截止日期不能早于起始日期",
            ),
            models.CheckConstraint(
                condition=together("withdrawn_at", "withdrawn_by")
                & (Q(state="withdrawn", withdrawn_at__isnull=False) | (~Q(state="withdrawn") & Q(withdrawn_at=None))),
                name="publicity_withdrawn_pair",
                violation_error_message="时间与操作人必须同时存在",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closed_at__isnull=False, ends_on__isnull=False),
                name="publicity_closed_after_its_days",
                violation_error_message="公示期满须有截止日期和期满时间",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit.name} {self.case.number}"


class SubsidyKind(models.TextChoices):
    """What an amount is paid for."""

    LIVING = "living", "生活费补贴"
    INSURANCE = "insurance", "保险补贴"
    MENTORING = "mentoring", "带教补贴"


# Nothing will be paid for these (any more): the same person-month may stand in another claim.
GIVEN_UP = ("struck", "recovered")


@track()
class SubsidyEntry(models.Model):
    """补贴条目: one amount of an approved claim on its way to the bank; its origin is exactly one claimed thing.

    Only ``reporting.ledger.move`` changes the state, and writes a line of the ledger with it.
    """

    class State(models.TextChoices):
        PUBLIC = "public", "公示中"
        FROZEN = "frozen", "有异议，已冻结"
        CLEARED = "cleared", "待拨付"
        BATCHED = "batched", "已列入批次"
        SENT = "sent", "已送银行"
        PAID = "paid", "已拨付"
        FAILED = "failed", "拨付失败"
        STRUCK = "struck", "已剔除"
        RECOVERED = "recovered", "已追回"

    publicity = models.ForeignKey(Publicity, models.PROTECT, related_name="entries", verbose_name="公示")
    number = models.PositiveIntegerField("序号", validators=[MinValueValidator(1)])
    kind = models.CharField("补贴类型", max_length=9, choices=SubsidyKind.choices)
    claimed_month = models.OneToOneField(
        ClaimedMonth, models.PROTECT, null=True, blank=True, related_name="entry", verbose_name="已申领人月"
    )
    claimed_insurance = models.OneToOneField(
        ClaimedInsurance, models.PROTECT, null=True, blank=True, related_name="entry", verbose_name="已申领保险补贴"
    )
    mentoring_person = models.OneToOneField(
        MentoringPerson, models.PROTECT, null=True, blank=True, related_name="entry", verbose_name="带教补贴人员"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="业务办理属地")
    placement = models.ForeignKey(Placement, models.PROTECT, related_name="subsidy_entries", verbose_name="见习")
    masked_name = models.CharField("公示姓名", max_length=64)
    category = models.CharField("人员类型", max_length=2, choices=codes.TRAINEE_CATEGORY.choices)
    month = models.DateField("月份", null=True, blank=True)
    amount = models.DecimalField("金额（元）", max_digits=12, decimal_places=2)
    state = models.CharField("状态", max_length=9, choices=State.choices, default=State.PUBLIC)
    paid_on = models.DateField("拨付日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "补贴条目"
        ordering = ["publicity_id", "number"]
        indexes = [
            models.Index(fields=["region", "state"], name="entry_region_state"),
            models.Index(fields=["paid_on", "region"], name="entry_paid", condition=Q(state="paid")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["publicity", "number"],
                name="entry_number_once",
                violation_error_message="公示条目的序号不能重复",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind="living",
                    claimed_month__isnull=False,
                    claimed_insurance=None,
                    mentoring_person=None,
                    month__isnull=False,
                )
                | Q(kind="insurance", claimed_month=None, claimed_insurance__isnull=False, mentoring_person=None)
                | Q(kind="mentoring", claimed_month=None, claimed_insurance=None, mentoring_person__isnull=False),
                name="entry_one_origin",
                violation_error_message="每笔金额应有且只有一个来源",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="entry_amount", violation_error_message="补贴金额应大于0"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("paid", "recovered"), paid_on__isnull=False)
                | (~Q(state__in=("paid", "recovered")) & Q(paid_on=None)),
                name="entry_paid_iff_dated",
                violation_error_message="已拨付的条目应有拨付日期",
            ),
            models.UniqueConstraint(
                fields=["placement", "month"],
                condition=Q(kind="living") & ~Q(state__in=GIVEN_UP),
                name="entry_month_once",
                violation_error_message="同一人员同一月份的补贴只能拨付一次",
            ),
            models.UniqueConstraint(
                fields=["placement"],
                condition=Q(kind="mentoring") & ~Q(state__in=GIVEN_UP),
                name="entry_mentoring_once",
                violation_error_message="同一人员的带教补贴只能拨付一次",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.masked_name} {self.what} {self.amount}元"

    @property
    def what(self) -> str:
        """What the amount is for, as the public reads it."""
        if self.month is not None:
            return f"{self.month.year}年{self.month.month}月{self.get_kind_display()}"
        return str(self.get_kind_display())


@track()
class PublicityObjection(models.Model):
    """公示异议: anybody objects to entries of a publicity; whoever it is can be reached, and is told to nobody else."""

    class State(models.TextChoices):
        OPEN = "open", "待处理"
        UPHELD = "upheld", "异议成立"
        DISMISSED = "dismissed", "异议不成立"

    # A form sent twice is one objection.
    key = models.UUIDField("表单标识", unique=True, default=uuid.uuid4, editable=False)
    number = models.CharField("回执编号", max_length=24, unique=True)
    publicity = models.ForeignKey(Publicity, models.PROTECT, related_name="objections", verbose_name="公示")
    state = models.CharField("状态", max_length=9, choices=State.choices, default=State.OPEN)
    name = EncryptedText("姓名")
    contact = EncryptedText("联系方式")
    reason = EncryptedText("异议事项和理由")
    raised_at = models.DateTimeField("提出时间", default=timezone.now)
    decision = models.CharField("处理意见", max_length=500, blank=True)
    decided_at = models.DateTimeField("处理时间", null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="处理人")

    class Meta:
        verbose_name = verbose_name_plural = "公示异议"
        ordering = ["-raised_at", "-pk"]
        permissions = [("decide_publicityobjection", "处理公示异议")]
        constraints = [
            models.CheckConstraint(
                condition=together("decided_at", "decided_by")
                & (
                    Q(state="open", decided_at=None, decision="")
                    | (~Q(state="open") & Q(decided_at__isnull=False) & ~Q(decision=""))
                ),
                name="publicity_objection_decided",
                violation_error_message="已处理的异议应有处理意见、时间和处理人",
            ),
        ]

    def __str__(self) -> str:
        return self.number


@track()
class ObjectedEntry(models.Model):
    """异议涉及的条目: what an objection freezes."""

    objection = models.ForeignKey(PublicityObjection, models.PROTECT, related_name="objected", verbose_name="异议")
    entry = models.ForeignKey(SubsidyEntry, models.PROTECT, related_name="objected", verbose_name="补贴条目")

    class Meta:
        verbose_name = verbose_name_plural = "异议涉及的条目"
        ordering = ["objection_id", "entry_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["objection", "entry"],
                name="objected_entry_once",
                violation_error_message="同一条目在一份异议中只列一次",
            )
        ]

    def __str__(self) -> str:
        return f"{self.objection} {self.entry}"
