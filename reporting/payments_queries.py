"""Reads about publicity and payments that several pages share."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from accounts.models import User
from accounts.queries import staff_regions
from common import regions
from reporting.models import Payment, Publicity, SubsidyEntry
from reporting.payments import ENTRY_TABLE
from reporting.rules import words as day_words
from review.models import Case
from review.staff_queries import in_regions

MATTER_TITLES = {"living-subsidy": "就业见习生活费补贴", "mentoring-subsidy": "就业见习带教补贴"}


# --- For the unit --------------------------------------------------------------------------------


def with_payment(words: str, case: Case) -> str:
    """What an approved claim's outcome says, and where its money is (公示中至…, 已拨付 …)."""
    told = payment_words(case)
    return f"{words}。{told}" if told else words


def payment_words(case: Case) -> str:
    """Where the money of an approved claim is; "" where nothing was made public."""
    publicity: Publicity | None = getattr(case, "publicity", None)
    if publicity is None:
        return ""
    sums = _sums(publicity.entries.all())
    told = []
    if publicity.state == Publicity.State.OPEN:
        told.append(f"公示中至{day_words(publicity.ends_on)}" if publicity.ends_on else f"公示中（{publicity.period}）")
    if "paid" in sums:
        days = sorted(payment.paid_on for payment in case.payments.all() if payment.state == "paid" and payment.paid_on)
        told.append(f"已拨付{sums['paid']}元（{'、'.join(day_words(day) for day in days)}）")
    told += [f"{title}{sums[state]}元" for state, title in _TITLES.items() if state in sums]
    if "failed" in sums:
        failed = next((row for row in case.payments.all() if row.state == "failed"), None)
        told.append(f"拨付失败{sums['failed']}元（{failed.failure if failed else ''}），请更正收款账户")
    return "，".join(told)


_TITLES = {
    "frozen": "有异议，暂不拨付",
    "cleared": "公示期满，待拨付",
    "batched": "拨付办理中",
    "sent": "已送银行",
    "struck": "异议成立，不予拨付",
    "recovered": "已追回",
}


def _sums(entries: Iterable[SubsidyEntry]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for entry in entries:
        found[entry.state] = found.get(entry.state, Decimal(0)) + entry.amount
    return found


def payments_of(case: Case) -> QuerySet[Payment]:
    """All payments of a claim, the newest first."""
    return Payment.objects.filter(case=case).select_related("batch").order_by("-pk")


# --- For everybody -------------------------------------------------------------------------------


def public_list(region: str) -> QuerySet[Publicity]:
    """Publicities of a region and below, those that run first; without what was withdrawn."""
    found = Publicity.objects.exclude(state=Publicity.State.WITHDRAWN).select_related("unit", "case", "region")
    if region:
        found = found.filter(regions.scope_q("region", region))
    found = found.annotate(total=Sum("entries__amount"), people=Count("entries__placement", distinct=True))
    return found.order_by("-state", "-starts_on", "-pk")


# --- For staff -----------------------------------------------------------------------------------


def in_own_regions(user: User, field: str) -> Q:
    """Condition for rows of the staff member's regions."""
    return Q() if user.is_superuser else in_regions(staff_regions(user), field)


def regions_with_entries(user: User) -> list[tuple[str, str]]:
    """Handling regions within the own scope where something can be paid or stands in the way, with their names."""
    states = ("public", "frozen", "cleared", "failed")
    rows = SubsidyEntry.objects.filter(in_own_regions(user, "region"), state__in=states)
    codes = sorted(set(rows.order_by().values_list("region_id", flat=True).distinct()))
    return [(code, regions.handling_path_name(code)) for code in codes]


def step_words(source: str, target: str) -> str:
    """A line of the ledger in words."""
    return f"{ENTRY_TABLE.states[source]} → {ENTRY_TABLE.states[target]}"
