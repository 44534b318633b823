"""The whole way, in a real browser: from a unit that registers to a person whom it finds interested.

On a phone and on a desk with axe on every page and a double click on every submit; and once without
JavaScript.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.cache import cache, caches
from django.core.management import call_command
from playwright.sync_api import Page, expect

from accounts.models import Individual, Unit, User
from accounts.sms import MemorySms
from internship.models import InternshipUnit, Trainee
from positions.models import Favourite, Position
from review.models import Case, Status
from tests.conftest import _pages
from tests.factories import PASSWORD, make_credit_code, make_id_no, make_staff
from tests.journeys.steps import Traveller, day
from tests.review.cases import image
from tests.support.deliveries import work_off

pytestmark = pytest.mark.django_db(transaction=True)

REGION = ("140000", "140100", "140105")


@pytest.fixture(autouse=True)
def _the_hall(transactional_db: None, settings: LazySettings) -> None:
    """Given a hall with its regions, policies, routes and groups."""
    settings.SMS_ADAPTER = "accounts.sms.MemorySms"
    MemorySms.sent.clear()
    cache.clear()
    caches["local"].clear()
    for command in ("load_regions", "load_policies", "load_review_steps", "sync_roles"):
        call_command(command, verbosity=0)


@pytest.fixture
def without_script(chromium_browser: Any, live_server: Any) -> Iterator[Page]:
    """A browser that runs no JavaScript."""
    size = {"width": 1280, "height": 800}
    yield from _pages(chromium_browser, live_server, viewport=size, java_script_enabled=False)


@pytest.mark.parametrize("browser", ["phone", "desktop", "without_script"])
def test_from_registration_to_interest(
    browser: str, request: pytest.FixtureRequest, live_server: Any, assert_accessible: Callable[[Page], None]
) -> None:
    page: Page = request.getfixturevalue(browser)
    traveller = Traveller(page, live_server.url, None if browser == "without_script" else assert_accessible)
    first, second = make_staff("first", "140105"), make_staff("second", "140100", name="复审演示")

    a_unit_registers_and_completes_its_data(traveller)
    it_asks_to_become_an_internship_unit(traveller)
    staff_approve(traveller, "unit-qualification", first, second)
    assert InternshipUnit.objects.get().state == InternshipUnit.State.ACTIVE

    it_offers_a_position(traveller)
    staff_approve(traveller, "position-application", first)
    anybody_finds_the_position(traveller)

    a_person_registers(traveller)
    and_becomes_a_trainee(traveller)
    staff_approve(traveller, "trainee-application", first)
    assert Trainee.objects.get().state == Trainee.State.ACTIVE

    the_trainee_keeps_the_position(traveller)
    the_unit_sees_who_is_interested(traveller)


def _file(name: str) -> dict[str, Any]:
    return {"name": f"{name}.png", "mimeType": "image/png", "buffer": image().read()}


def a_unit_registers_and_completes_its_data(traveller: Traveller) -> None:
    """When the registrant of a unit enters the licence's data and then what the hall asks of a unit."""
    traveller.go("/accounts/register/unit/")
    traveller.type_in(
        username="yanshi_unit",
        legal_person_type="01",
        name="演示软件有限公司（虚构）",
        uscc=make_credit_code(77),
        legal_representative="李演示",
        legal_representative_id_no=make_id_no(9),
        mobile="13911110002",
        password=PASSWORD,
        password_again=PASSWORD,
        agreement="yes",
    )
    traveller.press("注册")
    traveller.go("/unit/")
    traveller.go("/unit/profile/")
    traveller.type_in(
        unit_type="10",
        industry="I",
        registered_address="演示路1号",
        office_address="演示路1号",
        employee_count="30",
    )
    traveller.choose_region("region", *REGION)
    traveller.choose_region("handling_region", *REGION)
    traveller.press("保存")
    assert Unit.objects.get().is_complete


def it_asks_to_become_an_internship_unit(traveller: Traveller) -> None:
    """When the unit goes through the pages of its qualification, prefilled where the hall knows."""
    traveller.go("/unit/services/")
    traveller.follow("就业见习单位申请")
    traveller.press("开始办理")
    _next_page_until(traveller, "规模与见习计划")
    traveller.type_in(planned_positions="2", planned_trainees="4", introduction="主营软件开发。（演示）")
    traveller.press("下一步")
    traveller.type_in(contact="王演示", mobile="13911110002")
    traveller.press("下一步")
    traveller.type_in(name="赵演示", id_type="01", id_no=make_id_no(8), post="人事专员", phone="13911110003")
    traveller.press("保存到列表")
    traveller.press("下一步")
    traveller.press("下一步")
    traveller.type_in(account_holder="演示软件有限公司（虚构）", bank="中国工商银行", account_no="1402020200000000001")
    traveller.press("下一步")
    for slot in ("licence", "application_form", "agreement"):
        traveller.upload(slot, _file("演示材料"))
    expect(traveller.page.locator("#slots-counted")).to_contain_text("必传材料 3 项，已完成 3 项")
    row = Case.objects.get(matter="unit-qualification").drafts.get(page="staff").values["rows"][0]["key"]
    traveller.upload(f"staff_document-{row}", _file("演示任职文件"))
    _submit(traveller)


