"""What every page of the hall shows: site facts, menus, the acting person or unit, unread messages.

Whatever needs a query is a function that the template calls: a page that draws no menu asks nothing.
"""

from functools import cache
from typing import Any

from django.http import HttpRequest

from accounts.models import Individual, Unit
from accounts.queries import unread_count
from common import regions
from hall import menus, site

WHOLE_HALL = "全部地区"


def hall(request: HttpRequest) -> dict[str, Any]:
    """The context that templates/base.html and templates/portal.html document."""
    portal = portal_of(request)
    unread = cache(lambda: _unread(request))
    return {
        "site": cache(lambda: site_facts(request)),
        "top_menu": cache(lambda: menus.top_menu(request.path, centre(request))),
        "side_menu": cache(lambda: _side_menu(request, portal, unread)),
        "acting": cache(lambda: acting(request)),
        "unread_count": unread,
    }


def portal_of(request: HttpRequest) -> str:
    """The portal whose side menu belongs to a page: by its address, else by who is acting."""
    for portal in ("individual", "unit"):
        if request.path.startswith(f"/{portal}/"):
            return portal
    if request.path.startswith(("/accounts/", "/files/")):
        if getattr(request, "unit", None):
            return "unit"
        if getattr(request, "individual", None):
            return "individual"
    return "public"


def subject_of(request: HttpRequest, portal: str) -> Individual | Unit | None:
    """Who is acting in a portal, if anybody."""
    return getattr(request, portal, None) if portal in ("individual", "unit") else None


def _side_menu(request: HttpRequest, portal: str, unread: Any) -> list[dict]:
    subject = subject_of(request, portal)
    query = request.META.get("QUERY_STRING", "")
    return menus.side_menu(portal, request.path, query, subject, unread() if subject else 0)


def _unread(request: HttpRequest) -> int:
    user = getattr(request, "user", None)
    return unread_count(user) if user and user.is_authenticated and not user.is_staff else 0


def centre(request: HttpRequest) -> str:
    """Where 个人中心 leads: the own portal's home; for visitors the individual one, by way of signing in."""
    user = getattr(request, "user", None)
    if user and user.is_authenticated and user.is_staff:
        return menus.address("admin:index")
    if getattr(request, "individual", None):
        return menus.address("individual_home")
    if getattr(request, "handlers", None):
        return menus.address("unit_home")
    return menus.address("individual_home")


def acting(request: HttpRequest) -> dict[str, str] | None:
    """Name and menu of who is signed in, for the head of the page; None for visitors."""
    user = getattr(request, "user", None)
    if not user or not user.is_authenticated:
        return None
    unit, individual = getattr(request, "unit", None), getattr(request, "individual", None)
    if user.is_staff:
        desk = menus.address("admin:index")
        return _card(user.name, "staff", desk, desk, "")
    messages = menus.address("accounts:messages")
    in_unit = unit and not (individual and portal_of(request) == "individual")
    if in_unit:
        switch = menus.address("accounts:choose_unit") if len(request.handlers) > 1 else ""
        return _card(unit.name, "unit", menus.address("review:cases", "unit"), messages, switch)
    return _card(user.name, "individual", menus.address("review:cases", "individual"), messages, "")


def _card(name: str, kind: str, cases_url: str, messages_url: str, switch_url: str) -> dict[str, str]:
    return {
        "name": name,
        "kind": kind,
        "avatar_text": name[:1],
        "cases_url": cases_url,
        "messages_url": messages_url,
        "switch_url": switch_url,
    }


def site_facts(request: HttpRequest) -> dict[str, Any]:
    """Facts of the site for the visitor's region; the region's nearest telephone stands at the foot."""
    code = site.region_of(request)
    facts = dict(site.facts_for(code))
    province = regions.province_of(code) if code else ""
    phones = [contact for _, found in site.contacts_for(code) for contact in found]
    return facts | {
        "province": regions.get(province).name if province else "",
        "region_name": regions.path_name(code) if code else WHOLE_HALL,
        "region_code": code,
        "switch_region_url": menus.address("hall:switch_region"),
        "sitemap_url": menus.address("hall:sitemap_page"),
        "help_url": menus.address("hall:help"),
        "terms_url": menus.address("accounts:terms"),
        "privacy_url": menus.address("accounts:privacy"),
        "phone": phones[0].phone if phones else "",
        "phone_hours": phones[0].hours if phones else "",
    }
