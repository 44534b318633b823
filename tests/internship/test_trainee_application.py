"""就业见习人员申请 (B1): what each category is asked, who is refused, and what its decisions bring about."""

from datetime import date

import pytest

from accounts.models import Consent
from common.transitions import TransitionRefused
from internship import actions as internship_actions
from internship.models import Trainee, TraineeApplication
from internship.queries import active_trainee, trainee_by_id_no, trainee_state_words
from internship.signals import trainee_ending
from review import actions, matters, submission, workflow
from review.matters import StartRefused
from review.models import Correction, Status
from tests.factories import CITY, COUNTY, PROVINCE, make_id_no, make_individual, make_region, make_staff, make_unit
from tests.internship.support import draft_trainee, make_trainee, place, set_figures, write
from tests.review.cases import load_steps

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_day_in_november(at):
    at("2026-11-21 10:00")
    load_steps("trainee-application")
    set_figures()


@pytest.fixture
def person():
    return make_individual()


def told(case) -> dict[str, str]:
    """What keeps the case from being submitted, by page and field."""
    return {f"{p.page}.{p.field}" if p.page else p.slot: p.message for p in submission.validate(case).problems}


def fields_of(case, page: str) -> list[str]:
    """The fields that a page shows for what was typed so far."""
    values = submission.load_values(case)
    declared = next(p for p in matters.get(case.matter).pages(case, values) if p.key == page)
    return list(submission.page_form(declared, case, values).fields)


@pytest.mark.parametrize(
    ("category", "fields", "title", "slots"),
    [
        ("G1", ["school", "graduated_on", "diploma_no", "major"], "毕业信息", ["diploma"]),
        ("G2", ["school", "graduated_on", "diploma_no", "major"], "毕业信息", ["diploma"]),
        ("Y1", ["unemployed_on", "employment_card_no", "school", "major"], "失业登记信息", ["unemployment"]),
        (
            "X1",
            ["school", "graduated_on", "diploma_no", "major", "unemployed_on", "employment_card_no"],
            "学习和就业信息",
            [],
        ),
    ],
)
def test_each_category_is_asked_only_what_concerns_it(person, category, fields, title, slots):
    case = draft_trainee(person, category=category)
    matter = matters.get(case.matter)
    values = submission.load_values(case)
    assert fields_of(case, "background") == fields
    assert [page.title for page in matter.pages(case, values) if page.key == "background"] == [title]
    required = [s.slot.key for s in submission.slot_states(matter, case, values) if s.required]
    assert required == slots


def test_no_page_shows_more_than_nine_fields_and_the_whole_takes_at_most_ten_screens(person):
    case = draft_trainee(person, category="X1")
    matter = matters.get(case.matter)
    pages = matter.pages(case, submission.load_values(case))
    assert all(len(fields_of(case, page.key)) <= 9 for page in pages)
    # Besides the pages: start, attachments, check and receipt.
    assert len(pages) + 4 <= 10


def test_a_person_who_is_not_verified_hands_in_the_identity_card():
    case = draft_trainee(make_individual(level=2))
    card = submission.slot_states(matters.get(case.matter), case, submission.load_values(case))[0]
    assert card.required


def test_a_verified_person_need_not():
    case = draft_trainee(make_individual(level=3))
    card = submission.slot_states(matters.get(case.matter), case, submission.load_values(case))[0]
    assert not card.required
    assert "免提交" in card.covered


def test_what_the_hall_holds_is_filled_in():
    person = make_individual(
        nation="01", household_region=make_region(COUNTY), education="21", school="演示大学", graduated_on="2026-06-30"
    )
    values = submission.load_values(actions.start_case("trainee-application", person, by=person.user))
    assert values["person"]["household_region"] == COUNTY
    assert values["person"]["mobile"] == person.user.mobile
    assert values["category"] == {"education": "21"}
    assert values["background"] == {"school": "演示大学", "graduated_on": "2026-06-30"}


