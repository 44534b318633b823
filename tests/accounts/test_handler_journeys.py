"""Handlers, the scanned code and the claim in real browsers."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from accounts.actions import agree
from accounts.appeal_models import Appeal
from accounts.models import Handler
from tests.accounts.conftest import last_code
from tests.accounts.test_handlers import activation_path
from tests.factories import (
    CITY,
    PASSWORD,
    make_handler,
    make_id_no,
    make_individual,
    make_staff,
    make_unit,
    make_user,
)
from tests.review.cases import image

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _fresh_limits(transactional_db: None) -> None:
    cache.clear()


def sign_in(page: Page, portal: str, label: str, login: str, then: str) -> None:
    page.goto(f"/accounts/login/?portal={portal}&next={then}")
    page.get_by_label(label).fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_label("密码").press("Enter")
    page.wait_for_url(f"**{then}")


def test_a_supervisor_adds_a_handler_who_opens_the_account_and_sees_only_the_own_part(
    phone: Page, desktop: Page, assert_accessible: Any
) -> None:
    supervisor = make_handler(make_unit(), make_user("zhuguan", name="王演示"))
    sign_in(desktop, "unit", "法人账号", "zhuguan", "/unit/handlers/")
    assert_accessible(desktop)
    desktop.get_by_role("link", name="添加经办人").click()
    desktop.get_by_label("姓名").fill("赵演示")
    desktop.get_by_label("证件号码").fill(make_id_no(900))
    desktop.get_by_label("手机号").fill("13911110900")
    desktop.get_by_label("就业见习管理").uncheck()
    assert_accessible(desktop)
    desktop.get_by_role("button", name="保存").click()
    expect(desktop.get_by_text("待开通")).to_be_visible()
    phone.goto(activation_path())
    assert_accessible(phone)
    phone.get_by_label("登录账号").fill("zhao_yanshi")
    phone.get_by_label(re.compile("^密码")).fill(PASSWORD)
    phone.get_by_label("确认密码").fill(PASSWORD)
    phone.get_by_label("我已阅读并同意").check()
    phone.get_by_role("button", name="开通账号").click()
    sign_in(phone, "unit", "法人账号", "zhao_yanshi", "/unit/")
    expect(phone.get_by_role("link", name="就业见习岗位管理")).to_have_count(0)
    phone.goto("/unit/positions/")
    expect(phone.get_by_text("王演示在“单位中心 › 经办人管理”中为您开通")).to_be_visible()
    assert_accessible(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    # Ended, the open page is out at its next step.
    desktop.get_by_role("link", name=re.compile(r"管理\s*赵演示")).click()
    assert_accessible(desktop)
    desktop.get_by_role("link", name="结束经办权限").click()
    desktop.get_by_role("button", name="确认结束").click()
    expect(desktop.get_by_role("heading", name="已结束的经办人")).to_be_visible()
    phone.goto("/unit/")
    expect(phone.get_by_role("heading", name="登录", exact=True)).to_be_visible()
    assert list(Handler.objects.active()) == [supervisor]


def test_staff_find_the_unit_as_they_type_and_enter_a_handler(desktop: Page, assert_accessible: Any) -> None:
    unit, staff = make_unit(), make_staff("hall", CITY)
    sign_in(desktop, "staff", "账号", staff.username, "/admin/accounts/handler/find/")
    desktop.get_by_label("查找单位").press_sequentially("演示单位")
    desktop.get_by_role("link", name=unit.name).click()
    assert_accessible(desktop)
    desktop.get_by_label("姓名").fill("赵演示")
    desktop.get_by_label("证件号码").fill(make_id_no(900))
    desktop.get_by_label("手机号").fill("13911110900")
    desktop.get_by_role("button", name="保存").click()
    expect(desktop.get_by_text("赵演示已录入为单位主管")).to_be_visible()


def test_a_code_on_the_desk_is_confirmed_on_the_phone(phone: Page, desktop: Page, assert_accessible: Any) -> None:
    handler = make_handler(make_unit(), make_user(name="王演示"), id_no=make_id_no(800))
    agree(by=handler.user, address=None)
    person = make_individual(name="王演示", id_no=handler.id_no)
    desktop.goto("/accounts/login/?portal=unit")
    desktop.get_by_role("link", name="扫码登录").click()
    expect(desktop.get_by_role("img", name="登录二维码")).to_be_visible()
    assert_accessible(desktop)
    cookie = next(found for found in desktop.context.cookies() if found["name"] == "qr")
    phone.goto(scanned(cookie["value"]))
    phone.get_by_label("手机号").fill(person.user.mobile)
    phone.get_by_label("密码").fill(PASSWORD)
    phone.get_by_label("密码").press("Enter")
    expect(phone.get_by_text("请确认是您本人在操作")).to_be_visible()
    assert_accessible(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    phone.get_by_role("button", name="确认登录").click()
    expect(phone.get_by_text("可以关闭这个页面了")).to_be_visible()
    expect(desktop).to_have_url(re.compile(r"://[^/]+/unit/$"))


def scanned(cookie: str) -> str:
    """The address that the browser's picture holds."""
    from django.core.signing import Signer

    from accounts import qr_codes

    value = cookie.strip('"')
    code = qr_codes.QrCode(**Signer(salt=qr_codes._BROWSER).unsign_object(value))
    return f"/accounts/qr/{code.token}/"


def test_who_cannot_sign_in_claims_the_account_on_a_phone(phone: Page, assert_accessible: Any) -> None:
    unit = make_unit()
    phone.goto("/accounts/login/?portal=unit")
    phone.get_by_role("link", name="账号申诉").first.click()
    assert_accessible(phone)
    phone.get_by_label("单位名称").fill(unit.name)
    phone.get_by_label("统一社会信用代码").fill(unit.uscc)
    phone.get_by_label("申诉原因").select_option("left")
    phone.get_by_label("情况说明").fill("原经办人离职（演示）")
    phone.get_by_label("申诉人姓名").fill("赵演示")
    phone.get_by_label("证件号码").fill(make_id_no(900))
    phone.get_by_label("手机号").fill("13911110900")
    phone.get_by_role("button", name="获取验证码").click()
    expect(phone.get_by_text("验证码已发送")).to_be_visible()
    phone.get_by_label("短信验证码").fill(last_code())
    phone.get_by_role("button", name="下一步").click()
    expect(phone.get_by_role("heading", name="上传申诉材料")).to_be_visible()
    assert_accessible(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    paper = {"name": "材料.png", "mimeType": "image/png", "buffer": image().read()}
    for key in ("licence", "letter"):
        phone.locator(f"#upload-{key}").set_input_files([paper])
        expect(phone.locator(f"#slot-{key} .slot-state")).to_contain_text("已上传")
    phone.get_by_role("button", name="提交申诉").click()
    expect(phone.get_by_text("申诉已提交").first).to_be_visible()
    assert_accessible(phone)
    secret = phone.locator("code").inner_text()
    phone.get_by_role("link", name="查询进度").click()
    phone.get_by_label("申诉编号").fill(Appeal.objects.get().number)
    phone.get_by_label("查询码").fill(secret)
    phone.get_by_role("button", name="查询").click()
    expect(phone.get_by_text("待审核")).to_be_visible()
    assert_accessible(phone)
