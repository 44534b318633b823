"""Placements, approved months and objections on the staff site: read-only lists of the own regions."""

from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html_join

from accounts.queries import staff_regions
from common import crypto, identifiers
from reporting import document_views, rules
from reporting import payments_admin as _payments_admin  # noqa: F401  (registers its models)
from reporting.models import ClaimedMonth, Objection, PersonMonth, Placement
from reporting.subsidy import explain
from review.admin import ReadOnlyAdmin
from review.staff_queries import in_regions


class _ScopedAdmin(ReadOnlyAdmin):
    """Rows whose position is handled in one of the own regions."""

    desk_group = "就业见习"
    region_field = ""

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)
        if request.user.is_superuser:  # type: ignore[union-attr]
            return rows
        return rows.filter(in_regions(staff_regions(request.user), self.region_field))  # type: ignore[arg-type]


class StandingFilter(admin.SimpleListFilter):
    """见习中, or 期满待确认: whose term is over without a 减员申请."""

    title = "见习状态"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("running", "见习中"), ("awaiting", "期满待确认"), ("left", "已上报不在岗")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        today: date = timezone.localdate()
        rows: Any = queryset
        found = {"running": lambda: rows.running(today), "awaiting": lambda: rows.awaiting(today), "left": rows.left}
        return found[self.value()]() if self.value() in found else queryset  # type: ignore[index]


@admin.register(Placement)
class PlacementAdmin(_ScopedAdmin):
    """就业见习: found by name, unit or whole ID number."""

    region_field = "position__region"
    list_display = ("name", "unit", "position", "starts_on", "ends_on", "standing")
    list_filter = (StandingFilter, "category")
    list_select_related = ("unit", "position")
    search_fields = ("name", "unit__name")
    search_help_text = "姓名、单位名称或完整证件号码"
    fields = (
        ("name", "masked_id"),
        ("unit", "position"),
        ("category", "standing"),
        ("agreement_no", "signed_on"),
        ("starts_on", "ends_on"),
        ("living_standard", "mentor"),
        ("insurer", "policy_no", "premium"),
        ("insured_from", "insured_to"),
        ("ended_on", "end_reason"),
        "case",
    )
    readonly_fields = ("masked_id", "standing")

    def get_urls(self) -> list[URLPattern]:
        """What was handed in for people of a case, for who reviews it; before the admin's own addresses."""
        wrap, document = self.admin_site.admin_view, "cases/<slug:number>/documents/<int:pk>/"
        return [
            path(document, wrap(document_views.reviewed), name="reporting_placement_document"),
            path(
                f"{document}pages/<int:page>/",
                wrap(document_views.reviewed_page),
                name="reporting_placement_document_page",
            ),
            *super().get_urls(),
        ]

    @admin.display(description="证件号码")
    def masked_id(self, row: Placement) -> str:
        return identifiers.mask_id(row.id_no)

    @admin.display(description="见习状态")
    def standing(self, row: Placement) -> str:
        return rules.standing(row, timezone.localdate())

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        text = identifiers.normalise(search_term)
        if any(character.isdigit() for character in text):
            return queryset.filter(id_no_digest=crypto.digest(text)), False
        return super().get_search_results(request, queryset, search_term)


@admin.register(PersonMonth)
class PersonMonthAdmin(_ScopedAdmin):
    """见习人月: what approved monthly reports say, with the computed subsidy."""

    region_field = "placement__position__region"
    list_display = ("placement", "month", "days", "net_pay", "subsidy", "subsidy_reason", "in_force")
    list_filter = ("in_force", "category", "month")
    list_select_related = ("placement",)
    search_fields = ("placement__name", "placement__unit__name")


@admin.register(Objection)
class ObjectionAdmin(_ScopedAdmin):
    """见习异议 and the answers; the filter finds those without one."""

    region_field = "placement__position__region"
    list_display = ("placement", "subject", "text", "raised_at", "answer", "answered_at")
    list_filter = ("subject", ("answered_at", admin.EmptyFieldListFilter))
    list_select_related = ("placement",)
    search_fields = ("placement__name", "placement__unit__name")


@admin.register(ClaimedMonth)
class ClaimedMonthAdmin(_ScopedAdmin):
    """已申领人月: which claim holds which month, and why it is this amount."""

    region_field = "placement__position__region"
    list_display = ("placement", "month", "amount", "claim_number", "held")
    list_filter = ("held", "month")
    list_select_related = ("placement", "claim__case")
    search_fields = ("placement__name", "placement__unit__name")
    fields = (("placement", "month"), ("amount", "held"), "claim_number", "why", "claimed_at")
    readonly_fields = ("claim_number", "why")

    @admin.display(description="申领办件", ordering="claim__case__number")
    def claim_number(self, row: ClaimedMonth) -> str:
        return str(row.claim.case.number)

    @admin.display(description="为什么是这个金额")
    def why(self, row: ClaimedMonth) -> str:
        return format_html_join("", "<p>{}：{}</p>", explain(row.explanation))
