"""The review page shows everything needed to decide; masked values appear in clear only on request, and that is logged."""

import re

import pytest

from review import workflow
from review.models import Attachment, AttachmentCheck, CaseViewing, ClearTextView, Correction, PageDraft
from tests.factories import COUNTY, OTHER_COUNTY, make_staff
from tests.review.staff.samples import ROW, make_draft, make_file, make_submitted, offices

pytestmark = pytest.mark.django_db


def url(case, tail: str = "review") -> str:
    return f"/admin/review/case/{case.number}/{tail}/"


def corrected(first):
    """A case that was returned with two corrections and came back changed."""
    case = make_submitted()
    asked = [
        Correction(target="field", page="basic", field="introduction", reason="请补充主营业务"),
        Correction(target="slot", slot="promise", reason="请上传承诺书"),
    ]
    case = workflow.perform(case, "return", by=first, corrections=asked, notes="已电话联系")
    draft = PageDraft.objects.get(case=case, page="basic")
    draft.values = {**draft.values, "introduction": "主营软件运维（虚构）"}
    draft.save()
    Attachment.objects.create(
        case=case, slot="promise", file=make_file(case.acting_user, "承诺书.png"), added_by=case.acting_user
    )
    return workflow.perform(case, "submit", by=case.acting_user)


def test_answers_attachments_timeline_and_decisions_are_in_one_view(signed_in):
    first, _ = offices()
    case = make_submitted()
    html = signed_in(first).get(url(case)).content.decode()
    for words in ("单位基本信息", "主营软件开发（虚构）", "赵专职", "营业执照.png", "办理过程", "退回补正", "不予通过"):
        assert words in html
    assert f"/admin/review/case/{case.number}/approve/" in html


def test_after_a_correction_old_and_new_and_what_was_asked_are_shown(signed_in):
    first, _ = offices()
    html = signed_in(first).get(url(corrected(first))).content.decode()
    assert "<del>主营软件开发（虚构）</del>" in html
    assert "<ins>主营软件运维（虚构）</ins>" in html
    assert "上次要求：请补充主营业务" in html
    assert "上次要求：请上传承诺书" in html
    assert "新提交" in html
    assert "内部备注：已电话联系" in html


