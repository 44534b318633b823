"""Data that staff keep on the staff site: policies, the calendar, regions, the audit chain."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from procrastinate.contrib.django.models import (
    ProcrastinateEvent,
    ProcrastinateJob,
    ProcrastinatePeriodicDefer,
    ProcrastinateWorker,
)

from common import policies, policy_changes, regions
from common.models import AuditLink, CalendarDay, PolicyValue, Region

JOB_STATES = {
    "todo": "待执行",
    "doing": "执行中",
    "succeeded": "已完成",
    "failed": "失败",
    "cancelled": "已取消",
    "aborted": "已中止",
}


class ReadOnlyAdmin(admin.ModelAdmin):
    """For rows that nobody changes by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Region)
class RegionAdmin(ReadOnlyAdmin):
    """Regions come from the standard, by ``load_regions``."""

    desk_group = "业务配置"
    list_display = ("code", "name", "level", "parent")
    list_filter = ("level",)
    list_select_related = ("parent",)
    search_fields = ("code", "name")


@admin.register(CalendarDay)
class CalendarDayAdmin(admin.ModelAdmin):
    """Corrections to the calendar (放假与调休)."""

    desk_group = "业务配置"
    list_display = ("day", "is_working", "name", "source")
    list_filter = ("is_working", "source")
    date_hierarchy = "day"
    search_fields = ("name",)


# Posted with 确认保存, after the consequences were shown.
CONFIRMED = "_confirmed"
_TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of a field


def _told(row: PolicyValue) -> list[tuple[str, str]]:
    """A value in words."""
    policy = policies.get(row.key)
    return [
        ("参数", policy.title),
        ("地区", regions.path_name(row.region_id) if row.region_id else "全国"),
        ("值", policies.display(policy, row.value)),
        ("施行日期", f"{row.valid_from}"),
        ("截止日期", f"{row.valid_to}" if row.valid_to else "长期有效"),
        ("依据文件", row.source),
    ]


class PolicyValueForm(forms.ModelForm):
    """A policy value whose text fits the policy's kind."""

    key = forms.ChoiceField(label="参数")

    class Meta:
        model = PolicyValue
        fields = ("key", "region", "value", "valid_from", "valid_to", "source", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("key")
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "请选择"), *((policy.key, policy.title) for policy in policies.all_keys())]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("key") and cleaned.get("value"):
            try:
                policies.parse(policies.get(cleaned["key"]), cleaned["value"])
            except ValidationError as error:
                self.add_error("value", error)
        return cleaned


