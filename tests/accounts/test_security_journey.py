"""Setting up the second factor in a real browser, small and large."""

import re

import pytest
from django.conf import LazySettings
from playwright.sync_api import Page, expect

from tests.accounts.test_second_factor import code_for
from tests.factories import PASSWORD, make_individual, make_staff

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_staff_member_sets_up_the_second_factor_and_reaches_the_desk(
    desktop: Page, settings: LazySettings, assert_accessible
) -> None:
    settings.STAFF_TOTP_REQUIRED = True
    staff = make_staff()
    desktop.goto("/accounts/login/?portal=staff")
    desktop.get_by_label("账号").fill(staff.username)
    desktop.get_by_label("密码").fill(PASSWORD)
    desktop.get_by_role("button", name="登录").click()
    expect(desktop.get_by_role("heading", name="启用动态口令")).to_be_visible()
    assert_accessible(desktop)
    secret = desktop.locator(".totp-secret").inner_text()
    desktop.get_by_label("动态口令").fill(code_for(secret))
    desktop.get_by_role("button", name="启用").click()
    expect(desktop.get_by_role("heading", name="恢复码")).to_be_visible()
    assert_accessible(desktop)
    desktop.get_by_role("link", name="已保存，继续").click()
    expect(desktop).to_have_url(re.compile(r"/admin/$"))


def test_a_person_looks_after_the_account_on_a_phone(phone: Page, assert_accessible) -> None:
    person = make_individual()
    phone.goto("/accounts/login/?next=/accounts/security/")
    phone.get_by_label("手机号").fill(person.user.mobile)
    phone.get_by_label("密码").fill(PASSWORD)
    phone.get_by_role("button", name="登录", exact=True).click()
    expect(phone.get_by_role("heading", name="登录安全")).to_be_visible()
    assert_accessible(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    phone.get_by_role("link", name="启用动态口令").click()
    secret = phone.locator(".totp-secret").inner_text()
    phone.get_by_label("动态口令").fill(code_for(secret))
    phone.get_by_role("button", name="启用").click()
    expect(phone.get_by_role("heading", name="恢复码")).to_be_visible()
    phone.goto("/accounts/security/totp/deactivate/")
    assert_accessible(phone)
    phone.get_by_role("button", name="停用动态口令").click()
    expect(phone.get_by_text("没有启用")).to_be_visible()
