"""A second proof that is fresh: what moves money or the account itself asks for more than an open session.

Real-name level 4 (实人核验), or a 动态口令 or mobile code within the last ten minutes (domain facts §6:
second factor for money actions). The page ``confirm_identity`` says what to do.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts import sign_in_records
from accounts.models import STRONG_LEVEL, Individual, Unit

FRESH_SECONDS = 600
SESSION_KEY = "second_proof_at"
# What sign-in or confirmation by these methods proves at the same time.
METHODS = frozenset({"mfa", "mobile_code"})

View = Callable[..., HttpResponse]


def remember(request: HttpRequest) -> None:
    """A mobile code was right just now; the session gets a new key with its new rights."""
    request.session[SESSION_KEY] = time.time()
    sign_in_records.rotate(request)


def is_fresh(request: HttpRequest) -> bool:
    """Whether the second proof of this session is at most ten minutes old."""
    records = get_authentication_records(request, request.user)
    moments = [record["at"] for record in records if record["method"] in METHODS]
    proved_at: float = max([request.session.get(SESSION_KEY, 0), *moments])
    return 0 <= time.time() - proved_at < FRESH_SECONDS


def suffices(request: HttpRequest, subject: Individual | Unit) -> bool:
    """Real-name level 4 of who is acting, or a fresh second proof."""
    return subject.level >= STRONG_LEVEL or is_fresh(request)


def confirm_url(target: str) -> str:
    """The page that asks for a second proof and comes back to ``target``."""
    return f"{reverse('confirm_identity')}?{urlencode({'next': target})}"


def second_proof_required(back: str = "") -> Callable[[View], View]:
    """Only with a fresh second proof, whatever the level; else to the page that asks for one.

    ``back`` names the page to come back to, for views that answer POST only.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not is_fresh(request):
                return redirect(confirm_url(reverse(back) if back else request.get_full_path()))
            return view(request, *args, **kwargs)

        return guarded

    return decorate
