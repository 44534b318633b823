"""The portals: which one an account belongs to, and who may enter."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts import menu_groups
from accounts.models import Handler, Individual, Unit, User

INDIVIDUAL, UNIT, STAFF = "individual", "unit", "staff"
HOMES = {INDIVIDUAL: "/individual/", UNIT: "/unit/", STAFF: "/admin/"}
UNIT_SESSION_KEY = "unit_id"

View = Callable[..., HttpResponse]


class ActingRequest(HttpRequest):
    """A request as ActingMiddleware leaves it; for annotations only."""

    individual: Individual | None
    handlers: list[Handler]
    handler: Handler | None
    unit: Unit | None


def wanted(request: HttpRequest) -> str:
    """The portal that a visitor of the sign-in page wants: ?portal=, else the one that ``next`` lies in."""
    asked = request.GET.get("portal", "")
    if asked in HOMES:
        return asked
    target = request.POST.get("next") or request.GET.get("next") or ""
    return next((name for name, home in HOMES.items() if target.startswith(home)), INDIVIDUAL)


def individual_of(user: User | AnonymousUser) -> Individual | None:
    """The individual of an account, if it has one."""
    return getattr(user, "individual", None)


def home_url(user: User | AnonymousUser, prefer: str = INDIVIDUAL) -> str:
    """Where an account lands: staff at their desk, others in the preferred portal if it is open to them."""
    if not user.is_authenticated:
        return "/"
    if user.is_staff:
        return HOMES[STAFF]
    has_unit = Handler.objects.active().filter(user=user).exists()
    has_individual = individual_of(user) is not None
    if has_unit and (prefer == UNIT or not has_individual):
        return HOMES[UNIT]
    return HOMES[INDIVIDUAL] if has_individual else "/"


def sign_in_url(portal: str, target: str = "") -> str:
    """The sign-in page on the right tab, coming back to ``target``."""
    query = {"portal": portal} | ({"next": target} if target else {})
    return f"{reverse('account_login')}?{urlencode(query)}"


def _wrong_portal(request: HttpRequest, portal: str) -> HttpResponse:
    context = {"portal": portal, "home": home_url(request.user), "other_sign_in": sign_in_url(portal)}
    return render(request, "accounts/wrong_portal.html", context, status=403)


def individual_required(view: View) -> View:
    """Only for individuals: signed out → sign-in page, another kind of account → 403 page that says so."""

    @wraps(view)
    def guarded(request: ActingRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            return HttpResponseRedirect(sign_in_url(INDIVIDUAL, request.get_full_path()))
        if request.individual is None:
            return _wrong_portal(request, INDIVIDUAL)
        return view(request, *args, **kwargs)

    return guarded


def unit_required(view: View) -> View:
    """Only for handlers acting for a unit; who has several and chose none is asked to choose first."""

    @wraps(view)
    def guarded(request: ActingRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            return HttpResponseRedirect(sign_in_url(UNIT, request.get_full_path()))
        if request.unit is None and request.handlers:
            query = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
            return HttpResponseRedirect(f"{reverse('accounts:choose_unit')}?{query}")
        if request.unit is None:
            return _wrong_portal(request, UNIT)
        try:
            menu_groups.check_open(request.handler, menu_groups.of_address(request.resolver_match.view_name))
            return view(request, *args, **kwargs)
        except menu_groups.GroupClosed as closed:
            return _closed_group(request, str(closed))

    return guarded


def _closed_group(request: ActingRequest, group: str) -> HttpResponse:
    """403 that says whom to ask: the office for 社会保险 (JX 9.1), else the unit's own 主管."""
    at_counter = group == menu_groups.INSURANCE and request.handler.origin != Handler.Origin.STAFF
    context = {"group": group, "at_counter": at_counter, "supervisors": supervisors_of(request.unit)}
    return render(request, "accounts/group_closed.html", context, status=403)


def supervisors_of(unit: Unit) -> list[Handler]:
    """Whom a handler of the unit asks for more rights."""
    return list(Handler.objects.supervisors().filter(unit=unit).order_by("name", "pk"))


def supervisor_required(view: View) -> View:
    """Only for a 单位主管 of the acting unit; others are told who that is (403)."""

    @unit_required
    @wraps(view)
    def guarded(request: ActingRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.handler is None or not request.handler.is_supervisor:
            context = {"supervisors": supervisors_of(request.unit)}
            return render(request, "accounts/supervisor_only.html", context, status=403)
        return view(request, *args, **kwargs)

    return guarded
