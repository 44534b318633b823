"""我的见习 (B3): the trainee's internships as the units reported them, objections, and the log."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.portal import individual_required
from common.transitions import TransitionRefused
from reporting import certificates, queries, trainee_actions
from reporting.forms import LogForm, ObjectionForm
from reporting.models import Placement
from reporting.views import facts_of, state_of
from review.portal import crumbs

TITLE = "我的见习"
INVALID = 422
LOG_SHOWN = 60


def _own(request: HttpRequest, pk: int) -> Placement:
    """The person's own internship; anybody else's is 404."""
    individual = request.individual  # type: ignore[attr-defined]
    return get_object_or_404(queries.placements_of_person(individual), pk=pk)


@individual_required
@require_safe
def placements(request: HttpRequest) -> HttpResponse:
    """All internships of the person, newest first."""
    found = queries.placements_of_person(request.individual)  # type: ignore[attr-defined]
    context = {
        "rows": [{"placement": one, "state": state_of(one)} for one in found],
        "page_title": TITLE,
        "crumbs": crumbs("individual", (TITLE, "")),
    }
    return render(request, "reporting/my_placements.html", context)


@individual_required
@require_safe
def placement(request: HttpRequest, pk: int) -> HttpResponse:
    """One internship: the agreement, attendance and pay by month, objections and the log."""
    found = _own(request, pk)
    return _show(request, found, ObjectionForm(label_suffix=""), LogForm(label_suffix=""))


def _show(
    request: HttpRequest, found: Placement, objection: ObjectionForm, log: LogForm, status: int = 200
) -> HttpResponse:
    context = {
        "placement": found,
        "state": state_of(found),
        "sections": facts_of(found),
        "attendance": found.attendance.all(),
        "months": found.months.in_force(),
        "objections": found.objections.all(),
        "log": found.log.all()[:LOG_SHOWN],
        **_certificate(found),
        "objection_form": objection,
        "log_form": log,
        "page_title": found.position.name,
        "page_kicker": found.unit.name,
        "crumbs": crumbs("individual", (TITLE, reverse("reporting:my_placements")), (found.position.name, "")),
    }
    return render(request, "reporting/my_placement.html", context, status=status)


def _certificate(found: Placement) -> dict[str, Any]:
    """The certificate where there is one, whether it may be issued, and else why not."""
    try:
        certificates.check_certificate(found)
    except TransitionRefused as refused:
        return {"certificate": None, "may_issue": False, "no_certificate": str(refused)}
    return {"certificate": certificates.issued(found), "may_issue": True, "no_certificate": ""}


@individual_required
@require_POST
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """下载见习证明: issued the first time, the same file afterwards."""
    found = _own(request, pk)
    try:
        document = certificates.issue(placement=found, by=request.user)  # type: ignore[arg-type]
    except TransitionRefused as refused:
        messages.error(request, str(refused))
        return redirect("reporting:my_placement", pk=pk)
    return redirect("documents:download", number=document.number)


def _do(request: HttpRequest, pk: int, act: Callable[[], Any], done: str) -> HttpResponse:
    try:
        act()
        messages.success(request, done)
    except TransitionRefused as refused:
        messages.error(request, str(refused))
    return redirect("reporting:my_placement", pk=pk)


@individual_required
@require_POST
def object_to(request: HttpRequest, pk: int) -> HttpResponse:
    """提出异议."""
    found, form = _own(request, pk), ObjectionForm(request.POST, label_suffix="")
    if not form.is_valid():
        return _show(request, found, form, LogForm(label_suffix=""), INVALID)
    return _do(
        request,
        pk,
        lambda: trainee_actions.raise_objection(placement=found, by=request.user, **form.cleaned_data),  # type: ignore[arg-type]
        "异议已提交，单位答复后会发送到您的消息中心",
    )


@individual_required
@require_POST
def write_log(request: HttpRequest, pk: int) -> HttpResponse:
    """写日志; a second text for a day replaces the first."""
    found, form = _own(request, pk), LogForm(request.POST, label_suffix="")
    if not form.is_valid():
        return _show(request, found, ObjectionForm(label_suffix=""), form, INVALID)
    return _do(
        request,
        pk,
        lambda: trainee_actions.write_log(
            placement=found,
            on=timezone.localdate(),
            by=request.user,  # type: ignore[arg-type]
            **form.cleaned_data,
        ),
        "日志已保存",
    )
