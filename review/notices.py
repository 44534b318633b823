"""Messages that a transition sends to the applicant; each at most once, by its key."""

from collections.abc import Mapping
from datetime import date

from django.urls import reverse

from accounts.messaging import occasions
from accounts.messaging.actions import send_message
from accounts.models import Handler, User
from review import matters
from review.models import Case, TimelineEntry

# Transitions that are told; the words are accounts.messaging's occasions "case-…" (review.occasions).
TOLD = ("submit", "accept", "return", "reject", "approve", "revoke", "lapse")


def _values(case: Case, transition: str, reason: str, count: int) -> dict[str, object]:
    """What fills the placeholders of a transition's message."""
    matter = matters.get(case.matter)
    return {
        "事项": matter.name,
        "办件编号": case.number,
        "原因": reason,
        "数量": count,
        "结果": matter.outcome(case) if transition == "approve" else "",
        "后续": matter.next_words(case) if transition == "submit" else "",
    }


def preview(case: Case, transition: str, reason: str = "", count: int = 0) -> tuple[str, str] | None:
    """Title and body of the message that a transition would send, for the reviewer to read before."""
    if transition not in TOLD:
        return None
    words = occasions.words(f"case-{transition}", _values(case, transition, reason, count))
    return words.title, words.body


def recipients(case: Case) -> list[User]:
    """The individual, or the unit's active handlers."""
    if case.individual:
        return [case.individual.user]
    handlers = Handler.objects.active().filter(unit=case.unit).select_related("user") if case.unit else ()
    return [handler.user for handler in handlers]


def send(case: Case, entry: TimelineEntry) -> None:
    """Tell the applicant of a transition; a step on the way (still in review) is not worth a message."""
    if entry.transition == "approve" and entry.target != "approved":
        return
    if entry.transition not in TOLD:
        return
    count = case.corrections.filter(closed_at__isnull=True).count() if entry.transition == "return" else 0
    # 受理 is told once a round, however many offices accept the case after one another.
    once = f"accept-{case.pk}-{case.round}" if entry.transition == "accept" else str(entry.pk)
    values = _values(case, entry.transition, entry.reason, count)
    _deliver(case, f"case-{entry.transition}", values, key=f"case-{once}")


def remind(case: Case, last_day: date, left: int) -> None:
    """Remind the applicant of a returned case ``left`` days before it lapses; once per case, round and day."""
    values = {
        "事项": matters.get(case.matter).name,
        "办件编号": case.number,
        "日期": f"{last_day:%Y年%-m月%-d日}",
    }
    _deliver(case, "case-reminder", values, key=f"case-reminder-{case.pk}-{case.round}-{left}")


def _deliver(case: Case, occasion: str, values: Mapping[str, object], *, key: str) -> None:
    portal = "individual" if case.individual_id else "unit"
    url = reverse("review:case", args=[portal, case.number])
    for user in recipients(case):
        send_message(user=user, occasion=occasion, values=values, url=url, key=f"{key}-{user.pk}")
