"""A reviewer's work in a real browser: by keyboard, at both widths, with and without JavaScript."""

import pytest
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import expect

from accounts.models import User
from review import workflow
from review.models import Attachment, AttachmentCheck, Case, ClearTextView, Correction, Status
from tests.factories import make_staff
from tests.review.staff.samples import make_file, make_submitted, offices

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def enter(live_server):
    """``enter(page, user)``: the browser is signed in as this user."""

    def sign_in(page, user: User) -> None:
        client = Client()
        client.force_login(user)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        page.context.add_cookies([cookie])

    return sign_in


def returned_once(first: User) -> Case:
    """A corrected case with two attachments."""
    case = make_submitted(drawn=True)
    asked = [Correction(target="slot", slot="promise", reason="请上传承诺书")]
    case = workflow.perform(case, "return", by=first, corrections=asked, notes="已电话联系")
    Attachment.objects.create(
        case=case, slot="promise", file=make_file(case.acting_user, "承诺书.png", drawn=True), added_by=case.acting_user
    )
    return workflow.perform(case, "submit", by=case.acting_user)


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_every_page_of_the_reviewer_is_accessible(width, request, enter, assert_accessible):
    page, (first, _) = request.getfixturevalue(width), offices()
    call_command("load_review_steps", verbosity=0)
    case = returned_once(first)
    enter(page, first)
    base = f"/admin/review/case/{case.number}"
    for address in (
        "/admin/",
        "/admin/review/case/",
        "/admin/review/case/queue/",
        *(f"{base}/{name}/" for name in ("review", "approve", "return", "reject", "accept")),
    ):
        page.goto(address)
        assert_accessible(page)
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0 or address == "/admin/review/case/", f"{address} is {overflow} px too wide"


def test_keys_lead_through_a_case_but_never_decide(page, enter):
    first, _ = offices()
    case = returned_once(first)
    after = make_submitted()
    enter(page, first)
    page.goto("/admin/review/case/queue/")
    page.keyboard.press("n")
    page.wait_for_url(f"**/{case.number}/review/**")
    image = page.locator("[data-viewer-image]")
    expect(image).to_have_attribute("alt", "营业执照 第1页")
    page.keyboard.press("2")
    expect(image).to_have_attribute("alt", "承诺书 第1页")
    page.keyboard.press("[")
    expect(image).to_have_attribute("alt", "营业执照 第1页")
    page.keyboard.press("z")
    expect(page.locator("[data-zoom]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("a")
    page.wait_for_url("**/approve/**")
    assert Case.objects.get(pk=case.pk).status == Status.SUBMITTED
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{after.number}/review/**")
    assert Case.objects.get(pk=case.pk).status == Status.IN_REVIEW
    page.keyboard.press("r")
    page.wait_for_url("**/return/**")
    page.go_back()
    page.keyboard.press("q")
    page.wait_for_url("**/queue/**")


def test_a_return_previews_its_message_as_it_is_written(page, enter):
    first, _ = offices()
    case = make_submitted(drawn=True)
    enter(page, first)
    page.goto(f"/admin/review/case/{case.number}/return/")
    reason = page.get_by_label("单位简介需要修改的原因")
    expect(reason).to_be_hidden()
    page.locator('[id="tick-field.basic.introduction"]').check()
    reason.fill("请补充主营业务")
    page.get_by_label("总体说明（选填）").fill("请在本周内补正")
    expect(page.locator("#message")).to_contain_text("共1处")
    expect(page.locator("#message")).to_contain_text("请在本周内补正")
    page.get_by_role("button", name="退回补正", exact=True).dblclick()
    page.wait_for_url(f"**/{case.number}/review/**")
    case.refresh_from_db()
    assert case.status == Status.RETURNED
    assert case.corrections.get().reason == "请补充主营业务"


def test_clear_text_ticks_and_colleagues_appear_in_place(page, enter):
    first, _ = offices()
    case = make_submitted(drawn=True)
    colleague = make_staff("first", name="同事演示")
    elsewhere = Client()
    elsewhere.force_login(colleague)
    elsewhere.post(f"/admin/review/case/{case.number}/viewing/")
    enter(page, first)
    page.goto(f"/admin/review/case/{case.number}/review/")
    expect(page.locator("#viewers")).to_contain_text("同事演示也在查看该办件")
    page.locator('[id="masked-bank.account_no."] button').click()
    expect(page.locator('[id="masked-bank.account_no."]')).to_contain_text("6222020200112233445")
    assert ClearTextView.objects.get().viewed_by == first
    page.locator(".review-file-tick button").first.click()
    expect(page.locator(".review-file-tick").first).to_contain_text("县初审已核")
    assert AttachmentCheck.objects.count() == 1


def test_everything_works_without_javascript(chromium_browser, live_server, enter):
    first, _ = offices()
    case = returned_once(first)
    context = chromium_browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    enter(page, first)
    page.goto(f"/admin/review/case/{case.number}/review/")
    page.locator(".viewer-strip a").nth(1).click()
    assert page.locator("[data-viewer-image]").get_attribute("alt") == "承诺书 第1页"
    page.locator('[id="masked-bank.account_no."] button').click()
    assert "6222020200112233445" in page.content()
    page.get_by_role("link", name="不予通过").click()
    page.get_by_label("原因", exact=True).fill("不符合条件")
    page.get_by_role("button", name="预览消息").click()
    assert "未通过审核。原因：不符合条件" in page.locator("#message").inner_text()
    assert page.get_by_label("原因", exact=True).input_value() == "不符合条件"
    page.get_by_role("button", name="不予通过", exact=True).click()
    case.refresh_from_db()
    assert case.status == Status.REJECTED
    context.close()
