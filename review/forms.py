"""Bases of the forms that matters declare for their pages, and the hall's own small forms around a case."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from common import parameters
from review import matters
from review.models import Case, CaseRating, Status

# Names that belong to the page and not to what is asked on it.
RESERVED = frozenset({"csrfmiddlewaretoken", "revision", "action", "row"})
MAX_VALUE_LENGTH = 5000


def bind(values: Mapping[str, Any]) -> MultiValueDict:
    """Stored values as form data: a list stays several values, anything else is one."""
    return MultiValueDict({k: v if isinstance(v, list) else [v] for k, v in values.items()})


def typed(data: QueryDict, form: forms.ModelForm) -> dict[str, Any]:
    """What was typed into ``form``, from posted data, to be kept in a draft as it is.

    A field's compound widget posts names that begin with the field's; everything else is ignored.
    """
    kept: dict[str, Any] = {}
    for name in data:
        if name in RESERVED or not any(name == f or name.startswith(f"{f}_") for f in form.fields):
            continue
        several = [value[:MAX_VALUE_LENGTH] for value in data.getlist(name)]
        kept[name] = several if len(several) > 1 else several[0]
    return kept


class PageForm(forms.ModelForm):
    """A page of a matter: a ModelForm over its record (or row) class that knows the case and its earlier values.

    ``adapt()`` may drop or limit fields by them. ``masked`` maps field names to the mask that staff
    see instead of the clear text.
    """

    masked: dict[str, str] = {}

    def __init__(
        self,
        data: Any = None,
        *,
        case: Case,
        values: dict[str, dict[str, Any]] | None = None,
        instance: Any = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        self.case = case
        self.values = values or {}
        super().__init__(data=data, instance=instance, initial=initial, label_suffix="")
        self.adapt()

    def adapt(self) -> None:
        """Drop or limit fields by the case or by values of earlier pages."""

    def without_judgement(self) -> "PageForm":
        """Show what was typed as it was typed, without calling it right or wrong yet."""
        self._errors = ErrorDict()
        self.cleaned_data = {}
        return self


class RowForm(PageForm):
    """One row of a Rows page; the row's record is given by the hall, never by the form."""


class RatingForm(forms.ModelForm):
    """好差评."""

    class Meta:
        model = CaseRating
        fields = ["level", "comment"]
        widgets = {"level": forms.RadioSelect, "comment": forms.Textarea(attrs={"rows": 3})}


class CaseFilterForm(forms.Form):
    """Filters of 我的办件."""

    status = forms.ChoiceField(label="审核状态", required=False)
    month = forms.CharField(label="申办月份", required=False, widget=forms.TextInput(attrs={"type": "month"}))
    matter = forms.ChoiceField(label="业务名称", required=False)
    person = forms.CharField(label="人员信息", required=False, max_length=64, help_text="姓名或完整证件号码")
    submitted_from = forms.DateField(label="提交时间起", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    submitted_to = forms.DateField(label="提交时间止", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: Any, *, portal: str) -> None:
        super().__init__(data, label_suffix="")
        self.fields["status"].choices = [("", "全部"), *Status.choices]
        self.fields["matter"].choices = [("", "全部"), *matters.choices(portal)]
        if portal == "individual":
            del self.fields["person"]

    def clean_month(self) -> date | None:
        text = self.cleaned_data["month"]
        if not text:
            return None
        if (month := parameters.day(f"{text}-01")) is None:
            raise forms.ValidationError("月份请按“2026-11”的格式填写")
        return month
