"""The review workflow: transitions as data, and ``perform()``, the only place that changes a case's status."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from common import audit, constraints, search
from common.transitions import Transition, TransitionRefused, TransitionTable
from review import matters, notices, route, rules, submission
from review.models import LIVE, Case, CaseStep, Correction, PageDraft, Record, Status, TimelineEntry

CASE_TABLE = TransitionTable(
    "case",
    dict(Status.choices),
    (
        Transition("submit", "提交", ("draft", "returned", "withdrawn"), ("submitted", "approved"), "applicant"),
        Transition("withdraw", "撤回", ("submitted",), ("withdrawn",), "applicant"),
        Transition("accept", "受理", ("submitted", "in_review"), ("in_review",), "reviewer"),
        Transition("release", "释放", ("in_review",), ("in_review",), "holder"),
        Transition("approve", "通过", ("submitted", "in_review"), ("in_review", "approved"), "reviewer"),
        Transition("return", "退回补正", ("submitted", "in_review"), ("returned",), "reviewer", ("corrections",)),
        Transition("reject", "不予通过", ("submitted", "in_review"), ("rejected",), "reviewer", ("reason",)),
        Transition("revoke", "撤销", ("approved",), ("revoked",), "revoker", ("reason",)),
        Transition("close", "作废", ("draft", "returned", "withdrawn"), ("closed",), "applicant"),
        Transition("lapse", "逾期作废", ("returned",), ("closed",), "clock"),
    ),
)

# The key is given up when nothing can come of the case any more.
KEY_FREED_BY = ("rejected", "revoked", "closed")


class StaleCase(TransitionRefused):
    """The case has moved on since the actor looked at it."""


def mark(case: Case) -> str:
    """What an actor saw when deciding; ``perform(seen=…)`` refuses when it is no longer so."""
    current = case.steps.filter(current=True).values_list("order", flat=True).first()
    return f"{case.status}.{case.round}.{current or 0}"


def perform(
    case: Case,
    transition: str,
    *,
    by: User | None,
    reason: str = "",
    notes: str = "",
    corrections: list[Correction] | None = None,
    seen: str = "",
) -> Case:
    """Carry out a transition: lock → table → who → when → record → route → effect → timeline → notice.

    ``by`` is the actor (None only for the clock); ``reason`` is told to the applicant, ``notes`` stay
    inside the office; ``corrections`` are unsaved rows that name what to correct; ``seen`` is the
    ``mark()`` of the case as the actor saw it. Returns the case as stored. Raises TransitionRefused or
    submission.Incomplete with Chinese words; then nothing has changed.
    """
    try:
        with audit.actor(by), transaction.atomic():
            locked = Case.objects.select_for_update().get(pk=case.pk)
            return _perform(locked, transition, by, reason.strip(), notes.strip(), corrections or [], seen)
    except IntegrityError as error:
        if sentence := constraints.explain(error):
            raise TransitionRefused(sentence) from error
        raise


def _perform(
    case: Case, name: str, by: User | None, reason: str, notes: str, corrections: list[Correction], seen: str
) -> Case:
    if seen and seen != mark(case):
        raise StaleCase("该办件已被处理或内容已变化，请刷新页面查看最新状态")
    transition = CASE_TABLE.check(name, case.status)
    rules.check_actor(case, transition, by)
    _check_needs(transition, reason, corrections)
    source, step = case.status, _current_step(case)
    now = timezone.now()
    matter = matters.get(case.matter)
    record: Record | None = None
    values: dict[str, Any] | None = None
    if by is None:
        case.status = Status.CLOSED  # the clock, the only one to act without a person, closes and does nothing else
    elif name == "submit":
        record, values = _submit(case, by, now)
    elif name in ("approve", "return", "reject"):
        _decide(case, name, step, by, now, corrections)
    else:
        _move(case, name, step, by, now)
    if case.status in KEY_FREED_BY or (case.status == Status.APPROVED and not matter.keeps_key):
        case.exclusive_key = None
    case.save()
    record = _set_live(case, record)
    if record is not None:  # a draft that was never handed in has no effects to undo
        matter.on(name, case, record, by)
        if name == "submit" and case.status == Status.APPROVED:
            matter.on("approve", case, record, by)
    if name == "submit":
        _name_tokens(case)
    _forget_drafts(case)
    entry = TimelineEntry.objects.create(
        case=case,
        at=now,
        actor=by,
        transition=name,
        source=source,
        target=case.status,
        round=case.round,
        step=step,
        reason=reason,
        notes=notes,
        values=values,
    )
    notices.send(case, entry)
    return case


def _check_needs(transition: Transition, reason: str, corrections: list[Correction]) -> None:
    if "reason" in transition.needs and not reason:
        raise TransitionRefused(f"{transition.title}必须填写原因")
    if "corrections" in transition.needs and not corrections:
        raise TransitionRefused("退回补正必须指明需要修改的内容，请至少勾选一项并填写原因")


def _current_step(case: Case) -> CaseStep | None:
    return case.steps.select_for_update(of=("self",)).filter(current=True).first()


def _submit(case: Case, by: User, now: datetime) -> tuple[Record, dict[str, Any]]:
    """Validate every page, store the record, give the case its region, key and route."""
    matter = matters.get(case.matter)
    previous_region, was_returned = case.region_id, case.status == Status.RETURNED
    typed = submission.load_values(case)
    record = submission.store(case, typed)
    values = submission.snapshot(case, typed)
    case.round += 1
    case.region_id = matter.region(case, record)
    case.subject_person, case.subject_id_no = matter.subject(case, record)
    case.exclusive_key = matter.key(case, values["pages"]) or case.exclusive_key
    case.submitted_at, case.submitted_by, case.acting_user = now, by, by
    case.withdrawn_at = case.withdrawn_by = None
    case.accepted_at = case.accepted_by = None
    case.status = Status.SUBMITTED
    case.corrections.filter(closed_at__isnull=True).update(closed_at=now, closed_by=by)
    if matter.auto_approve:
        _finish(case, Status.APPROVED, by, now)
    elif was_returned and previous_region == case.region_id:
        route.resume(case)
    else:
        route.begin(case)
    return record, values


def _decide(
    case: Case, name: str, step: CaseStep | None, by: User, now: datetime, corrections: list[Correction]
) -> None:
    """Close the current step with a decision, and open the next one or end the case."""
    if step is None:
        raise TransitionRefused("该办件没有待处理的审核环节")
    _accept(case, by, now)
    step.current, step.decision, step.decided_at, step.decided_by = False, name, now, by
    step.save()
    case.reviewer = None
    if name == "reject":
        _finish(case, Status.REJECTED, by, now)
    elif name == "return":
        case.status = Status.RETURNED
        _store_corrections(case, corrections, by)
    elif not route.advance(case, step):
        _finish(case, Status.APPROVED, by, now)


def _move(case: Case, name: str, step: CaseStep | None, by: User, now: datetime) -> None:
    """The transitions that decide nothing about what was asked."""
    if name == "accept":
        _accept(case, by, now)
    elif name == "release":
        case.reviewer = None
    elif name == "withdraw":
        _leave_route(step)
        case.status, case.withdrawn_at, case.withdrawn_by = Status.WITHDRAWN, now, by
    elif name == "revoke":
        _finish(case, Status.REVOKED, by, now)
    elif name == "close":
        case.status = Status.CLOSED


def _accept(case: Case, by: User, now: datetime) -> None:
    case.status, case.reviewer = Status.IN_REVIEW, by
    if case.accepted_at is None:
        case.accepted_at, case.accepted_by = now, by


def _leave_route(step: CaseStep | None) -> None:
    if step:
        step.current = False
        step.save()


def _finish(case: Case, status: str, by: User, now: datetime) -> None:
    case.status, case.reviewer, case.decided_at, case.decided_by = status, None, now, by


def _store_corrections(case: Case, corrections: list[Correction], by: User) -> None:
    for correction in corrections:
        correction.case, correction.round, correction.created_by = case, case.round, by
        correction.full_clean(exclude=["case"])
        correction.save()


def _set_live(case: Case, record: Record | None) -> Record | None:
    """Keep the record's ``live`` in step with the status, where a record exists."""
    if record is None:
        record = matters.get(case.matter).record.objects.filter(pk=case.pk).first()
    if record and record.live != (case.status in LIVE):
        record.live = case.status in LIVE
        record.save(update_fields=["live"])
    return record


def _name_tokens(case: Case) -> None:
    """Let the queue find the case by a part of a name; the people of a batch are known once its effects have run."""
    applicant = case.unit or case.individual
    names = [applicant.name if applicant else "", case.subject_person, *case.persons.values_list("name", flat=True)]
    case.name_tokens = search.text_tokens(*names)
    case.save(update_fields=["name_tokens"])


def _forget_drafts(case: Case) -> None:
    """What was typed is kept in the submission's entry; a finished case needs no draft beside it."""
    if case.status in (Status.APPROVED, Status.REJECTED, Status.REVOKED, Status.CLOSED):
        PageDraft.objects.filter(case=case).delete()
