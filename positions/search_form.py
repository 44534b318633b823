"""From a search address to a query, and from a result to filters with counts and links: the address holds it all."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from common import regions
from positions import facets, search
from positions.search import Cursor, Hit, Query, Result

MAX_KEYWORD = 40
_CURSOR = re.compile(r"(\d{1,20})\.(\d{1,18})")
_EPOCH = datetime.fromtimestamp(0, tz=timezone.get_fixed_timezone(0))
_MICROSECOND = timedelta(microseconds=1)
# What may stand in an address besides the cursor, in the order in which links write it.
KEYS = ("q", "city", "region", "days", *(dimension.key for dimension in facets.DIMENSIONS), "sort")


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a filter, with how many positions it has (None: not known)."""

    value: str
    label: str
    total: int | None
    selected: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter of the form; ``short`` ones are shown as chips, others as a select."""

    key: str
    title: str
    options: list[Option]
    short: bool = False

    @property
    def chosen(self) -> Option | None:
        return next((option for option in self.options if option.selected), None)


class SearchForm:
    """The public search form over a GET address; unknown values count as not given."""

    def __init__(self, data: QueryDict | Mapping[str, str], *, offices: tuple[tuple[str, str], ...] = ()) -> None:
        self.keyword = data.get("q", "").strip()[:MAX_KEYWORD]
        self.city, self.region = _place(data.get("city", ""), data.get("region", ""))
        self.chosen = {
            dimension.key: data.get(dimension.key, "")
            for dimension in facets.DIMENSIONS
            if data.get(dimension.key, "") in dict(dimension.options)
        }
        self.days = data.get("days", "") if data.get("days", "") in search.PERIODS else ""
        self.sort = data.get("sort", "") if data.get("sort", "") in search.SORTS else "new"
        self.offices = offices
        self.cursor = self._cursor(data)

    @property
    def query(self) -> Query:
        """The search that the address stands for."""
        return Query(
            city=self.city,
            region=self.region,
            filters=self.chosen,
            since=self._since(),
            words=search.words_of(self.keyword),
            sort=self.sort,
            offices=self.offices,
        )

    def _since(self) -> datetime | None:
        if not self.days:
            return None
        today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        return today - timedelta(days=int(self.days) - 1)

    # --- The place in the list ---------------------------------------------------------------

    def _cursor(self, data: QueryDict | Mapping[str, str]) -> Cursor | None:
        if data.get("last"):
            return Cursor(None, 0, backwards=True)
        for key, backwards in (("after", False), ("before", True)):
            if found := _CURSOR.fullmatch(data.get(key, "")):
                return Cursor(self._decode(int(found[1])), int(found[2]), backwards)
        return None

    def _decode(self, number: int) -> datetime | Decimal:
        if self.sort == "pay":
            return Decimal(number) / 100
        return _EPOCH + min(number, 253_402_300_799_000_000) * _MICROSECOND

    def _encode(self, hit: Hit) -> str:
        if self.sort == "pay":
            return f"{int(hit.allowance * 100)}.{hit.id}"
        return f"{(hit.published_at - _EPOCH) // _MICROSECOND}.{hit.id}"

    # --- Addresses ---------------------------------------------------------------------------

    def values(self) -> dict[str, str]:
        """What is asked, by address key, without the place in the list and without defaults."""
        given = {"q": self.keyword, "city": self.city, "region": self.region, "days": self.days, **self.chosen}
        given["sort"] = "" if self.sort == "new" else self.sort
        return {key: given[key] for key in KEYS if given.get(key)}

    def address(self, **changes: str) -> str:
        """The query string for the same search with some values changed; "" takes one off. Begins with ``?``."""
        given = self.values() | changes
        if "city" in changes:
            given["region"] = changes.get("region", "")
        return "?" + urlencode({key: value for key, value in given.items() if value})

    def place(self) -> str:
        """The query string of this very page, the place in the list included."""
        cursor = self.cursor
        if cursor is None:
            return self.address()
        if cursor.value is None:
            return self.address(last="1")
        return self.address(**{"before" if cursor.backwards else "after": self._number(cursor)})

    @staticmethod
    def _number(cursor: Cursor) -> str:
        if isinstance(cursor.value, datetime):
            return f"{(cursor.value - _EPOCH) // _MICROSECOND}.{cursor.id}"
        return f"{int((cursor.value or 0) * 100)}.{cursor.id}"

    def pages(self, result: Result) -> dict[str, str]:
        """Addresses of the neighbouring, first and last pages; "" where there is none."""
        hits = result.hits
        return {
            "next": self.address(after=self._encode(hits[-1])) if result.has_next and hits else "",
            "previous": self.address(before=self._encode(hits[0])) if result.has_previous and hits else "",
            "first": self.address() if result.has_previous else "",
            "last": self.address(last="1") if result.has_next else "",
        }

    # --- Filters -----------------------------------------------------------------------------

    def filters(self, result: Result, cities: list[str]) -> list[Filter]:
        """All filters with their counts. ``cities`` are the codes of cities that have positions."""
        found = [self._city_filter(result, cities)]
        if self.city and (counties := regions.handling_choices(self.city)):
            found.append(self._filter("region", "县（市、区）", counties, self.region, result))
        for dimension in facets.DIMENSIONS:
            chosen = self.chosen.get(dimension.key, "")
            short = len(dimension.options) < 7
            found.append(self._filter(dimension.key, dimension.title, dimension.options, chosen, result, short))
        found.append(self._filter("days", "发布时间", list(search.PERIODS.items()), self.days, result))
        return found

    def _city_filter(self, result: Result, cities: list[str]) -> Filter:
        codes = sorted({*cities, self.city} - {""})
        several = len({code[:2] for code in codes}) > 1
        name = regions.path_name if several else (lambda code: regions.get(code).name)
        return self._filter("city", "见习区域", [(code, name(code)) for code in codes], self.city, result)

    @staticmethod
    def _filter(key: str, title: str, options: Any, chosen: str, result: Result, short: bool = False) -> Filter:
        counts = result.counts.get(key)
        listed = [
            Option(value, label, counts.get(value, 0) if counts is not None else None, value == chosen)
            for value, label in options
        ]
        # Values that nobody offers only make the list longer.
        shown = [option for option in listed if option.selected or option.total != 0]
        return Filter(key, title, shown, short)

    def taken_off(self, filters: list[Filter]) -> list[dict[str, str]]:
        """What is asked, as words with the address that takes it off."""
        found = [{"label": f"“{self.keyword}”", "url": self.address(q="")}] if self.keyword else []
        for one in filters:
            if option := one.chosen:
                found.append({"label": option.label, "url": self.address(**{one.key: ""})})
        return found


def _place(city: str, region: str) -> tuple[str, str]:
    """A city and a county of it (or 市本级: the city's own code); what does not fit counts as not given."""
    if not regions.exists(city):
        city = regions.city_of(region) if regions.exists(region) else ""
    if city and region in dict(regions.handling_choices(city)):
        return city, region
    return city, ""


def run(form: SearchForm) -> Result:
    """The result page of a form."""
    return search.run(form.query, form.cursor)


def total_words(total: int | None) -> str:
    """How many positions there are: exactly, or 1000+."""
    return f"{search.CAP}+" if total is None else f"{total:,}"


_BACK_ROOTS = ("/positions/", "/individual/positions/", "/individual/favourites/", "/unit/positions/")


def safe_back(address: str, default: str) -> str:
    """Where 返回 leads: the list that was come from, if it is one of the hall's own; else ``default``."""
    odd = "\\" in address or ".." in address.partition("?")[0]
    fits = address.startswith(_BACK_ROOTS) and len(address) < 1000 and not odd
    return address if fits and url_has_allowed_host_and_scheme(address, allowed_hosts=None) else default
