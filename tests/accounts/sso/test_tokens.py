"""What the hall does not believe: forged, replayed, expired, foreign and unsigned tokens; used and foreign states."""

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.core.cache import caches
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from tests.accounts.sso.conftest import (
    FOREIGN_KEY,
    KEY,
    Issuer,
    Network,
    begin,
    come_back,
    person,
    provider_warnings,
)

pytestmark = [pytest.mark.django_db, provider_warnings]
CALLBACK = "/accounts/sso/individual/callback/"


def asked(client: Client) -> dict[str, str]:
    """Begin; what the hall asked the issuer for."""
    return {name: values[0] for name, values in parse_qs(urlsplit(begin(client)).query).items()}


def answered(client: Client, issuer: Issuer, query: dict[str, str], token: str) -> HttpResponse:
    issuer.id_token = token
    issuer.user_info = issuer.user_info or {"sub": "s1", **person(1)}
    return client.get(CALLBACK, {"code": "c1", "state": query["state"]})


def signed_out(client: Client) -> bool:
    return "_auth_user_id" not in client.session and not User.objects.exists()


def test_an_honest_token_signs_in_and_the_code_is_redeemed_with_its_verifier(client: Client, issuer: Issuer) -> None:
    query = asked(client)
    answer = answered(client, issuer, query, issuer.sign(issuer.claims(nonce=query["nonce"])))
    assert answer["Location"] == "/accounts/sso/consent/"
    assert len(issuer.asked[0]["code_verifier"]) >= 43
    assert issuer.asked[0]["redirect_uri"] == query["redirect_uri"]


NOW = int(time.time())
BAD_CLAIMS: dict[str, dict[str, Any]] = {
    "expired": {"exp": NOW - 3600, "iat": NOW - 4000},
    "too old although not expired": {"iat": NOW - 3600, "exp": NOW + 3600},
    "for another client": {"aud": "somebody-else"},
    "for several clients, not saying which": {"aud": ["tongban", "somebody-else"]},
    "issued to another client": {"azp": "somebody-else"},
    "of another issuer": {"iss": "https://evil.example"},
    "of another sign-in": {"nonce": "another"},
    "without nonce": {"nonce": None},
    "without expiry": {"exp": None},
    "without time of issue": {"iat": None},
    "without subject": {"sub": None},
    "not valid yet": {"nbf": NOW + 3600},
}


@pytest.mark.parametrize("changes", BAD_CLAIMS.values(), ids=BAD_CLAIMS.keys())
def test_a_token_is_refused(client: Client, issuer: Issuer, changes: dict[str, Any]) -> None:
    query = asked(client)
    answer = answered(client, issuer, query, issuer.sign(issuer.claims(**({"nonce": query["nonce"]} | changes))))
    assert answer.status_code == 401
    assert "统一身份认证没有完成" in answer.content.decode()
    assert signed_out(client)


def _unsigned(issuer: Issuer, claims: dict[str, Any]) -> str:
    return jwt.encode(claims, "", algorithm="none", headers={"kid": "k1"})


def _foreign_key(issuer: Issuer, claims: dict[str, Any]) -> str:
    return issuer.sign(claims, FOREIGN_KEY)


def _unknown_key(issuer: Issuer, claims: dict[str, Any]) -> str:
    return issuer.sign(claims, kid="k2")


def _other_algorithm(issuer: Issuer, claims: dict[str, Any]) -> str:
    return issuer.sign(claims, algorithm="RS512")


def _shared_secret(issuer: Issuer, claims: dict[str, Any]) -> str:
    """HMAC, as if the client's secret signed: everybody with the secret could."""
    return issuer.sign(claims, "演示".encode().hex() * 4, "HS256")


def _altered(issuer: Issuer, claims: dict[str, Any]) -> str:
    header, _, signature = issuer.sign(claims).split(".")
    body = issuer.sign(claims | {"sub": "s2"}).split(".")[1]
    return f"{header}.{body}.{signature}"


def _nothing(issuer: Issuer, claims: dict[str, Any]) -> str:
    return "not.a.token"


@pytest.mark.parametrize(
    "forge", [_unsigned, _foreign_key, _unknown_key, _other_algorithm, _shared_secret, _altered, _nothing]
)
def test_a_forged_token_is_refused(client: Client, issuer: Issuer, forge: Any) -> None:
    query = asked(client)
    answer = answered(client, issuer, query, forge(issuer, issuer.claims(nonce=query["nonce"])))
    assert answer.status_code == 401
    assert signed_out(client)