def test_name_and_document_are_those_of_the_account_whatever_is_posted(person):
    case = draft_trainee(person)
    write(case, "person", {"name": "冒名", "id_no": "140105199901010011", "id_type": "08"}, person.user)
    case = workflow.perform(case, "submit", by=person.user)
    record = TraineeApplication.objects.get(case=case)
    assert (record.name, record.id_type, record.id_no) == (person.name, "01", person.id_no)
    assert (case.subject_person, case.subject_id_no) == (person.name, person.id_no)


def test_sex_birth_date_and_age_are_shown_and_not_asked(person):
    case = draft_trainee(person)
    page = matters.get(case.matter).pages(case, {})[0]
    form = submission.page_form(page, case, {})
    assert form.fields["id_no"].help_text == "性别：男，出生日期：2002年5月17日，年龄：24周岁"
    assert form.fields["id_no"].disabled


@pytest.mark.parametrize(
    ("category", "background", "where", "reason"),
    [
        ("G1", {"graduated_on": "2024-11-20"}, "background.graduated_on", "毕业已超过24个月（截至2026年11月20日）"),
        ("G2", {"graduated_on": "2026-11-22"}, "background.graduated_on", "毕业时间不能晚于今天"),
        ("G1", {"graduated_on": "去年夏天"}, "background.graduated_on", "输入一个有效的日期"),
        ("G1", {"school": ""}, "background.school", "这个字段是必填项"),
        ("Y1", {"unemployed_on": ""}, "background.unemployed_on", "这个字段是必填项"),
        ("Y1", {"unemployed_on": "2026-11-22"}, "background.unemployed_on", "失业登记日期不能晚于今天"),
    ],
)
def test_the_category_is_judged_on_its_page(person, category, background, where, reason):
    problems = told(draft_trainee(person, category=category, **background))
    assert list(problems) == [where]
    assert reason in problems[where]


def test_the_last_day_of_the_24_months_still_counts(person):
    assert told(draft_trainee(person, graduated_on="2024-11-21")) == {}


def test_an_application_that_became_too_late_is_refused_at_submission(person, at):
    case = draft_trainee(person, graduated_on="2024-11-21")
    at("2026-11-22 00:01")
    with pytest.raises(submission.Incomplete, match="毕业已超过24个月"):
        workflow.perform(case, "submit", by=person.user)


@pytest.mark.parametrize(("born", "age"), [("2001-11-21", 25), ("2010-11-22", 15)])
def test_youths_out_of_age_are_told_where_they_choose(born, age):
    birth = date.fromisoformat(born)
    case = draft_trainee(make_individual(id_no=make_id_no(1, birth=birth), birth_date=birth), category="Y1")
    assert f"您现在{age}周岁" in told(case)["category.category"]


@pytest.mark.parametrize(
    ("values", "where", "reason"),
    [
        ({"bank": "中国银行"}, "bank.account_no", "应同时填写"),
        ({"account_no": "6222020000000001"}, "bank.bank", "应同时填写"),
        ({"bank": "中国银行", "account_no": "6222020000000001"}, "bank.bank_consent", "请勾选同意其用途"),
        ({"bank": "中国银行", "account_no": "6222", "bank_consent": "on"}, "bank.account_no", "12至19位数字"),
    ],
)
def test_a_bank_card_is_given_whole_and_with_consent_or_not_at_all(person, values, where, reason):
    case = draft_trainee(person)
    write(case, "bank", values, person.user)
    assert reason in told(case)[where]


@pytest.mark.parametrize(("name", "limit"), [("skills", 70), ("awards", 70), ("experience", 250)])
def test_long_texts_are_limited_as_the_manual_says(person, name, limit):
    case = draft_trainee(person)
    write(case, "wishes", {name: "字" * limit}, person.user)
    assert told(case) == {}
    write(case, "wishes", {name: "字" * (limit + 1)}, person.user)
    assert list(told(case)) == [f"wishes.{name}"]


