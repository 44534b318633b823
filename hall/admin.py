"""Staff keep notices, telephones and the facts of the site (网厅管理, 业务管理)."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.forms import ModelForm, SplitDateTimeField
from django.http import HttpRequest

from accounts.admin_base import ReadOnlyAdmin
from accounts.queries import staff_regions
from common import regions
from hall.models import AccountClosure, DataExport, Notice, SiteFacts, SupportContact


class ScopedAdmin(admin.ModelAdmin):
    """Rows of the staff member's own regions; rows of everywhere are read-only to all but superusers."""

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request).select_related("region")
        if request.user.is_superuser:
            return rows
        return rows.filter(_own(request))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "region" and field is not None and not request.user.is_superuser:
            field.queryset = field.queryset.filter(_own(request, "code"))
            field.required = True
        return field


def _own(request: HttpRequest, field: str = "region") -> Q:
    condition = Q(pk__in=[])
    for code in staff_regions(request.user):
        condition |= regions.scope_q(field, code)
    return condition


@admin.register(Notice)
class NoticeAdmin(ScopedAdmin):
    """通知公告."""

    list_display = ("title", "region", "published_at", "created_by")
    list_filter = ("published_at",)
    search_fields = ("title",)
    date_hierarchy = "published_at"
    list_select_related = ("region", "created_by")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The label of 发布时间 belongs to two inputs, so each gets its own name."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, SplitDateTimeField):
            for widget, name in zip(field.widget.widgets, ("日期", "时间"), strict=True):
                widget.attrs["aria-label"] = f"{field.label}：{name}"
        return field

    def save_model(self, request: HttpRequest, obj: Notice, form: ModelForm, change: bool) -> None:
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)


@admin.register(SupportContact)
class SupportContactAdmin(ScopedAdmin):
    """服务电话."""

    list_display = ("title", "region", "phone", "hours")
    search_fields = ("title", "phone")


@admin.register(SiteFacts)
class SiteFactsAdmin(ScopedAdmin):
    """网站信息."""

    list_display = ("region", "name", "host", "demonstration")


@admin.register(DataExport)
class DataExportAdmin(ReadOnlyAdmin):
    """Who took a copy of the own data; the copy is not kept."""

    list_display = ("at", "user", "format", "address")
    list_filter = ("format",)
    list_select_related = ("user",)
    search_fields = ("user__name",)
    ordering = ("-pk",)
    fields = ("at", "user", "format", "address", "sha256")


@admin.register(AccountClosure)
class AccountClosureAdmin(ReadOnlyAdmin):
    """Closed accounts, and how far what was kept has been erased."""

    list_display = ("closed_at", "user", "identity_erased_at", "account_history_erased_at")
    list_select_related = ("user",)
    ordering = ("-pk",)
    fields = ("closed_at", "user", "identity_erased_at", "account_history_erased_at", "identity_history_erased_at")
