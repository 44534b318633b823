"""The second factor (动态口令, TOTP) as the hall keeps it: secrets encrypted, words Chinese, required for staff."""

from typing import Any, ClassVar

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm as AllauthAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.forms import GenerateRecoveryCodesForm as AllauthGenerateForm
from allauth.mfa.totp.forms import ActivateTOTPForm as AllauthActivateForm
from django import forms
from django.conf import settings
from django.http import HttpRequest

from accounts.models import User
from common import crypto

SESSION_KEY = "second_factor"


def is_required(user: User) -> bool:
    """Whether the account may not work without a second factor (GB/T 22239 level 3, 8.1.4.1 d)."""
    return bool(user.is_staff and settings.STAFF_TOTP_REQUIRED)


def is_enrolled(user: User) -> bool:
    """Whether the account has a second factor."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def is_known_enrolled(request: HttpRequest) -> bool:
    """The same for the signed-in user, asked once per session: a reset ends the account's sessions."""
    if not request.session.get(SESSION_KEY):
        if not is_enrolled(request.user):
            return False
        request.session[SESSION_KEY] = True
    return True


class HallMfaAdapter(DefaultMFAAdapter):
    """Encrypts what allauth would keep in the clear, and keeps staff from giving up what is required of them."""

    error_messages: ClassVar[dict[str, str]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "动态口令不正确或已用过，请等待应用显示下一个后重新输入",
        "cannot_delete_authenticator": "工作人员必须使用动态口令，不能停用；更换手机请联系系统管理员重置",
    }

    def get_totp_label(self, user: User) -> str:
        return user.username

    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not is_required(authenticator.user)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """The account's own message centre tells (accounts.sign_in_records)."""


class SecondFactorField(forms.CharField):
    """Six digits from the app; ``recovery`` also takes one of the recovery codes."""

    def __init__(self, *, recovery: bool) -> None:
        attrs = {"autocomplete": "one-time-code", "data-width": "short", "autocapitalize": "none"}
        if not recovery:
            attrs["inputmode"] = "numeric"
        super().__init__(
            label="动态口令",
            max_length=16,
            help_text="身份验证器应用显示的6位数字" + ("；手机不在身边时可以输入一个恢复码" if recovery else ""),
            widget=forms.TextInput(attrs=attrs),
            error_messages={"required": "请填写动态口令"},
        )


class AuthenticateForm(AllauthAuthenticateForm):
    """At sign-in, after the password."""

    code = SecondFactorField(recovery=True)


class ReauthenticateForm(AllauthReauthenticateForm):
    """Before something that matters."""

    code = SecondFactorField(recovery=True)


class ActivateForm(AllauthActivateForm):
    """The first code proves that the app has the secret."""

    code = SecondFactorField(recovery=False)


class GenerateForm(AllauthGenerateForm):
    """New recovery codes; the old ones are worthless then."""
