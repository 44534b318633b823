"""What the hall finds about claims by itself (系统核验), each with its evidence: contradictions are the reviewer's to judge."""

from collections import defaultdict
from typing import Any

from accounts.models import BankAccount
from common import identifiers
from reporting import claims_queries, queries
from reporting.claims import month_words
from reporting.models import Attendance, ClaimedMonth, MentoringPerson, PersonMonth
from reporting.subsidy import assess, share_of_month
from reporting.subsidy_policies import FiguresBook
from review.matters import CheckResult, check, expect_check
from review.models import Case

LIVING, MENTORING = claims_queries.LIVING_MATTER, claims_queries.MENTORING_MATTER
NAMES_SHOWN = 10

# Answered by whoever knows the contributions: of the case's persons, in the months of its record.
expect_check(LIVING, "insured-elsewhere", "申领月份内未在其他单位参加社会保险")
expect_check(MENTORING, "insured-here", "留用人员由本单位缴纳社会保险")


def _evidence(found: list[str], none: str) -> str:
    more = f"，等{len(found)}项" if len(found) > NAMES_SHOWN else ""
    return "；".join(found[:NAMES_SHOWN]) + more if found else none


def _claimed(case: Case) -> list[ClaimedMonth]:
    rows = ClaimedMonth.objects.filter(claim_id=case.pk).select_related("placement", "person_month")
    return list(rows.order_by("placement__name", "placement_id", "month"))


@check(LIVING, "other-unit", "申领月份内没有其他单位上报考勤或生活费")
def nobody_else_reports(case: Case, record: Any) -> CheckResult:
    """Attendance or pay of the same person, by ID number, that another unit reports for a claimed month."""
    title = "申领月份内没有其他单位上报考勤或生活费"
    claimed = {(row.placement.id_no_digest, row.month): row for row in _claimed(case)}
    digests, months = {key[0] for key in claimed}, {key[1] for key in claimed}
    found: dict[tuple[str, Any], set[str]] = defaultdict(set)
    for model, words in ((PersonMonth.objects.in_force(), "月报"), (Attendance.objects.filter(present__gt=0), "考勤")):
        rows = model.filter(placement__id_no_digest__in=digests, month__in=months).exclude(placement__unit=record.unit)
        for digest, month, unit in rows.values_list("placement__id_no_digest", "month", "placement__unit__name"):
            if (digest, month) in claimed:
                found[digest, month].add(f"{unit}上报{words}")
    told = [
        f"{claimed[key].placement.name}{month_words(key[1])}：{'、'.join(sorted(units))}"
        for key, units in found.items()
    ]
    return CheckResult(title, not told, _evidence(told, "没有发现"))


@check(LIVING, "shared-card", "没有多人共用一张银行卡")
def no_shared_card(case: Case, record: Any) -> CheckResult:
    """Bank cards of the people (in use, by number) that several persons have entered."""
    title = "没有多人共用一张银行卡"
    people = {row.placement.individual_id: row.placement.name for row in _claimed(case)}
    cards = BankAccount.objects.filter(ended_at__isnull=True, individual__isnull=False)
    digests = set(cards.filter(individual__in=people).values_list("account_no_digest", flat=True))
    if not digests:
        return CheckResult(title, None, "待人工核验：人员未登记银行卡")
    holders: dict[str, dict[int, str]] = defaultdict(dict)
    tails: dict[str, str] = {}
    for card in cards.filter(account_no_digest__in=digests).select_related("individual"):
        holders[card.account_no_digest][card.individual_id] = card.individual.name
        tails[card.account_no_digest] = identifiers.mask_account(card.account_no)[-4:]
    shared = [
        f"尾号{tails[card]}：{'、'.join(sorted(names.values()))}" for card, names in holders.items() if len(names) > 1
    ]
    unknown = len(people) - len({pk for names in holders.values() for pk in names if pk in people})
    if shared or not unknown:
        return CheckResult(title, not shared, _evidence(shared, "没有发现"))
    return CheckResult(title, None, f"待人工核验：{unknown}人未登记银行卡，其余没有发现")


@check(LIVING, "recomputed", "核定金额与现行政策、月报一致")
def amounts_hold(case: Case, record: Any) -> CheckResult:
    """The months computed anew by the policies of today; a difference is shown, what is claimed is never changed."""
    title = "核定金额与现行政策、月报一致"
    book, region = FiguresBook.load(), queries.handling_region(record.unit)
    told = []
    for row in _claimed(case):
        figures = book.figures(region, row.person_month.category, row.month)
        share = share_of_month(row.month, row.placement.starts_on, row.placement.last_day, figures.partial_month)
        now = assess(row.person_month.net_pay, figures, share)
        name = f"{row.placement.name}{month_words(row.month)}"
        if now.amount != row.amount:
            told.append(f"{name}：申领{row.amount}元，按现行政策{now.words}")
        elif row.person_month.subsidy != row.amount:
            reported = row.person_month.subsidy_reason or f"{row.person_month.subsidy}元"
            told.append(f"{name}：申领{row.amount}元，月报核定{reported}")
        if not row.person_month.in_force:
            told.append(f"{name}：月报已不再有效")
    return CheckResult(title, not told, _evidence(told, "一致"))


@check(LIVING, "holder", "开户名称与单位名称一致")
@check(MENTORING, "holder", "开户名称与单位名称一致")
def holder_is_the_unit(case: Case, record: Any) -> CheckResult:
    """Whether the money goes to an account in the unit's own name; otherwise the reason that was given."""
    title, account = "开户名称与单位名称一致", record.bank_account
    if account.ended_at is not None:
        return CheckResult(title, False, f"账户（户名{account.holder}）已停用")
    if account.holder == record.unit.name:
        return CheckResult(title, True, "一致")
    return CheckResult(title, None, f"户名{account.holder}，原因：{record.holder_reason}")


@check(MENTORING, "quota", "期满、留用人数与现有记录一致")
def people_hold(case: Case, record: Any) -> CheckResult:
    """The year counted anew; a difference is shown, what is claimed is never changed."""
    title = "期满、留用人数与现有记录一致"
    now = claims_queries.year_of(record.unit, record.year, case)
    then = set(MentoringPerson.objects.filter(claim_id=case.pk).values_list("placement_id", "retained"))
    if then == {(one.end.placement_id, one.retained) for one in now.people} and now.amount == record.amount:
        return CheckResult(title, True, now.numbers)
    before = f"申领时期满{record.completed_count}人、留用{record.retained_count}人、{record.amount}元"
    return CheckResult(title, False, f"{before}；现有记录{now.numbers}、{now.amount}元")
