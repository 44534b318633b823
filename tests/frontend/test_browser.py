"""The design system in a real browser: readable at every size, by keyboard, with and without JavaScript."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

Sample = Callable[..., str]
Opened = Callable[..., Any]

OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
# WCAG 2.2, 2.5.8, without its exception for spacing; links within a sentence are exempt.
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, input:not([type=hidden]), select, summary")]
    .filter(node => node.offsetParent && !node.closest("#header, .breadcrumbs") && !node.closest("p, .visually-hidden") && !node.matches(".visually-hidden"))
    .map(node => [node.outerHTML.slice(0, 80), node.getBoundingClientRect()])
    .filter(([_, box]) => box.width && box.height && (box.width < 24 || box.height < 24)).map(([html]) => html)"""


def calls(answers: list[dict]) -> tuple[list[str], Callable[[Any], dict]]:
    """A server that remembers what it was sent and gives one answer after the other, the last one again and again."""
    bodies: list[str] = []

    def reply(request: Any) -> dict:
        bodies.append(request.post_data or "")
        return answers[min(len(bodies), len(answers)) - 1]

    return bodies, reply


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("elder", [False, True])
@pytest.mark.parametrize(("name", "signed_in"), [("styleguide", True), ("public", False), ("review", True)])
def test_pages_are_accessible(
    name: str,
    signed_in: bool,
    elder: bool,
    width: int,
    sample: Sample,
    opened: Opened,
    assert_accessible: Callable[..., None],
) -> None:
    with opened(sample(name, elder=elder, signed_in=signed_in), width=width) as page:
        assert_accessible(page)
        assert page.evaluate(SMALL_TARGETS) == []


@pytest.mark.parametrize("elder", [False, True])
@pytest.mark.parametrize("name", ["styleguide", "public"])
def test_pages_fit_at_400_percent_zoom(name: str, elder: bool, sample: Sample, opened: Opened) -> None:
    with opened(sample(name, elder=elder, signed_in=name != "public"), width=320) as page:
        assert page.evaluate(OVERFLOW) == 0


def test_menus_and_filters_open_on_a_phone_without_scripts(sample: Sample, opened: Opened) -> None:
    with opened(sample("styleguide"), width=360, javascript=False) as page:
        assert not page.locator(".side-menu-list").is_visible()
        page.locator(".side-menu-fold summary").click()
        assert page.locator(".side-menu-list").is_visible()
        page.locator(".user-menu summary").click()
        assert page.get_by_role("link", name="我的办件").is_visible()
        assert page.get_by_role("button", name="更新下级地区").is_visible()


def test_the_skip_link_is_first_and_leads_to_the_content(sample: Sample, opened: Opened) -> None:
    with opened(sample("public")) as page:
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


def test_a_second_submit_is_ignored(sample: Sample, opened: Opened) -> None:
    bodies, reply = calls([{"status": 204}])
    html, count = re.subn(r'(<form class="form"\s[^>]*?method="post")', r'\1 action="/save/"', sample("styleguide"))
    assert count
    with opened(html, replies={"/save/": reply, "/autosave/": lambda _: {"status": 500}}) as page:
        button = page.get_by_role("button", name="保存并继续")
        button.dblclick()
        assert button.get_attribute("aria-disabled") == "true"
        expect(page.locator("#live")).to_contain_text("正在提交")
    assert len(bodies) == 1


def test_autosave_sends_the_form_with_its_revision_and_takes_the_new_one(sample: Sample, opened: Opened) -> None:
    saved = {"status": 200, "body": "已自动保存 09:05", "headers": {"X-Revision": "4"}}
    bodies, reply = calls([saved, saved | {"headers": {"X-Revision": "5"}}])
    with opened(sample("styleguide"), replies={"/autosave/": reply}) as page:
        page.get_by_label("姓名").fill("演示")
        page.get_by_label("见习期限").focus()
        page.get_by_text("已自动保存").wait_for()
        page.get_by_label("见习期限").fill("6")
        page.get_by_label("姓名").focus()
        expect(page.locator("[name=revision]").first).to_have_value("5")
    revisions = [re.search(r'name="revision"\r\n\r\n(\d+)', body) for body in bodies]
    assert [found and found[1] for found in revisions] == ["3", "4"]
    assert "演示" in bodies[0]


