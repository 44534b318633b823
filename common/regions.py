"""Questions about regions (行政区划, GB/T 2260), answered from the code and from one cached table.

In forms the first select is the city, the second 市本级 or a county. 市本级 is no code of its own:
a case handled by the city itself carries the city's code.
"""

from dataclasses import dataclass

from django.db.models import Q

from common.models import Region

PROVINCE, CITY, COUNTY = (
    Region.Level.PROVINCE.value,
    Region.Level.CITY.value,
    Region.Level.COUNTY.value,
)
CITY_ITSELF = "市本级"

_PREFIX_DIGITS = {PROVINCE: 2, CITY: 4, COUNTY: 6}


@dataclass(frozen=True, slots=True)
class Place:
    """A region as the cache holds it."""

    code: str
    name: str
    parent: str
    level: str


class UnknownRegion(LookupError):
    """No region has this code; the message is Chinese."""

    def __init__(self, code: str) -> None:
        super().__init__(f"没有区划代码为{code}的地区")


_table: tuple[dict[str, Place], dict[str, list[Place]]] | None = None


def _load() -> tuple[dict[str, Place], dict[str, list[Place]]]:
    """All regions by code, and children by parent code; read once per process.

    Regions change only with a deployment (``load_regions``), so a process looks again
    only when it is asked for a code that it does not know; an empty table is not remembered.
    """
    global _table
    if _table is None:
        places: dict[str, Place] = {}
        below: dict[str, list[Place]] = {}
        rows = Region.objects.order_by("code").values_list("code", "name", "parent_id", "level")
        for code, name, parent, level in rows:
            place = Place(code, name, parent or "", level)
            places[code] = place
            below.setdefault(place.parent, []).append(place)
        if not places:
            return {}, {}
        _table = places, below
    return _table


def forget() -> None:
    """Drop what this process remembers, after regions were loaded."""
    global _table
    _table = None


def get(code: str) -> Place:
    """The region with this code; raises UnknownRegion."""
    place = _load()[0].get(code)
    if place is None and Region.objects.filter(code=code).exists():
        forget()
        place = _load()[0].get(code)
    if place is None:
        raise UnknownRegion(code)
    return place


def exists(code: str) -> bool:
    """Whether a region has this code."""
    try:
        return bool(get(code))
    except UnknownRegion:
        return False


def children(code: str = "") -> list[Place]:
    """The regions directly below ``code``, by code; all provinces for the empty code."""
    return _load()[1].get(code, [])


def ancestors(code: str) -> list[Place]:
    """The region itself, then its parents, near to far; raises UnknownRegion."""
    found = [get(code)]
    while found[-1].parent:
        found.append(get(found[-1].parent))
    return found


def path_name(code: str) -> str:
    """The full name, such as 山西省太原市小店区."""
    return "".join(place.name for place in reversed(ancestors(code)))


def handling_name(code: str) -> str:
    """How a handling region (业务办理属地) is shown: a city handles its own cases as 太原市本级."""
    place = get(code)
    if place.level == CITY and children(code):
        return f"{place.name}本级"
    return place.name


def handling_path_name(code: str) -> str:
    """``handling_name`` with the province and city before it."""
    above = "".join(place.name for place in reversed(ancestors(code)[1:]))
    return above + handling_name(code)


def handling_choices(city: str) -> list[tuple[str, str]]:
    """Who may handle a case in this city: 市本级 (the city's own code), then its counties.

    A city without counties offers only itself; a province offers what it governs directly.
    """
    place = get(city)
    counties = [(child.code, child.name) for child in children(city) if child.level == COUNTY]
    if place.level != CITY:
        return counties or [(place.code, place.name)]
    return [(place.code, CITY_ITSELF if counties else place.name), *counties]


def first_choices(province: str) -> list[tuple[str, str]]:
    """What the first select offers in a province: its cities, and counties that it governs directly."""
    return [(child.code, child.name) for child in children(province)]


def province_of(code: str) -> str:
    """The code of the province that a region lies in."""
    return code[:2] + "0000"


def city_of(code: str) -> str:
    """The code of the region's city; the province's where it governs the region directly."""
    for place in ancestors(code):
        if place.level != COUNTY:
            return place.code
    raise UnknownRegion(code)


def level_of(code: str) -> str:
    """province, city or county."""
    return get(code).level


def scope_prefix(scope: str) -> str:
    """The digits that all codes within ``scope`` begin with: two, four or six."""
    return scope[: _PREFIX_DIGITS[get(scope).level]]


def in_scope(code: str, scope: str) -> bool:
    """Whether a region lies within the scope of an office (itself included)."""
    return bool(code) and code.startswith(scope_prefix(scope))


def scope_q(field: str, scope: str) -> Q:
    """Condition for ``field`` (a column of codes, or a foreign key to Region) to lie within ``scope``.

    A county is compared exactly; a province or city by a range of codes, which any index on the
    column serves (LIKE would need an index of its own).
    """
    prefix = scope_prefix(scope)
    if len(prefix) == 6:
        return Q(**{field: scope})
    return Q(**{f"{field}__gte": prefix.ljust(6, "0"), f"{field}__lte": prefix.ljust(6, "9")})
