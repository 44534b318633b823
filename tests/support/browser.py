"""A real browser for journeys: where it is, how it is started, and what every page must pass."""

import os
import shutil
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, Page

# The names Debian, Ubuntu and the vendors give to a usable Chromium.
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
)
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


def executable() -> str:
    """Path of the browser: TONGBAN_BROWSER, or the first that is installed."""
    path = os.environ.get("TONGBAN_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)
    assert path, "no Chromium is installed; script/setup says which package is missing"
    return path


def _look(page: Page, context: str | None, options: dict[str, Any], tries: int = 3) -> Any:
    """What axe says of the page; a page that is left while axe looks gives way to the one that comes."""
    page.wait_for_load_state("load")
    try:
        return Axe().run(page, context=context, options=options)
    except Error:
        if tries == 1:
            raise
        return _look(page, context, options, tries - 1)


def assert_accessible(page: Page, *, context: str | None = None) -> None:
    """axe finds no violation of WCAG 2.2 A and AA or of its best practices on the page (or a part of it)."""
    options = {"runOnly": {"type": "tag", "values": list(WCAG)}}
    results = _look(page, context, options)
    found = [
        f"{violation['id']}: {violation['help']}\n  "
        + "\n  ".join(node["html"][:200] for node in violation["nodes"][:5])
        for violation in results.response["violations"]
    ]
    assert not found, f"{page.url} is not accessible:\n" + "\n".join(found)
