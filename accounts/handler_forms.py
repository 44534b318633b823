"""Forms for handlers (A5): who is entered, what the handler may open, and the opening of the account."""

from typing import Any

from django import forms

from accounts.forms import SpokenForm
from accounts.handler_actions import Person
from accounts.menu_groups import CENTRE, GRANTABLE, INSURANCE
from accounts.models import Handler, User
from accounts.sign_in_forms import AgreementField, IdentityMixin, NewPasswordMixin, UsernameField
from common import codes, identifiers
from common.validators import MobileField

GROUP_WORDS = {
    INSURANCE: "须由当地经办大厅录入经办人后才能办理",
    CENTRE: "维护单位信息和银行账户",
}


class PersonForm(SpokenForm, IdentityMixin):
    """经办人录入 (JX 4.1): name, document, mobile number, e-mail."""

    name = forms.CharField(label="姓名", max_length=64, help_text="与证件一致")
    id_type = forms.ChoiceField(label="证件类型", choices=codes.ID_TYPE.choices, initial=codes.RESIDENT_ID)
    id_no = forms.CharField(
        label="证件号码", max_length=40, widget=forms.TextInput(attrs={"autocapitalize": "characters"})
    )
    mobile = MobileField(label="手机号", max_length=20, help_text="用于接收开通链接和验证码")
    email = forms.EmailField(
        label="电子邮箱",
        max_length=254,
        required=False,
        error_messages={"invalid": "电子邮箱格式不正确，应类似name@example.com"},
    )

    def person(self) -> Person:
        """Who was typed."""
        return Person(**{name: self.cleaned_data[name] for name in Person.__slots__})


def _groups_field() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label="可办业务",
        choices=[(group, f"{group}（{words}）" if (words := GROUP_WORDS.get(group)) else group) for group in GRANTABLE],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="没有勾选的业务，该经办人看不到也打不开；单位主管不受限制",
    )


class AddHandlerForm(PersonForm):
    """A new handler, by a 单位主管."""

    groups = _groups_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["groups"].initial = [group for group in GRANTABLE if group != INSURANCE]


class StaffHandlerForm(PersonForm):
    """A new handler, by staff: 社会保险 is what they are entered for."""

    role = forms.ChoiceField(label="角色", choices=Handler.Role.choices, initial=Handler.Role.CLERK)


class ChangeHandlerForm(PersonForm):
    """经办人变更 (JX 4.2): filled with what is on record, but for the ID number, which is typed again to change it."""

    def __init__(self, *args: Any, handler: Handler, private: bool, **kwargs: Any) -> None:
        self.handler = handler
        kwargs["initial"] = {
            "name": handler.name,
            "id_type": handler.id_type,
            "mobile": handler.user.mobile,
            "email": handler.user.email,
        }
        super().__init__(*args, **kwargs)
        field = self.fields["id_no"]
        field.required = not handler.id_no
        if handler.id_no:
            kept = identifiers.mask_id(handler.id_no)
            field.help_text = f"已登记 {kept}，不修改请留空；填写另一个号码即为更换经办人，原经办人立即退出"
        if private:
            self.fields["mobile"].required = False
            self.fields["mobile"].help_text = "该经办人使用本人的个人账号，联系方式由本人维护；更换经办人时填写"

    def clean(self) -> dict[str, Any]:
        if not self.cleaned_data.get("id_no") and "id_no" not in self.errors:
            if self.cleaned_data.get("id_type") == self.handler.id_type:
                self.cleaned_data["id_no"] = self.handler.id_no
            else:
                self.add_error("id_no", "证件类型有变更的，请填写证件号码")
        values = super().clean()
        if values.get("id_no") and values["id_no"] != self.handler.id_no and not values.get("mobile"):
            self.add_error("mobile", "请填写新经办人的手机号")
        return values


class MenuGroupsForm(forms.Form):
    """可办业务 of a handler."""

    groups = _groups_field()


class ActivationForm(SpokenForm, NewPasswordMixin):
    """The handler's own 账号 and password, and the consent."""

    field_order = ("username", "password", "password_again", "agreement")

    username = UsernameField(label="登录账号")
    agreement = AgreementField()

    def __init__(self, *args: Any, owner: User, **kwargs: Any) -> None:
        self.owner = owner
        super().__init__(*args, **kwargs)

    def password_owner(self) -> User:
        return self.owner
