"""单位编号登录 (A6): who is meant by a number, and the pushed code that follows the password.

The code is asked for by who signs in, not by which form was used: a handler of an insured unit who
types 法人账号 or a mobile number with the password is asked as well.
"""

from typing import Any

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.stages import LoginStage
from allauth.core.internal.httpkit import headed_redirect_response
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters

from accounts import actions, portal, sign_in_records
from accounts.models import Handler, User
from accounts.queries import code_receivers, handler_by_number, is_insured_handler
from accounts.sign_in_forms import PASSWORD, WRONG_CODE, CodeField, SignInForm
from common import identifiers

NUMBER = "number"
# Each of these proves more than a password already.
STRONGER = frozenset({"socialaccount", "mobile_code", "mfa", "qr"})


def clean_unit_number(text: str) -> str:
    """The twelve digits of a 单位编号: twelve as they are, ten with 00 appended (JX 5.1). Raises ValidationError."""
    number = identifiers.normalise(text)
    if not number.isdecimal() or len(number) not in {10, 12}:
        raise ValidationError(f"单位编号应为12位或10位数字，现在是{len(number)}位，请核对")
    return number if len(number) == 12 else f"{number}00"


class UnitNumberField(forms.CharField):
    """单位编号 as it is typed."""

    def clean(self, value: Any) -> str:
        return clean_unit_number(super().clean(value))


class UnitNumberForm(SignInForm):
    """单位编号, the handler's own password and, where the unit has several handlers, the ID number."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"portal_name": portal.UNIT, "method": PASSWORD}))
        attrs = {"inputmode": "numeric", "autocomplete": "username"}
        self.fields["login"] = UnitNumberField(
            label="单位编号",
            max_length=20,
            help_text="12位；10位的可以直接输入，或在末尾加00",
            widget=forms.TextInput(attrs=attrs),
            error_messages={"required": "请填写单位编号"},
        )
        self.fields["id_no"] = forms.CharField(
            label="经办人证件号码",
            max_length=40,
            required=False,
            help_text="单位有多名经办人的须填写",
            widget=forms.TextInput(attrs={"autocapitalize": "characters"}),
        )
        self.order_fields(["login", "id_no", "password"])
        self.handler: Handler | None = None

    def user_credentials(self) -> dict[str, str]:
        """The handler's account; an unknown number goes on as a name that nobody has, at the same cost."""
        number = self.cleaned_data["login"]
        self.handler = handler_by_number(number, identifiers.normalise(self.cleaned_data["id_no"]))
        name = self.handler.user.username if self.handler else f"unit-number:{number}"
        return {"username": name, "password": self.cleaned_data["password"]}

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """The unit of the number is the acting one."""
        if self.handler is not None:
            request.session[portal.UNIT_SESSION_KEY] = self.handler.unit_id
        return super().login(request, redirect_url)


class PushedCodeStage(LoginStage):
    """A code in the handler's own message centre, after the password."""

    key = "unit_code"
    urlname = "unit_sign_in_code"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        user = self.login.user
        methods = {record["method"] for record in get_authentication_records(self.request, user)}
        if methods & STRONGER or not is_insured_handler(user):
            return None, True
        try:
            actions.push_unit_code(user=user, by=user)
        except actions.Refused:
            self.state["refused"] = True  # the page says how long to wait; an earlier code may still serve
        return headed_redirect_response(self.urlname), True


class PushedCodeForm(forms.Form):
    """The code that was pushed."""

    code = CodeField()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["code"].label = "验证码"
        self.fields["code"].error_messages["required"] = "请填写验证码"

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not actions.use_unit_code(user=self.user, code=code, by=None):
            raise ValidationError(WRONG_CODE)
        return code


@sensitive_post_parameters()
@login_stage_required(stage=PushedCodeStage.key, redirect_urlname="account_login")
def unit_code(request: HttpRequest) -> HttpResponse:
    """获取验证码 and 登录, after the password was right."""
    stage: LoginStage = request._login_stage  # type: ignore[attr-defined]
    user, status = stage.login.user, None
    sending = request.method == "POST" and "send_code" in request.POST
    form = PushedCodeForm(request.POST if request.method == "POST" and not sending else None, user=user)
    if sending:
        try:
            actions.push_unit_code(user=user, by=user)
            status = {"tone": "success", "words": f"验证码已发送，{actions.CODE_MINUTES}分钟内有效"}
        except actions.Refused as error:
            status = {"tone": "danger", "words": str(error)}
        if request.htmx:  # type: ignore[attr-defined]
            return render(request, "accounts/_code_status.html", {"code_status": status})
    if form.is_bound:
        if form.is_valid():
            response: HttpResponse = stage.exit()
            return response
        sign_in_records.record_failure(request, user.username)
    context = {
        "page_title": "验证码",
        "form": form,
        "code_status": status,
        "receivers": len(code_receivers(user)),
        "mobile": identifiers.mask_mobile(user.mobile) if user.mobile else "",
        "email": bool(user.email),
    }
    return render(request, "accounts/unit_code.html", context)
