"""Messages that a transition sends to the applicant; each at most once, by its key."""

from datetime import date

from django.urls import reverse

from accounts.actions import send_message
from accounts.models import Handler, Message, User
from review import matters
from review.models import Case, TimelineEntry

# Transition → (title, body); {name} is the matter, {number} the case, {reason} what the reviewer wrote.
WORDS = {
    "submit": ("申报成功", "您申报的“{name}”已提交，办件编号{number}。{next}"),
    "accept": ("办件已受理", "您申报的“{name}”（{number}）已受理，正在审核。"),
    "return": ("办件需要补正", "您申报的“{name}”（{number}）需要修改，共{count}处，请按提示修改后重新提交。{reason}"),
    "reject": ("办件审核不通过", "您申报的“{name}”（{number}）未通过审核。原因：{reason}"),
    "approve": ("办件审核通过", "您申报的“{name}”（{number}）已审核通过。{outcome}"),
    "revoke": ("办件已撤销", "您申报的“{name}”（{number}）已被撤销。原因：{reason}"),
    "lapse": ("办件已逾期作废", "您申报的“{name}”（{number}）因{reason}已作废，可重新申报。"),
}


def preview(case: Case, transition: str, reason: str = "", count: int = 0) -> tuple[str, str] | None:
    """Title and body of the message that a transition would send, for the reviewer to read before."""
    if transition not in WORDS:
        return None
    matter = matters.get(case.matter)
    title, body = WORDS[transition]
    words = {
        "name": matter.name,
        "number": case.number,
        "reason": reason,
        "count": count,
        "outcome": matter.outcome(case) if transition == "approve" else "",
        "next": matter.next_words(case) if transition == "submit" else "",
    }
    return title, body.format(**words).strip()


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
    count = case.corrections.filter(closed_at__isnull=True).count() if entry.transition == "return" else 0
    if (words := preview(case, entry.transition, entry.reason, count)) is None:
        return
    # 受理 is told once a round, however many offices accept the case after one another.
    once = f"accept-{case.pk}-{case.round}" if entry.transition == "accept" else str(entry.pk)
    _deliver(case, *words, key=f"case-{once}")


def remind(case: Case, last_day: date, left: int) -> None:
    """Remind the applicant of a returned case ``left`` days before it lapses; once per case, round and day."""
    name = matters.get(case.matter).name
    body = f"您申报的“{name}”（{case.number}）请在{last_day:%Y年%-m月%-d日}前修改并重新提交，逾期将作废。"
    _deliver(case, "办件即将逾期", body, key=f"case-reminder-{case.pk}-{case.round}-{left}")


def _deliver(case: Case, title: str, body: str, *, key: str) -> None:
    portal = "individual" if case.individual_id else "unit"
    url = reverse("review:case", args=[portal, case.number])
    for user in recipients(case):
        send_message(user=user, kind=Message.Kind.CASE, title=title, body=body, url=url, key=f"{key}-{user.pk}")
