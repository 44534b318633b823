"""见习协议 and 保险单 beside a case: whom a report or an import is about, and what was handed in for them (C5, C10)."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from common import identifiers
from reporting.models import Placement, PlacementDocument
from reporting.queries import IMPORT_MATTER, REPORT_MATTER, REVISION_MATTER
from review import submission
from review.models import Case

# How many people the review page lists; an import may name ten thousand.
SHOWN = 200


def people_of(case: Case) -> QuerySet[Placement]:
    """The placements that a monthly report, its revision or an import is about; nobody for other cases."""
    mine = Placement.objects.valid().filter(unit=case.unit_id)
    if case.matter in (REPORT_MATTER, REVISION_MATTER):
        rows = submission.current_values(case).get("people", {}).get("rows", [])
        return mine.filter(pk__in=[row["key"] for row in rows])
    if case.matter == IMPORT_MATTER:
        return mine.filter(id_no_digest__in=case.persons.values("id_no_digest"))
    return mine.none()


def of_case(case: Case) -> QuerySet[PlacementDocument]:
    """What was handed in for the people of a case."""
    return PlacementDocument.objects.filter(placement__in=people_of(case)).select_related("file", "placement")


def review_panel(case: Case) -> list[tuple[str, dict[str, Any]]]:
    """The panel of the review page: everybody with the two documents; none where the case is about nobody."""
    people = people_of(case).select_related("case").prefetch_related("documents__file").order_by("name", "pk")
    total = people.count()
    if not total:
        return []
    rows = [_row(case, placement) for placement in people[:SHOWN]]
    return [("reporting/documents_panel.html", {"rows": rows, "total": total, "shown": len(rows)})]


def _row(case: Case, placement: Placement) -> dict[str, Any]:
    kept = {document.kind: document for document in placement.documents.all()}
    registered = placement.case if placement.case.matter != IMPORT_MATTER else None
    return {
        "name": placement.name,
        "id_no": identifiers.mask_id(placement.id_no),
        "registered": registered,
        "slots": [_slot(case, placement, kind, kept.get(kind)) for kind in PlacementDocument.Kind],
    }


def _slot(
    case: Case, placement: Placement, kind: PlacementDocument.Kind, document: PlacementDocument | None
) -> dict[str, Any]:
    slot: dict[str, Any] = {"title": kind.label, "of": f"{placement.name}的{kind.label}"}
    if document is None:
        return slot | {"state": "未上传"}
    if not document.file.is_clean:
        return slot | {"state": document.file.get_state_display()}
    pages = range(1, (document.file.pages or 0) + 1)
    name = "admin:reporting_placement_document"
    return slot | {
        "url": reverse(name, args=[case.number, document.pk]),
        "pages": [reverse(f"{name}_page", args=[case.number, document.pk, page]) for page in pages],
    }
