"""What every answer of every address carries, whoever asks: the policy of what a page may do, and no caching."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from config.settings import CONTENT_SECURITY_POLICY
from tests.matrix.table import TABLE
from tests.matrix.test_matrix import _address, _client, _model_address, _model_pages
from tests.matrix.world import build

pytestmark = pytest.mark.django_db

# As the quality goals have it.
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


# Pages whose address is the key to them tell nobody where somebody came from.
NO_REFERRER = {"reporting:objection_receipt"}


def directives(header: str) -> dict[str, set[str]]:
    parts = [part.split() for part in header.split(";") if part.strip()]
    return {name: set(values) for name, *values in parts}


def faults_of(answer: HttpResponse, *, signed_in: bool) -> list[str]:
    """What is missing in the headers of an answer."""
    faults = [f"{name}: {answer.get(name)}" for name, value in EXPECTED.items() if answer.get(name) != value]
    if directives(answer.get("Content-Security-Policy", "")) != directives(CSP):
        faults.append(f"policy: {answer.get('Content-Security-Policy')}")
    if signed_in and answer.get("Cache-Control") != "private, no-store":
        faults.append(f"cache: {answer.get('Cache-Control')}")
    for cookie in answer.cookies.values():
        if cookie["samesite"] != "Lax" or (cookie.value and not cookie["httponly"] and cookie.key != "csrftoken"):
            faults.append(f"cookie {cookie.OutputString()}")
    return faults


@pytest.mark.parametrize("actor", ["anonymous", "owner", "unit", "staff", "staff_elsewhere"])
def test_every_address_answers_with_all_headers(actor: str) -> None:
    world = build()
    signed_in = actor != "anonymous"
    wrong = []
    for name, rules in TABLE.items():
        if name in ("account_logout", "admin:logout"):
            continue
        for rule in rules:
            # Another one each time: some addresses sign out who has no business there.
            answer = getattr(_client(world, actor), rule.method)(_address(world, name, rule))
            if name in NO_REFERRER and answer.get("Referrer-Policy") == "no-referrer":
                answer["Referrer-Policy"] = EXPECTED["Referrer-Policy"]
            wrong += [f"{name}: {fault}" for fault in faults_of(answer, signed_in=signed_in)]
    assert not wrong, "\n".join(wrong)


def test_every_page_of_the_staff_site_answers_with_all_headers() -> None:
    world = build()
    client = _client(world, "staff")
    wrong = []
    for name in sorted(_model_pages()):
        answer = client.get(_model_address(world, name))
        wrong += [f"{name}: {fault}" for fault in faults_of(answer, signed_in=True)]
    assert not wrong, "\n".join(wrong)


def test_an_address_that_is_not_there_answers_with_all_headers() -> None:
    assert faults_of(Client().get("/no-such-page/"), signed_in=False) == []


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    allowed = {str(source) for sources in CONTENT_SECURITY_POLICY["DIRECTIVES"].values() for source in sources}
    assert allowed == {"'none'", "'self'", "data:"}


def test_a_host_that_is_not_the_halls_is_refused(client: Client, settings) -> None:
    settings.ALLOWED_HOSTS = ["hall.example"]
    for host in ("evil.example", "hall.example.evil.example", "hall.example@evil.example", "hall.example:80@evil"):
        assert client.get("/", headers={"host": host}).status_code == 400


def test_no_address_is_made_from_a_forwarded_host(client: Client) -> None:
    html = client.get(reverse("positions:search"), headers={"x-forwarded-host": "evil.example"}).content.decode()
    assert "evil.example" not in html
    assert "evil.example" not in client.get("/sitemap.xml", headers={"host": "localhost"}).content.decode()
