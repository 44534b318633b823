"""Every page that can be opened, for everybody who may: accessible, within the screen, under the policy, in both modes.

The addresses and who may open them come from the matrix, so that a new page is looked at as soon as it exists.
320 px is what a 1280 px wide window shows at 400 % (WCAG 1.4.10).
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from common.models import StoredFile
from tests.matrix.table import TABLE, Rule
from tests.matrix.world import ACTORS, World, build, model_object, registered_models
from tests.review.cases import image
from tests.support.browser import WCAG

pytestmark = pytest.mark.django_db(transaction=True)

LOOKERS = ("anonymous", "owner", "unit", "staff")
SIZES = ((1280, 800), (360, 740), (320, 640))
# What machines read, files, parts of pages, and what leads elsewhere.
NO_PAGES = {
    "robots",
    "sitemap",
    "healthz",
    "readyz",
    "metrics",
    "admin:jsi18n",
    "admin:logout",
    "elder_mode",
    "common:region_options",
    "documents:batch_file",
    "documents:download",
    "review:file",
    "review:file_page",
    "review:print",
    "review:sheet_template",
}
# What axe is asked in which mode and width: everything once, then what the width or the colours can change.
ON_A_PHONE = ["target-size", "scrollable-region-focusable"]
RULES = {("", 1280): [], ("", 360): ON_A_PHONE, ("elder", 360): ["color-contrast", *ON_A_PHONE]}
RUN_AXE = """async ([tags, rules]) => {
  const runOnly = rules.length ? {type: 'rule', values: rules} : {type: 'tag', values: tags};
  const found = await axe.run({runOnly, resultTypes: ['violations'], preload: false});
  return found.violations.map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | '));
}"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def _address(world: World, name: str, rule: Rule) -> str:
    parameters: dict[str, Any] = dict(rule.given)
    for key in rule.args:
        parameters |= world.args[key]
    return reverse(name, kwargs=parameters) + rule.query


def _declared(world: World, looker: str) -> Iterator[str]:
    """Addresses of the matrix that this looker may open. Public ones are the visitor's, but for the frame around them."""
    column = ACTORS.index(looker)
    for name, rules in TABLE.items():
        for rule in rules:
            access = rule.access.split()
            public = access[0] == "ok" and looker != "anonymous" and name != "positions:detail"
            if name not in NO_PAGES and rule.method == "get" and access[column] == "ok" and not public:
                yield _address(world, name, rule)


def _of_models(world: World) -> Iterator[str]:
    """Pages of the models on the staff site."""
    for model in registered_models():
        found = model_object(world, model)
        for page in ("changelist", "add", "change"):
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
            if page in ("changelist", "add"):
                yield reverse(name)
            elif found and page == "change":
                yield reverse(name, args=[found.pk])


def _faults(page: Page, *, elder: bool) -> list[str]:
    """What is wrong with the open page in all sizes, in the ordinary mode and in 长者模式."""
    found = []
    page.evaluate(AXE_SCRIPT)
    for mode in ("", "elder") if elder else ("",):
        page.evaluate("mode => document.documentElement.dataset.mode = mode", mode)
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            if (wide := page.evaluate(TOO_WIDE)) > 0:
                found.append(f"{width} px {mode}: {wide} px too wide")
            if (rules := RULES.get((mode, width))) is not None:
                found += [f"{width} px {mode}: {fault}" for fault in page.evaluate(RUN_AXE, [list(WCAG), rules])]
    return found


def _build() -> World:
    """The world, made in a thread of its own: signing runs an event loop, and Playwright's runs in the test's thread."""
    try:
        with transaction.atomic():
            return build()
    finally:
        connection.close()


def _draw_attachments() -> None:
    """The world's files are rows only; the review page shows them."""
    for stored in StoredFile.objects.all():
        if not default_storage.exists(stored.storage_key):
            default_storage.save(stored.storage_key, image())
    StoredFile.objects.update(kind="png", content_type="image/png")


@pytest.mark.parametrize("looker", LOOKERS)
def test_every_page_is_for_everybody(looker: str, desktop: Page, live_server: Any) -> None:
    cache.clear()
    with ThreadPoolExecutor(1) as apart:
        world = apart.submit(_build).result()
    _draw_attachments()
    addresses = list(_declared(world, looker)) + (list(_of_models(world)) if looker == "staff" else [])
    client = Client()
    if user := world.users[looker]:
        client.force_login(user)
        value = client.cookies["sessionid"].value
        desktop.context.add_cookies([{"name": "sessionid", "value": value, "url": live_server.url}])
    faults: list[str] = []
    desktop.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    wrong = []
    for address in addresses:
        faults.clear()
        if "text/html" not in desktop.request.get(address).headers["content-type"]:
            continue
        answer = desktop.goto(address)
        assert answer
        if answer.status in (403, 404) and looker == "staff":
            continue  # read-only models have no form
        # Who has not become a trainee is told so when he wants to keep a position: 422; a link that was used up: 410.
        assert answer.status in (200, 410, 422), f"{address}: {answer.status}"
        found = _faults(desktop, elder=looker != "staff")
        found += [fault for fault in faults if "status of 422" not in fault and "status of 410" not in fault]
        wrong += [f"{address} {fault}" for fault in found]
    assert not wrong, "\n".join(wrong)
