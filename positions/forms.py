"""The pages of a position's application (C2), and the small forms around positions."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from common import regions
from common.formfields import DateInput, HandlingRegionField, SuggestInput
from common.transitions import TransitionRefused
from common.validators import TelephoneField
from internship.models import Mentor
from internship.queries import qualified_unit
from positions import rules
from positions.models import InterestAction, Position, PositionApplication
from review.forms import PageForm


def _number(suffix: str) -> forms.NumberInput:
    return forms.NumberInput(attrs={"data-width": "short", "data-suffix": suffix, "inputmode": "numeric"})


class _PositionPage(PageForm):
    """A page over the application; empty choices read 请选择 instead of a row of dashes."""

    def adapt(self) -> None:
        for field in self.fields.values():
            if isinstance(field, forms.TypedChoiceField):
                field.choices = [(value, label if value else "请选择") for value, label in field.choices]


class BasicsForm(_PositionPage):
    """岗位信息."""

    # The number of the position that is changed; the hall fills it in when a change is begun.
    revises = forms.CharField(label="变更岗位编号", required=False, max_length=16, widget=forms.HiddenInput)

    class Meta:
        model = PositionApplication
        fields = ["name", "category", "occupation", "places", "education", "major", "age_from", "age_to", "age_reason"]
        help_texts = {
            "name": "例如：行政助理。同一单位招收中的岗位名称不能重复",
            "occupation": "对应《职业分类大典》的职业名称",
            "major": "不限专业的可以不填",
            "age_from": "一般不应限制年龄；确需限制的，请同时说明法定理由",
        }
        widgets = {
            "places": _number("人"),
            "age_from": _number("周岁"),
            "age_to": _number("周岁"),
        }

    def adapt(self) -> None:
        super().adapt()
        # A new application neither shows the field nor takes it from what is posted.
        if not self.values.get("basics", {}).get("revises"):
            del self.fields["revises"]

    def clean_name(self) -> str:
        return rules.tidy_name(self.cleaned_data["name"])

    def clean_revises(self) -> Position | None:
        number = self.cleaned_data["revises"]
        if not number:
            return None
        position = Position.objects.of_unit(self.case.unit).filter(number=number).first()
        if position is None:
            raise ValidationError("没有找到要变更的岗位，请从岗位管理重新发起变更")
        return position

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        youngest, oldest = cleaned.get("age_from"), cleaned.get("age_to")
        if (youngest or oldest) and not cleaned.get("age_reason"):
            self.add_error("age_reason", "限制年龄必须说明法定理由")
        if youngest and oldest and youngest > oldest:
            self.add_error("age_to", "最高年龄不能小于最低年龄")
        self.instance.unit = self.case.unit
        self.instance.name_key = rules.name_key(cleaned.get("name", ""))
        self.instance.position = cleaned.get("revises")
        return cleaned


class TermsForm(_PositionPage):
    """待遇与期限, with the subsidy thresholds of the place of work beside it."""

    class Meta:
        model = PositionApplication
        fields = ["work_region", "work_address", "months", "allowance", "benefits"]
        field_classes = {"work_region": HandlingRegionField}
        help_texts = {
            "months": "3至12个月",
            "allowance": "每月发给见习人员的基本生活费，不得低于工作地区的最低工资标准",
            "benefits": "例如：提供食宿、交通补贴、餐补",
        }
        widgets = {
            "months": _number("个月"),
            "allowance": forms.NumberInput(
                attrs={"data-width": "medium", "data-suffix": "元/月", "inputmode": "decimal", "step": "0.01"}
            ),
        }

    @property
    def place(self) -> str:
        """Code of the place of work as typed so far; the unit's own region before that."""
        try:
            region = self.fields["work_region"].to_python(self["work_region"].value())
        except ValidationError:
            region = None
        return region.pk if region else (self.case.unit.handling_region_id or "")

    @property
    def place_name(self) -> str:
        """The place whose figures are shown."""
        return regions.handling_path_name(self.place) if self.place else ""

    @property
    def minimum_wage(self) -> Decimal | None:
        """The minimum wage of the place of work, shown beside the field."""
        return rules.minimum_wage(self.place, timezone.localdate()) if self.place else None

    @property
    def thresholds(self) -> list[rules.Threshold]:
        """The thresholds of the place of work, shown beside the field."""
        return rules.subsidy_thresholds(self.place, timezone.localdate()) if self.place else []

    @property
    def below(self) -> list[rules.Threshold]:
        """Categories for which the typed allowance brings the unit no subsidy."""
        try:
            typed = Decimal(str(self["allowance"].value() or ""))
        except InvalidOperation:
            return []
        return [one for one in self.thresholds if one.amount is not None and typed < one.amount]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        today, region = timezone.localdate(), cleaned.get("work_region")
        if region is None:
            return cleaned
        if cleaned.get("allowance") is not None:
            self._ask("allowance", rules.check_allowance, cleaned["allowance"], region.pk, today)
        if cleaned.get("months") is not None:
            self._ask("months", rules.check_months, cleaned["months"], region.pk, today)
        return cleaned

    def _ask(self, field: str, check: Any, *arguments: Any) -> None:
        try:
            check(*arguments)
        except (TransitionRefused, LookupError) as refused:
            self.add_error(field, str(refused))