@admin.register(PolicyValue)
class PolicyValueAdmin(admin.ModelAdmin):
    """Policies are read by all staff and kept by those whose region covers them.

    A value that ended stays: later subsidies for earlier months still need it. Before anything is stored, staff see
    who is affected and confirm it.
    """

    desk_group = "业务配置"
    form = PolicyValueForm
    delete_confirmation_template = "admin/common/policyvalue/delete_confirmation.html"
    list_display = ("title", "shown_value", "place", "valid_from", "valid_to", "source")
    list_select_related = ("region",)
    search_fields = ("key", "source", "note")
    # A code to type or look up: select2 is not accessible.
    raw_id_fields = ("region",)

    @admin.display(description="参数", ordering="key")
    def title(self, row: PolicyValue) -> str:
        return policies.get(row.key).title

    @admin.display(description="值")
    def shown_value(self, row: PolicyValue) -> str:
        return policies.display(policies.get(row.key), row.value)

    @admin.display(description="地区", ordering="region")
    def place(self, row: PolicyValue) -> str:
        return regions.path_name(row.region_id) if row.region_id else "全国"

    def get_queryset(self, request: HttpRequest) -> QuerySet[PolicyValue]:
        return super().get_queryset(request).filter(key__in=[key.key for key in policies.all_keys()])

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """What was typed and is right is shown with its consequences first; 确认保存 stores it."""
        if request.method == "POST" and CONFIRMED not in request.POST:
            preview = self._preview(request, object_id)
            if preview is not None:
                return preview
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _preview(self, request: HttpRequest, object_id: str | None) -> HttpResponse | None:
        """The page of consequences; None where Django's own page has something to say (no permission, faults)."""
        stored = self.get_object(request, object_id) if object_id else None
        allowed = self.has_change_permission(request, stored) if object_id else self.has_add_permission(request)
        if not allowed or (object_id and stored is None):
            return None
        before = PolicyValue.objects.get(pk=stored.pk) if stored else None
        form = self.get_form(request, stored, change=bool(stored))(request.POST, instance=stored)
        if not form.is_valid():
            return None
        change = policy_changes.PolicyChange(before, form.instance)
        context = {
            **self.admin_site.each_context(request),
            "title": "保存前请核对影响范围",
            "opts": self.opts,
            "before": before and _told(before),
            "after": _told(form.instance),
            "effects": policy_changes.effects(change),
            "typed": [(name, value) for name, values in request.POST.lists() for value in values if name != _TOKEN],
            "confirmed": CONFIRMED,
        }
        return TemplateResponse(request, "admin/common/policyvalue/preview.html", context)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The confirmation tells who is affected, too."""
        stored = self.get_object(request, object_id)
        told = policy_changes.effects(policy_changes.PolicyChange(stored, None)) if stored else []
        return super().delete_view(request, object_id, {"effects": told, **(extra_context or {})})

    def has_change_permission(self, request: HttpRequest, obj: PolicyValue | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or _keeps(request, obj.region_id))

    def has_delete_permission(self, request: HttpRequest, obj: PolicyValue | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or _keeps(request, obj.region_id))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)

        class ScopedForm(form):  # type: ignore[misc, valid-type]
            def clean_region(self) -> Region | None:
                region: Region | None = self.cleaned_data["region"]
                if not _keeps(request, region.code if region else None):
                    raise ValidationError("只能维护您管辖地区的参数")
                return region

        return ScopedForm


def _keeps(request: HttpRequest, region: str | None) -> bool:
    """Whether the staff member's region covers the policy's; nation-wide values are for the system's keepers."""
    user: Any = request.user
    if user.is_superuser:
        return True
    return region is not None and any(
        regions.in_scope(region, scope) for scope in user.scopes.values_list("region_id", flat=True)
    )


for model in (ProcrastinateJob, ProcrastinateEvent, ProcrastinateWorker, ProcrastinatePeriodicDefer):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(ProcrastinateJob)
class JobAdmin(ReadOnlyAdmin):
    """Background jobs, for 系统管理 to see what is stuck; their arguments name cases and people and are not shown."""

    desk_group = "系统运行"
    desk_title = "后台任务"
    list_display = fields = ("number", "task", "state", "queue", "tries", "due_at")
    list_filter = ("status", "queue_name")
    ordering = ("-pk",)
    show_full_result_count = False

    @admin.display(description="编号", ordering="pk")
    def number(self, job: ProcrastinateJob) -> int:
        return job.pk

    @admin.display(description="任务", ordering="task_name")
    def task(self, job: ProcrastinateJob) -> str:
        return job.task_name

    @admin.display(description="状态", ordering="status")
    def state(self, job: ProcrastinateJob) -> str:
        return JOB_STATES.get(job.status, job.status)

    @admin.display(description="队列", ordering="queue_name")
    def queue(self, job: ProcrastinateJob) -> str:
        return job.queue_name

    @admin.display(description="已执行次数")
    def tries(self, job: ProcrastinateJob) -> int:
        return job.attempts

    @admin.display(description="计划时间", ordering="scheduled_at")
    def due_at(self, job: ProcrastinateJob) -> Any:
        return job.scheduled_at

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(request, {"title": self.desk_title, **(extra_context or {})})


@admin.register(AuditLink)
class AuditLinkAdmin(ReadOnlyAdmin):
    """The audit chain, to compare digests with those kept elsewhere."""

    list_display = ("number", "sealed_at", "digest")
