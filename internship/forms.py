"""The pages of the two applications (B1, C1): model forms over their records, with the rules that one page can judge."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from common import codes, identifiers
from common.formfields import AnyRegionField, DateInput, HandlingRegionField, RegionField, SuggestInput
from common.validators import (
    CnapsField,
    MobileField,
    PersonAccountField,
    TelephoneField,
    UnitAccountField,
)
from internship import rules
from internship.models import Mentor, StaffPerson, TraineeApplication, UnitQualification
from review.forms import PageForm, RowForm
from review.matters import CaseValues
from review.models import Case

_MEDIUM = {"data-width": "medium"}


def _number(suffix: str) -> forms.NumberInput:
    return forms.NumberInput(attrs={"data-width": "short", "data-suffix": suffix, "inputmode": "numeric"})


class _Selects:
    """Empty choices read 请选择 instead of a row of dashes."""

    fields: dict[str, forms.Field]

    def adapt(self) -> None:
        for field in self.fields.values():
            if isinstance(field, forms.TypedChoiceField):
                field.choices = [(value, label if value else "请选择") for value, label in field.choices]


# --- 就业见习人员申请 (B1) --------------------------------------------------------------------


def category_of(values: CaseValues) -> str:
    """The category of trainees typed so far; "" before it is chosen."""
    return str(values.get("category", {}).get("category", ""))


def region_of(values: CaseValues) -> str:
    """Code of the handling region typed so far; "" before it is chosen."""
    return HandlingRegionField.of(values.get("category", {}), "handling_region")


def birth_date_of(case: Case) -> date | None:
    """The applicant's birth date, as the ID number tells it or as the account holds it."""
    person = case.individual
    return identifiers.birth_date(person.id_type, person.id_no) or person.birth_date


def _about(case: Case) -> str:
    """What the ID number tells, so that it is never typed: 性别, 出生日期, 年龄."""
    person = case.individual
    born = birth_date_of(case)
    sex = identifiers.sex(person.id_type, person.id_no) or person.sex
    facts = [f"性别：{codes.SEX.label(sex)}"] if sex else []
    if born:
        age = identifiers.age_on(born, timezone.localdate())
        facts += [f"出生日期：{born:%Y年%-m月%-d日}", f"年龄：{age}周岁"]
    return "，".join(facts)


class PersonForm(_Selects, PageForm):
    """个人基本信息: name and document come from the account and cannot be changed here."""

    masked = {"id_no": "id", "mobile": "mobile"}
    read_only = ("name", "id_type", "id_no")

    class Meta:
        model = TraineeApplication
        fields = (
            "name",
            "id_type",
            "id_no",
            "nation",
            "politics",
            "household_region",
            "address",
            "mobile",
            "emergency_contact",
        )
        field_classes = {"household_region": RegionField, "mobile": MobileField}
        widgets = {
            "id_no": forms.TextInput,
            "address": forms.TextInput(attrs={"autocomplete": "street-address"}),
            "mobile": forms.TextInput(attrs=_MEDIUM),
            "emergency_contact": forms.TextInput,
        }

    def adapt(self) -> None:
        super().adapt()
        for name in self.read_only:
            self.initial[name] = getattr(self.case.individual, name)
            self.fields[name].disabled = True
        self.fields["id_no"].help_text = _about(self.case)


class CategoryForm(_Selects, PageForm):
    """人员类别与办理属地: what the later pages depend on."""

    class Meta:
        model = TraineeApplication
        fields = ("handling_region", "category", "education", "degree")
        field_classes = {"handling_region": HandlingRegionField}
        widgets = {"category": forms.RadioSelect}

    def adapt(self) -> None:
        super().adapt()
        self.fields["category"].choices = codes.TRAINEE_CATEGORY.choices

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        region = data.get("handling_region")
        if data.get("category") == rules.YOUTH and region:
            claim = rules.Claim(rules.YOUTH, region.pk, birth_date=birth_date_of(self.case))
            try:
                rules.check_youth_age(claim, timezone.localdate())
            except rules.NotEligible as refusal:
                self.add_error("category", refusal.reason)
        return data


class BackgroundForm(_Selects, PageForm):
    """毕业或失业登记信息: asks what the category needs, and nothing that does not concern it."""

    asked = {
        "G1": ("school", "graduated_on", "diploma_no", "major"),
        "G2": ("school", "graduated_on", "diploma_no", "major"),
        "Y1": ("unemployed_on", "employment_card_no", "school", "major"),
    }
    required = {
        "G1": ("school", "graduated_on"),
        "G2": ("school", "graduated_on"),
        "Y1": ("unemployed_on",),
    }

    class Meta:
        model = TraineeApplication
        fields = ("school", "graduated_on", "diploma_no", "major", "unemployed_on", "employment_card_no")
        widgets = {"graduated_on": DateInput, "unemployed_on": DateInput}

    def adapt(self) -> None:
        super().adapt()
        category = category_of(self.values)
        if category in self.asked:
            self.fields = {name: self.fields[name] for name in self.asked[category]}
        for name in self.required.get(category, ()):
            self.fields[name].required = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        category = category_of(self.values)
        if self.errors or category not in self.required:
            return data
        claim = rules.Claim(
            category,
            region_of(self.values),
            birth_date=birth_date_of(self.case),
            graduated_on=data.get("graduated_on"),
            unemployed_on=data.get("unemployed_on"),
        )
        try:
            rules.check_eligible(claim, timezone.localdate())
        except rules.NotEligible as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else None, refusal.reason)
        return data


