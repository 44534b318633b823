"""Confirming who one is (a second proof), and changing the mobile number or e-mail."""

from typing import Any

from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django.views.generic import FormView

from accounts import actions, contact_actions, second_factor, sign_in_records, step_up
from accounts.forms import SpokenForm
from accounts.messaging.channels import mask_email
from accounts.messaging.models import Channel
from accounts.models import MobileCode, User
from accounts.sign_in_forms import WRONG_CODE, CodeField, MobileCodeMixin
from accounts.sign_in_views import SendCodeMixin
from accounts.views import safe_url
from common import identifiers
from common.constraints import explain
from common.validators import MobileField

secret_fields = method_decorator([sensitive_post_parameters(), never_cache], name="dispatch")


class OwnCodeMixin(MobileCodeMixin):
    """A code for something that a signed-in user does: it serves this account only."""

    channel: str = Channel.SMS
    user: User

    def code_account(self) -> str:
        return f"user:{self.user.pk}"

    def receiver(self) -> str:
        """The number or e-mail that gets the code, as typed so far; raises ValidationError."""
        return identifiers.clean_mobile(str(self.data.get(self.add_prefix(self.mobile_field), "")))

    def masked(self, receiver: str) -> str:
        """What may be shown of it."""
        return mask_email(receiver) if self.channel == Channel.EMAIL else identifiers.mask_mobile(receiver)

    def send_code(self) -> str:
        receiver = self.receiver()
        try:
            actions.issue_code(
                mobile=receiver,
                purpose=self.purpose,
                deliver=True,
                account=self.code_account(),
                channel=self.channel,
                by=self.user,
            )
        except actions.Refused as error:
            raise ValidationError(str(error)) from None
        return f"验证码已发送到{self.masked(receiver)}，{actions.CODE_MINUTES}分钟内有效"


class ConfirmForm(SpokenForm, OwnCodeMixin):
    """A code to the account's own number."""

    purpose = MobileCode.Purpose.CONFIRM
    code = CodeField()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def receiver(self) -> str:
        if not self.user.mobile:
            raise ValidationError("您的账号没有手机号，请使用其他方式确认")
        return self.user.mobile

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not self.user.mobile or not self.code_fits(self.user.mobile, code):
            raise ValidationError(WRONG_CODE)
        return code


class ChangeMobileForm(SpokenForm, OwnCodeMixin):
    """The new number, proved by a code."""

    purpose = MobileCode.Purpose.CHANGE_MOBILE
    field_order = ("mobile", "code")
    mobile = MobileField(label="新手机号", max_length=20)
    code = CodeField()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_mobile(self) -> str:
        mobile: str = self.cleaned_data["mobile"]
        if mobile == self.user.mobile:
            raise ValidationError("新手机号与现在的手机号相同")
        return mobile

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not self.code_fits(values["mobile"], values["code"]):
            self.add_error("code", WRONG_CODE)
        return values


class ChangeEmailForm(SpokenForm, OwnCodeMixin):
    """The new e-mail, proved by a code."""

    purpose = MobileCode.Purpose.CHANGE_EMAIL
    channel = Channel.EMAIL
    mobile_field = "email"
    field_order = ("email", "code")
    email = forms.EmailField(
        label="电子邮箱",
        max_length=120,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": "电子邮箱格式不正确，应类似name@example.com"},
    )
    code = CodeField()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["code"].label = "邮件验证码"
        self.fields["code"].error_messages["required"] = "请填写邮件验证码"

    def receiver(self) -> str:
        email: str = self.fields["email"].clean(str(self.data.get(self.add_prefix("email"), "")))
        return email

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not self.code_fits(values["email"], values["code"]):
            self.add_error("code", WRONG_CODE)
        return values


class OwnCodeView(SendCodeMixin, FormView):
    """A form with a code, for who is signed in; wrong codes are on record."""

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.request.user}

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        if WRONG_CODE in form.errors.get("code", []):
            sign_in_records.record_failure(self.request, self.request.user.get_username())
        return super().form_invalid(form)


@secret_fields
class ConfirmIdentityView(OwnCodeView):
    """请先确认是您本人: a mobile code, or the way to the 动态口令, or what else to do."""

    form_class = ConfirmForm
    template_name = "accounts/confirm_identity.html"

    def _target(self) -> str:
        given = self.request.POST.get("next") or self.request.GET.get("next") or ""
        return safe_url(given, self.request, reverse("mfa_index"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        return super().get_context_data(**kwargs) | {
            "page_title": "请先确认是您本人",
            "next": self._target(),
            "mobile": identifiers.mask_mobile(user.mobile) if user.mobile else "",
            "enrolled": second_factor.is_enrolled(user),
            "minutes": step_up.FRESH_SECONDS // 60,
        }

    def form_valid(self, form: forms.Form) -> HttpResponse:
        step_up.remember(self.request)
        return redirect(self._target())


@secret_fields
@method_decorator(step_up.second_proof_required(), name="dispatch")
class ChangeMobileView(OwnCodeView):
    """变更手机号: after a second proof (the old number's code, or 动态口令), a code to the new one."""

    form_class = ChangeMobileForm
    template_name = "accounts/change_contact.html"
    extra_context = {"page_title": "变更手机号", "code_field": "mobile"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mobile = self.request.user.mobile
        return super().get_context_data(**kwargs) | {"kept": identifiers.mask_mobile(mobile) if mobile else ""}

    def form_valid(self, form: forms.Form) -> HttpResponse:
        if not ratelimit.consume(self.request, action="change_password"):
            form.add_error(None, "操作过于频繁，请稍后再试")
            return super().form_invalid(form)
        key = self.request.session.session_key or ""
        try:
            contact_actions.change_mobile(
                user=self.request.user, mobile=form.cleaned_data["mobile"], session_key=key, by=self.request.user
            )
        except IntegrityError as error:
            form.add_error("mobile", explain(error) or "该手机号不能使用，请换一个")
            return super().form_invalid(form)
        messages.success(self.request, "手机号已变更，其他设备已退出登录")
        return redirect("mfa_index")


@secret_fields
@method_decorator(step_up.second_proof_required(), name="dispatch")
class ChangeEmailView(OwnCodeView):
    """变更邮箱: after a second proof, a code to the new one."""

    form_class = ChangeEmailForm
    template_name = "accounts/change_contact.html"
    extra_context = {"page_title": "变更邮箱", "code_field": "email"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        email = self.request.user.email
        return super().get_context_data(**kwargs) | {"kept": mask_email(email) if email else ""}

    def form_valid(self, form: forms.Form) -> HttpResponse:
        contact_actions.change_email(user=self.request.user, email=form.cleaned_data["email"], by=self.request.user)
        messages.success(self.request, "电子邮箱已变更")
        return redirect("mfa_index")


@require_POST
@step_up.second_proof_required(back="mfa_index")
def remove_email(request: HttpRequest) -> HttpResponse:
    """解除绑定邮箱."""
    contact_actions.change_email(user=request.user, email="", by=request.user)
    messages.success(request, "电子邮箱已解除绑定")
    return redirect("mfa_index")
