"""The pages of the claims (C11, C12), and the filters of their lists."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import BankAccount, Unit
from common import identifiers, parameters
from reporting import claims_queries
from reporting.claims import month_words
from reporting.models import LivingSubsidyClaim, MentoringSubsidyClaim
from review.forms import PageForm
from review.matters import CaseValues
from review.models import EDITABLE

FIRST_YEAR, LAST_YEAR = 2000, 2999  # four digits; what there is to claim decides


def _month(text: Any) -> date | None:
    try:
        found = date.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.day == 1 else None


def span_of(values: CaseValues) -> tuple[date, date] | None:
    """The months chosen so far; None until both are."""
    typed = values.get("months", {})
    first, last = _month(typed.get("first_month")), _month(typed.get("last_month"))
    return (first, last) if first and last and first <= last else None


def with_insurance(values: CaseValues) -> bool:
    """Whether 同时申领保险补贴 is ticked."""
    return values.get("months", {}).get("with_insurance") in ("on", "True", "true", True)


class MonthsForm(PageForm):
    """申领月份: from–to, among the months that are approved and in no claim."""

    first_month = forms.TypedChoiceField(label="申领起始月份", coerce=date.fromisoformat)
    last_month = forms.TypedChoiceField(label="申领截止月份", coerce=date.fromisoformat)

    class Meta:
        model = LivingSubsidyClaim
        fields = ("first_month", "last_month", "with_insurance")
        help_texts = {"with_insurance": "按保费和当地上限取低，每人每份保单一次，须上传保险发票"}

    def adapt(self) -> None:
        self.instance.unit = self.case.unit
        months = claims_queries.months_to_claim(self.case.unit, self.case)
        if self.case.status not in EDITABLE and (span := span_of(self.values)):
            months = sorted(set(months) | set(span))
        choices = [(month.isoformat(), month_words(month)) for month in months]
        for name in ("first_month", "last_month"):
            self.fields[name].choices = [("", "请选择"), *choices]
            self.fields[name].error_messages["invalid_choice"] = "该月份没有可申领的人员"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first_month"), data.get("last_month")
        if first and last and last < first:
            self.add_error("last_month", "申领截止月份不能早于起始月份")
        return data


class _AccountChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: BankAccount) -> str:
        branch = f"（{obj.branch}）" if obj.branch else ""
        return f"{obj.bank}{branch} {identifiers.mask_account(obj.account_no)}，户名{obj.holder}"


class _AccountForm(PageForm):
    """收款账户: one of the unit's; its holder is the unit, or a reason says why not."""

    def adapt(self) -> None:
        self.instance.unit = self.case.unit
        field = self.fields["bank_account"]
        field.queryset = claims_queries.accounts_of(self.case.unit)
        if self.case.status not in EDITABLE:  # an account given up since is still the one that was named
            field.queryset = BankAccount.objects.filter(unit=self.case.unit).order_by("pk")
        field.empty_label = None
        if not field.queryset.exists():
            field.help_text = "本单位还没有银行账户，请先点击“添加银行账户”"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        account: BankAccount | None = data.get("bank_account")
        if account and account.holder != self.case.unit.name and not data.get("holder_reason"):
            reason = f"开户名称“{account.holder}”与单位名称“{self.case.unit.name}”不一致，请说明原因"
            self.add_error("holder_reason", reason)
        return data


_ACCOUNT = {
    "fields": ("bank_account", "holder_reason"),
    "field_classes": {"bank_account": _AccountChoice},
    "widgets": {"bank_account": forms.RadioSelect},
    "help_texts": {"holder_reason": "开户名称与单位名称一致的不用填写"},
    "error_messages": {
        "bank_account": {"required": "请选择银行账户", "invalid_choice": "该账户已停用，请选择其他账户"}
    },
}


class LivingAccountForm(_AccountForm):
    """收款账户 of a living subsidy."""

    Meta = type("Meta", (), {"model": LivingSubsidyClaim, **_ACCOUNT})


class MentoringAccountForm(_AccountForm):
    """收款账户 of a mentoring subsidy."""

    Meta = type("Meta", (), {"model": MentoringSubsidyClaim, **_ACCOUNT})


def year_of(values: CaseValues) -> int | None:
    """The year chosen so far; None for anything that is none."""
    year = parameters.whole_number(str(values.get("year", {}).get("year", "")))
    return year if year is not None and FIRST_YEAR <= year <= LAST_YEAR else None


class YearForm(PageForm):
    """申请年度: years that are over; one whose 留用率 is too low is refused with the numbers."""

    year = forms.TypedChoiceField(label="申请年度", coerce=int)

    class Meta:
        model = MentoringSubsidyClaim
        fields = ("year",)

    def adapt(self) -> None:
        self.instance.unit = self.case.unit
        years = claims_queries.years_to_claim(self.case.unit, timezone.localdate())
        if self.case.status not in EDITABLE and (chosen := year_of(self.values)):
            years = [chosen]
        self.fields["year"].choices = [("", "请选择"), *((str(year), f"{year}年") for year in years)]
        self.fields["year"].error_messages["invalid_choice"] = "该年度没有期满或留用的见习人员"

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if self.case.status in EDITABLE:
            if other := claims_queries.claim_of_year(self.case.unit, year, self.case):
                raise ValidationError(f"{year}年度的带教补贴已由办件{other.case.number}申领，每个年度只能申领一次")
            found = claims_queries.year_of(self.case.unit, year, self.case)
            if found.refusal:
                raise ValidationError(found.refusal)
        return year


# --- The lists -----------------------------------------------------------------------------------


class ClaimFilter(forms.Form):
    """从 … 到 … of 就业见习生活费补贴管理 (JL)."""

    begin = forms.CharField(label="起始月份", required=False, widget=forms.TextInput(attrs={"type": "month"}))
    end = forms.CharField(label="截止月份", required=False, widget=forms.TextInput(attrs={"type": "month"}))

    def _read(self, name: str) -> date | None:
        text = self.cleaned_data[name]
        if not text:
            return None
        if (month := parameters.day(f"{text}-01")) is None:
            raise ValidationError("月份请按“2026-11”的格式填写")
        return month

    def clean_begin(self) -> date | None:
        return self._read("begin")

    def clean_end(self) -> date | None:
        return self._read("end")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("begin") and data.get("end") and data["end"] < data["begin"]:
            self.add_error("end", "截止月份不能早于起始月份")
        return data


class YearFilter(forms.Form):
    """申请年度 of 就业见习带教补贴管理 (JL)."""

    year = forms.CharField(label="申请年度", required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"}))

    def clean_year(self) -> int | None:
        text = self.cleaned_data["year"]
        if not text:
            return None
        year = parameters.whole_number(text)
        if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
            raise ValidationError("年度请按“2026”的格式填写")
        return year


class PayeeForm(forms.Form):
    """收款账户 for the next payment of a claim: one of the unit's accounts in use."""

    account = _AccountChoice(
        label="收款账户",
        queryset=BankAccount.objects.none(),
        empty_label="请选择",
        help_text="原账户无误、由银行原因失败的，也可以选择原账户；没有正确的账户，请先在“单位中心 › 维护”添加",
    )

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        field: Any = self.fields["account"]
        field.queryset = claims_queries.accounts_of(unit)
