"""Forms to come in: sign-in, registration, password."""

from typing import Any

from allauth.account.forms import LoginForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.account.internal import flows
from allauth.account.models import Login
from allauth.core import context
from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.html import format_html

from accounts import actions, passwords, portal, sign_in_records
from accounts.forms import SpokenForm
from accounts.models import MobileCode, Unit, User
from accounts.queries import handler_account, user_by_mobile
from common import codes, identifiers
from common.validators import MobileField, UsccField

WRONG_CODE = "验证码不正确或已失效，请核对后重新输入，或重新获取"
PASSWORD, CODE = "password", "code"
YOUNGEST = 14  # years, PIPL §31


class CodeField(forms.RegexField):
    """A six-digit code from a short message."""

    def __init__(self, **options: Any) -> None:
        super().__init__(r"^\d{6}$", label="短信验证码", strip=True, **options)
        self.error_messages["invalid"] = "验证码为6位数字"
        self.widget.attrs |= {
            "inputmode": "numeric",
            "autocomplete": "one-time-code",
            "maxlength": 6,
            "data-width": "short",
        }

    def to_python(self, value: Any) -> str:
        return identifiers.normalise(super().to_python(value))


class UsernameField(forms.RegexField):
    """A name to sign in with, in lower case and not taken yet."""

    def __init__(self, *, label: str) -> None:
        super().__init__(
            r"^[A-Za-z][A-Za-z0-9_]{3,31}$",
            label=label,
            help_text="用于登录，以字母开头，4至32位字母、数字或下划线",
            error_messages={"invalid": f"{label}应以字母开头，由4至32位字母、数字或下划线组成"},
            widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
        )

    def clean(self, value: Any) -> str:
        username: str = super().clean(value).lower()
        if User.objects.filter(username=username).exists():
            raise ValidationError("该账号已被使用，请换一个")
        return username


class PasswordField(forms.CharField):
    """A password; never normalised, never shown again."""

    def __init__(self, *, new: bool = True, **options: Any) -> None:
        autocomplete = "new-password" if new else "current-password"
        widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
        super().__init__(strip=False, max_length=128, widget=widget, **options)


class NewPasswordMixin(forms.Form):
    """密码 twice, checked against the rules."""

    password = PasswordField(label="密码", help_text=passwords.RULE)
    password_again = PasswordField(label="确认密码")

    def password_owner(self) -> User | None:
        """Whom the password must not resemble."""
        return None

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        password, again = values.get("password"), values.get("password_again")
        if password and again and password != again:
            self.add_error("password_again", "两次输入的密码不一致，请重新输入")
        if password:
            try:
                password_validation.validate_password(password, self.password_owner())
            except ValidationError as error:
                self.add_error("password", error)
        return values


class ReauthenticateForm(AllauthReauthenticateForm):
    """The password again, before something that matters."""

    password = PasswordField(new=False, label="密码", error_messages={"required": "请填写密码"})


class MobileCodeMixin(forms.Form):
    """Sends and uses up a code. The code is looked at last, so that other mistakes do not cost it."""

    purpose: MobileCode.Purpose
    mobile_field = "mobile"

    def code_account(self) -> str:
        """The 法人账号 that the code is for; empty for individuals."""
        return ""

    def receives(self, mobile: str) -> bool:
        """Whether a code is really delivered to the number."""
        return True

    def send_code(self) -> str:
        """Issue a code for the number typed so far; returns what to tell, raises ValidationError."""
        mobile = identifiers.clean_mobile(str(self.data.get(self.add_prefix(self.mobile_field), "")))
        try:
            actions.issue_code(
                mobile=mobile,
                purpose=self.purpose,
                deliver=self.receives(mobile),
                account=self.code_account(),
                by=None,
            )
        except actions.Refused as error:
            raise ValidationError(str(error)) from None
        return f"如果号码{identifiers.mask_mobile(mobile)}可以使用，验证码已发送，{actions.CODE_MINUTES}分钟内有效"

    def code_fits(self, mobile: str, code: str) -> bool:
        """Whether the code is right; it is used up then, and a wrong one costs a try."""
        return actions.use_code(mobile=mobile, purpose=self.purpose, code=code, account=self.code_account(), by=None)


