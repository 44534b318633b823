"""A clerk fills in the month of forty people with the keyboard alone, and pastes columns from a spreadsheet (C10)."""

import os
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from internship.rules import add_months
from review import actions, grids, matters, submission
from review.models import Case
from review.portal import case_url
from tests.factories import make_individual
from tests.internship.support import set_policy
from tests.reporting.support import make_placement, make_position, make_qualified, set_limits
from tests.review.cases import fill

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 40

PASTE = """text => {
  const data = new DataTransfer();
  data.setData('text/plain', text);
  document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
}"""


@pytest.fixture
def case(db: Any) -> Case:
    """A draft of last month's report of forty people."""
    set_limits()
    for key, value in {"minimum_wage": "1880", "subsidy_rate.G1": "1.00", "subsidy_unit_share": "0.60"}.items():
        set_policy(key, value)
    handler = make_qualified()
    month = add_months(timezone.localdate().replace(day=1), -1)
    position = make_position(handler.unit, places=PEOPLE)
    for number in range(PEOPLE):
        person = make_individual(name=f"演示{number:02d}")
        make_placement(handler.unit, position=position, person=person, starts_on=add_months(month, -1))
    case = actions.start_case("monthly-report", handler.unit, by=handler.user)
    fill(case, {"month": {"month": month.isoformat(), "filler": "王演示", "phone": "13800000009"}})
    return case


def sign_in(page: Page, case: Case, live_server: Any) -> None:
    client = Client()
    client.force_login(case.acting_user)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([cookie])  # type: ignore[list-item]


def look(page: Page, name: str) -> None:
    """Keep a picture where somebody wants to see it."""
    if folder := os.environ.get("TONGBAN_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")


def test_forty_people_by_keyboard_alone(page: Page, case: Case, live_server: Any) -> None:
    sign_in(page, case, live_server)
    page.goto(case_url(case, "page", page="people"))
    cells = page.locator("tbody tr:first-child input")
    expect(page.locator("tbody tr")).to_have_count(PEOPLE)
    cells.nth(0).focus()
    for _ in range(PEOPLE):  # down the first column
        page.keyboard.type("21.5")
        page.keyboard.press("Enter")
    # The agreed pay stands in the second column already: over it to the third.
    page.keyboard.press("ArrowRight")
    for number in range(PEOPLE):
        page.keyboard.type("3008" if number else "3007.99")
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    today = timezone.localdate()
    for _ in range(PEOPLE - 1):
        page.keyboard.press("Shift+Enter")
    page.evaluate(PASTE, "\n".join(f"{today.year}/{today.month}/{today.day}" for _ in range(PEOPLE)))
    results = page.locator("[data-result]")
    expect(results.nth(0)).to_have_text("实发工资低于3008元")
    expect(results.nth(PEOPLE - 1)).to_have_text("1880.00元")
    look(page, "grid-1280")
    page.keyboard.press("Enter")  # below the last cell: the button, and Enter means it
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("上传资料")
    values = submission.load_values(case)
    typed = grids.rows_of(matters.get(case.matter).pages(case, values)[1], case, values)  # type: ignore[arg-type]
    assert [row.texts["days"] for row in typed] == ["21.5"] * PEOPLE
    assert not any(row.faults for row in typed)


def test_columns_of_a_spreadsheet_are_pasted_and_kept_as_a_draft(page: Page, case: Case, live_server: Any) -> None:
    sign_in(page, case, live_server)
    page.goto(case_url(case, "page", page="people"))
    page.locator("tbody tr:first-child input").nth(0).focus()
    page.evaluate(PASTE, "\r\n".join("21\t3100\t3100\t20260105" for _ in range(PEOPLE)) + "\r\n")
    expect(page.locator("[data-result]").nth(20)).to_have_text("1880.00元")
    page.get_by_role("button", name="暂存").press("Enter")
    expect(page.get_by_text("已暂存")).to_be_visible()
    rows = submission.load_values(case)["people"]["rows"]
    assert [(row["days"], row["paid_on"]) for row in rows] == [("21", "2026-01-05")] * PEOPLE


def test_the_table_is_read_on_a_phone(phone: Page, case: Case, live_server: Any) -> None:
    sign_in(phone, case, live_server)
    phone.goto(case_url(case, "page", page="people"))
    look(phone, "grid-360")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
