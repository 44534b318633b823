"""Takes the pictures of the README from a running demonstration: ``script/screenshots [address]``."""

import io
import sys
from pathlib import Path
from typing import Any

from PIL import Image

from hall.demo.vocabulary import PASSWORD
from tests.support.browser import ARGUMENTS, executable

TARGET = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}
COLOURS = 128

# File, width, account and tab ("" for a visitor), address. "first" stands for the first case of the queue.
PICTURES = (
    ("home-desktop", DESKTOP, "", "", "/"),
    ("home-phone", PHONE, "", "", "/"),
    ("positions-desktop", DESKTOP, "", "", "/positions/"),
    ("individual-phone", PHONE, "sx-person1", "individual", "/individual/"),
    ("unit-desktop", DESKTOP, "sx-unit1", "unit", "/unit/"),
    ("apply-phone", PHONE, "sx-person19", "individual", "/individual/apply/trainee-application/"),
    ("queue-desktop", DESKTOP, "sx-first", "staff", "/admin/review/case/queue/"),
    ("review-desktop", DESKTOP, "sx-first", "staff", "first"),
)


def _sign_in(page: Any, base: str, account: str, tab: str) -> None:
    page.goto(f"{base}/accounts/login/?portal={tab}")
    page.fill("input[name=login]", account)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state()


def _open(page: Any, base: str, address: str) -> None:
    if address != "first":
        page.goto(base + address)
        return
    page.goto(f"{base}/admin/review/case/queue/")
    page.locator("#content table a").first.click()
    page.wait_for_load_state()


def _keep(name: str, picture: bytes) -> int:
    """Few colours are enough for a page and make the file a quarter as large; returns its size."""
    target = TARGET / f"{name}.png"
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS).save(target, optimize=True)
    return target.stat().st_size


def take(base: str) -> None:
    """Take all pictures; the demonstration's data is not changed."""
    from playwright.sync_api import sync_playwright

    TARGET.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=list(ARGUMENTS))
        for name, viewport, account, tab, address in PICTURES:
            context = browser.new_context(viewport=viewport, is_mobile=viewport is PHONE, locale="zh-CN")
            page = context.new_page()
            if account:
                _sign_in(page, base, account, tab)
            _open(page, base, address)
            size = _keep(name, page.screenshot())
            sys.stdout.write(f"{name}: {size // 1024} KB\n")
            context.close()
        browser.close()


if __name__ == "__main__":
    take(sys.argv[1].rstrip("/"))
