"""Whatever is posted or asked, however mad: an answer, never a breakdown (500).

Each address of the URLconf is asked with hostile query strings and posted hostile forms, signed in as who
may get furthest. Names of fields come from the forms that the page shows, so that the values reach the
code behind them. Strings are drawn by hypothesis, always the same ones; the nasty ones that have broken
programs before are given besides.
"""

import os
import random
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from review import actions, matters, submission
from review.models import Case
from review.portal import case_url
from tests.contracts import filled
from tests.matrix.table import TABLE, Rule
from tests.matrix.world import ACTORS, World, build
from tests.review.cases import actor_of

pytestmark = pytest.mark.django_db
NAME = re.compile(r'<(?:input|select|textarea|button)\b[^>]*?\bname="([^"]+)"')
STRINGS_A_PAGE = int(os.environ.get("TONGBAN_STRINGS", "8"))  # of all of them, so that the suite stays quick
ROUNDS = 2  # for each address; in each round every field gets another string
# Ends the session, so that the rest would be asked by nobody.
LEAVING = {"account_logout", "admin:logout"}

NASTY = (
    "",
    "\x00",
    "演示\x00演示",
    "²",  # a digit to str.isdigit, no number to int
    "٣",
    "-1",
    "0",
    "9" * 30,
    "1e999",
    "NaN",
    "Infinity",
    "2026-02-31",
    "2026-13",
    "0000-00-00",
    "9999-12-31",
    "99999-01-01",
    "2026-02-31.1",
    "9999-12-31.999999999999999999",
    "../../etc/passwd",
    "//evil.example/",
    "javascript:alert(1)",
    "' OR 1=1 --",
    "%",
    "_",
    "\\",
    "{0.__class__}",
    "{name}",
    "%s%n",
    "<script>alert(1)</script>\"'>",
    "\u202efdp.exe",
    "\ufeff",
    "\U0010ffff",
    "𠮷" * 300,
    "a" * 6000,
    "\r\nSet-Cookie: a=b",
    "140105",
    "000000",
    "00000000-0000-0000-0000-000000000000",
    "[]",
    "null",
)
strings = st.one_of(st.sampled_from(NASTY), st.text(max_size=60))


def actor_for(rule: Rule) -> str | None:
    """Somebody who is let in, preferably not staff and not a visitor."""
    access = dict(zip(ACTORS, rule.access.split(), strict=True))
    order = ("owner", "unit", "staff", "anonymous")
    return next((actor for actor in order if access[actor] == "ok"), None)


def addresses(world: World) -> Iterator[tuple[str, str]]:
    """Each address of the table with who asks it."""
    for name, rules in TABLE.items():
        for rule in rules:
            if name in LEAVING or (actor := actor_for(rule)) is None:
                continue
            parameters: dict[str, Any] = dict(rule.given)
            for key in rule.args:
                parameters |= world.args[key]
            yield actor, reverse(name, kwargs=parameters)
            if actor_for(rule) != "anonymous" and rule.access.split()[0] == "ok":
                yield "anonymous", reverse(name, kwargs=parameters)


def names_on(html: str) -> list[str]:
    """Names of all fields that a page shows."""
    return sorted({name for name in NAME.findall(html) if name != "csrfmiddlewaretoken"})


def clients_of(world: World) -> dict[str, Client]:
    clients = {}
    for actor in ACTORS:
        clients[actor] = Client(raise_request_exception=False)
        if user := world.users[actor]:
            clients[actor].force_login(user)
    return clients


# Parameters that pages read besides the fields of their forms.
QUERY_NAMES = (
    "q",
    "page",
    "after",
    "before",
    "next",
    "back",
    "row",
    "tab",
    "portal",
    "method",
    "attachment",
    "in",
    "unread",
)


def asked(client: Client, path: str, query: str) -> str:
    """What went wrong, or nothing. Without NUL, which is refused before anything else is looked at."""
    query = query.replace("%00", "")
    answer = client.get(f"{path}?{query}")
    return f"GET {path}?{query[:200]}" if answer.status_code >= 500 else ""


def posted(client: Client, path: str, values: dict[str, str]) -> str:
    """What went wrong, or nothing; what was changed is undone."""
    with transaction.atomic():
        answer = client.post(path, values)
        transaction.set_rollback(True)
    return f"POST {path} {str(values)[:300]}" if answer.status_code >= 500 else ""


