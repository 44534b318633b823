"""The homes of the individual and the unit portal (个人中心, 单位中心)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import Individual, Unit
from accounts.portal import individual_required, unit_required
from accounts.queries import messages_of
from hall import menus, sections, states
from review import queries
from review.models import Status

MESSAGES_SHOWN = 4


@require_safe
@individual_required
def individual_home(request: HttpRequest) -> HttpResponse:
    """个人中心: what to do next, figures, services with their state, latest cases, messages."""
    person = request.individual
    context = _context(request, person, "individual") | {
        "page_title": f"{person.name}，您好",
        "standing": states.individual_standing(person),
    }
    return render(request, "individual/home.html", context)


@require_safe
@unit_required
def unit_home(request: HttpRequest) -> HttpResponse:
    """单位中心: the same for the unit acting."""
    unit = request.unit
    context = _context(request, unit, "unit") | {
        "page_title": unit.name,
        "standing": states.unit_standing(unit),
    }
    return render(request, "unit/home.html", context)


def _context(request: HttpRequest, subject: Individual | Unit, portal: str) -> dict:
    return {
        "portal": portal,
        "crumbs": [{"title": "首页", "url": "/"}, {"title": "个人中心" if portal == "individual" else "单位中心"}],
        "todos": sections.todos(subject, portal),
        "tiles": _tiles(subject, portal),
        "groups": menus.services(portal, getattr(subject, "closed_groups", ())),
        "cases": sections.case_rows(subject, portal),
        "cases_url": menus.address("review:cases", portal),
        "messages_url": menus.address("accounts:messages"),
        "inbox": list(messages_of(request.user)[:MESSAGES_SHOWN]),
    }


def _tiles(subject: Individual | Unit, portal: str) -> list[dict]:
    counts = queries.status_counts(subject)
    cases = menus.address("review:cases", portal)
    return [
        {
            "label": label,
            "value": sum(counts.get(status, 0) for status in statuses),
            "unit": "件",
            "url": f"{cases}?{query}" if cases else "",
            "tone": tone,
        }
        for label, statuses, query, tone in (
            ("待修改", (Status.RETURNED,), "status=returned", "warning"),
            ("暂存", (Status.DRAFT,), "status=draft", ""),
            ("审核中", (Status.SUBMITTED, Status.IN_REVIEW), "bar=running", ""),
            ("审核通过", (Status.APPROVED,), "status=approved", "success"),
        )
    ]
