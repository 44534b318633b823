"""Cases in the staff site: read-only lists; what is decided, is decided in staff_views."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.models import User
from accounts.queries import staff_regions
from common import codes, crypto, identifiers, parameters, regions, workdays
from common.transitions import TransitionRefused
from review import actions, matters, staff_queries, staff_urls, staff_views, workflow
from review.models import Case, CaseRating, ClearTextView, ReasonTemplate, ReviewStep, Role, TimelineEntry
from review.staff_forms import RatingHandlingForm

# A low rating has to be followed up within so many working days (domain.md §6, 好差评).
FOLLOW_UP_DAYS = 15
LOW_RATINGS = (codes.RATING.DISSATISFIED, codes.RATING.VERY_DISSATISFIED)


class CappedPaginator(Paginator):
    """Counts no further than anybody pages, so that a list of a million cases opens at once."""

    limit = 10_000

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by().values("pk")[: self.limit].count()


class ReadOnlyAdmin(admin.ModelAdmin):
    """Nothing is added, changed or deleted here."""

    desk_group = "办件"
    actions = None
    paginator = CappedPaginator
    show_full_result_count = False
    # Counts beside the filters would read every row once per choice.
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class MatterFilter(admin.SimpleListFilter):
    title = "事项"
    parameter_name = "matter"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return matters.choices()

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(matter=self.value()) if self.value() else queryset


class RegionFilter(admin.SimpleListFilter):
    """The own regions, and what lies directly below them."""

    title = "业务办理属地"
    parameter_name = "region"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        offered: dict[str, str] = {}
        for code in staff_regions(request.user):
            offered[code] = regions.handling_name(code)
            offered |= {child.code: child.name for child in regions.children(code)}
        return list(offered.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """A city chosen here means itself and its counties."""
        code = self.value()
        return queryset.filter(regions.scope_q("region", code)) if code and regions.exists(code) else queryset


class ReviewerFilter(admin.SimpleListFilter):
    """Colleagues whose scope touches the own regions."""

    title = "受理人"
    parameter_name = "reviewer"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        within = staff_queries.in_regions(staff_regions(request.user), "scopes__region")
        colleagues = User.objects.filter(within | Q(pk=request.user.pk), is_staff=True, is_active=True)
        return [(str(pk), name) for pk, name in colleagues.distinct().order_by("name").values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        key = parameters.whole_number(self.value())
        return queryset if key is None else queryset.filter(reviewer=key)


@admin.register(Case)
class CaseAdmin(ReadOnlyAdmin):
    """All cases of the own regions; opening one leads to its review page."""

    list_display = (
        "number",
        "matter_name",
        "applicant",
        "subject_person",
        "region",
        "status",
        "reviewer",
        "submitted",
        "due",
    )
    list_filter = (MatterFilter, "status", RegionFilter, ReviewerFilter, "submitted_at")
    list_select_related = ("individual", "unit", "region", "reviewer")
    search_fields = ("number",)
    search_help_text = "办件编号、申请人姓名或单位名称、人员姓名，或完整的证件号码、统一社会信用代码"
    ordering = ("-pk",)
    desk_links = (("审核队列", "admin:review_case_queue"),)

    def get_urls(self) -> list[URLPattern]:
        return staff_urls.case_urls() + super().get_urls()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Case]:
        return staff_queries.visible_cases(request.user)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Case], search_term: str
    ) -> tuple[QuerySet[Case], bool]:
        return (queryset.filter(found_by(search_term)) if search_term.strip() else queryset), False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The review page takes the place of the form."""
        if not self.has_view_permission(request):
            return super().change_view(request, object_id, form_url, extra_context)
        case = get_object_or_404(self.get_queryset(request), pk=parameters.whole_number(object_id) or 0)
        return redirect("admin:review_case_review", case.number)

    @admin.display(description="事项", ordering="matter")
    def matter_name(self, case: Case) -> str:
        return matters.get(case.matter).name

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The table is wide: the menu makes room for it."""
        return super().changelist_view(request, {"is_nav_sidebar_enabled": False, **(extra_context or {})})

    @admin.display(description="提交时间", ordering="submitted_at")
    def submitted(self, case: Case) -> str:
        return f"{timezone.localtime(case.submitted_at):%Y-%m-%d %H:%M}"

    @admin.display(description="办理期限", ordering="due_on")
    def due(self, case: Case) -> str:
        return f"{case.due_on:%Y-%m-%d}" if case.due_on else "—"

    @admin.display(description="申请人")
    def applicant(self, case: Case) -> str:
        return staff_views.applicant_name(case)


def found_by(text: str) -> Q:
    """Search by number, by a part of a name, or by a whole ID number or credit code."""
    text = text.strip()
    whole = identifiers.normalise(text)
    if whole.isascii():
        digest = crypto.digest(whole)
        return (
            Q(number__startswith=whole.upper())
            | Q(subject_id_no_digest=digest)
            | Q(individual__id_no_digest=digest)
            | Q(unit__uscc=whole.upper())
        )
    return Q(subject_person__contains=text) | Q(individual__name__contains=text) | Q(unit__name__contains=text)


class OfCaseAdmin(ReadOnlyAdmin):
    """Rows that hang on a case: scoped by its region, linked to its review page."""

    list_select_related = ("case",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)
        if request.user.is_superuser:
            return rows
        return rows.filter(staff_queries.in_regions(staff_regions(request.user), "case__region"))


class AuditOnlyAdmin(OfCaseAdmin):
    """For 审计 alone, which alone may read the history of rows (accounts.roles)."""

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm("review.view_timelineentryevent")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


@admin.register(TimelineEntry)
class TimelineEntryAdmin(AuditOnlyAdmin):
    """What was done to which case by whom (办理过程); the values of a submission are not shown here."""

    list_display = ("at", "case", "transition_title", "source", "target", "actor", "round")
    list_filter = ("target", "at")
    list_select_related = ("case", "actor")
    search_fields = ("case__number",)
    search_help_text = "办件编号"
    fields = ("case", "at", "actor", "transition", "source", "target", "round", "step", "reason", "notes")
    ordering = ("-pk",)

    @admin.display(description="操作", ordering="transition")
    def transition_title(self, entry: TimelineEntry) -> str:
        return workflow.CASE_TABLE[entry.transition].title


@admin.register(ClearTextView)
class ClearTextViewAdmin(AuditOnlyAdmin):
    """Who saw which masked value in clear (明文查看记录)."""

    list_display = ("viewed_at", "viewed_by", "case", "page", "field")
    list_filter = ("viewed_at",)
    list_select_related = ("case", "viewed_by")
    search_fields = ("case__number", "viewed_by__name")
    search_help_text = "办件编号或查看人"
    ordering = ("-pk",)


class FollowUpFilter(admin.SimpleListFilter):
    title = "回访"
    parameter_name = "follow_up"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("open", "差评待回访"), ("done", "已回访")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "open":
            return queryset.filter(level__in=LOW_RATINGS, handled_at__isnull=True)
        return queryset.filter(handled_at__isnull=False) if self.value() == "done" else queryset


@admin.register(CaseRating)
class CaseRatingAdmin(OfCaseAdmin):
    """好差评: low ratings are followed up within 15 working days; the rating itself is never changed."""

    list_display = ("rated_at", "case", "level", "comment", "handle_by", "handled_at", "handled_by")
    list_filter = (FollowUpFilter, "level", "rated_at")
    list_select_related = ("case", "handled_by")
    search_fields = ("case__number",)
    search_help_text = "办件编号"
    ordering = ("-pk",)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.follow_up)
        return [path("<int:pk>/handle/", view, name="review_caserating_handle"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Whoever may follow up lands on that page."""
        key = parameters.whole_number(object_id)
        if request.user.has_perm("review.change_caserating") and key is not None:
            return redirect("admin:review_caserating_handle", key)
        return super().change_view(request, object_id, form_url, extra_context)

    def follow_up(self, request: HttpRequest, pk: int) -> HttpResponse:
        """回访: what was said and done about a low rating."""
        if not request.user.has_perm("review.change_caserating"):
            raise PermissionDenied
        rating = get_object_or_404(self.get_queryset(request), pk=pk)
        form = RatingHandlingForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                actions.handle_rating(rating, form.cleaned_data["handling"], by=request.user)
            except TransitionRefused as refused:
                form.add_error("handling", str(refused))
            else:
                messages.success(request, f"{rating.case} 的回访情况已记录")
                return redirect("admin:review_caserating_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": f"差评回访 {rating.case}",
            "rating": rating,
            "form": form,
            "is_low": rating.level in LOW_RATINGS,
            "handle_by": last_follow_up_day(rating),
        }
        return render(request, "admin/review/caserating/handle.html", context, status=422 if form.errors else 200)

    @admin.display(description="回访期限")
    def handle_by(self, rating: CaseRating) -> str:
        if rating.level not in LOW_RATINGS or rating.handled_at:
            return "—"
        last = last_follow_up_day(rating)
        return f"{last:%Y-%m-%d}{'（已逾期）' if last < timezone.localdate() else ''}"


