"""The page of 弹性退休告知."""

from typing import Any

from django import forms

from common import parameters
from common.formfields import DateInput
from insurance import claim_rules, flexible_rules
from insurance.claim_rules import ClaimRefused
from insurance.dossier import Dossier, open_dossier, people_of
from insurance.models import FlexibleKind, FlexibleRetirement
from insurance.retirement import Group
from review.forms import PageForm
from review.matters import CaseValues
from review.models import Case


def dossier_of(case: Case, values: CaseValues) -> Dossier | None:
    """The dossier of who was chosen; None while nobody of the unit's people is."""
    typed = values.get("choice", {}).get("person", "")
    chosen = parameters.whole_number(typed if isinstance(typed, str) else "")
    if chosen is None or case.unit is None:
        return None
    person = people_of(case.unit).filter(pk=chosen).first()
    return open_dossier(case.unit, person, case) if person else None


class FlexibleForm(PageForm):
    """退休选择: whom, what, when, and when it was put in writing."""

    class Meta:
        model = FlexibleRetirement
        fields = ("person", "kind", "age_group", "chosen_on", "written_on")
        widgets = {
            "person": forms.HiddenInput,
            "kind": forms.RadioSelect,
            "age_group": forms.RadioSelect,
            "chosen_on": DateInput,
            "written_on": DateInput,
        }
        help_texts = {
            "chosen_on": "终止延迟退休的，填写协商确定的退休日期",
            "written_on": "弹性提前：书面告知单位的日期；弹性延迟或终止：双方签订协议的日期",
        }
        error_messages = {"person": {"required": "请先选择人员", "invalid_choice": "请从本单位人员中选择"}}

    def adapt(self) -> None:
        self.fields["person"].queryset = people_of(self.case.unit)
        self.fields["kind"].choices = FlexibleKind.choices
        self.dossier = dossier_of(self.case, self.values)
        groups = claim_rules.groups_of(self.dossier.person.sex) if self.dossier else tuple(Group)
        self.fields["age_group"].choices = [(group.value, group.label) for group in groups]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors or self.dossier is None:
            return data
        for name, value in data.items():
            setattr(self.instance, name, value)
        if self.dossier.unit is not None:
            self.instance.insured_unit = self.dossier.unit
        try:
            flexible_rules.check(self.instance, self.dossier)
        except ClaimRefused as refused:
            self.add_error(refused.field if refused.field in self.fields else None, refused.reason)
        return data