class SignInForm(MobileCodeMixin, LoginForm):
    """个人登录, 单位登录 and the staff's sign-in, with password or (individuals) with a code."""

    purpose = MobileCode.Purpose.SIGN_IN
    mobile_field = "login"

    def __init__(self, *args: Any, portal_name: str, method: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_code = method == CODE and portal_name == portal.INDIVIDUAL
        label, attrs = {
            portal.INDIVIDUAL: ("手机号", {"inputmode": "tel", "autocomplete": "username"}),
            portal.UNIT: ("法人账号", {"autocomplete": "username", "autocapitalize": "none"}),
            portal.STAFF: ("账号", {"autocomplete": "username", "autocapitalize": "none"}),
        }[portal_name]
        self.fields["login"] = forms.CharField(label=label, max_length=64, widget=forms.TextInput(attrs=attrs))
        self.fields["password"] = PasswordField(new=False, label="密码")
        if by_code:
            self.fields["login"] = MobileField(label=label, max_length=20)
            del self.fields["password"]
            self.fields["code"] = CodeField()
        self.order_fields(["login", "password", "code"])
        for field in self.fields.values():
            field.error_messages["required"] = f"请填写{field.label}"

    def receives(self, mobile: str) -> bool:
        return user_by_mobile(mobile) is not None

    def user_credentials(self) -> dict[str, str]:
        password = self.cleaned_data.get("password")
        return {"username": self.cleaned_data["login"]} | ({"password": password} if password else {})

    def _clean_without_password(self, email: str | None, phone: str | None) -> dict[str, Any]:
        """By code: the number is looked up whatever the code, so that the answer tells nothing."""
        mobile = self.cleaned_data["login"]
        user = user_by_mobile(mobile)
        if not self.code_fits(mobile, self.cleaned_data["code"]) or user is None:
            sign_in_records.record_failure(context.request, mobile)
            raise ValidationError({"code": WRONG_CODE})
        self.user = user
        self._login = Login(user=user)
        return self.cleaned_data

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        if "code" not in self.fields:
            return super().login(request, redirect_url)
        self._login.redirect_url = redirect_url
        flows.login.record_authentication(request, self.user, method="mobile_code")
        request.session.set_expiry(0)
        return flows.login.perform_login(request, self._login)


def _agreement_links() -> str:
    return format_html(
        '查看<a href="{}">《服务协议》</a>和<a href="{}">《隐私政策》</a>全文',
        reverse("accounts:terms"),
        reverse("accounts:privacy"),
    )


class AgreementField(forms.BooleanField):
    """The consent, never ticked beforehand (PIPL §14)."""

    def __init__(self) -> None:
        super().__init__(
            label="我已阅读并同意《服务协议》和《隐私政策》",
            help_text=lazy(_agreement_links, str)(),
            error_messages={"required": "请阅读并同意服务协议和隐私政策后再继续"},
        )


class AgreementForm(forms.Form):
    """The consent alone, for who comes by the network."""

    agreement = AgreementField()


class IdentityMixin(forms.Form):
    """Checks a number against its kind of document; the field names are given by the class."""

    id_type_field = "id_type"
    id_no_field = "id_no"

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        id_type, id_no = values.get(self.id_type_field), values.get(self.id_no_field)
        if id_type and id_no:
            try:
                values[self.id_no_field] = identifiers.clean_id_no(id_type, id_no)
            except ValidationError as error:
                self.add_error(self.id_no_field, error)
        return values


class RegisterIndividualForm(SpokenForm, NewPasswordMixin, IdentityMixin, MobileCodeMixin):
    """个人注册 (A1)."""

    purpose = MobileCode.Purpose.REGISTER
    field_order = ("mobile", "code", "name", "id_type", "id_no", "password", "password_again", "agreement")

    mobile = MobileField(label="手机号", max_length=20, help_text="用于登录和接收通知")
    code = CodeField()
    name = forms.CharField(
        label="姓名", max_length=64, help_text="与证件一致", widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    id_type = forms.ChoiceField(label="证件类型", choices=codes.ID_TYPE.choices, initial=codes.RESIDENT_ID)
    id_no = forms.CharField(
        label="证件号码", max_length=40, widget=forms.TextInput(attrs={"autocapitalize": "characters"})
    )
    agreement = AgreementField()

    def _check_age(self, values: dict[str, Any]) -> None:
        """Children under 14 need their guardians' consent (PIPL §31): they do not register by themselves."""
        birth = identifiers.birth_date(values.get("id_type", ""), values.get("id_no", ""))
        if birth and identifiers.age_on(birth, timezone.localdate()) < YOUNGEST:
            self.add_error("id_no", f"未满{YOUNGEST}周岁不能自行注册，请由监护人到当地经办窗口办理")

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if not self.errors:
            self._check_age(values)
        if not self.errors and not self.code_fits(values["mobile"], values["code"]):
            self.add_error("code", WRONG_CODE)
        # Only who holds the number learns that it is registered.
        if not self.errors and user_by_mobile(values["mobile"]) is not None:
            self.add_error("mobile", "该手机号已注册，请直接登录或找回密码")
        return values


class RegisterUnitForm(SpokenForm, NewPasswordMixin, IdentityMixin, forms.ModelForm):
    """法人注册 (A2). The credit code's uniqueness is the view's matter: an existing unit leads elsewhere."""

    id_type_field = "legal_representative_id_type"
    id_no_field = "legal_representative_id_no"
    field_order = (
        "username",
        "legal_person_type",
        "name",
        "uscc",
        "legal_representative",
        "legal_representative_id_type",
        "legal_representative_id_no",
        "mobile",
        "password",
        "password_again",
        "agreement",
    )

    username = UsernameField(label="法人账号")
    name = forms.CharField(label="法人名称", max_length=128, help_text="与营业执照或法人登记证书一致")
    uscc = UsccField(label="统一社会信用代码", max_length=40, widget=forms.TextInput(attrs={"data-width": "medium"}))
    legal_representative = forms.CharField(label="法定代表人姓名", max_length=64)
    legal_representative_id_no = forms.CharField(label="法定代表人证件号码", max_length=40)
    mobile = MobileField(label="手机号", max_length=20, help_text="用于找回密码和接收通知")
    agreement = AgreementField()

    class Meta:
        model = Unit
        fields = ("legal_person_type", "name", "uscc", "legal_representative", "legal_representative_id_type")

    def validate_unique(self) -> None:
        """Left to the view, which shows the way to 账号申诉."""

    def _post_clean(self) -> None:
        super()._post_clean()
        self.instance.legal_representative_id_no = self.cleaned_data.get("legal_representative_id_no", "")


class ChangePasswordForm(SpokenForm, NewPasswordMixin):
    """修改密码."""

    field_order = ("old_password", "password", "password_again")

    old_password = PasswordField(new=False, label="原密码")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        self.fields["password"].label = "新密码"
        self.fields["password_again"].label = "确认新密码"

    def password_owner(self) -> User:
        return self.user

    def clean_old_password(self) -> str:
        old: str = self.cleaned_data["old_password"]
        if not self.user.check_password(old):
            raise ValidationError("原密码不正确，请重新输入")
        return old

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("password") and values.get("password") == values.get("old_password"):
            self.add_error("password", "新密码不能与原密码相同")
        return values


class ResetPasswordForm(SpokenForm, NewPasswordMixin, MobileCodeMixin):
    """重置密码 by a code; a unit names its 法人账号 too. Wrong code and unknown account give one answer."""

    purpose = MobileCode.Purpose.RESET
    field_order = ("username", "mobile", "code", "password", "password_again")

    username = forms.CharField(
        label="法人账号", max_length=64, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    mobile = MobileField(label="手机号", max_length=20)
    code = CodeField()

    def __init__(self, *args: Any, portal_name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = "新密码"
        self.fields["password_again"].label = "确认新密码"
        self.user: User | None = None
        if portal_name == portal.UNIT:
            self.fields["mobile"].help_text = "单位注册时填写的手机号"
        else:
            del self.fields["username"]

    def code_account(self) -> str:
        return str(self.data.get(self.add_prefix("username"), "")).strip().lower() if "username" in self.fields else ""

    def _account(self, mobile: str) -> User | None:
        if "username" in self.fields:
            return handler_account(self.code_account(), mobile)
        return user_by_mobile(mobile)

    def receives(self, mobile: str) -> bool:
        return self._account(mobile) is not None

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if self.errors:
            return values
        self.user = self._account(values["mobile"])
        if not self.code_fits(values["mobile"], values["code"]) or self.user is None:
            self.add_error("code", WRONG_CODE)
        return values
