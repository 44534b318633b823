"""OpenID Connect as the hall trusts it: discovery, keys, and tokens whose signature is always verified.

allauth leaves the signature out for tokens that came straight from the token endpoint (allowed by
OpenID Connect Core 3.1.3.7); the hall verifies it all the same, so that a proxy or a wrongly
configured address cannot sign anybody in.
"""

import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings
from django.core.cache import caches

# Signatures that only the network can make: no "none", and no HMAC, whose key both sides hold.
ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"},
)
LEEWAY_SECONDS = 60
OLDEST_SECONDS = 600  # between issue and use of a token
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class TokenRefused(OAuth2Error):
    """The network's answer cannot be trusted; the message is for the log and holds nothing personal."""


@dataclass(frozen=True, slots=True)
class Client:
    """The hall as one client of the network: ``portal`` is individual or unit, ``claims`` the network's claim names."""

    portal: str
    issuer: str
    client_id: str
    secret: str
    scope: str = "openid profile"
    claims: dict[str, str] = field(default_factory=dict)


def client_for(portal: str) -> Client | None:
    """The client of a portal; None where it is not configured."""
    options = settings.SSO_CLIENTS.get(portal)
    return Client(portal=portal, **options) if options else None


def origins() -> list[str]:
    """Where the sign-in page's form may lead (CSP form-action): the issuers and what the office adds."""
    issuers = [urlsplit(options["issuer"]) for options in settings.SSO_CLIENTS.values() if options]
    if not issuers:
        return []
    return sorted({f"{parts.scheme}://{parts.netloc}" for parts in issuers} | set(settings.SSO_ORIGINS))


def _fetch(url: str) -> dict[str, Any]:
    with get_adapter().get_requests_session() as session:
        response = session.get(url)
        response.raise_for_status()
        try:
            document = response.json()
        except requests.JSONDecodeError as error:
            raise TokenRefused("the answer is not JSON") from error
    if not isinstance(document, dict):
        raise TokenRefused("the answer is not an object")
    return document


def _cached(url: str, *, anew: bool = False) -> dict[str, Any]:
    """Documents that change once in months, asked for again after a minute."""
    cache = caches["local"]
    found = None if anew else cache.get(f"sso:{url}")
    if found is None:
        found = _fetch(url)
        cache.set(f"sso:{url}", found)
    return found


def discover(client: Client) -> dict[str, Any]:
    """The network's configuration. Raises TokenRefused when it speaks for another issuer, RequestException."""
    found = _cached(client.issuer.rstrip("/") + "/.well-known/openid-configuration")
    if found.get("issuer") != client.issuer:
        raise TokenRefused("the configuration names another issuer")
    if missing := [name for name in _ENDPOINTS if not isinstance(found.get(name), str)]:
        raise TokenRefused(f"the configuration lacks {', '.join(missing)}")
    return found


def _matching(document: dict[str, Any], kid: str | None) -> list[dict[str, Any]]:
    keys = [key for key in document.get("keys", []) if key.get("use", "sig") == "sig"]
    return [key for key in keys if kid is None or key.get("kid") == kid]


def _key(config: dict[str, Any], header: dict[str, Any]) -> jwt.PyJWK:
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:
        raise TokenRefused("the signature's algorithm is not accepted")
    kid = header.get("kid")
    found = _matching(_cached(config["jwks_uri"]), kid) or _matching(_cached(config["jwks_uri"], anew=True), kid)
    if len(found) != 1:
        raise TokenRefused("the signing key is not known")
    if found[0].get("alg", algorithm) != algorithm:
        raise TokenRefused("the key is for another algorithm")
    return jwt.PyJWK(found[0], algorithm)


def _verified(client: Client, token: str, required: list[str]) -> dict[str, Any]:
    """The claims of a signed token for this client. Raises TokenRefused, RequestException."""
    config = discover(client)
    try:
        key = _key(config, jwt.get_unverified_header(token))
        claims = jwt.decode(
            token,
            key,
            algorithms=[key.algorithm_name],
            audience=client.client_id,
            issuer=client.issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": ["iss", "aud", "iat", *required]},
        )
    except jwt.PyJWTError as error:
        raise TokenRefused(f"the token is not valid: {type(error).__name__}") from error
    if claims["iat"] < time.time() - OLDEST_SECONDS:
        raise TokenRefused("the token is too old")
    audience = claims["aud"]
    if isinstance(audience, list) and len(audience) > 1 and "azp" not in claims:
        raise TokenRefused("the token is for several clients and does not say which")
    if claims.get("azp", client.client_id) != client.client_id:
        raise TokenRefused("the token was issued to another client")
    return claims


def verify_id_token(client: Client, token: object, *, nonce: str | None) -> dict[str, Any]:
    """The claims of an ID token made for this very sign-in (OpenID Connect Core 3.1.3.7).

    Raises TokenRefused for a forged, expired, foreign or replayed token, RequestException when the
    network does not answer.
    """
    if not isinstance(token, str):
        raise TokenRefused("there is no ID token")
    claims = _verified(client, token, ["exp", "sub", "nonce"])
    if not nonce or claims["nonce"] != nonce:
        raise TokenRefused("the token belongs to another sign-in")
    return claims


def verify_logout_token(client: Client, token: str) -> dict[str, Any]:
    """The claims of a logout token (OpenID Connect Back-Channel Logout 2.6). Raises TokenRefused, RequestException."""
    claims = _verified(client, token, ["jti"])
    events = claims.get("events")
    if not isinstance(events, dict) or LOGOUT_EVENT not in events:
        raise TokenRefused("the token is not a logout token")
    if "nonce" in claims:
        raise TokenRefused("an ID token is not a logout token")
    if not (claims.get("sub") or claims.get("sid")):
        raise TokenRefused("the token names nobody")
    return claims


def end_session_url(client: Client, id_token: str) -> str | None:
    """Where the browser ends its session with the network; None where the network offers none.

    Raises TokenRefused, RequestException.
    """
    endpoint = discover(client).get("end_session_endpoint")
    if not isinstance(endpoint, str):
        return None
    query = {
        "id_token_hint": id_token,
        "client_id": client.client_id,
        "post_logout_redirect_uri": settings.SITE_URL.rstrip("/") + "/",
    }
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"
