"""Forms for what an account keeps: unit and personal data, bank accounts."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.html import format_html

from accounts.consents import BANK
from accounts.models import BankAccount, Individual, Unit
from common import codes, crypto, identifiers
from common.formfields import DateInput, HandlingRegionField, RegionField
from common.validators import CnapsField, PersonAccountField, UnitAccountField


class SpokenForm(forms.BaseForm):
    """Says what is missing by name, and 请选择 where nothing is chosen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            chosen = isinstance(field, forms.ChoiceField)
            if not isinstance(field, forms.BooleanField):
                field.error_messages["required"] = f"请{'选择' if chosen else '填写'}{field.label}"
            if isinstance(field, forms.TypedChoiceField):
                field.choices = [(code, title if code else "请选择") for code, title in field.choices]


class UnitProfileForm(SpokenForm, forms.ModelForm):
    """单位信息维护 (A8): the fields of the unit application down to 经营范围; name and credit code are final."""

    handling_region = HandlingRegionField(
        label="业务办理归属地", required=False, help_text="单位的业务由该地的经办机构受理"
    )
    legal_representative_id_no = forms.CharField(label="法定代表人证件号码", max_length=40, required=False)

    class Meta:
        model = Unit
        fields = (
            "legal_person_type",
            "unit_type",
            "registration_type",
            "industry",
            "affiliation",
            "legal_representative",
            "legal_representative_id_type",
            "legal_representative_id_no",
            "registered_address",
            "office_address",
            "region",
            "handling_region",
            "founded_on",
            "registered_capital",
            "employee_count",
            "insured_count",
            "business_scope",
        )
        field_classes = {"region": RegionField}
        widgets = {
            "founded_on": DateInput(),
            "registered_capital": forms.NumberInput(attrs={"data-suffix": "万元", "data-width": "short", "min": 0}),
            "employee_count": forms.NumberInput(attrs={"data-suffix": "人", "data-width": "short"}),
            "insured_count": forms.NumberInput(attrs={"data-suffix": "人", "data-width": "short"}),
            "business_scope": forms.Textarea(attrs={"rows": 4}),
        }

    # What is drawn together.
    sections = (
        ("单位类型", ("legal_person_type", "unit_type", "registration_type", "industry", "affiliation")),
        ("法定代表人", ("legal_representative", "legal_representative_id_type", "legal_representative_id_no")),
        ("地址与归属地", ("registered_address", "office_address", "region", "handling_region")),
        ("规模与经营", ("founded_on", "registered_capital", "employee_count", "insured_count", "business_scope")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in Unit.REQUIRED_FIELDS:
            field = self.fields[name]
            field.help_text = f"申请就业见习单位时必填{'；' if field.help_text else ''}{field.help_text}"
        # The number stays masked: it is typed again only to change it.
        kept = identifiers.mask_id(self.instance.legal_representative_id_no)
        self.kept_id = (self.instance.legal_representative_id_type, self.instance.legal_representative_id_no)
        self.initial["legal_representative_id_no"] = ""
        self.fields["legal_representative_id_no"].help_text = f"已登记 {kept}，不修改请留空"

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        id_type = values.get("legal_representative_id_type", "")
        id_no = values.get("legal_representative_id_no", "")
        if not id_no and id_type == self.kept_id[0]:
            values["legal_representative_id_no"] = self.kept_id[1]
        else:
            try:
                values["legal_representative_id_no"] = identifiers.clean_id_no(id_type, id_no)
            except ValidationError as error:
                self.add_error("legal_representative_id_no", error)
        capital = values.get("registered_capital")
        if capital is not None and capital < 0:
            self.add_error("registered_capital", "注册资本不能小于0")
        return values

    def grouped(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields by section, for the template."""
        return [(title, [self[name] for name in names]) for title, names in self.sections]


class IndividualProfileForm(SpokenForm, forms.ModelForm):
    """就业基本信息完善 (B0)."""

    address = forms.CharField(label="常住地址", max_length=200, required=False)

    class Meta:
        model = Individual
        fields = (
            "nation",
            "politics",
            "household_region",
            "address",
            "education",
            "degree",
            "school",
            "graduated_on",
            "major",
            "unemployed_on",
        )
        field_classes = {"household_region": RegionField}
        widgets = {"graduated_on": DateInput(), "unemployed_on": DateInput()}

    sections = (
        ("个人情况", ("nation", "politics", "household_region", "address")),
        ("教育情况", ("education", "degree", "school", "major", "graduated_on")),
        ("失业登记", ("unemployed_on",)),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["education"].required = True
        self.fields["graduated_on"].help_text = "毕业证书上的日期"
        self.fields["unemployed_on"].help_text = "已办理失业登记的填写"

    def grouped(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields by section, for the template."""
        return [(title, [self[name] for name in names]) for title, names in self.sections]


def _bank_consent_link() -> str:
    return format_html(
        '用于发放补贴和待遇，可以随时撤回；查看<a href="{}">《{}》</a>', reverse("accounts:bank_consent"), BANK.title
    )


class BankConsentField(forms.BooleanField):
    """The consent to bank data, asked for apart from all others (PIPL §29) and never ticked beforehand."""

    def __init__(self) -> None:
        super().__init__(
            label=f"我已阅读并同意《{BANK.title}》",
            help_text=lazy(_bank_consent_link, str)(),
            error_messages={"required": "银行账户属于敏感个人信息，请阅读并单独同意后再添加"},
        )


class BankAccountForm(SpokenForm, forms.ModelForm):
    """A bank account of a unit or an individual; the holder of an individual's account is the person."""

    bank = forms.ChoiceField(label="开户银行", choices=[("", "请选择"), *((name, name) for name in codes.BANK.labels)])
    cnaps = CnapsField(
        label="联行号",
        required=False,
        help_text="12位数字，可向开户银行查询",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    account_no = UnitAccountField(
        label="账号", widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    )

    class Meta:
        model = BankAccount
        fields = ("holder", "bank", "branch", "cnaps", "account_no")

    def __init__(self, *args: Any, owner: Unit | Individual, agreed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner = owner
        if not agreed:
            self.fields["consent"] = BankConsentField()
        if isinstance(owner, Individual):
            self.instance.individual = owner
            self.fields["account_no"] = PersonAccountField(label="账号")
        else:
            self.instance.unit = owner
        self.initial.setdefault("holder", owner.name)

    def clean_account_no(self) -> str:
        number: str = self.cleaned_data["account_no"]
        taken = BankAccount.objects.filter(
            individual=self.instance.individual,
            unit=self.instance.unit,
            account_no_digest=crypto.digest(number),
            ended_at__isnull=True,
        )
        if taken.exists():
            raise ValidationError("该账号已添加")
        return number
