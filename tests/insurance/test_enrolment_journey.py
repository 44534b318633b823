"""在职人员增加 in real browsers: from the number to the roster, on a phone and on a desktop, checked by axe."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import User
from insurance.models import Enrolment
from review.models import Case
from tests.insurance import enrolments
from tests.insurance.claims import approve, this_month
from tests.review.cases import load_steps

pytestmark = pytest.mark.django_db(transaction=True)


def _sign_in(page: Page, user: User, base: str) -> None:
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": base}])


def _next(page: Page, assert_accessible: Any) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile("下一步|保存")).first.click()
    assert_accessible(page)
    width, room = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width <= room


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_a_newcomer_is_enrolled_from_the_number_to_the_roster(
    size: str, request: pytest.FixtureRequest, assert_accessible: Any, live_server: Any
) -> None:
    page: Page = request.getfixturevalue(size)
    load_steps("employee-enrolment")
    employer = enrolments.make_employer()
    _sign_in(page, employer.by, live_server.url)
    page.goto("/unit/apply/employee-enrolment/")
    with page.expect_navigation():
        page.locator("main").get_by_role("button").first.click()
    page.locator("main [name=id_no]").fill(enrolments.newcomer_id())
    page.locator("main [name=name]").fill(enrolments.NAME)
    _next(page, assert_accessible)
    expect(page.locator("main").get_by_text("新登记", exact=True)).to_be_visible()
    with page.expect_navigation():
        page.locator("main").get_by_role("link", name="下一步").click()
    typed = enrolments.pages()
    for key in ("key", "general", "insurance", "wages"):
        for name, value in typed[key].items():
            field = page.locator(f"main [name={name}]")
            if field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        _next(page, assert_accessible)
    expect(page.locator("main").get_by_text("4300.50元")).to_be_visible()
    case = Case.objects.get()
    for slot in ("id_card", "appointment", "wage_approval"):
        enrolments.attach(case, slot)
    page.goto(f"/unit/cases/{case.number}/check/")
    assert_accessible(page)
    with page.expect_navigation():
        page.locator("main").get_by_role("button", name="提交").first.click()
    expect(page.get_by_role("heading", name="申报成功")).to_be_visible()
    approve(Case.objects.get(pk=case.pk))
    page.goto("/unit/insurance/service/")
    expect(page.locator("main").get_by_text(enrolments.NAME).first).to_be_visible()
    assert Enrolment.objects.get().starts_on.strftime("%Y-%m") == str(this_month())
