"""Filling in a case: pages, rows and autosave."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from common import parameters
from review import actions, answers, matters, submission
from review.forms import PageForm, bind, typed
from review.grid_views import grid_page
from review.matters import CaseValues, Grid, Info, Page, RowFault, Rows, Sheet
from review.models import Case, PageDraft
from review.portal import case_url, editing, editing_context, find_page, open_corrections
from review.sheet_views import sheet_page

CONFLICT, INVALID = 409, 422
KEPT = "已暂存，您可以随时回来继续填写"


def _revision(request: HttpRequest) -> int:
    """The revision that the form was opened with."""
    return parameters.whole_number(request.POST.get("revision")) or 0


def _draft(case: Case, page: str) -> PageDraft:
    return PageDraft.objects.filter(case=case, page=page).first() or PageDraft(case=case, page=page, revision=0)


@editing
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, portal: str, case: Case, page: str) -> HttpResponse:
    """One page of the application."""
    values = submission.load_values(case)
    declared = find_page(matters.get(case.matter).pages(case, values), page)
    if isinstance(declared, Rows):
        return _rows_page(request, portal, case, values, declared)
    if isinstance(declared, Grid):
        return grid_page(request, portal, case, values, declared)
    if isinstance(declared, Sheet):
        return sheet_page(request, portal, case, values, declared)
    if isinstance(declared, Info):
        return _info_page(request, portal, case, values, declared)
    return _form_page(request, portal, case, values, declared)


def _info_page(request: HttpRequest, portal: str, case: Case, values: CaseValues, page: Info) -> HttpResponse:
    context = editing_context(case, values, portal, page.key, page.title)
    context |= {"page": page, "facts": [{"label": title, "value": text} for title, text in page.facts(case)]}
    return render(request, _templates(case, page.key, "info"), context)


def _templates(case: Case, page: str, kind: str) -> list[str]:
    """A matter's own template for a page if there is one, else the generic one."""
    return [f"matters/{case.matter}/{page}.html", f"review/page_{kind}.html"]


def _form_page(request: HttpRequest, portal: str, case: Case, values: CaseValues, page: Page) -> HttpResponse:
    if request.method == "POST":
        return _post_form(request, portal, case, values, page)
    form = submission.page_form(page, case, values)
    _mark(form, case, page.key)
    if "check" not in request.GET and not open_corrections(case):
        form.without_judgement()
    return _show_form(request, portal, case, values, page, form, _draft(case, page.key).revision)


def _show_form(
    request: HttpRequest,
    portal: str,
    case: Case,
    values: CaseValues,
    page: Page,
    form: PageForm,
    revision: int,
    *,
    status: int = 200,
    conflict: dict[str, Any] | None = None,
) -> HttpResponse:
    context = editing_context(case, values, portal, page.key, page.title)
    context |= {
        "page": page,
        "form": form,
        "revision": revision,
        "autosave_url": case_url(case, "autosave", page=page.key),
        "conflict": conflict,
    }
    return render(request, _templates(case, page.key, "form"), context, status=status)


def _mark(form: PageForm, case: Case, page: str, row: str = "") -> None:
    """Show the reviewer's reasons at the fields they name."""
    for correction in open_corrections(case):
        if correction.page == page and str(correction.row_key or "") == row and correction.field in form.fields:
            form.fields[correction.field].widget.attrs["data-mark"] = correction.reason


