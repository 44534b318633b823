"""Policies (政策参数) are dated data: which keys exist is code, their values are rows.

A value is looked up for a region and a day: the nearest region on the way up that has a row wins,
then the nation-wide row (design §9). Where nothing is stored nothing is guessed: ``value`` gives
None, ``require`` raises PolicyMissing, whose text the reader sees.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from common import regions
from common.models import PolicyValue

Kind = Literal["money", "ratio", "days", "months", "count", "flag", "text", "list", "table"]


@dataclass(frozen=True, slots=True)
class PolicyKey:
    """One policy: what it is called, how its text is read, and in which unit it is shown.

    ``entries`` are the names that a table may give figures for. ``pattern`` is what a whole text must look like;
    ``help`` says it in words.
    """

    key: str
    title: str
    kind: Kind
    unit: str = ""
    help: str = ""
    entries: tuple[str, ...] = ()
    pattern: str = ""


class PolicyMissing(LookupError):
    """No value is stored for a policy; the message is Chinese and begins with 待配置."""

    def __init__(self, policy: PolicyKey, region: str, on: date) -> None:
        place = regions.path_name(region) if region and regions.exists(region) else "全国"
        super().__init__(f"待配置：{place}{on:%Y年%-m月%-d日}的{policy.title}")
        self.policy, self.region, self.on = policy, region, on


class UnknownPolicy(LookupError):
    """The key was never registered: a mistake in the program, not in the data."""


_registry: dict[str, PolicyKey] = {}


def register(*keys: PolicyKey) -> None:
    """Declare policies; the same declaration may come twice, a different one for a key may not."""
    for policy in keys:
        if _registry.setdefault(policy.key, policy) != policy:
            raise ValueError(f"policy {policy.key} is declared twice")


def get(key: str) -> PolicyKey:
    """The declaration of a key; raises UnknownPolicy."""
    try:
        return _registry[key]
    except KeyError:
        raise UnknownPolicy(key) from None


def all_keys() -> Iterator[PolicyKey]:
    """All declared policies in the order of their keys."""
    return iter(sorted(_registry.values(), key=lambda policy: policy.key))


def _money(text: str) -> Decimal:
    amount = Decimal(text)
    if not amount.is_finite() or amount < 0 or amount != round(amount, 2):
        raise ValueError
    return amount


def _ratio(text: str) -> Decimal:
    ratio = Decimal(text)
    if not ratio.is_finite() or ratio < 0:
        raise ValueError
    return ratio


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise ValueError
    return int(text)


def _table(text: str) -> dict[str, Decimal]:
    table: dict[str, Decimal] = {}
    for part in text.split(","):
        name, _, figure = (piece.strip() for piece in part.partition(":"))
        if not name or name in table:
            raise ValueError
        table[name] = _ratio(figure)
    return table


_FLAGS = {"on": True, "off": False}
_READERS: dict[str, tuple[Callable[[str], Any], str]] = {
    "money": (_money, "应为不小于0、最多两位小数的金额"),
    "ratio": (_ratio, "应为不小于0的小数，例如0.6表示60%"),
    "days": (_whole, "应为整数天数"),
    "months": (_whole, "应为整数月数"),
    "count": (_whole, "应为不小于0的整数"),
    "flag": (lambda text: _FLAGS[text], "应为on（开启）或off（关闭）"),
    "text": (str, ""),
    "list": (
        lambda text: tuple(part.strip() for part in text.split(",") if part.strip()),
        "应为逗号分隔的列表",
    ),
    "table": (_table, "应为逗号分隔的“名称:数值”，名称不重复，例如管理五级:1.2,管理六级:1.1"),
}


def parse(policy: PolicyKey, text: str) -> Any:
    """The typed value of a stored text; raises ValidationError in Chinese."""
    if policy.pattern and not re.fullmatch(policy.pattern, text.strip()):
        raise ValidationError(f"{policy.title}应填写：{policy.help}")
    read, hint = _READERS[policy.kind]
    try:
        value = read(text.strip())
    except (ValueError, KeyError, InvalidOperation):
        raise ValidationError(f"{policy.title}{hint}") from None
    if policy.kind == "table" and (unknown := [name for name in value if name not in policy.entries]):
        raise ValidationError(f"{policy.title}没有“{'、'.join(unknown)}”，应为{'、'.join(policy.entries)}")
    return value


def display(policy: PolicyKey, text: str) -> str:
    """The value as readers see it, with its unit."""
    value = parse(policy, text)
    if policy.kind == "flag":
        return "开启" if value else "关闭"
    if policy.kind == "ratio":
        return f"{(value * 100).normalize():f}%"
    if policy.kind == "list":
        return "、".join(value)
    if policy.kind == "table":
        return "、".join(f"{name} {figure.normalize():f}{policy.unit}" for name, figure in value.items())
    return f"{value}{policy.unit}"


def _rows(key: str, region: str, on: date | None = None) -> QuerySet[PolicyValue]:
    codes = [place.code for place in regions.ancestors(region)] if region else []
    found = PolicyValue.objects.filter(Q(region__in=codes) | Q(region__isnull=True), key=get(key).key)
    if on is None:
        return found
    return found.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)


_remembered: ContextVar[dict[tuple[str, str], list[PolicyValue]] | None] = ContextVar("policies", default=None)
_parsed: ContextVar[dict[tuple[str, str, date], Any] | None] = ContextVar("parsed_policies", default=None)


@contextmanager
def remembered() -> Iterator[None]:
    """Inside the block each policy is asked once per region, whatever the days: for rules over thousands of rows."""
    rows_token, values_token = _remembered.set({}), _parsed.set({})
    try:
        yield
    finally:
        _remembered.reset(rows_token)
        _parsed.reset(values_token)


def _in_force(key: str, region: str, on: date) -> list[PolicyValue]:
    known = _remembered.get()
    if known is None:
        return list(_rows(key, region, on))
    if (key, region) not in known:
        known[key, region] = list(_rows(key, region))
    return [
        found
        for found in known[key, region]
        if found.valid_from <= on and (found.valid_to is None or on <= found.valid_to)
    ]


def row(key: str, region: str, on: date) -> PolicyValue | None:
    """The row in force for a region code (blank: the whole country) on a day, with its source."""
    found = _in_force(key, region, on)
    # Codes of nearer regions end in fewer zeros, so they compare greater than those above them.
    return max(found, key=lambda value: value.region_id or "", default=None)


def rows_of(keys: Iterable[str], region: str, on: date) -> dict[str, PolicyValue]:
    """The rows in force of several keys at once, by key; keys without one are left out. One query."""
    codes = [place.code for place in regions.ancestors(region)] if region else []
    in_force = Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on))
    wanted = [get(key).key for key in keys]
    found = PolicyValue.objects.filter(in_force, Q(region__in=codes) | Q(region__isnull=True), key__in=wanted)
    return {row.key: row for row in sorted(found, key=lambda row: row.region_id or "")}


def read(row: PolicyValue) -> Any:
    """The typed value of a row."""
    return parse(get(row.key), row.value)


def value(key: str, region: str, on: date) -> Any:
    """The typed value in force (Decimal, int, bool, str or tuple), or None when none is stored."""
    known = _parsed.get()
    if known is not None and (key, region, on) in known:
        return known[key, region, on]
    found = row(key, region, on)
    parsed = None if found is None else parse(get(key), found.value)
    if known is not None:
        known[key, region, on] = parsed
    return parsed


def require(key: str, region: str, on: date) -> Any:
    """Like ``value``, but raises PolicyMissing when none is stored."""
    found = value(key, region, on)
    if found is None:
        raise PolicyMissing(get(key), region, on)
    return found


def by_year(key: str, region: str) -> dict[int, PolicyValue]:
    """Figures that are set anew every year, by the year in which each came into force.

    A year without a row of its own has no figure: last year's is not carried on. The nearest region wins.
    """
    codes = [place.code for place in regions.ancestors(region)] if region else []
    found = PolicyValue.objects.filter(Q(region__in=codes) | Q(region__isnull=True), key=get(key).key)
    ranked = sorted(found, key=lambda row: (row.region_id or "", row.valid_from))
    return {row.valid_from.year: row for row in ranked}


def values(key: str, on: date) -> dict[str, Any]:
    """All values of a key in force on a day by region code (blank: the whole country), for sets of rows."""
    policy = get(key)
    in_force = Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on))
    return {
        found.region_id or "": parse(policy, found.value)
        for found in PolicyValue.objects.filter(in_force, key=policy.key)
    }


class Book:
    """Rows of some policies held in memory and resolved like ``row``, for sets of questions; one query to load."""

    def __init__(self, rows: Iterable[PolicyValue]) -> None:
        self._rows: dict[tuple[str, str], list[PolicyValue]] = {}
        self._near: dict[tuple[str, str], list[PolicyValue]] = {}
        for stored in rows:
            self._rows.setdefault((stored.key, stored.region_id or ""), []).append(stored)

    @classmethod
    def load(cls, *keys: str) -> "Book":
        """The book of these policies as they are stored now."""
        return cls(PolicyValue.objects.filter(key__in=[get(key).key for key in keys]))

    def changed(self, *, without: PolicyValue | None = None, plus: PolicyValue | None = None) -> "Book":
        """The book as it would be without one row, or with another one in its place."""
        rows = [row for found in self._rows.values() for row in found if without is None or row.pk != without.pk]
        return Book([*rows, plus] if plus is not None else rows)

    def row(self, key: str, region: str, on: date) -> PolicyValue | None:
        """The row in force for a region code on a day; the nearest region on the way up wins."""
        return self.rows((key,), region, on)[0]

    def rows(self, keys: tuple[str, ...], region: str, on: date) -> list[PolicyValue | None]:
        """The rows in force of several policies, in their order."""
        found: list[PolicyValue | None] = []
        for key in keys:
            near = self._near.get((key, region))
            if near is None:
                near = self._near[key, region] = self._candidates(key, region)
            for stored in near:
                if stored.valid_from <= on and (stored.valid_to is None or on <= stored.valid_to):
                    found.append(stored)
                    break
            else:
                found.append(None)
        return found

    def _candidates(self, key: str, region: str) -> list[PolicyValue]:
        """All rows of a policy that may apply to a region, the nearest first."""
        codes = [place.code for place in regions.ancestors(region)] if region else []
        return [stored for code in (*codes, "") for stored in self._rows.get((key, code), ())]

    def value(self, key: str, region: str, on: date) -> Any:
        """The typed value in force, or None when none is stored."""
        found = self.row(key, region, on)
        return None if found is None else parse(get(key), found.value)


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """A value for display: with its policy, where it applies, and where it comes from."""

    policy: PolicyKey
    place: str
    text: str
    valid_from: date
    valid_to: date | None
    source: str
    note: str


def rows(region: str = "", *, on: date | None = None, keys: tuple[str, ...] = ()) -> list[PolicyRow]:
    """Values with their sources, by title and date: for a region and those above it, or all of them.

    With ``on`` only those in force that day; with ``keys`` only those policies.
    """
    found = PolicyValue.objects.order_by("key", "region_id", "valid_from")
    if region:
        codes = [place.code for place in regions.ancestors(region)]
        found = found.filter(Q(region__in=codes) | Q(region__isnull=True))
    if on:
        found = found.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)
    if keys:
        found = found.filter(key__in=keys)
    return [_for_display(stored) for stored in found if stored.key in _registry]


def _for_display(stored: PolicyValue) -> PolicyRow:
    policy = get(stored.key)
    return PolicyRow(
        policy=policy,
        place=regions.path_name(stored.region_id) if stored.region_id else "全国",
        text=display(policy, stored.value),
        valid_from=stored.valid_from,
        valid_to=stored.valid_to,
        source=stored.source,
        note=stored.note,
    )
