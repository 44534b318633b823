"""Attachments handed out: the file, and its pages as images, to who may see the case."""

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from accounts.models import User
from common import files
from config.middleware import outside_read_only
from review import rules
from review.models import Attachment, Case


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


def _answer(respond, request: HttpRequest, key: str) -> HttpResponseBase:
    try:
        return respond(_attachment(request.user, key))
    except (files.FileNotReady, files.FileRefused) as reason:
        raise Http404(str(reason)) from reason
