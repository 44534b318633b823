"""The public pages: the address holds the search, 返回 comes back to it, and nobody's data shows."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from positions.models import Position
from tests.factories import CITY, COUNTY
from tests.positions.support import keep, make_position, make_trainee, qualify, set_figures

pytestmark = pytest.mark.django_db


def test_filters_stay_in_links_pages_and_the_way_back(client: Client) -> None:
    unit = qualify()
    for _ in range(22):
        make_position(unit, category="1")
    page = client.get("/positions/?q=台账&category=1&city=140100").content.decode()
    assert "共 <strong>22</strong> 个岗位" in page
    following = re.search(r'rel="next"\s+href="([^"]+)"', page)
    assert following
    address = following[1].replace("&amp;", "&")
    assert "category=1" in address
    assert "city=140100" in address
    second = client.get(address).content.decode()
    assert second.count('class="item-title"') == 2
    detail = re.search(r'class="item-title">\s*<a href="([^"]+)"', second)
    assert detail
    read = client.get(detail[1].replace("&amp;", "&")).content.decode()
    back = re.search(r'href="(/positions/\?[^"]+)">\s*<svg[^>]*>.*?</svg>\s*返回', read, re.DOTALL)
    assert back
    again = client.get(back[1].replace("&amp;", "&").split("#")[0]).content.decode()
    assert again.count('class="item-title"') == 2


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example/positions/", "/accounts/", "javascript:1", "/positions/\\..//x"]
)
def test_the_way_back_never_leaves_the_lists(client: Client, back: str) -> None:
    position = make_position()
    page = client.get(f"/positions/{position.number}/", {"back": back}).content.decode()
    assert "evil" not in page.split("返回")[0].rsplit("<a", 1)[1]
    assert 'href="/positions/"' in page


def test_county_choice_follows_the_city_and_offers_the_city_itself(client: Client) -> None:
    unit = qualify()
    make_position(unit, work_region=COUNTY)
    make_position(unit, work_region=CITY)
    page = client.get(f"/positions/?city={CITY}").content.decode()
    assert "市本级（1）" in page
    assert "小店区（1）" in page
    own = client.get(f"/positions/?city={CITY}&region={CITY}").content.decode()
    assert own.count('class="item-title"') == 1


def test_detail_says_everything_and_a_closed_one_is_marked(client: Client) -> None:
    position = make_position(requirements="工作细致")
    page = client.get(f"/positions/{position.number}/").content.decode()
    for words in (
        "职位要求",
        "工作细致",
        "见习内容",
        "2200",
        "招收2人",
        "演示路1号",
        "0351-7000000",
        position.unit_name,
    ):
        assert words in page
    Position.objects.filter(pk=position.pk).update(state="closed", closed_at=timezone.now())
    closed = client.get(f"/positions/{position.number}/").content.decode()
    assert "该岗位已停止招收" in closed
    assert "0351-7000000" not in closed
    Position.objects.filter(pk=position.pk).update(state="revoked")
    assert client.get(f"/positions/{position.number}/").status_code == 404
    assert client.get("/positions/GW9999999999/").status_code == 404


def test_job_posting_is_valid_json_that_cannot_end_its_element(client: Client) -> None:
    position = make_position(content="</script><script>alert(1)</script> & 更多")
    page = client.get(f"/positions/{position.number}/").content.decode()
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    posting = json.loads(found[1])
    assert posting["@type"] == "JobPosting"
    assert posting["description"] == position.content
    assert posting["jobLocation"]["address"]["addressLocality"] == "太原市小店区"


def test_public_pages_show_nothing_about_interested_people(client: Client) -> None:
    set_figures()
    position = make_position()
    trainee = make_trainee()
    keep(trainee, position)
    for address in ("/positions/", f"/positions/{position.number}/"):
        page = client.get(address).content.decode()
        assert trainee.name not in page
        assert trainee.mobile not in page


def test_an_expired_position_is_shown_as_ended(client: Client) -> None:
    today = timezone.localdate()
    position = make_position(valid_from=today - timedelta(days=9), valid_to=today - timedelta(days=1))
    assert "该岗位已停止招收" in client.get(f"/positions/{position.number}/").content.decode()


def test_as_many_queries_for_more_rows(client: Client, assert_same_queries_for_more_rows) -> None:
    unit = qualify()
    asked = assert_same_queries_for_more_rows(
        lambda: make_position(unit), lambda: client.get("/positions/?q=台账&category=2")
    )
    assert asked <= 12


def test_htmx_gets_the_part_and_a_clean_address(client: Client) -> None:
    make_position()
    answer = client.get("/positions/?q=&city=&category=2&sort=", headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    assert answer["HX-Push-Url"] == "/positions/?category=2"


def test_positions_are_in_the_site_map(client: Client) -> None:
    position = make_position()
    assert f"/positions/{position.number}/" in client.get("/sitemap.xml").content.decode()
