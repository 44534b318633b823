"""Issued documents on the staff site: read-only lists of the own regions, and revocation with a preview."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone

from accounts.queries import staff_regions
from common import crypto, identifiers
from common.admin import ReadOnlyAdmin
from common.regions import scope_q
from common.transitions import TransitionRefused
from documents import actions, kinds, verification
from documents.forms import RevokeForm
from documents.models import IssuedDocument

REVOKE = "documents.revoke_issueddocument"
STANDINGS = {"valid": "有效", "expired": "已过验证有效期", "revoked": "已撤销", "unmade": "正在生成"}


class KindFilter(admin.SimpleListFilter):
    """证明种类."""

    title = "证明种类"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(kind.code, kind.title) for kind in kinds.all_kinds()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class StandingFilter(admin.SimpleListFilter):
    """Whether it holds today."""

    title = "状态"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return list(STANDINGS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        ended = Q(valid_until__lt=timezone.localdate())
        made = Q(produced_at__isnull=False, revoked_at__isnull=True)
        conditions = {
            "valid": made & ~ended,
            "expired": made & ended,
            "revoked": Q(revoked_at__isnull=False),
            "unmade": Q(produced_at__isnull=True, revoked_at__isnull=True),
        }
        return queryset.filter(conditions[self.value()]) if self.value() in conditions else queryset


@admin.register(IssuedDocument)
class IssuedDocumentAdmin(ReadOnlyAdmin):
    """电子证明: found by number, subject, or whole ID number; revoked here."""

    desk_group = "电子证照"
    list_display = ("number", "standing", "kind_title", "masked_subject", "issued_on", "valid_until", "issuer")
    list_filter = (KindFilter, StandingFilter, "issued_on")
    search_fields = ("number", "subject")
    search_help_text = "证明编号、姓名或单位名称，或完整的证件号码"
    show_full_result_count = False
    fields = (
        ("number", "kind_title"),
        ("masked_subject", "standing"),
        ("issuer", "region"),
        ("issued_on", "valid_until"),
        ("created_at", "produced_at"),
        "sha256",
        "sm3",
        ("revoked_at", "revoked_by"),
        "revoke_reason",
    )
    readonly_fields = ("kind_title", "masked_subject", "standing")

    def get_queryset(self, request: HttpRequest) -> QuerySet[IssuedDocument]:
        rows = super().get_queryset(request).defer("snapshot")
        if request.user.is_superuser:  # type: ignore[union-attr]
            return rows
        condition = Q(pk__in=[])
        for region in staff_regions(request.user):  # type: ignore[arg-type]
            condition |= scope_q("region", region)
        return rows.filter(condition)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[IssuedDocument], search_term: str
    ) -> tuple[QuerySet[IssuedDocument], bool]:
        text = identifiers.normalise(search_term)
        if not text:
            return queryset, False
        found = Q(number=text) | Q(subject__contains=search_term.strip()) | Q(subject_digest=crypto.digest(text))
        return queryset.filter(found), False

    @admin.display(description="证明种类", ordering="kind")
    def kind_title(self, row: IssuedDocument) -> str:
        return kinds.get(row.kind).title

    @admin.display(description="证明对象", ordering="subject")
    def masked_subject(self, row: IssuedDocument) -> str:
        return identifiers.mask_name(row.subject) if row.subject_digest else row.subject

    @admin.display(description="状态")
    def standing(self, row: IssuedDocument) -> str:
        if not row.produced_at and not row.revoked_at:
            return STANDINGS["unmade"]
        return STANDINGS[verification.standing(row, timezone.localdate())]

    def get_urls(self) -> list[URLPattern]:
        revoke = self.admin_site.admin_view(self.revoke)
        return [path("<int:pk>/revoke/", revoke, name="documents_issueddocument_revoke"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        may_revoke = row is not None and not row.revoked_at and request.user.has_perm(REVOKE)
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "may_revoke": may_revoke})

    def revoke(self, request: HttpRequest, pk: int) -> HttpResponse:
        """撤销, after a look at what everybody who verifies the document will read."""
        if not request.user.has_perm(REVOKE):
            raise PermissionDenied
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        form = RevokeForm(request.POST if request.method == "POST" else None, label_suffix="")
        if request.method == "POST" and form.is_valid():
            try:
                actions.revoke(document=row, reason=form.cleaned_data["reason"], by=request.user)  # type: ignore[arg-type]
            except TransitionRefused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, f"{row}已撤销")
                return redirect("admin:documents_issueddocument_change", row.pk)
        _, title, text = verification.WORDS[verification.Outcome.REVOKED]
        context = {
            **self.admin_site.each_context(request),
            "title": f"撤销电子证明：{row}",
            "opts": self.opts,
            "row": row,
            "preview_title": title,
            "preview_text": text,
            "summary": kinds.get(row.kind).summary(row.snapshot),
            "form": form,
        }
        return render(request, "admin/documents/revoke.html", context, status=422 if form.errors else 200)
