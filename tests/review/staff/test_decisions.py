"""Every transition has its own page that says what it does; only who may decides, once, and nothing typed is lost."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Message
from common.transitions import TransitionRefused
from review import workflow
from review.models import Case, CaseStep, Correction, ReasonTemplate, Status
from tests.factories import CITY, COUNTY, OTHER_COUNTY, PROVINCE, make_staff
from tests.review.staff.samples import ROW, make_draft, make_submitted, offices

pytestmark = pytest.mark.django_db
STAFF_TRANSITIONS = ("accept", "approve", "return", "reject", "release", "revoke")
# Statuses from which staff may carry out each transition.
LEGAL = {
    "accept": {"submitted", "in_review"},
    "approve": {"submitted", "in_review"},
    "return": {"submitted", "in_review"},
    "reject": {"submitted", "in_review"},
    "release": {"in_review"},
    "revoke": {"approved"},
}


def url(case: Case, transition: str, query: str = "") -> str:
    return f"/admin/review/case/{case.number}/{transition}/{query}"


def answers(case: Case, **more: str) -> dict[str, object]:
    """What a reviewer posts so that nothing is missing."""
    return {
        "seen": workflow.mark(case),
        "reason": "不符合条件（演示）",
        "notes": "电话核实过",
        "target": ["field.basic.introduction"],
        "reason-field.basic.introduction": "请补充主营业务",
        **more,
    }


def in_status(status: str, first, second) -> Case:
    """A case that came to this status by legal steps."""
    correction = Correction(target="page", page="basic", reason="请修改")
    if status in ("draft", "closed"):
        case, _ = make_draft()
        return case if status == "draft" else workflow.perform(case, "close", by=case.acting_user)
    case = make_submitted()
    if status in ("approved", "revoked"):
        workflow.perform(case, "approve", by=first)
        case = workflow.perform(case, "approve", by=second)
    if status == "revoked":
        case = workflow.perform(case, "revoke", by=revoker(), reason="有误")
    steps = {
        "in_review": ("accept", {"by": first}),
        "returned": ("return", {"by": first, "corrections": [correction]}),
        "rejected": ("reject", {"by": first, "reason": "不符合"}),
        "withdrawn": ("withdraw", {"by": case.acting_user}),
    }
    if status in steps:
        name, options = steps[status]
        case = workflow.perform(case, name, **options)
    return case


def revoker():
    return make_staff("business", PROVINCE, name="省业务管理")


def snapshot(case: Case) -> tuple:
    """Everything a refused transition must leave as it was."""
    fresh = Case.objects.get(pk=case.pk)
    steps = list(CaseStep.objects.filter(case=case).order_by("pk").values())
    return (
        fresh.status,
        fresh.reviewer_id,
        fresh.exclusive_key,
        steps,
        fresh.timeline.count(),
        fresh.corrections.count(),
    )


@pytest.mark.parametrize("status", Status.values)
@pytest.mark.parametrize("transition", STAFF_TRANSITIONS)
def test_every_transition_from_every_status_by_who_may(transition, status, signed_in):
    first, second = offices()
    case = in_status(status, first, second)
    actor = revoker() if transition == "revoke" else first
    before = snapshot(case)
    answer = signed_in(actor).post(url(case, transition), answers(case))
    if status in LEGAL[transition]:
        assert answer.status_code == 302
        assert snapshot(case)[4] == before[4] + 1, "one entry in the timeline"
    else:
        assert answer.status_code == (404 if status in ("draft", "closed") else 409)
        assert snapshot(case) == before


@pytest.mark.parametrize("transition", STAFF_TRANSITIONS)
@pytest.mark.parametrize(
    ("role", "region"),
    [
        ("first", OTHER_COUNTY),
        ("first", CITY),
        ("second", COUNTY),
        ("second", CITY),
        ("finance", COUNTY),
        ("hall", COUNTY),
        ("business", COUNTY),
        ("audit", PROVINCE),
        ("system", PROVINCE),
        ("security", PROVINCE),
    ],
)
def test_nobody_else_carries_out_a_transition(transition, role, region, signed_in):
    first, second = offices()
    status = "approved" if transition == "revoke" else "in_review"
    case = in_status(status, first, second)
    actor = make_staff(role, region)
    # 业务管理 of the same county may release what an absent colleague holds.
    if (transition, role) == ("release", "business"):
        assert signed_in(actor).post(url(case, transition), answers(case)).status_code == 302
        return
    before = snapshot(case)
    with pytest.raises(TransitionRefused):
        workflow.perform(
            case,
            transition,
            by=actor,
            reason="理由",
            corrections=[Correction(target="page", page="basic", reason="请修改")],
        )
    assert signed_in(actor).post(url(case, transition), answers(case)).status_code in (403, 404, 409)
    assert snapshot(case) == before


def test_a_case_of_another_region_is_not_found(signed_in):
    case = make_submitted()
    client = signed_in(make_staff("first", OTHER_COUNTY))
    for tail in ("review", *STAFF_TRANSITIONS):
        assert client.get(url(case, tail)).status_code == 404
    assert client.post(url(case, "viewing")).status_code == 404
    assert client.get(f"/admin/review/case/{case.pk}/change/").status_code == 404


def test_each_page_shows_the_message_and_the_consequence(signed_in):
    first, second = offices()
    case = make_submitted()
    approve = signed_in(first).get(url(case, "approve")).content.decode()
    assert "山西省太原市本级 复审（时限3个工作日）" in approve
    assert "申请人不会收到消息" in approve
    workflow.perform(case, "approve", by=first)
    final = signed_in(second).get(url(case, "approve")).content.decode()
    assert "这是最后一个环节" in final
    assert f"您申报的“演示事项”（{case.number}）已审核通过。" in final
    assert "未通过审核" in signed_in(second).get(url(case, "reject")).content.decode()
    assert "退回申请人修改，办理期限停止计算" in signed_in(second).get(url(case, "return")).content.decode()


def test_the_previewed_message_is_the_one_that_is_sent(signed_in):
    first, _ = offices()
    case = make_submitted()
    template = ReasonTemplate.objects.create(transition="reject", title="重复", text="本次申请为重复申请")
    data = answers(case, template=str(template.pk), reason="与上月的申请内容相同")
    client = signed_in(first)
    preview = client.post(url(case, "reject"), {**data, "action": "preview"}).content.decode()
    assert Case.objects.get(pk=case.pk).status == Status.SUBMITTED, "a preview decides nothing"
    client.post(url(case, "reject"), data)
    sent = Message.objects.filter(user=case.acting_user).latest("pk")
    assert "本次申请为重复申请；与上月的申请内容相同" in sent.body
    assert sent.body in preview


def test_a_return_names_pages_fields_rows_and_slots_at_once(signed_in):
    first, _ = offices()
    case = make_submitted()
    marked = {
        "page.bank": "账户信息与开户许可证不一致",
        "field.basic.introduction": "请补充主营业务",
        f"row.persons.{ROW}": "该人员已离职",
        f"field.persons.phone.{ROW}": "号码有误",
        "slot.licence.": "执照不清晰",
        f"slot.document.{ROW}": "请上传身份证明",
    }
    data = {"seen": workflow.mark(case), "notes": "", "reason": ""}
    data |= {f"reason-{key}": reason for key, reason in marked.items()}
    assert signed_in(first).post(url(case, "return"), {**data, "target": list(marked)}).status_code == 302
    case.refresh_from_db()
    assert case.status == Status.RETURNED
    found = {(c.target, c.page, c.field, str(c.row_key or ""), c.slot): c.reason for c in case.corrections.all()}
    assert found == {
        ("page", "bank", "", "", ""): "账户信息与开户许可证不一致",
        ("field", "basic", "introduction", "", ""): "请补充主营业务",
        ("page", "persons", "", ROW, ""): "该人员已离职",
        ("field", "persons", "phone", ROW, ""): "号码有误",
        ("slot", "", "", "", "licence"): "执照不清晰",
        ("slot", "", "", ROW, "document"): "请上传身份证明",
    }
    assert "共6处" in Message.objects.filter(user=case.acting_user).latest("pk").body


def test_a_return_without_a_reason_says_where_and_keeps_what_was_typed(signed_in):
    first, _ = offices()
    case = make_submitted()
    before = snapshot(case)
    data = {
        "seen": workflow.mark(case),
        "target": ["field.basic.introduction"],
        "reason-slot.licence.": "执照不清晰",
        "notes": "这段备注不能丢",
        "reason": "请尽快",
    }
    answer = signed_in(first).post(url(case, "return"), data)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert snapshot(case) == before
    assert '<a href="#reason-field.basic.introduction">请填写“单位简介”需要修改的原因</a>' in html
    for typed in ("执照不清晰", "这段备注不能丢", "请尽快"):
        assert typed in html
    nothing = signed_in(first).post(url(case, "return"), {"seen": workflow.mark(case)})
    assert nothing.status_code == 422
    assert "请至少勾选一项" in nothing.content.decode()


def test_rejection_needs_a_reason_from_a_template_or_in_words(signed_in):
    first, _ = offices()
    case = make_submitted()
    answer = signed_in(first).post(url(case, "reject"), {"seen": workflow.mark(case), "notes": "内部说明"})
    assert answer.status_code == 422
    assert "请填写原因，或选择一条常用意见" in answer.content.decode()
    assert "内部说明" in answer.content.decode()


def test_a_stale_page_refuses_shows_the_latest_and_keeps_the_words(signed_in):
    first, _ = offices()
    case = make_submitted()
    stale = answers(case, reason="这是我写的原因")
    workflow.perform(case, "accept", by=make_staff("first", name="另一同事"))
    answer = signed_in(first).post(url(case, "reject"), stale)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "该办件已被处理或内容已变化" in html
    assert "另一同事" in html
    assert "这是我写的原因" in html
    assert Case.objects.get(pk=case.pk).status == Status.IN_REVIEW


def test_a_double_click_on_approve_decides_one_step(signed_in):
    first, _ = offices()
    first.groups.add(make_staff("second", CITY).groups.get())
    first.scopes.create(region_id=CITY)
    case = make_submitted()
    client, data = signed_in(first), answers(case)
    assert client.post(url(case, "approve"), data).status_code == 302
    assert client.post(url(case, "approve"), data).status_code == 409
    assert CaseStep.objects.filter(case=case, decision="approve").count() == 1


def test_nobody_decides_twice_in_one_case(signed_in):
    first, _ = offices()
    first.groups.add(make_staff("second", CITY).groups.get())
    first.scopes.create(region_id=CITY)
    case = workflow.perform(make_submitted(), "approve", by=first)
    answer = signed_in(first).post(url(case, "approve"), answers(case))
    assert answer.status_code == 409
    assert "同一人员不能重复处理" in answer.content.decode()


def test_nobody_decides_a_case_that_concerns_himself(signed_in):
    first, _ = offices()
    case = make_submitted()
    first.staff_profile.id_no = case.unit.legal_representative_id_no
    first.staff_profile.save()
    answer = signed_in(first).post(url(case, "approve"), answers(case))
    assert answer.status_code == 409
    assert "应当回避" in answer.content.decode()


def test_next_takes_the_following_case_of_the_same_tab_and_filters(signed_in):
    first, _ = offices()
    cases = [make_submitted() for _ in range(3)]
    client = signed_in(first)
    query = "?tab=unclaimed&matter=sample"
    answer = client.post(url(cases[0], "approve", query), answers(cases[0], next="1"))
    assert answer.url == f"/admin/review/case/{cases[1].number}/review/{query}"
    answer = client.post(url(cases[2], "approve", query), answers(cases[2], next="1"))
    assert answer.url == f"/admin/review/case/{cases[1].number}/review/{query}", "after the last comes the first left"
    answer = client.post(url(cases[1], "approve", query), answers(cases[1], next="1"))
    assert answer.url == f"/admin/review/case/queue/{query}"


def test_accept_and_release(signed_in):
    first, _ = offices()
    case = make_submitted()
    client = signed_in(first)
    client.post(url(case, "accept"), {"seen": workflow.mark(case)})
    assert Case.objects.get(pk=case.pk).reviewer == first
    case.refresh_from_db()
    client.post(url(case, "release"), {"seen": workflow.mark(case)})
    assert Case.objects.get(pk=case.pk).reviewer is None


@pytest.mark.django_db(transaction=True)
def test_two_reviewers_at_once_decide_once():
    first, colleague = make_staff("first"), make_staff("first")
    case = make_submitted()
    seen, start, outcomes = workflow.mark(case), threading.Barrier(2), []

    def decide(user, transition, options):
        start.wait()
        try:
            workflow.perform(Case(pk=case.pk), transition, by=user, seen=seen, **options)
            outcomes.append(transition)
        except TransitionRefused as refused:
            outcomes.append(str(refused))
        finally:
            connection.close()

    threads = [
        threading.Thread(target=decide, args=(first, "approve", {})),
        threading.Thread(target=decide, args=(colleague, "reject", {"reason": "不符合"})),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(outcome in ("approve", "reject") for outcome in outcomes) == 1
    assert any("该办件已被处理" in outcome for outcome in outcomes)
    assert CaseStep.objects.filter(case=case).exclude(decision="").count() == 1


def test_the_clock_shows_days_left(signed_in):
    first, _ = offices()
    case = make_submitted()
    CaseStep.objects.filter(case=case, current=True).update(due_on=timezone.localdate() - timedelta(days=2))
    assert "已超期2天" in signed_in(first).get(url(case, "review")).content.decode()
