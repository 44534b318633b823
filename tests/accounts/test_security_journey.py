"""The second proofs in a real browser, small and large."""

import re

import pytest
from django.conf import LazySettings
from playwright.sync_api import Page, expect

from accounts.models import UnitNumber
from tests.accounts.conftest import last_code
from tests.accounts.test_second_factor import code_for
from tests.accounts.test_unit_numbers import pushed_code
from tests.factories import PASSWORD, make_handler, make_id_no, make_individual, make_staff, make_unit

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
    expect(phone.get_by_role("heading", name="请先确认是您本人")).to_be_visible()
    phone.get_by_role("button", name="获取验证码").click()
    expect(phone.get_by_text("验证码已发送")).to_be_visible()
    phone.get_by_label("短信验证码").fill(last_code())
    phone.get_by_role("button", name="确认", exact=True).click()
    secret = phone.locator(".totp-secret").inner_text()
    phone.get_by_label("动态口令").fill(code_for(secret))
    phone.get_by_role("button", name="启用").click()
    expect(phone.get_by_role("heading", name="恢复码")).to_be_visible()
    phone.goto("/accounts/security/totp/deactivate/")
    assert_accessible(phone)
    phone.get_by_role("button", name="停用动态口令").click()
    expect(phone.get_by_text("没有启用")).to_be_visible()


def test_a_handler_signs_in_by_unit_number_and_reads_the_code_in_the_own_message_centre(
    phone: Page, assert_accessible
) -> None:
    unit = make_unit()
    UnitNumber.objects.create(unit=unit, number="140105000100")
    handler = make_handler(unit, id_no=make_id_no(800))
    make_individual(id_no=handler.id_no)
    phone.goto("/accounts/login/?portal=unit")
    phone.get_by_role("link", name="用单位编号登录").click()
    phone.wait_for_url("**method=number**")
    assert_accessible(phone)
    phone.get_by_label("单位编号").fill("1401050001")
    phone.get_by_label("密码").fill(PASSWORD)
    phone.get_by_label("密码").press("Enter")
    expect(phone.get_by_text("您本人个人网厅的消息中心")).to_be_visible()
    assert_accessible(phone)
    phone.get_by_role("button", name="获取验证码").click()
    expect(phone.get_by_text("秒后再获取")).to_be_visible()
    phone.get_by_label("验证码").fill(pushed_code())
    phone.get_by_label("验证码").press("Enter")
    expect(phone).to_have_url(re.compile(r"://[^/]+/unit/$"))
