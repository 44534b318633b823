"""The staff's pages of batches, objections and recovery; all stand under the staff site's ``admin_view``."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import parameters
from common.sheets import imports
from common.sheets.reading import MAX_BYTES, SheetRefused
from common.transitions import TransitionRefused
from reporting import bank_file, disbursement, payments_queries, publicity
from reporting.models import DisbursementBatch, Payment, PublicityObjection
from reporting.payments import DECIDE_OBJECTION, MAKE, REVIEW
from reporting.payments_forms import BatchForm, ObjectionDecisionForm, ReasonForm, ResultFileForm

INVALID = 422
FAULTS_SHOWN = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"xlsx": XLSX, "txt": "text/plain; charset=gb18030"}


def _need(request: HttpRequest, *permissions: str) -> None:
    if not any(request.user.has_perm(permission) for permission in permissions):
        raise PermissionDenied


def _find_batch(request: HttpRequest, pk: int) -> DisbursementBatch:
    """A batch of the own regions; any other answers 404."""
    own = payments_queries.in_own_regions(request.user, "region")  # type: ignore[arg-type]
    found = DisbursementBatch.objects.filter(own).select_related("region", "made_by", "reviewed_by")
    return get_object_or_404(found, pk=pk)


def _context(request: HttpRequest, title: str, **values: Any) -> dict[str, Any]:
    return {**admin.site.each_context(request), "is_nav_sidebar_enabled": False, "title": title, **values}


# --- Making a batch ------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def make(request: HttpRequest) -> HttpResponse:
    """编制拨付批次: choose region and quarter, look at who would be paid and who not, make it."""
    _need(request, MAKE)
    offered = payments_queries.regions_with_entries(request.user)  # type: ignore[arg-type]
    data = request.POST if request.method == "POST" else request.GET
    form = BatchForm(data if "region" in data else None, regions=offered)
    complaint, status = "", 200
    if request.method == "POST":
        complaint, made = _make(request, form)
        if made is not None:
            messages.success(request, f"批次{made.number}已编制，请财政复核人员复核")
            return redirect("admin:reporting_batch", made.pk)
        status = INVALID
    region = form.cleaned_data["region"] if form.is_bound and form.is_valid() else form.initial["region"]
    context = _context(
        request,
        "编制拨付批次",
        form=form,
        offered=offered,
        preview=disbursement.preview(region) if region else None,
        region_name=dict(offered).get(region, ""),
        complaint=complaint,
    )
    return render(request, "reporting/admin_batch_make.html", context, status=status)


def _make(request: HttpRequest, form: BatchForm) -> tuple[str, DisbursementBatch | None]:
    if not form.is_valid():  # a region where nothing waits any more is no longer offered
        return disbursement.CHANGED if "region" in form.errors else "请选择年度和季度", None
    keys = {parameters.whole_number(text) for text in request.POST.getlist("case")} - {None}
    try:
        made = disbursement.make_batch(
            **form.cleaned_data,
            cases={key for key in keys if key is not None},
            seen=request.POST.get("seen", ""),
            by=request.user,  # type: ignore[arg-type]
        )
    except TransitionRefused as refused:
        return str(refused), None
    return "", made


# --- One batch -----------------------------------------------------------------------------------


@require_safe
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """A batch with its payments, and what may be done now."""
    _need(request, "reporting.view_disbursementbatch")
    return _show(request, _find_batch(request, pk))


def _show(
    request: HttpRequest, found: DisbursementBatch, *, complaint: str = "", faults: Any = (), status: int = 200
) -> HttpResponse:
    makes = request.user.has_perm(MAKE)
    payments = list(found.payments.select_related("unit", "case").order_by("number"))
    corrected = disbursement.payees([payment.case_id for payment in payments])[1]
    context = _context(
        request,
        str(found),
        batch=found,
        payments=payments,
        corrected=set(corrected),
        exports=found.exports.select_related("exported_by"),
        imported=found.results.select_related("imported_by"),
        may_review=found.state == "proposed" and request.user.has_perm(REVIEW) and found.made_by_id != request.user.pk,
        may_cancel=found.state in ("proposed", "approved") and makes,
        may_export=found.state in ("approved", "exported") and makes,
        may_import=found.state == "exported" and makes,
        waiting=sum(payment.state == "sent" for payment in payments),
        result_form=ResultFileForm(label_suffix=""),
        complaint=complaint,
        faults=list(faults)[:FAULTS_SHOWN],
        fault_count=len(faults),
    )
    return render(request, "reporting/admin_batch.html", context, status=status)


def _decide(
    request: HttpRequest,
    *,
    title: str,
    consequence: str,
    back: str,
    form: forms.Form,
    act: Callable[[dict[str, Any]], Any],
    done: str,
    submits: tuple[tuple[str, str], ...] = (),
) -> HttpResponse:
    """Ask on a page of its own and do it; a refusal is shown where it was asked. ``submits`` are further buttons."""
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except TransitionRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, done)
            return redirect(back)
    context = _context(
        request,
        title,
        consequence=consequence,
        back=back,
        form=form,
        submits=submits or (("", title.partition("：")[0]),),
    )
    return render(request, "reporting/admin_decide.html", context, status=INVALID if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """财政复核, by a second person."""
    _need(request, REVIEW)
    found = _find_batch(request, pk)
    approve = request.POST.get("action") == "approve"
    return _decide(
        request,
        title=f"财政复核：{found}",
        consequence=f"{found.payment_count}笔，合计{found.amount}元。复核通过后可以导出银行文件；退回的，批次内的金额可以重新编制。",
        back=reverse("admin:reporting_batch", args=[pk]),
        form=ReasonForm(request.POST or None, required=request.method == "POST" and not approve),
        act=lambda values: disbursement.review_batch(
            batch=found,
            approve=approve,
            reason=values["reason"],
            by=request.user,  # type: ignore[arg-type]
        ),
        done="复核通过，可以导出银行文件" if approve else "已退回",
        submits=(("approve", "复核通过"), ("reject", "退回")),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """作废 before it goes to the bank."""
    _need(request, MAKE)
    found = _find_batch(request, pk)
    return _decide(
        request,
        title=f"作废批次：{found}",
        consequence="批次内的金额恢复为待拨付，可以重新编制批次。",
        back=reverse("admin:reporting_batch", args=[pk]),
        form=ReasonForm(request.POST or None),
        act=lambda values: disbursement.cancel_batch(batch=found, reason=values["reason"], by=request.user),  # type: ignore[arg-type]
        done="批次已作废",
    )


def _download(data: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(data, content_type=TYPES[kind])
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.{kind}"
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """The bank's file; account numbers leave in clear, so that it is a POST and kept on record."""
    _need(request, MAKE)
    found, kind = _find_batch(request, pk), request.POST.get("kind", "xlsx")
    if kind not in TYPES:
        return _show(request, found, complaint="没有这种文件", status=INVALID)
    try:
        data = disbursement.export_batch(batch=found, kind=kind, by=request.user)  # type: ignore[arg-type]
    except TransitionRefused as refused:
        return _show(request, _find_batch(request, pk), complaint=str(refused), status=INVALID)
    return _download(data, f"拨付清单-{found.number}", kind)


