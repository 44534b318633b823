"""就业见习单位申请 (C1): what stands in its way, what it asks, and what its decisions bring about."""

import pytest

from common.transitions import TransitionRefused
from internship import actions as internship_actions
from internship.matters import UnitQualificationMatter
from internship.models import InternshipUnit, StaffPerson, UnitQualification
from internship.queries import qualification_of, qualified_unit
from internship.signals import internship_unit_revoked
from review import actions, matters, submission, workflow
from review.matters import StartRefused
from review.models import Correction, Status
from tests.factories import CITY, COUNTY, PROVINCE, make_bank_account, make_handler, make_staff, make_unit
from tests.internship.support import attach, draft_unit, make_internship_unit, unit_pages, write
from tests.review.cases import load_steps

pytestmark = pytest.mark.django_db


@pytest.fixture
def handler():
    return make_handler()


@pytest.fixture(autouse=True)
def _route():
    load_steps("unit-qualification")


def problems(case) -> list[str]:
    """Everything that keeps the case from being submitted."""
    return [problem.message for problem in submission.validate(case).problems]


def test_a_unit_with_incomplete_data_is_sent_to_its_profile():
    handler = make_handler(make_unit(office_address=""))
    with pytest.raises(StartRefused, match="单位信息不完整") as refusal:
        actions.start_case("unit-qualification", handler.unit, by=handler.user)
    assert refusal.value.url == "/unit/profile/"


def test_what_the_hall_holds_is_filled_in(handler):
    account = make_bank_account(handler.unit)
    case = actions.start_case("unit-qualification", handler.unit, by=handler.user)
    values = submission.load_values(case)
    assert values["nature"]["legal_representative"] == handler.unit.legal_representative
    assert values["place"]["handling_region"] == COUNTY
    assert values["plan"] == {"employee_count": "30"}
    assert values["contact"]["contact"] == handler.user.name
    assert values["bank"]["account_no"] == account.account_no


def test_one_open_or_approved_per_unit(handler):
    first = draft_unit(handler.unit, handler.user)
    with pytest.raises(StartRefused, match=first.number):
        actions.start_case("unit-qualification", handler.unit, by=handler.user)


def test_one_after_approval_neither():
    qualified = make_internship_unit()
    with pytest.raises(StartRefused, match="审核通过"):
        actions.start_case("unit-qualification", qualified.unit, by=qualified.unit.handlers.get().user)


def test_exactly_three_slots_are_required(handler):
    case = actions.start_case("unit-qualification", handler.unit, by=handler.user)
    states = submission.slot_states(matters.get(case.matter), case, {})
    assert [state.slot.key for state in states if state.required] == ["licence", "application_form", "agreement"]


def test_the_licence_of_a_verified_unit_need_not_be_handed_in():
    handler = make_handler(make_unit(level=3))
    case = actions.start_case("unit-qualification", handler.unit, by=handler.user)
    licence = submission.slot_states(matters.get(case.matter), case, {})[0]
    assert not licence.required
    assert "免提交" in licence.covered


def test_everything_that_is_missing_is_told_at_once(handler):
    case = actions.start_case("unit-qualification", handler.unit, by=handler.user)
    told = problems(case)
    assert "专职人员至少填写1条，请点击“增加”" in told
    assert "请上传见习单位申请表（盖章）" in told
    assert any(text.startswith("拟提供岗位数") for text in told)


def test_each_staff_person_needs_a_document_of_the_own(handler):
    case = draft_unit(handler.unit, handler.user)
    attachment = case.attachments.get(slot="staff_document")
    actions.remove_attachment(attachment, by=handler.user)
    assert problems(case) == ["请上传专职人员第1条 赵演示的专职人员证明材料"]


