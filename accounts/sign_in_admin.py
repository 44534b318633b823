"""How one signs in, on the staff site: 单位编号, and the evidence of sign-ins for 安全管理 and 审计."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from accounts.admin_base import ReadOnlyAdmin, in_own_regions
from accounts.models import FailedSignIn, SignIn, Unit, UnitNumber
from accounts.queries import login_digest
from accounts.unit_sign_in import UnitNumberField


@admin.register(SignIn)
class SignInAdmin(ReadOnlyAdmin):
    """登录记录, to look at; the key of a session is never shown."""

    list_display = ("user", "at", "method_title", "address", "ended_at")
    list_select_related = ("user",)
    search_fields = ("user__username", "user__name", "address")
    search_help_text = "账号、姓名或网络地址"
    ordering = ("-pk",)
    fields = ("user", "at", "method_title", "address", "agent", "ended_at")


@admin.register(FailedSignIn)
class FailedSignInAdmin(ReadOnlyAdmin):
    """登录失败记录; found by the whole 账号 or 手机号 that was typed, which is not kept itself."""

    list_display = ("at", "address", "locked", "agent")
    list_filter = ("locked",)
    search_fields = ("address",)
    search_help_text = "完整的账号或手机号，或网络地址"
    ordering = ("-pk",)
    fields = ("at", "address", "agent", "locked")

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet, search_term: str
    ) -> tuple[models.QuerySet, bool]:
        found, duplicates = super().get_search_results(request, queryset, search_term)
        return found | queryset.filter(login_digest=login_digest(search_term)), duplicates


class UnitNumberAdminForm(forms.ModelForm):
    """Takes ten digits as they are commonly written."""

    number = UnitNumberField(label="单位编号", max_length=20, help_text="12位；10位的自动在末尾加00")


@admin.register(UnitNumber)
class UnitNumberAdmin(admin.ModelAdmin):
    """单位编号 of insured units: entered by staff, for the units of their own regions."""

    form = UnitNumberAdminForm
    list_display = ("number", "unit")
    list_select_related = ("unit",)
    search_fields = ("number", "unit__name", "unit__uscc")
    search_help_text = "单位编号、单位名称或统一社会信用代码"
    ordering = ("number",)
    fields = ("unit", "number")
    raw_id_fields = ("unit",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[UnitNumber]:
        found = super().get_queryset(request)
        return (
            found if request.user.is_superuser else found.filter(in_own_regions("unit__handling_region", request.user))
        )

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Units of other regions are not there."""
        if not request.user.is_superuser:
            kwargs["queryset"] = Unit.objects.filter(in_own_regions("handling_region", request.user))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
