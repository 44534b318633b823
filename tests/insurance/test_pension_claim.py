"""养老金申领 (E6; JX 7.1): what blocks before typing, the rules of every page, what approval and revocation do."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common.models import PolicyValue
from common.transitions import TransitionRefused
from insurance import claim_actions
from insurance.models import Enrolment, OutboundChange, PensionClaim, Retiree
from insurance.months import Month
from review import matters, submission
from review.matters import StartRefused
from review.models import Case
from review.portal import case_url
from review.workflow import perform
from tests.factories import make_handler, make_staff, make_unit
from tests.insurance import claims
from tests.insurance.claims import CLAIM_ROW, RANK_ROW, WORK_ROW
from tests.insurance.support import day, make_months, make_person, make_retiree
from tests.review.cases import attach, fill

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _years_of_work() -> None:
    PolicyValue.objects.create(key="working_years_min", value="15", valid_from="2014-10-01", source="演示依据")


@pytest.fixture
def claimant() -> claims.Claimant:
    return claims.make_claimant()


def client_of(claimant: claims.Claimant) -> Client:
    client = Client()
    client.force_login(claimant.by)
    return client


def rows(key: str, *given: dict[str, str]) -> dict[str, Any]:
    """Rows of a page, each with a key of its own."""
    return {"rows": [{"key": f"{key[:-2]}{place:02d}", **row} for place, row in enumerate(given)]}


# --- 1 选择人员 --------------------------------------------------------------------------------


def choose(claimant: claims.Claimant, **typed: Any) -> tuple[int, str]:
    values = {"kind": "2", "age_group": "male", "retired_on": claimant.retired_on.isoformat()}
    url = reverse("claims:choose", args=[claimant.person.number])
    response = client_of(claimant).post(url, values | typed)
    return response.status_code, response.content.decode()


def test_people_are_found_by_name_and_by_number(claimant: claims.Claimant) -> None:
    other = claims.make_claimant((claimant.unit, claimant.by, claimant.insured_unit), name="欧阳演示", paid=0)
    client = client_of(claimant)
    for text in ("欧阳", other.person.number, other.person.number[:-1]):
        page = client.get(reverse("claims:people"), {"q": text}).content.decode()
        assert "欧阳演示" in page, text
    assert claimant.person.name not in client.get(reverse("claims:people"), {"q": "欧阳"}).content.decode()
    assert "没有找到人员" in client.get(reverse("claims:people"), {"q": "不存在"}).content.decode()


def test_only_the_units_own_people_are_there(claimant: claims.Claimant) -> None:
    stranger = claims.make_claimant()
    client = client_of(claimant)
    assert stranger.person.name not in client.get(reverse("claims:people")).content.decode()
    assert client.get(reverse("claims:choose", args=[stranger.person.number])).status_code == 404


def test_who_may_claim_goes_straight_to_the_contributions(claimant: claims.Claimant) -> None:
    status, _ = choose(claimant)
    case = Case.objects.get()
    assert status == 302
    assert case.exclusive_key == f"person:{claimant.person.pk}"
    assert submission.load_values(case)["bank"] == {"account_holder": claimant.person.name}
    assert submission.load_values(case)["basics"]["work_started_on"] == "1988-07-01"


def test_a_second_draft_for_the_same_person_leads_to_the_first(claimant: claims.Claimant) -> None:
    case = claims.start(claimant)
    status, page = choose(claimant)
    assert status == 422
    assert case.number in page
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"kind": "7"}, "的退休日期最早为"),
        ({"kind": "4"}, "待配置：病退男性退休年龄"),
        ({"kind": "5"}, "只适用于公务员"),
        ({"retired_on": "2099-01-01"}, "不能晚于"),
        ({"retired_on": "昨天"}, "输入一个有效的日期"),
        ({"retired_on": ""}, "error-summary"),
        ({"kind": "1"}, "error-summary"),
    ],
)
def test_a_category_that_is_not_open_blocks_before_any_typing(
    claimant: claims.Claimant, typed: dict[str, str], reason: str
) -> None:
    status, page = choose(claimant, **typed)
    assert status == 422
    assert reason in page
    assert not Case.objects.exists()


def _owe(claimant: claims.Claimant) -> None:
    make_months(claimant.person, claimant.insured_unit, str(claims.this_month()), 1, is_paid=False)


def _retire(claimant: claims.Claimant) -> None:
    make_retiree(claimant.insured_unit, claimant.person)


def _die(claimant: claims.Claimant) -> None:
    claimant.person.died_on = claims.timezone.localdate()
    claimant.person.save()


def _claim_elsewhere(claimant: claims.Claimant) -> None:
    claims.submit(claimant)


@pytest.mark.parametrize(
    ("happened", "reason"),
    [
        (_owe, "存在应缴未缴"),
        (_retire, "不能重复申领"),
        (_die, "已登记死亡"),
        (_claim_elsewhere, "已有养老金申领"),
    ],
)
def test_what_no_typing_would_help_blocks_with_its_reason(
    claimant: claims.Claimant, happened: Any, reason: str
) -> None:
    happened(claimant)
    before = Case.objects.count()
    page = client_of(claimant).get(reverse("claims:choose", args=[claimant.person.number])).content.decode()
    assert reason in page
    assert 'name="retired_on"' not in page
    status, page = choose(claimant)
    assert (status, Case.objects.count()) == (422, before)
    assert reason in page


def test_too_few_months_are_only_warned_about_there() -> None:
    claimant = claims.make_claimant(paid=12, work_started_on=datetime.date(2014, 11, 1))
    page = client_of(claimant).get(reverse("claims:choose", args=[claimant.person.number])).content.decode()
    assert "缴费月数可能不足" in page
    assert choose(claimant)[0] == 302


def test_the_lead_time_of_the_policy_opens_claims_before_the_day() -> None:
    claimant = claims.make_claimant(birth_date=claims.birth_for(claims.Group.MALE, claims.this_month() + 2))
    assert choose(claimant)[0] == 422
    PolicyValue.objects.create(key="pension_claim_lead_months", value="6", valid_from="2020-01-01", source="演示依据")
    assert choose(claimant)[0] == 302


def test_a_unit_without_a_unit_number_or_below_level_four_is_told_so(claimant: claims.Claimant) -> None:
    handler = make_handler(make_unit(level=4))
    with pytest.raises(StartRefused, match="没有登记单位编号"):
        matters.get("pension-claim").check_start(handler.user, handler.unit)
    claimant.unit.level = 3
    claimant.unit.save()
    page = client_of(claimant).get(reverse("claims:people")).content.decode()
    assert "暂时不能办理" in page
    assert claimant.person.name not in page


def test_a_draft_begun_without_a_person_takes_one_from_the_list(claimant: claims.Claimant) -> None:
    case = claims.review_start(claimant)
    client = client_of(claimant)
    page = client.get(case_url(case, "page", page="claimant")).content.decode()
    assert f"{reverse('claims:people')}?case={case.number}" in page
    values = {"kind": "2", "age_group": "male", "retired_on": claimant.retired_on.isoformat()}
    url = f"{reverse('claims:choose', args=[claimant.person.number])}?case={case.number}"
    assert client.post(url, values).status_code == 302
    assert Case.objects.count() == 1
    assert submission.load_values(case)["basics"]["work_started_on"] == "1988-07-01"


# --- 2 缴费信息 --------------------------------------------------------------------------------


def test_the_history_marks_what_was_paid_missed_and_counted(claimant: claims.Claimant) -> None:
    claimant = claims.make_claimant(paid=0)
    make_months(claimant.person, claimant.insured_unit, "2015-01", 6)
    make_months(claimant.person, claimant.insured_unit, "2015-09", 4)
    case = claims.start(claimant)
    page = client_of(claimant).get(case_url(case, "page", page="history")).content.decode()
    assert page.count("：中断") == 2
    assert page.count("month--paid") == 1 + 10
    assert "实际缴费10个月 + 视同缴费315个月" in page


def test_the_path_has_seven_steps_and_the_third_four_pages(claimant: claims.Claimant) -> None:
    case = claims.start(claimant)
    page = client_of(claimant).get(case_url(case, "page", page="wages")).content.decode()
    assert "步骤 <strong>3</strong>/7" in page
    for title in ("基础信息", "2014年9月工资档案", "退休时工资档案", "视同缴费核增核减"):
        assert title in page


def test_every_page_can_be_put_aside(claimant: claims.Claimant) -> None:
    case = claims.start(claimant)
    client = client_of(claimant)
    declared = matters.get("pension-claim").pages(case, submission.load_values(case))
    for url in [*(case_url(case, "page", page=p.key) for p in declared), case_url(case, "attachments")]:
        assert "暂存</" in client.get(url).content.decode(), url


# --- 3 退休基本信息 ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "where", "reason"),
    [
        ({"basics": {"work_years": "14", "work_months": "11"}}, "basics.work_years", "不足15年"),
        ({"basics": {"work_years": "60"}}, "basics.work_years", "超过参加工作日期至退休日期的时间"),
        ({"basics": {"work_months": "12"}}, "basics.work_months", "11"),
        ({"basics": {"work_years": ""}}, "basics.work_years", "必填"),
        ({"basics": {"identity_2014": ""}}, "basics.identity_2014", "请选择2014年9月身份"),
        ({"basics": {"work_started_on": "2099-01-01"}}, "basics.work_started_on", "不能晚于退休日期"),
        ({"basics": {"work_started_on": "1950-01-01"}}, "basics.work_started_on", "应晚于出生日期"),
        ({"wages_2014": {"rank_2014": "P05"}}, "wages_2014.rank_2014", "P05"),
        ({"wages_2014": {"post_wage_2014": ""}}, "wages_2014.post_wage_2014", "必填"),
        ({"wages": {"grade_wage": "-1"}}, "wages.grade_wage", "0"),
        ({"wages": {"step": ""}}, "wages.step", "必填"),
    ],
)
def test_the_basics_are_judged_at_their_page(
    claimant: claims.Claimant, changes: dict[str, Any], where: str, reason: str
) -> None:
    found = claims.problems_of(claims.complete(claimant, **changes))
    assert where in found
    assert reason in found[where]


def test_who_began_after_the_reform_has_no_wage_file_of_2014() -> None:
    claimant = claims.make_claimant(work_started_on=datetime.date(2014, 10, 1))
    case = claims.start(claimant)
    keys = [page.key for page in matters.get("pension-claim").pages(case, submission.load_values(case))]
    assert "wages_2014" not in keys


@pytest.mark.parametrize(("identity", "asked", "not_asked"), [
    ("5", "technical_wage", "teaching_extra"), ("4", "teaching_extra", "technical_wage"), ("1", "rank", "technical_wage"),
])  # fmt: skip
def test_a_wage_file_asks_what_the_identity_has(
    claimant: claims.Claimant, identity: str, asked: str, not_asked: str
) -> None:
    case = claims.start(claimant)
    fill(case, {"basics": {"identity": identity}}, claimant.by)
    page = client_of(claimant).get(case_url(case, "page", page="wages")).content.decode()
    assert f'name="{asked}"' in page
    assert f'name="{not_asked}"' not in page


ADDED = {"kind": "added", "reason": "知青下乡", "starts_on": "1989-01", "ends_on": "1990-12"}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ([ADDED], ""),
        ([ADDED | {"starts_on": "1988-07", "ends_on": "1988-07"}], ""),
        ([ADDED | {"starts_on": "1988-06"}], "起始年月不能早于参加工作日期"),
        ([ADDED | {"ends_on": "2090-01"}], "终止年月不能晚于退休日期"),
        ([ADDED | {"ends_on": "1988-12"}], "终止年月不能早于起始年月"),
        ([ADDED, ADDED | {"kind": "deducted", "starts_on": "1990-12", "ends_on": "1991-03"}], "时间段不能重复"),
        ([ADDED, ADDED | {"kind": "deducted", "starts_on": "1991-01", "ends_on": "1991-03"}], ""),
        ([ADDED | {"reason": ""}], "必填"),
    ],
)
def test_added_and_deducted_periods(claimant: claims.Claimant, given: list[dict[str, str]], reason: str) -> None:
    found = claims.problems_of(claims.complete(claimant, adjustments=rows(CLAIM_ROW, *given)))
    assert any(reason in words for words in found.values()) if reason else found == {}


@pytest.mark.parametrize(
    ("paid", "adjustments", "enough"),
    [
        (100, [], False),
        (100, [ADDED | {"starts_on": "2015-01", "ends_on": "2021-08"}], True),
        (100, [ADDED | {"starts_on": "2015-01", "ends_on": "2021-07"}], False),
    ],
)
def test_all_months_together_reach_the_years_minimum(paid: int, adjustments: list[Any], enough: bool) -> None:
    claimant = claims.make_claimant(paid=paid)
    claimant.person.deemed_months = 0
    claimant.person.save()
    found = claims.problems_of(claims.complete(claimant, adjustments=rows(CLAIM_ROW, *adjustments)))
    assert bool(found) is not enough
    if not enough:
        assert "的最低缴费年限15年" in found["adjustments"]


def test_deemed_months_count_for_paid_ones_alone_would_refuse_everybody(claimant: claims.Claimant) -> None:
    assert claims.this_month() - claims.REFORM < 180
    assert claims.problems_of(claims.complete(claimant)) == {}


def test_a_row_that_overlaps_is_refused_where_it_is_typed(claimant: claims.Claimant) -> None:
    case = claims.complete(claimant, adjustments=rows(CLAIM_ROW, ADDED))
    url = case_url(case, "page", page="adjustments")
    client = client_of(claimant)
    response = client.post(url, ADDED | {"starts_on": "1990-12", "ends_on": "1991-02", "revision": "1"})
    assert response.status_code == 422
    assert "核增核减的时间段不能重复（第1条与第2条）" in response.content.decode()
    assert 'value="1990-12"' in response.content.decode()
    kept = submission.load_values(case)["adjustments"]["rows"]
    assert len(kept) == 1
    changed = client.post(url, ADDED | {"row": kept[0]["key"], "ends_on": "1991-01", "revision": "1"})
    assert changed.status_code == 302


# --- 4 特殊工种 --------------------------------------------------------------------------------

WORK = {"kind": "heavy", "name": "井架安装", "starts_on": "1990-01-01", "ends_on": "1999-12-31"}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ([WORK], "slot:publicity"),
        ([WORK | {"starts_on": "1988-06-30"}], "开始日期不能早于参加工作日期"),
        ([WORK | {"ends_on": "2090-01-01"}], "结束日期不能晚于退休日期"),
        ([WORK | {"ends_on": "1989-12-31"}], "结束日期不能早于开始日期"),
        ([WORK, WORK | {"starts_on": "1999-12-31", "ends_on": "2000-12-31"}], "特殊工种的时间段不能重复"),
    ],
)
def test_special_work_lies_within_the_working_life(
    claimant: claims.Claimant, given: list[dict[str, str]], reason: str
) -> None:
    found = claims.problems_of(claims.complete(claimant, special_works=rows(WORK_ROW, *given)))
    assert reason in found or any(reason in words for words in found.values())


def test_with_special_work_its_publicity_is_handed_in(claimant: claims.Claimant) -> None:
    case = claims.complete(claimant, special_works=rows(WORK_ROW, WORK))
    assert claims.problems_of(case) == {"slot:publicity": "请上传特殊工种公示"}
    attach(case, "publicity")
    assert claims.problems_of(case) == {}


# --- 5 职务升降 --------------------------------------------------------------------------------

RANK = {"kind": "raised", "from_post": "科员", "to_post": "副科长", "starts_on": "2016-03-01", "ends_on": "2018-02-28"}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ([RANK, RANK | {"starts_on": "2018-03-01", "ends_on": ""}], ""),
        ([RANK, RANK | {"starts_on": "2018-02-28", "ends_on": ""}], "职务升降的时间段不能重复"),
        ([RANK | {"ends_on": ""}, RANK | {"starts_on": "2020-01-01", "ends_on": ""}], "职务升降的时间段不能重复"),
        ([RANK | {"starts_on": "2090-01-01", "ends_on": ""}], "升降日期不能晚于退休日期"),
        ([RANK | {"to_post": ""}], "必填"),
    ],
)
def test_changes_of_rank(claimant: claims.Claimant, given: list[dict[str, str]], reason: str) -> None:
    found = claims.problems_of(claims.complete(claimant, rank_changes=rows(RANK_ROW, *given)))
    assert any(reason in words for words in found.values()) if reason else found == {}


def test_two_changes_in_a_counted_year_are_refused_by_the_policy(claimant: claims.Claimant) -> None:
    PolicyValue.objects.create(
        key="rank_changes_per_year", value="1", valid_from="2014-01-01", valid_to="2024-12-31", source="演示依据"
    )
    twice = rows(RANK_ROW, RANK | {"ends_on": "2016-06-30"}, RANK | {"starts_on": "2016-07-01"})
    found = claims.problems_of(claims.complete(claimant, rank_changes=twice))
    assert found == {"rank_changes.starts_on": "2016年的职务升降不能超过1次，请核对升降日期"}


# --- 6 银行账号, 7 上传资料 ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "where"),
    [
        ({"account_holder": "李演示"}, "bank.account_holder"),
        ({"account_no": "6222"}, "bank.account_no"),
        ({"bank": ""}, "bank.bank"),
    ],
)
def test_the_account_is_the_claimants_own(claimant: claims.Claimant, typed: dict[str, str], where: str) -> None:
    assert where in claims.problems_of(claims.complete(claimant, bank=typed))


@pytest.mark.parametrize("slot", ["form", "wage_approval", "archives"])
def test_the_required_papers(claimant: claims.Claimant, slot: str) -> None:
    case = claims.complete(claimant)
    case.attachments.filter(slot=slot).delete()
    assert list(claims.problems_of(case)) == [f"slot:{slot}"]


# --- Submission, approval, revocation ------------------------------------------------------------


def test_what_came_in_between_is_found_at_submission(claimant: claims.Claimant) -> None:
    case = claims.complete(claimant)
    _owe(claimant)
    with pytest.raises(submission.Incomplete, match="存在应缴未缴"):
        perform(case, "submit", by=claimant.by)


def test_approval_makes_the_retiree_ends_the_enrolment_and_tells_the_core_system(claimant: claims.Claimant) -> None:
    case = claims.approve(claims.submit(claimant))
    retiree, enrolment = Retiree.objects.get(), Enrolment.objects.get()
    month = Month.of(claimant.retired_on)
    assert case.status == "approved"
    assert (retiree.person, retiree.unit, retiree.kind) == (claimant.person, claimant.insured_unit, "2")
    assert Month.of(retiree.benefit_from) == month + 1
    assert (retiree.pension, retiree.account_no) == (None, "6222021234567890128")
    assert (enrolment.state, enrolment.end_reason, enrolment.ends_on) == ("ended", "6501", day(str(month)))
    change = OutboundChange.objects.get()
    assert (change.kind, change.state, change.payload["retired_on"]) == (
        "retire", "pending", claimant.retired_on.isoformat(),
    )  # fmt: skip
    assert "已转入退休花名册" in matters.get("pension-claim").outcome(case)


def test_arrears_that_came_up_meanwhile_stop_the_approval(claimant: claims.Claimant) -> None:
    case = claims.submit(claimant)
    case = perform(case, "approve", by=make_staff("first", case.region_id))
    _owe(claimant)
    with pytest.raises(TransitionRefused, match="应缴未缴"):
        perform(case, "approve", by=make_staff("second", f"{case.region_id[:4]}00"))
    assert not Retiree.objects.exists()
    assert Case.objects.get(pk=case.pk).status == "in_review"


@pytest.mark.parametrize("suspended", [False, True])
def test_revocation_gives_back_everything_as_it_was(claimant: claims.Claimant, suspended: bool) -> None:
    if suspended:
        Enrolment.objects.update(state="suspended", ends_on=day("2026-01"), end_reason="6307")
    before = Enrolment.objects.values("state", "ends_on", "end_reason").get()
    case = claims.approve(claims.submit(claimant))
    perform(case, "revoke", by=make_staff("business", "140000"), reason="复核发现档案不实")
    assert not Retiree.objects.exists()
    assert Enrolment.objects.values("state", "ends_on", "end_reason").get() == before
    assert OutboundChange.objects.get().state == "cancelled"
    assert claims.start(claimant).status == "draft"


def test_what_the_core_system_was_told_cannot_be_revoked_here(claimant: claims.Claimant) -> None:
    case = claims.approve(claims.submit(claimant))
    change = OutboundChange.objects.get()
    file = change._meta.get_field("file").related_model.objects.create(number=1, changes_count=1, sha256="0" * 64)
    change.state, change.file = "sent", file
    change.save()
    with pytest.raises(TransitionRefused, match="已发送"):
        perform(case, "revoke", by=make_staff("business", "140000"), reason="复核")
    assert Retiree.objects.exists()


def test_two_units_cannot_both_have_a_claim_for_one_person(claimant: claims.Claimant) -> None:
    first, second = claims.complete(claimant), claims.review_start(claimant)
    second = claims.complete(claimant, case=second)
    perform(first, "submit", by=claimant.by)
    with pytest.raises((TransitionRefused, submission.Incomplete), match="养老金申领"):
        perform(second, "submit", by=claimant.by)


def test_the_clock_of_the_claim_is_twenty_working_days() -> None:
    assert sum(step.days for step in matters.get("pension-claim").steps) == 20


# --- Staff, prints ---------------------------------------------------------------------------------


def test_staff_see_the_checks_the_timeline_and_both_methods(claimant: claims.Claimant) -> None:
    adjustments, ranks = rows(CLAIM_ROW, ADDED), rows(RANK_ROW, RANK)
    case = perform(claims.complete(claimant, adjustments=adjustments, rank_changes=ranks), "submit", by=claimant.by)
    client = Client()
    client.force_login(make_staff("first", case.region_id))
    page = client.get(reverse("admin:review_case_review", args=[case.number])).content.decode()
    for words in ("没有应缴未缴", "累计缴费达到最低缴费年限", "工作经历时间轴", "<svg", "副科长", "核增（知青下乡）",
                  "核心系统尚未提供个人账户储存额", "以经办机构核定为准"):  # fmt: skip
        assert words in page, words
    assert "6222021234567890128" not in page


def test_the_estimate_names_what_is_missing_and_then_gives_both_methods(claimant: claims.Claimant) -> None:
    from insurance import claim_estimate

    claimant.person.account_balance, claimant.person.annuity_balance = 120000, 40000
    claimant.person.save()
    claims.submit(claimant)
    record = PensionClaim.objects.get()
    outcome = claim_estimate.estimate(record)
    assert outcome.comparison is not None
    assert "过渡系数" in outcome.comparison.payable.missing
    assert "视同缴费指数" in outcome.comparison.payable.missing


def test_prints_are_for_the_unit_and_for_staff_of_the_region(claimant: claims.Claimant) -> None:
    case = claims.submit(claimant)
    own, staff, stranger = client_of(claimant), Client(), Client()
    staff.force_login(make_staff("first", case.region_id))
    stranger.force_login(make_handler().user)
    for name in ("claims:application", "claims:assessment"):
        url = reverse(name, args=[case.number])
        assert own.get(url).content.startswith(b"%PDF-")
        assert staff.get(url).content.startswith(b"%PDF-")
        assert stranger.get(url).status_code == 404
        assert Client().get(url).status_code in (302, 404)


def test_there_is_no_assessment_of_a_draft_but_its_form_can_be_printed(claimant: claims.Claimant) -> None:
    case = claims.complete(claimant)
    client = client_of(claimant)
    assert client.get(reverse("claims:application", args=[case.number])).status_code == 200
    assert client.get(reverse("claims:assessment", args=[case.number])).status_code == 404


def test_a_handler_whom_staff_did_not_enter_finds_it_closed(claimant: claims.Claimant) -> None:
    case = claims.submit(claimant)
    claimant.unit.handlers.update(origin="registered")
    client = client_of(claimant)
    for url in (
        reverse("claims:people"),
        reverse("claims:choose", args=[claimant.person.number]),
        reverse("claims:flexible_people"),
    ):
        assert client.get(url).status_code == 403, url
    assert client.get(reverse("claims:application", args=[case.number])).status_code == 404


# --- Hostile input ---------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["", "0", "²", "999999999999999999999", "x", "-1"])
def test_a_person_made_up_in_the_hidden_field_is_nobody(claimant: claims.Claimant, person: str) -> None:
    case = claims.complete(claimant, claimant={"person": person})
    assert any(key.startswith("claimant") for key in claims.problems_of(case))
    assert client_of(claimant).get(case_url(case, "check")).status_code == 200


def test_another_units_person_cannot_be_smuggled_in(claimant: claims.Claimant) -> None:
    stranger = make_person(name="外单位演示")
    case = claims.complete(claimant, claimant={"person": str(stranger.pk)})
    assert "claimant.person" in claims.problems_of(case)
    page = client_of(claimant).get(case_url(case, "check")).content.decode()
    assert "外单位演示" not in page


def test_drafts_survive_nonsense_in_their_rows(claimant: claims.Claimant) -> None:
    broken = {"starts_on": "2014-13", "ends_on": "x", "kind": "?", "reason": ""}
    case = claims.complete(
        claimant, adjustments=rows(CLAIM_ROW, broken), special_works=rows(WORK_ROW, broken),
        rank_changes=rows(RANK_ROW, broken),
    )  # fmt: skip
    client = client_of(claimant)
    for page in ("claimant", "history", "basics", "adjustments", "special_works", "rank_changes"):
        assert client.get(case_url(case, "page", page=page)).status_code == 200
    assert claims.problems_of(case)


def test_starting_needs_no_more_than_the_person() -> None:
    claimant = claims.make_claimant()
    case = claim_actions.start_claim(
        unit=claimant.unit, person=claimant.person, kind="2", age_group="male",
        retired_on=claimant.retired_on, by=claimant.by,
    )  # fmt: skip
    assert case.drafts.count() == 3
