"""The ledger (台账): the only place that moves an amount from one state to another, and the proof that all adds up."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from common.transitions import TransitionRefused
from reporting.models import (
    DisbursementBatch,
    LedgerLine,
    LivingSubsidyClaim,
    MentoringSubsidyClaim,
    Payment,
    PaymentItem,
    SubsidyEntry,
)
from reporting.payments import CLAIMED, ENTRY_TABLE
from review.models import Status

ZERO = Decimal(0)
# What a payment's state says about the amounts that it pays.
ENTRIES_OF_PAYMENT = {"planned": "batched", "sent": "sent", "paid": "paid", "recovered": "recovered"}
LIVE_PAYMENTS = ("planned", "sent", "paid")


def locked(entries: QuerySet[SubsidyEntry]) -> list[SubsidyEntry]:
    """The entries, locked in one order everywhere, as they are once the locks are held."""
    return list(entries.order_by("pk").select_for_update(of=("self",), no_key=True))


def open_entries(entries: Sequence[SubsidyEntry], *, by: User) -> list[SubsidyEntry]:
    """Store new entries with their first line: claimed → public."""
    made = SubsidyEntry.objects.bulk_create(entries)
    _write("publish", [(entry, CLAIMED) for entry in made], by=by, at=timezone.now())
    return made


def move(
    transition: str,
    entries: Iterable[SubsidyEntry],
    *,
    by: User | None,
    target: str = "",
    payments: dict[int, Payment] | None = None,
    reason: str = "",
    paid_on: date | None = None,
) -> int:
    """Move locked entries and write a line for each; returns how many. ``payments`` is by key of the entry.

    Raises TransitionRefused when the table does not allow it from where an entry is.
    """
    moved = []
    for entry in entries:
        declared = ENTRY_TABLE.check(transition, entry.state)
        new = target or declared.targets[0]
        if new not in declared.targets:
            raise TransitionRefused(f"{declared.title}后不能为“{ENTRY_TABLE.states[new]}”")
        moved.append((entry, entry.state))
        entry.state = new
        if transition == "pay":
            entry.paid_on = paid_on
    SubsidyEntry.objects.bulk_update([entry for entry, _ in moved], ["state", "paid_on"], batch_size=500)
    _write(transition, moved, by=by, at=timezone.now(), payments=payments or {}, reason=reason)
    return len(moved)


def _write(
    transition: str,
    moved: Iterable[tuple[SubsidyEntry, str]],
    *,
    by: User | None,
    at: datetime,
    payments: dict[int, Payment] | None = None,
    reason: str = "",
) -> None:
    LedgerLine.objects.bulk_create(
        LedgerLine(
            entry=entry,
            source=source,
            target=entry.state,
            transition=transition,
            amount=entry.amount,
            payment=(payments or {}).get(entry.pk),
            reason=reason,
            at=at,
            actor=by,
        )
        for entry, source in moved
    )


# --- The proof -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """Something that does not agree: what, where, and both figures."""

    what: str
    where: str
    expected: object
    found: object

    def __str__(self) -> str:
        return f"{self.what} {self.where}: {self.expected} ≠ {self.found}"


def differences() -> list[Difference]:
    """Everything in which claims, entries, payments, batches and ledger do not agree to the fen."""
    checks = (_claims, _origins, _lines, _chains, _items, _payments, _batches)
    return [found for check in checks for found in check()]


def totals() -> dict[str, Decimal]:
    """The sums by state of all entries, with 已申领 as their total."""
    rows = SubsidyEntry.objects.order_by().values("state").annotate(total=Sum("amount"))
    found = {row["state"]: row["total"] for row in rows}
    return {CLAIMED: sum(found.values(), ZERO), **found}


def _sum(rows: QuerySet[Any], by: str) -> Coalesce:
    """The sum of the amounts of other rows that belong to each row."""
    total = rows.order_by().values(by).annotate(total=Sum("amount")).values("total")
    return Coalesce(Subquery(total), ZERO)


def _claims() -> Iterator[Difference]:
    """An approved claim and its entries; a claim without a publicity has brought no entries at all."""
    entries = SubsidyEntry.objects.filter(publicity__case=OuterRef("pk"))
    for model in (LivingSubsidyClaim, MentoringSubsidyClaim):
        claims = model.objects.filter(Q(case__status=Status.APPROVED) | Q(case__publicity__isnull=False))
        rows = claims.annotate(total=_sum(entries, "publicity__case")).exclude(total=F("amount"))
        for number, amount, total in rows.values_list("case__number", "amount", "total"):
            yield Difference("claim and its entries", number, amount, total)


def _origins() -> Iterator[Difference]:
    for origin in ("claimed_month", "claimed_insurance", "mentoring_person"):
        wrong = SubsidyEntry.objects.filter(**{f"{origin}__isnull": False}).exclude(
            **{f"{origin}__amount": F("amount")}
        )
        for key, amount, entry in wrong.values_list("pk", f"{origin}__amount", "amount"):
            yield Difference("entry and its origin", f"entry {key}", amount, entry)


def _lines() -> Iterator[Difference]:
    """The last line of an entry says its state, the first one that it was claimed; every line its amount."""
    lines = LedgerLine.objects.filter(entry=OuterRef("pk"))
    rows = SubsidyEntry.objects.annotate(
        last=Subquery(lines.order_by("-pk").values("target")[:1]),
        first=Subquery(lines.order_by("pk").values("source")[:1]),
    )
    for key, state, last, first in rows.exclude(last=F("state"), first=CLAIMED).values_list(
        "pk", "state", "last", "first"
    ):
        yield Difference("entry and its ledger", f"entry {key}", state, f"{first} … {last}")
    for key, amount, entry in LedgerLine.objects.exclude(amount=F("entry__amount")).values_list(
        "pk", "amount", "entry__amount"
    ):
        yield Difference("ledger line and its entry", f"line {key}", entry, amount)


def _chains() -> Iterator[Difference]:
    """Each line begins where the one before it ended."""
    before = LedgerLine.objects.filter(entry=OuterRef("entry"), pk__lt=OuterRef("pk")).order_by("-pk").values("target")
    rows = LedgerLine.objects.annotate(before=Coalesce(Subquery(before[:1]), F("source")))
    for key, previous, source in rows.exclude(before=F("source")).values_list("pk", "before", "source"):
        yield Difference("ledger line and the one before", f"line {key}", previous, source)


def _items() -> Iterator[Difference]:
    for key, amount, entry in PaymentItem.objects.exclude(amount=F("entry__amount")).values_list(
        "pk", "amount", "entry__amount"
    ):
        yield Difference("item and its entry", f"item {key}", entry, amount)
    wrong = PaymentItem.objects.filter(live=True).exclude(payment__state__in=LIVE_PAYMENTS)
    wrong |= PaymentItem.objects.filter(live=False, payment__state__in=LIVE_PAYMENTS)
    for key, state, live in wrong.values_list("pk", "payment__state", "live"):
        yield Difference("item and its payment", f"item {key}", state, f"live={live}")
    for payment, state in ENTRIES_OF_PAYMENT.items():
        items = PaymentItem.objects.filter(payment__state=payment).exclude(entry__state=state)
        for key, found in items.values_list("entry_id", "entry__state"):
            yield Difference("entry and its payment", f"entry {key}", state, found)
    held = PaymentItem.objects.filter(entry=OuterRef("pk"), live=True)
    loose = SubsidyEntry.objects.filter(~Exists(held), state__in=("batched", "sent", "paid"))
    loose |= SubsidyEntry.objects.filter(Exists(held)).exclude(state__in=("batched", "sent", "paid"))
    for key, state in loose.values_list("pk", "state"):
        yield Difference("entry and its payment", f"entry {key}", state, "live item missing or left over")


def _payments() -> Iterator[Difference]:
    rows = Payment.objects.annotate(total=_sum(PaymentItem.objects.filter(payment=OuterRef("pk")), "payment"))
    for number, amount, total in rows.exclude(total=F("amount")).values_list("number", "amount", "total"):
        yield Difference("payment and its items", number, amount, total)


def _batches() -> Iterator[Difference]:
    rows = DisbursementBatch.objects.annotate(
        total=_sum(Payment.objects.filter(batch=OuterRef("pk")), "batch"), count=Count("payments")
    )
    for batch in rows.exclude(total=F("amount"), count=F("payment_count")):
        expected, found = (batch.payment_count, batch.amount), (batch.count, batch.total)
        yield Difference("batch and its payments", batch.number, expected, found)
