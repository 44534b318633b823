"""The exchange with the core system on the staff site: conflicts to settle, changes and loads to look at, who saw what."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from accounts.queries import staff_regions
from common import identifiers
from insurance import actions
from insurance.models import (
    InsuredUnit,
    LoadConflict,
    LoadRun,
    OutboundChange,
    OutboundFile,
    PersonClearTextView,
    RosterExport,
)
from review.admin import ReadOnlyAdmin
from review.staff_queries import in_regions

DESK_GROUP = "社会保险"


class _ScopedAdmin(ReadOnlyAdmin):
    """Rows of insured units in one of the own regions."""

    desk_group = DESK_GROUP
    region_field = ""

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)
        if request.user.is_superuser:  # type: ignore[union-attr]
            return rows
        return rows.filter(in_regions(staff_regions(request.user), self.region_field))  # type: ignore[arg-type]


@admin.register(InsuredUnit)
class InsuredUnitAdmin(_ScopedAdmin):
    """参保单位, as the core system knows them."""

    region_field = "region"
    list_display = ("number", "name", "agency", "region")
    list_select_related = ("region",)
    search_fields = ("number", "name", "uscc")
    search_help_text = "单位编号、单位名称或统一社会信用代码"
    fields = ("number", "name", "uscc", "unit_type", "agency", "region", "legal_representative", "address", "contact")


class AnsweredFilter(admin.SimpleListFilter):
    """Refused changes are what staff look for."""

    title = "状态"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(str(value), str(label)) for value, label in OutboundChange.State.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(state=self.value()) if self.value() in OutboundChange.State.values else queryset


@admin.register(OutboundChange)
class OutboundChangeAdmin(_ScopedAdmin):
    """待交换变更: what was approved here, until the core system has answered."""

    region_field = "unit__region"
    list_display = ("id", "kind", "person", "unit", "state", "created_at", "answered_at", "answer")
    list_filter = (AnsweredFilter, "kind")
    list_select_related = ("person", "unit")
    search_fields = ("person__number", "case__number")
    search_help_text = "个人代码或办件编号"
    fields = (
        "kind",
        "person",
        "masked_id",
        "unit",
        "case",
        "state",
        "created_at",
        "created_by",
        "file",
        "answered_at",
        "answer",
    )
    readonly_fields = ("masked_id",)

    @admin.display(description="证件号码")
    def masked_id(self, change: OutboundChange) -> str:
        return identifiers.mask_id(change.person.id_no)


class SettledFilter(admin.SimpleListFilter):
    title = "处理情况"
    parameter_name = "settled"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("open", "待处理"), ("done", "已处理")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() in ("open", "done"):
            return queryset.filter(settled_at__isnull=self.value() == "open")
        return queryset


@admin.register(LoadConflict)
class LoadConflictAdmin(_ScopedAdmin):
    """导入冲突: the core system says otherwise than a change approved here; staff write down how it was settled."""

    region_field = "change__unit__region"
    list_display = ("found_at", "person", "file", "line", "fields_told", "settled_at", "settled_by")
    list_filter = (SettledFilter, "file")
    list_select_related = ("person", "run", "settled_by")
    search_fields = ("person__number",)
    search_help_text = "个人代码"
    fields = (
        "found_at",
        "person",
        "change",
        "file",
        "line",
        "fields_told",
        "ours",
        "said",
        "settled_at",
        "settled_by",
        "settlement",
    )
    readonly_fields = tuple(name for name in fields if name != "settlement")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        open_still = obj is None or getattr(obj, "settled_at", None) is None
        return open_still and request.user.has_perm("insurance.change_loadconflict")

    @admin.display(description="发现时间", ordering="run__loaded_at")
    def found_at(self, conflict: LoadConflict) -> Any:
        return conflict.run.loaded_at

    @admin.display(description="不一致的项目")
    def fields_told(self, conflict: LoadConflict) -> str:
        return conflict.fields or "本厅没有的记录"

    @admin.display(description="本厅审核通过的内容")
    def ours(self, conflict: LoadConflict) -> str:
        return _told(conflict.change.payload)

    @admin.display(description="导入文件的内容")
    def said(self, conflict: LoadConflict) -> str:
        return _told(conflict.theirs)

    def save_model(self, request: HttpRequest, obj: LoadConflict, form: Any, change: bool) -> None:
        actions.settle_conflict(obj, obj.settlement, by=request.user)  # type: ignore[arg-type]


def _told(values: dict[str, Any]) -> str:
    return "；".join(f"{name}：{value}" for name, value in values.items() if value not in (None, "")) or "—"


@admin.register(LoadRun)
class LoadRunAdmin(ReadOnlyAdmin):
    """数据导入: what came in when."""

    desk_group = DESK_GROUP
    list_display = ("loaded_at", "conflicts", "loaded_by")
    fields = ("loaded_at", "loaded_by", "counts", "conflicts", "digest")


@admin.register(OutboundFile)
class OutboundFileAdmin(ReadOnlyAdmin):
    """交换文件: what left when, and whether every change in it is answered."""

    desk_group = DESK_GROUP
    list_display = ("number", "changes_count", "written_at", "acknowledged_at")
    fields = ("number", "changes_count", "written_at", "acknowledged_at", "sha256")


class _AuditAdmin(ReadOnlyAdmin):
    """For 审计 alone (accounts.roles)."""

    desk_group = DESK_GROUP

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm("review.view_timelineentryevent")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


@admin.register(PersonClearTextView)
class PersonClearTextViewAdmin(_AuditAdmin):
    """Which handler saw whose ID number in clear."""

    list_display = ("viewed_at", "viewed_by", "unit", "person")
    list_filter = ("viewed_at",)
    list_select_related = ("viewed_by", "unit", "person")
    fields = ("viewed_at", "viewed_by", "unit", "person")


@admin.register(RosterExport)
class RosterExportAdmin(_AuditAdmin):
    """Which handler took which roster away; found by the mark on the file."""

    list_display = ("asked_at", "asked_by", "unit", "roster", "format", "total", "mark")
    list_filter = ("asked_at", "roster", "format")
    list_select_related = ("asked_by", "unit")
    fields = ("asked_at", "asked_by", "unit", "insured_unit", "roster", "format", "filters", "total", "state", "mark")
    readonly_fields = ("mark",)
