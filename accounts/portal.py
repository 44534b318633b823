"""The portals: which one an account belongs to, and who may enter."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

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
        return view(request, *args, **kwargs)

    return guarded
