"""Forms of 账号申诉 (A4): the claim, its look-up, its decision."""

from typing import Any

from django import forms

from accounts.appeal_models import Appeal
from accounts.forms import SpokenForm
from accounts.models import MobileCode, Unit
from accounts.sign_in_forms import WRONG_CODE, CodeField, IdentityMixin, MobileCodeMixin
from common import codes, identifiers
from common.validators import MobileField, UsccField


class AppealForm(SpokenForm, IdentityMixin, MobileCodeMixin):
    """单位, 统一社会信用代码, 申诉人, 原因 and words; the mobile number is proved by a code."""

    purpose = MobileCode.Purpose.APPEAL

    unit_name = forms.CharField(label="单位名称", max_length=128, help_text="与营业执照或法人登记证书一致")
    uscc = UsccField(label="统一社会信用代码", max_length=40, widget=forms.TextInput(attrs={"data-width": "medium"}))
    claimant = forms.CharField(label="申诉人姓名", max_length=64, help_text="单位授权的新的单位主管")
    id_type = forms.ChoiceField(label="证件类型", choices=codes.ID_TYPE.choices, initial=codes.RESIDENT_ID)
    id_no = forms.CharField(
        label="证件号码", max_length=40, widget=forms.TextInput(attrs={"autocapitalize": "characters"})
    )
    reason = forms.ChoiceField(label="申诉原因", choices=[("", "请选择"), *Appeal.Reason.choices])
    words = forms.CharField(label="情况说明", max_length=500, widget=forms.Textarea(attrs={"rows": 4}))
    mobile = MobileField(label="手机号", max_length=20, help_text="用于接收审核结果和开通链接")
    code = CodeField()
    email = forms.EmailField(
        label="电子邮箱",
        max_length=254,
        required=False,
        error_messages={"invalid": "电子邮箱格式不正确，应类似name@example.com"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit: Unit | None = None

    def clean_uscc(self) -> str:
        uscc: str = self.cleaned_data["uscc"]
        # Registration says as much: a credit code that exists leads here.
        self.unit = Unit.objects.filter(uscc=uscc).first()
        if self.unit is None:
            raise forms.ValidationError("该统一社会信用代码还没有注册，请直接办理法人注册")
        return uscc

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if not self.errors and not self.code_fits(values["mobile"], values["code"]):
            self.add_error("code", WRONG_CODE)
        return values

    def appeal_values(self) -> dict[str, Any]:
        """What is kept of it."""
        names = ("unit_name", "claimant", "id_type", "id_no", "reason", "words", "mobile", "email")
        return {name: self.cleaned_data[name] for name in names}


class AppealStatusForm(SpokenForm, forms.Form):
    """申诉编号 and 查询码."""

    number = forms.CharField(label="申诉编号", max_length=20, widget=forms.TextInput(attrs={"data-width": "medium"}))
    secret = forms.CharField(
        label="查询码",
        max_length=20,
        help_text="提交时显示，并发送到申诉人手机",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "data-width": "short"}),
    )

    def clean_number(self) -> str:
        return identifiers.normalise(self.cleaned_data["number"]).upper()

    def clean_secret(self) -> str:
        return identifiers.normalise(self.cleaned_data["secret"]).upper()


class AppealDecisionForm(forms.Form):
    """The staff's decision; the claimant reads the words."""

    words = forms.CharField(
        label="审核意见",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="不予通过的，申诉人会收到这里的理由",
        error_messages={"required": "请填写审核意见"},
    )
    end_clerks = forms.BooleanField(
        label="通过时同时结束其他经办人的权限", required=False, help_text="账号被占用的，应当一并结束"
    )
