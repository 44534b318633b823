"""Searching for a position on a phone, and on a desk with live filters, in a real browser."""

import re
from typing import Any

import pytest

from tests.factories import CITY, COUNTY
from tests.positions.support import make_position, qualify

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def positions() -> None:
    unit = qualify()
    for number in range(23):
        make_position(unit, name=f"档案整理岗{number}", category="1" if number % 2 else "2", work_region=COUNTY)
    make_position(unit, name="软件测试助理", category="2", work_region=CITY)


def test_phone_search_read_and_come_back(positions: None, phone: Any, assert_accessible: Any) -> None:
    # Given the search on a phone
    phone.goto("/positions/")
    assert_accessible(phone)
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    # when I type a word, go to the second page and read a position
    phone.fill("#ps-q", "档案")
    phone.press("#ps-q", "Enter")
    phone.wait_for_url("**q=*")
    phone.get_by_role("link", name="下一页").click()
    phone.wait_for_url("**after=*")
    place = phone.url
    phone.locator(".item-title a").nth(1).click()
    phone.wait_for_url("**/positions/GW**")
    assert_accessible(phone)
    # then 返回 leads to the same page of the same list
    phone.get_by_role("link", name="返回").click()
    phone.wait_for_url("**after=*")
    assert phone.url.split("#")[0] == place
    assert phone.locator(".item").count() == 3


def test_filters_follow_at_once_and_the_address_holds_them(
    positions: None, desktop: Any, assert_accessible: Any
) -> None:
    # Given the search on a desk
    desktop.goto("/positions/")
    # when I choose a category, then a city
    desktop.get_by_label("管理", exact=False).first.check(force=True)
    desktop.wait_for_url("**category=1")
    assert desktop.locator(".ps-total").inner_text() == "共 11 个岗位"
    desktop.select_option("#ps-city", CITY)
    desktop.wait_for_url(re.compile(f"city={CITY}"))
    # then the counties appear, and the address alone gives the same list again
    assert desktop.locator("#ps-region option").count() >= 2
    assert_accessible(desktop)
    desktop.goto(desktop.url)
    assert desktop.locator(".ps-total").inner_text() == "共 11 个岗位"
    # and a condition comes off with one click
    desktop.get_by_role("link", name="管理").click()
    assert desktop.locator(".ps-total").inner_text() == "共 24 个岗位"
