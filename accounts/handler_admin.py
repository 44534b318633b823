"""网厅管理 › 外网信息管理 (JX 4): staff find a unit and enter, change and end its handlers."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path

from accounts import handler_actions
from accounts.actions import Refused
from accounts.admin_base import ScopedAdmin, in_own_regions, masked
from accounts.handler_forms import ChangeHandlerForm, StaffHandlerForm
from accounts.handler_rules import STAFF_PERMISSION, owns_contacts
from accounts.menu_groups import GRANTABLE
from accounts.models import Handler, Unit
from accounts.queries import code_receivers
from common import identifiers

FOUND, INVALID = 20, 422


def find_units(words: str, user: Any) -> QuerySet[Unit]:
    """Units of the staff member's regions by fragments of name, credit code or 单位编号, all of which must fit."""
    found = Unit.objects.all() if user.is_superuser else Unit.objects.filter(in_own_regions("handling_region", user))
    for word in words.split():
        part = identifiers.normalise(word)
        numbered = Q(pk__in=Unit.objects.filter(numbers__number__contains=part).values("pk"))
        found = found.filter(Q(name__icontains=word) | Q(uscc__contains=part.upper()) | numbered)
    return found.select_related("handling_region").prefetch_related(
        "numbers", Prefetch("handlers", Handler.objects.active().order_by("-role", "pk"), to_attr="current_handlers")
    )


@admin.register(Handler)
class HandlerAdmin(ScopedAdmin):
    """Handlers of units: to look at in the list, kept on pages of their own."""

    desk_group = "网厅管理"
    desk_links = (("外网信息管理", "admin:handlers_find"),)
    region_field = "unit__handling_region"
    show_id_no = masked("id_no", "证件号码", identifiers.mask_id)
    show_mobile = masked("user.mobile", "手机号", identifiers.mask_mobile)
    digest_search_fields = ("id_no_digest", "user__mobile_digest")
    list_display = ("name", "unit", "role", "origin", "show_mobile", "started_at", "ended_at")
    list_filter = ("role", "origin")
    list_select_related = ("unit", "user")
    search_fields = ("name", "unit__name", "unit__uscc")
    search_help_text = "姓名、单位名称、统一社会信用代码，或完整的证件号码、手机号"
    ordering = ("-pk",)
    fields = (
        "unit",
        "user",
        "role",
        "origin",
        "menu_groups",
        "name",
        "id_type",
        "show_id_no",
        "show_mobile",
        "started_at",
        "ended_at",
        "end_reason",
    )

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("find/", wrap(self.find), name="handlers_find"),
            path("unit/<int:pk>/", wrap(self.unit), name="handlers_unit"),
            path("<int:pk>/edit/", wrap(self.edit), name="handlers_edit"),
            path("<int:pk>/end/", wrap(self.end), name="handlers_end"),
            path("<int:pk>/link/", wrap(self.link), name="handlers_link"),
            *super().get_urls(),
        ]

    def _page(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
        form = context.get("form")
        status = INVALID if (form is not None and form.errors) or context.get("error") else 200
        base = {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        return render(request, template, base | context, status=status)

    @staticmethod
    def _check(request: HttpRequest) -> None:
        if not request.user.has_perm(STAFF_PERMISSION):
            raise PermissionDenied

    def _handler(self, request: HttpRequest, pk: int) -> Handler:
        self._check(request)
        found = self.get_queryset(request).filter(ended_at__isnull=True).select_related("unit", "user__individual")
        return get_object_or_404(found, pk=pk)

    def find(self, request: HttpRequest) -> HttpResponse:
        """The unit by fragments, as one types; without script by the button."""
        self._check(request)
        words = request.GET.get("q", "").strip()[:60]
        units = list(find_units(words, request.user).order_by("name", "pk")[: FOUND + 1]) if words else []
        context = {"words": words, "units": units[:FOUND], "more": len(units) > FOUND}
        template = "admin/handlers/_units.html" if request.headers.get("HX-Request") else "admin/handlers/find.html"
        return self._page(request, template, "外网信息管理", **context)

    def unit(self, request: HttpRequest, pk: int) -> HttpResponse:
        """外网经办用户信息录入: who acts for the unit, and the form for another one."""
        self._check(request)
        unit = get_object_or_404(find_units("", request.user), pk=pk)
        first = not unit.handlers.supervisors().exists()
        form = StaffHandlerForm(
            request.POST if request.method == "POST" else None,
            initial={"role": Handler.Role.SUPERVISOR if first else Handler.Role.CLERK},
        )
        if request.method == "POST" and form.is_valid():
            try:
                made = handler_actions.enter_handler(
                    unit=unit,
                    person=form.person(),
                    role=form.cleaned_data["role"],
                    groups=GRANTABLE,
                    by=request.user,
                )
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, f"{made.name}已录入为{made.get_role_display()}，已通知本人开通账号")
                return redirect("admin:handlers_unit", pk)
        handlers = unit.handlers.active().select_related("user").order_by("-role", "name", "pk")
        rows = [{"handler": handler, "bound": bool(code_receivers(handler.user))} for handler in handlers]
        context = {"unit": unit, "rows": rows, "first": first, "form": form}
        return self._page(request, "admin/handlers/unit.html", f"经办人：{unit.name}", **context)

    def edit(self, request: HttpRequest, pk: int) -> HttpResponse:
        """外网经办用户信息变更."""
        found = self._handler(request, pk)
        private = owns_contacts(found)
        form = ChangeHandlerForm(request.POST if request.method == "POST" else None, handler=found, private=private)
        if request.method == "POST" and form.is_valid():
            try:
                kept = handler_actions.change_handler(handler=found, person=form.person(), by=request.user)
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                replaced = kept.pk != found.pk
                words = f"经办人已由{found.name}变更为{kept.name}，原经办人已退出" if replaced else "变更已保存"
                messages.success(request, words)
                return redirect("admin:handlers_unit", found.unit_id)
        return self._page(request, "admin/handlers/edit.html", f"经办人变更：{found}", handler=found, form=form)

    def end(self, request: HttpRequest, pk: int) -> HttpResponse:
        """结束经办权限, asked before it is done."""
        found = self._handler(request, pk)
        error = ""
        if request.method == "POST":
            answer = self._do(request, found, handler_actions.end_handler, f"{found.name}的经办权限已结束")
            if not isinstance(answer, str):
                return answer
            error = answer
        title = f"结束经办权限：{found}"
        return self._page(request, "admin/handlers/end.html", title, handler=found, error=error)

    def link(self, request: HttpRequest, pk: int) -> HttpResponse:
        """重新发送开通链接, by POST."""
        found = self._handler(request, pk)
        if request.method == "POST":
            answer = self._do(request, found, handler_actions.send_activation, "开通链接已重新发送，原链接作废")
            if not isinstance(answer, str):
                return answer
            messages.error(request, answer)
        return redirect("admin:handlers_unit", found.unit_id)

    @staticmethod
    def _do(request: HttpRequest, found: Handler, act: Callable[..., None], words: str) -> HttpResponse | str:
        """The way on, or why it was refused."""
        try:
            act(handler=found, by=request.user)
        except Refused as refused:
            return str(refused)
        messages.success(request, words)
        return redirect("admin:handlers_unit", found.unit_id)
