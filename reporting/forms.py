"""The pages of placement registrations and ends (C8, C9), and the filter of the list."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from common import codes, identifiers
from common.formfields import DateInput
from common.validators import TelephoneField
from positions.models import Position
from reporting import queries, revisions, rules
from reporting.correction_forms import mentor_field
from reporting.models import LogEntry, MonthlyReport, Objection, Placement, PlacementEnd, PlacementRegistration
from review.forms import PageForm
from review.matters import CaseValues
from review.models import EDITABLE, Case


def _money(suffix: str) -> forms.NumberInput:
    return forms.NumberInput(attrs={"data-width": "medium", "data-suffix": suffix, "inputmode": "decimal"})


class _Page(PageForm):
    """Empty choices read 请选择 instead of a row of dashes."""

    def adapt(self) -> None:
        for field in self.fields.values():
            if isinstance(field, forms.TypedChoiceField):
                field.choices = [(value, label if value else "请选择") for value, label in field.choices]


# --- 就业见习人员管理 (C8) -----------------------------------------------------------------------


def person_of(case: Case, values: CaseValues) -> queries.Person | None:
    """The person typed on the first page, if the unit has looked him or her up."""
    typed = values.get("person", {})
    name, id_no = str(typed.get("name", "")), str(typed.get("id_no", ""))
    return queries.looked_up(case.unit, name, id_no) if name and id_no else None


class PersonForm(_Page):
    """查询人员: name and ID number together; the look-up itself is a button beside (reporting.views.look_up)."""

    masked = {"id_no": "id"}

    class Meta:
        model = PlacementRegistration
        fields = ("name", "id_type", "id_no")
        widgets = {"id_no": forms.TextInput}

    def adapt(self) -> None:
        super().adapt()
        self.instance.unit = self.case.unit
        self.found = person_of(self.case, self.values)

    @property
    def facts(self) -> list[dict[str, str]]:
        """What the unit reads about the person found, so that it knows the right one."""
        if self.found is None:
            return []
        person, trainee = self.found.individual, self.found.trainee
        source = trainee or person
        pairs = [
            ("姓名", source.name),
            ("证件号码", identifiers.mask_id(source.id_no)),
            ("人员类别", codes.TRAINEE_CATEGORY.label(trainee.category) if trainee else "在协议信息中选择"),
            ("学历", codes.EDUCATION.label(source.education) if source.education else ""),
            ("毕业院校", source.school),
            ("毕业时间", rules.words(source.graduated_on) if source.graduated_on else ""),
            ("失业登记日期", rules.words(source.unemployed_on) if source.unemployed_on else ""),
        ]
        return [{"label": label, "value": value} for label, value in pairs if value]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors or not data.get("id_no"):
            return data
        try:
            data["id_no"] = identifiers.clean_id_no(data["id_type"], data["id_no"])
        except ValidationError as refusal:
            self.add_error("id_no", refusal)
            return data
        found = queries.looked_up(self.case.unit, data["name"], data["id_no"])
        if found is None:
            self.add_error("id_no", "请先点击“查询”，查到该人员后再继续")
            return data
        self.instance.individual, self.instance.trainee = found.individual, found.trainee
        if found.trainee:
            self.instance.category = found.trainee.category
        return data


class _PositionChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Position) -> str:
        return f"{obj.name}（{obj.number}，生活费{obj.allowance}元/月，剩余名额{obj.places_left}人）"


class PositionForm(_Page):
    """选择岗位: the unit's open positions as a list."""

    class Meta:
        model = PlacementRegistration
        fields = ("position",)
        field_classes = {"position": _PositionChoice}
        widgets = {"position": forms.RadioSelect}
        error_messages = {
            "position": {"required": "请选择见习岗位", "invalid_choice": "该岗位已停止招收，请选择其他岗位"}
        }

    def adapt(self) -> None:
        super().adapt()
        field = self.fields["position"]
        field.queryset = queries.open_positions(self.case.unit)
        field.empty_label = None
        if not field.queryset.exists():
            field.help_text = "本单位没有招收中的岗位，请先办理就业见习岗位申请"

    def clean_position(self) -> Position:
        position: Position = self.cleaned_data["position"]
        if position.places_left < 1:
            raise ValidationError(f"岗位{position.number}招收{position.places}人，名额已满，请选择其他岗位")
        return position