def last_follow_up_day(rating: CaseRating) -> Any:
    """The last day to follow up a low rating."""
    return workdays.add_working_days(timezone.localdate(rating.rated_at), FOLLOW_UP_DAYS)


class ByMatterAdmin(admin.ModelAdmin):
    """Set-up per matter: the matter is chosen from the registry."""

    desk_group = "业务配置"
    matter_optional = False
    list_filter = (MatterFilter,)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "matter":
            empty = [("", "所有事项")] if self.matter_optional else [("", "请选择")]
            return forms.ChoiceField(
                label="事项", choices=[*empty, *matters.choices()], required=not self.matter_optional
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description="事项", ordering="matter")
    def matter_name(self, row: Any) -> str:
        return dict(matters.choices()).get(row.matter, row.matter or "所有事项")


@admin.register(ReviewStep)
class ReviewStepAdmin(ByMatterAdmin):
    """审核环节: edits hold for cases submitted afterwards; running cases keep their route."""

    list_display = ("matter_name", "order", "role", "level", "days")


@admin.register(ReasonTemplate)
class ReasonTemplateAdmin(ByMatterAdmin):
    """常用意见."""

    matter_optional = True
    list_display = ("title", "matter_name", "transition_title", "text")
    list_filter = (MatterFilter, "transition")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "transition":
            return forms.ChoiceField(label="操作", choices=reasoned_transitions())
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description="操作", ordering="transition")
    def transition_title(self, template: ReasonTemplate) -> str:
        return dict(reasoned_transitions()).get(template.transition, template.transition)


