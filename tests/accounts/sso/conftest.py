"""Two networks over HTTP: a conforming provider, and an issuer of our own that can also be dishonest."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import LazySettings
from django.core.cache import caches
from django.http import HttpResponse
from django.test import Client

from tests.factories import make_credit_code, make_id_no, make_mobile

CLIENT_ID = "tongban"
# The provider's own affair: it runs in a thread of the tests, under their filter.
provider_warnings = pytest.mark.filterwarnings(
    "ignore::authlib.deprecate.AuthlibDeprecationWarning", "ignore:get_jwt_config:DeprecationWarning"
)


def use_network(settings: LazySettings, issuer: str, **options: Any) -> None:
    """Both clients at one issuer."""
    caches["local"].clear()
    client = {"issuer": issuer, "client_id": CLIENT_ID, "secret": "演示".encode().hex()} | options
    settings.SSO_CLIENTS = {"individual": client, "unit": client}


@dataclass
class Network:
    """A conforming provider; ``knows`` gives it a user with claims."""

    issuer: str

    def knows(self, sub: str, **claims: Any) -> None:
        requests.put(f"{self.issuer}/users/{sub}", json=claims, timeout=5).raise_for_status()

    def authorise(self, address: str, sub: str) -> str:
        """The user agrees on the provider's page; returns the address that leads back."""
        answer = requests.post(address, data={"sub": sub}, allow_redirects=False, timeout=5)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]


@pytest.fixture(scope="session")
def provider() -> Iterator[str]:
    """The conforming provider's issuer."""
    from oidc_provider_mock import run_server_in_thread

    with run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def network(provider: str, settings: LazySettings) -> Network:
    """The conforming provider, configured for both portals."""
    use_network(settings, provider)
    return Network(provider)


def begin(client: Client, portal: str = "individual", target: str = "") -> str:
    """Press the button; returns the address at the network."""
    answer = client.post(f"/accounts/sso/{portal}/login/", {"next": target} if target else {})
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def come_back(client: Client, address: str) -> HttpResponse:
    """Follow the network's redirect."""
    parts = urlsplit(address)
    return client.get(f"{parts.path}?{parts.query}")


def sign_in(client: Client, network: Network, sub: str, portal: str = "individual", target: str = "") -> HttpResponse:
    """The whole way there and back; agrees to the texts where they are shown."""
    answer = come_back(client, network.authorise(begin(client, portal, target), sub))
    if answer.status_code == 302 and answer["Location"] == "/accounts/sso/consent/":
        answer = client.post("/accounts/sso/consent/", {"agreement": "on"})
    return answer


def person(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Claims of a person whose identity was checked face to face."""
    claims = {"name": "张演示", "id_type": "01", "id_no": make_id_no(number), "mobile": make_mobile(900 + number)}
    return claims | {"auth_level": 4} | changes


def legal_person(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Claims of a legal person and its agent."""
    claims = {
        "corp_name": "演示单位（虚构）",
        "uscc": make_credit_code(number),
        "corp_type": "企业法人",
        "legal_rep_name": "李演示",
        "agent_name": "王演示",
        "agent_id_no": make_id_no(700 + number),
        "agent_mobile": make_mobile(700 + number),
        "agent_role": "管理员",
        "auth_level": 4,
    }
    return claims | changes


KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
FOREIGN_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Issuer:
    """An issuer that answers what the test tells it to."""

    address: str = ""
    id_token: str = ""
    user_info: dict[str, Any] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Honest claims of an ID token; a change to None leaves the claim out."""
        now = int(time.time())
        honest = {"iss": self.address, "aud": CLIENT_ID, "sub": "s1", "iat": now, "exp": now + 300}
        return {name: value for name, value in (honest | changes).items() if value is not None}

    def sign(self, claims: dict[str, Any], key: Any = KEY, algorithm: str = "RS256", kid: str = "k1") -> str:
        return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": kid})

    def documents(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
        config = {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "jwks_uri": f"{self.address}/jwks",
        } | self.config
        return {
            "/.well-known/openid-configuration": config,
            "/jwks": {"keys": [public | {"kid": "k1", "use": "sig", "alg": "RS256"}]},
            "/token": {"access_token": "a1", "token_type": "Bearer", "id_token": self.id_token},
            "/userinfo": self.user_info,
        }


@pytest.fixture
def issuer(settings: LazySettings) -> Iterator[Issuer]:
    """An issuer under the test's control, configured for both portals."""
    found = Issuer()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(found.documents()[urlsplit(self.path).path]).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            form = parse_qs(self.rfile.read(length).decode())
            found.asked.append({name: values[0] for name, values in form.items()})
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    found.address = f"http://127.0.0.1:{server.server_port}"
    use_network(settings, found.address)
    yield found
    server.shutdown()
    server.server_close()
