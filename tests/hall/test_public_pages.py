"""Home, guides, notices, site map: public, with few queries, and only what is published."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hall import menus
from hall.models import Notice
from review import matters
from review.models import ReviewStep
from tests.factories import make_region, make_staff

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)


def _notice(
    title: str = "演示公告", *, region: str | None = None, published: datetime.timedelta | None = -HOUR
) -> Notice:
    """A notice published so long from now; None: not published."""
    return Notice.objects.create(
        title=title,
        body="第一段\n\n第二段",
        region=make_region(region) if region else None,
        published_at=timezone.now() + published if published is not None else None,
        created_by=make_staff("hall"),
    )


def test_home_needs_no_sign_in_and_few_queries(
    client: Client, shanxi: str, assert_num_queries: Callable[..., Any]
) -> None:
    _notice()
    client.get("/")
    with assert_num_queries(12, at_most=True):
        page = client.get("/")
    assert page.status_code == 200
    assert "演示公告" in page.content.decode()


def test_home_asks_as_much_for_many_notices_as_for_one(
    client: Client, shanxi: str, assert_same_queries_for_more_rows: Callable[..., int]
) -> None:
    assert_same_queries_for_more_rows(_notice, lambda: client.get("/"))


def test_notices_appear_when_their_time_has_come(client: Client, shanxi: str) -> None:
    _notice("已发布")
    _notice("未来发布", published=HOUR)
    _notice("未发布", published=None)
    listed = [notice.title for notice in client.get("/notices/").context["page_obj"]]
    assert listed == ["已发布"]


def test_a_notice_that_is_not_published_is_not_there(client: Client, shanxi: str) -> None:
    hidden = _notice(published=HOUR)
    assert client.get(hidden.get_absolute_url()).status_code == 404


def test_a_region_sees_notices_of_offices_above_and_below_it(client: Client, shanxi: str) -> None:
    for title, region in (
        ("省", "140000"),
        ("市", "140100"),
        ("本区", "140105"),
        ("邻区", "140106"),
        ("外省", "220000"),
    ):
        _notice(title, region=region)
    _notice("全部")
    client.cookies["region"] = "140105"
    assert {notice.title for notice in client.get("/notices/").context["page_obj"]} == {"省", "市", "本区", "全部"}
    client.cookies["region"] = "140100"
    assert {notice.title for notice in client.get("/notices/").context["page_obj"]} == {
        "省",
        "市",
        "本区",
        "邻区",
        "全部",
    }


def test_every_matter_has_a_guide_that_says_who_what_and_when(client: Client, shanxi: str) -> None:
    for matter in matters.all_matters():
        page = client.get(reverse("hall:guide", args=[matter.code]))
        text = page.content.decode()
        assert page.status_code == 200
        assert matter.guide.who in text
        assert matter.guide.time_limit in text
        for slot in matter.slots:
            assert slot.title in text
        for basis in matter.guide.legal_basis:
            assert basis in text
        assert menus.start_address(matter) in text


def test_a_guide_tells_the_route_as_staff_keep_it(client: Client, shanxi: str) -> None:
    ReviewStep.objects.create(matter="trainee-application", order=1, role="first", level="county", days=9)
    text = client.get(reverse("hall:guide", args=["trainee-application"])).content.decode()
    assert "县（市、区）初审" in text
    assert "9个工作日内" in text


def test_a_guide_of_no_matter_is_not_there(client: Client) -> None:
    assert client.get("/guides/unknown/").status_code == 404


def test_the_site_map_lists_public_pages_only(client: Client, shanxi: str) -> None:
    notice = _notice()
    hidden = _notice(published=HOUR)
    text = client.get("/sitemap.xml").content.decode()
    assert notice.get_absolute_url() in text
    assert hidden.get_absolute_url() not in text
    assert "/guides/trainee-application/" in text
    assert "/admin/" not in text
    assert "/individual/cases/" not in text


def test_robots_are_kept_out_of_portals_and_led_to_the_site_map(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /admin/" in text
    assert "Disallow: /accounts/" in text
    assert "Sitemap: http://testserver/sitemap.xml" in text


def test_site_map_page_leads_to_every_guide(client: Client, shanxi: str) -> None:
    text = client.get("/sitemap/").content.decode()
    for matter in matters.all_matters():
        assert f"/guides/{matter.code}/" in text