def test_user_information_about_somebody_else_is_refused(client: Client, issuer: Issuer) -> None:
    query = asked(client)
    issuer.user_info = {"sub": "s2", **person(1)}
    assert answered(client, issuer, query, issuer.sign(issuer.claims(nonce=query["nonce"]))).status_code == 401
    assert signed_out(client)


def test_a_configuration_that_speaks_for_another_issuer_is_refused(client: Client, issuer: Issuer) -> None:
    issuer.config = {"issuer": "https://evil.example"}
    answer = client.post("/accounts/sso/individual/login/")
    assert answer.status_code == 401
    assert "统一身份认证没有完成" in answer.content.decode()


def test_a_network_that_does_not_answer_is_told_in_plain_words(client: Client, issuer: Issuer) -> None:
    issuer.config = {"token_endpoint": "http://127.0.0.1:9/token"}
    query = asked(client)
    answer = client.get(CALLBACK, {"code": "c1", "state": query["state"]})
    assert answer.status_code == 401
    assert "请稍后再试" in answer.content.decode()


def test_a_network_that_is_down_at_the_start_is_told_in_plain_words(client: Client, issuer: Issuer, settings) -> None:
    caches["local"].clear()
    settings.SSO_CLIENTS = {"individual": settings.SSO_CLIENTS["individual"] | {"issuer": "http://127.0.0.1:9"}}
    answer = client.post("/accounts/sso/individual/login/")
    assert answer.status_code == 401
    assert "请稍后再试" in answer.content.decode()


def test_a_state_is_used_once(client: Client, network: Network) -> None:
    network.knows("t1", **person(1))
    back = network.authorise(begin(client), "t1")
    assert come_back(client, back)["Location"] == "/accounts/sso/consent/"
    assert come_back(client, back).status_code == 401


def test_a_state_belongs_to_the_browser_that_began(client: Client, network: Network) -> None:
    network.knows("t2", **person(2))
    back = network.authorise(begin(Client()), "t2")
    assert come_back(client, back).status_code == 401
    assert signed_out(client)


def test_a_state_belongs_to_one_of_the_two_clients(client: Client, network: Network) -> None:
    network.knows("t3", **person(3))
    back = network.authorise(begin(client, "individual"), "t3").replace("/individual/", "/unit/")
    assert come_back(client, back).status_code == 401


def test_a_state_lasts_ten_minutes(client: Client, issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    query = asked(client)
    token = issuer.sign(issuer.claims(nonce=query["nonce"]))
    later = time.time() + 601
    monkeypatch.setattr("allauth.socialaccount.internal.statekit.time.time", lambda: later)
    assert answered(client, issuer, query, token).status_code == 401


def test_a_token_of_the_provider_for_another_client_is_refused(client: Client, network: Network) -> None:
    """The provider's own signature, made for somebody else, does not open the hall."""
    import requests

    from accounts.sso import oidc

    network.knows("t4", **person(4))
    address = begin(client).replace("client_id=tongban", "client_id=other").split("&code_challenge")[0]
    code = parse_qs(urlsplit(network.authorise(address, "t4")).query)["code"][0]
    nonce = parse_qs(urlsplit(address).query)["nonce"][0]
    form = {"grant_type": "authorization_code", "code": code, "client_id": "other", "client_secret": "x"}
    form["redirect_uri"] = "http://testserver" + CALLBACK
    token = requests.post(f"{network.issuer}/oauth2/token", data=form, timeout=5).json()["id_token"]
    ours = oidc.client_for("individual")
    assert ours is not None
    with pytest.raises(oidc.TokenRefused):
        oidc.verify_id_token(ours, token, nonce=nonce)
    theirs = oidc.Client(portal="individual", issuer=network.issuer, client_id="other", secret="x")
    assert oidc.verify_id_token(theirs, token, nonce=nonce)["sub"] == "t4"
    with pytest.raises(oidc.TokenRefused):
        oidc.verify_id_token(theirs, token, nonce="another")


def test_the_keys_are_asked_for_again_when_they_were_changed(client: Client, issuer: Issuer) -> None:
    from accounts.sso import oidc

    ours = oidc.client_for("individual")
    assert ours is not None
    address = f"{issuer.address}/jwks"
    caches["local"].set(f"sso:{address}", {"keys": []})
    token = issuer.sign(issuer.claims(nonce="n1"), KEY)
    assert oidc.verify_id_token(ours, token, nonce="n1")["sub"] == "s1"
