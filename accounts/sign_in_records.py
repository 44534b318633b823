"""Keeps each sign-in and its end, by whatever way it came (Django's signals see all of them)."""

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed as second_factor_failed
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import actions
from accounts.models import User
from accounts.queries import login_digest
from accounts.second_factor import SESSION_KEY as SECOND_FACTOR_KEY

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


def record_failure(request: HttpRequest, login: str, *, locked: bool = False) -> None:
    """Evidence of a failed sign-in; the same for every account, known or not."""
    values = {
        "login_digest": login_digest(login),
        "address": request.META.get("REMOTE_ADDR") or None,
        "agent": request.META.get("HTTP_USER_AGENT", "")[:200],
        "locked": locked,
    }
    actions.record_failed_sign_in(values=values, by=None)


@receiver(authenticator_added, dispatch_uid="accounts.second_factor_added")
@receiver(authenticator_removed, dispatch_uid="accounts.second_factor_removed")
@receiver(authenticator_reset, dispatch_uid="accounts.second_factor_reset")
def second_factor_changed(sender: type, request: HttpRequest, user: User, authenticator: Any, **kwargs: Any) -> None:
    """The owner is told; recovery codes that come with a new second factor need no second message."""
    request.session.pop(SECOND_FACTOR_KEY, None)
    totp = authenticator.type == Authenticator.Type.TOTP
    signal = kwargs["signal"]
    words = {
        (True, id(authenticator_added)): "您的账号已启用动态口令",
        (True, id(authenticator_removed)): "您的账号已停用动态口令",
        (False, id(authenticator_reset)): "您的恢复码已重新生成，原恢复码作废",
    }.get((totp, id(signal)))
    if words:
        actions.second_factor_changed(user=user, words=words, by=user)


@receiver(second_factor_failed, dispatch_uid="accounts.second_factor_failed")
def record_second_factor_failure(sender: type, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A wrong 动态口令 after the right password is evidence too."""
    record_failure(request, user.username)


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
