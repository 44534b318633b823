"""Submissions that are too large for a request: asked for, carried out by a job, settled with words."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from common.audit import track
from review.models.case import Case


class BackgroundSubmissionQuerySet(models.QuerySet["BackgroundSubmission"]):
    def unfinished(self) -> "BackgroundSubmissionQuerySet":
        """Waiting for a worker, or being carried out."""
        return self.filter(state__in=BackgroundSubmission.UNFINISHED)


@track(exclude=("done", "attempts"))
class BackgroundSubmission(models.Model):
    """后台导入: a submission that a job carries out, how far it is, and how it ended.

    ``done`` of ``total`` rows is written beside the transaction of the submission itself, so that it can be seen.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "等待处理"
        RUNNING = "running", "正在导入"
        DONE = "done", "已完成"
        FAILED = "failed", "未完成"

    UNFINISHED = (State.WAITING, State.RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="background_submissions", verbose_name="办件")
    state = models.CharField("状态", max_length=7, choices=State.choices, default=State.WAITING)
    total = models.PositiveIntegerField("行数")
    done = models.PositiveIntegerField("已处理行数", default=0)
    attempts = models.PositiveSmallIntegerField("处理次数", default=0)
    message = models.TextField("说明", blank=True)
    requested_at = models.DateTimeField("提交时间", default=timezone.now)
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提交人")
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)
    job_id = models.BigIntegerField("任务编号", null=True, blank=True)

    objects = BackgroundSubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "后台导入"
        ordering = ["-requested_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(state__in=["waiting", "running"]),
                name="background_submission_one_at_a_time",
                violation_error_message="该办件正在后台导入",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running"], finished_at__isnull=True)
                | Q(state__in=["done", "failed"], finished_at__isnull=False),
                name="background_submission_finished_iff_time",
                violation_error_message="完成时间与状态不一致",
            ),
            models.CheckConstraint(
                condition=Q(done__lte=F("total")),
                name="background_submission_within_total",
                violation_error_message="已处理行数不能多于总行数",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.get_state_display()}"

    @property
    def is_finished(self) -> bool:
        return self.state not in self.UNFINISHED

    @property
    def percent(self) -> int:
        """How far the import is, in whole per cent."""
        return 100 if self.state == self.State.DONE else self.done * 100 // max(self.total, 1)
