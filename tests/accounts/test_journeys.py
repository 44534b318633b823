"""Registration and sign-in in a real browser, on a phone."""

import re

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from accounts.models import Individual, Unit
from tests.accounts.conftest import last_code
from tests.factories import PASSWORD, make_credit_code, make_handler, make_id_no, make_region, make_unit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _fresh_limits(transactional_db: None) -> None:
    cache.clear()


def test_a_person_registers_on_a_phone(phone: Page, assert_accessible) -> None:
    # Given a visitor on the sign-in page
    phone.goto("/accounts/login/")
    assert_accessible(phone)
    phone.get_by_role("link", name="个人注册").click()
    assert_accessible(phone)
    # When the form is handed in with a mistake, everything typed is kept
    phone.get_by_label("手机号").fill("139 1111 0001")
    phone.get_by_role("button", name="获取验证码").click()
    expect(phone.get_by_text("验证码已发送")).to_be_visible()
    phone.get_by_label("短信验证码").fill(last_code())
    phone.get_by_label("姓名").fill("张演示")
    phone.get_by_label("证件号码").fill(make_id_no(7)[:-1])
    phone.get_by_label(re.compile("^密码")).fill(PASSWORD)
    phone.get_by_label("确认密码").fill(PASSWORD)
    phone.get_by_label("我已阅读并同意").check()
    phone.get_by_role("button", name="注册").dblclick()
    expect(phone.get_by_role("alert")).to_contain_text("应为18位，现在是17位")
    expect(phone.get_by_label("姓名")).to_have_value("张演示")
    assert_accessible(phone)
    # Then the corrected form makes the account, once
    phone.get_by_label("证件号码").fill(make_id_no(7))
    phone.get_by_label(re.compile("^密码")).fill(PASSWORD)
    phone.get_by_label("确认密码").fill(PASSWORD)
    phone.get_by_role("button", name="注册").dblclick()
    expect(phone).to_have_url(re.compile(r"://[^/]+/individual/$"))
    assert Individual.objects.get().id_no == make_id_no(7)


def test_a_unit_registers_on_a_phone_and_completes_its_data(phone: Page, assert_accessible) -> None:
    make_region("140105")
    # Given a registrant
    phone.goto("/accounts/login/?portal=unit")
    phone.get_by_role("link", name="法人注册").click()
    assert_accessible(phone)
    # When the licence's data is entered
    phone.get_by_label("法人账号").fill("yanshi_unit")
    phone.get_by_label("法人类型").select_option("01")
    phone.get_by_label("法人名称").fill("演示单位（虚构）")
    phone.get_by_label("统一社会信用代码").fill(make_credit_code(77).lower())
    phone.get_by_label("法定代表人姓名").fill("李演示")
    phone.get_by_label("法定代表人证件号码").fill(make_id_no(9))
    phone.get_by_label("手机号").fill("13911110002")
    phone.get_by_label(re.compile("^密码")).fill(PASSWORD)
    phone.get_by_label("确认密码").fill(PASSWORD)
    phone.get_by_label("我已阅读并同意").check()
    phone.get_by_role("button", name="注册").click()
    expect(phone).to_have_url(re.compile(r"://[^/]+/unit/$"))
    # Then the unit's data can be completed, the regions step by step
    phone.goto("/unit/profile/")
    expect(phone.get_by_text("还缺：")).to_be_visible()
    assert_accessible(phone)
    phone.get_by_label("单位类型").select_option("10")
    phone.get_by_label("行业").select_option("I")
    phone.get_by_label("注册地址").fill("演示路1号")
    phone.get_by_label("办公地址").fill("演示路1号")
    for legend, last in (("行政区划", "小店区"), ("业务办理归属地", "市本级")):
        group = phone.get_by_role("group", name=legend)
        for label, place in (("省", "山西省"), ("市", "太原市"), ("县（市、区）", last)):
            expect(group.get_by_label(label, exact=True)).to_be_visible()
            expect(phone.locator(".htmx-added")).to_have_count(0)  # the new select listens only from then on
            group.get_by_label(label, exact=True).select_option(label=place)
    phone.get_by_label("职工人数").fill("30")
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_text("单位信息完整")).to_be_visible()
    assert Unit.objects.get().handling_region_id == "140100"


def test_enter_signs_in_and_does_not_send_another_code(phone: Page) -> None:
    handler = make_handler(make_unit())
    make_handler(make_unit(), handler.user)
    phone.goto("/unit/profile/")
    phone.get_by_label("法人账号").fill(handler.user.username)
    phone.get_by_label("密码").fill(PASSWORD)
    phone.get_by_label("密码").press("Enter")
    phone.get_by_role("button", name=handler.unit.name).click()
    expect(phone.get_by_role("heading", name="单位信息维护")).to_be_visible()
