"""The pages on which a row is stated anew, for the unit's own correction and for the case (C5–C7)."""

from datetime import date
from typing import Any

from django import forms

from common import identifiers
from common.formfields import DateInput
from internship import queries as internship_queries
from reporting import corrections, queries
from reporting.models import Placement, RecordCorrection
from review.forms import PageForm
from review.matters import CaseValues
from review.models import Case

_DATES = ("signed_on", "starts_on", "ends_on", "insured_from", "insured_to", "left_on")
INSURANCE_COLUMNS = ("insurer", "policy_no", "premium", "insured_from", "insured_to")
_YES_NO = [("", "请选择"), ("True", "是"), ("False", "否")]


def adapt_fields(fields: dict[str, forms.Field], kind: str, placement: Placement | None) -> dict[str, forms.Field]:
    """Only what this kind of row states, with the fields' own widgets; mentors are chosen from the unit's."""
    kept = {name: fields[name] for name in corrections.COLUMNS.get(kind, ()) if name in fields}  # type: ignore[call-overload]
    for name, field in kept.items():
        if name in _DATES:
            field.widget = DateInput()
        if name == "on_post":
            kept[name] = forms.TypedChoiceField(
                label="是否在岗",
                choices=_YES_NO,
                coerce=lambda text: text == "True",
                error_messages={"required": "请选择"},
            )
    if placement is not None and "mentor" in kept:
        kept["mentor"] = mentor_field(placement.unit, placement.mentor, placement.position.mentor)
    return kept


def mentor_field(unit: Any, *others: str) -> forms.Field:
    """带教人员, chosen from those whom the unit has named (C1) and who are named already; free where it has none."""
    names = internship_queries.mentor_names(unit)
    if not names:
        return forms.CharField(label="带教人员", max_length=64, required=False)
    known = dict.fromkeys([*names, *(name for name in others if name)])
    return forms.ChoiceField(
        label="带教人员",
        choices=[("", "请选择"), *((name, name) for name in known)],
        required=False,
        help_text="从本单位登记的带教人员中选择",
        error_messages={"invalid_choice": "请从本单位登记的带教人员中选择"},
    )


class RowForm(forms.ModelForm):
    """更正 on the page: the row as it is, to be stated anew."""

    class Meta:
        model = RecordCorrection
        fields = tuple(dict.fromkeys(name for columns in corrections.COLUMNS.values() for name in columns))

    def __init__(self, data: Any, *, placement: Placement, kind: str, month: date | None, row: Any) -> None:
        columns = corrections.COLUMNS[kind]  # type: ignore[index]
        super().__init__(data, initial={name: getattr(row, name) for name in columns}, label_suffix="")
        self.placement, self.kind, self.month = placement, kind, month
        self.fields = adapt_fields(self.fields, kind, placement)

    def _post_clean(self) -> None:
        """The row's own rules judge it; no record is made of it."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            for name, reason in corrections.faults(self.placement, self.kind, self.month, data).items():
                self.add_error(name if name in self.fields else None, reason)
        return data


# --- 见习信息更正 ----------------------------------------------------------------------------------


def chosen(case: Case, values: CaseValues) -> tuple[Placement | None, str, date | None]:
    """Whose row of what kind and month the first page names so far."""
    typed = values.get("what", {})
    key, kind, text = (str(typed.get(name, "")) for name in ("placement", "kind", "month"))
    found = queries.placements_of(case.unit).filter(pk=int(key)).first() if key.isdecimal() and len(key) < 18 else None
    try:
        month = date.fromisoformat(text)
    except ValueError:
        month = None
    return found, kind, None if kind == corrections.Kind.AGREEMENT else month


class _PlacementChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Placement) -> str:
        return f"{obj.name}（{identifiers.mask_id(obj.id_no)}），{obj.starts_on}至{obj.last_day}"


class WhatForm(PageForm):
    """选择更正内容: whose row, of what kind, of which month, and why."""

    class Meta:
        model = RecordCorrection
        fields = ("placement", "kind", "month", "reason")
        field_classes = {"placement": _PlacementChoice}
        widgets = {"kind": forms.RadioSelect, "reason": forms.Textarea(attrs={"rows": 3})}
        error_messages = {"placement": {"required": "请选择见习人员", "invalid_choice": "请选择本单位的见习人员"}}

    month = forms.TypedChoiceField(label="月份", required=False, coerce=date.fromisoformat, empty_value=None)

    def adapt(self) -> None:
        people = queries.placements_of(self.case.unit).valid()
        field = self.fields["placement"]
        field.queryset, field.empty_label = people, "请选择"
        self.fields["kind"].choices = RecordCorrection.Kind.choices
        months = {
            month
            for model in corrections.MODELS.values()
            for month in model.objects.filter(placement__unit=self.case.unit).values_list("month", flat=True)
        }
        self.fields["month"].choices = [
            ("", "请选择"),
            *((month.isoformat(), f"{month.year}年{month.month}月") for month in sorted(months, reverse=True)),
        ]
        self.fields["month"].help_text = "更正考勤或在岗情况的选择；更正协议和保险信息的不选"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        placement, kind, month = data.get("placement"), data.get("kind"), data.get("month")
        if kind == corrections.Kind.AGREEMENT:
            data["month"] = None
        elif kind and month is None:
            self.add_error("month", "请选择月份")
        elif placement and kind and corrections.stored_row(placement, kind, month) is None:
            self.add_error("month", "该人员当月没有上报过，请先批量上报")
        return data


class ValuesForm(PageForm):
    """更正后的内容: the row as it is, to be stated anew."""

    class Meta:
        model = RecordCorrection
        fields = RowForm.Meta.fields

    def adapt(self) -> None:
        self.placement, self.kind, self.month = chosen(self.case, self.values)
        fields = adapt_fields(self.fields, self.kind, self.placement)
        self.fields = {name: field for name, field in fields.items() if name not in INSURANCE_COLUMNS}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        # An agreement is judged together with its insurance, which has a page of its own.
        if self.placement is not None and self.kind in corrections.MODELS and not self.errors:
            for name, reason in corrections.faults(self.placement, self.kind, self.month, data).items():
                self.add_error(name if name in self.fields else None, reason)
        return data


class InsuranceForm(PageForm):
    """更正后的保险信息: the insurance of an agreement, stated anew."""

    class Meta:
        model = RecordCorrection
        fields = INSURANCE_COLUMNS

    def adapt(self) -> None:
        self.fields = adapt_fields(self.fields, corrections.Kind.AGREEMENT, None)
