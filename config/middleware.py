"""What holds for every request: a log line, an end to forgotten sessions, and that GET does not write."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import SuspiciousOperation
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, resolve

from config import logs, metrics

GetResponse = Callable[[HttpRequest], HttpResponseBase]
View = TypeVar("View", bound=Callable[..., Any])

REQUEST_ID = re.compile(r"[0-9A-Za-z-]{8,64}")
SEEN_EVERY = 60  # seconds; the session is not rewritten for each request

access_log = logging.getLogger("tongban.access")


class RequestLogMiddleware:
    """Names each request (X-Request-ID, the proxy's or a new one), counts it and logs it by its route."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        name = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        token = logs.request_id.set(name)
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            seconds = time.perf_counter() - started
            route = getattr(request.resolver_match, "route", "") or "(none)"
            metrics.count_request(request.method or "", route, response.status_code, seconds)
            access_log.info(
                "request",
                extra={
                    "method": request.method,
                    "route": route,
                    "status": response.status_code,
                    "milliseconds": round(seconds * 1000, 1),
                    "user": _signed_in_user(request),
                },
            )
        finally:
            logs.request_id.reset(token)
        response["X-Request-ID"] = name
        return response


def _signed_in_user(request: HttpRequest) -> int | None:
    """The user's key if the request has already looked it up; logging alone must not cost a query."""
    user = getattr(request, "_cached_user", None)
    return user.pk if user is not None else None


class NoNulMiddleware:
    """Refuses addresses with a NUL character (400): no browser sends one, and PostgreSQL takes none in any text."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        query = request.META.get("QUERY_STRING", "")
        if "\x00" in request.path_info or "\x00" in query or "%00" in query:
            raise SuspiciousOperation("NUL in the address")
        return self.get_response(request)


class IdleTimeoutMiddleware:
    """Signs out who did nothing for SESSION_IDLE_SECONDS (GB/T 22239 level 3, 8.1.4.1 b)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            now = int(time.time())
            seen = request.session.get("seen", now)
            if now - seen > settings.SESSION_IDLE_SECONDS:
                logout(request)
                messages.info(request, "您长时间没有操作，为保护您的信息已自动退出，请重新登录")
            elif now - seen >= SEEN_EVERY or "seen" not in request.session:
                request.session["seen"] = now
        return self.get_response(request)


class PrivatePagesMiddleware:
    """Pages of who is signed in are kept by no cache, the browser's included (GB/T 22239 level 3, 8.1.4.10).

    The next person at a counter's or a school's computer must not find them with the back button.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            response["Cache-Control"] = "private, no-store"
        return response


def outside_read_only(view: View) -> View:
    """Run this view outside the read-only transaction although it answers GET.

    For the few that must write (log an access, finish a sign-in that began elsewhere) and those that
    must answer without the database.
    """
    view.outside_read_only = True  # type: ignore[attr-defined]
    return view


class ReadOnlyMiddleware:
    """Runs GET and HEAD in a read-only transaction: a link, a crawler or a prefetch cannot change anything.

    A view that must write is marked with ``outside_read_only``. Sessions, messages and the time of the last
    sign-in are stored by middleware further out or by POST, so that they are not concerned.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in {"GET", "HEAD"} or self._may_write(request):
            return self.get_response(request)
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION READ ONLY")
            return self.get_response(request)

    @staticmethod
    def _may_write(request: HttpRequest) -> bool:
        try:
            view = resolve(request.path_info, getattr(request, "urlconf", None)).func
        except Resolver404:
            return False
        view_class = getattr(view, "view_class", None)
        return getattr(view, "outside_read_only", False) or getattr(view_class, "outside_read_only", False)
