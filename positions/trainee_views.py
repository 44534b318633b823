"""见习岗位录入及维护 (B2): what a trainee may choose from, and what he or she keeps."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Individual
from accounts.portal import individual_required
from common import regions
from common.transitions import TransitionRefused
from internship import queries as internship_queries
from internship.models import Trainee
from positions import actions, queries, rules, search_form
from positions.models import Favourite
from positions.public_views import HOME, search_context, search_response
from positions.search_form import SearchForm

PORTAL = {"title": "个人办事", "url": "/individual/"}
INVALID = 422


def _crumbs(title: str) -> list[dict[str, str]]:
    return [HOME, PORTAL, {"title": title, "url": ""}]


@individual_required
@require_safe
def trainee_search(request: HttpRequest) -> HttpResponse:
    """The positions of the trainee's handling region; who is no trainee may look at all of them."""
    individual: Individual = request.individual  # type: ignore[attr-defined]
    trainee = internship_queries.active_trainee(individual)
    offices = rules.visible_offices(trainee, timezone.localdate()) if trainee else ()
    form = SearchForm(request.GET, offices=offices)
    result = search_form.run(form)
    context = search_context(form, result, reverse("positions:trainee_search"))
    kept = queries.kept_positions(individual, [hit.id for hit in result.hits])
    for item in context["items"]:
        item["favourite"] = kept.get(item["hit"].id)
    context |= {
        "choosing": True,
        "here": request.get_full_path(),
        "scope_words": _scope_words(trainee, offices),
        "state": None if trainee else internship_queries.trainee_state_words(individual),
        "page_title": "见习岗位录入及维护",
        "crumbs": _crumbs("见习岗位录入及维护"),
    }
    return search_response(request, "positions/trainee_search.html", context)


def _scope_words(trainee: Trainee | None, offices: tuple[tuple[str, str], ...]) -> str:
    """Which positions are shown, in words."""
    if trainee is None:
        return ""
    code = trainee.handling_region_id
    if offices[0][0] == "office_city":
        return f"您的业务办理属地是{regions.handling_path_name(code)}，以下为全市的见习岗位。"
    also = "及市本级" if len(offices) > 1 else ""
    return f"您的业务办理属地是{regions.handling_path_name(code)}，以下为该地{also}的见习岗位。"


@individual_required
@require_safe
def favourites(request: HttpRequest) -> HttpResponse:
    """我的收藏: closed positions stay in the list, marked."""
    individual: Individual = request.individual  # type: ignore[attr-defined]
    today = timezone.localdate()
    rows = [_row(favourite) for favourite in queries.favourites_of(individual)]
    trainee = internship_queries.active_trainee(individual)
    context = {
        "rows": rows,
        "today": today,
        "limit": rules.favourites_limit(trainee, today) if trainee else None,
        "state": None if trainee else internship_queries.trainee_state_words(individual),
        "page_title": "我的收藏岗位",
        "crumbs": _crumbs("我的收藏岗位"),
    }
    return render(request, "positions/favourites.html", context)


def _row(favourite: Favourite) -> dict[str, Any]:
    position = favourite.position
    return {
        "favourite": favourite,
        "position": position,
        "place": regions.handling_path_name(position.work_region_id),
        "is_open": position.is_open and position.valid_to >= timezone.localdate(),
        "answer": next(iter(favourite.actions.all()), None),
    }


@individual_required
@require_http_methods(["GET", "POST"])
def add_favourite(request: HttpRequest, number: str) -> HttpResponse:
    """收藏; the first time it says what the unit will see and asks for consent."""
    individual: Individual = request.individual  # type: ignore[attr-defined]
    position = queries.position_by_number(number)
    if position is None:
        raise Http404
    given = request.POST if request.method == "POST" else request.GET
    back = search_form.safe_back(given.get("back", ""), reverse("positions:detail", args=[position.number]))
    state = internship_queries.trainee_state_words(individual)
    if not state.is_trainee:
        context = {
            "state": state,
            "position": position,
            "back": back,
            "page_title": "收藏岗位",
            "crumbs": _crumbs("收藏岗位"),
        }
        return render(request, "positions/not_a_trainee.html", context, status=INVALID)
    if request.method == "GET" or not (actions.has_consented(individual) or "asked" in request.POST):
        return _ask_consent(request, position, back, "")
    try:
        actions.add_favourite(
            individual=individual,
            position=position,
            agreed=request.POST.get("agree") == "1",
            by=request.user,
            address=request.META.get("REMOTE_ADDR"),
        )
    except TransitionRefused as refused:
        if not actions.has_consented(individual):
            return _ask_consent(request, position, back, str(refused))
        messages.error(request, str(refused))
        return redirect(back)
    messages.success(request, f"已收藏“{position.name}”")
    return redirect(back)


def _ask_consent(request: HttpRequest, position: Any, back: str, error: str) -> HttpResponse:
    context = {
        "position": position,
        "back": back,
        "error": error,
        "page_title": "收藏前请确认",
        "crumbs": _crumbs("收藏岗位"),
    }
    return render(request, "positions/contact_consent.html", context, status=INVALID if error else 200)


@individual_required
@require_POST
def cancel_favourite(request: HttpRequest, pk: int) -> HttpResponse:
    """取消收藏: the unit does not see the person any more."""
    individual = request.individual  # type: ignore[attr-defined]
    favourite = get_object_or_404(Favourite.objects.filter(individual=individual), pk=pk)
    actions.cancel_favourite(favourite=favourite, by=request.user)
    messages.success(request, "已取消收藏，该单位不再能看到您的信息")
    return redirect(search_form.safe_back(request.POST.get("back", ""), reverse("positions:favourites")))