def test_no_address_breaks_down_over_nasty_strings() -> None:
    world = build()
    clients = clients_of(world)
    faults = set()
    for actor, path in sorted(set(addresses(world))):
        client = clients[actor]
        page = client.get(path)
        names = [] if page.streaming else names_on(page.content.decode(errors="replace"))
        choice = random.Random(path)
        for _ in range(ROUNDS):
            values = {name: choice.choice(NASTY) for name in (*QUERY_NAMES, *names)}
            faults.add(asked(client, path, urlencode(values)))
            faults.add(posted(client, path, {**values, "action": choice.choice(["next", "add", "row", "save"])}))
    assert not faults - {""}, "\n".join(sorted(faults))


@pytest.mark.parametrize("code", sorted(filled.by_code()))
def test_no_page_of_a_service_breaks_down_over_nasty_strings(code: str) -> None:
    case = filled.complete(code)
    client = Client(raise_request_exception=False)
    client.force_login(actor_of(case))
    faults = {fault for path in _pages(case) for fault in _typed_everywhere(client, path)}
    assert not faults, "\n".join(sorted(faults))


def _pages(case: Case) -> list[str]:
    values = submission.load_values(case)
    return [case_url(case, "page", page=page.key) for page in matters.get(case.matter).pages(case, values)]


def _typed_everywhere(client: Client, path: str) -> Iterator[str]:
    """Some of the strings, others on each page: in all fields at once, kept in the draft, shown again, handed in."""
    names = names_on(client.get(path).content.decode())
    for text in random.Random(path).sample(NASTY, STRINGS_A_PAGE):
        values = dict.fromkeys(names, text) | {"revision": "1", "keep": "mine", "row": text}
        with transaction.atomic():
            answers = [client.post(path, values | {"action": action}) for action in ("row", "next")]
            answers.append(client.get(path))
            answers.append(client.post(path.partition("pages/")[0] + "check/"))
            transaction.set_rollback(True)
        if max(answer.status_code for answer in answers) >= 500:
            yield f"{path} {text[:40]!r} {[answer.status_code for answer in answers]}"


@pytest.mark.parametrize(
    ("actor", "name"),
    [
        ("anonymous", "positions:search"),
        ("owner", "positions:trainee_search"),
        ("owner", "review:cases"),
        ("unit", "review:cases"),
        ("unit", "positions:unit_list"),
        ("staff", "admin:review_case_queue"),
        ("staff", "admin:review_case_changelist"),
    ],
)
def test_no_filter_breaks_down_over_any_string(actor: str, name: str) -> None:
    world = build()
    client = clients_of(world)[actor]
    portal = {"portal": "individual" if actor == "owner" else "unit"} if name == "review:cases" else {}
    path = reverse(name, kwargs=portal)
    names = sorted({*names_on(client.get(path).content.decode()), *QUERY_NAMES})

    @seed(1)
    @settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.dictionaries(st.sampled_from(names), strings, min_size=1), st.binary(max_size=40))
    def ask(values: dict[str, str], raw: bytes) -> None:
        assert not asked(client, path, urlencode(values))
        assert not asked(client, path, f"{names[0]}={quote_from_bytes(raw)}&{quote_from_bytes(raw)}=1")

    ask()


def test_an_address_with_nul_is_refused(client: Client) -> None:
    for path in ("/positions/?city=%00", "/positions/?q=a%00b", "/positions/GW%00/", "/region/?in=%00", "/?%00=1"):
        assert client.get(path).status_code == 400


def test_bodies_that_are_no_forms_are_answered() -> None:
    world = build()
    client = clients_of(world)["owner"]
    draft = Case.objects.get(number=world.args["individual case"]["number"])
    path = reverse("review:page", args=["individual", draft.number, "category"])
    bodies = [
        ("application/x-www-form-urlencoded", b"\xff\xfe\x00=%00%ff&&&=&%"),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
        ("multipart/form-data", b""),
        ("multipart/form-data; boundary=" + "x" * 300, b"--"),
        ("application/json", b"{"),
        ("text/plain; charset=no-such", b"\xff"),
    ]
    for content_type, body in bodies:
        assert client.generic("POST", path, body, content_type=content_type).status_code < 500, content_type
    many = urlencode([("skills", "1")] * 1500).encode()
    assert client.generic("POST", path, many, content_type="application/x-www-form-urlencoded").status_code == 400


def test_a_page_keeps_what_was_typed_up_to_its_limit() -> None:
    case = filled.complete("trainee-application")
    by = actor_of(case)
    revision = case.drafts.get(page="wishes").revision if case.drafts.filter(page="wishes").exists() else 0
    client = Client()
    client.force_login(by)
    path = reverse("review:page", args=["individual", case.number, "wishes"])
    client.post(path, {"skills": "演示" * 5000, "revision": str(revision), "action": "save"})
    assert len(actions._page_values(case, "wishes")["skills"]) == 5000
