"""The form of 重置密码 by unit number, the handler's ID number and a pushed code (A7, JX 5.2)."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts import actions, reset_actions
from accounts.forms import SpokenForm
from accounts.models import User
from accounts.sign_in_forms import WRONG_CODE, CodeField, NewPasswordMixin
from accounts.unit_sign_in import UnitNumberField, clean_unit_number
from common import identifiers


class ResetByNumberForm(SpokenForm, NewPasswordMixin):
    """Wrong code, unknown number and unknown person give one answer."""

    field_order = ("username", "id_no", "code", "password", "password_again")

    # Named as in the other form, so that 获取验证码 sends it along.
    username = UnitNumberField(
        label="单位编号",
        max_length=20,
        help_text="12位；10位的可以直接输入，或在末尾加00",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "username"}),
    )
    id_no = forms.CharField(
        label="经办人证件号码", max_length=40, widget=forms.TextInput(attrs={"autocapitalize": "characters"})
    )
    code = CodeField()

    def __init__(self, *args: Any, portal_name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = "验证码"
        self.fields["code"].error_messages["required"] = "请填写验证码"
        self.fields["password"].label = "新密码"
        self.fields["password_again"].label = "确认新密码"
        self.user: User | None = None

    def clean_id_no(self) -> str:
        return identifiers.normalise(self.cleaned_data["id_no"])

    def send_code(self) -> str:
        """Issue a code for what was typed so far; returns what to tell, raises ValidationError."""
        number = clean_unit_number(str(self.data.get(self.add_prefix("username"), "")))
        id_no = identifiers.normalise(str(self.data.get(self.add_prefix("id_no"), "")))
        if not id_no:
            raise ValidationError("请填写经办人证件号码")
        try:
            reset_actions.issue_number_code(number=number, id_no=id_no, by=None)
        except actions.Refused as refused:
            raise ValidationError(str(refused)) from None
        return f"如果信息无误，验证码已推送到经办人的消息中心、手机和邮箱，{actions.CODE_MINUTES}分钟内有效"

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if self.errors:
            return values
        number, id_no = values["username"], values["id_no"]
        handler = reset_actions.resettable(number, id_no)
        fits = reset_actions.use_number_code(number=number, id_no=id_no, code=values["code"], by=None)
        if fits and handler is not None:
            self.user = handler.user
        else:
            self.add_error("code", WRONG_CODE)
        return values