def _post_form(request: HttpRequest, portal: str, case: Case, values: CaseValues, page: Page) -> HttpResponse:
    blank = page.form(case=case, values=values)
    content = typed(request.POST, blank)
    form = page.form(bind(content), case=case, values={**values, page.key: content})
    _mark(form, case, page.key)
    if "region_refresh" in request.POST:
        return _show_form(request, portal, case, values, page, form.without_judgement(), _revision(request))
    overwrite = request.POST.get("keep") == "mine"
    try:
        revision = actions.save_page(case, page.key, content, _revision(request), by=request.user, overwrite=overwrite)
    except actions.Conflict as conflict:
        shown = _conflict(page, case, values, content, conflict)
        form.without_judgement()
        return _show_form(
            request, portal, case, values, page, form, conflict.draft.revision, status=CONFLICT, conflict=shown
        )
    if request.POST.get("action") == "save":
        messages.success(request, KEPT)
        return redirect(case_url(case))
    values = submission.load_values(case)
    if not form.is_valid():
        return _show_form(request, portal, case, values, page, form, revision, status=INVALID)
    return redirect(editing_context(case, values, portal, page.key, page.title)["after_url"])


def _conflict(
    page: Page, case: Case, values: CaseValues, mine: dict[str, Any], conflict: actions.Conflict
) -> dict[str, Any]:
    """Both versions in words, of the fields that differ."""
    my_form = page.form(bind(mine), case=case, values=values)
    their_form = page.form(bind(conflict.draft.values), case=case, values=values)
    rows = []
    for name, form_field in my_form.fields.items():
        here = answers.in_words(form_field, my_form[name].value())
        there = answers.in_words(form_field, their_form[name].value()) if name in their_form.fields else ""
        if here != there:
            rows.append({"label": form_field.label, "mine": here, "theirs": there})
    return {
        "conflict_rows": rows,
        "conflict_by": str(conflict.draft.saved_by),
        "conflict_at": conflict.draft.saved_at,
        "revision": conflict.draft.revision,
        "reload_url": case_url(case, "page", page=page.key),
    }


@editing
@require_POST
def autosave(request: HttpRequest, portal: str, case: Case, page: str) -> HttpResponse:
    """Keep what was typed so far; the answer is the line that says so, or both versions after a conflict."""
    values = submission.load_values(case)
    declared = find_page(matters.get(case.matter).pages(case, values), page)
    if not isinstance(declared, Page):
        raise Http404
    content = typed(request.POST, declared.form(case=case, values=values))
    try:
        revision = actions.save_page(case, page, content, _revision(request), by=request.user)
    except actions.Conflict as conflict:
        shown = _conflict(declared, case, values, content, conflict)
        return render(request, "components/conflict.html", shown, status=CONFLICT)
    response = render(request, "review/autosaved.html", {"draft": _draft(case, page)})
    response["X-Revision"] = str(revision)
    return response


# --- Rows ----------------------------------------------------------------------------------


def _rows_page(request: HttpRequest, portal: str, case: Case, values: CaseValues, page: Rows) -> HttpResponse:
    if request.method == "POST":
        return _post_rows(request, portal, case, values, page)
    row = next((r for r in submission.row_values(page, values) if r["key"] == request.GET.get("row")), None)
    if row:
        form = submission.row_form(page, case, values, row)
        _mark(form, case, page.key, row["key"])
    else:
        form = page.form(case=case, values=values)
    return _show_rows(request, portal, case, values, page, form, row["key"] if row else "")


def _show_rows(
    request: HttpRequest,
    portal: str,
    case: Case,
    values: CaseValues,
    page: Rows,
    form: PageForm,
    key: str = "",
    *,
    status: int = 200,
    complaint: str = "",
) -> HttpResponse:
    context = editing_context(case, values, portal, page.key, page.title)
    section = next(s for s in answers.sections(case, values) if s.key == page.key)
    labels = {name: page.form.base_fields[name].label for name in page.columns}
    marks = {str(c.row_key): c.reason for c in open_corrections(case) if c.page == page.key and c.row_key}
    context |= {
        "page": page,
        "form": form,
        "row_key": key,
        "labels": labels.values(),
        "rows": [
            {
                "key": row.key,
                "cells": [(labels[a.field], a.text) for a in row.answers if a.field in labels],
                "edit_url": f"{case_url(case, 'page', page=page.key)}?row={row.key}#row-form",
                "delete_url": case_url(case, "delete_row", page=page.key, row=row.key),
                "mark": marks.get(row.key, ""),
            }
            for row in section.rows
        ],
        "revision": _draft(case, page.key).revision,
        "complaint": complaint,
    }
    return render(request, _templates(case, page.key, "rows"), context, status=status)


