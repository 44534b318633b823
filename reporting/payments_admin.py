"""补贴公示, 公示异议, 拨付批次 and 拨付 on the staff site: lists of the own regions; pages and decisions beside them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.html import format_html

from common import identifiers, parameters
from reporting import figures_views, payments_queries, payments_staff
from reporting.models import DisbursementBatch, LedgerLine, Payment, Publicity, PublicityObjection
from reporting.payments import DECIDE_OBJECTION, REVIEW
from reporting.publicity import public_url
from review.admin import ReadOnlyAdmin


class _ScopedAdmin(ReadOnlyAdmin):
    """Rows of the own regions."""

    desk_group = "补贴公示和拨付"
    region_field = "region"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        own = payments_queries.in_own_regions(request.user, self.region_field)  # type: ignore[arg-type]
        return super().get_queryset(request).filter(own)


@admin.register(Publicity)
class PublicityAdmin(_ScopedAdmin):
    """补贴公示, with the way to the public page."""

    list_display = ("unit", "case", "region", "state", "starts_on", "ends_on", "period")
    list_filter = ("state", "starts_on")
    list_select_related = ("unit", "case", "region")
    search_fields = ("unit__name", "case__number")
    search_help_text = "单位名称或办件编号"
    fields = (
        "case",
        "unit",
        "region",
        "state",
        ("starts_on", "ends_on", "period"),
        "opened_at",
        "opened_by",
        "closed_at",
        "withdrawn_at",
        "withdrawn_by",
        "page",
    )
    readonly_fields = ("page",)

    @admin.display(description="公示页面")
    def page(self, row: Publicity) -> str:
        return format_html('<a href="{0}">{0}</a>', public_url(row))


@admin.register(PublicityObjection)
class PublicityObjectionAdmin(_ScopedAdmin):
    """公示异议: who objected is shown in clear only to those who decide."""

    region_field = "publicity__region"
    change_form_template = "reporting/admin_change.html"
    list_display = ("number", "publicity", "state", "raised_at", "decided_at", "decided_by")
    list_filter = ("state", "raised_at")
    list_select_related = ("publicity__unit", "publicity__case", "decided_by")
    search_fields = ("number", "publicity__unit__name", "publicity__case__number")
    search_help_text = "回执编号、单位名称或办件编号"
    fields = (
        "number",
        "publicity",
        "state",
        "objected_entries",
        "reason",
        "who",
        "how",
        "raised_at",
        "decision",
        "decided_at",
        "decided_by",
    )
    readonly_fields = ("objected_entries", "who", "how")

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/decide/", wrap(payments_staff.decide_objection), name="reporting_objection_decide"),
            *super().get_urls(),
        ]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        hidden = () if request.user.has_perm(DECIDE_OBJECTION) else ("who", "how", "reason")
        return [name for name in self.fields if name not in hidden]

    @admin.display(description="涉及的条目")
    def objected_entries(self, row: PublicityObjection) -> str:
        return "；".join(
            f"{one.entry}（{one.entry.get_state_display()}）" for one in row.objected.select_related("entry")
        )

    @admin.display(description="提出人")
    def who(self, row: PublicityObjection) -> str:
        return row.name

    @admin.display(description="联系方式")
    def how(self, row: PublicityObjection) -> str:
        return row.contact

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        may = row is not None and row.state == "open" and request.user.has_perm(DECIDE_OBJECTION)
        decisions = [("admin:reporting_objection_decide", "处理异议")] if may else []
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "decisions": decisions})


@admin.register(DisbursementBatch)
class DisbursementBatchAdmin(_ScopedAdmin):
    """拨付批次: opening one leads to its own page."""

    list_display = ("number", "region", "year", "quarter", "state", "payment_count", "amount", "made_by", "made_at")
    list_filter = ("state", "year", "quarter")
    list_select_related = ("region", "made_by")
    search_fields = ("number", "payments__unit__name", "payments__case__number")
    search_help_text = "批次编号、单位名称或办件编号"
    desk_links = (("编制拨付批次", "admin:reporting_batch_make"), ("补贴拨付统计", "admin:reporting_subsidy_figures"))

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("make/", wrap(payments_staff.make), name="reporting_batch_make"),
            path("figures/", wrap(figures_views.figures), name="reporting_subsidy_figures"),
            path("<int:pk>/batch/", wrap(payments_staff.batch), name="reporting_batch"),
            path("<int:pk>/review/", wrap(payments_staff.review), name="reporting_batch_review"),
            path("<int:pk>/cancel/", wrap(payments_staff.cancel), name="reporting_batch_cancel"),
            path("<int:pk>/export/", wrap(payments_staff.export), name="reporting_batch_export"),
            path("<int:pk>/template/", wrap(payments_staff.result_template), name="reporting_batch_template"),
            path("<int:pk>/results/", wrap(payments_staff.results), name="reporting_batch_results"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The batch's own page takes the place of the form."""
        if not self.has_view_permission(request):
            return super().change_view(request, object_id, form_url, extra_context)
        row = get_object_or_404(self.get_queryset(request), pk=parameters.whole_number(object_id) or 0)
        return redirect("admin:reporting_batch", row.pk)


@admin.register(Payment)
class PaymentAdmin(_ScopedAdmin):
    """拨付, one by one; account numbers are masked."""

    region_field = "batch__region"
    change_form_template = "reporting/admin_change.html"
    list_display = ("number", "unit", "case", "amount", "state", "paid_on", "failure")
    list_filter = ("state", "paid_on")
    list_select_related = ("unit", "case")
    search_fields = ("number", "unit__name", "case__number")
    search_help_text = "拨付编号、单位名称或办件编号"
    fields = (
        ("number", "batch"),
        ("case", "unit"),
        ("holder", "bank", "branch", "cnaps"),
        "masked_account",
        ("amount", "state"),
        ("paid_on", "failure", "settled_at"),
    )
    readonly_fields = ("masked_account",)

    def get_urls(self) -> list[URLPattern]:
        recover = self.admin_site.admin_view(payments_staff.recover)
        return [path("<int:pk>/recover/", recover, name="reporting_payment_recover"), *super().get_urls()]

    @admin.display(description="账号")
    def masked_account(self, row: Payment) -> str:
        return identifiers.mask_account(row.account_no)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        may = row is not None and row.state == "paid" and request.user.has_perm(REVIEW)
        decisions = [("admin:reporting_payment_recover", "登记追回")] if may else []
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "decisions": decisions})


@admin.register(LedgerLine)
class LedgerLineAdmin(_ScopedAdmin):
    """拨付台账: every step of every amount."""

    region_field = "entry__region"
    list_display = ("at", "entry", "step", "amount", "payment", "actor", "reason")
    list_filter = ("transition", "at")
    list_select_related = ("entry", "payment", "actor")
    search_fields = ("payment__number", "entry__publicity__case__number")
    search_help_text = "拨付编号或办件编号"
    ordering = ("-pk",)
    fields = ("entry", "step", "amount", "payment", "reason", "at", "actor")
    readonly_fields = ("step",)

    @admin.display(description="状态变化")
    def step(self, row: LedgerLine) -> str:
        return payments_queries.step_words(row.source, row.target)
