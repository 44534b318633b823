"""见习岗位查询 (D1): anybody may search and read, without signing in."""

from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from common import codes, regions
from positions import facets, job_posting, queries, search_form
from positions.models import Favourite, Position
from positions.search import SORTS, Hit, Result
from positions.search_form import SearchForm

HOME = {"title": "首页", "url": "/"}


@login_not_required
@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """The search with its list; htmx gets the part that changes."""
    form = SearchForm(request.GET)
    result = search_form.run(form)
    context = search_context(form, result, reverse("positions:search"))
    context |= {
        "page_title": "见习岗位查询",
        "crumbs": [HOME, {"title": "公共就业", "url": ""}, {"title": "见习岗位查询", "url": ""}],
    }
    return search_response(request, "positions/search.html", context)


def search_response(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The whole page, or for htmx the part that changes together with the address that holds the search."""
    if not request.htmx:  # type: ignore[attr-defined]
        response = render(request, template, context)
    else:
        response = render(request, "positions/search_part.html", context)
        form = context["form"]
        response["HX-Push-Url"] = context["base"] + (form.place() if form.values() else "")
    response["Vary"] = "HX-Request, Cookie"
    return response


def search_context(form: SearchForm, result: Result, base: str) -> dict[str, Any]:
    """What the search part draws: filters with counts, what is asked, the list, and the way on."""
    filters = form.filters(result, list(facets.overview().cities))
    back = base + form.place()
    taken_off = form.taken_off(filters)
    return {
        "form": form,
        "base": base,
        "filters": filters,
        "taken_off": taken_off,
        "total_words": search_form.total_words(result.total),
        "items": [_item(hit, back) for hit in result.hits],
        "pages": form.pages(result),
        "sorts": [
            {"title": title, "url": form.address(sort="" if key == "new" else key), "active": form.sort == key}
            for key, (_, title) in SORTS.items()
        ],
    }


def _item(hit: Hit, back: str) -> dict[str, Any]:
    url = reverse("positions:detail", args=[hit.number])
    return {
        "hit": hit,
        "url": f"{url}?back={quote(f'{back}#p-{hit.number}')}",
        "region": regions.handling_name(hit.work_region) if regions.exists(hit.work_region) else "",
        "category": codes.POSITION_CATEGORY.label(hit.category),
        "education": codes.EDUCATION.label(hit.education),
        "full": hit.places_taken >= hit.places,
    }


@login_not_required
@require_safe
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """One position: 职位要求, 见习内容, 待遇, 人数, 单位, 地址, 联系. One that ended stays readable, marked."""
    position = queries.position_by_number(number)
    if position is None or position.state == Position.State.REVOKED:
        raise Http404
    back = search_form.safe_back(request.GET.get("back", ""), reverse("positions:search"))
    is_open = position.is_open and position.valid_to >= timezone.localdate()
    address = settings.SITE_URL + reverse("positions:detail", args=[position.number])
    context = {
        "position": position,
        "is_open": is_open,
        "place": regions.path_name(position.work_region_id),
        "office": regions.handling_path_name(position.region_id),
        "back": back,
        "address": address,
        "here": request.get_full_path(),
        "favourite": _favourite(request, position),
        "job_posting": job_posting.as_json(position, address) if is_open else "",
        "page_title": position.name,
        "page_kicker": position.unit_name,
        "crumbs": [HOME, {"title": "见习岗位查询", "url": back}, {"title": position.name, "url": ""}],
    }
    return render(request, "positions/detail.html", context)


def _favourite(request: HttpRequest, position: Position) -> Favourite | None:
    individual = getattr(request, "individual", None)
    if individual is None:
        return None
    return queries.kept_positions(individual, [position.pk]).get(position.pk)
