"""Placements (见习协议): what a unit asks for, what results, and how it ends."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Individual, Unit, User
from common import codes
from common.audit import track
from common.fields import BlindIndex, EncryptedText
from common.models import StoredFile
from internship.models import Trainee
from positions.models import Position
from review.models import Case, Record

OVERLAP = "该人员在此期间已有见习，同一人员的见习期限不能重叠"


def _together(*names: str) -> Q:
    """All of the columns are filled or none is."""
    return Q(**{f"{name}__isnull": True for name in names}) | Q(**{f"{name}__isnull": False for name in names})


def _one_at_a_time(name: str, last_day: Any, condition: Q) -> ExclusionConstraint:
    """No two terms of one person overlap. A range of one number stands for "=", which GiST has for ranges only."""
    person = Func(
        F("individual"), F("individual"), Value("[]"), function="int8range", output_field=BigIntegerRangeField()
    )
    term = Func(F("starts_on"), last_day, Value("[]"), function="daterange", output_field=DateRangeField())
    return ExclusionConstraint(
        name=name,
        expressions=[(person, RangeOperators.OVERLAPS), (term, RangeOperators.OVERLAPS)],
        condition=condition,
        violation_error_message=OVERLAP,
    )


class AgreementFields(models.Model):
    """Who, where, and the terms of the agreement (matters.md C5, C8); shared by what is asked and what results."""

    individual = models.ForeignKey(
        Individual, models.PROTECT, related_name="%(class)ss", editable=False, verbose_name="个人"
    )
    trainee = models.ForeignKey(
        Trainee,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss",
        editable=False,
        verbose_name="见习人员",
        help_text="当地不要求先办理见习人员申请的，可以没有",
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="%(class)ss", editable=False, verbose_name="单位")
    position = models.ForeignKey(Position, models.PROTECT, related_name="%(class)ss", verbose_name="见习岗位")
    name = models.CharField("姓名", max_length=64)
    id_type = models.CharField("证件类型", max_length=2, choices=codes.ID_TYPE.choices, default="01")
    id_no = EncryptedText("证件号码")
    id_no_digest = BlindIndex("id_no")
    category = models.CharField("人员类别", max_length=2, choices=codes.TRAINEE_CATEGORY.choices)
    agreement_no = models.CharField("协议编号", max_length=40, blank=True)
    signed_on = models.DateField("签订日期")
    starts_on = models.DateField("见习开始日期")
    ends_on = models.DateField("见习结束日期")
    living_standard = models.DecimalField(
        "生活费标准（元/月）", max_digits=8, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    mentor = models.CharField("带教人员", max_length=64, blank=True)
    insurer = models.CharField("保险公司", max_length=64)
    policy_no = models.CharField("保单号", max_length=64)
    premium = models.DecimalField(
        "保费（元）", max_digits=8, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(Decimal(0))]
    )
    insured_from = models.DateField("保险起始日期")
    insured_to = models.DateField("保险终止日期")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="%(class)s_dates_in_order",
                violation_error_message="见习结束日期不能早于见习开始日期",
            ),
            models.CheckConstraint(
                condition=Q(signed_on__lte=F("ends_on")),
                name="%(class)s_signed_before_end",
                violation_error_message="签订日期不能晚于见习结束日期",
            ),
            models.CheckConstraint(
                condition=Q(insured_from__lte=F("starts_on"), insured_to__gte=F("ends_on")),
                name="%(class)s_insured_throughout",
                violation_error_message="保险期间必须覆盖整个见习期限",
            ),
            models.CheckConstraint(
                condition=Q(living_standard__gt=0) & (Q(premium__isnull=True) | Q(premium__gte=0)),
                name="%(class)s_amounts_possible",
                violation_error_message="生活费标准应大于0，保费不能为负数",
            ),
            models.CheckConstraint(
                condition=Q(category__in=codes.TRAINEE_CATEGORY.codes),
                name="%(class)s_category_known",
                violation_error_message="请从列表中选择人员类别",
            ),
        ]


# What approval copies from what was asked to the placement.
AGREEMENT_FIELDS = tuple(
    field.name for field in AgreementFields._meta.local_fields if not isinstance(field, BlindIndex)
)


@track()
class PlacementRegistration(Record, AgreementFields):
    """就业见习人员管理 (C8): a person whom the unit registers with the terms of the agreement."""

    # Once approved the term is held by the placement, so that it is free again when that ends early.
    holds_term = models.BooleanField("占用期限", default=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "就业见习人员申报"
        constraints = [
            *AgreementFields.Meta.constraints,
            _one_at_a_time("placementregistration_one_at_a_time", F("ends_on"), Q(live=True, holds_term=True)),
        ]

    def __str__(self) -> str:
        return self.name


class PlacementQuerySet(models.QuerySet["Placement"]):
    def of_unit(self, unit: Unit) -> "PlacementQuerySet":
        return self.filter(unit=unit)

    def valid(self) -> "PlacementQuerySet":
        """All that were not cancelled, ended ones included."""
        return self.exclude(state=Placement.State.CANCELLED)

    def running(self, on: date) -> "PlacementQuerySet":
        """Neither ended nor past the end of the term (正在见习), those that have yet to begin included."""
        return self.filter(state=Placement.State.CURRENT, ends_on__gte=on)

    def awaiting(self, on: date) -> "PlacementQuerySet":
        """期满待确认: the term is over and no 减员申请 has said how."""
        return self.filter(state=Placement.State.CURRENT, ends_on__lt=on)

    def left(self) -> "PlacementQuerySet":
        """Reported as not at the post (C7), and not ended yet: to be ended by a 减员申请."""
        return self.filter(state=Placement.State.CURRENT, on_post__on_post=False).distinct()


@track()
class Placement(AgreementFields):
    """见习: a person at a unit's position for a term; it takes a place of the position until it ends (C5, C8, C9)."""

    class State(models.TextChoices):
        CURRENT = "current", "见习中"
        ENDED = "ended", "已结束"
        CANCELLED = "cancelled", "已取消"

    case = models.ForeignKey(Case, models.PROTECT, related_name="placements", verbose_name="来源办件")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.CURRENT)
    holds_place = models.BooleanField("占用岗位名额", default=True)
    created_at = models.DateTimeField("登记时间", default=timezone.now)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    # 减员 (C9)
    ended_on = models.DateField("实际结束日期", null=True, blank=True)
    end_reason = models.CharField("见习结束原因", max_length=1, choices=codes.END_REASON.choices, blank=True)
    ended_at = models.DateTimeField("减员时间", null=True, blank=True)
    ended_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="减员审核人"
    )
    cancelled_at = models.DateTimeField("取消时间", null=True, blank=True)
    cancelled_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="取消人"
    )

    objects = PlacementQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "就业见习"
        ordering = ["-starts_on", "-id"]
        constraints = [
            *AgreementFields.Meta.constraints,
            _one_at_a_time(
                "placement_one_at_a_time",
                Coalesce("ended_on", "ends_on"),
                ~Q(state="cancelled"),
            ),
            models.UniqueConstraint(
                fields=["unit", "agreement_no"],
                condition=~Q(agreement_no="") & ~Q(state="cancelled"),
                name="placement_agreement_once_per_unit",
                violation_error_message="本单位已有相同协议编号的见习",
            ),
            models.CheckConstraint(
                condition=Q(state="ended", ended_on__isnull=False, ended_at__isnull=False) & ~Q(end_reason="")
                | Q(state__in=["current", "cancelled"], ended_on__isnull=True, ended_at__isnull=True, end_reason=""),
                name="placement_ended_iff_date",
                violation_error_message="见习状态与实际结束日期、结束原因不一致",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("starts_on"), ended_on__lte=F("ends_on")),
                name="placement_ended_within_term",
                violation_error_message="实际结束日期应在见习期限以内",
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled", cancelled_at__isnull=False)
                | (~Q(state="cancelled") & Q(cancelled_at__isnull=True)),
                name="placement_cancelled_iff_time",
                violation_error_message="取消时间与见习状态不一致",
            ),
            models.CheckConstraint(
                condition=Q(holds_place=False) | Q(state="current"),
                name="placement_place_only_while_current",
                violation_error_message="只有未结束的见习占用岗位名额",
            ),
            *(
                models.CheckConstraint(
                    condition=_together(f"{name}_at", f"{name}_by"),
                    name=f"placement_{name}_pair",
                    violation_error_message="时间与操作人必须同时存在",
                )
                for name in ("ended", "cancelled")
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "-starts_on", "-id"], name="placement_of_unit"),
            models.Index(fields=["individual", "-starts_on"], name="placement_of_individual"),
            models.Index(fields=["id_no_digest"], name="placement_by_id_no"),
            models.Index(fields=["ends_on"], condition=Q(state="current"), name="placement_to_expire"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def last_day(self) -> date:
        """The last day of the internship: as it ended, else as agreed."""
        return self.ended_on or self.ends_on


@track()
class PlacementEnd(Record):
    """减员申请 (C9; JL): when and how an internship ended, and whether the person was kept (留用)."""

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="ends", verbose_name="见习人员")
    ended_on = models.DateField("见习结束日期")
    reason = models.CharField("见习结束原因", max_length=1, choices=codes.END_REASON.choices)
    destination = models.CharField("就业去向", max_length=2, choices=codes.DESTINATION.choices, blank=True)
    other_employment = models.CharField("其他方式就业说明", max_length=200, blank=True)
    unable_reason = models.CharField("无法完成见习原因", max_length=200, blank=True)
    retained = models.BooleanField("本单位已留用", default=False)
    contract_from = models.DateField("劳动合同起始日期", null=True, blank=True)
    contract_to = models.DateField("劳动合同终止日期", null=True, blank=True, help_text="无固定期限合同可不填")
    social_insured_from = models.DateField("参加社会保险日期", null=True, blank=True)
    filed_on = models.DateField("用工备案日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "减员申请"
        constraints = [
            models.UniqueConstraint(
                fields=["placement"],
                condition=Q(live=True),
                name="placement_end_once",
                violation_error_message="该人员已有减员申请正在办理或已经通过",
            ),
            models.CheckConstraint(
                condition=(Q(reason="1", unable_reason="") & ~Q(destination=""))
                | (Q(reason="2", destination="", unable_reason="") & ~Q(other_employment=""))
                | (Q(reason="3", destination="", retained=False) & ~Q(unable_reason="") & ~Q(other_employment="")),
                name="placement_end_reason_explained",
                violation_error_message="请按见习结束原因填写就业去向、其他方式就业说明或无法完成见习原因",
            ),
            models.CheckConstraint(
                condition=Q(retained=False) | Q(contract_from__isnull=False, social_insured_from__isnull=False),
                name="placement_end_retention_whole",
                violation_error_message="留用的，应填写劳动合同起始日期和参加社会保险日期",
            ),
            models.CheckConstraint(
                condition=Q(contract_to__isnull=True)
                | Q(contract_from__isnull=False, contract_to__gt=F("contract_from")),
                name="placement_end_contract_in_order",
                violation_error_message="劳动合同终止日期应晚于起始日期",
            ),
        ]

    def __str__(self) -> str:
        return str(self.placement)

    @property
    def retained_on(self) -> date | None:
        """The day that fixes the year of the retention: the latest of contract, insurance and filing (§1.4)."""
        if not self.retained:
            return None
        days = (self.contract_from, self.social_insured_from, self.filed_on)
        return max(day for day in days if day is not None)


@track()
class PlacementDocument(models.Model):
    """见习协议 or 保险单 of a person who was matched in a batch (C5): needed before the first monthly report."""

    class Kind(models.TextChoices):
        AGREEMENT = "agreement", "见习协议"
        POLICY = "policy", "保险单"

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="documents", verbose_name="见习")
    kind = models.CharField("材料", max_length=9, choices=Kind.choices)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    added_at = models.DateTimeField("上传时间", default=timezone.now)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")

    class Meta:
        verbose_name = verbose_name_plural = "协议和保险单"
        constraints = [
            models.UniqueConstraint(
                fields=["placement", "kind"],
                name="placement_document_once",
                violation_error_message="该材料已上传",
            )
        ]

    def __str__(self) -> str:
        return f"{self.placement} {self.get_kind_display()}"


@track()
class PersonLookup(models.Model):
    """That a unit's handler looked for a person by name and ID number together (C8): limited, and kept."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    individual = models.ForeignKey(
        Individual, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="查到的个人"
    )
    id_no_digest = models.CharField("证件号码摘要", max_length=64)
    looked_up_at = models.DateTimeField("查询时间", default=timezone.now)
    looked_up_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="查询人")

    class Meta:
        verbose_name = verbose_name_plural = "人员查询记录"
        ordering = ["-looked_up_at", "-id"]
        indexes = [models.Index(fields=["unit", "-looked_up_at"], name="person_lookup_of_unit")]

    def __str__(self) -> str:
        return f"{self.unit} {self.looked_up_at:%Y-%m-%d %H:%M}"
