"""Filters of the rosters."""

from datetime import date
from typing import Any

from django import forms

from common import codes
from insurance.models import Enrolment
from insurance.month_field import MonthField
from insurance.months import Month
from insurance.roster import Choice

_STATES = [("", "全部"), (Enrolment.State.ACTIVE, "参保缴费"), (Enrolment.State.SUSPENDED, "暂停缴费")]


def _first_day(value: Any) -> Any:
    return date(value.year, value.month, 1) if isinstance(value, Month) else value


class RosterFilter(forms.Form):
    """What both rosters are filtered by."""

    name = forms.CharField(label="姓名", max_length=64, required=False)
    person_number = forms.CharField(label="个人代码", max_length=20, required=False, help_text="可只填前几位")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first, last = values.get("months_from"), values.get("months_to")
        if first and last and last < first:
            self.add_error("months_to", "截止年月不能早于起始年月")
        return values

    def choice(self) -> Choice:
        """What was chosen; fields that are wrong count as not filled."""
        if not self.is_bound:
            return Choice()
        self.is_valid()
        chosen = {name: _first_day(value) for name, value in self.cleaned_data.items() if value}
        return Choice(**chosen)


class ServiceFilter(RosterFilter):
    """Filters of 在职花名册 (JX 6.2)."""

    months_from = MonthField(label="缴费起始年月", required=False)
    months_to = MonthField(label="缴费截止年月", required=False)
    state = forms.ChoiceField(label="缴费状态", choices=_STATES, required=False)
    kind = forms.ChoiceField(label="险种", required=False)
    order = forms.ChoiceField(
        label="排序",
        choices=[("number", "个人代码"), ("newest", "参保时间从近到远"), ("oldest", "参保时间从远到近")],
        required=False,
    )

    def __init__(self, data: Any, *, kinds: list[str]) -> None:
        super().__init__(data, label_suffix="")
        self.fields["kind"].choices = [(kind, codes.INSURANCE_KIND.label(kind)) for kind in kinds]  # type: ignore[attr-defined]


class RetiredFilter(RosterFilter):
    """Filters of 退休花名册 (JX 6.3)."""

    months_from = MonthField(label="离退休起始年月", required=False)
    months_to = MonthField(label="离退休截止年月", required=False)
    kind = forms.ChoiceField(label="离退休类别", choices=[("", "全部"), *codes.RETIREMENT_KIND.choices], required=False)
    state = forms.ChoiceField(label="发放状态", choices=[("", "全部"), *codes.PAY_STATE.choices], required=False)
    order = forms.ChoiceField(
        label="排序",
        choices=[("number", "个人代码"), ("newest", "离退休时间从近到远"), ("oldest", "离退休时间从远到近")],
        required=False,
    )