@pytest.mark.parametrize(
    ("page", "values", "told"),
    [
        ("bank", {"account_holder": "另一单位"}, "账户名称不一致说明：开户名称与单位名称"),
        ("bank", {"cnaps": "123"}, "联行号：联行号应为12位数字"),
        ("bank", {"account_no": "abc"}, "账号：单位银行账号应为6至32位数字"),
        ("plan", {"planned_positions": "9"}, "拟接收人数不能少于拟提供岗位数"),
        ("plan", {"introduction": "字" * 501}, "单位简介：确保该变量包含不超过 500 字符"),
        ("nature", {"founded_on": "2999-01-01"}, "成立日期：成立日期不能晚于今天"),
        ("contact", {"mobile": "12345"}, "手机：手机号码应为11位数字"),
    ],
)
def test_each_page_says_what_is_wrong_on_it(handler, page, values, told):
    case = draft_unit(handler.unit, handler.user)
    write(case, page, values, handler.user)
    (problem,) = submission.validate(case).problems
    assert problem.page == page
    assert problem.message.startswith(told)


def test_another_holder_of_the_account_needs_a_reason(handler):
    case = draft_unit(handler.unit, handler.user)
    write(case, "bank", {"account_holder": "上级单位", "holder_reason": "由上级单位统一开户"}, handler.user)
    assert problems(case) == []


def staff_row(case, by, **values):
    page = next(p for p in matters.get(case.matter).pages(case, {}) if p.key == "staff")
    first = submission.load_values(case)["staff"]["rows"][0]
    row = {name: value for name, value in first.items() if name != "key"} | values
    key = actions.save_row(case, page, row, case.drafts.get(page="staff").revision, by=by)
    attach(case, "staff_document", by, key)


def test_a_staff_person_is_named_once(handler):
    case = draft_unit(handler.unit, handler.user)
    staff_row(case, handler.user, name="孙演示")
    assert problems(case) == ["专职人员的证件号码重复：赵演示、孙演示"]


def test_sex_is_read_from_the_number_and_must_not_contradict_it(handler):
    case = draft_unit(handler.unit, handler.user)
    staff_row(case, handler.user, id_type="08", id_no="E12345678", sex="2")
    assert problems(case) == []
    row = submission.load_values(case)["staff"]["rows"][0]
    page = next(p for p in matters.get(case.matter).pages(case, {}) if p.key == "staff")
    actions.save_row(case, page, row | {"sex": "2"}, case.drafts.get(page="staff").revision, by=handler.user)
    assert problems(case) == ["第1条：性别：性别与证件号码不一致，请核对"]


def test_submission_stores_what_was_asked(handler):
    case = workflow.perform(draft_unit(handler.unit, handler.user), "submit", by=handler.user)
    record = UnitQualification.objects.get(case=case)
    assert (record.name, record.uscc) == (handler.unit.name, handler.unit.uscc)
    assert record.live
    person = record.staff_persons.get()
    assert person.sex == "1"
    assert case.region_id == COUNTY
    assert [(step.role, step.region_id, step.days) for step in case.steps.all()] == [
        ("first", COUNTY, 5),
        ("second", CITY, 5),
    ]


def test_only_the_second_approval_makes_an_internship_unit(handler):
    case = workflow.perform(draft_unit(handler.unit, handler.user), "submit", by=handler.user)
    workflow.perform(case, "approve", by=make_staff("first", COUNTY))
    assert qualified_unit(handler.unit) is None
    second = make_staff("second", CITY)
    case = workflow.perform(case, "approve", by=second)
    qualified = qualified_unit(handler.unit)
    assert qualified.state == InternshipUnit.State.ACTIVE
    assert qualified.qualified_by == second
    assert qualified.handling_region_id == COUNTY
    assert qualified.bank_account.holder == handler.unit.name
    assert qualification_of(qualified).planned_trainees == 4
    assert matters.get(case.matter).outcome(case) == "已认定为就业见习单位，可以发布见习岗位"


