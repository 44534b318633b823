"""The way by the network in a real browser, under the hall's content security policy."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Individual
from tests.accounts.sso.conftest import Network, person, provider_warnings

pytestmark = [pytest.mark.django_db(transaction=True), provider_warnings]


def test_a_person_signs_in_by_the_network_on_a_phone_and_out_again(
    phone: Page, network: Network, assert_accessible
) -> None:
    network.knows("b1", **person(1))
    phone.goto("/accounts/login/")
    assert_accessible(phone)
    # When the person goes to the network and agrees there
    phone.get_by_role("button", name="政务服务网统一身份认证登录").click()
    expect(phone).to_have_url(re.compile(r"/oauth2/authorize"))
    phone.locator("input[name=sub]").fill("b1")
    phone.locator("input[name=sub]").press("Enter")
    # Then the hall asks for consent once
    expect(phone.get_by_role("heading", name="首次登录确认")).to_be_visible()
    assert_accessible(phone)
    phone.get_by_label("我已阅读并同意").check()
    phone.get_by_role("button", name="同意并登录").click()
    expect(phone).to_have_url(re.compile(r"://[^/]+/individual/$"))
    assert Individual.objects.get().level == 4
    # And signing out ends the session with the network too
    phone.locator(".user-menu summary").click()
    phone.get_by_role("button", name="退出登录").click()
    expect(phone).to_have_url(re.compile(r"/oauth2/end_session"))


def test_a_refusal_says_what_to_do(desktop: Page, network: Network, assert_accessible) -> None:
    network.knows("b2", **person(2, auth_level=2))
    desktop.goto("/accounts/login/")
    desktop.get_by_role("button", name="政务服务网统一身份认证登录").click()
    desktop.locator("input[name=sub]").fill("b2")
    desktop.locator("input[name=sub]").press("Enter")
    expect(desktop.get_by_role("heading", name="您的统一身份认证账号还没有实名")).to_be_visible()
    assert_accessible(desktop)
