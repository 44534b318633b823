"""Cases of the demonstration, driven through the real actions: each has the history that it shows."""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from accounts.models import Individual, Unit, User
from hall.demo import clock
from hall.demo.offices import Province
from hall.demo.papers import paper
from review import actions, matters, submission
from review.models import Case, Correction, PageDraft
from review.workflow import perform

# How far a case goes, in the order in which things happen to it.
ENDS = ("draft", "submitted", "in_review", "returned", "rejected", "approved", "withdrawn", "revoked", "closed")


@dataclass
class Filing:
    """What somebody hands in, when, and how it ends."""

    matter: str
    subject: Individual | Unit
    by: User
    province: Province
    pages: dict[str, Any]
    started: datetime.datetime
    end: str = "approved"
    reason: str = ""
    correction: tuple[str, str] = ("", "")


def file_case(filing: Filing) -> Case:
    """Start, fill in, hand in and decide a case; returns it as it stands in the end."""
    clock.set_to(filing.started)
    case = actions.start_case(filing.matter, filing.subject, by=filing.by)
    return finish(case, filing)


def finish(case: Case, filing: Filing) -> Case:
    """Fill in a started case and bring it to its end."""
    _fill(case, filing)
    if filing.end == "draft":
        return case
    if filing.end == "closed":
        return perform(case, "close", by=filing.by)
    _attach(case, filing)
    clock.set_to(filing.started + datetime.timedelta(minutes=40))
    case = perform(case, "submit", by=filing.by)
    if filing.end == "submitted":
        return case
    if filing.end == "withdrawn":
        clock.set_to(filing.started + datetime.timedelta(hours=2))
        return perform(case, "withdraw", by=filing.by)
    return _decide(case, filing)


def _fill(case: Case, filing: Filing) -> None:
    revisions = dict(PageDraft.objects.filter(case=case).values_list("page", "revision"))
    kept = submission.load_values(case)
    for page, values in filing.pages.items():
        typed = values if "rows" in values else {**kept.get(page, {}), **values}
        actions.save_page(case, page, typed, revisions.get(page, 0), by=filing.by)


def rows(*values: dict[str, str]) -> dict[str, Any]:
    """Rows of a page, each with a key that is the same on every load of the same values."""
    return {"rows": [{"key": str(uuid.uuid5(uuid.NAMESPACE_OID, f"demo {sorted(v.items())}")), **v} for v in values]}


def _attach(case: Case, filing: Filing) -> None:
    matter = matters.get(case.matter)
    for state in submission.slot_states(matter, case, submission.load_values(case)):
        if state.required and not state.attachments:
            upload = paper(state.slot.title, picture=state.slot.key == "id_card")
            actions.add_attachment(case, state.slot, upload, by=filing.by, row_key=state.row)


def _decide(case: Case, filing: Filing) -> Case:
    """Staff of each step act on following working mornings, until the case is where it shall end."""
    moment = filing.started + datetime.timedelta(days=1)
    while step := case.steps.filter(current=True).first():
        reviewer = filing.province.staff[step.role]
        clock.set_to(moment)
        case = perform(case, "accept", by=reviewer)
        last = not case.steps.filter(round=step.round, order__gt=step.order).exists()
        clock.set_to(moment + datetime.timedelta(hours=1))
        if filing.end == "in_review" and last:
            return case
        if filing.end == "returned":
            return perform(case, "return", by=reviewer, reason=filing.reason, corrections=[_correction(filing)])
        if filing.end == "rejected" and last:
            return perform(case, "reject", by=reviewer, reason=filing.reason)
        case = perform(case, "approve", by=reviewer)
        moment += datetime.timedelta(days=1)
    if filing.end == "revoked":
        clock.set_to(moment + datetime.timedelta(days=7))
        return perform(case, "revoke", by=filing.province.staff["business"], reason=filing.reason)
    return case


def _correction(filing: Filing) -> Correction:
    page, _, name = filing.correction[0].partition(".")
    target = Correction.Target.FIELD if name else Correction.Target.PAGE
    return Correction(target=target, page=page, field=name, reason=filing.correction[1])
