"""The staff's views of cases: queue, review page, decisions. All stand under the staff site's ``admin_view``."""

from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from common import parameters
from common.transitions import TransitionRefused
from review import actions, matters, staff_actions, staff_pages, workflow
from review import staff_queries as reads
from review.models import Attachment, Case
from review.staff_forms import DecisionForm, QueueFilterForm, ReasonForm, ReturnForm
from review.staff_pages import DECISIONS, CasePage
from review.staff_queries import Position, QueueChoice
from review.timeline import timeline_entries

View = Callable[..., HttpResponseBase]
CONFLICT, INVALID = 409, 422
QUEUE_PARAMETERS = ("tab", "matter", "person")


def staff_view(view: View) -> View:
    """Only for staff who may look at cases."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm("review.view_case"):
            raise PermissionDenied
        # Scope and roles are asked for by every rule on the page.
        prefetch_related_objects([request.user], "scopes", "groups")
        return view(request, *args, **kwargs)

    return guarded


def find_case(request: HttpRequest, number: str) -> Case:
    """The case of this number within the user's regions; any other answers 404."""
    cases = reads.visible_cases(request.user)
    return get_object_or_404(
        cases.select_related("region", "unit", "individual__user", "reviewer", "acting_user"), number=number
    )


def _choice(request: HttpRequest) -> QueueChoice:
    """The part of the queue that the user came from, carried along in the address."""
    return QueueFilterForm(request.GET).choice()


def _query(choice: QueueChoice, **changes: str) -> str:
    """The choice as the tail of an address."""
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in (asdict(choice) | changes).items() if value})
    return f"?{query.urlencode()}" if query else ""


def _url(name: str, *args: Any, choice: QueueChoice | None = None) -> str:
    return reverse(f"admin:review_case_{name}", args=args) + (_query(choice) if choice else "")


# --- Queue ---------------------------------------------------------------------------------------


@staff_view
def queue(request: HttpRequest) -> HttpResponse:
    """What this person can act on, the oldest due first."""
    desk, choice = reads.desk_of(request.user), _choice(request)
    after = _position(request)
    found = reads.queue_steps(desk, choice, after=after, limit=reads.PAGE_SIZE + 1)
    filters = sum(bool(value) for value in (choice.matter, choice.person))
    shown = found[: reads.PAGE_SIZE]
    context = {
        **admin.site.each_context(request),
        "is_nav_sidebar_enabled": False,
        "title": "审核队列",
        "desk": desk,
        "choice": choice,
        # Filters go along from tab to tab, so that counts of whole tabs would mislead beside them.
        "tabs": queue_tabs({} if filters else reads.queue_counts(desk), choice),
        "filter_form": QueueFilterForm(asdict(choice)),
        "filter_count": filters,
        "clear_url": _url("queue", choice=QueueChoice(tab=choice.tab)),
        "rows": [
            _row(step, desk.soon, choice, request.user.pk) for step in reads.queue_rows([key for key, _ in shown])
        ],
        "first_url": _url("queue", choice=choice) if after else "",
        "next_url": _following(choice, shown[-1][1]) if len(found) > reads.PAGE_SIZE else "",
    }
    return render(request, "admin/review/case/queue.html", context)


def queue_tabs(counts: dict[str, str], choice: QueueChoice | None = None) -> list[dict[str, Any]]:
    """The tabs, with their counts where there are any; filters go along from one tab to another."""
    return [
        {
            "key": key,
            "title": title,
            "url": reverse("admin:review_case_queue") + _query(choice or QueueChoice(), tab=key),
            "active": choice is not None and choice.tab == key,
            "count": counts.get(key, ""),
        }
        for key, title in reads.TABS.items()
    ]


def _position(request: HttpRequest) -> Position | None:
    """The place to go on from, as the address says: ``2026-11-21.4711``."""
    day, _, case = request.GET.get("after", "").partition(".")
    due_on, key = parameters.day(day), parameters.whole_number(case)
    return Position(due_on, key) if due_on and key is not None else None


def _following(choice: QueueChoice, last: Position) -> str:
    return reverse("admin:review_case_queue") + _query(choice, after=f"{last.due_on:%Y-%m-%d}.{last.case_id}")


def _row(step: Any, soon: Any, choice: QueueChoice, user_id: int) -> dict[str, Any]:
    case = step.case
    words, tone = staff_pages.due_words(step, soon)
    return {
        "case": case,
        "step": step,
        "matter": matters.get(case.matter).name,
        "applicant": applicant_name(case),
        "due": words,
        "tone": tone,
        "mine": case.reviewer_id == user_id,
        "url": _url("review", case.number, choice=choice),
    }


def applicant_name(case: Case) -> str:
    """The person's, the unit's or the contact's name."""
    return str(case.unit or case.individual or case.contact)


# --- Review page ---------------------------------------------------------------------------------


@staff_view
def review(request: HttpRequest, number: str) -> HttpResponse:
    """The case in two panes: answers and checks, attachments and history, and what may be done."""
    return _show_review(request, find_case(request, number))


