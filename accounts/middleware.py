"""Who is acting: the person, or the unit a handler chose."""

from collections.abc import Callable

from django.http import HttpResponse

from accounts.models import Handler
from accounts.portal import UNIT_SESSION_KEY, ActingRequest, individual_of
from accounts.queries import active_handlers


def _chosen(handlers: list[Handler], unit_id: object) -> Handler | None:
    """The handler for the unit in the session; the only one where there is no choice."""
    if len(handlers) == 1:
        return handlers[0]
    return next((handler for handler in handlers if handler.unit_id == unit_id), None)


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
        return self.get_response(request)