def test_the_handling_region_decides_who_reviews(person):
    case = draft_trainee(person, region=CITY)
    write(case, "category", {"handling_region_1": CITY, "handling_region_2": CITY}, person.user)
    case = workflow.perform(case, "submit", by=person.user)
    # 市本级 has no county office: its step is done by the city.
    assert [(step.role, step.region_id) for step in case.steps.all()] == [("first", CITY)]


def test_approval_makes_a_trainee_of_the_handling_region(person):
    case = workflow.perform(draft_trainee(person), "submit", by=person.user)
    assert active_trainee(person) is None
    reviewer = make_staff("first", COUNTY)
    case = workflow.perform(case, "approve", by=reviewer)
    trainee = active_trainee(person)
    assert trainee.handling_region_id == COUNTY
    assert (trainee.category, trainee.school, trainee.approved_by) == ("G1", "演示大学", reviewer)
    assert trainee.birth_date == date(2002, 5, 17)
    assert trainee_by_id_no(person.id_no) == trainee
    assert "山西省太原市小店区" in matters.get(case.matter).outcome(case)


def test_one_open_or_approved_at_a_time(person):
    case = draft_trainee(person)
    with pytest.raises(StartRefused, match=case.number):
        actions.start_case("trainee-application", person, by=person.user)
    case = workflow.perform(case, "submit", by=person.user)
    workflow.perform(case, "approve", by=make_staff("first", COUNTY))
    with pytest.raises(StartRefused, match="您已是就业见习人员"):
        actions.start_case("trainee-application", person, by=person.user)


def test_an_ended_trainee_may_apply_again(person):
    trainee = make_trainee(person)
    internship_actions.end_trainee(trainee=trainee, reason="见习期满", by=make_staff("first", COUNTY))
    assert active_trainee(person) is None
    assert make_trainee(person).pk != trainee.pk


def test_ending_needs_a_reason_and_may_be_refused_by_others(person):
    trainee, staff = make_trainee(person), make_staff("first", COUNTY)
    with pytest.raises(TransitionRefused, match="必须填写原因"):
        internship_actions.end_trainee(trainee=trainee, reason="", by=staff)

    def refuse(**values):
        raise TransitionRefused("该人员正在见习")

    trainee_ending.connect(refuse, weak=False, dispatch_uid="t")
    try:
        with pytest.raises(TransitionRefused, match="正在见习"):
            workflow.perform(trainee.case, "revoke", by=make_staff("business", PROVINCE), reason="材料虚假")
    finally:
        trainee_ending.disconnect(dispatch_uid="t")
    trainee.refresh_from_db()
    trainee.case.refresh_from_db()
    assert trainee.state == Trainee.State.ACTIVE
    assert trainee.case.status == Status.APPROVED


def test_revocation_ends_the_trainee(person):
    trainee = make_trainee(person)
    workflow.perform(trainee.case, "revoke", by=make_staff("business", PROVINCE), reason="材料虚假")
    trainee.refresh_from_db()
    assert trainee.state == Trainee.State.ENDED
    assert trainee.ended_reason == "就业见习人员申请被撤销"


def test_an_unverified_claim_to_a_number_does_not_block_its_holder(person):
    impostor = make_individual(id_no=person.id_no, level=2)
    draft_trainee(impostor)
    case = workflow.perform(draft_trainee(person), "submit", by=person.user)
    assert case.status == Status.SUBMITTED


def test_the_second_trainee_with_one_number_is_refused_with_the_reason(person):
    make_trainee(person)
    impostor = make_individual(id_no=person.id_no, level=2)
    case = workflow.perform(draft_trainee(impostor), "submit", by=impostor.user)
    with pytest.raises(TransitionRefused, match="该证件号码已登记为就业见习人员"):
        workflow.perform(case, "approve", by=make_staff("first", COUNTY))