class WishForm(_Selects, PageForm):
    """意向与经历."""

    class Meta:
        model = TraineeApplication
        fields = ("wish_category", "wish_region", "skills", "awards", "experience")
        field_classes = {"wish_region": AnyRegionField}
        widgets = {"experience": forms.Textarea(attrs={"rows": 4})}


class TraineeBankForm(PageForm):
    """银行卡（选填）: all of it or nothing, with a consent of its own (PIPL §29)."""

    masked = {"account_no": "account"}

    class Meta:
        model = TraineeApplication
        fields = ("bank", "account_no", "bank_consent")
        field_classes = {"account_no": PersonAccountField}
        widgets = {
            "bank": SuggestInput(codes.BANK.labels),
            "account_no": forms.TextInput(attrs={"inputmode": "numeric"}),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        if bool(data.get("bank")) != bool(data.get("account_no")):
            missing = "account_no" if data.get("bank") else "bank"
            self.add_error(missing, "开户银行和账号应同时填写，或都不填写")
        elif data.get("account_no") and not data.get("bank_consent"):
            self.add_error("bank_consent", "填写银行账号的，请勾选同意其用途")
        return data


# --- 就业见习单位申请 (C1) --------------------------------------------------------------------


class NatureForm(_Selects, PageForm):
    """单位性质; name and credit code are those of the account."""

    class Meta:
        model = UnitQualification
        fields = (
            "unit_type",
            "registration_type",
            "industry",
            "affiliation",
            "legal_representative",
            "founded_on",
            "registered_capital",
            "business_scope",
        )
        widgets = {
            "founded_on": DateInput,
            "registered_capital": forms.NumberInput(attrs={"data-width": "medium", "data-suffix": "万元"}),
            "business_scope": forms.Textarea(attrs={"rows": 4}),
        }

    def adapt(self) -> None:
        super().adapt()
        self.instance.name, self.instance.uscc = self.case.unit.name, self.case.unit.uscc

    def clean_founded_on(self) -> date | None:
        founded_on: date | None = self.cleaned_data["founded_on"]
        if founded_on and founded_on > timezone.localdate():
            raise forms.ValidationError("成立日期不能晚于今天")
        return founded_on


class PlaceForm(PageForm):
    """地址与业务办理归属地."""

    class Meta:
        model = UnitQualification
        fields = ("registered_address", "office_address", "region", "handling_region")
        field_classes = {"region": RegionField, "handling_region": HandlingRegionField}


class PlanForm(PageForm):
    """规模与见习计划."""

    class Meta:
        model = UnitQualification
        fields = ("employee_count", "insured_count", "planned_positions", "planned_trainees", "introduction")
        widgets = {
            "employee_count": _number("人"),
            "insured_count": _number("人"),
            "planned_positions": _number("个"),
            "planned_trainees": _number("人"),
            "introduction": forms.Textarea(attrs={"rows": 5}),
        }


class ContactForm(PageForm):
    """联系人."""

    masked = {"mobile": "mobile"}

    class Meta:
        model = UnitQualification
        fields = ("contact", "mobile", "email")
        field_classes = {"mobile": MobileField}
        widgets = {"mobile": forms.TextInput(attrs=_MEDIUM)}


class StaffPersonForm(_Selects, RowForm):
    """专职人员."""

    masked = {"id_no": "id", "phone": "mobile"}

    class Meta:
        model = StaffPerson
        fields = ("name", "id_type", "id_no", "sex", "post", "phone")
        field_classes = {"phone": TelephoneField}
        widgets = {"id_no": forms.TextInput, "phone": forms.TextInput(attrs=_MEDIUM)}
        help_texts = {"sex": "居民身份证可自动识别，无需填写"}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("id_type") or not data.get("id_no"):
            return data
        try:
            data["id_no"] = identifiers.clean_id_no(data["id_type"], data["id_no"])
        except forms.ValidationError as refusal:
            self.add_error("id_no", refusal)
            return data
        told = identifiers.sex(data["id_type"], data["id_no"])
        if told and data.get("sex") and data["sex"] != told:
            self.add_error("sex", "性别与证件号码不一致，请核对")
        data["sex"] = data.get("sex") or told or ""
        return data


class MentorForm(RowForm):
    """带教人员."""

    masked = {"phone": "mobile"}

    class Meta:
        model = Mentor
        fields = ("name", "post", "years", "phone")
        field_classes = {"phone": TelephoneField}
        widgets = {"years": _number("年"), "phone": forms.TextInput(attrs=_MEDIUM)}


class UnitBankForm(PageForm):
    """银行账户信息: the account that subsidies are paid to."""

    masked = {"account_no": "account"}

    class Meta:
        model = UnitQualification
        fields = ("account_holder", "holder_reason", "bank", "branch", "cnaps", "account_no")
        field_classes = {"cnaps": CnapsField, "account_no": UnitAccountField}
        widgets = {
            "bank": SuggestInput(codes.BANK.labels),
            "cnaps": forms.TextInput(attrs={"inputmode": "numeric", **_MEDIUM}),
            "account_no": forms.TextInput,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        holder = data.get("account_holder")
        if holder and holder != self.case.unit.name and not data.get("holder_reason"):
            self.add_error("holder_reason", f"开户名称与单位名称“{self.case.unit.name}”不一致，请说明原因")
        return data
