"""What holds for every page and component: whole, well-formed, without inline code, and light."""

import gzip
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

PAGES = ["styleguide", "public", "review"]
# The widget that asks the database for regions is tested with its field.
ASK_THE_DATABASE = {"region_levels.html"}
COMPONENTS = sorted(
    {path.name for path in (settings.BASE_DIR / "templates" / "components").glob("*.html")} - ASK_THE_DATABASE
)
ERROR_PAGES = ["403.html", "403_csrf.html", "404.html", "429.html", "500.html"]
FIRST_VISIT = [
    "css/tokens.css",
    "css/components.css",
    "css/hall.css",
    "django_htmx/htmx-2.min.js",
    "js/hall.js",
]

Sample = Callable[..., str]


def parsed(html: str) -> Element:
    """The document; raises ParseError where a browser would have to guess."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)


def static(path: str) -> bytes:
    """Content of a static file."""
    found = finders.find(path)
    assert found, path
    return Path(found).read_bytes()


@pytest.mark.parametrize("component", COMPONENTS)
def test_every_component_is_shown_by_a_sample(component: str, sample: Sample, rendered_templates: list[str]) -> None:
    for page in PAGES:
        sample(page)
    sample("public", signed_in=False)
    assert f"components/{component}" in rendered_templates


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("signed_in", [True, False])
def test_pages_are_well_formed(page: str, signed_in: bool, sample: Sample) -> None:
    parsed(sample(page, signed_in=signed_in))


@pytest.mark.parametrize("page", PAGES)
def test_ids_are_unique_and_every_reference_has_its_target(page: str, sample: Sample) -> None:
    nodes = list(parsed(sample(page)).iter())
    ids = Counter(node.get("id") for node in nodes if node.get("id"))
    assert [name for name, count in ids.items() if count > 1] == []
    for attribute in ("for", "aria-describedby", "aria-labelledby", "data-dialog", "data-count-for"):
        for node in nodes:
            assert set((node.get(attribute) or "").split()) <= set(ids), (attribute, node.get(attribute))


@pytest.mark.parametrize("page", PAGES)
def test_pages_carry_no_inline_style_script_or_handler(page: str, sample: Sample) -> None:
    for node in parsed(sample(page)).iter():
        assert node.tag != "style"
        assert node.tag != "script" or node.get("src") or node.get("type") == "application/json"
        assert not [name for name in node.attrib if name == "style" or name.startswith("on")]


def test_htmx_evaluates_nothing_and_asks_only_this_site(sample: Sample) -> None:
    metas = {node.get("name"): node.get("content") for node in parsed(sample("styleguide")).iter("meta")}
    config = json.loads(metas["htmx-config"] or "")
    assert config["allowEval"] is False
    assert config["includeIndicatorStyles"] is False
    assert config["selfRequestsOnly"] is True


@pytest.mark.parametrize("template", ERROR_PAGES)
def test_error_pages_need_no_context(template: str) -> None:
    html = render_to_string(template)
    parsed(html)
    assert "返回首页" in html


def test_error_messages_are_linked_to_their_fields(sample: Sample) -> None:
    nodes = list(parsed(sample("styleguide")).iter())
    fields = {node.get("id"): node for node in nodes if node.get("id")}
    links = [node.get("href") or "" for node in fields["error-summary"].iter("a")]
    assert "#id_name" in links
    assert all(link.removeprefix("#") in fields for link in links)
    assert fields["id_name"].get("aria-invalid") == "true"
    assert "id_name_error" in (fields["id_name"].get("aria-describedby") or "").split()


def test_elder_mode_follows_the_cookie(sample: Sample) -> None:
    assert parsed(sample("styleguide", elder=True)).get("data-mode") == "elder"
    assert parsed(sample("styleguide")).get("data-mode") is None


def test_first_visit_weighs_at_most_40_kilobytes() -> None:
    assert sum(len(gzip.compress(static(path), 9)) for path in FIRST_VISIT) <= 40 * 1024


@pytest.mark.parametrize("name", ["tokens", "components", "hall", "admin"])
def test_styles_use_only_tokens_that_exist(name: str) -> None:
    defined = set(re.findall(r"(--[\w-]+):", static("css/tokens.css").decode()))
    used = set(re.findall(r"var\((--[\w-]+)\)", static(f"css/{name}.css").decode()))
    assert used - defined == set()


@pytest.mark.parametrize("name", ["tokens", "components", "hall", "admin"])
def test_styles_are_understood_by_browsers_of_2020(name: str) -> None:
    css = re.sub(r"/\*.*?\*/", "", static(f"css/{name}.css").decode(), flags=re.DOTALL)
    assert not re.search(r":has\(|:is\(|:where\(|@container|@layer|(?<![-\w])inset:|color-mix|(?<!-)gap:", css)
    assert "&" not in css
