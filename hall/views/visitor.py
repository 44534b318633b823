"""Help, and what a visitor sets for himself: region and 长者模式, kept in cookies."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from common import regions
from hall import menus, site
from hall.help_texts import RATED_CASES, TOPICS

ELDER_COOKIE = "elder"
YEAR = 365 * 24 * 3600


def safe_next(request: HttpRequest) -> str:
    """Where to go on to: an address of this site that the form or link names, else the home page."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if allowed else "/"


def _remember(response: HttpResponse, name: str, value: str) -> None:
    """Keep a setting for a year; an empty one is forgotten. No script reads it."""
    if value:
        response.set_cookie(name, value, YEAR, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax")
    else:
        response.delete_cookie(name, samesite="Lax")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def elder_mode(request: HttpRequest) -> HttpResponse:
    """长者模式 on or off by POST; a GET only asks, for a followed link must not change anything."""
    on = bool(request.COOKIES.get(ELDER_COOKIE))
    if request.method == "POST":
        response = HttpResponseRedirect(safe_next(request))
        _remember(response, ELDER_COOKIE, "" if on else "1")
        return response
    context = {"page_title": "退出长者模式" if on else "长者模式", "elder_on": on, "next": safe_next(request)}
    return render(request, "hall/elder_mode.html", context)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def switch_region(request: HttpRequest) -> HttpResponse:
    """切换地区: choose a province of the hall, one of its cities or counties, or all regions."""
    if request.method == "POST":
        code = request.POST.get("region", "")
        if not code or regions.exists(code):
            response = HttpResponseRedirect(safe_next(request))
            _remember(response, site.REGION_COOKIE, code)
            return response
    current = site.region_of(request)
    shown = request.GET.get("in", "")
    shown = shown if shown and regions.exists(shown) else current
    context = {
        "page_title": "切换地区",
        "page_lead": "公告、服务电话和岗位查询会以所选地区为先。",
        "crumbs": [{"title": "首页", "url": "/"}, {"title": "切换地区"}],
        "current": current,
        "shown": shown,
        "above": list(reversed(regions.ancestors(shown))) if shown else [],
        "places": regions.children(shown) if shown else [regions.get(code) for code in site.provinces()],
        "next": safe_next(request),
    }
    return render(request, "hall/switch_region.html", context)


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """帮助中心: questions by flow, telephones of the visitor's region."""
    topics = [
        {
            "key": topic.key,
            "title": topic.title,
            "answers": [
                {"question": a.question, "answer": a.answer, "url": _link(a.link, request), "words": a.link_words}
                for a in topic.answers
            ],
        }
        for topic in TOPICS
    ]
    context = {
        "page_title": "帮助中心",
        "page_lead": "常见问题、办事帮助和服务电话。",
        "crumbs": [{"title": "首页", "url": "/"}, {"title": "帮助中心"}],
        "topics": topics,
        "contacts": site.contacts_for(site.region_of(request)),
        "guides_url": reverse("hall:guides"),
    }
    return render(request, "hall/help.html", context)


def _link(name: str, request: HttpRequest) -> str:
    if name == RATED_CASES:
        portal = "unit" if getattr(request, "unit", None) else "individual"
        return f"{menus.address('review:cases', portal)}?bar=finished"
    return menus.address(name) if name else ""
