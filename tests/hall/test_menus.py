"""Menus keep the manuals' names and order, and every entry leads to a page for who sees it."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.urls import reverse

from hall import menus
from hall.context_processors import hall
from review import matters
from tests.factories import make_handler, make_individual, make_staff, make_unit

pytestmark = pytest.mark.django_db

TOP = ["首页", "个人办事", "法人办事", "公共就业", "个人中心"]
CENTRE = [
    "暂存",
    "未审核",
    "审核中",
    "审核不通过（待修改）",
    "审核不通过",
    "审核通过",
    "已撤回",
    "办理中",
    "办结",
    "消息",
]


def _titles(section: dict) -> list[str]:
    return [entry["title"] for entry in section["items"]]


def _urls(menu: list[dict]) -> list[str]:
    return [entry["url"] for section in menu for entry in section["items"]]


@pytest.fixture
def person_client(client: Client, shanxi: str) -> Client:
    client.force_login(make_individual().user)
    return client


@pytest.fixture
def unit_client(client: Client, shanxi: str) -> Client:
    client.force_login(make_handler(make_unit()).user)
    return client


def test_the_top_menu_is_that_of_the_manuals() -> None:
    assert [entry["title"] for entry in menus.top_menu("/", "/individual/")] == TOP


def test_individual_services_stand_in_the_manuals_order() -> None:
    groups = dict(menus.services("individual"))
    assert [entry.title for entry in groups["就业创业"]] == [
        "就业见习人员申请",
        "见习岗位录入及维护",
        "我的收藏",
        "就业基本信息完善",
    ]


def test_unit_services_stand_in_the_manuals_order() -> None:
    groups = dict(menus.services("unit"))
    assert [entry.title for entry in groups["就业见习管理"]][:3] == [
        "就业见习单位申请",
        "就业见习岗位申请",
        "就业见习岗位查询",
    ]
    assert [entry.title for entry in groups["单位中心"]] == ["维护", "经办人管理"]


def test_public_employment_offers_the_position_search() -> None:
    assert [entry.title for entry in dict(menus.services("public"))["创业指导"]] == ["见习岗位查询"]


def test_every_declared_link_has_an_address() -> None:
    """``address`` hides what no app provides; a wrong name must not hide a page."""
    assert [link.title for link in menus.LINKS if not menus.address(link.url_name)] == []


def test_every_matter_appears_in_its_portal() -> None:
    for matter in matters.all_matters():
        listed = [entry.matter for _, entries in menus.services(matter.portal) for entry in entries]
        assert matter.code in listed


def test_personal_centre_lists_all_states_with_counts(person_client: Client) -> None:
    person_client.post(reverse("review:start", args=["individual", "trainee-application"]))
    context = person_client.get("/individual/").context
    centre = next(section for section in context["side_menu"]() if section["title"] == "个人中心")
    assert _titles(centre) == [*CENTRE, "我的数据"]
    assert [entry["badge"] for entry in centre["items"]][:3] == [1, 0, 0]


def test_every_entry_of_the_individual_menu_answers(person_client: Client) -> None:
    for url in _urls(person_client.get("/individual/").context["side_menu"]()):
        assert person_client.get(url).status_code == 200, url


def test_every_entry_of_the_unit_menu_answers(unit_client: Client) -> None:
    for url in _urls(unit_client.get("/unit/").context["side_menu"]()):
        assert unit_client.get(url).status_code == 200, url


def test_every_entry_of_the_public_menus_answers_without_signing_in(client: Client, shanxi: str) -> None:
    context = client.get("/help/").context
    urls = [entry["url"] for entry in context["top_menu"]()[:-1]] + _urls(context["side_menu"]())
    for url in urls:
        assert client.get(url).status_code == 200, url


@pytest.mark.parametrize("portal", ["individual", "unit"])
def test_service_lists_are_public_and_lead_to_signing_in(client: Client, portal: str) -> None:
    page = client.get(f"/{portal}/services/")
    assert page.status_code == 200
    for group in page.context["groups"]:
        for card in group["cards"]:
            answer = client.get(card["url"])
            assert answer.status_code == 302
            assert answer["Location"].startswith(reverse("account_login"))


def test_staff_get_their_desk_as_personal_centre(client: Client) -> None:
    request = RequestFactory().get("/")
    request.user = make_staff()
    context = hall(request)
    assert context["top_menu"]()[-1]["url"] == reverse("admin:index")
    assert context["acting"]()["kind"] == "staff"


def test_visitors_are_nobody() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    assert hall(request)["acting"]() is None


def test_only_the_deepest_entry_is_marked(unit_client: Client) -> None:
    menu = unit_client.get(reverse("positions:interested")).context["side_menu"]()
    assert [entry["title"] for section in menu for entry in section["items"] if entry["active"]] == ["就业见习岗位查询"]


def test_both_applications_of_a_unit_stand_under_employment_too() -> None:
    """SXU 3.5 and 3.6 lead to them by 法人办事 › 就业创业."""
    groups = dict(menus.services("unit"))
    assert [entry.title for entry in groups["就业创业"]] == ["就业见习单位申请", "就业见习岗位申请"]
    assert {"就业见习单位申请", "就业见习岗位申请"} < {entry.title for entry in groups["就业见习管理"]}


def test_a_page_is_marked_once_in_the_side_menu() -> None:
    path = reverse("review:start", args=["unit", "position-application"])
    menu = menus.side_menu("unit", path, "", None, 0)
    assert [entry["title"] for section in menu for entry in section["items"] if entry["active"]] == ["就业见习岗位申请"]
