"""Forms of the staff around batches and objections."""

from typing import Any

from django import forms
from django.utils import timezone

from reporting.disbursement import this_quarter

QUARTERS = [(number, f"第{number}季度") for number in (1, 2, 3, 4)]


class BatchForm(forms.Form):
    """Of which region and quarter a batch is."""

    region = forms.ChoiceField(label="业务办理属地")
    year = forms.TypedChoiceField(label="年度", coerce=int)
    quarter = forms.TypedChoiceField(label="季度", coerce=int, choices=QUARTERS)

    def __init__(self, data: Any = None, *, regions: list[tuple[str, str]]) -> None:
        year, quarter = this_quarter(timezone.localdate())
        first = {"region": regions[0][0] if regions else "", "year": year, "quarter": quarter}
        super().__init__(data, label_suffix="", initial=first)
        self.fields["region"].choices = regions  # type: ignore[attr-defined]
        self.fields["year"].choices = [(one, f"{one}年") for one in (year, year - 1)]  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why; it is kept with the batch or payment."""

    reason = forms.CharField(label="原因", max_length=200, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["reason"].required = required


class ObjectionDecisionForm(forms.Form):
    """异议成立 or not, with words that the unit reads."""

    upheld = forms.TypedChoiceField(
        label="处理结果",
        choices=[("yes", "异议成立：剔除所涉条目，不予拨付"), ("no", "异议不成立：解除冻结，恢复办理")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    decision = forms.CharField(
        label="处理意见",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="将告知被公示的单位，请勿写明异议人的姓名和联系方式",
    )


class ResultFileForm(forms.Form):
    """回盘文件."""

    file = forms.FileField(
        label="回盘文件",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.ods"}),
        error_messages={"required": "请先选择文件", "empty": "文件是空的，请重新选择"},
    )
