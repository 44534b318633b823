"""Who is acting: the person, or the unit a handler chose; and what staff have to do first."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve

from accounts import menu_groups, passwords, second_factor
from accounts.models import Handler
from accounts.portal import UNIT_SESSION_KEY, ActingRequest, individual_of
from accounts.queries import active_handlers


def _chosen(handlers: list[Handler], unit_id: object) -> Handler | None:
    """The handler for the unit in the session; the only one where there is no choice."""
    if len(handlers) == 1:
        return handlers[0]
    return next((handler for handler in handlers if handler.unit_id == unit_id), None)


class StaffSecurityMiddleware:
    """Staff work only with a second factor (where it is required) and a password that is not too old.

    Nobody does anything before a first password that others know has been changed (JX 5.1, where it is in use).

    allauth asks for the second factor of who has one; that staff set one up is enforced here, on every
    page but those that serve to do so. GB/T 22239-2019 level 3, 8.1.4.1 a and d.
    """

    OPEN = frozenset(
        {
            "mfa_activate_totp",
            "mfa_view_recovery_codes",
            "mfa_reauthenticate",
            "account_reauthenticate",
            "account_change_password",
            "account_logout",
            "logout",
            "elder_mode",
        }
    )

    def __init__(self, get_response: Callable[[ActingRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: ActingRequest) -> HttpResponse:
        user = request.user
        concerned = user.is_authenticated and (user.is_staff or user.password_temporary)
        if concerned and (detour := self._detour(request)):
            return redirect(detour)
        return self.get_response(request)

    def _detour(self, request: ActingRequest) -> str | None:
        try:
            if resolve(request.path_info).url_name in self.OPEN:
                return None
        except Resolver404:
            return None
        if request.user.password_temporary:
            messages.warning(request, "您使用的是初始密码，请先修改密码再办理业务")
            return "account_change_password"
        if second_factor.is_required(request.user) and not second_factor.is_known_enrolled(request):
            return "mfa_activate_totp"
        if passwords.is_too_old(request.user):
            messages.warning(request, f"您的密码已使用超过{settings.STAFF_PASSWORD_DAYS}天，请先修改密码")
            return "account_change_password"
        return None


class ActingMiddleware:
    """Sets ``request.individual``, ``request.handlers``, ``request.handler`` and ``request.unit``.

    ``handlers`` are all units that the user may act for today, ``handler`` and ``unit`` the chosen
    one, or None. Authorisation is read on every request, so that one that ended is out at once.
    One query for signed-in users, none for visitors and staff.
    """

    def __init__(self, get_response: Callable[[ActingRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: ActingRequest) -> HttpResponse:
        user = request.user
        request.individual, request.handlers = None, []
        if user.is_authenticated and not user.is_staff:
            request.individual = individual_of(user)
            request.handlers = active_handlers(user)
        request.handler = _chosen(request.handlers, request.session.get(UNIT_SESSION_KEY)) if request.handlers else None
        request.unit = request.handler.unit if request.handler else None
        if request.unit is not None:
            request.unit.closed_groups = menu_groups.closed_to(request.handler)
        return self.get_response(request)
