"""Role × address × owner, generated from the URLconf: complete, and another's object is 404.

A new address without an entry in ``table.TABLE`` fails; addresses of models on the staff site are
generated from its registry.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.matrix.table import SCOPED, TABLE, Rule
from tests.matrix.world import ACTORS, World, build, model_object, registered_models

pytestmark = pytest.mark.django_db

MODEL_PAGES = ("changelist", "add", "change", "history", "delete")


def _walk(resolver: URLResolver, namespaces: tuple[str, ...] = ()) -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _walk(entry, (*namespaces, entry.namespace) if entry.namespace else namespaces)
        else:
            yield ":".join((*namespaces, entry.name or "")), entry


def _model_pages() -> set[str]:
    return {
        f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
        for model in registered_models()
        for page in MODEL_PAGES
    }


def _all_names() -> set[str]:
    """Names of all addresses. Unnamed ones are the staff site's redirects from old addresses, and its catch-all."""
    found = set()
    for name, entry in _walk(get_resolver()):
        if name.endswith(":"):
            assert "object_id" in str(entry.pattern) or str(entry.pattern).endswith("(?P<url>.*)$"), entry
        else:
            found.add(name)
    return found


def _outcome(answer: HttpResponse) -> str:
    """What an answer means for access; a wrong method or a form's complaint is an answer to who may."""
    if answer.status_code in (403, 404):
        return str(answer.status_code)
    if answer.status_code == 302:
        target = answer["Location"].partition("?")[0]
        if target in (reverse("account_login"), reverse("admin:login")):
            return "login"
        # The staff site hides a missing row by leading to its index, with words.
        if target == reverse("admin:index") and answer.wsgi_request.path.endswith(
            ("/change/", "/history/", "/delete/")
        ):
            return "404"
    return "ok" if answer.status_code < 500 else f"error {answer.status_code}"


def _client(world: World, actor: str) -> Client:
    client = Client()
    if user := world.users[actor]:
        client.force_login(user)
    return client


def _address(world: World, name: str, rule: Rule) -> str:
    parameters: dict[str, Any] = dict(rule.given)
    for key in rule.args:
        parameters |= world.args[key]
    return reverse(name, kwargs=parameters) + rule.query


def test_every_address_is_in_the_table() -> None:
    assert _all_names() == set(TABLE) | _model_pages()


def test_every_address_answers_everybody_as_the_table_says() -> None:
    world = build()
    clients = {actor: _client(world, actor) for actor in ACTORS}
    wrong = []
    for name, rules in TABLE.items():
        for rule in rules:
            url = _address(world, name, rule)
            for actor, expected in zip(ACTORS, rule.access.split(), strict=True):
                # Who may act is asked to act in the app's own tests; here only that others may not.
                if rule.method == "post" and expected == "ok":
                    continue
                found = _outcome(getattr(clients[actor], rule.method)(url))
                if found != expected:
                    wrong.append(f"{rule.method} {name} {actor}: {found} instead of {expected}")
                if (
                    rule.method == "get"
                    and expected != "ok"
                    and (by_post := clients[actor].post(url)).status_code != 405
                ) and _outcome(by_post) not in (expected, "403", "404"):
                    wrong.append(f"post {name} {actor}: {_outcome(by_post)} instead of {expected}")
    assert not wrong, "\n".join(wrong)


def test_the_staff_site_is_closed_to_everybody_else() -> None:
    world = build()
    wrong = []
    for actor in ACTORS[:5]:
        client = _client(world, actor)
        for name in sorted(_model_pages()):
            found = _outcome(client.get(_model_address(world, name)))
            if found != "login":
                wrong.append(f"{name} {actor}: {found}")
    assert not wrong, "\n".join(wrong)


def test_every_page_of_the_staff_site_opens_or_refuses_and_never_breaks() -> None:
    """The list must open for somebody with every role; other pages may refuse (read-only models)."""
    world = build()
    client = _client(world, "staff")
    wrong = []
    for name in sorted(_model_pages()):
        found = _outcome(client.get(_model_address(world, name)))
        allowed = {"ok"} if name.endswith("_changelist") and _may_see(name) else {"ok", "403", "404"}
        if found not in allowed:
            wrong.append(f"{name}: {found}")
    assert not wrong, "\n".join(wrong)


def test_rows_of_another_region_are_not_there() -> None:
    world = build()
    here, elsewhere = _client(world, "staff"), _client(world, "staff_elsewhere")
    wrong = []
    for model in registered_models():
        if model._meta.label not in SCOPED:
            continue
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
        url = _model_address(world, name)
        if (found := _outcome(here.get(url))) != "ok":
            wrong.append(f"{model._meta.label} own region: {found}")
        if (found := _outcome(elsewhere.get(url))) != "404":
            wrong.append(f"{model._meta.label} other region: {found}")
    assert not wrong, "\n".join(wrong)


def _may_see(name: str) -> bool:
    """Models of the staff site that belong to the libraries are nobody's business but the superuser's."""
    ours = {"documents", "review", "internship", "positions", "reporting", "accounts", "hall", "common"}
    return name.split(":")[1].split("_")[0] in ours


def _model_address(world: World, name: str) -> str:
    label, page = name.removeprefix("admin:").rsplit("_", 1)
    if page in ("changelist", "add"):
        return reverse(name)
    model = next(m for m in registered_models() if f"{m._meta.app_label}_{m._meta.model_name}" == label)
    found = model_object(world, model)
    return reverse(name, args=[found.pk if found else 0])
