"""账号申诉 on the staff site (A4): the list, and the page where one is looked at and decided."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse

from accounts import appeal_actions
from accounts.actions import Refused
from accounts.admin_base import ReadOnlyAdmin, ScopedAdmin, in_own_regions, masked
from accounts.appeal_forms import AppealDecisionForm
from accounts.appeal_models import Appeal, AppealFile, AppealFileView
from accounts.appeal_rules import DECIDE_PERMISSION
from common import files, identifiers
from common.transitions import TransitionRefused
from config.middleware import outside_read_only

INVALID = 422


@admin.register(Appeal)
class AppealAdmin(ScopedAdmin):
    """Claims to units of the own regions, oldest first; what was begun and never handed in is not there."""

    desk_group = "网厅管理"
    change_form_template = "admin/appeals/change.html"
    region_field = "unit__handling_region"
    show_id_no = masked("id_no", "证件号码", identifiers.mask_id)
    show_mobile = masked("mobile", "手机号", identifiers.mask_mobile)
    digest_search_fields = ("id_no_digest", "mobile_digest")
    list_display = ("number", "unit", "claimant", "reason", "status", "submitted_at", "decided_at")
    list_filter = ("status", "reason")
    list_select_related = ("unit",)
    search_fields = ("number", "claimant", "unit__name", "unit__uscc")
    search_help_text = "申诉编号、申诉人、单位名称、统一社会信用代码，或完整的证件号码、手机号"
    ordering = ("decided_at", "submitted_at", "pk")
    fields = (
        "number",
        "unit",
        "unit_name",
        "claimant",
        "id_type",
        "show_id_no",
        "show_mobile",
        "email",
        "reason",
        "words",
        "status",
        "submitted_at",
        "decided_at",
        "decided_by",
        "decision_words",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Appeal]:
        return super().get_queryset(request).exclude(status=Appeal.Status.DRAFT)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/decide/", wrap(self.decide), name="appeals_decide"),
            path("papers/<int:pk>/<int:number>/", outside_read_only(wrap(self.paper_page)), name="appeals_paper"),
            *super().get_urls(),
        ]

    def _find(self, request: HttpRequest, pk: int) -> Appeal:
        """A claim of the own regions that was handed in."""
        if not request.user.has_perm(DECIDE_PERMISSION):
            raise PermissionDenied
        return get_object_or_404(self.get_queryset(request).select_related("unit"), pk=pk)

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The claim beside its papers, and the decision."""
        appeal = self._find(request, pk)
        form = AppealDecisionForm(
            request.POST if request.method == "POST" else None,
            initial={"end_clerks": appeal.reason == Appeal.Reason.OCCUPIED},
        )
        approve = "approve" in request.POST
        if request.method == "POST" and form.is_valid() and (approve or "reject" in request.POST):
            try:
                appeal_actions.decide_appeal(appeal=appeal, approve=approve, **form.cleaned_data, by=request.user)
            except (TransitionRefused, Refused) as refused:
                form.add_error(None, str(refused))
            else:
                words = "已通过，新的单位主管已通知，原主管已退出" if approve else "已办理不予通过，已通知申诉人"
                messages.success(request, f"{appeal.number}：{words}")
                return redirect("admin:accounts_appeal_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": f"账号申诉 {appeal.number}",
            "opts": self.opts,
            "appeal": appeal,
            "papers": [_paper(paper) for paper in appeal.files.select_related("file").order_by("slot", "pk")],
            "handlers": appeal.unit.handlers.active().select_related("user").order_by("-role", "name", "pk"),
            "form": form,
        }
        status = INVALID if form.errors else 200
        return render(request, "admin/appeals/decide.html", context, status=status)

    def paper_page(self, request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
        """One page of the evidence as an image; each look is logged first."""
        paper = get_object_or_404(AppealFile.objects.select_related("file"), pk=pk)
        self._find(request, paper.appeal_id)
        appeal_actions.note_view(paper=paper, page=number, by=request.user)
        try:
            return files.page_response(paper.file, number)
        except (files.FileNotReady, files.FileRefused) as reason:
            raise Http404(str(reason)) from reason


def _paper(paper: AppealFile) -> dict[str, Any]:
    """A paper as the page shows it: its pages as images, or why there are none."""
    pages = range(1, (paper.file.pages or 0) + 1) if paper.file.is_clean else ()
    return {
        "title": paper.get_slot_display(),
        "name": paper.file.original_name,
        "state": paper.file.get_state_display(),
        "pages": [reverse("admin:appeals_paper", args=[paper.pk, number]) for number in pages],
    }


@admin.site.add_desk_panel
def appeal_panel(request: HttpRequest) -> tuple[str, dict[str, Any]] | None:
    """Claims that wait, on the first page of who decides them."""
    if not request.user.has_perm(DECIDE_PERMISSION):
        return None
    found = Appeal.objects.filter(status=Appeal.Status.SUBMITTED)
    if not request.user.is_superuser:
        found = found.filter(in_own_regions("unit__handling_region", request.user))
    waiting = found.count()
    if not waiting:
        return None
    url = f"{reverse('admin:accounts_appeal_changelist')}?status__exact={Appeal.Status.SUBMITTED}"
    return "admin/appeals/desk.html", {"waiting": waiting, "url": url}


@admin.register(AppealFileView)
class AppealFileViewAdmin(ReadOnlyAdmin):
    """Who looked at which evidence, for 审计."""

    list_display = ("viewed_at", "viewed_by", "paper", "page")
    list_select_related = ("viewed_by", "paper__appeal")
    search_fields = ("paper__appeal__number", "viewed_by__name")
    search_help_text = "申诉编号或查看人"
    ordering = ("-pk",)
    fields = ("paper", "page", "viewed_by", "viewed_at")
