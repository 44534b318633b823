"""Filling a page from a spreadsheet: 模板下载, 选择文件, the faults, 仅导入正确行."""

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from common import files
from common.models import StoredFile
from common.sheets.reading import MAX_BYTES, SheetRefused
from common.sheets.templates import blank_template
from review import actions, matters, sheets, submission
from review.matters import CaseValues, Sheet
from review.models import Case, PageDraft
from review.portal import case_url, editing, editing_context, find_page, get_case, portal_view

INVALID = 422
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sheet_page(request: HttpRequest, portal: str, case: Case, values: CaseValues, page: Sheet) -> HttpResponse:
    """The page of a spreadsheet: GET shows what the last file held, POST takes a file or a decision about it."""
    if request.method != "POST":
        return _show(request, portal, case, values, page)
    action = request.POST.get("action", "")
    if action == "correct":
        _save(request, case, page, {**values.get(page.key, {}), "only_correct": True})
        return _go_on(request, portal, case, page)
    if action == "next":
        return _go_on(request, portal, case, page)
    return _upload(request, portal, case, values, page)


def _upload(request: HttpRequest, portal: str, case: Case, values: CaseValues, page: Sheet) -> HttpResponse:
    upload = request.FILES.get("file")
    if upload is None:
        return _show(request, portal, case, values, page, "请先选择文件", status=INVALID)
    upload.seek(0)
    data, name = upload.read(MAX_BYTES + 1), upload.name or "文件.xlsx"
    try:
        # In one transaction: no stored file without the draft that names it.
        with transaction.atomic():
            result, content = sheets.read_and_keep(page, data, name=name, by=request.user)  # type: ignore[arg-type]
            _save(request, case, page, content)
    except SheetRefused as refused:
        return _show(request, portal, case, values, page, str(refused), status=INVALID)
    if result.ok:
        messages.success(request, f"已读取{len(result.rows)}行，没有错误，请核对后进入下一步")
    return redirect(case_url(case, "page", page=page.key))


def _save(request: HttpRequest, case: Case, page: Sheet, content: dict[str, Any]) -> None:
    """A file replaces the one before as a whole, so that there is nothing to merge."""
    actions.save_page(case, page.key, content, 0, by=request.user, overwrite=True)  # type: ignore[arg-type]


def _go_on(request: HttpRequest, portal: str, case: Case, page: Sheet) -> HttpResponse:
    values = submission.load_values(case)
    if problems := sheets.problems(page, values):
        return _show(request, portal, case, values, page, problems[0], status=INVALID)
    return redirect(editing_context(case, values, portal, page.key, page.title)["after_url"])


def _show(
    request: HttpRequest,
    portal: str,
    case: Case,
    values: CaseValues,
    page: Sheet,
    complaint: str = "",
    *,
    status: int = 200,
) -> HttpResponse:
    content = values.get(page.key, {})
    rows = sheets.rows_of(page, values, sheets.SHOWN_ROWS)
    context = editing_context(case, values, portal, page.key, page.title)
    context |= {
        "page": page,
        "file_name": content.get("name", ""),
        "total": content.get("total", 0),
        "correct": sheets.count(page, values),
        "preview": sheets.preview_of(page, values),
        "in_background": sheets.count(page, values) > sheets.ROWS_IN_A_REQUEST,
        "notices": content.get("notices", []),
        "faults": sheets.faults_of(page, values)[: sheets.SHOWN_ROWS],
        "fault_count": content.get("fault_count", 0),
        "only_correct": content.get("only_correct", False),
        "marked_url": case_url(case, "sheet_marked", page=page.key) if content.get("marked") else "",
        "original_url": case_url(case, "sheet_original", page=page.key) if content.get("original") else "",
        "template_url": case_url(case, "sheet_template", page=page.key),
        "titles": [column.title for column in page.columns.columns],
        "lines": [[(title, text) for _, title, text in sheets.cells_of(page, row, False)] for row in rows],
        "complaint": complaint,
    }
    return render(request, "review/page_sheet.html", context, status=status)


def _declared(case: Case, key: str) -> Sheet:
    page = find_page(matters.get(case.matter).pages(case, submission.load_values(case)), key)
    if not isinstance(page, Sheet):
        raise Http404
    return page


@editing
@require_safe
def template(request: HttpRequest, portal: str, case: Case, page: str) -> HttpResponse:
    """模板下载."""
    columns = _declared(case, page).columns
    response = HttpResponse(blank_template(columns), content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(columns.title)}.xlsx"
    return response


@editing
@require_safe
def marked(request: HttpRequest, portal: str, case: Case, page: str) -> HttpResponse:
    """The workbook that was handed in, with its faults marked."""
    declared = _declared(case, page)
    draft = get_object_or_404(PageDraft, case=case, page=declared.key)
    if not draft.values.get("marked"):
        raise Http404
    return files.file_response(get_object_or_404(StoredFile, pk=draft.values["marked"]))


@portal_view
@require_safe
def original(request: HttpRequest, portal: str, number: str, page: str) -> HttpResponse:
    """The file as it was handed in, of a draft or of the last submission."""
    case = get_case(request, portal, number)
    stored = sheets.original_of(case, page, submission.current_values(case))
    if stored is None:
        raise Http404
    try:
        return files.file_response(stored)
    except files.FileNotReady as waiting:
        messages.error(request, str(waiting))
        return redirect(case_url(case))
