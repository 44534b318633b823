"""Which offices decide a case: the steps as staff keep them, and the steps of one case."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from common.audit import track
from common.constraints import together
from common.models import Region
from review.models.case import Case, Level, Role


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
                condition=together("decided_at", "decided_by"),
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
