"""The fixtures of journeys: a phone, a desk, the policy enforced, and axe that finds what it should."""

import pytest

from tests.conftest import _pages

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.infra.urls")]


def test_a_phone_is_a_phone_and_a_desk_a_desk(phone, desktop):
    phone.goto("/page/")
    desktop.goto("/page/")
    size = "[window.innerWidth, window.innerHeight]"
    assert (phone.evaluate(size), desktop.evaluate(size)) == ([360, 740], [1280, 800])
    assert phone.text_content("h1") == "演示页面"


def test_inline_script_is_blocked_and_fails_the_journey(chromium_browser, live_server):
    pages = _pages(chromium_browser, live_server)
    page = next(pages)
    page.goto("/page/?fault=script")
    assert page.title() == "演示"
    with pytest.raises(AssertionError, match="Content Security Policy"):
        next(pages)


def test_axe_passes_a_good_page_and_finds_a_picture_without_words(page, assert_accessible):
    page.goto("/page/")
    assert_accessible(page)
    page.goto("/page/?fault=image")
    with pytest.raises(AssertionError, match="image-alt"):
        assert_accessible(page)


def test_static_files_are_served(page):
    answer = page.goto("/static/admin/css/base.css")
    assert (answer.status, answer.headers["content-type"].split(";")[0]) == (200, "text/css")
