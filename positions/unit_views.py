"""岗位管理 and 就业见习岗位查询 (C2, C3): a unit's positions, and the people interested in them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Unit
from accounts.portal import unit_required
from common import regions
from common.transitions import TransitionRefused
from config.middleware import outside_read_only
from internship import rules as internship_rules
from positions import actions, queries, rules, sheets
from positions.forms import AnswerForm, CloseForm, UnitPositionsFilter
from positions.models import ContactViewLog, Favourite, Position
from review.matters import StartRefused
from review.models import Case
from review.portal import case_url

PAGE_SIZE = 20
PEOPLE = 50
INVALID = 422
TONES = {"open": "success", "closed": "warning", "ended": "neutral", "revoked": "danger"}
ICONS = {"open": "circle-check", "closed": "circle-pause", "ended": "archive", "revoked": "ban"}


def _crumbs(*tail: tuple[str, str]) -> list[dict[str, str]]:
    way = [("首页", "/"), ("法人办事", "/unit/"), *tail]
    return [{"title": title, "url": url} for title, url in way]


def _unit(request: HttpRequest) -> Unit:
    unit: Unit = request.unit  # type: ignore[attr-defined]
    return unit


def _own(request: HttpRequest, number: str) -> Position:
    """The unit's own position; anybody else's is 404."""
    return get_object_or_404(queries.positions_of(_unit(request)), number=number)


def _state(position: Position) -> dict[str, str]:
    return {"tone": TONES[position.state], "icon": ICONS[position.state], "label": position.get_state_display()}


@unit_required
@require_safe
def unit_list(request: HttpRequest) -> HttpResponse:
    """岗位管理: all positions of the unit, and applications under way above them."""
    unit = _unit(request)
    form = UnitPositionsFilter(request.GET or None, label_suffix="")
    chosen = {key: value for key, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    found = queries.positions_of(unit)
    if state := chosen.get("state"):
        found = found.filter(state=state)
    if name := chosen.get("name"):
        found = found.filter(name_key__contains=rules.name_key(name))
    page = Paginator(found.order_by("-published_at", "-id"), PAGE_SIZE).get_page(request.GET.get("page"))
    revised = queries.revisions_under_review(unit)
    context = {
        "rows": [_row(position, revised.get(position.pk)) for position in page],
        "page_obj": page,
        "under_way": [{"case": case, "url": case_url(case)} for case in queries.applications_under_way(unit)[:10]],
        "may_publish": internship_rules.can_publish(unit),
        "apply_url": reverse("review:start", kwargs={"portal": "unit", "matter": actions.MATTER}),
        "filter_form": form,
        "filter_count": len(chosen),
        "clear_url": reverse("positions:unit_list"),
        "page_title": "岗位管理",
        "crumbs": _crumbs(("岗位管理", "")),
    }
    return render(request, "positions/unit_list.html", context)


def _row(position: Position, revision: Case | None) -> dict[str, Any]:
    return {
        "position": position,
        "state": _state(position),
        "place": regions.handling_name(position.work_region_id),
        "revision": revision,
        "revision_url": case_url(revision) if revision else "",
    }


@unit_required
@require_safe
def unit_position(request: HttpRequest, number: str) -> HttpResponse:
    """One position of the unit, with what can be done about it."""
    position = _own(request, number)
    revision = queries.revisions_under_review(_unit(request)).get(position.pk)
    context = {
        **_row(position, revision),
        "place": regions.path_name(position.work_region_id),
        "may_reopen": rules.can_reopen(position, timezone.localdate()),
        "page_title": position.name,
        "page_kicker": position.number,
        "crumbs": _crumbs(("岗位管理", reverse("positions:unit_list")), (position.name, "")),
    }
    return render(request, "positions/unit_position.html", context)


@unit_required
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, number: str) -> HttpResponse:
    """提前关闭, with the reason."""
    position = _own(request, number)
    form = CloseForm(request.POST if request.method == "POST" else None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        return _do(
            request,
            position,
            "岗位已关闭，不再公开招收",
            lambda: actions.close_position(position=position, reason=form.cleaned_data["reason"], by=request.user),
        )
    context = {
        "position": position,
        "form": form,
        "page_title": "提前关闭岗位",
        "page_kicker": position.name,
        "crumbs": _crumbs(("岗位管理", reverse("positions:unit_list")), ("提前关闭", "")),
    }
    return render(request, "positions/close.html", context, status=INVALID if form.errors else 200)


@unit_required
@require_POST
def reopen(request: HttpRequest, number: str) -> HttpResponse:
    """重新开放."""
    position = _own(request, number)
    return _do(request, position, "岗位已重新开放", lambda: actions.reopen_position(position=position, by=request.user))


def _do(request: HttpRequest, position: Position, done: str, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except TransitionRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
    return redirect("positions:unit_position", number=position.number)


@unit_required
@require_POST
def change(request: HttpRequest, number: str) -> HttpResponse:
    """变更: a new revision, filled with what is public; the old stays until the new is approved."""
    return _start(request, number, revise=True)


@unit_required
@require_POST
def copy(request: HttpRequest, number: str) -> HttpResponse:
    """复制为新岗位."""
    return _start(request, number, revise=False)


def _start(request: HttpRequest, number: str, *, revise: bool) -> HttpResponse:
    position = _own(request, number)
    try:
        case = actions.start_application(unit=_unit(request), source=position, revise=revise, by=request.user)
    except StartRefused as refused:
        messages.error(request, refused.reason)
        if refused.url.startswith("/"):
            return redirect(refused.url)
        return redirect("positions:unit_position", number=position.number)
    except TransitionRefused as refused:
        messages.error(request, str(refused))
        return redirect("positions:unit_position", number=position.number)
    return redirect(case_url(case, "page", page="basics"))


# --- Interested people (C3) ----------------------------------------------------------------------


@unit_required
@require_safe
def interested_positions(request: HttpRequest) -> HttpResponse:
    """就业见习岗位查询: the unit's approved positions with the number of interested people."""
    found = queries.positions_of(_unit(request)).order_by("-published_at", "-id")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "rows": [_row(position, None) for position in page],
        "page_obj": page,
        "page_title": "就业见习岗位查询",
        "page_lead": "本单位审核通过的岗位，点击“查看详情”可以看到意向人员。",
        "crumbs": _crumbs(("就业见习岗位查询", "")),
    }
    return render(request, "positions/interested_positions.html", context)


