"""Returned cases that nobody corrects: reminded, then closed by the clock."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

from django.db.models import Max
from django.utils import timezone

from common import policies
from common.transitions import TransitionRefused
from review import notices
from review.models import Case, Status, TimelineEntry
from review.workflow import perform


def last_day(case: Case) -> date | None:
    """The last day on which a returned case can be corrected (policy ``returned_lapse_days``, calendar days)."""
    return last_days([case]).get(case.pk)


def last_days(cases: Iterable[Case]) -> dict[int, date]:
    """The same for a list, by primary key; cases that are not returned, or have no such day, are left out."""
    returned = {case.pk: case for case in cases if case.status == Status.RETURNED}
    if not returned:
        return {}
    entries = TimelineEntry.objects.filter(case__in=returned, transition="return").order_by()
    days_of = cache(lambda region, on: policies.value("returned_lapse_days", region, on))
    found = {}
    for key, at in entries.values_list("case").annotate(Max("at")):
        on = timezone.localdate(at)
        if (days := days_of(returned[key].region_code, on)) is not None:
            found[key] = on + timedelta(days=days)
    return found


def remind_and_lapse(today: date) -> list[Case]:
    """Remind of returned cases on the policy's days before the last one, close those past it; returns the closed."""
    closed = []
    for case in Case.objects.filter(status=Status.RETURNED).select_related("region", "individual__user", "unit"):
        end = last_day(case)
        if end is None:
            continue
        left = (end - today).days
        if left < 0:
            closed.append(_lapse(case, end))
        elif str(left) in (policies.value("returned_reminder_days", case.region_code, today) or ()):
            notices.remind(case, end, left)
    return [case for case in closed if case]


def _lapse(case: Case, end: date) -> Case | None:
    try:
        return perform(case, "lapse", by=None, reason=f"在{end:%Y年%-m月%-d日}前未补正")
    except TransitionRefused:
        return None  # handed in at the last moment, while the job was running
