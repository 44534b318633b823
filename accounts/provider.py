"""The government-services network as a provider of allauth (which looks for it in a module of this name)."""

import secrets
from typing import Any

from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialLogin, SocialToken
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.utils import build_absolute_uri
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

from accounts.sso import oidc, rules
from accounts.sso.oidc import Client, TokenRefused
from common import crypto
from config.middleware import outside_read_only

PROVIDER_ID = "sso"


def _client(portal: str) -> Client:
    client = oidc.client_for(portal)
    if client is None:
        raise Http404
    return client


class NetworkAdapter(OpenIDConnectOAuth2Adapter):
    """Trusts the network's answer as accounts.sso.oidc says; ``provider_id`` is the portal."""

    nonce: str | None = None

    @property
    def client(self) -> Client:
        return _client(self.provider_id)

    @property
    def openid_config(self) -> dict[str, Any]:
        return oidc.discover(self.client)

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        return build_absolute_uri(request, reverse("sso_callback", args=[self.provider_id]))

    def complete_login(self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """The sign-in that the ID token and the user information together describe."""
        id_token = kwargs["response"].get("id_token")
        claims = oidc.verify_id_token(self.client, id_token, nonce=self.nonce)
        data = claims
        if "userinfo_endpoint" in self.openid_config:
            user_info = self._fetch_user_info(token.token)
            if not isinstance(user_info, dict) or user_info.get("sub") != claims["sub"]:
                raise TokenRefused("the user information is about somebody else")
            data = claims | user_info
        read = rules.read_claims(self.provider_id, data, self.client.claims)
        login = self.get_provider().sociallogin_from_response(request, {"uid": read.uid})
        login.claims = read
        login.network_session = {
            "client": self.provider_id,
            "subject": claims["sub"],
            "sid": str(claims.get("sid", "")),
            "id_token": crypto.encrypt(id_token),  # it may hold the ID number
        }
        return login


class NetworkProvider(OpenIDConnectProvider):
    """Adds a nonce, and hands nothing personal to allauth's own tables."""

    id = PROVIDER_ID
    name = "统一身份认证"
    oauth2_adapter_class = NetworkAdapter
    supports_token_authentication = False
    pkce_enabled_default = True

    def get_login_url(self, request: HttpRequest, **kwargs: Any) -> str:
        return reverse("sso_login", args=[self.app.provider_id])

    def get_callback_url(self) -> str:
        return reverse("sso_callback", args=[self.app.provider_id])

    def serialize(self) -> dict[str, Any]:
        """Named by its portal: both clients may have the same id, at two issuers."""
        return super().serialize() | {"id": self.app.provider_id}

    def extract_uid(self, data: dict[str, Any]) -> str:
        uid: str = data["uid"]
        return uid

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list:
        return []

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        """To the network, with a nonce that the ID token has to bring back; to sign in, whatever was asked."""
        nonce = secrets.token_urlsafe(24)
        try:
            return super().redirect(
                request,
                AuthProcess.LOGIN,
                next_url,
                data,
                auth_params={"nonce": nonce},
                scope=self.get_scope(),
                nonce=nonce,
            )
        except (OAuth2Error, RequestException) as error:
            return render_authentication_error(request, self, exception=error)


class NetworkCallbackView(OAuth2CallbackView):
    """Gives the nonce of the state, which is used up here, to the adapter."""

    def _get_state(self, request: HttpRequest, provider: NetworkProvider) -> tuple[dict | None, HttpResponse | None]:
        state, response = super()._get_state(request, provider)
        self.adapter.nonce = state.get("nonce") if state else None
        return state, response


def _provider(request: HttpRequest, portal: str) -> NetworkProvider:
    provider: NetworkProvider = NetworkAdapter(request, _client(portal).portal).get_provider()
    return provider


@login_not_required
@require_POST
def begin(request: HttpRequest, portal: str) -> HttpResponse:
    """Go to the network; by POST, so that no other site can start a sign-in."""
    return _provider(request, portal).redirect_from_request(request)


@outside_read_only  # the sign-in ends here, and the network comes back with a GET
@login_not_required
@require_GET
def callback(request: HttpRequest, portal: str) -> HttpResponse:
    """Back from the network."""
    view = NetworkCallbackView.adapter_view(NetworkAdapter(request, _client(portal).portal))
    response: HttpResponse = view(request)
    return response


provider_classes = [NetworkProvider]
