"""消息模板 and 外发消息 on the staff site: reword, look, send anew."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.html import format_html_join

from accounts.admin_base import ReadOnlyAdmin
from accounts.messaging import actions, deliveries, occasions
from accounts.messaging.models import Delivery, MessageTemplate
from accounts.writing import Refused


def _occasion_name(row: MessageTemplate | Delivery) -> str:
    try:
        return occasions.get(row.occasion).name
    except KeyError:  # an occasion of a former version
        return row.occasion


class MessageTemplateForm(forms.ModelForm):
    """Words with placeholders; 预览 fills in samples and keeps what was typed without storing it."""

    class Meta:
        model = MessageTemplate
        fields = ("title", "body", "sms_template")
        widgets = {"body": forms.Textarea(attrs={"rows": 6}), "title": forms.TextInput(attrs={"size": 60})}

    preview: tuple[str, str] | None = None

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if {"title", "body"} <= set(values):
            occasion = occasions.get(self.instance.occasion)
            try:
                occasions.check(occasion, values["title"], values["body"])
            except ValidationError as error:
                self.add_error(None, error)
            else:
                samples = occasion.samples
                self.preview = occasions.fill(values["title"], samples), occasions.fill(values["body"], samples)
        return values

    def is_valid(self) -> bool:
        """Looking at a preview stores nothing: the form comes again as it was typed."""
        return super().is_valid() and "_preview" not in self.data


@admin.register(MessageTemplate)
class MessageTemplateAdmin(admin.ModelAdmin):
    """The words of every occasion."""

    form = MessageTemplateForm
    change_form_template = "admin/accounts/messagetemplate/change_form.html"
    list_display = ("occasion_name", "kind", "title", "sms_template", "updated_at")
    search_fields = ("title", "body", "occasion")
    search_help_text = "标题或内容中的文字"
    ordering = ("occasion",)
    readonly_fields = ("occasion_name", "kind", "placeholders", "updated_at")
    fields = ("occasion_name", "kind", "title", "body", "placeholders", "sms_template", "updated_at")

    @admin.display(description="场合", ordering="occasion")
    def occasion_name(self, row: MessageTemplate) -> str:
        return _occasion_name(row)

    @admin.display(description="类型")
    def kind(self, row: MessageTemplate) -> str:
        return str(actions.Kind(occasions.get(row.occasion).kind).label)

    @admin.display(description="可用的占位符")
    def placeholders(self, row: MessageTemplate) -> str:
        """Each with what it would say."""
        samples = occasions.get(row.occasion).samples.items()
        return format_html_join("", "<div><code>{{{}}}</code>：{}</div>", samples) if samples else "没有"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[MessageTemplate]:
        """Occasions that this version does not have any more are not shown."""
        known = [occasion.code for occasion in occasions.all_occasions()]
        return super().get_queryset(request).filter(occasion__in=known)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """恢复默认 stores the shipped words."""
        if request.method == "POST" and "_reset" in request.POST:
            template = get_object_or_404(self.get_queryset(request), pk=object_id)
            if self.has_change_permission(request, template):
                actions.reset_template(template=template, by=request.user)
                self.message_user(request, "已恢复为默认内容", messages.SUCCESS)
                return redirect(request.path)
        return super().change_view(request, object_id, form_url, extra_context)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Occasions are code."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """What left the hall and what did not; number and text are never shown."""

    list_display = ("created_at", "occasion_name", "channel", "masked", "state", "fault", "answer", "attempts")
    list_filter = ("state", "channel", "fault")
    ordering = ("-pk",)
    fields = (
        "occasion_name",
        "channel",
        "masked",
        "state",
        "fault",
        "answer",
        "attempts",
        "created_at",
        "due_at",
        "sent_at",
        "expires_at",
    )
    actions = ("send_anew",)

    @admin.display(description="场合", ordering="occasion")
    def occasion_name(self, row: Delivery) -> str:
        return _occasion_name(row)

    @admin.action(description="重新发送", permissions=["change"])
    def send_anew(self, request: HttpRequest, queryset: models.QuerySet[Delivery]) -> None:
        """For those that were given up."""
        for delivery in queryset.order_by("pk"):
            try:
                deliveries.resend(delivery=delivery, by=request.user)
            except Refused as refusal:
                self.message_user(request, f"{delivery}：{refusal}", messages.ERROR)
            else:
                self.message_user(request, f"{delivery}：已重新排队发送", messages.SUCCESS)