class AgreementForm(_Page):
    """协议信息."""

    class Meta:
        model = PlacementRegistration
        fields = ("category", "agreement_no", "signed_on", "starts_on", "ends_on", "living_standard", "mentor")
        widgets = {
            "signed_on": DateInput,
            "starts_on": DateInput,
            "ends_on": DateInput,
            "living_standard": _money("元/月"),
        }
        help_texts = {
            "signed_on": "毕业年限、年龄等条件按签订日期核验",
            "ends_on": "例如2026年3月1日开始见习6个月的，填写2026年8月31日",
        }

    def adapt(self) -> None:
        super().adapt()
        position = str(self.values.get("position", {}).get("position", ""))
        chosen = Position.objects.of_unit(self.case.unit).filter(pk=position).first() if position.isdecimal() else None
        self.fields["mentor"] = mentor_field(self.case.unit, chosen.mentor if chosen else "")
        found = person_of(self.case, self.values)
        if found and found.trainee:
            self.instance.category = found.trainee.category
            del self.fields["category"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", "见习结束日期不能早于见习开始日期")
        return data


class InsuranceForm(_Page):
    """人身意外伤害保险."""

    class Meta:
        model = PlacementRegistration
        fields = ("insurer", "policy_no", "premium", "insured_from", "insured_to")
        widgets = {"premium": _money("元"), "insured_from": DateInput, "insured_to": DateInput}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        begin, end = data.get("insured_from"), data.get("insured_to")
        if begin and end and end < begin:
            self.add_error("insured_to", "保险终止日期不能早于保险起始日期")
        return data


# --- 减员申请 (C9) -------------------------------------------------------------------------------


def reason_of(values: CaseValues) -> str:
    """The reason chosen so far; "" before."""
    return str(values.get("end", {}).get("reason", ""))


class _PlacementChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Placement) -> str:
        return f"{obj.name}（{identifiers.mask_id(obj.id_no)}），{obj.position.name}，{obj.starts_on}至{obj.ends_on}"


class EndForm(_Page):
    """选择人员: whose internship ended, when and why."""

    class Meta:
        model = PlacementEnd
        fields = ("placement", "ended_on", "reason")
        field_classes = {"placement": _PlacementChoice}
        widgets = {"ended_on": DateInput, "reason": forms.RadioSelect}
        error_messages = {"placement": {"required": "请选择见习人员", "invalid_choice": rules.NOT_APPROVED}}

    def adapt(self) -> None:
        super().adapt()
        self.fields["reason"].choices = codes.END_REASON.choices
        field = self.fields["placement"]
        field.queryset = queries.placements_of(self.case.unit).filter(state=Placement.State.CURRENT)
        field.empty_label = "请选择"
        if not field.queryset.exists():
            field.help_text = "本单位没有审核通过且未结束的就业见习人员"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        placement, ended_on, reason = data.get("placement"), data.get("ended_on"), data.get("reason")
        if not (placement and ended_on and reason):
            return data
        if fault := rules.end_fault(placement, ended_on, reason, timezone.localdate()):
            self.add_error("ended_on", fault)
        return data


class WhereaboutsForm(_Page):
    """去向说明: asks what the reason needs (JL 减员申请), and nothing else."""

    asked = {
        rules.EMPLOYED: ("destination", "other_employment"),
        rules.COMPLETED: ("other_employment",),
        rules.UNABLE: ("unable_reason", "other_employment"),
    }
    required = {
        rules.EMPLOYED: ("destination",),
        rules.COMPLETED: ("other_employment",),
        rules.UNABLE: ("unable_reason", "other_employment"),
    }

    class Meta:
        model = PlacementEnd
        fields = ("destination", "unable_reason", "other_employment")

    def adapt(self) -> None:
        super().adapt()
        reason = reason_of(self.values)
        if reason in self.asked:
            self.fields = {name: self.fields[name] for name in self.asked[reason]}
        for name in self.required.get(reason, ()):
            self.fields[name].required = True


class RetentionForm(_Page):
    """留用登记: contract and social insurance with this unit (domain facts §1.4)."""

    class Meta:
        model = PlacementEnd
        fields = ("retained", "contract_from", "contract_to", "social_insured_from", "filed_on")
        widgets = {
            "contract_from": DateInput,
            "contract_to": DateInput,
            "social_insured_from": DateInput,
            "filed_on": DateInput,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("retained"):
            for name in ("contract_from", "contract_to", "social_insured_from", "filed_on"):
                if data.get(name):
                    self.add_error("retained", "填写了合同或参保日期的，请勾选“本单位已留用”")
                    break
            return data
        for name in ("contract_from", "social_insured_from"):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, "留用的请填写此项")
        begin, end = data.get("contract_from"), data.get("contract_to")
        if begin and end and end <= begin:
            self.add_error("contract_to", "劳动合同终止日期应晚于起始日期")
        return data


