"""What a certificate covers, and whose are printed at once."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from documents.models import DocumentBatch
from insurance.certificates import SPANS, Period, Span
from insurance.month_field import MonthField


class PeriodForm(forms.Form):
    """近24个月, everything, or from a month to a month."""

    span = forms.ChoiceField(label="打印期间", choices=SPANS, initial=Span.RECENT, widget=forms.RadioSelect)
    first = MonthField(label="起始年月", required=False, help_text="选“指定期间”时填写")
    last = MonthField(label="截止年月", required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("span") != Span.CHOSEN:
            return values
        for name, sentence in (("first", "请填写起始年月"), ("last", "请填写截止年月")):
            if name not in self.errors and not values.get(name):
                self.add_error(name, sentence)
        first, last = values.get("first"), values.get("last")
        if first and last and last < first:
            self.add_error("last", "截止年月不能早于起始年月")
        return values

    def period(self) -> Period:
        """What was chosen; the recent months where nothing valid was."""
        today = timezone.localdate()
        values = self.cleaned_data if self.is_bound and self.is_valid() else {"span": Span.RECENT}
        if values["span"] == Span.WHOLE:
            return Period()
        return Period(values["first"], values["last"]) if values["span"] == Span.CHOSEN else Period.recent(today)


class PeopleFilter(forms.Form):
    """Filters of the people in service."""

    name = forms.CharField(label="姓名", max_length=64, required=False)
    person_number = forms.CharField(label="个人代码", max_length=20, required=False, help_text="可只填前几位")


class BatchForm(PeriodForm):
    """Many at once: of those ticked, or of all whom the filter finds."""

    WHO = (("chosen", "勾选的人员"), ("all", "符合查询条件的全部人员"))

    who = forms.ChoiceField(label="打印范围", choices=WHO, initial="chosen", widget=forms.RadioSelect)
    form = forms.ChoiceField(
        label="下载形式", choices=DocumentBatch.Form.choices, initial=DocumentBatch.Form.PDF, widget=forms.RadioSelect
    )
    field_order = ("who", "span", "first", "last", "form")

    def __init__(self, data: Any, people: list[str], **options: Any) -> None:
        super().__init__(data, label_suffix="", **options)
        self.people = people

    def clean_who(self) -> str:
        who: str = self.cleaned_data["who"]
        if who == "chosen" and not self.people:
            raise ValidationError("请先在上面的名单中勾选人员，或选择“符合查询条件的全部人员”")
        return who
