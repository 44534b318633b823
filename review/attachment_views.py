"""Attachments of a case that is being filled in: the bars, upload and removal."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from common.files import FileRefused
from review import actions, matters, submission
from review.models import Attachment, Case
from review.portal import case_url, editing, editing_context, open_corrections

INVALID = 422
ACCEPT = {"pdf": ".pdf", "jpeg": ".jpg,.jpeg", "png": ".png"}


def _wants_fragment(request: HttpRequest) -> bool:
    """Whether the page's script asked and will put the answer in its place."""
    return bool(request.htmx)


@editing
def attachments(request: HttpRequest, portal: str, case: Case) -> HttpResponse:
    """All slots of the case; the bars turn green as they are filled."""
    values = submission.load_values(case)
    if not matters.get(case.matter).slots:
        raise Http404
    context = editing_context(case, values, portal, "attachments", "上传资料")
    states = submission.slot_states(matters.get(case.matter), case, values)
    context |= {
        "slots": [slot_context(case, state) for state in states if not state.row],
        "row_slots": [slot_context(case, state) for state in states if state.row],
        **_counted(states),
    }
    return render(request, [f"matters/{case.matter}/attachments.html", "review/attachments.html"], context)


def _counted(states: list[submission.SlotState]) -> dict[str, int]:
    """How many required slots there are, and how many are filled; slots of rows do not count (SXU: three bars)."""
    counted = [state for state in states if not state.row and state.required]
    return {"needed": len(counted), "filled": sum(state.complete for state in counted)}


def slot_context(case: Case, state: submission.SlotState, *, editable: bool = True, error: str = "") -> dict[str, Any]:
    """What the attachment_slot component draws."""
    mark = next(
        (c.reason for c in open_corrections(case) if c.slot == state.slot.key and str(c.row_key or "") == state.row),
        "",
    )
    key = f"{state.slot.key}-{state.row}" if state.row else state.slot.key
    return {
        "key": key,
        "title": f"{state.row_title}：{state.slot.title}" if state.row else state.slot.title,
        "required": state.required,
        "hint": state.slot.hint,
        "state": _bar(state, error, mark),
        "exempt_reason": state.covered,
        "mark": mark,
        "error": error,
        "files": [_file_context(case, attachment, editable) for attachment in state.attachments],
        "upload_url": _upload_url(case, state) if editable else "",
        "accept": ",".join(ACCEPT[kind] for kind in state.slot.kinds if kind in ACCEPT),
        "multiple": True,
        "max_label": "支持 PDF、JPG、PNG，单个文件不超过 20MB",
    }


def _bar(state: submission.SlotState, error: str, mark: str) -> str:
    if error or any(a.file.state in ("infected", "unreadable") for a in state.attachments):
        return "error"
    if state.attachments:
        return "done" if state.filled else "missing"
    if state.covered:
        return "exempt"
    return "marked" if mark else "missing"


def _upload_url(case: Case, state: submission.SlotState) -> str:
    url = case_url(case, "upload", slot=state.slot.key)
    return f"{url}?row={state.row}" if state.row else url


def _file_context(case: Case, attachment: Attachment, editable: bool) -> dict[str, Any]:
    stored = attachment.file
    return {
        "name": stored.original_name,
        "size": stored.size,
        "url": reverse("review:file", args=[attachment.pk]),
        "preview_url": reverse("review:file_page", args=[attachment.pk, 1]) if stored.state == "clean" else "",
        "delete_url": case_url(case, "remove_attachment", attachment=attachment.pk) if editable else "",
        "status": stored.state,
        "status_label": "" if stored.state == "clean" else stored.get_state_display(),
    }


def _slot_states(case: Case) -> list[submission.SlotState]:
    return submission.slot_states(matters.get(case.matter), case, submission.load_values(case))


def _slot_state(states: list[submission.SlotState], key: str, row: str) -> submission.SlotState:
    for state in states:
        if state.slot.key == key and state.row == row:
            return state
    raise Http404


@editing
@require_POST
def upload(request: HttpRequest, portal: str, case: Case, slot: str) -> HttpResponse:
    """Put a file into a slot; the answer is the slot again, or without script the page with the slot."""
    row = request.GET.get("row", "")
    state = _slot_state(_slot_states(case), slot, row)
    error = ""
    try:
        for file in request.FILES.getlist("file"):
            actions.add_attachment(case, state.slot, file, by=request.user, row_key=row)
        if not request.FILES.getlist("file"):
            error = "请先选择文件"
    except FileRefused as refused:
        error = str(refused)
    return _slot_answer(request, case, slot, row, error)


@editing
@require_POST
def remove_attachment(request: HttpRequest, portal: str, case: Case, attachment: str) -> HttpResponse:
    """Take a file out of its slot."""
    found = get_object_or_404(Attachment, pk=attachment, case=case, removed_at__isnull=True)
    actions.remove_attachment(found, by=request.user)
    return _slot_answer(request, case, found.slot, str(found.row_key or ""), "")


def _slot_answer(request: HttpRequest, case: Case, slot: str, row: str, error: str) -> HttpResponse:
    states = _slot_states(case)
    state = _slot_state(states, slot, row)
    if _wants_fragment(request):
        context = {"slot": slot_context(case, state, error=error), **_counted(states)}
        return render(request, "review/slot_answer.html", context, status=INVALID if error else 200)
    if error:
        messages.error(request, f"{state.slot.title}：{error}")
    anchor = f"{slot}-{row}" if row else slot
    return HttpResponseRedirect(f"{case_url(case, 'attachments')}#slot-{anchor}")
