"""Attachments handed out: the file, and its pages as images, to who may see the case."""

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.models import User
from common import files
from config.middleware import outside_read_only
from review import rules, sheets, staff_actions, submission
from review.models import Attachment, Case
from review.staff_views import find_case, staff_view


def _attachment(user: User | AnonymousUser, key: str) -> Attachment:
    """The attachment if its case is the user's own or in scope; 404 otherwise."""
    found = get_object_or_404(Attachment.objects.select_related("file", "case__individual", "case__unit"), pk=key)
    if not may_see(found.case, user):
        raise Http404
    return found


def may_see(case: Case, user: User | AnonymousUser) -> bool:
    """The applicant, and staff whose regions the case lies in."""
    if not user.is_authenticated:
        return False
    return rules.in_scope(case, user) if user.is_staff else rules.is_applicant(case, user)


def file(request: HttpRequest, key: str) -> HttpResponseBase:
    """The file itself, always as a download: an upload is never rendered in the hall's origin."""
    return _answer(lambda found: files.file_response(found.file, as_attachment=True), request, key)


@outside_read_only
def file_page(request: HttpRequest, key: str, number: int) -> HttpResponseBase:
    """One page as an image that the hall has drawn itself; drawn at the first look and then kept."""
    return _answer(lambda found: files.page_response(found.file, number), request, key)


@staff_view
@require_POST
def staff_original(request: HttpRequest, number: str, page: str) -> HttpResponseBase:
    """The spreadsheet as it was handed in, logged first: it holds in clear what the page masks."""
    case = find_case(request, number)
    stored = sheets.original_of(case, page, submission.current_values(case))
    if stored is None:
        raise Http404
    try:
        response = files.file_response(stored)
    except files.FileNotReady as waiting:
        messages.error(request, str(waiting))
        return redirect("admin:review_case_review", case.number)
    staff_actions.note_clear_text(case, page, staff_actions.ORIGINAL, "", by=request.user)
    return response


def _answer(respond, request: HttpRequest, key: str) -> HttpResponseBase:
    try:
        return respond(_attachment(request.user, key))
    except (files.FileNotReady, files.FileRefused) as reason:
        raise Http404(str(reason)) from reason