def _next_page_until(traveller: Traveller, heading: str) -> None:
    """Go on through pages that are filled in already."""
    for _ in range(6):
        if traveller.page.locator("h1").first.inner_text().strip() == heading:
            return
        main = traveller.page.locator("main")
        if main.get_by_role("button", name="下一步", exact=True).count():
            traveller.press("下一步")
        else:
            traveller.follow("下一步")
    raise AssertionError(f"no page {heading} was reached from {traveller.page.url}")


def _submit(traveller: Traveller) -> None:
    """Check the answers and hand in; the receipt names the case."""
    number = re.search(r"/cases/(\w+)/", traveller.page.url)
    assert number
    traveller.go(re.sub(r"(/cases/\w+/).*", r"\1check/", traveller.page.url))
    traveller.press("提交")
    expect(traveller.page.get_by_text("申报成功").first).to_be_visible()
    case = Case.objects.get(number=number[1])
    assert case.status == Status.SUBMITTED
    assert case.timeline.filter(transition="submit").count() == 1


def staff_approve(traveller: Traveller, matter: str, *reviewers: User) -> None:
    """Then the offices of the route approve in turn, from the queue."""
    case = Case.objects.filter(matter=matter).latest("submitted_at")
    for reviewer in reviewers:
        traveller.become(reviewer)
        traveller.page.goto("/admin/review/case/queue/")
        traveller.page.locator(f"a[href*='{case.number}/review/']").first.click()
        traveller.page.wait_for_load_state()
        traveller.look()
        traveller.page.goto(f"/admin/review/case/{case.number}/approve/")
        traveller.look()
        traveller.press_button(traveller.page.locator("main form button[type=submit]").first)
    case.refresh_from_db()
    assert case.status == Status.APPROVED


def it_offers_a_position(traveller: Traveller) -> None:
    """When the internship unit applies for a position."""
    traveller.become(User.objects.get(username="yanshi_unit"))
    traveller.go("/unit/apply/position-application/")
    traveller.press("开始办理")
    traveller.type_in(name="软件测试", category="2", places="2", education="31")
    traveller.press("下一步")
    traveller.type_in(months="6", allowance="3300")
    traveller.press("下一步")
    traveller.type_in(content="编写测试用例，执行测试。（演示）", mentor="赵演示")
    traveller.press("下一步")
    traveller.type_in(valid_to=day(90))
    traveller.press("下一步")
    _submit(traveller)


def anybody_finds_the_position(traveller: Traveller) -> None:
    """Then a visitor who is not signed in finds it from the home page."""
    traveller.page.context.clear_cookies()
    traveller.go("/")
    traveller.page.locator("main [name=q]").first.fill("测试")
    with traveller.page.expect_navigation():  # a search may be started twice; only the last one arrives
        traveller.page.locator("main").get_by_role("button", name="找岗位").click()
    traveller.page.locator("main").get_by_role("link", name="软件测试").first.click()
    traveller.page.wait_for_load_state()
    traveller.look()
    expect(traveller.page.get_by_text("演示软件有限公司（虚构）").first).to_be_visible()


def a_person_registers(traveller: Traveller) -> None:
    """When a person registers with a mobile number."""
    traveller.go("/accounts/register/individual/")
    traveller.type_in(mobile="13911110001")
    traveller.page.get_by_role("button", name="获取验证码").click()
    expect(traveller.page.get_by_text("验证码已发送").first).to_be_visible()
    work_off()
    found = re.search(r"验证码(\d{6})", MemorySms.sent[-1][1])
    assert found
    traveller.type_in(
        code=found[1],
        name="张演示",
        id_no=make_id_no(7),
        password=PASSWORD,
        password_again=PASSWORD,
        agreement="yes",
    )
    traveller.press("注册")
    traveller.go("/individual/")
    assert Individual.objects.get().name == "张演示"


def and_becomes_a_trainee(traveller: Traveller) -> None:
    """When the person applies as a graduate of this year."""
    traveller.go("/individual/services/")
    traveller.follow("就业见习人员申请")
    traveller.press("开始办理")
    traveller.type_in(nation="01")
    traveller.press("下一步")
    traveller.choose_region("handling_region", *REGION)
    traveller.type_in(category="G1", education="21")
    traveller.press("下一步")
    traveller.type_in(school="演示大学", graduated_on=day(-120))
    traveller.press("下一步")
    traveller.press("下一步")
    traveller.press("下一步")
    traveller.upload("id_card", _file("身份证（演示）"))
    traveller.upload("diploma", _file("毕业证（演示）"))
    _submit(traveller)


def the_trainee_keeps_the_position(traveller: Traveller) -> None:
    """When the trainee keeps the position and agrees to what the unit will see."""
    traveller.become(Individual.objects.get().user)
    traveller.go("/individual/positions/")
    traveller.go(f"/positions/{Position.objects.get().number}/")
    traveller.press("收藏岗位")
    traveller.type_in(agree="yes")
    traveller.press("同意并收藏")
    assert Favourite.objects.filter(cancelled_at__isnull=True).count() == 1
    traveller.go("/individual/favourites/")
    expect(traveller.page.get_by_text("软件测试").first).to_be_visible()


def the_unit_sees_who_is_interested(traveller: Traveller) -> None:
    """Then the unit sees the person, with name and telephone."""
    traveller.become(User.objects.get(username="yanshi_unit"))
    traveller.go("/unit/")
    traveller.go("/unit/positions/interested/")
    traveller.go(f"/unit/positions/{Position.objects.get().number}/interested/")
    expect(traveller.page.get_by_text("张演示").first).to_be_visible()
    expect(traveller.page.get_by_text("13911110001").first).to_be_visible()