@require_safe
def result_template(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet of results, with the numbers and amounts that wait for one."""
    _need(request, MAKE)
    found = _find_batch(request, pk)
    data = bank_file.result_template(found.payments.filter(state="sent").order_by("number"))
    return _download(data, f"拨付结果-{found.number}", "xlsx")


@require_POST
def results(request: HttpRequest, pk: int) -> HttpResponse:
    """回盘: a file of results, taken in as a whole or not at all; all its faults at once, by row."""
    _need(request, MAKE)
    found = _find_batch(request, pk)
    form = ResultFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, found, complaint=form.errors["file"][0], status=INVALID)
    upload = form.cleaned_data["file"]
    data = upload.read(MAX_BYTES + 1)
    if found.results.filter(digest=imports.digest(data)).exists():
        messages.info(request, "该文件已经导入，没有变化")
        return redirect("admin:reporting_batch", pk)
    try:
        read = imports.read(bank_file.RESULTS, data, checks=bank_file.checks(found))
        if not read.ok:
            words = f"文件中有{len(read.errors)}处错误，全部没有导入，请改正后重新上传"
            return _show(request, found, complaint=words, faults=read.errors, status=INVALID)
        rows = [row.values for row in read.rows]
        _, new = disbursement.import_results(
            batch=found,
            rows=rows,
            digest=read.digest,
            name=upload.name or "",
            by=request.user,  # type: ignore[arg-type]
        )
    except (SheetRefused, TransitionRefused) as refused:
        return _show(request, _find_batch(request, pk), complaint=str(refused), status=INVALID)
    failed = sum(row["result"] == bank_file.FAILED for row in rows)
    words = f"已导入{len(rows)}笔结果，其中失败{failed}笔" if new else "该文件已经导入，没有变化"
    messages.success(request, words)
    return redirect("admin:reporting_batch", pk)


# --- Objections, recovery ------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def decide_objection(request: HttpRequest, pk: int) -> HttpResponse:
    """处理异议."""
    _need(request, DECIDE_OBJECTION)
    own = payments_queries.in_own_regions(request.user, "publicity__region")  # type: ignore[arg-type]
    found = get_object_or_404(PublicityObjection.objects.filter(own).select_related("publicity__unit"), pk=pk)
    return _decide(
        request,
        title=f"处理异议：{found}",
        consequence=f"{found.publicity.unit.name}，涉及{found.objected.count()}条。异议内容：{found.reason}",
        back=reverse("admin:reporting_publicityobjection_change", args=[pk]),
        form=ObjectionDecisionForm(request.POST or None, label_suffix=""),
        act=lambda values: publicity.decide_objection(objection=found, by=request.user, **values),  # type: ignore[arg-type]
        done="异议已处理",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def recover(request: HttpRequest, pk: int) -> HttpResponse:
    """登记追回: the money has come back; the claim can be revoked then."""
    _need(request, REVIEW)
    own = payments_queries.in_own_regions(request.user, "batch__region")  # type: ignore[arg-type]
    found = get_object_or_404(Payment.objects.filter(own).select_related("unit"), pk=pk)
    return _decide(
        request,
        title=f"登记追回：{found}",
        consequence=f"{found.unit.name}已将{found.amount}元全额退回后，方可登记。登记后不能撤回，该申领可以撤销。",
        back=reverse("admin:reporting_payment_change", args=[pk]),
        form=ReasonForm(request.POST or None),
        act=lambda values: disbursement.recover_payment(payment=found, reason=values["reason"], by=request.user),  # type: ignore[arg-type]
        done="已登记追回",
    )
