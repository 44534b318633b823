"""What happened to a case, in words for the applicant and for staff."""

from typing import Any

from review import workflow
from review.models import Case, TimelineEntry

TONES = {"approve": "success", "return": "warning", "lapse": "warning", "reject": "danger", "revoke": "danger"}


def timeline_entries(case: Case, *, staff: bool = False) -> list[dict[str, Any]]:
    """What happened, newest first; names of staff and their notes stay inside the office."""
    entries = case.timeline.select_related("actor", "step__region").order_by("-at", "-id")
    return [_entry(entry, staff) for entry in entries]


def _entry(entry: TimelineEntry, staff: bool) -> dict[str, Any]:
    own = workflow.CASE_TABLE[entry.transition].who == "applicant"
    who = str(entry.actor) if entry.actor and (own or staff) else ""
    office = f"{entry.step.region}{entry.step.get_role_display()}" if entry.step and not own else ""
    text = entry.reason if not staff or not entry.notes else f"{entry.reason}\n内部备注：{entry.notes}".strip()
    return {
        "title": workflow.CASE_TABLE[entry.transition].title,
        "at": entry.at,
        "by": " ".join(part for part in (office, who) if part) or "系统",
        "text": text,
        "tone": TONES.get(entry.transition, "info"),
    }