def test_a_conflict_shows_both_versions_and_keeps_what_was_typed(sample: Sample, opened: Opened) -> None:
    conflict = {"status": 409, "body": '<section class="conflict"><h2>这一页在别处被修改过（试）</h2></section>'}
    bodies, reply = calls([conflict])
    with opened(sample("styleguide"), replies={"/autosave/": reply}) as page:
        page.get_by_label("姓名").fill("演示")
        page.get_by_label("见习期限").focus()
        page.get_by_text("这一页在别处被修改过（试）").wait_for()
        page.get_by_label("见习期限").fill("7")
        page.get_by_label("姓名").focus()
        assert page.get_by_label("姓名").input_value() == "演示"
    assert len(bodies) == 1


def test_leaving_warns_only_when_autosave_failed(sample: Sample, opened: Opened) -> None:
    leaving = "() => !window.dispatchEvent(new Event('beforeunload', {cancelable: true}))"
    with opened(sample("styleguide"), replies={"/autosave/": lambda _: {"status": 503}}) as page:
        assert page.evaluate(leaving) is False
        page.get_by_label("姓名").fill("演示")
        page.get_by_label("见习期限").focus()
        page.get_by_text("自动保存失败").wait_for()
        assert page.evaluate(leaving) is True


def test_a_chosen_file_is_uploaded_at_once_and_its_slot_turns_green(sample: Sample, opened: Opened) -> None:
    html = sample("styleguide")
    slot = re.search(r'<section class="slot slot--done".*?</section>', html, re.DOTALL)
    assert slot
    done = slot[0].replace("license", "agreement")
    with opened(html, replies={"/upload/": lambda _: {"status": 200, "body": done}}) as page:
        page.set_input_files("#upload-agreement", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"})
        page.locator("#slot-agreement.slot--done").wait_for()
        assert "已上传" in page.locator("#slot-agreement .slot-state").inner_text()


def test_a_failed_upload_says_so_at_its_slot(sample: Sample, opened: Opened) -> None:
    with opened(sample("styleguide"), replies={"/upload/": lambda _: {"status": 413}}) as page:
        page.set_input_files("#upload-agreement", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"})
        page.locator("#slot-agreement").get_by_text("文件太大").wait_for()


def test_confirmation_opens_as_a_dialog_and_as_a_page_without_scripts(sample: Sample, opened: Opened) -> None:
    with opened(sample("styleguide")) as page:
        page.get_by_role("link", name="撤回").click()
        assert page.get_by_role("dialog").is_visible()
        page.get_by_role("button", name="暂不撤回").click()
        assert not page.get_by_role("dialog").is_visible()
    with opened(sample("styleguide"), javascript=False, replies={"/withdraw/": lambda _: {"body": "确认页"}}) as page:
        page.get_by_role("link", name="撤回").click()
        page.wait_for_url("**/withdraw/")


def test_a_single_key_never_commits(sample: Sample, opened: Opened) -> None:
    with opened(sample("review"), replies={"/return/": lambda _: {"body": "退回页"}}) as page:
        page.keyboard.press("a")
        assert page.evaluate("document.activeElement.dataset.key") == "a"
        assert page.url.endswith("/sample/")
        page.keyboard.press("r")
        page.wait_for_url("**/return/")


def test_keys_are_left_alone_while_typing(sample: Sample, opened: Opened) -> None:
    html = sample("review").replace('<div class="review-panes">', '<input aria-label="原因"><div class="review-panes">')
    with opened(html) as page:
        page.get_by_label("原因").press("r")
        assert page.get_by_label("原因").input_value() == "r"


def test_characters_left_are_counted(sample: Sample, opened: Opened) -> None:
    with opened(sample("styleguide")) as page:
        page.get_by_label("社会实践经历").fill("实践" * 10)
        assert page.locator(".field-count").inner_text() == "还可以输入 230 字"


def test_the_error_summary_takes_the_focus_and_leads_into_the_field(sample: Sample, opened: Opened) -> None:
    with opened(sample("styleguide")) as page:
        assert page.evaluate("document.activeElement.id") == "error-summary"
        page.locator(".error-summary a[href='#id_kind']").click()
        assert page.evaluate("document.activeElement.name") == "kind"


def test_background_requests_carry_the_csrf_token(sample: Sample, opened: Opened) -> None:
    headers: list[dict] = []

    def reply(request: Any) -> dict:
        headers.append(request.headers)
        return {"status": 200, "body": "好", "headers": {"X-Revision": "4"}}

    with opened(sample("styleguide"), replies={"/autosave/": reply}) as page:
        page.get_by_label("姓名").fill("演示")
        page.get_by_label("见习期限").focus()
        expect(page.locator("[name=revision]").first).to_have_value("4")
        token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
        page.evaluate("htmx.ajax('POST', '/autosave/', {target: '#autosave-state'})")
        expect(page.locator("#autosave-state")).to_have_text("好")
    assert [sent["x-csrftoken"] for sent in headers] == [token, token]
