"""A first-time user on a phone: at most ten screens, at most nine fields in sight, every screen accessible."""

import datetime

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from internship.models import InternshipUnit
from review.models import Case
from tests.factories import COUNTY, make_handler, make_individual, make_region
from tests.internship.support import make_internship_unit, set_figures, set_policy
from tests.review.cases import image, load_steps

pytestmark = pytest.mark.django_db(transaction=True)
MOST_SCREENS, MOST_FIELDS = 10, 9


def sign_in(page, user: User) -> None:
    """The browser gets the session of a signed-in client."""
    client = Client()
    client.force_login(user)
    page.goto("/healthz")
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": page.url}])


class Walk:
    """Counts the screens of a journey and looks at each."""

    def __init__(self, page, assert_accessible) -> None:
        self.page, self.assert_accessible, self.screens = page, assert_accessible, 0

    def look(self, title: str) -> None:
        """This is a new screen: its heading, its number of fields, and what axe finds."""
        self.page.get_by_role("heading", level=1, name=title).wait_for()
        self.screens += 1
        assert self.page.locator("main .field:visible").count() <= MOST_FIELDS
        wide = self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert not wide, f"{title} scrolls sideways"
        self.assert_accessible(self.page)

    def choose_region(self, *names: str) -> None:
        """Choose province, city and county one after the other; each fetches the next."""
        group = self.page.get_by_role("group", name="业务办理属地")
        for label, name in zip(("省", "市", "县（市、区）"), names, strict=True):
            select = group.get_by_label(label, exact=True)
            select.wait_for()
            # A new select reacts once htmx has settled: sooner than any hand, but later than a script.
            group.locator(".htmx-added").wait_for(state="detached")
            select.select_option(label=name)

    def go_on(self) -> None:
        self.page.get_by_role("button", name="下一步").click()


def test_a_trainee_application_on_a_phone(phone, assert_accessible):
    make_region(COUNTY)
    set_figures()
    load_steps("trainee-application")
    person = make_individual(level=2)
    sign_in(phone, person.user)
    walk = Walk(phone, assert_accessible)

    phone.goto(reverse("review:start", args=["individual", "trainee-application"]))
    walk.look("就业见习人员申请")
    phone.get_by_role("button", name="开始办理").click()
    walk.look("个人基本信息")
    walk.go_on()
    walk.look("人员类别与办理属地")
    walk.choose_region("山西省", "太原市", "小店区")
    phone.get_by_label("离校2年内未就业高校毕业生").check()
    phone.get_by_label("学历").select_option(label="大学本科")
    walk.go_on()
    walk.look("毕业信息")
    phone.get_by_label("毕业院校").fill("演示大学")
    graduated = timezone.localdate() - datetime.timedelta(days=100)
    phone.get_by_label("毕业时间").fill(graduated.isoformat())
    walk.go_on()
    walk.look("意向与经历")
    walk.go_on()
    walk.look("银行卡或社保卡（选填）")
    walk.go_on()
    walk.look("上传资料")
    for slot in ("id_card", "diploma"):
        picture = image()
        file = {"name": picture.name, "mimeType": "image/png", "buffer": picture.read()}
        bar = phone.locator(f"#slot-{slot}")
        bar.locator("input[type=file]").set_input_files(file)
        if bar.get_by_role("button", name="上传", exact=True).is_visible():
            bar.get_by_role("button", name="上传", exact=True).click()
        phone.locator(f"#slot-{slot}.slot--done").wait_for()
    phone.get_by_role("link", name="下一步").click()
    walk.look("核对提交")
    phone.get_by_role("button", name="提交").click()
    walk.look("申报成功")
    assert walk.screens <= MOST_SCREENS
    case = Case.objects.get()
    assert (case.status, case.region_id) == ("submitted", COUNTY)


@pytest.mark.parametrize("key", ["basic", "nature", "place", "plan", "contact", "staff", "mentors", "bank"])
def test_the_pages_of_a_unit_are_accessible_on_a_phone(phone, assert_accessible, key):
    load_steps("unit-qualification")
    handler = make_handler()
    sign_in(phone, handler.user)
    phone.goto(reverse("review:start", args=["unit", "unit-qualification"]))
    phone.get_by_role("button", name="开始办理").click()
    phone.get_by_role("heading", level=1, name="单位基本信息").wait_for()
    phone.goto(reverse("review:page", args=["unit", Case.objects.get().number, key]))
    assert phone.locator("main .field:visible").count() <= MOST_FIELDS
    assert_accessible(phone)


def test_going_on_while_an_autosave_is_under_way_loses_nothing(phone):
    person = make_individual()
    sign_in(phone, person.user)
    phone.goto(reverse("review:start", args=["individual", "trainee-application"]))
    phone.get_by_role("button", name="开始办理").click()
    answers = []
    # The server has stored the first words, but its answer is slow to come back.
    phone.route("**/autosave/", lambda route: answers.append((route, route.fetch())))
    with phone.expect_request("**/autosave/"):
        phone.get_by_label("常住地址").fill("演示路1号")
        phone.get_by_label("紧急联系人").fill("张某（父亲）13800000007")
    while not answers:
        phone.wait_for_timeout(20)
    phone.get_by_role("button", name="下一步").click()
    route, answer = answers[0]
    route.fulfill(response=answer)
    phone.get_by_role("heading", level=1, name="人员类别与办理属地").wait_for()
    values = Case.objects.get().drafts.get(page="person").values
    assert values["address"] == "演示路1号"
    assert values["emergency_contact"] == "张某（父亲）13800000007"


def test_the_page_of_the_qualification_is_accessible_on_a_phone(phone, assert_accessible):
    qualified = make_internship_unit()
    set_policy("unit_confirmation_date", "12-31")
    InternshipUnit.objects.update(confirmed_on=timezone.localdate() - datetime.timedelta(days=400))
    sign_in(phone, qualified.unit.handlers.get().user)
    phone.goto(reverse("internship:unit_status"))
    assert_accessible(phone)
    phone.get_by_role("link", name="确认信息无误").click()
    phone.get_by_role("button", name="确认", exact=True).click()
    phone.get_by_text("已完成本年度确认").wait_for()