# --- 就业见习月报 (C10) --------------------------------------------------------------------------


class MonthForm(_Page):
    """选择月份: months that are over and have people who are not in an approved report."""

    masked = {"phone": "mobile"}

    class Meta:
        model = MonthlyReport
        fields = ("month", "filler", "phone")
        field_classes = {"phone": TelephoneField}
        widgets = {"phone": forms.TextInput(attrs={"data-width": "medium"})}

    month = forms.TypedChoiceField(label="申报月份", coerce=date.fromisoformat)

    def adapt(self) -> None:
        months = queries.months_to_report(self.case.unit, timezone.localdate())
        field = self.fields["month"]
        if self.case.status not in EDITABLE and (chosen := month_of(self.values)):
            months = [chosen]
        field.choices = [("", "请选择"), *((m.isoformat(), f"{m.year}年{m.month}月") for m in months)]
        field.error_messages["invalid_choice"] = "该月份没有需要上报的人员"
        if not months:
            field.help_text = "没有需要上报的月份：月报在当月结束后上报，已上报的人员不重复上报"


def month_of(values: CaseValues) -> date | None:
    """The month chosen so far, by its first day; None for anything that is no month or lies ahead."""
    text = str(values.get("month", {}).get("month", ""))
    try:
        chosen = date.fromisoformat(text)
    except ValueError:
        return None
    return chosen if chosen.day == 1 and chosen <= timezone.localdate() else None


class RevisionForm(_Page):
    """选择月报: approved reports whose months are not claimed."""

    masked = {"phone": "mobile"}

    class Meta:
        model = MonthlyReport
        fields = ("revises", "filler", "phone")
        field_classes = {"phone": TelephoneField}
        widgets = {"phone": forms.TextInput(attrs={"data-width": "medium"})}

    def adapt(self) -> None:
        super().adapt()
        field = self.fields["revises"]
        field.required, field.empty_label = True, "请选择"
        field.queryset = revisions.revisable(self.case.unit)
        if self.case.status not in EDITABLE:
            field.queryset = MonthlyReport.objects.filter(case__unit=self.case.unit)
        field.error_messages = {"required": "请选择需要更正的月报", "invalid_choice": revisions.CLAIMED}
        field.label_from_instance = lambda report: f"{report}（{report.case.number}）"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if report := data.get("revises"):
            self.instance.month = report.month
        return data


def revised_report(case: Case, values: CaseValues) -> MonthlyReport | None:
    """The report chosen to be revised so far; None for none of the unit's."""
    key = str(values.get("report", {}).get("revises", ""))
    if not key.isdecimal() or len(key) > 18:
        return None
    return MonthlyReport.objects.filter(pk=key, case__unit=case.unit).select_related("case").first()


# --- 我的见习 (B3) -------------------------------------------------------------------------------


class ObjectionForm(forms.ModelForm):
    """提出异议."""

    class Meta:
        model = Objection
        fields = ("subject", "text")
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"text": "写明月份、数额等与实际不符的内容，单位和人社部门可以看到"}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["subject"].choices = [("", "请选择"), *Objection.Subject.choices]


class LogForm(forms.ModelForm):
    """写日志."""

    class Meta:
        model = LogEntry
        fields = ("day", "text")
        widgets = {"day": DateInput, "text": forms.Textarea(attrs={"rows": 4})}
        help_texts = {"text": "当天的见习内容和收获，不超过500字；同一天再次填写的替换原内容"}


# --- The list ------------------------------------------------------------------------------------


class PlacementFilter(forms.Form):
    """Filters of 就业见习人员管理."""

    CHOICES = (
        ("", "全部"),
        ("running", "见习中"),
        ("awaiting", "期满待确认"),
        ("left", "已上报不在岗"),
        ("ended", "已结束"),
        ("cancelled", "已取消"),
    )

    state = forms.ChoiceField(label="状态", choices=CHOICES, required=False)
    name = forms.CharField(label="姓名", max_length=64, required=False)
