"""What a visitor sets: region and 长者模式, in cookies, by POST, and never a way out to another site."""

import pytest
from django.test import Client

from hall.help_texts import RATED_CASES, TOPICS
from hall.menus import address
from hall.models import SiteFacts, SupportContact
from tests.factories import make_region

pytestmark = pytest.mark.django_db


def test_elder_mode_is_switched_by_post_and_kept(client: Client, shanxi: str) -> None:
    answer = client.post("/elder-mode/", {"next": "/help/"})
    assert answer.status_code == 302
    assert answer["Location"] == "/help/"
    assert answer.cookies["elder"].value == "1"
    assert answer.cookies["elder"]["httponly"]
    assert 'data-mode="elder"' in client.get("/help/").content.decode()


def test_elder_mode_is_left_again(client: Client) -> None:
    client.cookies["elder"] = "1"
    assert client.post("/elder-mode/", {"next": "/help/"}).cookies["elder"].value == ""


def test_a_followed_link_changes_nothing(client: Client, shanxi: str) -> None:
    assert "elder" not in client.get("/elder-mode/?next=/help/").cookies


@pytest.mark.parametrize("target", ["https://example.org/", "//example.org/", "javascript:alert(1)", ""])
@pytest.mark.parametrize("address", ["/elder-mode/", "/region/"])
def test_nobody_is_sent_to_another_site(client: Client, address: str, target: str) -> None:
    assert client.post(address, {"next": target, "region": ""})["Location"] == "/"


def test_a_region_is_chosen_and_shown_on_every_page(client: Client, shanxi: str) -> None:
    answer = client.post("/region/", {"region": "140105", "next": "/help/"})
    assert answer.cookies["region"].value == "140105"
    assert "山西省太原市小店区" in client.get("/help/").content.decode()


@pytest.mark.parametrize("code", ["999999", "<script>", "14010", "140105 "])
def test_an_unknown_region_is_not_taken(client: Client, shanxi: str, code: str) -> None:
    assert "region" not in client.post("/region/", {"region": code}).cookies
    client.cookies["region"] = "999999"
    assert client.get("/help/").context["site"]()["region_code"] == ""


def test_help_shows_the_telephones_from_near_to_far(client: Client, shanxi: str) -> None:
    for code, title in (("140000", "省热线"), ("140105", "区窗口"), ("140106", "邻区窗口")):
        SupportContact.objects.create(region_id=code, title=title, phone="0000-0000000", hours="工作日")
    client.cookies["region"] = "140105"
    titles = [contact.title for _, found in client.get("/help/").context["contacts"] for contact in found]
    assert titles == ["区窗口", "省热线"]


def test_the_foot_names_the_office_of_the_province(client: Client, shanxi: str) -> None:
    make_region("220102")
    SiteFacts.objects.create(region_id="140000", host="山西演示厅")
    SiteFacts.objects.create(region_id="220000", host="吉林演示厅")
    client.cookies["region"] = "220102"
    text = client.get("/help/").content.decode()
    assert "主办单位：吉林演示厅" in text
    assert "山西演示厅" not in text


def test_a_demonstration_says_so_on_every_page(client: Client, shanxi: str) -> None:
    assert "数据均为虚构" not in client.get("/help/").content.decode()
    SiteFacts.objects.create(region_id="140000", host="山西演示厅", demonstration=True)
    assert "数据均为虚构" in client.get("/help/").content.decode()


def test_every_answer_leads_somewhere() -> None:
    names = [answer.link for topic in TOPICS for answer in topic.answers if answer.link]
    names.remove(RATED_CASES)
    assert [name for name in names if not address(name)] == []


def test_a_form_that_was_open_too_long_is_explained(csrf_client: Client, shanxi: str) -> None:
    answer = csrf_client.post("/elder-mode/", {})
    assert answer.status_code == 403
    assert "页面已过期" in answer.content.decode()


def test_every_page_leads_to_terms_and_privacy_and_help_to_the_rating(client: Client) -> None:
    page = client.get("/help/").content.decode()
    for link in ("/accounts/terms/", "/accounts/privacy/", "/individual/cases/?bar=finished"):
        assert f'href="{link}"' in page
