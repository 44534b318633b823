"""协议和保险单: what people matched in batches still lack, and the upload of one PDF or of a zip (C5)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Unit
from accounts.portal import unit_required
from common import archives, files, identifiers
from common.models import StoredFile
from common.transitions import TransitionRefused
from config.middleware import outside_read_only
from reporting import document_actions, queries
from reporting import documents as documents_of_cases
from reporting.models import Placement, PlacementDocument
from review.portal import crumbs
from review.staff_views import find_case, staff_view

INVALID = 422
SHOWN = 200
TITLE = "见习协议和保险单"


def _unit(request: HttpRequest) -> Unit:
    unit: Unit = request.unit  # type: ignore[attr-defined]
    return unit


def _row(placement: Placement) -> dict[str, Any]:
    kept = {document.kind: document for document in placement.documents.all()}
    return {
        "placement": placement,
        "id_no": identifiers.mask_id(placement.id_no),
        "slots": [
            {
                "kind": kind.value,
                "title": kind.label,
                "upload_url": reverse(f"reporting:upload_{kind.value}", args=[placement.pk]),
                "url": reverse("reporting:document", args=[kept[kind].pk]) if kind in kept else "",
            }
            for kind in PlacementDocument.Kind
        ],
    }


@unit_required
@require_http_methods(["GET", "POST"])
def documents(request: HttpRequest) -> HttpResponse:
    """The people of batch reports with what they have; POST takes a zip and answers for each of its files."""
    outcomes: list[document_actions.Outcome] = []
    complaint = ""
    if request.method == "POST":
        upload = request.FILES.get("file")
        try:
            if upload is None:
                complaint = "请先选择文件"
            else:
                data = upload.read(archives.MAX_BYTES + 1)
                outcomes = document_actions.store_archive(unit=_unit(request), data=data, by=request.user)  # type: ignore[arg-type]
        except archives.ArchiveRefused as refused:
            complaint = str(refused)
    people = queries.placements_of(_unit(request)).valid().filter(case__matter=queries.IMPORT_MATTER)
    context = {
        "rows": [_row(placement) for placement in people.prefetch_related("documents")[:SHOWN]],
        "outcomes": sorted(outcomes, key=lambda outcome: outcome.stored),
        "stored_count": sum(outcome.stored for outcome in outcomes),
        "complaint": complaint,
        "page_title": TITLE,
        "crumbs": crumbs("unit", ("就业见习人员管理", reverse("reporting:placements")), (TITLE, "")),
    }
    return render(request, "reporting/documents.html", context, status=INVALID if complaint else 200)


@unit_required
@require_POST
def upload(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """One PDF of one person."""
    placement = get_object_or_404(queries.placements_of(_unit(request)), pk=pk)
    title = PlacementDocument.Kind(kind).label
    file = request.FILES.get("file")
    try:
        if file is None:
            raise TransitionRefused("请先选择文件")
        document_actions.store_document(
            placement=placement,
            kind=kind,
            content=file.read(),
            name=f"{placement.name}{title}.pdf",
            by=request.user,  # type: ignore[arg-type]
        )
        messages.success(request, f"已上传{placement.name}的{title}")
    except (files.FileRefused, TransitionRefused) as refused:
        messages.error(request, f"{placement.name}的{title}：{refused}")
    return redirect("reporting:documents")


def _reviewed(request: HttpRequest, number: str, pk: int) -> StoredFile:
    """What belongs to a person of a case within the staff member's regions; 404 for anything else."""
    return get_object_or_404(documents_of_cases.of_case(find_case(request, number)), pk=pk).file


@staff_view
@require_safe
def reviewed(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """The PDF for who reviews a case about its person, as a download."""
    try:
        return files.file_response(_reviewed(request, number, pk))
    except files.FileNotReady as waiting:
        raise Http404(str(waiting)) from waiting


@outside_read_only
@staff_view
@require_safe
def reviewed_page(request: HttpRequest, number: str, pk: int, page: int) -> HttpResponseBase:
    """One page of it as an image that the hall has drawn itself."""
    try:
        return files.page_response(_reviewed(request, number, pk), page)
    except (files.FileNotReady, files.FileRefused) as reason:
        raise Http404(str(reason)) from reason


@unit_required
@require_safe
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """The PDF, as a download, for the unit whose person it is."""
    found = get_object_or_404(PlacementDocument.objects.select_related("file"), pk=pk, placement__unit=_unit(request))
    try:
        return files.file_response(found.file)
    except files.FileNotReady as waiting:
        messages.error(request, str(waiting))
        return redirect("reporting:documents")