@outside_read_only  # each view of contact data is logged
@unit_required
@require_safe
def interested_people(request: HttpRequest, number: str) -> HttpResponse:
    """查看详情: the people interested in one position, in full, each view logged."""
    position = _own(request, number)
    page = Paginator(queries.favourites_for(position), PEOPLE).get_page(request.GET.get("page"))
    favourites = list(page)
    actions.log_contact_views(
        favourites=favourites, unit=_unit(request), purpose=ContactViewLog.Purpose.LIST, by=request.user
    )
    context = {
        "position": position,
        "people": queries.interested(favourites, timezone.localdate()),
        "page_obj": page,
        "page_title": "意向人员",
        "page_kicker": position.name,
        "page_lead": "意向人员信息仅供本单位招收见习人员使用，每次查看都会记录。",
        "crumbs": _crumbs(("就业见习岗位查询", reverse("positions:interested")), ("意向人员", "")),
    }
    return render(request, "positions/interested_people.html", context)


@unit_required
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite, decline, or mark as agreed; the person is told."""
    own = Favourite.objects.filter(position__unit=_unit(request), cancelled_at__isnull=True)
    favourite: Favourite | None = own.select_related("position", "individual").filter(pk=pk).first()
    if favourite is None:
        raise Http404
    form = AnswerForm(request.POST if request.method == "POST" else None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_interest(favourite=favourite, by=request.user, **form.cleaned_data)
        except TransitionRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, f"已通知{favourite.individual.name}")
        return redirect("positions:interested_people", number=favourite.position.number)
    back = reverse("positions:interested_people", args=[favourite.position.number])
    context = {
        "favourite": favourite,
        "form": form,
        "back": back,
        "page_title": f"处理{favourite.individual.name}的意向",
        "page_kicker": favourite.position.name,
        "crumbs": _crumbs(("就业见习岗位查询", reverse("positions:interested")), ("意向人员", back), ("处理意向", "")),
    }
    return render(request, "positions/answer.html", context, status=INVALID if form.errors else 200)


@unit_required
@require_POST
def export(request: HttpRequest, number: str) -> HttpResponse:
    """The interested people of a position as a workbook; logged as the list is."""
    position = _own(request, number)
    favourites = list(queries.favourites_for(position))
    actions.log_contact_views(
        favourites=favourites, unit=_unit(request), purpose=ContactViewLog.Purpose.EXPORT, by=request.user
    )
    content = sheets.interested_workbook(position, queries.interested(favourites, timezone.localdate()))
    response = HttpResponse(content, content_type=sheets.XLSX)
    response["Content-Disposition"] = f'attachment; filename="{position.number}.xlsx"'
    return response
