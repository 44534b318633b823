"""Sign-ins and failed ones on the staff site, for 安全管理 and 审计."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from accounts.admin_base import ReadOnlyAdmin
from accounts.models import FailedSignIn, SignIn
from accounts.queries import login_digest


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
