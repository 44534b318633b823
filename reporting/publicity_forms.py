"""The form for objections on the page of a publicity."""

import uuid
from typing import Any

from django import forms

from reporting.models import Publicity

MAX_CHOSEN = 100


class ObjectionForm(forms.Form):
    """公示异议: what it is about, who objects and how to be reached."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    entries = forms.TypedMultipleChoiceField(
        label="涉及的条目",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请勾选有异议的人员和月份", "invalid_choice": "公示名单中没有所选条目，请重新选择"},
    )
    reason = forms.CharField(
        label="异议事项和理由",
        min_length=5,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="请写明事实，例如该人员当月未在该单位见习",
        error_messages={"min_length": "请写明异议事项和理由，至少5个字"},
    )
    name = forms.CharField(label="您的姓名", max_length=64, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    contact = forms.CharField(
        label="联系方式",
        min_length=5,
        max_length=100,
        help_text="手机、固定电话或邮箱；只供核实使用，不会告诉被公示的单位和人员",
        error_messages={"min_length": "请填写能联系到您的手机、固定电话或邮箱"},
    )

    def __init__(self, *args: Any, publicity: Publicity, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        found = publicity.entries.filter(state__in=("public", "frozen"))
        self.fields["entries"].choices = [(entry.number, str(entry)) for entry in found]  # type: ignore[attr-defined]
        self.fields["key"].initial = uuid.uuid4

    def clean_entries(self) -> list[int]:
        chosen: list[int] = self.cleaned_data["entries"]
        if len(chosen) > MAX_CHOSEN:
            raise forms.ValidationError(f"一次最多选择{MAX_CHOSEN}条")
        return chosen
