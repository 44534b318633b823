"""The subsidies of many person-months at once: of a province, by the policies that are or that are proposed.

One statement gathers the person-months by region, month and category; policies are resolved once for each, and what is
left for each person-month is one comparison of whole numbers (fen) with the threshold of its ``Standard``. Nothing here is
stored: claims keep what they were handed in with.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import (
    BigIntegerField,
    DateField,
    Expression,
    F,
    FilteredRelation,
    Func,
    IntegerField,
    Q,
    QuerySet,
)
from django.db.models.functions import Cast, Coalesce, Greatest, Least

from internship.models import InternshipUnit
from reporting.models import PersonMonth
from reporting.rules import days_in
from reporting.subsidy import Standard
from reporting.subsidy_policies import FiguresBook

# A month has at most 31 days: they take the lowest bits beside the pay.
DAY_BITS = 5
DAYS = (1 << DAY_BITS) - 1


class Group(NamedTuple):
    """Person-months that are judged alike, each by its net pay in fen."""

    region: str
    month: date
    category: str
    days: int
    standard: Standard
    pays: list[int]

    @property
    def paid(self) -> int:
        """How many of them bring the amount."""
        threshold = self.standard.threshold
        if threshold is None:
            return 0
        least = int(threshold * 100)
        return sum(fen >= least for fen in self.pays)

    @property
    def amount(self) -> Decimal:
        """Their amounts together."""
        return (self.standard.amount or Decimal(0)) * self.paid


def _days_within() -> Expression:
    """How many days of the month lie in the term, as ``subsidy.days_within`` counts them."""
    end = Func(F("month"), template="((%(expressions)s + interval '1 month')::date - 1)", output_field=DateField())
    last = Least(end, Coalesce("placement__ended_on", "placement__ends_on"))
    first = Greatest(F("month"), F("placement__starts_on"))
    return Func(last, first, template="(%(expressions)s + 1)", arg_joiner=" - ", output_field=IntegerField())


def gathered(months: QuerySet[PersonMonth]) -> list[tuple[str, date, str, list[int]]]:
    """Region, month, category, and each person-month as pay in fen and days within the term, in one number."""
    pay = Cast(F("net_pay") * 100 * (1 << DAY_BITS), BigIntegerField())
    qualified = ~Q(placement__unit__internship_unit__state=InternshipUnit.State.REVOKED)
    rows = months.order_by().annotate(
        qualified=FilteredRelation("placement__unit__internship_unit", condition=qualified),
        region=Coalesce("qualified__handling_region", "placement__unit__handling_region"),
    )
    found = rows.values_list("region", "month", "category").annotate(coded=ArrayAgg(pay + _days_within()))
    return list(found)


def computed(rows: list[tuple[str, date, str, list[int]]], book: FiguresBook) -> Iterator[Group]:
    """The gathered person-months by standard, as the policies of a book have it."""
    for region, month, category, coded in rows:
        by_days: dict[int, list[int]] = {}
        for code in coded:
            days = code & DAYS
            if days in by_days:
                by_days[days].append(code >> DAY_BITS)
            else:
                by_days[days] = [code >> DAY_BITS]
        for days, pays in by_days.items():
            standard = book.standard(region or "", category, month, days, days_in(month))
            yield Group(region or "", month, category, days, standard, pays)


@dataclass
class Change:
    """What a change of policies does to the person-months of a region."""

    region: str
    months: int = 0
    before: Decimal = Decimal(0)
    after: Decimal = Decimal(0)


def compare(months: QuerySet[PersonMonth], before: FiguresBook, after: FiguresBook) -> list[Change]:
    """The regions where amounts change, how many person-months, and the sums of these before and after."""
    rows = gathered(months)
    changes: dict[str, Change] = {}
    for old, new in zip(computed(rows, before), computed(rows, after), strict=True):
        if old.standard == new.standard:
            continue
        for fen in old.pays:
            was, will = _amount(old.standard, fen), _amount(new.standard, fen)
            if was != will:
                change = changes.setdefault(old.region, Change(old.region))
                change.months += 1
                change.before += was
                change.after += will
    return sorted(changes.values(), key=lambda change: change.region)


def _amount(given: Standard, fen: int) -> Decimal:
    reached = given.threshold is not None and fen >= given.threshold * 100
    return (given.amount or Decimal(0)) if reached else Decimal(0)
