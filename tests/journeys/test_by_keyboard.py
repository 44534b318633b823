"""A person becomes a trainee without touching a mouse (WCAG 2.1.1, 2.1.2, 2.4.1): all is reached with Tab, nothing traps."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from review.models import Case, Status
from tests.factories import COUNTY, make_individual, make_region
from tests.internship.support import set_figures
from tests.review.cases import image, load_steps

pytestmark = pytest.mark.django_db(transaction=True)
# More presses than any page has stops: whoever needs more is caught in a trap.
MOST_STOPS = 60


class Keys:
    """Somebody who uses nothing but the keyboard."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def skip_to_content(self, title: str) -> None:
        """The first stop of a page leads past its menus; who skipped them once goes on at the content of the next page."""
        expect(self.page.get_by_role("heading", level=1, name=title)).to_be_visible()
        if self.page.url.endswith("#main"):
            return
        self.page.keyboard.press("Tab")
        assert self.page.evaluate("document.activeElement.outerHTML").startswith('<a class="skip-link"')
        self.page.keyboard.press("Enter")
        assert self.page.evaluate("document.activeElement.id") == "main"

    def tab_to(self, selector: str) -> None:
        """Press Tab until this element has the focus; what has it must be in sight (2.4.11)."""
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                box = self.page.evaluate("JSON.parse(JSON.stringify(document.activeElement.getBoundingClientRect()))")
                assert box["bottom"] > 0
                assert box["top"] < self.page.evaluate("innerHeight")
                return
        raise AssertionError(f"{selector} was not reached on {self.page.url}")

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def choose(self, selector: str, value: str) -> None:
        """Go down a select to its value."""
        self.tab_to(selector)
        for _ in range(MOST_STOPS):
            if self.page.evaluate("document.activeElement.value") == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{selector} does not offer {value}")

    def choose_region(self, *codes: str) -> None:
        """Each level arrives when the one above is chosen, and the focus stays where it was."""
        for depth, code in enumerate(codes):
            selector = f"[name=handling_region_{depth}]"
            expect(self.page.locator(selector)).to_be_visible()
            expect(self.page.locator(".htmx-added, .htmx-settling, .htmx-request")).to_have_count(0)
            self.choose(selector, code)

    def go_on(self) -> None:
        """To the button that leads on, and press it."""
        self.tab_to("main button.button[type=submit]:not(.button--secondary, .button--quiet, .button--small)")
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def upload(self, slot: str) -> None:
        """To the file field of a slot; the dialog that chooses the file is the operating system's."""
        self.tab_to(f"#slot-{slot} input[type=file]")
        picture = image()
        file = {"name": picture.name, "mimeType": "image/png", "buffer": picture.read()}
        self.page.locator(f"#slot-{slot} input[type=file]").set_input_files(file)
        expect(self.page.locator(f"#slot-{slot}")).to_contain_text("已上传")


def test_a_trainee_application_by_keyboard_only(desktop: Page, live_server: Any) -> None:
    make_region(COUNTY)
    set_figures()
    load_steps("trainee-application")
    client = Client()
    client.force_login(make_individual(level=2).user)
    value = client.cookies["sessionid"].value
    desktop.context.add_cookies([{"name": "sessionid", "value": value, "url": live_server.url}])
    keys = Keys(desktop)

    desktop.goto(reverse("review:start", args=["individual", "trainee-application"]))
    keys.skip_to_content("就业见习人员申请")
    keys.go_on()
    keys.skip_to_content("个人基本信息")
    keys.go_on()
    keys.skip_to_content("人员类别与办理属地")
    keys.choose_region("140000", "140100", COUNTY)
    keys.tab_to("[name=category]")
    keys.press("Space")
    keys.choose("[name=education]", "21")
    keys.go_on()
    keys.skip_to_content("毕业信息")
    keys.tab_to("[name=school]")
    desktop.keyboard.type("Yanshi")
    keys.tab_to("[name=graduated_on]")
    # Up on an empty part gives the first month, the first day and this year, in whatever order they stand.
    keys.press("ArrowUp", "ArrowRight", "ArrowUp", "ArrowRight", "ArrowUp")
    keys.go_on()
    keys.skip_to_content("意向与经历")
    keys.go_on()
    keys.skip_to_content("银行卡或社保卡（选填）")
    keys.go_on()
    keys.skip_to_content("上传资料")
    keys.upload("id_card")
    keys.upload("diploma")
    keys.tab_to("main a.button[href$='/check/']")
    with desktop.expect_navigation():
        keys.press("Enter")
    keys.skip_to_content("核对提交")
    keys.go_on()
    expect(desktop.get_by_text("申报成功").first).to_be_visible()
    assert Case.objects.get().status == Status.SUBMITTED
