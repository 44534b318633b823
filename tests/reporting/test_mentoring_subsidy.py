"""就业见习带教补贴 (C12; §1.4): the year's people, the quota, the amount, once per unit and year."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from common import constraints
from common.transitions import TransitionRefused
from reporting import actions, claims_queries
from reporting.claims import MentoringRules, Year, YearPerson, completed, not_retained
from reporting.models import MentoringPerson, MentoringSubsidyClaim, Placement, PlacementEnd
from review import matters, submission, workflow
from review.matters import StartRefused, run_checks
from review.portal import case_url
from tests.factories import make_staff
from tests.internship.support import set_policy
from tests.reporting.claims_support import (
    approved,
    last_year,
    make_claiming,
    make_end,
    make_intern,
    set_jilin,
    started,
    submitted,
)
from tests.review.cases import fill

pytestmark = pytest.mark.django_db
MATTER = "mentoring-subsidy"
RULES = MentoringRules(Decimal("0.50"), Decimal("2000.00"), 12, False)


@pytest.fixture
def handler(db):
    set_jilin()
    handler = make_claiming()
    make_intern(handler.unit, months=1)  # an approved report
    return handler


# --- Who counts as retained, and in which year ---------------------------------------------------


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, ""),
        ({"contract_to": date(2026, 8, 31)}, ""),
        ({"contract_to": date(2026, 8, 30)}, "劳动合同不满12个月"),
        ({"contract_to": None}, ""),
        ({"social_insured_from": None}, "未参加社会保险"),
        ({"retained": False}, "未由本单位留用"),
    ],
)
def test_retained_is_a_contract_of_a_year_and_social_insurance(values, reason) -> None:
    kept = {"retained": True, "contract_from": date(2025, 9, 1), "social_insured_from": date(2025, 9, 1)}
    end = PlacementEnd(reason="2", ended_on=date(2025, 8, 31), **(kept | values))
    assert not_retained(end, RULES) == reason


def test_filing_is_needed_where_the_policy_says_so() -> None:
    end = PlacementEnd(retained=True, contract_from=date(2025, 9, 1), social_insured_from=date(2025, 9, 1))
    rules = MentoringRules(RULES.rate_min, RULES.amount, 12, True)
    assert not_retained(end, rules) == "未办理用工备案"
    end.filed_on = date(2025, 9, 2)
    assert not_retained(end, rules) == ""


@pytest.mark.parametrize(
    ("reason", "ended_on", "counts"),
    [("2", "2025-08-31", True), ("1", "2025-08-31", True), ("1", "2025-08-30", False), ("3", "2025-08-31", False)],
)
def test_completed_is_who_stayed_to_the_agreed_end(reason, ended_on, counts) -> None:
    end = PlacementEnd(reason=reason, ended_on=date.fromisoformat(ended_on), placement=_term())
    assert completed(end) is counts


def _term() -> Placement:
    return Placement(starts_on=date(2025, 3, 1), ends_on=date(2025, 8, 31))


def test_the_latest_day_fixes_the_year(handler) -> None:
    year = last_year()
    make_end(handler.unit, year, social_insured_from=date(year + 1, 1, 1))
    assert claims_queries.year_of(handler.unit, year).completed_count == 0
    assert claims_queries.year_of(handler.unit, year + 1).retained_count == 1


def test_who_left_early_without_being_kept_counts_for_no_year(handler) -> None:
    year = last_year()
    make_end(handler.unit, year, retained=False, reason="1", destination="02", ended_on=date(year, 5, 1))
    assert claims_queries.year_of(handler.unit, year).completed_count == 0


# --- The quota -----------------------------------------------------------------------------------


def _counted(retained: int, others: int, rules: MentoringRules = RULES) -> Year:
    kept = [YearPerson(PlacementEnd(), date(2025, 8, 31), "")] * retained
    return Year(2025, (*kept, *[YearPerson(PlacementEnd(), date(2025, 8, 31), "未由本单位留用")] * others), rules)


@pytest.mark.parametrize(
    ("retained", "others", "amount", "refusal"),
    [
        (1, 0, "2000", ""),
        (1, 1, "2000", ""),
        (3, 3, "6000", ""),
        (4, 5, None, "留用率未达到50%，不符合申领条件（期满9人，留用4人，留用率44.44%）"),
        (4999, 5001, None, "留用率未达到50%，不符合申领条件（期满10000人，留用4999人，留用率49.99%）"),
        (0, 2, None, "留用率未达到50%，不符合申领条件（期满2人，留用0人，留用率0%）"),
        (0, 0, None, "2025年度没有见习期满或留用的人员"),
    ],
)
def test_half_of_those_who_completed_must_be_kept(retained, others, amount, refusal) -> None:
    year = _counted(retained, others)
    assert year.refusal == refusal
    if amount:
        assert year.amount == Decimal(amount)


@pytest.mark.parametrize(
    ("rules", "refusal"),
    [
        (MentoringRules(None, Decimal(2000), 12, False), "待配置：带教补贴的留用率下限"),
        (MentoringRules(Decimal("0.5"), None, 12, None), "待配置：带教补贴标准、留用认定须用工备案"),
        (MentoringRules(Decimal("0.5"), Decimal(0), 12, None), "当地未设带教补贴（标准为0元），没有可申领的金额"),
        (
            MentoringRules(Decimal(0), Decimal(2000), 12, False),
            "没有留用人员，无可申领的金额（期满1人，留用0人，留用率0%）",
        ),
    ],
)
def test_what_no_policy_gives_is_said_and_not_guessed(rules, refusal) -> None:
    assert _counted(0, 1, rules).refusal == refusal


def test_too_few_kept_is_told_on_the_page_with_the_numbers(client, handler) -> None:
    year = last_year()
    make_end(handler.unit, year)
    for number in range(2):
        make_end(handler.unit, year, retained=False, name=f"离演示{number}")
    case = started(MATTER, handler)
    fill(case, {"year": {"year": str(year)}})
    words = "留用率未达到50%，不符合申领条件（期满3人，留用1人，留用率33.33%）"
    assert words in submission.validate(case).problems[0].message
    client.force_login(handler.user)
    page = client.post(case_url(case, "page", page="year"), {"revision": "1", "year": str(year)})
    assert page.status_code == 422
    assert words in page.content.decode()


# --- The claim -----------------------------------------------------------------------------------


def test_a_claim_counts_the_year_and_keeps_why(handler) -> None:
    year = last_year()
    make_end(handler.unit, year)
    make_end(handler.unit, year, retained=False, name="离演示")
    case = submitted(MATTER, handler)
    record = MentoringSubsidyClaim.objects.get(pk=case.pk)
    assert (record.year, record.completed_count, record.retained_count) == (year, 2, 1)
    assert (record.standard, record.amount) == (Decimal("2000.00"), Decimal("2000.00"))
    assert record.explanation["rate"] == "50%"
    found = {row.placement.name: (row.retained, row.amount) for row in MentoringPerson.objects.filter(claim=record)}
    assert found == {"留演示": (True, Decimal(2000)), "离演示": (False, Decimal(0))}
    assert all(check.passed is not False for check in run_checks(case, record))
    assert matters.get(MATTER).outcome(approved(case)) == "留用1人，核定2000.00元。公示中（公示期限待配置）"


def test_the_year_that_runs_cannot_be_claimed_yet(handler) -> None:
    make_end(handler.unit, last_year() + 1)
    with pytest.raises(StartRefused, match="没有可申领的年度"):
        started(MATTER, handler)


def test_a_year_is_claimed_once_and_free_again_after_a_withdrawal(handler) -> None:
    make_end(handler.unit, last_year())
    first, second = started(MATTER, handler), started(MATTER, handler)
    first = workflow.perform(first, "submit", by=handler.user)
    with pytest.raises(submission.Incomplete, match=f"已由办件{first.number}申领，每个年度只能申领一次"):
        workflow.perform(second, "submit", by=handler.user)
    first = workflow.perform(first, "withdraw", by=handler.user)
    workflow.perform(first, "close", by=handler.user)
    second = workflow.perform(second, "submit", by=handler.user)
    assert set(MentoringPerson.objects.held().values_list("claim", flat=True)) == {second.pk}


def test_the_year_stays_taken_after_approval_and_is_free_after_a_revocation(handler) -> None:
    make_end(handler.unit, last_year())
    case = approved(submitted(MATTER, handler))
    assert case.exclusive_key
    with pytest.raises(submission.Incomplete):
        submitted(MATTER, handler)
    workflow.perform(case, "revoke", by=make_staff("business", f"{case.region_id[:2]}0000"), reason="复核不实")
    assert not MentoringPerson.objects.held().exists()
    assert MentoringSubsidyClaim.objects.get(pk=submitted(MATTER, handler).pk).live


def test_the_database_holds_a_person_once(handler) -> None:
    end = make_end(handler.unit, last_year())
    record = MentoringSubsidyClaim.objects.get(pk=submitted(MATTER, handler).pk)
    values = {"claim": record, "placement": end.placement, "end": end, "counted_on": end.ended_on}
    with pytest.raises(IntegrityError) as violated, transaction.atomic():
        MentoringPerson.objects.create(**values, retained=True, amount=2000)
    assert constraints.explain(violated.value) == "有人员已计入其他年度的带教补贴，每人只计一次"


def test_an_end_that_is_counted_cannot_be_revoked(handler) -> None:
    end = make_end(handler.unit, last_year())
    case = submitted(MATTER, handler)
    with pytest.raises(TransitionRefused, match=f"已计入带教补贴申领{case.number}"):
        actions.resume_placement(record=end, by=handler.user)


def test_a_person_retained_after_all_shows_at_the_review(handler) -> None:
    make_end(handler.unit, last_year())
    case = submitted(MATTER, handler)
    record = MentoringSubsidyClaim.objects.get(pk=case.pk)
    make_end(handler.unit, last_year(), retained=False, name="补演示")
    found = next(check for check in run_checks(case, record) if check.title == "期满、留用人数与现有记录一致")
    assert found.passed is False
    assert "现有记录期满2人，留用1人" in found.evidence


def test_shanxi_has_no_such_subsidy(handler) -> None:
    make_end(handler.unit, last_year())
    set_policy("retention_amount", "0", "140000")
    assert claims_queries.year_of(handler.unit, last_year()).refusal.startswith("当地未设带教补贴")


def test_the_list_is_filtered_by_year_and_the_forms_are_pdf(client, handler) -> None:
    make_end(handler.unit, last_year())
    case = submitted(MATTER, handler)
    client.force_login(handler.user)
    assert case.number in client.get(f"/unit/mentoring-subsidies/?year={last_year()}").content.decode()
    assert case.number not in client.get(f"/unit/mentoring-subsidies/?year={last_year() - 1}").content.decode()
    assert "年度请按" in client.get("/unit/mentoring-subsidies/?year=x").content.decode()
    for name in ("form", "roster"):
        assert client.get(f"/unit/subsidies/{case.number}/{name}/").content.startswith(b"%PDF-")
