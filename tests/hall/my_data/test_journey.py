"""消息设置 and 我的数据 in a real browser, on a phone of 360 px."""

import json
import re
from pathlib import Path

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from accounts.messaging.models import MessagePreference
from accounts.models import Individual, User
from tests.accounts.conftest import last_code
from tests.factories import PASSWORD, make_bank_account, make_individual
from tests.hall.my_data.support import set_periods

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _quiet_start(settings, transactional_db: None) -> None:
    settings.SMS_ADAPTER = "accounts.sms.MemorySms"
    cache.clear()


def fits(page: Page) -> None:
    """Nothing is wider than the phone."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_person_sets_up_messages_takes_a_copy_and_closes_the_account(phone: Page, assert_accessible) -> None:
    set_periods()
    person = make_individual()
    make_bank_account(person)
    # Given somebody who is signed in
    phone.goto("/accounts/login/")
    phone.get_by_label("手机号").fill(person.user.mobile)
    phone.get_by_label("密码").fill(PASSWORD)
    phone.get_by_role("button", name="登录", exact=True).click()
    # When short messages about cases are switched off, it is kept; security notices cannot be
    phone.goto("/accounts/messages/")
    phone.get_by_role("link", name="消息设置").click()
    assert_accessible(phone)
    fits(phone)
    case = phone.get_by_role("group", name="办件通知")
    case.get_by_label("短信").uncheck()
    expect(phone.get_by_role("group", name="账号安全").get_by_label("短信")).to_be_disabled()
    phone.get_by_role("button", name="保存").dblclick()
    expect(phone.get_by_text("消息设置已保存").first).to_be_visible()
    assert not MessagePreference.objects.get(kind="case", channel="sms").wanted
    # And a copy of the data is asked for, who it is has to be proved first
    phone.goto("/individual/my-data/")
    assert_accessible(phone)
    fits(phone)
    phone.get_by_role("button", name="导出JSON").click()
    expect(phone.get_by_role("heading", name="请先确认是您本人")).to_be_visible()
    assert_accessible(phone)
    fits(phone)
    phone.get_by_role("button", name="获取验证码").click()
    expect(phone.get_by_text("验证码已发送")).to_be_visible()
    phone.get_by_label("短信验证码").fill(last_code())
    phone.get_by_role("button", name="确认", exact=True).click()
    # Then the copy comes
    with phone.expect_download() as download:
        phone.get_by_role("button", name="导出JSON").click()
    content = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert person.id_no in json.dumps(content)
    # And the account can be closed
    phone.goto("/individual/my-data/close/")
    assert_accessible(phone)
    fits(phone)
    phone.get_by_label("我已了解注销的后果").check()
    phone.get_by_role("button", name="注销账号").click()
    expect(phone).to_have_url(re.compile(r"://[^/]+/$"))
    assert not User.objects.get(pk=person.user_id).is_active
    assert Individual.objects.get(pk=person.pk).id_no == ""
