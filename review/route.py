"""The route of a case: which steps, at which offices, by when. Clocks count working days."""

from datetime import date

from django.utils import timezone

from common import regions, workdays
from review.models import Case, CaseStep, ReviewStep

RANK = {"county": 0, "city": 1, "province": 2}


class NoRoute(Exception):
    """A matter that needs review has no review steps: a fault of the set-up, told to the applicant as such."""


def office(region_code: str, level: str) -> str:
    """Code of the region that decides a step of ``level`` for a handling region.

    A level that does not exist there (市本级, 直辖市, cities without counties) is done at the next
    level that exists.
    """
    ancestors = regions.ancestors(region_code)
    return next((r.code for r in ancestors if RANK[r.level] >= RANK[level]), ancestors[-1].code)


def begin(case: Case) -> None:
    """Plan the whole route from the editable review steps and open its first step."""
    planned = list(ReviewStep.objects.filter(matter=case.matter).order_by("order"))
    if not planned:
        raise NoRoute(f"事项“{case.matter}”尚未配置审核环节，请联系网厅管理人员")
    steps = [
        CaseStep(
            case=case,
            round=case.round,
            order=step.order,
            role=step.role,
            region_id=office(case.region_code, step.level),
            days=step.days,
        )
        for step in planned
    ]
    CaseStep.objects.bulk_create(steps)
    today = timezone.localdate()
    case.due_on = workdays.add_working_days(today, sum(step.days for step in steps))
    _open(steps[0], workdays.add_working_days(today, steps[0].days))


def resume(case: Case) -> None:
    """A corrected case comes back at the step that returned it, as a new round, with the time that was left."""
    returned = case.steps.filter(decision="return").latest("decided_at")
    later = case.steps.filter(round=returned.round, order__gte=returned.order).order_by("order")
    steps = [
        CaseStep(case=case, round=case.round, order=s.order, role=s.role, region_id=s.region_id, days=s.days)
        for s in later
    ]
    CaseStep.objects.bulk_create(steps)
    today, stopped_on = timezone.localdate(), timezone.localdate(returned.decided_at)
    case.due_on = _shift(case.due_on, stopped_on, today)
    _open(steps[0], _shift(returned.due_on, stopped_on, today))


def advance(case: Case, step: CaseStep) -> bool:
    """Open the step after ``step`` in its round; False when it was the last."""
    following = case.steps.filter(round=step.round, order__gt=step.order).order_by("order").first()
    if following is None:
        return False
    _open(following, workdays.add_working_days(timezone.localdate(), following.days))
    return True


def _shift(due_on: date | None, stopped_on: date, today: date) -> date:
    """The clock stood still from ``stopped_on``: what was left of it then is left today."""
    left = workdays.working_days_between(stopped_on, due_on) if due_on else 0
    return workdays.add_working_days(today, left)


def _open(step: CaseStep, due_on: date) -> None:
    step.current, step.opened_at, step.due_on = True, timezone.now(), due_on
    step.save()


def upper_regions(region_code: str) -> set[str]:
    """Codes of the regions above a deciding one, whose staff may revoke; for a province the province itself."""
    ancestors = regions.ancestors(region_code)
    return {place.code for place in ancestors[1:] or ancestors}
