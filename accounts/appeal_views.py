"""账号申诉 (A4), without sign-in: the claim, its papers, the receipt, and the look-up."""

from collections.abc import Callable
from typing import Any

from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.generic import FormView

from accounts import appeal_actions
from accounts.appeal_forms import AppealForm, AppealStatusForm
from accounts.appeal_models import Appeal, AppealFile
from accounts.sign_in_views import SendCodeMixin, for_visitors
from common.constraints import explain
from common.files import FileRefused
from common.transitions import TransitionRefused

DRAFT_KEY, RECEIPT_KEY = "appeal", "appeal_receipt"
INVALID = 422
ACCEPT = ".pdf,.jpg,.jpeg,.png"
CRUMBS = [{"title": "首页", "url": "/"}, {"title": "账号申诉", "url": "/accounts/appeal/"}]


@for_visitors
class AppealView(SendCodeMixin, FormView):
    """What is claimed, by whom and why; the papers come on the next page."""

    form_class = AppealForm
    template_name = "accounts/appeal.html"
    extra_context = {"page_title": "账号申诉"}

    def get_initial(self) -> dict[str, Any]:
        return {"uscc": self.request.GET.get("uscc", "")[:18]}

    def form_valid(self, form: forms.Form) -> HttpResponse:
        if not ratelimit.consume(self.request, action="appeal"):
            form.add_error(None, "提交过于频繁，请一小时后再试")
            return self.form_invalid(form)
        values = form.appeal_values()  # type: ignore[attr-defined]
        appeal = appeal_actions.start_appeal(unit=form.unit, values=values, by=None)  # type: ignore[attr-defined]
        self.request.session[DRAFT_KEY] = appeal.pk
        return redirect("accounts:appeal_papers")


def _own_draft(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For the browser that began the claim, until it is handed in; everybody else begins one."""

    @login_not_required
    @never_cache
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        key = request.session.get(DRAFT_KEY)
        appeal = Appeal.objects.filter(pk=key, status=Appeal.Status.DRAFT).select_related("unit").first()
        if appeal is None:
            messages.info(request, "请先填写申诉信息")
            return redirect("accounts:appeal")
        return view(request, appeal=appeal, **kwargs)

    return guarded


def _slot(appeal: Appeal, slot: AppealFile.Slot, error: str = "") -> dict[str, Any]:
    """What the attachment_slot component draws."""
    papers = [paper for paper in appeal.files.select_related("file").order_by("pk") if paper.slot == slot]
    bad = any(paper.file.state in ("infected", "unreadable") for paper in papers)
    return {
        "key": slot.value,
        "title": slot.label,
        "required": True,
        "hint": "写明授权申诉人管理单位账号，加盖单位公章" if slot == AppealFile.Slot.LETTER else "",
        "state": "error" if error or bad else "done" if papers else "missing",
        "exempt_reason": "",
        "mark": "",
        "error": error,
        "files": [
            {
                "name": paper.file.original_name,
                "size": paper.file.size,
                "url": "",
                "preview_url": "",
                "delete_url": reverse("accounts:remove_appeal_paper", args=[paper.pk]),
                "status": paper.file.state,
                "status_label": "" if paper.file.is_clean else paper.file.get_state_display(),
            }
            for paper in papers
        ],
        "upload_url": reverse("accounts:add_appeal_paper", args=[slot.value]),
        "accept": ACCEPT,
        "multiple": True,
        "max_label": "支持 PDF、JPG、PNG，单个文件不超过 20MB",
    }


@_own_draft
@require_GET
def papers(request: HttpRequest, appeal: Appeal) -> HttpResponse:
    """上传材料: licence and authorisation letter."""
    context = {
        "page_title": "上传申诉材料",
        "crumbs": [*CRUMBS, {"title": "上传材料"}],
        "appeal": appeal,
        "slots": [_slot(appeal, slot) for slot in AppealFile.Slot],
    }
    return render(request, "accounts/appeal_papers.html", context)


def _slot_answer(request: HttpRequest, appeal: Appeal, slot: AppealFile.Slot, error: str) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        status = INVALID if error else 200
        return render(request, "components/attachment_slot.html", {"slot": _slot(appeal, slot, error)}, status=status)
    if error:
        messages.error(request, f"{slot.label}：{error}")
    return redirect(f"{reverse('accounts:appeal_papers')}#slot-{slot.value}")


@_own_draft
@require_POST
def add_paper(request: HttpRequest, appeal: Appeal, slot: str) -> HttpResponse:
    """Upload into a slot."""
    if slot not in AppealFile.Slot.values:
        raise Http404
    kind, error = AppealFile.Slot(slot), ""
    limited = ratelimit.consume_or_429(request, action="appeal_upload")
    if limited:
        return limited
    uploads = request.FILES.getlist("file")
    try:
        for upload in uploads:
            appeal_actions.add_paper(appeal=appeal, slot=slot, upload=upload, by=None)
    except (FileRefused, TransitionRefused) as refused:
        error = str(refused)
    return _slot_answer(request, appeal, kind, error if uploads else "请先选择文件")


@_own_draft
@require_POST
def remove_paper(request: HttpRequest, appeal: Appeal, pk: int) -> HttpResponse:
    """Take a paper of the own claim out again."""
    paper = get_object_or_404(appeal.files.select_related("file", "appeal"), pk=pk)
    slot = AppealFile.Slot(paper.slot)
    appeal_actions.remove_paper(paper=paper, by=None)
    return _slot_answer(request, appeal, slot, "")


@_own_draft
@require_POST
def submit(request: HttpRequest, appeal: Appeal) -> HttpResponse:
    """提交; the receipt shows the 查询码 once."""
    try:
        secret = appeal_actions.submit_appeal(appeal=appeal, by=None)
    except TransitionRefused as refused:
        messages.error(request, str(refused))
        return redirect("accounts:appeal_papers")
    except IntegrityError as error:
        messages.error(request, explain(error) or "提交没有成功，请稍后再试")
        return redirect("accounts:appeal_papers")
    del request.session[DRAFT_KEY]
    request.session[RECEIPT_KEY] = {"number": appeal.number, "secret": secret}
    return redirect("accounts:appeal_receipt")


@login_not_required
@never_cache
@require_GET
def receipt(request: HttpRequest) -> HttpResponse:
    """申诉编号 and 查询码, shown to the browser that handed the claim in, once."""
    shown = request.session.pop(RECEIPT_KEY, None)
    if shown is None:
        return redirect("accounts:appeal_status")
    context = {"page_title": "申诉已提交", "crumbs": [*CRUMBS, {"title": "提交成功"}], **shown}
    return render(request, "accounts/appeal_receipt.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def status(request: HttpRequest) -> HttpResponse:
    """查询进度 by number and 查询码; a wrong pair and an unknown one give one answer."""
    form = AppealStatusForm(request.POST if request.method == "POST" else None)
    found = None
    if request.method == "POST":
        limited = ratelimit.consume_or_429(request, action="appeal_status")
        if limited:
            return limited
        if form.is_valid():
            found = appeal_actions.find_appeal(form.cleaned_data["number"], form.cleaned_data["secret"])
            if found is None:
                form.add_error(None, "申诉编号或查询码不正确，请核对后重试")
    context = {
        "page_title": "申诉进度查询",
        "crumbs": [*CRUMBS, {"title": "进度查询"}],
        "form": form,
        "appeal": found,
        "approved": found is not None and found.status == Appeal.Status.APPROVED,
    }
    return render(request, "accounts/appeal_status.html", context, status=INVALID if form.errors else 200)
