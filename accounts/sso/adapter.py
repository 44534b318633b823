"""How allauth finds the network's clients and the hall's accounts behind a sign-in."""

import logging
from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from accounts import portal
from accounts.models import User
from accounts.sign_in_records import SSO_SESSION_KEY
from accounts.sso import actions, oidc
from accounts.sso.refusals import SsoRefused
from accounts.sso.rules import LegalPersonClaims

log = logging.getLogger("tongban.sso")


def _refused(request: HttpRequest, refused: SsoRefused, wanted: str) -> HttpResponse:
    context = {"page_title": refused.title, "steps": refused.steps, "portal": wanted}
    return render(request, "accounts/sso_refused.html", context, status=403)


class HallSocialAccountAdapter(DefaultSocialAccountAdapter):
    """Clients come from the settings alone; who is meant is decided by accounts.sso.actions."""

    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list:
        clients = [client for name in (portal.INDIVIDUAL, portal.UNIT) if (client := oidc.client_for(name))]
        return [
            SocialApp(
                provider="sso",
                provider_id=client.portal,
                name="统一身份认证",
                client_id=client.client_id,
                secret=client.secret,
                settings={"server_url": client.issuer, "scope": client.scope.split(), "oauth_pkce_enabled": True},
            )
            for client in clients
            if provider in (None, "sso", client.portal) and client_id in (None, client.client_id)
        ]

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        """Nothing is suggested: the account is made by accounts.sso.actions or not at all."""
        user: User = sociallogin.user
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Put the hall's account in the place of allauth's suggestion, and remember the network's session."""
        claims = sociallogin.claims
        try:
            if isinstance(claims, LegalPersonClaims):
                handler = actions.handler_for(claims=claims, by=None)
                user, unit_id = handler.user, handler.unit_id
            else:
                user, unit_id = actions.individual_for(claims=claims, by=None).user, None
        except SsoRefused as refused:
            self._log(sociallogin.provider.app.provider_id, refused)
            response = _refused(request, refused, sociallogin.provider.app.provider_id)
            raise ImmediateHttpResponse(response) from refused
        sociallogin.user = sociallogin.account.user = user
        sociallogin.token = None  # the hall asks the network nothing more, and a session is no place for it
        if request.user.is_authenticated:  # another account may be open in this browser
            get_account_adapter(request).logout(request)
        request.session[SSO_SESSION_KEY] = sociallogin.network_session
        if unit_id is not None:
            request.session[portal.UNIT_SESSION_KEY] = unit_id

    def serialize_instance(self, instance: Any) -> Any:
        """A sign-in that waits for a stage is kept in the session: the account by its key, without its data."""
        return {"pk": instance.pk} if isinstance(instance, User) else super().serialize_instance(instance)

    def deserialize_instance(self, model: Any, data: Any) -> Any:
        """What serialize_instance kept. Raises ValueError, which allauth takes for no sign-in."""
        if model is not User:
            return super().deserialize_instance(model, data)
        user = User.objects.filter(pk=data["pk"]).first()
        if user is None:
            raise ValueError("the account is gone")
        return user

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict | None = None,
    ) -> None:
        """A page that says what to do; the log says what was wrong, without anything personal."""
        wanted = provider.app.provider_id
        if error == AuthError.CANCELLED:
            messages.info(request, "您已取消统一身份认证，可以重新登录或换用其他方式")
            raise ImmediateHttpResponse(HttpResponseRedirect(portal.sign_in_url(wanted)))
        self._log(wanted, exception)
        if isinstance(exception, SsoRefused):
            raise ImmediateHttpResponse(_refused(request, exception, wanted))
        context = {
            "page_title": "统一身份认证没有完成",
            "steps": (
                "登录可能已超时，或页面被重复打开，请重新登录。",
                "仍不能登录的，请稍后再试，或用本网厅的账号登录。",
            ),
            "portal": wanted,
        }
        raise ImmediateHttpResponse(render(request, "accounts/sso_refused.html", context, status=401))

    @staticmethod
    def _log(wanted: str, exception: Exception | None) -> None:
        # Only the hall's own exceptions are quoted: others may hold an address with a code or a name.
        own = isinstance(exception, SsoRefused | oidc.TokenRefused)
        words = f": {exception}" if own and str(exception) else ""
        log.warning("sso %s refused: %s%s", wanted, type(exception).__name__ if exception else "state", words)
