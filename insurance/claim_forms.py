"""The seven pages of 养老金申领 (E6; JX 7.1): model forms over the claim, with the rules that one page can judge."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from common import codes
from common.formfields import DateInput, SuggestInput
from common.validators import PersonAccountField
from insurance import claim_rules
from insurance.claim_facts import Typed, dossier_of
from insurance.claim_rules import ClaimRefused
from insurance.dossier import people_of
from insurance.models import CLAIM_KINDS, PensionAdjustment, PensionClaim, RankChange, SpecialWork
from insurance.month_field import MonthDateField
from insurance.retirement import Group
from review.forms import PageForm, RowForm

_YUAN = {"data-width": "medium", "data-suffix": "元", "inputmode": "decimal"}


def _number(suffix: str) -> forms.NumberInput:
    return forms.NumberInput(attrs={"data-width": "short", "data-suffix": suffix, "inputmode": "numeric"})


class ClaimPage(PageForm):
    """A page of the claim: knows what was typed on the others, and turns refusals into errors at their field."""

    def adapt(self) -> None:
        self.typed = Typed(self.values)
        for field in self.fields.values():
            if isinstance(field, forms.TypedChoiceField):
                field.choices = [(value, label if value else "请选择") for value, label in field.choices]

    def refuse(self, refused: ClaimRefused) -> None:
        """Show a refusal at the field that mends it, else above the form."""
        self.add_error(refused.field if refused.field in self.fields else None, refused.reason)


class ClaimantForm(ClaimPage):
    """选择人员: whom, why and when; everything that blocks is said here before anything else is typed."""

    class Meta:
        model = PensionClaim
        fields = ("person", "kind", "age_group", "retired_on")
        widgets = {"person": forms.HiddenInput, "age_group": forms.RadioSelect, "retired_on": DateInput}
        error_messages = {"person": {"required": "请先选择申领人员", "invalid_choice": "请从本单位人员中选择申领人员"}}

    def adapt(self) -> None:
        super().adapt()
        self.fields["person"].queryset = people_of(self.case.unit)
        self.fields["kind"].choices = [("", "请选择"), *CLAIM_KINDS.choices]
        self.dossier = dossier_of(self.case, self.values)
        groups = claim_rules.groups_of(self.dossier.person.sex) if self.dossier else tuple(Group)
        self.fields["age_group"].choices = [(group.value, group.label) for group in groups]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors or self.dossier is None:
            return data
        try:
            self.dossier.check_person()
            facts = self.dossier.facts(data["age_group"])
            claim_rules.check_date(data["kind"], data["retired_on"], facts, self.dossier.law, timezone.localdate())
        except ClaimRefused as refused:
            self.refuse(refused)
        if self.dossier.unit is not None:
            self.instance.insured_unit = self.dossier.unit
        return data


class BasicsForm(ClaimPage):
    """基础信息: 工作年限 is typed by hand, as the manual says."""

    class Meta:
        model = PensionClaim
        fields = (
            "work_started_on",
            "work_years",
            "work_months",
            "service_months",
            "identity_2014",
            "identity",
            "is_leader",
            "only_child",
            "honour",
        )
        widgets = {
            "work_started_on": DateInput,
            "work_years": _number("年"),
            "work_months": _number("个月"),
            "service_months": _number("个月"),
        }
        help_texts = {
            "work_years": "第一个空格填整年数，下一个空格填不满一年的月数",
            "service_months": "没有服役经历的不填",
            "identity_2014": "2014年10月起参加工作的不填",
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        started, dossier = data.get("work_started_on"), dossier_of(self.case, self.values)
        if started and dossier and started <= dossier.person.birth_date:
            self.add_error("work_started_on", "参加工作日期应晚于出生日期，请核对")
        if started and self.typed.retired_on and started > self.typed.retired_on:
            self.add_error("work_started_on", "参加工作日期不能晚于退休日期")
        if started and claim_rules.before_reform(started) and not data.get("identity_2014"):
            self.add_error("identity_2014", "2014年10月前参加工作的，请选择2014年9月身份")
        if self.errors or dossier is None:
            return data
        self._check_years(data, started, dossier)
        return data

    def _check_years(self, data: dict[str, Any], started: date | None, dossier: Any) -> None:
        work_months = data["work_years"] * 12 + data["work_months"]
        possible = claim_rules.months_between(started, self.typed.retired_on or timezone.localdate()) if started else 0
        if work_months > possible:
            self.add_error("work_years", "工作年限超过参加工作日期至退休日期的时间，请核对")
            return
        try:
            claim_rules.check_work_years(work_months, dossier.law)
        except ClaimRefused as refused:
            self.refuse(refused)


class _WageForm(ClaimPage):
    """A wage file: asks what the identity has, nothing else. ``suffix`` names the columns."""

    suffix = ""

    def identity(self) -> str:
        """身份 of the file's time, as typed on the page before."""
        raise NotImplementedError

    def adapt(self) -> None:
        super().adapt()
        identity = self.identity()
        if kind := codes.RANKS_OF_PERSONNEL.get(identity):
            self.fields[f"rank{self.suffix}"].choices = [("", "请选择"), *codes.RANKS[kind].choices]
            dropped = {"worker": ("teaching_extra",), "professional": ("technical_wage",)}
            for name in dropped.get(kind, ("technical_wage", "teaching_extra")):
                self.fields.pop(f"{name}{self.suffix}")
        worker = identity == "5"
        for name, needed in (("rank", True), ("grade", not worker), ("step", not worker), ("post_wage", True)):
            self.fields[f"{name}{self.suffix}"].required = needed
        self.fields[f"grade_wage{self.suffix}"].required = not worker
        for name, field in self.fields.items():
            if isinstance(field, forms.DecimalField):
                field.label = str(field.label).removesuffix("（元/月）")
                self.fields[name].widget.attrs.update(_YUAN)


