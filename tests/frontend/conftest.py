"""Pages of the design system without server and database: rendered from samples, given to the browser directly."""

import mimetypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.template import engines
from django.test import RequestFactory

from tests.frontend import samples

SITE = "http://hall.test"
# The policy of config.settings as a header (design: security).
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
STAFF = {"title": "办件审核", "site_header": "人社通办 · 工作人员", "site_title": "人社通办", "has_permission": True}

# What the server would say to a request: status, body and headers as Route.fulfill takes them.
Reply = Callable[[Any], dict]


def render_sample(name: str, *, elder: bool = False, signed_in: bool = True) -> str:
    """A sample page as HTML: "styleguide" (every component on a portal page), "public" or "review"."""
    request = RequestFactory().get("/sample/")
    request.user = AnonymousUser()
    if elder:
        request.COOKIES["elder"] = "1"
    context = samples.frame() | samples.components()
    if not signed_in:
        context |= {"acting": None, "unread_count": 0, "side_menu": []}
    if name == "review":
        context |= STAFF | {"user": AnonymousUser()}
    source = Path(__file__).with_name(f"{name}.html").read_text()
    return engines["django"].from_string(source).render(context, request)


def answer(route: Any, html: str, replies: dict[str, Reply]) -> None:
    """Give the page itself, a scripted reply, a static file, or 404."""
    path = route.request.url.removeprefix(SITE).split("?")[0]
    if path in replies:
        route.fulfill(**replies[path](route.request))
    elif path == "/sample/":
        route.fulfill(body=html, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": POLICY})
    elif found := path.startswith("/static/") and finders.find(path.removeprefix("/static/")):
        route.fulfill(body=Path(found).read_bytes(), content_type=mimetypes.guess_type(found)[0] or "text/plain")
    else:
        route.fulfill(status=404, body="")


@contextmanager
def page_of(
    browser: Any, html: str, *, width: int, javascript: bool, replies: dict[str, Reply] | None
) -> Iterator[Any]:
    """The page in Chromium; an error in a script or a violated security policy fails the test."""
    context = browser.new_context(
        viewport={"width": width, "height": 800}, locale="zh-CN", java_script_enabled=javascript
    )
    context.set_default_timeout(5_000)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if "Security Policy" in message.text else None)
    page.route("**/*", lambda route: answer(route, html, replies or {}))
    page.goto(f"{SITE}/sample/")
    try:
        yield page
    finally:
        context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def sample() -> Callable[..., str]:
    """``sample("styleguide", elder=True)``: a sample page as HTML."""
    return render_sample


@pytest.fixture
def opened(chromium_browser: Any) -> Callable[..., Any]:
    """``with opened(html, width=360, javascript=False, replies={"/path/": reply}) as page:``."""

    def open_page(
        html: str, *, width: int = 1280, javascript: bool = True, replies: dict[str, Reply] | None = None
    ) -> Any:
        return page_of(chromium_browser, html, width=width, javascript=javascript, replies=replies)

    return open_page
