"""The steps of a journey: a page is looked at, filled in by the names of its fields, and handed in by a double click."""

import datetime
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import User


class Traveller:
    """Somebody with a browser. ``look`` checks a page for accessibility; ``hurried`` double-clicks every submit."""

    def __init__(self, page: Page, base: str, assert_accessible: Callable[[Page], None] | None) -> None:
        self.page, self.base, self.scripted = page, base, assert_accessible is not None
        self._assert_accessible = assert_accessible

    def look(self) -> None:
        """The page is whole: a heading, nothing wider than the screen, axe finds nothing."""
        expect(self.page.locator("h1").first).to_be_visible()
        wide = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") if self.scripted else 0
        assert wide <= 0, f"{self.page.url} is {wide} px wider than the screen"
        if self._assert_accessible:
            self._assert_accessible(self.page)

    def go(self, path: str) -> None:
        """Open an address and look at it."""
        self.page.goto(path)
        self.look()

    def follow(self, name: str) -> None:
        """Follow a link of the page's own content and look where it leads."""
        self.page.locator("main").get_by_role("link", name=name).first.click()
        self.page.wait_for_load_state()
        self.look()

    def press(self, name: str) -> None:
        """Press a button, twice where a script guards against it (a double click must do no harm)."""
        self.press_button(self.page.locator("main").get_by_role("button", name=name, exact=True).first)
        self.look()

    def press_button(self, button: Locator) -> None:
        """Press a button that hands a form in, and wait for the page that answers."""
        with self.page.expect_navigation():
            button.dblclick() if self.scripted else button.click()

    def type_in(self, **values: str) -> None:
        """Fill in fields by their names; "yes" ticks a box."""
        for name, value in values.items():
            self._fill(self.page.locator(f"main [name={name}]"), value)

    def _fill(self, field: Locator, value: str) -> None:
        kind = field.first.evaluate("e => e.type") if self.scripted else field.first.get_attribute("type") or ""
        if kind == "radio":
            field.and_(self.page.locator(f"[value='{value}']")).check()
        elif kind == "checkbox":
            field.first.check()
        elif field.first.evaluate("e => e.tagName") == "SELECT":
            field.first.select_option(value)
        else:
            field.first.fill(value)

    def choose_region(self, name: str, *codes: str) -> None:
        """Province, city, county: each choice brings the next select, by script or by the small button."""
        for depth, code in enumerate(codes):
            select = self.page.locator(f"main [name={name}_{depth}]")
            if select.count() and select.input_value() == code:
                continue
            expect(select).to_be_visible()
            # A select that was just fetched listens only when it has settled.
            expect(self.page.locator(".htmx-added, .htmx-settling, .htmx-request")).to_have_count(0)
            select.select_option(code)
            if not self.scripted and depth + 1 < len(codes):
                group = self.page.locator(".region-levels").filter(has=self.page.locator(f"[name={name}_{depth}]"))
                group.get_by_role("button").click()
                self.page.wait_for_load_state()

    def upload(self, slot: str, file: dict[str, Any]) -> None:
        """Put a file into a slot and see its bar turn green."""
        bar = self.page.locator(f"#slot-{slot}")
        bar.locator("input[type=file]").set_input_files(file)
        button = bar.get_by_role("button", name="上传", exact=True)
        if button.is_visible():
            button.click()
        expect(self.page.locator(f"#slot-{slot}")).to_contain_text("已上传")
        self.look()

    def become(self, user: User) -> None:
        """Go on as another person, signed in already."""
        client = Client()
        client.force_login(user)
        self.page.context.clear_cookies()
        value = client.cookies["sessionid"].value
        self.page.context.add_cookies([{"name": "sessionid", "value": value, "url": self.base}])


def day(offset: int) -> str:
    """A date so many days from today, as a date field takes it."""
    return (timezone.localdate() + datetime.timedelta(days=offset)).isoformat()
