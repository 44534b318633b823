"""No parameter leads a visitor to another site."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Message
from tests.factories import PASSWORD
from tests.matrix.test_matrix import _client
from tests.matrix.world import build

pytestmark = pytest.mark.django_db

HOSTILE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "http:evil.example",
    "https:///evil.example/",
    "javascript:alert(1)//evil.example",
    "data:text/html,evil.example",
    "/\t/evil.example/",
    "\x08//evil.example/",
    " //evil.example/",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
    "/individual/favourites/../..//evil.example/",
]
LINK = re.compile(r'(?:href|action|formaction|content)="([^"]*)"')


def leads_away(location: str) -> bool:
    """Whether a browser leaves the hall: it drops control characters and takes \\ for /."""
    seen = re.sub(r"[\x00-\x20]", "", location).replace("\\", "/").removeprefix("http://testserver/")
    return seen.startswith("//") or bool(re.match(r"[a-z][a-z0-9+.-]*:", seen, re.IGNORECASE))


@pytest.fixture
def world():
    return build()


FORMS = [
    ("anonymous", "elder_mode", [], "next", {}),
    ("anonymous", "hall:switch_region", [], "next", {"region": "140105"}),
    ("unit", "accounts:choose_unit", [], "next", {}),
    (
        "unit",
        "accounts:add_unit_account",
        [],
        "next",
        {"holder": "演示单位", "bank": "演示银行", "account_no": "1402020200000000001"},
    ),
    ("owner", "positions:cancel_favourite", ["favourite"], "back", {}),
    ("owner", "positions:add_favourite", ["position"], "back", {"asked": "1", "agree": "1"}),
]


@pytest.mark.parametrize(("actor", "name", "keys", "parameter", "values"), FORMS)
def test_a_form_never_goes_on_to_another_site(world, actor, name, keys, parameter, values) -> None:
    client = _client(world, actor)
    path = reverse(name, kwargs={k: v for key in keys for k, v in world.args[key].items()})
    if name == "accounts:choose_unit":
        values = {"unit": str(world.users["unit"].handlers.get().unit_id)}
    for target in HOSTILE:
        for answer in (
            client.post(path, values | {parameter: target}),
            client.post(path, values, query_params={parameter: target}),
        ):
            assert answer.status_code < 500
            assert not leads_away(answer.get("Location", "/")), target


def test_no_page_links_to_where_a_parameter_says(world) -> None:
    for actor, name, keys in (
        ("anonymous", "elder_mode", []),
        ("anonymous", "hall:switch_region", []),
        ("anonymous", "account_login", []),
        ("anonymous", "positions:detail", ["position"]),
        ("owner", "positions:add_favourite", ["position"]),
        ("unit", "accounts:choose_unit", []),
        ("unit", "accounts:add_unit_account", []),
    ):
        path = reverse(name, kwargs={k: v for key in keys for k, v in world.args[key].items()})
        client = _client(world, actor)
        for target in HOSTILE:
            html = client.get(path, {"next": target, "back": target}).content.decode()
            assert not [link for link in LINK.findall(html) if "evil" in link and leads_away(link)], name


def test_signing_in_never_ends_on_another_site(world) -> None:
    user = world.users["unit"]
    path = reverse("account_login")
    for target in HOSTILE:
        values = {"login": user.username, "password": PASSWORD, "next": target}
        answer = Client().post(path, values, query_params={"portal": "unit"})
        assert answer.status_code == 302
        assert not leads_away(answer["Location"]), target
        assert not leads_away(Client().get(reverse("admin:login"), {"next": target})["Location"])


def test_a_message_never_leads_to_another_site(world) -> None:
    user = world.users["owner"]
    message = Message.objects.filter(user=user).first()
    for target in HOSTILE:
        Message.objects.filter(pk=message.pk).update(url=target)
        answer = _client(world, "owner").post(reverse("accounts:message", args=[message.pk]), {"open": "1"})
        assert not leads_away(answer["Location"])
