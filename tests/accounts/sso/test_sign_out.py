"""Out of the hall and out of the network, whichever side begins."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.models import SignIn
from accounts.sso.oidc import LOGOUT_EVENT
from tests.accounts.sso.conftest import FOREIGN_KEY, Issuer, Network, person, provider_warnings, sign_in
from tests.accounts.sso.test_tokens import answered, asked
from tests.factories import make_individual

pytestmark = [pytest.mark.django_db, provider_warnings]
BACK_CHANNEL = "/accounts/sso/individual/back-channel-logout/"


def test_signing_out_goes_on_to_the_network(client: Client, network: Network, settings) -> None:
    network.knows("o1", **person(1))
    sign_in(client, network, "o1")
    answer = client.post("/accounts/logout/")
    assert answer["Location"] == "/accounts/sso/signed-out/"
    assert "_auth_user_id" not in client.session
    page = client.get("/accounts/sso/signed-out/").content.decode()
    address = page.split("url=")[1].split('"')[0].replace("&amp;", "&")
    query = parse_qs(urlsplit(address).query)
    assert address.startswith(f"{network.issuer}/oauth2/end_session?")
    assert query["client_id"] == ["tongban"]
    assert query["post_logout_redirect_uri"] == [settings.SITE_URL + "/"]
    assert query["id_token_hint"][0].count(".") == 2
    # The address is shown once
    assert client.get("/accounts/sso/signed-out/")["Location"] == "/"


def test_who_did_not_come_by_the_network_just_signs_out(client: Client, network: Network) -> None:
    client.force_login(make_individual().user)
    assert client.post("/accounts/logout/")["Location"] == "/"


def test_a_network_without_end_of_session_or_out_of_reach_does_not_keep_anybody_in(
    client: Client, issuer: Issuer
) -> None:
    enter(client, issuer)
    assert client.post("/accounts/logout/")["Location"] == "/"
    assert "_auth_user_id" not in client.session


def enter(client: Client, issuer: Issuer, **claims: Any) -> None:
    """Sign in at the issuer under the test's control."""
    query = asked(client)
    answered(client, issuer, query, issuer.sign(issuer.claims(nonce=query["nonce"], **claims)))
    client.post("/accounts/sso/consent/", {"agreement": "on"})
    assert "_auth_user_id" in client.session


def call(issuer: Issuer, token: str) -> HttpResponse:
    return Client(enforce_csrf_checks=True).post(BACK_CHANNEL, {"logout_token": token})


def logout_claims(issuer: Issuer, **changes: Any) -> dict[str, Any]:
    return issuer.claims(**({"jti": "j1", "events": {LOGOUT_EVENT: {}}} | changes))


def test_the_network_ends_all_sessions_of_a_person(client: Client, issuer: Issuer) -> None:
    enter(client, issuer)
    second = Client()
    enter(second, issuer)
    answer = call(issuer, issuer.sign(logout_claims(issuer)))
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    for browser in (client, second):
        assert browser.get("/individual/profile/").status_code == 302
    assert not SignIn.objects.filter(ended_at__isnull=True).exists()


def test_the_network_ends_one_session_by_its_number(client: Client, issuer: Issuer) -> None:
    enter(client, issuer, sid="browser-1")
    second = Client()
    enter(second, issuer, sid="browser-2")
    assert call(issuer, issuer.sign(logout_claims(issuer, sid="browser-1"))).status_code == 200
    assert client.get("/individual/profile/").status_code == 302
    assert second.get("/individual/profile/").status_code == 200


def test_a_local_session_of_the_same_person_stays(client: Client, issuer: Issuer) -> None:
    enter(client, issuer)
    local = Client()
    local.force_login(SignIn.objects.get().user)
    call(issuer, issuer.sign(logout_claims(issuer)))
    assert local.get("/individual/profile/").status_code == 200


BAD: dict[str, dict[str, Any]] = {
    "an ID token": {"events": None, "nonce": "n1"},
    "with a nonce": {"nonce": "n1"},
    "of another event": {"events": {"something": {}}},
    "naming nobody": {"sub": None},
    "without its number": {"jti": None},
    "for another client": {"aud": "other"},
    "of another issuer": {"iss": "https://evil.example"},
}


@pytest.mark.parametrize("changes", BAD.values(), ids=BAD.keys())
def test_a_bad_logout_token_ends_nothing(client: Client, issuer: Issuer, changes: dict[str, Any]) -> None:
    enter(client, issuer)
    assert call(issuer, issuer.sign(logout_claims(issuer, **changes))).status_code == 400
    assert client.get("/individual/profile/").status_code == 200


def test_a_forged_or_missing_logout_token_ends_nothing(client: Client, issuer: Issuer) -> None:
    enter(client, issuer)
    assert call(issuer, issuer.sign(logout_claims(issuer), FOREIGN_KEY)).status_code == 400
    assert call(issuer, "").status_code == 400
    assert client.get("/individual/profile/").status_code == 200


def test_a_replayed_logout_token_ends_nothing(client: Client, issuer: Issuer) -> None:
    token = issuer.sign(logout_claims(issuer))
    assert call(issuer, token).status_code == 200
    enter(client, issuer)
    assert call(issuer, token).status_code == 400
    assert client.get("/individual/profile/").status_code == 200