def reasoned_transitions() -> list[tuple[str, str]]:
    """Transitions that are told with a reason."""
    return [(t.name, t.title) for t in workflow.CASE_TABLE if {"reason", "corrections"} & set(t.needs)]


@admin.site.add_desk_panel
def queue_panel(request: HttpRequest) -> tuple[str, dict[str, Any]] | None:
    """What waits for this person, on the first page of the staff site."""
    if not request.user.has_perm("review.view_case"):
        return None
    desk = staff_queries.desk_of(request.user)
    offices = [f"{regions.handling_name(region)}{title}" for region in desk.regions for title in _titles(desk.roles)]
    low = 0
    if request.user.has_perm("review.change_caserating"):
        within = staff_queries.in_regions(desk.regions, "case__region")
        low = CaseRating.objects.filter(within, level__in=LOW_RATINGS, handled_at__isnull=True).count()
    if not offices and not low:
        return None
    context = {
        "tabs": staff_views.queue_tabs(staff_queries.queue_counts(desk)),
        "offices": "、".join(offices),
        "low_ratings": low,
        "ratings_url": f"{reverse('admin:review_caserating_changelist')}?follow_up=open",
    }
    return "admin/review/desk.html", context


def _titles(roles: tuple[str, ...]) -> list[str]:
    return [Role(role).label for role in roles]