def _show_review(request: HttpRequest, case: Case, clear: tuple[str, str] = ("", "")) -> HttpResponse:
    choice, page = _choice(request), CasePage(case)
    slots = page.slot_views(request.user)
    desk = reads.desk_of(request.user)
    position = reads.position_of(page.current_step)
    before, following = reads.neighbours(desk, choice, position)
    decisions, refused = staff_pages.possible_decisions(case, request.user)
    context = {
        **_case_context(request, page, choice, desk),
        "title": f"{page.matter.name} {case.number}",
        "sections": page.section_views(clear=clear),
        "checks": page.checks(),
        "panels": page.panels(request),
        "slots": slots,
        "shown": _shown_file(request, slots),
        "others": [(other, matters.get(other.matter).name) for other in reads.other_cases(case, request.user)],
        "entries": timeline_entries(case, staff=True),
        "viewers": reads.other_viewers(case, request.user),
        "decisions": [_decision(name, case, choice) for name in decisions],
        "refused": refused,
        "before_url": _url("review", before, choice=choice) if before else "",
        "next_url": _url("review", following, choice=choice) if following else "",
        "seen": workflow.mark(case),
        "may_tick": "approve" in decisions,
    }
    response = render(request, "admin/review/case/review.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _case_context(request: HttpRequest, page: CasePage, choice: QueueChoice, desk: reads.Desk) -> dict[str, Any]:
    """What the head of every page of a case draws."""
    case = page.case
    words, tone = staff_pages.due_words(page.current_step, desk.soon)
    return {
        **admin.site.each_context(request),
        "is_nav_sidebar_enabled": False,
        "case": case,
        "matter": page.matter,
        "applicant": applicant_name(case),
        "step": page.current_step,
        "route": page.route(),
        "due": words,
        "tone": tone,
        "queue_url": _url("queue", choice=choice),
        "review_url": _url("review", case.number, choice=choice),
        "query": _query(choice),
    }


def _shown_file(request: HttpRequest, slots: list[staff_pages.SlotView]) -> dict[str, Any] | None:
    """The attachment in the viewer: the chosen one, else the first that can be drawn. Also without JavaScript."""
    files = [file for slot in slots for file in slot.files]
    chosen = request.GET.get("attachment", "")
    file = next((f for f in files if f.pk == chosen), None) or next((f for f in files if f.pages), None)
    if file is None or not file.pages:
        return None
    number = min(max(parameters.whole_number(request.GET.get("page")) or 1, 1), file.pages)
    return {
        "file": file,
        "number": number,
        "src": file.page_urls[number - 1],
        "before_url": _turned(request, file.pk, number - 1) if number > 1 else "",
        "next_url": _turned(request, file.pk, number + 1) if number < file.pages else "",
    }


def _turned(request: HttpRequest, attachment: str, page: int) -> str:
    """The same address with another page in the viewer, for browsers without JavaScript."""
    query = request.GET.copy()
    query["attachment"], query["page"] = attachment, str(page)
    return f"?{query.urlencode()}#viewer"


def _decision(name: str, case: Case, choice: QueueChoice) -> dict[str, str]:
    label, key, look = DECISIONS[name]
    return {"name": name, "label": label, "key": key, "look": look, "url": _url(name, case.number, choice=choice)}


@staff_view
@require_POST
def clear_text(request: HttpRequest, number: str) -> HttpResponse:
    """A masked value in clear, logged first and shown in this answer only."""
    case = find_case(request, number)
    what = request.POST.get("what", "")
    page, name, row = [*what.split("."), "", "", ""][:3]
    text = CasePage(case).clear_text(page, name, row)
    if text is None:
        raise Http404
    staff_actions.note_clear_text(case, page, name, row, by=request.user)
    if request.htmx:
        response = render(request, "admin/review/case/clear_text.html", _clear(case, what, text))
        response["Cache-Control"] = "no-store"
        return response
    return _show_review(request, case, (what, text))


def _clear(case: Case, what: str, text: str) -> dict[str, Any]:
    return {"case": case, "what": what, "text": text, "masked": False, "query": ""}


@staff_view
@require_POST
def viewing(request: HttpRequest, number: str) -> HttpResponse:
    """The page reports that it is open, and learns who else has it open."""
    case = find_case(request, number)
    staff_actions.note_viewing(case, by=request.user)
    context = {"case": case, "viewers": reads.other_viewers(case, request.user), "seen": workflow.mark(case)}
    return render(request, "admin/review/case/viewers.html", context)


@staff_view
@require_POST
def tick(request: HttpRequest, number: str, attachment: str) -> HttpResponse:
    """已核: ticks an attachment, or takes the tick back. Only who may decide the case ticks."""
    case = find_case(request, number)
    found = get_object_or_404(Attachment, pk=attachment, case=case, removed_at__isnull=True)
    if staff_pages.why_not(case, "approve", request.user):
        raise PermissionDenied
    actions.tick_attachment(found, by=request.user, checked=request.POST.get("checked") == "1")
    if request.htmx:
        files = [file for slot in CasePage(case).slot_views(request.user) for file in slot.files]
        context = {"case": case, "file": next(f for f in files if f.pk == str(found.pk)), "may_tick": True, "query": ""}
        return render(request, "admin/review/case/tick.html", context)
    return redirect(f"{_url('review', case.number, choice=_choice(request))}#files")


# --- Decisions -----------------------------------------------------------------------------------


@staff_view
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, number: str, transition: str) -> HttpResponse:
    """One transition: what it does, the exact message, the reason; POST carries it out."""
    case, choice = find_case(request, number), _choice(request)
    page = CasePage(case)
    if request.method == "GET":
        if refused := staff_pages.why_not(case, transition, request.user):
            messages.error(request, refused)
            return redirect(_url("review", case.number, choice=choice))
        form = _form(transition, page, None, seen=workflow.mark(case))
        return _show_decision(request, page, transition, form, choice)
    form = _form(transition, page, request.POST)
    if request.POST.get("action") == "preview":
        return _show_decision(request, page, transition, form, choice, preview=True)
    if not form.is_valid():
        return _show_decision(request, page, transition, form, choice, status=INVALID)
    position = reads.position_of(page.current_step)
    try:
        done = _perform(case, transition, form, request)
    except TransitionRefused as refused:
        return _refused(request, case, transition, form, choice, str(refused))
    messages.success(request, _done_words(done, transition))
    if "next" in request.POST:
        return _take_next(request, choice, position)
    return redirect(_url("review", case.number, choice=choice))


