"""Corrections and cancellations of single rows on the page, until a monthly report rests on them (C5–C7)."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.models import Unit
from accounts.portal import unit_required
from common.transitions import TransitionRefused
from reporting import correction_actions, corrections, queries, rules
from reporting.correction_forms import RowForm
from reporting.models import Placement
from review.portal import crumbs

INVALID = 422
TITLE = "就业见习人员管理"


def rows_of(placement: Placement) -> list[dict[str, Any]]:
    """What was reported for the person's months, newest first, and whether it can still be corrected here."""
    found = []
    for one in placement.attendance.all():
        words = f"应出勤{one.due}天，实际出勤{one.present}天"
        found.append(_line(placement, corrections.Kind.ATTENDANCE, one.month, words))
    for status in placement.on_post.all():
        left = f"不在岗，{rules.words(status.left_on)}离岗" if status.left_on else "在岗"
        found.append(_line(placement, corrections.Kind.ON_POST, status.month, left))
    return sorted(found, key=lambda line: line["month"], reverse=True)


def _line(placement: Placement, kind: Any, month: date, words: str) -> dict[str, Any]:
    free = corrections.can_on_page(placement, month)
    return {
        "month": month,
        "title": kind.label,
        "words": words,
        "correct_url": _url("correct_month", placement, kind.value, month) if free else "",
        "cancel_url": _url("cancel_month", placement, kind.value, month) if free else "",
    }


def _url(name: str, placement: Placement, kind: str = "", month: date | None = None) -> str:
    if month is None:
        return reverse(f"reporting:{name}", args=[placement.pk])
    return reverse(f"reporting:{name}", args=[placement.pk, kind, f"{month:%Y-%m}"])


def _found(request: HttpRequest, pk: int, kind: str, month: str) -> tuple[Placement, Any, date | None]:
    """The unit's own row, or 404."""
    unit: Unit = request.unit  # type: ignore[attr-defined]
    placement = get_object_or_404(queries.placements_of(unit), pk=pk)
    first = None
    if kind != corrections.Kind.AGREEMENT:
        try:
            first = date.fromisoformat(f"{month}-01")
        except ValueError:
            raise Http404 from None
    row = corrections.stored_row(placement, kind, first)
    if row is None:
        raise Http404
    return placement, row, first


def _context(placement: Placement, title: str) -> dict[str, Any]:
    back = reverse("reporting:placement", args=[placement.pk])
    return {
        "page_title": title,
        "page_kicker": placement.name,
        "back_url": back,
        "crumbs": crumbs("unit", (TITLE, reverse("reporting:placements")), (placement.name, back), (title, "")),
    }


@unit_required
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, pk: int, kind: str = "agreement", month: str = "") -> HttpResponse:
    """更正 a row: the form as it is, the faults at their fields."""
    placement, row, first = _found(request, pk, kind, month)
    form = RowForm(request.POST or None, placement=placement, kind=kind, month=first, row=row)
    try:
        corrections.check_on_page(placement, first)
        if request.method == "POST" and form.is_valid():
            correction_actions.correct_row(
                placement=placement,
                kind=kind,
                month=first,
                values=form.cleaned_data,
                by=request.user,  # type: ignore[arg-type]
            )
            messages.success(request, "已更正，原内容保留在历史记录中")
            return redirect("reporting:placement", pk=pk)
    except TransitionRefused as refused:
        messages.error(request, str(refused))
        return redirect("reporting:placement", pk=pk)
    title = f"更正{corrections.Kind(kind).label}" + (f"（{first.year}年{first.month}月）" if first else "")
    context = {**_context(placement, title), "form": form}
    return render(request, "reporting/correct.html", context, status=INVALID if form.is_bound else 200)


@unit_required
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, pk: int, kind: str = "agreement", month: str = "") -> HttpResponse:
    """取消 a row, after a confirmation."""
    placement, row, first = _found(request, pk, kind, month)
    try:
        corrections.check_on_page(placement, first)
        if request.method == "POST":
            if first is None:
                correction_actions.cancel_placement(placement=placement, by=request.user)  # type: ignore[arg-type]
            else:
                correction_actions.cancel_row(row=row, by=request.user)  # type: ignore[arg-type]
            messages.success(request, "已取消")
            return redirect("reporting:placement", pk=pk)
    except TransitionRefused as refused:
        messages.error(request, str(refused))
        return redirect("reporting:placement", pk=pk)
    what = f"{first.year}年{first.month}月的{corrections.Kind(kind).label}" if first else "见习，岗位名额将释放"
    context = _context(placement, "取消")
    context |= {"text": f"确定取消{placement.name}的{what}？需要时可以重新上报。", "confirm_label": "确定取消"}
    return render(request, "review/confirm.html", context)
