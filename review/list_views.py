"""我的办件: the cases of a person or unit."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from review import lapse, matters, queries
from review.forms import CaseFilterForm
from review.models import Case, Status
from review.portal import crumbs, portal_view, subject_of

PAGE_SIZE = 20


@portal_view
def cases(request: HttpRequest, portal: str) -> HttpResponse:
    """我的办件: all cases of the person or unit, by status, month, matter, person and time."""
    subject = subject_of(request, portal)
    form = CaseFilterForm(request.GET or None, portal=portal)
    bar = request.GET.get("bar", "")
    chosen = {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    found = queries.filter_cases(queries.cases_of(subject), bar=bar, **chosen)
    page = Paginator(found.order_by("-created_at", "-id"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "portal": portal,
        "filter_form": form,
        "filter_count": len(chosen),
        "filter_target": "case-list",
        "clear_url": reverse("review:cases", args=[portal]),
        "tabs": _tabs(portal, bar),
        "status_links": _status_links(portal, subject, form["status"].value() or ""),
        "rows": _rows(list(page), portal),
        "page_obj": page,
        "page_title": "我的办件",
        "crumbs": crumbs(portal, ("我的办件", "")),
    }
    return render(request, "review/case_list.html" if request.htmx else "review/cases.html", context)


def _tabs(portal: str, bar: str) -> list[dict[str, Any]]:
    url = reverse("review:cases", args=[portal])
    return [
        {"title": title, "url": f"{url}?bar={key}" if key else url, "active": bar == key}
        for key, title in (("", "全部"), ("running", "办理中"), ("finished", "办结"))
    ]


def _status_links(portal: str, subject: Any, active: str) -> list[dict[str, Any]]:
    counts, url = queries.status_counts(subject), reverse("review:cases", args=[portal])
    return [
        {
            "status": status.value,
            "title": status.label,
            "url": f"{url}?status={status.value}",
            "count": counts.get(status.value, 0),
            "active": active == status.value,
        }
        for status in queries.LISTED
    ]


def _rows(found: list[Case], portal: str) -> list[dict[str, Any]]:
    ends = lapse.last_days(found)
    return [_row(case, portal) | {"last_day": ends.get(case.pk)} for case in found]


def _row(case: Case, portal: str) -> dict[str, Any]:
    return {
        "case": case,
        "name": matters.get(case.matter).name,
        "url": reverse("review:case", args=[portal, case.number]),
        "withdraw_url": reverse("review:withdraw", args=[portal, case.number])
        if case.status == Status.SUBMITTED
        else "",
    }
