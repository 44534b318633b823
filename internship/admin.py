"""Internship units and trainees on the staff site: read-only lists of the own regions, with suspension and ending."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone

from common import crypto, identifiers, regions
from common.transitions import TransitionRefused
from internship import actions, queries
from internship.models import InternshipUnit, Trainee
from review.admin import ReadOnlyAdmin

SUSPEND, END = "internship.suspend_internshipunit", "internship.end_trainee"


class ReasonForm(forms.Form):
    """Why something is stopped; the other side reads it."""

    reason = forms.CharField(
        label="原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="将告知对方，请写明事实、依据和整改要求",
    )


class ScopedAdmin(ReadOnlyAdmin):
    """Rows of the own regions, with decisions that need a reason, each on a page of its own."""

    desk_group = "就业见习"
    change_form_template = "internship/admin_change.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return queries.scoped(super().get_queryset(request), request.user)

    @admin.display(description="业务办理属地", ordering="handling_region")
    def handled_in(self, row: InternshipUnit | Trainee) -> str:
        return regions.handling_path_name(row.handling_region_id)

    def decide(
        self,
        request: HttpRequest,
        pk: int,
        *,
        permission: str,
        title: str,
        consequence: str,
        act: Callable[[Any, str], Any],
        needs_reason: bool = True,
    ) -> HttpResponse:
        """Ask, with a reason where one is needed, and do it; a refusal is shown where it was asked."""
        if not request.user.has_perm(permission):
            raise PermissionDenied
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        form = ReasonForm(request.POST if request.method == "POST" else None, label_suffix="")
        if not needs_reason:
            del form.fields["reason"]
        if request.method == "POST" and form.is_valid():
            try:
                act(row, form.cleaned_data.get("reason", ""))
            except TransitionRefused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, f"{row}：{title}已办理")
                return redirect(f"admin:internship_{self.opts.model_name}_change", row.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{title}：{row}",
            "action_title": title,
            "consequence": consequence,
            "opts": self.opts,
            "row": row,
            "form": form,
        }
        return render(request, "internship/admin_decide.html", context, status=422 if form.errors else 200)

    def decisions(self, request: HttpRequest, row: Any) -> list[tuple[str, str]]:
        """Names of addresses and titles of what may be decided about a row now."""
        raise NotImplementedError

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        extra = {"decisions": self.decisions(request, row) if row else []}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **extra})


class ConfirmationFilter(admin.SimpleListFilter):
    """年度确认: who has not confirmed its data in this year."""

    title = "年度确认"
    parameter_name = "confirmed"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("no", "本年度未确认"), ("yes", "本年度已确认")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        first_day = timezone.localdate().replace(month=1, day=1)
        if self.value() == "no":
            return queryset.filter(confirmed_on__lt=first_day).exclude(state=InternshipUnit.State.REVOKED)
        return queryset.filter(confirmed_on__gte=first_day) if self.value() == "yes" else queryset


@admin.register(InternshipUnit)
class InternshipUnitAdmin(ScopedAdmin):
    """见习单位: found by name or credit code; new positions can be stopped and allowed again."""

    list_display = ("unit", "handled_in", "state", "qualified_at", "confirmed_on")
    list_filter = ("state", ConfirmationFilter, "qualified_at")
    list_select_related = ("unit",)
    search_fields = ("unit__name", "unit__uscc")
    search_help_text = "单位名称或统一社会信用代码"
    fields = (
        "unit",
        "case",
        "state",
        "handled_in",
        "account",
        "qualified_at",
        "qualified_by",
        "confirmed_on",
        "confirmed_by",
        "suspended_at",
        "suspended_by",
        "suspension_reason",
        "revoked_at",
        "revoked_by",
    )

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/suspend/", wrap(self.suspend), name="internship_internshipunit_suspend"),
            path("<int:pk>/resume/", wrap(self.resume), name="internship_internshipunit_resume"),
            *super().get_urls(),
        ]

    def decisions(self, request: HttpRequest, row: InternshipUnit) -> list[tuple[str, str]]:
        if not request.user.has_perm(SUSPEND):
            return []
        return {
            InternshipUnit.State.ACTIVE: [("admin:internship_internshipunit_suspend", "暂停新增岗位")],
            InternshipUnit.State.SUSPENDED: [("admin:internship_internshipunit_resume", "恢复新增岗位")],
        }.get(InternshipUnit.State(row.state), [])

    def suspend(self, request: HttpRequest, pk: int) -> HttpResponse:
        """暂停新增: no new positions until resumed."""
        return self.decide(
            request,
            pk,
            permission=SUSPEND,
            title="暂停新增岗位",
            consequence="该单位不能再发布或重新开放见习岗位；已有的见习人员、月报和补贴不受影响。",
            act=lambda row, reason: actions.suspend_unit(internship_unit=row, reason=reason, by=request.user),
        )

    def resume(self, request: HttpRequest, pk: int) -> HttpResponse:
        """New positions are allowed again."""
        return self.decide(
            request,
            pk,
            permission=SUSPEND,
            title="恢复新增岗位",
            consequence="该单位可以重新发布见习岗位。",
            act=lambda row, reason: actions.resume_unit(internship_unit=row, by=request.user),
            needs_reason=False,
        )

    @admin.display(description="补贴收款账户")
    def account(self, row: InternshipUnit) -> str:
        return f"{row.bank_account.bank} {identifiers.mask_account(row.bank_account.account_no)}"


@admin.register(Trainee)
class TraineeAdmin(ScopedAdmin):
    """见习人员: found by name or whole ID number; numbers are masked."""

    list_display = ("name", "masked_id_no", "category", "education", "handled_in", "state", "approved_at")
    list_filter = ("state", "category", "approved_at")
    search_fields = ("name",)
    search_help_text = "姓名，或完整的证件号码"
    fields = (
        "name",
        "id_type",
        "masked_id_no",
        "masked_mobile",
        "case",
        "state",
        "handled_in",
        "category",
        "education",
        "degree",
        "school",
        "graduated_on",
        "major",
        "unemployed_on",
        "wish_category",
        "wish_region",
        "contact_consent_at",
        "approved_at",
        "approved_by",
        "ended_at",
        "ended_by",
        "ended_reason",
    )

    def get_urls(self) -> list[URLPattern]:
        end = self.admin_site.admin_view(self.end)
        return [path("<int:pk>/end/", end, name="internship_trainee_end"), *super().get_urls()]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Trainee], search_term: str
    ) -> tuple[QuerySet[Trainee], bool]:
        text = search_term.strip()
        if not text:
            return queryset, False
        whole = crypto.digest(identifiers.normalise(text))
        return queryset.filter(Q(name__contains=text) | Q(id_no_digest=whole)), False

    def decisions(self, request: HttpRequest, row: Trainee) -> list[tuple[str, str]]:
        if row.state != Trainee.State.ACTIVE or not request.user.has_perm(END):
            return []
        return [("admin:internship_trainee_end", "终止见习人员资格")]

    def end(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The person is a trainee no more."""
        return self.decide(
            request,
            pk,
            permission=END,
            title="终止见习人员资格",
            consequence="该人员不再是就业见习人员，收藏的岗位不再向见习单位展示；符合条件的可以重新申请。",
            act=lambda row, reason: actions.end_trainee(trainee=row, reason=reason, by=request.user),
        )

    @admin.display(description="证件号码")
    def masked_id_no(self, row: Trainee) -> str:
        return identifiers.mask_id(row.id_no)

    @admin.display(description="手机")
    def masked_mobile(self, row: Trainee) -> str:
        return identifiers.mask_mobile(row.mobile)