def test_values_are_masked_until_asked_for_and_each_look_is_logged(signed_in):
    first, _ = offices()
    case = make_submitted()
    client = signed_in(first)
    page = client.get(url(case))
    assert "13800001111" not in page.content.decode()
    assert "6222020200112233445" not in page.content.decode()
    answer = client.post(url(case, "clear-text"), {"what": "bank.account_no."})
    assert "6222020200112233445" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    fragment = client.post(
        url(case, "clear-text"), {"what": f"persons.phone.{ROW}"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "13800002222" in fragment
    assert "<html" not in fragment
    looks = ClearTextView.objects.order_by("pk").values_list("page", "field", "viewed_by")
    assert list(looks) == [("bank", "account_no", first.pk), ("persons", "phone", first.pk)]
    assert "6222020200112233445" not in client.get(url(case)).content.decode(), "only in that answer"


@pytest.mark.parametrize(
    "what", ["", "bank", "basic.introduction.", "bank.account_no.nobody", "nowhere.id_no.", "a.b.c.d"]
)
def test_only_masked_values_of_the_case_are_given_in_clear(what, signed_in):
    first, _ = offices()
    case = make_submitted()
    assert signed_in(first).post(url(case, "clear-text"), {"what": what}).status_code == 404
    assert not ClearTextView.objects.exists()


def test_clear_text_needs_a_post_and_the_right_region(signed_in):
    first, _ = offices()
    case = make_submitted()
    assert signed_in(first).get(url(case, "clear-text")).status_code == 405
    elsewhere = signed_in(make_staff("first", OTHER_COUNTY))
    assert elsewhere.post(url(case, "clear-text"), {"what": "bank.account_no."}).status_code == 404


def test_colleagues_see_who_else_has_the_case_open(signed_in):
    first, _ = offices()
    case, colleague = make_submitted(), make_staff("first", name="同事演示")
    assert "也在查看" not in signed_in(first).post(url(case, "viewing")).content.decode()
    assert "县初审也在查看该办件" in signed_in(colleague).post(url(case, "viewing")).content.decode()
    assert "同事演示也在查看该办件" in signed_in(first).get(url(case)).content.decode()
    CaseViewing.objects.filter(user=colleague).update(seen_at=case.submitted_at.replace(year=2020))
    assert "也在查看" not in signed_in(first).get(url(case)).content.decode()


def test_ticks_are_kept_by_person_and_only_by_who_decides(signed_in):
    first, second = offices()
    case = make_submitted()
    attachment = case.attachments.get()
    tick = f"/admin/review/case/{case.number}/tick/{attachment.pk}/"
    assert signed_in(first).post(tick, {"checked": "1"}).status_code == 302
    assert AttachmentCheck.objects.get().checked_by == first
    fragment = signed_in(first).post(tick, {"checked": "0"}, headers={"HX-Request": "true"})
    assert "标为已核" in fragment.content.decode()
    assert not AttachmentCheck.objects.exists()
    assert signed_in(second).post(tick, {"checked": "1"}).status_code == 403
    other = make_submitted().attachments.get()
    assert signed_in(first).post(f"/admin/review/case/{case.number}/tick/{other.pk}/").status_code == 404


def test_the_chosen_attachment_is_shown_without_javascript(signed_in):
    first, _ = offices()
    case = corrected(first)
    promise = case.attachments.get(slot="promise")
    html = signed_in(first).get(f"{url(case)}?attachment={promise.pk}&page=9").content.decode()
    assert f'src="/files/{promise.pk}/pages/1/"' in html
    assert "承诺书 第1页，共1页" in html


def test_other_cases_of_the_applicant_are_listed_within_the_own_regions(signed_in):
    first, _ = offices()
    case = make_submitted()
    done = workflow.perform(case, "reject", by=first, reason="不符合")
    again = make_submitted(unit=case.unit)
    elsewhere = workflow.perform(again, "reject", by=first, reason="不符合")
    elsewhere = make_submitted(OTHER_COUNTY, unit=case.unit)
    html = signed_in(first).get(url(again)).content.decode()
    assert done.number in html
    assert elsewhere.number not in html


def test_neighbours_of_the_queue_are_a_key_away(signed_in):
    first, _ = offices()
    before, here, after = (make_submitted() for _ in range(3))
    html = signed_in(first).get(url(here)).content.decode()
    for key, case in (("p", before), ("n", after)):
        address = re.escape(f"/admin/review/case/{case.number}/review/?tab=unclaimed")
        assert re.search(rf'href="{address}"\s+data-key="{key}"', html)


def test_who_cannot_decide_is_told_why(signed_in):
    _, second = offices()
    html = signed_in(second).get(url(make_submitted())).content.decode()
    assert "该环节不在您的审核权限内" in html
    assert 'data-key="a"' not in html


def test_drafts_are_nobody_elses_business(signed_in):
    case, _ = make_draft(COUNTY)
    assert signed_in(make_staff("first")).get(url(case)).status_code == 404


def test_groups_without_the_right_to_see_cases_are_refused(signed_in):
    case = make_submitted()
    assert signed_in(make_staff("system")).get(url(case)).status_code == 403
    assert signed_in(make_staff("hall")).get("/admin/review/case/queue/").status_code == 403


def test_as_many_queries_for_more_rows_and_attachments(signed_in, assert_same_queries_for_more_rows):
    first, _ = offices()
    case = make_submitted()
    client = signed_in(first)

    def add() -> None:
        Attachment.objects.create(
            case=case, slot="promise", file=make_file(case.acting_user), added_by=case.acting_user
        )

    assert_same_queries_for_more_rows(add, lambda: client.get(url(case)))
