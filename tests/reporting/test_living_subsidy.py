"""就业见习生活费补贴 (C11): who may be claimed for, how much, once only, and why it is this amount."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from common import constraints, policies
from common.transitions import TransitionRefused
from internship.rules import add_months
from reporting import actions, claims_queries
from reporting.models import Attendance, ClaimedInsurance, ClaimedMonth, LivingSubsidyClaim, PersonMonth, Placement
from reporting.subsidy import explain
from review import answers, matters, submission, workflow
from review.matters import StartRefused, run_checks
from review.models import Case, Correction
from review.portal import case_url
from tests.factories import make_bank_account, make_handler, make_individual, make_staff
from tests.internship.support import set_policy
from tests.reporting.claims_support import (
    approved,
    make_claiming,
    make_intern,
    make_month,
    months_before,
    set_jilin,
    started,
    submitted,
    this_month,
)
from tests.reporting.support import make_placement, reviewer
from tests.review.cases import fill

pytestmark = pytest.mark.django_db
MATTER = "living-subsidy"


@pytest.fixture
def handler(db):
    set_jilin()
    return make_claiming()


def offers(unit, *, insurance: bool = False):
    first, last = add_months(this_month(), -24), this_month()
    return claims_queries.offers(unit, first, last, insurance=insurance)


def reasons(unit) -> dict[str, str]:
    """What keeps people from being offered, by name."""
    return {offer.placement.name: "；".join(offer.reasons) for offer in offers(unit)}


# --- Who may be claimed for ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("months", "offered", "reason"),
    [(3, 3, ""), (4, 4, ""), (2, 0, "审核通过的月报2个月，满3个月后方可申领")],
)
def test_each_person_needs_three_approved_months(handler, months, offered, reason) -> None:
    make_intern(handler.unit, months=months)
    (found,) = offers(handler.unit)
    assert (len(found.months), "；".join(found.reasons)) == (offered, reason)


@pytest.mark.parametrize(
    ("policy", "offered", "reason"),
    [
        ("on", 2, ""),
        ("off", 0, "提前结束见习，审核通过的月报2个月，未满3个月"),
        ("", 0, "提前结束见习，审核通过的月报2个月，待配置：提前结束人员可申领补贴"),
    ],
)
def test_who_left_early_is_offered_by_policy(handler, policy, offered, reason) -> None:
    if policy:
        set_policy("early_leaver_subsidy", policy)
    placement = make_intern(handler.unit, months=2)
    ended = this_month() - timedelta(days=1)
    Placement.objects.filter(pk=placement.pk).update(
        state="ended",
        holds_place=False,
        ended_on=ended,
        end_reason="3",
        ended_at=placement.created_at,
        ended_by=placement.created_by,
    )
    (found,) = offers(handler.unit)
    assert (len(found.months), "；".join(found.reasons)) == (offered, reason)


def test_an_unknown_limit_blocks_and_says_so() -> None:
    set_jilin(subsidy_months_min="")
    unit = make_claiming().unit
    make_intern(unit)
    assert reasons(unit) == {"孙演示": "待配置：申领生活费补贴的最少见习月数"}


def test_an_unknown_minimum_wage_blocks_the_month_and_says_so() -> None:
    set_jilin(minimum_wage="")
    unit = make_claiming().unit
    make_intern(unit, months=3)
    (found,) = offers(unit)
    assert not found.months
    assert all(reason.endswith("待配置：最低工资标准") for reason in found.reasons)


def test_a_month_under_the_threshold_counts_as_month_but_brings_nothing(handler) -> None:
    placement = make_intern(handler.unit, months=3)
    PersonMonth.objects.filter(placement=placement, month=months_before(1)[0]).update(net_pay="3007.99")
    (found,) = offers(handler.unit)
    assert len(found.months) == 2
    assert found.reasons == (f"{_words(months_before(1)[0])}实发工资低于3008元",)


def test_the_thirteenth_month_is_not_offered_at_whatever_unit(handler) -> None:
    person = make_individual(name="久演示")
    elsewhere = make_claiming()
    early = add_months(this_month(), -16)
    past = make_placement(elsewhere.unit, person=person, starts_on=early, ends_on=add_months(early, 10) - _DAY)
    for back in range(16, 6, -1):
        make_month(past, add_months(this_month(), -back))
    claimed = submitted(MATTER, elsewhere)
    assert LivingSubsidyClaim.objects.get(pk=claimed.pk).month_count == 10
    make_intern(handler.unit, months=3, person=person)
    (found,) = offers(handler.unit)
    assert [one.month for one in found.months] == months_before(3)[:2]
    assert found.reasons == (f"{_words(months_before(1)[0])}超过补贴最长12个月",)


_DAY = timedelta(days=1)


def _words(month) -> str:
    return f"{month.year}年{month.month}月"


# --- How much, and why ---------------------------------------------------------------------------


def test_a_new_claim_is_filled_with_everything_that_can_be_claimed(handler) -> None:
    make_intern(handler.unit, months=4)
    make_intern(handler.unit, months=3, name="李演示", category="Y1")
    make_intern(handler.unit, months=2, name="王演示")
    case = started(MATTER, handler)
    total = matters.get(MATTER).total(case, submission.load_values(case))
    assert (total.people, total.months, total.amount) == (2, 7, Decimal(4 * 1880 + 3 * 1128))
    assert submission.validate(case).problems == []
    people = next(s for s in answers.sections(case, submission.load_values(case)) if s.key == "people")
    assert [row.answers[0].text for row in people.rows] == sorted(["孙演示", "李演示"])


def test_a_claim_keeps_its_amounts_and_why_they_are_what_they_are(handler) -> None:
    make_intern(handler.unit, months=3)
    case = submitted(MATTER, handler)
    record = LivingSubsidyClaim.objects.get(pk=case.pk)
    assert (record.people_count, record.month_count, record.amount) == (1, 3, Decimal("5640.00"))
    kept = ClaimedMonth.objects.filter(claim=record).first()
    lines = dict(explain(kept.explanation))
    assert lines["发放标准"] == "最低工资 × （补贴比例 + 单位自付比例）：1880 × （100% + 60%） = 3008元"
    assert lines["实发工资"] == "3100元，不低于发放标准"
    assert lines["补贴金额"] == "最低工资 × 补贴比例：1880 × 100% = 1880.00元"
    assert "测试依据" in lines["依据"]


def test_a_minimum_wage_that_changes_applies_from_its_month_on() -> None:
    set_jilin(minimum_wage="")
    third = months_before(1)[0]
    set_policy("minimum_wage", "1640")
    policies.PolicyValue.objects.filter(key="minimum_wage").update(valid_to=third - _DAY)
    policies.PolicyValue.objects.create(key="minimum_wage", value="1780", valid_from=third, source="测试依据")
    unit = make_claiming().unit
    make_intern(unit, months=3)
    (found,) = offers(unit)
    assert [one.amount for one in found.months] == [Decimal("1640.00"), Decimal("1640.00"), Decimal("1780.00")]


def test_a_policy_change_shows_the_difference_and_never_changes_what_is_claimed(handler) -> None:
    make_intern(handler.unit, months=3)
    case = submitted(MATTER, handler)
    record = LivingSubsidyClaim.objects.get(pk=case.pk)
    assert _check(case, record, "核定金额与现行政策、月报一致").passed is True
    policies.PolicyValue.objects.filter(key="minimum_wage").update(value="1900")
    found = _check(case, record, "核定金额与现行政策、月报一致")
    assert found.passed is False
    assert "申领1880.00元，按现行政策1900.00元" in found.evidence
    approved(case)
    record.refresh_from_db()
    assert record.amount == sum(row.amount for row in ClaimedMonth.objects.filter(claim=record)) == Decimal("5640.00")


@pytest.mark.parametrize(("premium", "amount"), [("120", "120.00"), ("240", "240.00"), ("240.01", "240.00")])
def test_the_insurance_refund_is_the_lower_of_premium_and_cap(handler, premium, amount) -> None:
    set_policy("insurance_refund_cap", "240")
    make_intern(handler.unit, premium=premium)
    record = LivingSubsidyClaim.objects.get(pk=submitted(MATTER, handler).pk)
    assert (record.with_insurance, record.insurance_amount) == (True, Decimal(amount))
    assert record.amount == record.months_amount + Decimal(amount)


def test_insurance_needs_an_invoice_and_without_it_none_is_asked(handler) -> None:
    make_intern(handler.unit)
    case = started(MATTER, handler)  # no cap is configured: nothing to refund
    states = {s.slot.key: s for s in submission.slot_states(matters.get(MATTER), case, submission.load_values(case))}
    assert states["invoice"].covered == "本次未申领保险补贴，免提交"
    set_policy("insurance_refund_cap", "240")
    other = started(MATTER, handler)
    other.attachments.filter(slot="invoice").delete()
    assert [p.message for p in submission.validate(other).problems] == ["请上传保险发票"]


def test_a_policy_is_refunded_once_whatever_its_number_is_written_like(handler) -> None:
    set_policy("insurance_refund_cap", "240")
    placement = make_intern(handler.unit, months=3, policy_no="bd 0001")
    submitted(MATTER, handler)
    make_month(placement, this_month())
    Placement.objects.filter(pk=placement.pk).update(policy_no="ＢＤ0001")
    (found,) = offers(handler.unit, insurance=True)
    assert found.refund is None
    assert "已由办件" in found.reasons[-1]
    held = ClaimedInsurance.objects.get()
    with pytest.raises(IntegrityError) as violated, transaction.atomic():
        ClaimedInsurance.objects.create(
            **{f: getattr(held, f) for f in ("claim", "placement", "individual", "policy_no", "premium", "amount")},
            explanation={},
        )
    assert constraints.explain(violated.value) == "有人员的保单已在其他申领中，同一人员同一保单只能申领一次保险补贴"


# --- Once ----------------------------------------------------------------------------------------


def test_a_month_of_one_claim_is_refused_to_another_until_it_is_withdrawn(handler) -> None:
    """Claimed by A: refused to B, free once A withdraws, and then A cannot come back for it."""
    make_intern(handler.unit)
    first, second = started(MATTER, handler), started(MATTER, handler)
    first = workflow.perform(first, "submit", by=handler.user)
    with pytest.raises(submission.Incomplete, match="该月份没有可申领的人员"):
        workflow.perform(second, "submit", by=handler.user)
    first = workflow.perform(first, "withdraw", by=handler.user)
    assert not ClaimedMonth.objects.held().exists()
    second = workflow.perform(second, "submit", by=handler.user)
    with pytest.raises(submission.Incomplete):
        workflow.perform(first, "submit", by=handler.user)
    assert set(ClaimedMonth.objects.held().values_list("claim", flat=True)) == {second.pk}


def test_the_table_says_who_claimed_a_month_already(handler) -> None:
    placement = make_intern(handler.unit)
    case = submitted(MATTER, handler)
    first, _, last = map(_words, months_before(3))
    assert reasons(handler.unit)[placement.name] == f"{first}至{last}已由办件{case.number}申领"


@pytest.mark.parametrize("end", ["withdraw", "reject", "revoke"])
def test_a_claim_that_comes_to_nothing_frees_its_months(handler, end) -> None:
    make_intern(handler.unit)
    case = submitted(MATTER, handler)
    if end == "withdraw":
        workflow.perform(case, end, by=handler.user)
    elif end == "reject":
        workflow.perform(case, end, by=reviewer(case), reason="材料不实")
    else:
        case = approved(case)
        workflow.perform(case, end, by=make_staff("business", f"{case.region_id[:2]}0000"), reason="复核不实")
    assert not ClaimedMonth.objects.held().exists()
    assert LivingSubsidyClaim.objects.get(pk=submitted(MATTER, handler).pk).month_count == 3


def test_a_returned_claim_keeps_its_months_and_takes_those_that_it_names_then(handler) -> None:
    make_intern(handler.unit, months=4)
    case = submitted(MATTER, handler)
    asked = Correction(target="page", page="months", reason="最后一个月请下次申领")
    case = workflow.perform(case, "return", by=reviewer(case), corrections=[asked])
    assert ClaimedMonth.objects.held().count() == 4
    months = months_before(4)
    fill(case, {"months": {"first_month": months[0].isoformat(), "last_month": months[2].isoformat()}})
    case = workflow.perform(case, "submit", by=handler.user)
    assert sorted(ClaimedMonth.objects.held().values_list("month", flat=True)) == months[:3]
    assert LivingSubsidyClaim.objects.get(pk=case.pk).month_count == 3


def test_a_returned_claim_that_is_given_up_frees_its_months(handler) -> None:
    make_intern(handler.unit)
    case = submitted(MATTER, handler)
    asked = Correction(target="page", page="months", reason="请核对")
    case = workflow.perform(case, "return", by=reviewer(case), corrections=[asked])
    workflow.perform(case, "close", by=handler.user)
    assert not ClaimedMonth.objects.held().exists()


def test_who_is_left_out_stays_for_the_next_claim(handler) -> None:
    one, other = make_intern(handler.unit), make_intern(handler.unit, name="李演示")
    case = started(MATTER, handler)
    rows = [{"key": str(one.pk), "claim": "是"}, {"key": str(other.pk), "claim": "否"}]
    fill(case, {"people": {"rows": rows}})
    case = workflow.perform(case, "submit", by=handler.user)
    assert set(ClaimedMonth.objects.values_list("placement", flat=True)) == {one.pk}
    told = next(s for s in answers.sections(case, submission.current_values(case)) if s.key == "people")
    assert {row.answers[0].text: row.answers[-1].text for row in told.rows}["李演示"] == "本次不申领"
    again = LivingSubsidyClaim.objects.get(pk=submitted(MATTER, handler).pk)
    assert (again.people_count, again.month_count) == (1, 3)


def test_nobody_left_is_no_claim(handler) -> None:
    placement = make_intern(handler.unit)
    case = started(MATTER, handler)
    fill(case, {"people": {"rows": [{"key": str(placement.pk), "claim": "否"}]}})
    with pytest.raises(submission.Incomplete, match="没有选择可申领的人员"):
        workflow.perform(case, "submit", by=handler.user)


def test_the_database_holds_a_month_once(handler) -> None:
    make_intern(handler.unit)
    held = ClaimedMonth.objects.filter(claim_id=submitted(MATTER, handler).pk).first()
    with pytest.raises(IntegrityError) as violated, transaction.atomic():
        ClaimedMonth.objects.create(
            claim=held.claim,
            person_month=held.person_month,
            placement=held.placement,
            month=held.month,
            amount=1,
            explanation={},
        )
    assert constraints.explain(violated.value) == "有人员的月份已在其他申领中，同一人员同一月份只能申领一次"


def test_a_report_whose_months_are_claimed_cannot_be_revoked(handler) -> None:
    placement = make_intern(handler.unit)
    report = PersonMonth.objects.filter(placement=placement).first().case
    case = submitted(MATTER, handler)
    with pytest.raises(TransitionRefused, match=f"已由办件{case.number}申领生活费补贴"):
        actions.revoke_months(case=report, by=handler.user)
    workflow.perform(case, "withdraw", by=handler.user)
    assert actions.revoke_months(case=report, by=handler.user) == 1


# --- Who may start, and where the money goes -----------------------------------------------------


def test_a_unit_without_approved_reports_is_told_so(handler) -> None:
    with pytest.raises(StartRefused, match="还没有审核通过的月报"):
        started(MATTER, handler)


def test_a_unit_that_is_no_internship_unit_is_told_so(handler) -> None:
    with pytest.raises(StartRefused, match="审核通过后方可办理"):
        started(MATTER, make_handler())


def test_an_account_in_another_name_needs_a_reason(handler) -> None:
    make_intern(handler.unit)
    account = make_bank_account(handler.unit, holder="别的演示公司", account_no="6222020200000000017")
    case = started(MATTER, handler)
    fill(case, {"account": {"bank_account": str(account.pk)}})
    assert [p.field for p in submission.validate(case).problems] == ["holder_reason"]
    fill(case, {"account": {"bank_account": str(account.pk), "holder_reason": "集团代收（演示）"}})
    case = workflow.perform(case, "submit", by=handler.user)
    record = LivingSubsidyClaim.objects.get(pk=case.pk)
    found = _check(case, record, "开户名称与单位名称一致")
    assert (found.passed, found.evidence) == (None, "户名别的演示公司，原因：集团代收（演示）")


def test_another_units_account_cannot_be_named(handler) -> None:
    make_intern(handler.unit)
    foreign = make_bank_account(make_claiming().unit, account_no="6222020200000000025")
    case = started(MATTER, handler)
    fill(case, {"account": {"bank_account": str(foreign.pk)}})
    assert [p.message for p in submission.validate(case).problems] == ["银行账户：该账户已停用，请选择其他账户"]


# --- What contradicts ----------------------------------------------------------------------------


def _check(case: Case, record, title: str):
    return next(found for found in run_checks(case, record) if found.title == title)


def test_pay_and_attendance_at_another_unit_are_shown(handler) -> None:
    placement = make_intern(handler.unit)
    case = submitted(MATTER, handler)
    record = LivingSubsidyClaim.objects.get(pk=case.pk)
    title = "申领月份内没有其他单位上报考勤或生活费"
    assert _check(case, record, title).passed is True
    other = make_claiming().unit
    double = make_individual(name="替演示")
    elsewhere = make_placement(other, person=double, starts_on=months_before(3)[0])
    Placement.objects.filter(pk=elsewhere.pk).update(id_no_digest=placement.id_no_digest)
    make_month(elsewhere, months_before(3)[1])
    Attendance.objects.create(placement=elsewhere, case=elsewhere.case, month=months_before(3)[2], due=20, present=20)
    found = _check(case, record, title)
    assert found.passed is False
    assert f"{other.name}上报月报" in found.evidence
    assert f"{other.name}上报考勤" in found.evidence


def test_a_bank_card_of_several_people_is_shown(handler) -> None:
    one, other = make_intern(handler.unit), make_intern(handler.unit, name="李演示")
    case = submitted(MATTER, handler)
    record = LivingSubsidyClaim.objects.get(pk=case.pk)
    assert _check(case, record, "没有多人共用一张银行卡").passed is None
    for person in (one.individual, other.individual):
        person.bank_accounts.create(holder=person.name, bank="中国工商银行", account_no="6222020200001234")
    found = _check(case, record, "没有多人共用一张银行卡")
    assert (found.passed, found.evidence) == (False, "尾号1234：孙演示、李演示")


def test_what_nobody_can_answer_is_left_to_the_reviewer(handler) -> None:
    make_intern(handler.unit)
    case = submitted(MATTER, handler)
    found = _check(case, LivingSubsidyClaim.objects.get(pk=case.pk), "申领月份内未在其他单位参加社会保险")
    assert found.passed is not True


# --- Pages ---------------------------------------------------------------------------------------


def test_the_list_is_filtered_from_to(client, handler) -> None:
    make_intern(handler.unit)
    case = submitted(MATTER, handler)
    client.force_login(handler.user)
    page = client.get("/unit/living-subsidies/").content.decode()
    assert case.number in page
    assert "5,640.00元" in page
    after = f"{this_month():%Y-%m}"
    assert case.number not in client.get(f"/unit/living-subsidies/?begin={after}").content.decode()
    within = f"{months_before(2)[0]:%Y-%m}"
    assert case.number in client.get(f"/unit/living-subsidies/?begin={within}&end={within}").content.decode()
    assert "月份请按" in client.get("/unit/living-subsidies/?begin=abc").content.decode()


def test_the_details_of_a_person_show_each_month_and_why(client, handler) -> None:
    placement = make_intern(handler.unit)
    case = submitted(MATTER, handler)
    client.force_login(handler.user)
    page = client.get(f"/unit/subsidies/people/{placement.pk}/").content.decode()
    assert page.count("为什么是这个金额") == 3
    assert page.count(case.number) >= 3
    assert placement.id_no not in page


def test_the_forms_to_stamp_are_pdf_and_the_units_own(client, handler) -> None:
    make_intern(handler.unit)
    case = started(MATTER, handler)
    client.force_login(handler.user)
    for name in ("form", "roster"):
        assert client.get(f"/unit/subsidies/{case.number}/{name}/").content.startswith(b"%PDF-")
    client.force_login(make_claiming().user)
    for name in ("form", "roster"):
        assert client.get(f"/unit/subsidies/{case.number}/{name}/").status_code == 404


def test_the_table_of_people_is_filled_in_by_choosing(client, handler) -> None:
    placement = make_intern(handler.unit)
    case = started(MATTER, handler)
    client.force_login(handler.user)
    url = case_url(case, "page", page="people")
    page = client.get(url).content.decode()
    assert f'name="{placement.pk}.claim"' in page
    assert f"/unit/subsidies/people/{placement.pk}/" in page
    assert client.post(url, {"revision": "0", f"{placement.pk}.claim": "也许"}).status_code == 422
    answer = client.post(url, {"revision": "1", f"{placement.pk}.claim": "是"})
    assert answer["Location"] == case_url(case, "page", page="account")


def test_the_table_asks_the_database_no_more_for_a_hundred_people(
    client, handler, django_assert_max_num_queries
) -> None:
    for number in range(3):
        make_intern(handler.unit, name=f"演示{number}")
    case = started(MATTER, handler)
    client.force_login(handler.user)
    url = case_url(case, "page", page="people")
    client.get(url)
    with django_assert_max_num_queries(60) as few:
        client.get(url)
    for number in range(3, 12):
        make_intern(handler.unit, name=f"演示{number}")
    with django_assert_max_num_queries(len(few.captured_queries)):
        client.get(url)


def test_adding_an_account_asks_who_it_is_and_comes_back(client, handler) -> None:
    make_intern(handler.unit)
    case = started(MATTER, handler)
    client.force_login(handler.user)
    page = case_url(case, "page", page="account")
    assert f"?next={page}" in client.get(page).content.decode()
    address = "/unit/profile/bank-accounts/add/"
    assert client.get(address)["Location"].startswith("/accounts/security/confirm/?next=")
    handler.unit.level = 4  # as a fresh second proof would do
    handler.unit.save()
    sent = {"holder": handler.unit.name, "bank": "中国工商银行", "account_no": "0502123456789012", "next": page}
    sent |= {"consent": "on"}
    assert client.post(address, sent)["Location"] == page
    assert "************9012" in client.get(page).content.decode()