class Wages2014Form(_WageForm):
    """2014年9月工资档案."""

    suffix = "_2014"

    class Meta:
        model = PensionClaim
        fields = (
            "rank_2014",
            "grade_2014",
            "step_2014",
            "post_wage_2014",
            "grade_wage_2014",
            "technical_wage_2014",
            "teaching_extra_2014",
            "allowance_2014",
            "subsidy_2014",
        )

    def identity(self) -> str:
        return self.typed.text("basics", "identity_2014")

    def adapt(self) -> None:
        """Both wage files ask the same: in a list of problems each says which one it is."""
        super().adapt()
        for field in self.fields.values():
            field.label = f"2014年9月{field.label}"


class WagesForm(_WageForm):
    """退休时工资档案."""

    class Meta:
        model = PensionClaim
        fields = (
            "rank",
            "grade",
            "step",
            "post_wage",
            "grade_wage",
            "technical_wage",
            "teaching_extra",
            "allowance",
            "subsidy",
        )

    def identity(self) -> str:
        return self.typed.text("basics", "identity")


class BankForm(ClaimPage):
    """银行账号: only the claimant's own account."""

    masked = {"account_no": "account"}

    class Meta:
        model = PensionClaim
        fields = ("account_holder", "bank", "account_no")
        field_classes = {"account_no": PersonAccountField}
        widgets = {
            "bank": SuggestInput(codes.BANK.labels),
            "account_no": forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        }
        help_texts = {"account_holder": "应为申领人员本人", "account_no": "本人的银行卡或社会保障卡金融账户"}

    def clean_account_holder(self) -> str:
        holder: str = self.cleaned_data["account_holder"].strip()
        dossier = dossier_of(self.case, self.values)
        if dossier and holder != dossier.person.name:
            raise forms.ValidationError(f"户名应为申领人员本人（{dossier.person.name}），养老金不能发放到他人账户")
        return holder


# --- Rows ------------------------------------------------------------------------------------


class _LifeRow(RowForm):
    """A stretch of the working life: begins and ends within it."""

    def adapt(self) -> None:
        self.typed = Typed(self.values)
        for field in self.fields.values():
            if isinstance(field, forms.TypedChoiceField):
                field.choices = [(value, label if value else "请选择") for value, label in field.choices]

    def limits(self) -> tuple[date, date] | None:
        """First and last day that a stretch may touch; None while they are not known."""
        return self.typed.life()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", f"{self.fields['ends_on'].label}不能早于{self.fields['starts_on'].label}")
        elif starts_on and (limits := self.limits()):
            try:
                claim_rules.check_within(starts_on, ends_on, *limits)
            except ClaimRefused as refused:
                self.add_error(refused.field, f"{self.fields[refused.field].label}{refused.reason}")
        return data


class AdjustmentForm(_LifeRow):
    """视同缴费核增核减, by months."""

    class Meta:
        model = PensionAdjustment
        fields = ("kind", "reason", "starts_on", "ends_on")
        field_classes = {"starts_on": MonthDateField, "ends_on": MonthDateField}
        widgets: dict[str, Any] = {}

    def limits(self) -> tuple[date, date] | None:
        """The months in which work began and ended belong to the working life."""
        life = super().limits()
        return (life[0].replace(day=1), life[1]) if life else None


class SpecialWorkForm(_LifeRow):
    """特殊工种."""

    class Meta:
        model = SpecialWork
        fields = ("kind", "name", "workplace", "starts_on", "ends_on")
        widgets = {"starts_on": DateInput, "ends_on": DateInput}


class RankChangeForm(_LifeRow):
    """人员职务升降."""

    class Meta:
        model = RankChange
        fields = ("starts_on", "ends_on", "kind", "from_post", "to_post", "grade", "document")
        widgets = {"starts_on": DateInput, "ends_on": DateInput}
