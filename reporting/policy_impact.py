"""Who is affected by a change of a subsidy policy: told to staff before they save it (common.policy_changes)."""

from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from common import policies, regions
from common.policy_changes import Effect, PolicyChange, affects
from reporting.models import ClaimedMonth, PersonMonth
from reporting.recomputation import Change, compare
from reporting.subsidy_policies import CLAIM_KEYS, MENTORING_KEYS, MONTH_KEYS, FiguresBook

REGIONS_SHOWN = 12


@affects(*MONTH_KEYS)
def on_person_months(change: PolicyChange) -> list[Effect]:
    """Approved person-months whose amount would differ: by region, with both sums; claimed ones keep theirs."""
    book = policies.Book.load(*MONTH_KEYS)
    before, after = FiguresBook(book), FiguresBook(book.changed(without=change.before, plus=change.after))
    months = _months_within(change)
    held = ClaimedMonth.objects.held().values("person_month")
    open_ones = compare(months.exclude(pk__in=held), before, after)
    claimed = compare(months.filter(pk__in=held), before, after)
    return [
        _effect("尚未申领的人月", open_ones, "申领时按新参数计算"),
        _effect("已申领的人月", claimed, "已申领和已拨付的金额不变，审核页显示差额"),
    ]


def _months_within(change: PolicyChange) -> QuerySet[PersonMonth]:
    """Person-months of the days that either value covers."""
    found = PersonMonth.objects.in_force()
    rows = [row for row in (change.before, change.after) if row is not None]
    first = min(row.valid_from for row in rows)
    found = found.filter(month__gte=date(first.year, first.month, 1))
    ends = [row.valid_to for row in rows]
    return found if None in ends else found.filter(month__lte=max(end for end in ends if end))


def _effect(title: str, changes: list[Change], consequence: str) -> Effect:
    if not changes:
        return Effect(title, "没有受影响的人月")
    count = sum(one.months for one in changes)
    before, after = (sum((getattr(one, name) for one in changes), Decimal(0)) for name in ("before", "after"))
    rows = tuple(
        (
            regions.path_name(one.region) if one.region else "未登记归属地",
            f"{one.months}个人月",
            _sums(one.before, one.after),
        )
        for one in changes[:REGIONS_SHOWN]
    )
    more = f"，列出前{REGIONS_SHOWN}个" if len(changes) > REGIONS_SHOWN else ""
    return Effect(title, f"{count}个人月，{_sums(before, after)}。涉及{len(changes)}个地区{more}。{consequence}", rows)


def _sums(before: Decimal, after: Decimal) -> str:
    return f"补贴合计由{before:,.2f}元变为{after:,.2f}元（{after - before:+,.2f}元）"


@affects(*CLAIM_KEYS, *MENTORING_KEYS)
def on_claims(change: PolicyChange) -> list[Effect]:
    """Person-months that are approved and not claimed: what may be claimed for them is decided by the new value."""
    months = PersonMonth.objects.in_force().exclude(pk__in=ClaimedMonth.objects.held().values("person_month"))
    codes = change.regions
    if codes is not None:
        months = months.filter(placement__position__region__in=codes)
    count = months.count()
    words = f"{count}个尚未申领的人月以后按新参数办理；已提交的申领不变" if count else "没有尚未申领的人月"
    return [Effect("尚未申领的人月", words)]