def _post_rows(request: HttpRequest, portal: str, case: Case, values: CaseValues, page: Rows) -> HttpResponse:
    key = request.POST.get("row", "")
    blank = page.form(case=case, values=values)
    content = typed(request.POST, blank)
    form = page.form(bind(content), case=case, values=values)
    if request.POST.get("action") in ("next", "save"):
        return _leave_rows(request, portal, case, values, page, form, content)
    if "region_refresh" in request.POST:
        return _show_rows(request, portal, case, values, page, form.without_judgement(), key)
    if not form.is_valid():
        return _show_rows(request, portal, case, values, page, form, key, status=INVALID)
    known = {row["key"] for row in submission.row_values(page, values)}
    content["key"] = key if key in known else ""
    if faults := _beside_others(case, values, page, content):
        for fault in faults:
            form.add_error(fault.field if fault.field in form.fields else None, fault.reason)
        return _show_rows(request, portal, case, values, page, form, key, status=INVALID)
    try:
        actions.save_row(case, page, content, _revision(request), by=request.user)
    except actions.Conflict:
        complaint = "列表已在其他窗口或由其他经办人修改，已显示最新内容；您填写的内容保留在表单中，请核对后再保存"
        values = submission.load_values(case)
        return _show_rows(request, portal, case, values, page, form, key, status=CONFLICT, complaint=complaint)
    messages.success(request, f"已{'修改' if key else '增加'}")
    return redirect(case_url(case, "page", page=page.key))


NEW_ROW = "new"


def _beside_others(case: Case, values: CaseValues, page: Rows, row: dict[str, Any]) -> list[RowFault]:
    """What would be wrong with a row in the list that it is to be put into."""
    if page.check is None:
        return []
    row = {**row, "key": row["key"] or NEW_ROW}
    others = [other for other in submission.row_values(page, values) if other["key"] != row["key"]]
    found = page.check(case, {**values, page.key: {"rows": [*others, row]}})
    return [fault for fault in found if fault.row == row["key"]]


def _leave_rows(
    request: HttpRequest,
    portal: str,
    case: Case,
    values: CaseValues,
    page: Rows,
    form: PageForm,
    content: dict[str, Any],
) -> HttpResponse:
    """下一步 or 暂存: a row that was typed but not added must not be lost; to go on, the list must be complete."""
    initial = {name: str(page.form(case=case, values=values)[name].value() or "") for name in page.form.base_fields}
    if any(value and value != initial.get(name, "") for name, value in content.items()):
        complaint = "下方填写的一条尚未加入列表，请先点击“保存到列表”，或清空后再继续"
        return _show_rows(request, portal, case, values, page, form, status=INVALID, complaint=complaint)
    if request.POST.get("action") == "save":
        messages.success(request, KEPT)
        return redirect(case_url(case))
    if problems := submission.page_problems(page, case, values):
        blank = page.form(case=case, values=values)
        return _show_rows(request, portal, case, values, page, blank, status=INVALID, complaint=problems[0].message)
    return redirect(editing_context(case, values, portal, page.key, page.title)["after_url"])


@editing
@require_POST
def delete_row(request: HttpRequest, portal: str, case: Case, page: str, row: str) -> HttpResponse:
    """Take a row out of the list."""
    declared = find_page(matters.get(case.matter).pages(case, submission.load_values(case)), page)
    if not isinstance(declared, Rows):
        raise Http404
    try:
        actions.delete_row(case, declared, str(row), _revision(request), by=request.user)
        messages.success(request, "已删除")
    except actions.Conflict:
        messages.error(request, "列表已在其他窗口或由其他经办人修改，请核对后再删除")
    return redirect(case_url(case, "page", page=page))
