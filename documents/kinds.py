"""Which kinds of documents the hall issues; each app declares its own with ``@register``."""

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from accounts.models import Individual, Unit
from common import policies, regions
from documents.models import DocumentBatch, IssuedDocument


@dataclass(frozen=True)
class Draft:
    """What is to be issued: the words of the document, to whom, and by which office.

    ``key`` is what it is about: the same key gives the same document again. ``snapshot`` holds plain
    JSON values only, exactly as the template prints them.
    """

    key: str
    owner: Individual | Unit
    region: str
    issuer: str
    subject: str
    snapshot: dict[str, Any]
    subject_digest: str = ""


class DocumentKind:
    """One kind of document (证明种类); its classes hold no state."""

    code: ClassVar[str]
    title: ClassVar[str]
    prefix: ClassVar[str]
    template: ClassVar[str]
    # The policy that says for how many months it can be verified; "" for documents that do not run out.
    validity_policy: ClassVar[str] = ""

    def valid_until(self, region: str, on: date) -> date | None:
        """The last day on which verification confirms it; raises PolicyMissing."""
        if not self.validity_policy:
            return None
        return add_months(on, policies.require(self.validity_policy, region, on))

    def summary(self, snapshot: Mapping[str, Any]) -> list[tuple[str, str]]:
        """What verification shows to anybody: masked, so that it confirms a paper and reveals nothing (design §8)."""
        raise NotImplementedError

    def context(self, snapshot: Mapping[str, Any]) -> dict[str, Any]:
        """What the template gets."""
        return dict(snapshot)

    def may_download(self, document: IssuedDocument, individual: Individual | None, unit: Unit | None) -> bool:
        """Whether the person or unit acting gets the file: whom it was issued to."""
        if document.unit_id:
            return unit is not None and document.unit_id == unit.pk
        return individual is not None and document.individual_id == individual.pk

    def drafts(self, batch: DocumentBatch, subject_keys: Iterable[str]) -> dict[str, Draft | str]:
        """For kinds made in batches: the draft for each subject, or the reason why there is none, in Chinese."""
        raise NotImplementedError


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


_registry: dict[str, DocumentKind] = {}


def register(kind: type[DocumentKind]) -> type[DocumentKind]:
    """Class decorator: declare a kind of document."""
    if kind.code in _registry or any(other.prefix == kind.prefix for other in _registry.values()):
        raise ValueError(f"document kind {kind.code} is declared twice")
    _registry[kind.code] = kind()
    return kind


def get(code: str) -> DocumentKind:
    """The kind with a code; raises KeyError."""
    return _registry[code]


def all_kinds() -> list[DocumentKind]:
    """All kinds in the order of declaration."""
    return list(_registry.values())


def issuer_of(region: str) -> str:
    """The office of a region that issues: 太原市小店区人力资源和社会保障局, of a province …厅."""
    names = [place.name for place in reversed(regions.ancestors(region))]
    return "".join(names[1:] or names) + ("人力资源和社会保障局" if names[1:] else "人力资源和社会保障厅")