def _form(transition: str, page: CasePage, data: Any, seen: str = "") -> DecisionForm:
    options: dict[str, Any] = {"case": page.case, "transition": transition}
    if data is None:
        options["initial"] = {"seen": seen}
    if transition == "return":
        return ReturnForm(data, sections=page.sections, slots=page.slots, **options)
    form = ReasonForm if transition in ("reject", "revoke") else DecisionForm
    return form(data, **options)


def _perform(case: Case, transition: str, form: DecisionForm, request: HttpRequest) -> Case:
    return workflow.perform(
        case,
        transition,
        by=request.user,
        reason=form.told,
        notes=form.cleaned_data["notes"],
        corrections=form.corrections() if isinstance(form, ReturnForm) else None,
        seen=form.cleaned_data["seen"],
    )


def _refused(
    request: HttpRequest, case: Case, transition: str, form: DecisionForm, choice: QueueChoice, words: str
) -> HttpResponse:
    """The case has moved on, or was never the user's to decide: say so, show the latest, keep what was typed."""
    latest = find_case(request, case.number)
    possible = not staff_pages.why_not(latest, transition, request.user)
    if possible:
        form.data = form.data.copy()
        form.data["seen"] = workflow.mark(latest)
    context = {"refused": words, "possible": possible, "latest": timeline_entries(latest, staff=True)[:1]}
    return _show_decision(request, CasePage(latest), transition, form, choice, status=CONFLICT, **context)


def _show_decision(
    request: HttpRequest,
    page: CasePage,
    transition: str,
    form: DecisionForm,
    choice: QueueChoice,
    *,
    status: int = 200,
    preview: bool = False,
    **more: Any,
) -> HttpResponse:
    returning = isinstance(form, ReturnForm)
    count = len(form.chosen) if returning else 0
    label, _, look = DECISIONS[transition]
    context = {
        **_case_context(request, page, choice, reads.desk_of(request.user)),
        "title": f"{label} {page.case.number}",
        "transition": transition,
        "label": label,
        "look": look,
        "form": form,
        "consequence": staff_pages.consequence(page, transition),
        "message": staff_pages.message(page.case, page, transition, form.told, count),
        "previewed": preview,
        "possible": True,
        "refused": "",
        "latest": [],
        "sections": page.section_views(form) if returning else [],
        "slots": page.slot_views(request.user, form) if returning else [],
        "takes_next": transition not in ("accept", "revoke", "release"),
        **more,
    }
    name = "message" if preview and request.htmx else "return" if returning else "decide"
    return render(request, f"admin/review/case/{name}.html", context, status=status)


def _done_words(case: Case, transition: str) -> str:
    label = DECISIONS[transition][0]
    step = case.steps.filter(current=True).select_related("region").first()
    if transition == "approve" and step:
        return f"{case.number} 已{label}，转入{step.region}{step.get_role_display()}"
    return f"{case.number} 已{label}，当前状态：{case.get_status_display()}"


def _take_next(request: HttpRequest, choice: QueueChoice, position: Position | None) -> HttpResponse:
    """保存并处理下一件: the next of the same tab with the same filters."""
    following = reads.next_case(reads.desk_of(request.user), choice, position)
    if following is None:
        messages.info(request, f"“{reads.TABS[choice.tab]}”中已没有待处理的办件")
        return redirect(_url("queue", choice=choice))
    return redirect(_url("review", following.number, choice=choice))
