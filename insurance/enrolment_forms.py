"""The pages of 在职人员增加 and 在职人员减少 (E7, E8): model forms, with the rules that one page can judge."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from common import codes, identifiers, parameters
from common.formfields import DateInput
from common.validators import MobileField, PostcodeField
from insurance import enrolment_facts, enrolment_rules
from insurance.dossier import people_of
from insurance.enrolment_facts import judged, own_units, text
from insurance.enrolment_rules import EnrolmentRefused
from insurance.models import Enrolment, EnrolmentKind, EnrolmentRequest, InsuredUnit, WithdrawalRequest
from insurance.month_field import MonthDateField
from insurance.withdrawal_facts import arrears_words, enrolment_of, facts_of, person_of
from review.forms import PageForm

_MEDIUM = {"data-width": "medium"}
_YUAN = {"data-width": "medium", "data-suffix": "元", "inputmode": "decimal"}


class _Page(PageForm):
    """Empty choices read 请选择; refusals stand at the field that mends them."""

    def adapt(self) -> None:
        for field in self.fields.values():
            if isinstance(field, forms.TypedChoiceField):
                field.choices = [(value, label if value else "请选择") for value, label in field.choices]

    def refuse(self, refused: EnrolmentRefused) -> None:
        """Show a refusal at its field, else above the form."""
        self.add_error(refused.field if refused.field in self.fields else None, refused.reason)


# --- 在职人员增加 -------------------------------------------------------------------------------


class IdentityForm(_Page):
    """人员: the document and the name, from which the system decides."""

    masked = {"id_no": "id"}

    class Meta:
        model = EnrolmentRequest
        fields = ("id_type", "id_no", "name")
        widgets = {"id_no": forms.TextInput(attrs={"autocomplete": "off"})}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        try:
            data["id_no"] = identifiers.clean_id_no(data["id_type"], data["id_no"])
        except forms.ValidationError as refusal:
            self.add_error("id_no", refusal)
            return data
        found = judged(self.case, {**self.values, "identity": {k: str(v) for k, v in data.items()}})
        if found is None:
            return data
        try:
            self.instance.decision = found.check()
        except EnrolmentRefused as refused:
            self.refuse(refused)
            return data
        self._fill(data, found)
        return data

    def _fill(self, data: dict[str, Any], found: enrolment_facts.Judged) -> None:
        """What follows from the number or is held already is never typed."""
        self.instance.person = found.person
        told = {
            "sex": identifiers.sex(data["id_type"], data["id_no"]) or "",
            "birth_date": identifiers.birth_date(data["id_type"], data["id_no"]),
        }
        for name, value in (told | enrolment_facts.held_values(found.person)).items():
            setattr(self.instance, name, value)


class KeyFactsForm(_Page):
    """关键信息: sex and birth date only where the document does not tell them; what is held stands there to read."""

    class Meta:
        model = EnrolmentRequest
        fields = ("sex", "birth_date", "nation", "work_started_on")
        widgets = {"birth_date": DateInput, "work_started_on": DateInput, "sex": forms.RadioSelect}
        help_texts = {"birth_date": "以档案记载为准"}

    def adapt(self) -> None:
        super().adapt()
        self.fields["sex"].choices = codes.SEX.only("1", "2").choices
        for field in self.fields.values():
            field.required = True
        self.judged = judged(self.case, self.values)
        id_type, id_no = text(self.values, "identity", "id_type"), enrolment_facts.typed_id_no(self.values)
        if id_no and identifiers.birth_date(id_type, id_no):
            del self.fields["sex"], self.fields["birth_date"]
        for name, value in enrolment_facts.held_values(self.judged.person if self.judged else None).items():
            if name in self.fields:
                self.initial[name] = value
                self.fields[name].disabled = True
                self.fields[name].help_text = "已登记，不能在此修改；有误的，请办理人员信息变更"

    def birth(self, data: dict[str, Any]) -> date | None:
        """The birth date that holds: typed, told by the number, or held."""
        id_type, id_no = text(self.values, "identity", "id_type"), enrolment_facts.typed_id_no(self.values)
        found: date | None = data.get("birth_date") or (identifiers.birth_date(id_type, id_no) if id_no else None)
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        birth, started = self.birth(data), data.get("work_started_on")
        try:
            if birth and birth > timezone.localdate():
                raise EnrolmentRefused("出生日期不能晚于今天", "birth_date")
            if birth and started:
                enrolment_rules.check_work_start(started, birth, timezone.localdate())
            if "birth_date" in self.fields and birth:
                reached = enrolment_facts.retires_on(birth, data.get("sex") or codes.MALE, "")
                enrolment_rules.check_age(reached, timezone.localdate())
        except EnrolmentRefused as refused:
            self.refuse(refused)
        return data


class GeneralFactsForm(_Page):
    """一般信息."""

    masked = {"mobile": "mobile"}

    class Meta:
        model = EnrolmentRequest
        fields = ("education", "politics", "hukou", "address", "mobile", "postcode", "email")
        field_classes = {"mobile": MobileField, "postcode": PostcodeField}
        widgets = {
            "address": forms.TextInput(attrs={"autocomplete": "off"}),
            "mobile": forms.TextInput(attrs=_MEDIUM),
            "postcode": forms.TextInput(attrs={"data-width": "short", "inputmode": "numeric"}),
        }

    def adapt(self) -> None:
        super().adapt()
        self.fields["mobile"].required = True


class InsuranceForm(_Page):
    """参保信息; the insured unit is asked only where the institution has several."""

    class Meta:
        model = EnrolmentRequest
        fields = ("insured_unit", "identity", "staffing", "reason", "starts_on", "rank")
        field_classes = {"starts_on": MonthDateField}
        help_texts = {"starts_on": "第一个缴费的月份"}

    def adapt(self) -> None:
        super().adapt()
        self.units = own_units(self.case.unit)
        if len(self.units) == 1:
            del self.fields["insured_unit"]
        else:
            mine = InsuredUnit.objects.filter(pk__in=[one.pk for one in self.units])
            self.fields["insured_unit"].queryset = mine
            self.fields["insured_unit"].empty_label = "请选择"
        identities = codes.INSURED_IDENTITY.only("301", "302", "303", "304").choices
        self.fields["identity"].choices = [("", "请选择"), *identities]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if len(self.units) == 1:
            self.instance.insured_unit = self.units[0]
        found, starts_on = judged(self.case, self.values), data.get("starts_on")
        if starts_on is None or found is None:
            return data
        held = enrolment_facts.held_values(found.person)
        work_started_on = held.get("work_started_on") or parameters.day(text(self.values, "key", "work_started_on"))
        try:
            enrolment_rules.check_start(starts_on, found.last_ends, work_started_on, timezone.localdate())
        except EnrolmentRefused as refused:
            self.refuse(refused)
        if data.get("reason") == "5" and found.kind in (EnrolmentKind.REGISTER, EnrolmentKind.ENROL):
            self.add_error("reason", f"办理类型为{found.kind.label}，增加原因不能是恢复缴费")
        return data


class WagesForm(_Page):
    """工资构成: entered in parts; the base is worked out and shown on the next page."""

    class Meta:
        model = EnrolmentRequest
        fields = ("post_wage", "grade_wage", "allowance", "performance")

    def adapt(self) -> None:
        for field in self.fields.values():
            field.widget.attrs.update(_YUAN)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        wage = enrolment_rules.total_wage(data.get(name) for name in self.Meta.fields)
        if not wage:
            self.add_error("post_wage", "月工资合计应大于0")
            return data
        self.instance.wage = wage
        unit = enrolment_facts.typed_unit(self.case, self.values)
        if unit is not None and self.instance.starts_on:
            known = enrolment_facts.limits(unit.region_id, self.instance.starts_on)
            self.instance.base_floor, self.instance.base_ceiling = known.floor, known.ceiling
            self.instance.base = enrolment_rules.clamp(wage, known)
        return data


# --- 在职人员减少 -------------------------------------------------------------------------------


class WithdrawalForm(_Page):
    """减少信息 of one of the unit's people."""

    class Meta:
        model = WithdrawalRequest
        fields = ("person", "cause", "left_on", "ends_on", "destination")
        field_classes = {"ends_on": MonthDateField}
        widgets = {"person": forms.HiddenInput, "left_on": DateInput}
        help_texts = {"destination": "调出的必填"}
        error_messages = {"person": {"required": "请先选择人员", "invalid_choice": "请从本单位人员中选择"}}

    def adapt(self) -> None:
        super().adapt()
        self.fields["person"].queryset = people_of(self.case.unit)
        self.person = person_of(self.case, self.values)
        self.enrolment = enrolment_of(self.case, self.values)
        self.facts = facts_of(self.person, self.enrolment) if self.person else []
        self.arrears = arrears_words(self.person) if self.person else ""
        if self.enrolment and self.enrolment.state == Enrolment.State.SUSPENDED:
            self.initial["ends_on"] = self.enrolment.ends_on
            self.fields["ends_on"].disabled = True
            self.fields["ends_on"].help_text = "已暂停缴费，停保年月不变"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        if self.enrolment is None:
            self.add_error(None, "该人员不是本单位在职参保人员，不能办理")
            return data
        try:
            enrolment_rules.check_withdrawal(
                data["cause"], data["left_on"], data["ends_on"], self.enrolment, timezone.localdate()
            )
        except EnrolmentRefused as refused:
            self.refuse(refused)
        if enrolment_rules.needs_destination(data["cause"]) and not data.get("destination"):
            self.add_error("destination", "调出的，请填写去向单位")
        self.instance.insured_unit = self.enrolment.unit
        return data
