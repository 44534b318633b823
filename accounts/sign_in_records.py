"""Keeps each sign-in and its end, by whatever way it came (Django's signals see all of them)."""

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import actions
from accounts.models import User

SSO_SESSION_KEY = "sso"


def network_session(request: HttpRequest, user: User) -> dict[str, str]:
    """The network's session behind this sign-in; one that was left half-way by another account is forgotten."""
    by_network = any(record["method"] == "socialaccount" for record in get_authentication_records(request, user))
    if not by_network:
        request.session.pop(SSO_SESSION_KEY, None)
    found: dict[str, str] = request.session.get(SSO_SESSION_KEY, {})
    return found


@receiver(user_logged_in, dispatch_uid="accounts.record_sign_in")
def record_sign_in(sender: type, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Who, when, how, from where."""
    if request.session.session_key is None:
        request.session.save()
    network = network_session(request, user)
    records = get_authentication_records(request, user)
    values = {
        "method": records[0]["method"] if records else "",
        "address": request.META.get("REMOTE_ADDR") or None,
        "agent": request.META.get("HTTP_USER_AGENT", "")[:200],
        "session_key": request.session.session_key,
        "client": network.get("client", ""),
        "subject": network.get("subject", ""),
        "sid": network.get("sid", ""),
    }
    actions.record_sign_in(by=user, values=values)


@receiver(user_logged_out, dispatch_uid="accounts.record_sign_out")
def record_sign_out(sender: type, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    """When it ended; a session that merely expires has no end on record."""
    if user is not None and request.session.session_key:
        actions.record_sign_out(session_key=request.session.session_key, by=user)


def move_session(request: HttpRequest, old_key: str | None) -> None:
    """The session of this request got a new key: its sign-in follows, so that it can still be ended."""
    if old_key and request.session.session_key and old_key != request.session.session_key:
        actions.move_session(old_key=old_key, new_key=request.session.session_key, by=request.user)


def rotate(request: HttpRequest) -> None:
    """A new key for the session whose rights change (GB/T 22239 level 3): an old one that leaked is worth nothing."""
    old_key = request.session.session_key
    request.session.cycle_key()
    move_session(request, old_key)