def test_an_account_that_the_unit_has_is_not_added_again(handler):
    account = make_bank_account(handler.unit)
    case = draft_unit(handler.unit, handler.user)
    bank = unit_pages(handler.unit)["bank"] | {"account_no": account.account_no}
    write(case, "bank", bank, handler.user)
    case = workflow.perform(case, "submit", by=handler.user)
    workflow.perform(case, "approve", by=make_staff("first", COUNTY))
    workflow.perform(case, "approve", by=make_staff("second", CITY))
    assert qualified_unit(handler.unit).bank_account == account
    assert handler.unit.bank_accounts.count() == 1


def test_a_returned_application_comes_back_corrected_and_keeps_its_rows(handler):
    case = workflow.perform(draft_unit(handler.unit, handler.user), "submit", by=handler.user)
    staff = make_staff("first", COUNTY)
    key = StaffPerson.objects.get().key
    correction = Correction(target="field", page="plan", field="introduction", reason="请写明见习条件")
    case = workflow.perform(case, "return", by=staff, corrections=[correction])
    write(case, "plan", {"introduction": "演示单位，有独立的见习工位。"}, handler.user)
    case = workflow.perform(case, "submit", by=handler.user)
    assert case.status == Status.SUBMITTED
    assert UnitQualification.objects.get(case=case).introduction == "演示单位，有独立的见习工位。"
    assert StaffPerson.objects.get().key == key


def test_revocation_ends_the_qualification_tells_others_and_lets_the_unit_apply_again():
    qualified = make_internship_unit()
    heard = []
    internship_unit_revoked.connect(
        lambda **values: heard.append(values["internship_unit"]), weak=False, dispatch_uid="t"
    )
    try:
        workflow.perform(qualified.case, "revoke", by=make_staff("business", PROVINCE), reason="提供虚假材料")
    finally:
        internship_unit_revoked.disconnect(dispatch_uid="t")
    qualified.refresh_from_db()
    assert heard == [qualified]
    assert qualified.state == InternshipUnit.State.REVOKED
    assert qualified_unit(qualified.unit) is None
    assert make_internship_unit(qualified.unit).pk == qualified.pk


def test_confirmation_needs_complete_data_and_a_qualification():
    qualified = make_internship_unit()
    user = qualified.unit.handlers.get().user
    qualified.unit.office_address = ""
    qualified.unit.save()
    with pytest.raises(TransitionRefused, match="单位信息不完整"):
        internship_actions.confirm_unit_data(internship_unit=qualified, by=user)


def test_suspension_needs_a_reason_and_a_state_that_fits():
    qualified, staff = make_internship_unit(), make_staff("business", PROVINCE)
    with pytest.raises(TransitionRefused, match="必须填写原因"):
        internship_actions.suspend_unit(internship_unit=qualified, reason=" ", by=staff)
    with pytest.raises(TransitionRefused, match="无需恢复"):
        internship_actions.resume_unit(internship_unit=qualified, by=staff)
    internship_actions.suspend_unit(internship_unit=qualified, reason="整改", by=staff)
    with pytest.raises(TransitionRefused, match="不能暂停新增"):
        internship_actions.suspend_unit(internship_unit=qualified, reason="整改", by=staff)


def test_reviewers_see_what_differs_from_what_the_hall_holds(handler):
    case = draft_unit(handler.unit, handler.user)
    write(case, "nature", {"industry": "C"}, handler.user)
    write(case, "bank", {"account_holder": "上级单位", "holder_reason": "统一开户"}, handler.user)
    case = workflow.perform(case, "submit", by=handler.user)
    results = {check.title: check for check in matters.run_checks(case, UnitQualification.objects.get(case=case))}
    assert results["开户名称与单位名称一致"].passed is None
    assert "统一开户" in results["开户名称与单位名称一致"].evidence
    assert results["与单位中心资料一致"].evidence == "不一致：行业"


def test_the_guide_names_its_legal_basis_and_time_limit():
    guide = UnitQualificationMatter.guide
    assert any("晋人社厅发〔2023〕24号" in basis for basis in guide.legal_basis)
    assert "5个工作日" in guide.time_limit
