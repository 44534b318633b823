"""A browser that is given pages and static files directly: no server, no database, the hall's own security policy."""

import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.contrib.staticfiles import finders
from playwright.sync_api import Page, Route, sync_playwright

ADDRESS = "http://hall.test/styleguide/"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def answer(route: Route, html: str) -> None:
    """Give the page itself, a static file, or 404."""
    path = route.request.url.removeprefix("http://hall.test")
    if path == "/styleguide/":
        route.fulfill(body=html, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": POLICY})
        return
    found = finders.find(path.split("?")[0].removeprefix("/static/")) if path.startswith("/static/") else None
    if found:
        route.fulfill(body=Path(found).read_bytes(), content_type=mimetypes.guess_type(found)[0] or "text/plain")
    else:
        route.fulfill(status=404, body="")


@contextmanager
def opened(html: str, *, width: int = 1280, javascript: bool = True) -> Iterator[Page]:
    """The page in Chromium; any error in the console fails the test, a violated security policy included."""
    with sync_playwright() as playwright:
        executable = CHROMIUM if Path(CHROMIUM).exists() else None
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        context = browser.new_context(
            viewport={"width": width, "height": 800}, locale="zh-CN", java_script_enabled=javascript
        )
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.route("**/*", lambda route: answer(route, html))
        page.goto(ADDRESS)
        try:
            yield page
        finally:
            browser.close()
        assert not complaints, complaints
