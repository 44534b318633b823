"""就业见习单位资格: the unit's page says where it stands and what to do next."""

import pytest
from django.urls import reverse

from internship.actions import suspend_unit
from internship.models import InternshipUnit
from review import workflow
from tests.factories import PROVINCE, make_handler, make_individual, make_staff, make_unit
from tests.internship.support import draft_unit, make_internship_unit, set_policy
from tests.review.cases import load_steps

pytestmark = pytest.mark.django_db
PAGE = "/unit/internship/"


def shown(client, handler) -> str:
    client.force_login(handler.user)
    return client.get(PAGE).content.decode()


def test_a_unit_that_never_applied_is_invited_to(client):
    html = shown(client, make_handler())
    assert "本单位还不是就业见习单位" in html
    assert reverse("review:start", args=["unit", "unit-qualification"]) in html


def test_incomplete_data_comes_first(client):
    html = shown(client, make_handler(make_unit(office_address="")))
    assert reverse("accounts:unit_profile") in html


def test_an_application_on_its_way_is_linked(client):
    handler = make_handler()
    load_steps("unit-qualification")
    case = draft_unit(handler.unit, handler.user)
    assert "就业见习单位申请：暂存" in shown(client, handler)
    workflow.perform(case, "submit", by=handler.user)
    html = shown(client, handler)
    assert "就业见习单位申请：未审核" in html
    assert f"/unit/cases/{case.number}/" in html
    assert "申请就业见习单位</a>" not in html


def test_a_qualified_unit_sees_its_facts_masked(client):
    qualified = make_internship_unit()
    html = shown(client, qualified.unit.handlers.get())
    assert "本单位是就业见习单位" in html
    assert "山西省太原市小店区" in html
    assert qualified.bank_account.account_no not in html
    assert qualified.bank_account.account_no[-4:] in html


def test_a_suspended_unit_reads_the_reason(client):
    qualified = make_internship_unit()
    staff = make_staff("business", PROVINCE)
    suspend_unit(internship_unit=qualified, reason="未按时发放生活费", by=staff)
    html = shown(client, qualified.unit.handlers.get())
    assert "已被暂停新增见习岗位" in html
    assert "未按时发放生活费" in html


def test_a_revoked_unit_may_apply_again(client):
    qualified = make_internship_unit()
    InternshipUnit.objects.filter(pk=qualified.pk).update(
        state="revoked", revoked_at=qualified.qualified_at, revoked_by=qualified.qualified_by
    )
    qualified.case.exclusive_key = None
    qualified.case.save()
    html = shown(client, qualified.unit.handlers.get())
    assert "就业见习单位资格已撤销" in html
    assert "申请就业见习单位</a>" in html


def test_the_yearly_confirmation_is_asked_given_once_and_works_without_a_dialog(client, at):
    set_policy("unit_confirmation_date", "03-31")
    at("2026-05-06 10:00")
    qualified = make_internship_unit()
    handler = qualified.unit.handlers.get()
    assert "已完成本年度确认" in shown(client, handler)
    at("2027-04-02 10:00")
    assert "未按期完成年度信息确认" in shown(client, handler)
    assert "确认信息无误" in client.get(reverse("internship:confirm_data")).content.decode()
    answer = client.post(reverse("internship:confirm_data"), follow=True).content.decode()
    assert "已确认，本年度无需再次确认" in answer
    assert "已完成本年度确认" in answer
    qualified.refresh_from_db()
    assert qualified.confirmed_by == handler.user


def test_a_unit_without_qualification_has_nothing_to_confirm(client):
    client.force_login(make_handler().user)
    answer = client.post(reverse("internship:confirm_data"), follow=True).content.decode()
    assert "请先办理就业见习单位申请，审核通过后方可办理" in answer


def test_individuals_are_shown_the_way_out(client):
    client.force_login(make_individual().user)
    assert client.get(PAGE).status_code == 403


def test_visitors_are_sent_to_sign_in(client):
    assert client.get(PAGE).status_code == 302


def test_the_page_takes_few_queries(client, assert_num_queries):
    qualified = make_internship_unit()
    client.force_login(qualified.unit.handlers.get().user)
    client.get(PAGE)
    with assert_num_queries(12, at_most=True):
        client.get(PAGE)
