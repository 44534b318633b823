"""The rosters as lists: filters, orders, pages by key, capped counts. A page costs the same in a unit of 50,000."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.db import models
from django.db.models import Q, QuerySet

from common import codes, identifiers, parameters
from insurance import tokens
from insurance.models import Enrolment, InsuredUnit, Retiree

PAGE_SIZE = 50
MOST_COUNTED = 1000
_SEPARATOR = "~"

Row = TypeVar("Row", Enrolment, Retiree)


@dataclass(frozen=True, slots=True)
class Order:
    """An order that an index serves: a column that is never empty, then the primary key."""

    column: str
    descending: bool = False


SERVICE_ORDERS = {
    "number": Order("person_number"),
    "newest": Order("starts_on", descending=True),
    "oldest": Order("starts_on"),
}
RETIRED_ORDERS = {
    "number": Order("person_number"),
    "newest": Order("retired_on", descending=True),
    "oldest": Order("retired_on"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody filters a roster by; all empty is the whole roster. Months are their first days."""

    name: str = ""
    person_number: str = ""
    months_from: date | None = None
    months_to: date | None = None
    state: str = ""
    kind: str = ""
    order: str = "number"

    def stored(self) -> dict[str, str]:
        """The filters as JSON, those in use only."""
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name in self.__dataclass_fields__
            if (value := getattr(self, name))
        }

    @classmethod
    def restored(cls, stored: dict[str, str]) -> "Choice":
        """The filters back from JSON."""
        dated = {name: parameters.day(stored[name]) for name in ("months_from", "months_to") if name in stored}
        return replace(cls(**stored), **dated)  # type: ignore[arg-type]


def _searched(rows: Any, unit: InsuredUnit, choice: Choice) -> Any:
    if words := tokens.query_tokens(unit.pk, choice.name):
        rows = rows.filter(tokens__contains=words)
    elif choice.name:
        rows = rows.none()
    if number := identifiers.normalise(choice.person_number):
        # The beginning of a number, as a range of the index.
        rows = rows.filter(person_number__gte=number, person_number__lt=number + "\U0010ffff")
    return rows


def in_service(unit: InsuredUnit, choice: Choice) -> QuerySet[Enrolment]:
    """在职花名册 of a kind (AAE140; the pension of government units if none is chosen), filtered (JX 6.2).

    缴费起止年月 finds whose paid months here reach into the given months.
    """
    rows = Enrolment.objects.in_service(unit, choice.kind or codes.GOVERNMENT_PENSION)
    if choice.state:
        rows = rows.filter(state=choice.state)
    if choice.months_from:
        rows = rows.filter(last_paid__gte=choice.months_from)
    if choice.months_to:
        rows = rows.filter(first_paid__lte=choice.months_to)
    return _searched(rows, unit, choice)


def retired(unit: InsuredUnit, choice: Choice) -> QuerySet[Retiree]:
    """退休花名册, filtered by 离退休起止年月 and 发放状态, too (JX 6.3)."""
    rows = Retiree.objects.of_unit(unit)
    if choice.state:
        rows = rows.filter(pay_state=choice.state)
    if choice.kind:
        rows = rows.filter(kind=choice.kind)
    if choice.months_from:
        rows = rows.filter(retired_on__gte=choice.months_from)
    if choice.months_to:
        rows = rows.filter(retired_on__lt=_next_month(choice.months_to))
    return _searched(rows, unit, choice)


def _next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


# --- Pages ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """A page of a roster, with the keys of its neighbours ("" for none)."""

    rows: list[Row]
    before: str = ""
    after: str = ""


def page(rows: QuerySet[Any], order: Order, *, after: str = "", before: str = "") -> Page[Any]:
    """The rows next to a key; a key that is none counts as the beginning."""
    forward = not before
    key = _parse(rows.model, order, after or before)
    ahead = order.descending != forward  # towards greater values
    if key is not None:
        rows = rows.filter(_beyond(order.column, key, ahead))
    sign = "" if ahead else "-"
    found = list(rows.order_by(f"{sign}{order.column}", f"{sign}pk").select_related("person")[: PAGE_SIZE + 1])
    more, found = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    if not forward:
        found.reverse()
    behind = key is not None
    return Page(
        found,
        before=_key(found[0], order) if found and (behind if forward else more) else "",
        after=_key(found[-1], order) if found and (more if forward else behind) else "",
    )


def _beyond(column: str, key: tuple[Any, int], ahead: bool) -> Q:
    value, pk = key
    way = "gt" if ahead else "lt"
    # The first condition bounds the index scan, the second leaves out what was seen.
    return Q(**{f"{column}__{way}e": value}) & (Q(**{f"{column}__{way}": value}) | Q(**{f"pk__{way}": pk}))


def _key(row: Enrolment | Retiree, order: Order) -> str:
    value = getattr(row, order.column)
    return f"{value.isoformat() if isinstance(value, date) else value}{_SEPARATOR}{row.pk}"


def _parse(model: type[models.Model], order: Order, text: str) -> tuple[Any, int] | None:
    value, _, pk = text.rpartition(_SEPARATOR)
    if not value or not pk.isascii() or not pk.isdecimal() or len(pk) > 18:
        return None
    if isinstance(model._meta.get_field(order.column), models.DateField):
        day = parameters.day(value)
        return (day, int(pk)) if day else None
    return (value, int(pk)) if value.isprintable() else None


def count(rows: QuerySet[Any]) -> int:
    """How many rows there are, counted up to one more than MOST_COUNTED."""
    return rows.order_by()[: MOST_COUNTED + 1].count()


def total_words(found: int) -> str:
    """共 38 人, or 共 1000+ 人."""
    return f"共 {MOST_COUNTED}+ 人" if found > MOST_COUNTED else f"共 {found} 人"


def link(parameters_in_use: dict[str, str], **changed: str) -> str:
    """A link to the same page with other parameters."""
    return "?" + urlencode({name: value for name, value in (parameters_in_use | changed).items() if value})


def walk(rows: QuerySet[Any], order: Order, chunk: int = 1000) -> Iterator[list[Any]]:
    """All rows in their order, chunk by chunk by key, so that memory is bounded and no cursor is held."""
    sign = "-" if order.descending else ""
    ordered = rows.order_by(f"{sign}{order.column}", f"{sign}pk").select_related("person")
    key: tuple[Any, int] | None = None
    while True:
        part = ordered if key is None else ordered.filter(_beyond(order.column, key, not order.descending))
        found = list(part[:chunk])
        if found:
            yield found
        if len(found) < chunk:
            return
        key = (getattr(found[-1], order.column), found[-1].pk)
