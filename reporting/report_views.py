"""就业见习月报管理 (C10; JL): the unit's reports from–to, and the way to a revision."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Unit
from accounts.portal import unit_required
from common.transitions import TransitionRefused
from reporting import actions, claims_forms, queries, revisions
from reporting.models import MonthlyReport
from review import matters
from review.matters import StartRefused
from review.models import Case
from review.portal import case_url, crumbs

PAGE_SIZE = 20
TITLE = "就业见习月报管理"


def _unit(request: HttpRequest) -> Unit:
    unit: Unit = request.unit  # type: ignore[attr-defined]
    return unit


@unit_required
@require_safe
def monthly_reports(request: HttpRequest) -> HttpResponse:
    """All reports and revisions, newest first; drafts that name no month yet stand in the list without dates."""
    form = claims_forms.ClaimFilter(request.GET or None, label_suffix="")
    chosen = {key: value for key, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    found = Case.objects.of_unit(_unit(request)).filter(matter__in=(queries.REPORT_MATTER, queries.REVISION_MATTER))
    if begin := chosen.get("begin"):
        found = found.filter(monthlyreport_record__month__gte=begin)
    if end := chosen.get("end"):
        found = found.filter(monthlyreport_record__month__lte=end)
    in_force = Q(person_months__in_force=True)
    counted = found.annotate(
        people=Count("person_months", filter=in_force), total=Sum("person_months__subsidy", filter=in_force)
    )
    ordered = counted.select_related("monthlyreport_record").order_by("-created_at", "-pk")
    page = Paginator(ordered, PAGE_SIZE).get_page(request.GET.get("page"))
    free = set(revisions.revisable(_unit(request)).values_list("pk", flat=True))
    context = {
        "rows": [_row(case, free) for case in page],
        "page_obj": page,
        "apply_url": reverse("review:start", kwargs={"portal": "unit", "matter": queries.REPORT_MATTER}),
        "filter_form": form,
        "filter_count": len(chosen),
        "clear_url": request.path,
        "page_title": TITLE,
        "crumbs": crumbs("unit", (TITLE, "")),
    }
    return render(request, "reporting/monthly_reports.html", context)


def _row(case: Any, free: set[int]) -> dict[str, Any]:
    return {
        "case": case,
        "record": getattr(case, "monthlyreport_record", None),
        "kind": matters.get(case.matter).name,
        "people": case.people,
        "total": case.total,
        "url": case_url(case),
        "revise_url": reverse("reporting:revise_report", args=[case.pk]) if case.pk in free else "",
    }


@unit_required
@require_POST
def revise(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the 月报更正 of a report; the draft opens with the report chosen."""
    report = get_object_or_404(MonthlyReport, pk=pk, case__unit=_unit(request))
    try:
        case = actions.start_revision(report=report, by=request.user)  # type: ignore[arg-type]
    except (StartRefused, TransitionRefused) as refused:
        messages.error(request, str(refused))
        return redirect("reporting:monthly_reports")
    return redirect(case_url(case, "page", page="report"))