def test_reviewers_see_which_checks_passed_failed_or_are_left_to_them(person):
    case = workflow.perform(draft_trainee(person), "submit", by=person.user)
    record = TraineeApplication.objects.get(case=case)
    results = {check.title: check for check in matters.run_checks(case, record)}
    assert results["符合“离校2年内未就业高校毕业生”条件"].passed
    assert results["证件号码未被他人使用"].passed
    other = make_trainee(make_individual(id_no=person.id_no, level=2, name="王演示"))
    results = {check.title: check for check in matters.run_checks(case, record)}
    assert results["证件号码未被他人使用"].passed is False
    assert other.case.number in results["证件号码未被他人使用"].evidence


def test_other_categories_are_checked_by_hand(person):
    case = workflow.perform(draft_trainee(person, category="X1"), "submit", by=person.user)
    (category,) = [
        c for c in matters.run_checks(case, TraineeApplication.objects.get(case=case)) if c.title.startswith("符合")
    ]
    assert category.passed is None


def test_units_cannot_apply_for_people():
    unit = make_unit()
    with pytest.raises(StartRefused, match="本人"):
        matters.get("trainee-application").check_start(None, unit)


def test_the_words_for_who_is_no_trainee_lead_on(person):
    assert trainee_state_words(person).words == "尚未申请"
    assert trainee_state_words(person).url == "/individual/apply/trainee-application/"
    case = draft_trainee(person)
    assert trainee_state_words(person).sentence == "该人员不是就业见习人员（尚未申请）"
    assert trainee_state_words(person).url == f"/individual/cases/{case.number}/"
    case = workflow.perform(case, "submit", by=person.user)
    assert trainee_state_words(person).words == "正在审核中"
    correction = Correction(target="page", page="wishes", reason="请补充")
    case = workflow.perform(case, "return", by=make_staff("first", COUNTY), corrections=[correction])
    assert trainee_state_words(person).words == "待修改"
    case = workflow.perform(case, "submit", by=person.user)
    case = workflow.perform(case, "reject", by=make_staff("first", COUNTY), reason="不符合条件")
    assert trainee_state_words(person).words == "未通过"
    trainee = make_trainee(person)
    assert trainee_state_words(person).is_trainee
    assert trainee_state_words(person).sentence == ""
    internship_actions.end_trainee(trainee=trainee, reason="见习期满", by=make_staff("first", COUNTY))
    assert trainee_state_words(person).words == "见习人员资格已终止"


def test_consent_to_show_contact_data_is_kept_from_the_first_time_and_can_be_taken_back(person, at):
    trainee = make_trainee(person)
    first = internship_actions.record_contact_consent(trainee=trainee, by=person.user).contact_consent_at
    at("2026-11-22 10:00")
    assert internship_actions.record_contact_consent(trainee=trainee, by=person.user).contact_consent_at == first
    assert internship_actions.withdraw_contact_consent(trainee=trainee, by=person.user).contact_consent_at is None


def test_wishes_may_name_a_city_only(person):
    case = draft_trainee(person)
    wish = place(COUNTY, "wish_region") | {"wish_region_2": ""}
    write(case, "wishes", wish, person.user)
    case = workflow.perform(case, "submit", by=person.user)
    assert TraineeApplication.objects.get(case=case).wish_region_id == CITY


def test_a_bank_account_is_consented_to_apart_and_the_consent_is_on_record(person) -> None:
    """PIPL section 29: asked where the account is typed, kept as a record of its own."""
    without = draft_trainee(make_individual())
    workflow.perform(without, "submit", by=without.individual.user)
    assert not Consent.objects.filter(kind="bank").exists()
    case = draft_trainee(person)
    bank = {"bank": "中国银行", "account_no": "6222020000000000018", "bank_consent": "on"}
    write(case, "bank", bank, person.user)
    workflow.perform(case, "submit", by=person.user)
    assert Consent.objects.get(kind="bank").user == person.user