class ContentForm(_PositionPage):
    """内容与要求."""

    class Meta:
        model = PositionApplication
        fields = ["content", "requirements", "mentor"]
        help_texts = {"mentor": "一般从已登记的带教人员中选择，也可直接填写姓名"}
        widgets = {
            "content": forms.Textarea(attrs={"rows": 6}),
            "requirements": forms.Textarea(attrs={"rows": 5}),
        }

    def adapt(self) -> None:
        super().adapt()
        qualified = qualified_unit(self.case.unit)
        mentors = Mentor.objects.filter(record=qualified.case_id) if qualified else Mentor.objects.none()
        self.fields["mentor"].widget = SuggestInput(
            mentors.values_list("name", flat=True), attrs=self.fields["mentor"].widget.attrs
        )


class ContactForm(_PositionPage):
    """有效期与联系."""

    class Meta:
        model = PositionApplication
        fields = ["valid_from", "valid_to", "contact_name", "contact_phone"]
        field_classes = {"contact_phone": TelephoneField}
        widgets = {"valid_from": DateInput, "valid_to": DateInput}
        help_texts = {"valid_to": "到期后岗位自动停止招收", "contact_phone": "将在岗位详情中公开"}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, last = cleaned.get("valid_from"), cleaned.get("valid_to")
        if last and last < timezone.localdate():
            self.add_error("valid_to", "有效期止不能早于今天")
        elif first and last and last < first:
            self.add_error("valid_to", "有效期止不能早于有效期起")
        return cleaned


# --- Around positions --------------------------------------------------------------------------


class CloseForm(forms.Form):
    """提前关闭: why."""

    reason = forms.ChoiceField(
        label="关闭原因",
        widget=forms.RadioSelect,
        choices=[
            (reason.value, reason.label)
            for reason in Position.CloseReason
            if reason != Position.CloseReason.UNIT_REVOKED
        ],
    )


class AnswerForm(forms.Form):
    """What the unit answers to an interested trainee."""

    kind = forms.ChoiceField(
        label="处理结果",
        widget=forms.RadioSelect,
        choices=[
            (InterestAction.Kind.INVITED, "邀请面试"),
            (InterestAction.Kind.AGREED, "标记为已达成意向"),
            (InterestAction.Kind.DECLINED, "婉拒"),
        ],
    )
    message = forms.CharField(
        label="留言",
        required=False,
        max_length=200,
        help_text="例如面试时间、地点和所带材料，将发送到对方的消息中心",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class UnitPositionsFilter(forms.Form):
    """Filters of 岗位管理."""

    state = forms.ChoiceField(label="岗位状态", required=False, choices=[("", "全部"), *Position.State.choices])
    name = forms.CharField(label="岗位名称", required=False, max_length=50)


def typed_values(position: Position) -> dict[str, dict[str, Any]]:
    """A position's fields page by page as they would be typed, to change it or to copy it as a new one."""
    found: dict[str, dict[str, Any]] = {}
    for key, form in PAGES.items():
        values = {name: getattr(position, name) for name in form._meta.fields}
        found[key] = {name: _typed(value) for name, value in values.items() if value not in (None, "")}
    return found


def _typed(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return str(getattr(value, "pk", value))


PAGES: dict[str, type[PageForm]] = {
    "basics": BasicsForm,
    "terms": TermsForm,
    "content": ContentForm,
    "contact": ContactForm,
}
