"""The public pages: home, services by portal, guides, notices, site map."""

from functools import partial

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from common import regions
from hall import guides, menus, sections, site
from hall.models import Notice
from review import matters

NOTICES_PER_PAGE = 20
PORTAL_TITLES = {"individual": "个人办事", "unit": "法人办事", "public": "公共就业"}
PORTAL_LEADS = {
    "individual": "成为就业见习人员、挑选见习岗位、完善就业基本信息，都可以在网上办理。",
    "unit": "认定就业见习单位、发布见习岗位、查看意向人员，全程网上办理。",
    "public": "不用登录就能查找见习岗位、计算退休时间，查看办事指南、公告和服务电话。",
}
PORTAL_ICONS = {"individual": "user-round", "unit": "building-2", "public": "briefcase-business"}


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """首页: search, services, newest positions, notices, figures, regions.

    The template keeps what it drew for a region for a minute; what costs something is asked only when it draws.
    """
    code = site.region_of(request)
    context = {
        "page_title": "",
        "code": code,
        "groups": _entrances,
        "figures": sections.figures,
        "positions": partial(sections.newest_positions, code),
        "notices": partial(sections.newest_notices, code),
        "cities": partial(sections.cities, code),
        "place": regions.get(code).name if code else "",
        "search_url": menus.address("positions:search"),
    }
    return render(request, "public/home.html", context)


def _entrances() -> list[dict]:
    """The three ways into the hall, each with its first services."""
    return [
        {
            "portal": portal,
            "title": PORTAL_TITLES[portal],
            "icon": PORTAL_ICONS[portal],
            "url": menus.address(f"hall:{portal}_services"),
            "entries": list(dict.fromkeys(entry for _, entries in menus.services(portal) for entry in entries))[:4],
        }
        for portal in ("individual", "unit", "public")
    ]


@login_not_required
@require_safe
def services(request: HttpRequest, portal: str) -> HttpResponse:
    """个人办事, 法人办事, 公共就业: what can be done, by group; a visitor who starts one is led to sign-in."""
    context = {
        "page_title": PORTAL_TITLES[portal],
        "page_lead": PORTAL_LEADS[portal],
        "crumbs": _crumbs(PORTAL_TITLES[portal]),
        "groups": [{"title": title, "cards": [_card(e) for e in entries]} for title, entries in menus.services(portal)],
        "portal": portal,
    }
    return render(request, "public/services.html", context)


def _crumbs(*titles: str, **links: str) -> list[dict]:
    return [{"title": "首页", "url": "/"}, *({"title": title, "url": links.get(title, "")} for title in titles)]


def _card(entry: menus.Entry) -> dict:
    guide = reverse("hall:guide", args=[entry.matter]) if entry.matter else ""
    return {"title": entry.title, "url": entry.url, "icon": entry.icon, "text": entry.text, "guide": guide}


@login_not_required
@require_safe
def guide_list(request: HttpRequest) -> HttpResponse:
    """办事指南: all matters by portal and group."""
    by_portal: dict[str, list[matters.Matter]] = {}
    for matter in matters.all_matters():
        by_portal.setdefault(matter.portal, []).append(matter)
    context = {
        "page_title": "办事指南",
        "page_lead": "每个事项的办理条件、材料、流程、时限和依据。",
        "crumbs": _crumbs("办事指南"),
        "portals": [
            {"title": PORTAL_TITLES[portal], "cards": [_guide_card(m) for m in found]}
            for portal, found in by_portal.items()
        ],
    }
    return render(request, "public/guides.html", context)


def _guide_card(matter: matters.Matter) -> dict:
    return {
        "title": matter.name,
        "url": reverse("hall:guide", args=[matter.code]),
        "text": matter.guide.time_limit,
        "icon": menus.MATTER_ICONS.get(matter.code, "file-text"),
    }


@login_not_required
@require_safe
def guide(request: HttpRequest, matter: str) -> HttpResponse:
    """办事指南 of one matter; 404 for a code that no app declares."""
    try:
        found = matters.get(matter)
    except KeyError:
        raise Http404 from None
    context = {
        "page_title": found.name,
        "page_kicker": f"办事指南 · {PORTAL_TITLES[found.portal]}",
        "crumbs": _crumbs("办事指南", found.name, **{"办事指南": reverse("hall:guides")}),
        "guide": guides.describe(found),
        "contacts": site.contacts_for(site.region_of(request)),
        "start_url": menus.start_address(found),
    }
    return render(request, "public/guide.html", context)


@login_not_required
@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    """通知公告 that concern the visitor's region, newest first."""
    code = site.region_of(request)
    found = Notice.objects.public().for_region(code).select_related("region").defer("body")
    context = {
        "page_title": "通知公告",
        "page_lead": f"{regions.path_name(code)}及上级部门发布的公告。" if code else "各地发布的公告。",
        "crumbs": _crumbs("通知公告"),
        "page_obj": Paginator(found, NOTICES_PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "public/notices.html", context)


@login_not_required
@require_safe
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """One notice; one that is not published (yet) is not there."""
    found = get_object_or_404(Notice.objects.public().select_related("region"), pk=pk)
    context = {
        "page_title": found.title,
        "crumbs": _crumbs("通知公告", found.title, **{"通知公告": reverse("hall:notices")}),
        "notice": found,
        "paragraphs": [part.strip() for part in found.body.replace("\r", "").split("\n\n") if part.strip()],
    }
    return render(request, "public/notice.html", context)


@login_not_required
@require_safe
def sitemap_page(request: HttpRequest) -> HttpResponse:
    """网站地图: every place that the menus lead to."""
    context = {
        "page_title": "网站地图",
        "crumbs": _crumbs("网站地图"),
        "portals": [
            {"title": title, "url": reverse(f"hall:{portal}_services"), "groups": menus.services(portal)}
            for portal, title in PORTAL_TITLES.items()
        ],
        "guides": [_guide_card(matter) for matter in matters.all_matters()],
    }
    return render(request, "public/sitemap.html", context)


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """robots.txt: portals, accounts and staff pages are not for search engines."""
    closed = ("/accounts/", "/admin/", "/individual/cases/", "/unit/cases/", "/files/", "/metrics")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), ""]
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
