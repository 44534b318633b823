"""Filling in a grid: one table, saved as a whole."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from common.sheets.columns import YesNo
from review import actions, grids, submission
from review.matters import CaseValues, Grid
from review.models import Case, PageDraft
from review.portal import case_url, editing_context, open_corrections

CONFLICT, INVALID = 409, 422


def grid_page(request: HttpRequest, portal: str, case: Case, values: CaseValues, page: Grid) -> HttpResponse:
    """The page of a grid: GET draws it, POST keeps what was typed and goes on when all of it is right."""
    draft = PageDraft.objects.filter(case=case, page=page.key).first()
    stored = draft.revision if draft else 0
    if request.method != "POST":
        return _show(request, portal, case, values, page, stored, judged=draft is not None)
    content = grids.posted(page, case, values, request.POST)
    mine = {**values, page.key: content}
    if request.POST.get("action") == "compute":
        return _show(request, portal, case, mine, page, stored, judged=False)
    revision = request.POST.get("revision", "0")
    given = int(revision) if revision.isdigit() and len(revision) < 10 else 0
    try:
        stored = actions.save_page(case, page.key, content, given, by=request.user)  # type: ignore[arg-type]
    except actions.Conflict as conflict:
        complaint = "本页已在其他窗口或由其他经办人修改；下面是您填写的内容，核对后再次保存将覆盖对方的内容"
        return _show(request, portal, case, mine, page, conflict.draft.revision, complaint, status=CONFLICT)
    if request.POST.get("action") == "save":
        messages.success(request, "已暂存，您可以随时回来继续填写")
        return redirect(case_url(case))
    if submission.page_problems(page, case, mine):
        return _show(request, portal, case, mine, page, stored, status=INVALID)
    return redirect(editing_context(case, mine, portal, page.key, page.title)["after_url"])


def _show(
    request: HttpRequest,
    portal: str,
    case: Case,
    values: CaseValues,
    page: Grid,
    revision: int,
    complaint: str = "",
    *,
    judged: bool = True,
    status: int = 200,
) -> HttpResponse:
    typed = grids.rows_of(page, case, values)
    marks = [c.reason for c in open_corrections(case) if c.page == page.key]
    context = editing_context(case, values, portal, page.key, page.title)
    context |= {
        "page": page,
        "rows": [_row(page, row, judged) for row in typed],
        "fault_count": sum(len(row.faults) for row in typed) if judged else 0,
        "revision": revision,
        "marks": marks,
        "complaint": complaint,
    }
    return render(request, "review/page_grid.html", context, status=status)


def _row(page: Grid, typed: grids.TypedRow, judged: bool) -> dict[str, Any]:
    return {
        "key": typed.row.key,
        "name": typed.row.cells[0],
        "url": typed.row.url,
        "facts": list(zip(page.headings[1:], typed.row.cells[1:], strict=True)),
        "cells": [
            {
                "name": f"{typed.row.key}.{column.key}",
                "title": column.title,
                "value": typed.texts[column.key],
                "fault": typed.faults.get(column.key, "") if judged else "",
                "type": "date" if column.number_format == "yyyy-mm-dd" else "text",
                "choices": ("是", "否") if isinstance(column, YesNo) else (),
            }
            for column in page.columns
        ],
        "computed": page.compute(typed.row, typed.values) if not typed.faults else "",
    }
