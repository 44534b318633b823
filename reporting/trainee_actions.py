"""What trainees write about their internship (B3), and the unit's answers: atomic, by a named actor, told to the other."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.messaging.actions import send_message
from accounts.models import Handler, User
from common import audit
from common.transitions import TransitionRefused
from reporting import rules
from reporting.models import LogEntry, Objection, Placement


def raise_objection(*, placement: Placement, subject: str, text: str, by: User) -> Objection:
    """The trainee objects to what the unit reported; its handlers are told (B3).

    Raises TransitionRefused while an objection to the same subject waits for an answer.
    """
    with audit.actor(by), transaction.atomic():
        Placement.objects.select_for_update(of=("self",)).get(pk=placement.pk)
        if Objection.objects.filter(placement=placement, subject=subject, answered_at__isnull=True).exists():
            raise TransitionRefused("该事项已提出异议，请等待单位答复")
        objection = Objection.objects.create(placement=placement, subject=subject, text=text.strip(), raised_by=by)
        for handler in Handler.objects.active().filter(unit=placement.unit).select_related("user"):
            send_message(
                user=handler.user,
                occasion="objection-raised",
                values={"姓名": placement.name, "事项": objection.get_subject_display()},
                key=f"objection-{objection.pk}-{handler.user_id}",
                url=f"/unit/placements/{placement.pk}/",
            )
    return objection


def answer_objection(*, objection: Objection, answer: str, by: User) -> Objection:
    """The unit answers, once; the trainee is told. Raises TransitionRefused."""
    with audit.actor(by), transaction.atomic():
        locked = (
            Objection.objects.select_for_update(of=("self",))
            .select_related("placement__individual__user", "placement__unit")
            .get(pk=objection.pk)
        )
        if locked.answered_at is not None:
            raise TransitionRefused("该异议已答复")
        if not answer.strip():
            raise TransitionRefused("请填写答复内容")
        locked.answer, locked.answered_at, locked.answered_by = answer.strip(), timezone.now(), by
        locked.save()
        placement = locked.placement
        send_message(
            user=placement.individual.user,
            occasion="objection-answered",
            values={"单位": placement.unit.name, "事项": locked.get_subject_display(), "答复": locked.answer},
            key=f"objection-answer-{locked.pk}",
            url=f"/individual/placements/{placement.pk}/",
        )
    return locked


def write_log(*, placement: Placement, day: date, text: str, on: date, by: User) -> LogEntry:
    """The trainee's entry for a day of the internship, not after ``on`` (today); it replaces an earlier one.

    Raises TransitionRefused for a day outside the internship.
    """
    if day > on:
        raise TransitionRefused("日志日期不能晚于今天")
    if not placement.starts_on <= day <= placement.last_day:
        first, last = rules.words(placement.starts_on), rules.words(placement.last_day)
        raise TransitionRefused(f"日志日期应在见习期限以内（{first}至{last}）")
    with audit.actor(by), transaction.atomic():
        entry, _ = LogEntry.objects.update_or_create(
            placement=placement,
            day=day,
            defaults={"text": text.strip(), "written_at": timezone.now(), "written_by": by},
        )
    return entry
