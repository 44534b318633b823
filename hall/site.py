"""Where a visitor is (region), and the facts of the site there. Read from one cached table."""

from dataclasses import dataclass

from django.core.cache import caches
from django.http import HttpRequest

from common import regions
from hall.models import SiteFacts, SupportContact

REGION_COOKIE = "region"
_CACHE_KEY = "hall.site"
_CACHE_SECONDS = 60


@dataclass(frozen=True)
class Contact:
    """A support telephone."""

    title: str
    phone: str
    hours: str
    address: str


@dataclass(frozen=True)
class Table:
    """Everything about the site that staff edit: facts by province, contacts by region."""

    facts: dict[str, dict]
    contacts: dict[str, list[Contact]]


def table() -> Table:
    """The site's table; at most a minute old, and new at once in the process that changed it."""
    found = caches["local"].get(_CACHE_KEY)
    if found is None:
        found = _read()
        caches["local"].set(_CACHE_KEY, found, _CACHE_SECONDS)
    return found


def forget(**_: object) -> None:
    """Drop the cached table; a receiver of the models' save and delete signals."""
    caches["local"].delete(_CACHE_KEY)


def _read() -> Table:
    facts = {
        row.region_id: {
            "name": row.name,
            "host": row.host,
            "code": row.code,
            "icp": row.icp,
            "police": row.police,
            "police_url": row.police_url,
            "report_url": row.report_url,
            "demonstration": row.demonstration,
        }
        for row in SiteFacts.objects.order_by("region_id")
    }
    contacts: dict[str, list[Contact]] = {}
    for row in SupportContact.objects.order_by("region_id", "position", "pk"):
        contacts.setdefault(row.region_id, []).append(Contact(row.title, row.phone, row.hours, row.address))
    return Table(facts, contacts)


def region_of(request: HttpRequest) -> str:
    """Code of the region that the visitor chose; "" for none, which means the whole hall."""
    code = request.COOKIES.get(REGION_COOKIE, "")
    return code if len(code) == 6 and code.isdigit() and regions.exists(code) else ""


def provinces() -> list[str]:
    """Codes of the provinces that the hall serves."""
    return list(table().facts)


def facts_for(code: str) -> dict:
    """Facts of the province that a region lies in; for no region those of the only (or first) province."""
    found = table().facts
    province = regions.province_of(code) if code else ""
    return found.get(province) or next(iter(found.values()), {})


def contacts_for(code: str) -> list[tuple[str, list[Contact]]]:
    """Support telephones by region name, the nearest office first; for no region those of the provinces."""
    found = table().contacts
    codes = [place.code for place in regions.ancestors(code)] if code else provinces()
    return [(regions.get(c).name, found[c]) for c in codes if c in found]
