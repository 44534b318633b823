"""What surrounds a sign-in by the network: consent at the first one, and the two ways to sign out."""

from typing import Any

from allauth.account.internal.decorators import login_stage_required
from allauth.account.stages import LoginStage
from allauth.core.internal.httpkit import headed_redirect_response
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

from accounts import actions
from accounts.consents import AT_REGISTRATION
from accounts.models import Consent, SignIn
from accounts.queries import has_agreed
from accounts.sign_in_forms import AgreementForm
from accounts.sign_in_records import SSO_SESSION_KEY
from accounts.sso import oidc
from common import crypto
from common.jobs import once

SIGN_OUT_KEY = "sso_sign_out"


class ConsentStage(LoginStage):
    """The texts are agreed to here (PIPL §14) by who has not: who comes by the network or was entered by staff,
    and everybody once a text has a new version.
    """

    key = "consent"
    urlname = "sso_consent"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        if self.login.user.is_staff or has_agreed(self.login.user, AT_REGISTRATION):
            return None, True
        return headed_redirect_response(self.urlname), True


@login_stage_required(stage=ConsentStage.key, redirect_urlname="account_login")
def consent(request: HttpRequest) -> HttpResponse:
    """同意服务协议和隐私政策, then the sign-in goes on."""
    stage: LoginStage = request._login_stage  # type: ignore[attr-defined]
    form = AgreementForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and "decline" in request.POST:
        request.session.pop(SSO_SESSION_KEY, None)
        response: HttpResponse = stage.abort()
        return response
    if request.method == "POST" and form.is_valid():
        actions.agree(by=stage.login.user, address=request.META.get("REMOTE_ADDR"))
        response = stage.exit()
        return response
    user = stage.login.user
    again = Consent.objects.filter(user=user, kind__in=[agreement.kind for agreement in AT_REGISTRATION]).exists()
    context = {
        "page_title": "服务协议和隐私政策有更新" if again else "首次登录确认",
        "form": form,
        "name": user.name,
        "again": again,
        "by_network": SSO_SESSION_KEY in request.session,
    }
    return render(request, "accounts/sso_consent.html", context)


def network_sign_out_url(request: HttpRequest) -> str | None:
    """Where this session's network session ends; None for other sessions and while the network does not answer."""
    session: dict[str, Any] | None = request.session.get(SSO_SESSION_KEY)
    client = oidc.client_for(session["client"]) if session else None
    if session is None or client is None:
        return None
    try:
        return oidc.end_session_url(client, crypto.decrypt(session["id_token"]))
    except (OAuth2Error, RequestException):
        return None


@login_not_required
@never_cache
@require_GET
def signed_out(request: HttpRequest) -> HttpResponse:
    """The hall's session is over; the browser goes on to end the network's."""
    address = request.session.pop(SIGN_OUT_KEY, None)
    if address is None:
        return redirect("/")
    return render(request, "accounts/sso_signed_out.html", {"page_title": "正在退出", "address": address})


def _refuse(words: str) -> JsonResponse:
    answer = JsonResponse({"error": "invalid_request", "error_description": words}, status=400)
    answer["Cache-Control"] = "no-store"
    return answer


def _sessions_of(portal: str, claims: dict[str, Any]) -> QuerySet[SignIn]:
    """The one session that a logout token names, else all of its subject's."""
    found = SignIn.objects.filter(client=portal)
    if sub := claims.get("sub"):
        found = found.filter(subject=sub)
    if sid := claims.get("sid"):
        # A network that names no session in its ID tokens means all of the subject's.
        found = found.filter(Q(sid=sid) | Q(sid="", subject=sub or ""))
    return found


@csrf_exempt  # the network calls, without a browser; its signature stands for the token
@login_not_required
@require_POST
def back_channel_logout(request: HttpRequest, portal: str) -> HttpResponse:
    """The network ended a session (OpenID Connect Back-Channel Logout): the hall's sessions end with it."""
    client = oidc.client_for(portal)
    if client is None:
        raise Http404
    try:
        claims = oidc.verify_logout_token(client, request.POST.get("logout_token", ""))
    except (OAuth2Error, RequestException) as error:
        return _refuse(type(error).__name__)
    with transaction.atomic():
        if not once(f"sso-logout:{portal}:{crypto.digest(str(claims['jti']))}"):
            return _refuse("replayed")
        actions.end_sessions(sign_ins=_sessions_of(portal, claims), by=None)
    answer = HttpResponse()
    answer["Cache-Control"] = "no-store"
    return answer
