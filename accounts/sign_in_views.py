"""Coming in and out: sign-in, registration, password."""

from typing import Any

from allauth.account.internal import flows
from allauth.account.models import Login
from allauth.account.views import LoginView, LogoutView
from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from accounts import actions, portal, sign_in_records
from accounts.consents import BANK, PRIVACY, TERMS, Agreement
from accounts.models import Unit, User
from accounts.number_reset import ResetByNumberForm
from accounts.sign_in_forms import (
    CODE,
    PASSWORD,
    ChangePasswordForm,
    RegisterIndividualForm,
    RegisterUnitForm,
    ResetPasswordForm,
    SignInForm,
)
from accounts.sso import oidc
from accounts.sso.views import SIGN_OUT_KEY, network_sign_out_url
from accounts.unit_sign_in import NUMBER, UnitNumberForm
from common.constraints import explain

secret_fields = method_decorator(sensitive_post_parameters(), name="dispatch")
for_visitors = method_decorator([login_not_required, never_cache], name="dispatch")


class SendCodeMixin:
    """Answers the button 获取验证码: a line for htmx, else the page again with what was typed."""

    request: HttpRequest

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "send_code" in request.POST:
            return self._send_code()
        return super().post(request, *args, **kwargs)  # type: ignore[misc]

    def _send_code(self) -> HttpResponse:
        status = {"tone": "success", "words": ""}
        if not ratelimit.consume(self.request, action="send_code"):
            status = {"tone": "danger", "words": "获取验证码过于频繁，请稍后再试"}
        else:
            try:
                status["words"] = self.get_form().send_code()  # type: ignore[attr-defined]
            except ValidationError as error:
                status = {"tone": "danger", "words": "；".join(error.messages)}
        if self.request.htmx:
            return render(self.request, "accounts/_code_status.html", {"code_status": status})
        options = self.get_form_kwargs()  # type: ignore[attr-defined]
        del options["data"], options["files"]
        form = self.get_form_class()(**(options | {"initial": self.request.POST.dict()}))  # type: ignore[attr-defined]
        context = self.get_context_data(form=form, code_status=status)  # type: ignore[attr-defined]
        return self.render_to_response(context)  # type: ignore[attr-defined]


@secret_fields
class SignInView(SendCodeMixin, LoginView):
    """个人登录, 单位登录 and the staff's sign-in (?portal=, ?method=code)."""

    form_class = SignInForm
    template_name = "account/login.html"

    def get_form_class(self) -> type[SignInForm]:
        by_number = self.request.GET.get("method") == NUMBER and portal.wanted(self.request) == portal.UNIT
        return UnitNumberForm if by_number else self.form_class

    def get_form_kwargs(self) -> dict[str, Any]:
        method = CODE if self.request.GET.get("method") == CODE else PASSWORD
        return super().get_form_kwargs() | {"portal_name": portal.wanted(self.request), "method": method}

    def _address(self, **changes: str) -> str:
        query = self.request.GET.copy()
        for name, value in changes.items():
            query[name] = value
        return f"{reverse('account_login')}?{query.urlencode()}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        wanted = portal.wanted(self.request)
        tabs = [
            {"title": title, "url": self._address(portal=name, method=PASSWORD), "active": wanted == name}
            for name, title in ((portal.INDIVIDUAL, "个人登录"), (portal.UNIT, "单位登录"))
        ]
        extra = {
            "page_title": "工作人员登录" if wanted == portal.STAFF else "登录",
            "portal": wanted,
            "tabs": tabs,
            "password_url": self._address(portal=wanted, method=PASSWORD),
            "code_url": self._address(portal=wanted, method=CODE),
            "number_url": self._address(portal=wanted, method=NUMBER),
            "sso": oidc.client_for(wanted) is not None,
            "next": self.request.POST.get("next") or self.request.GET.get("next") or "",
        }
        context = super().get_context_data(**kwargs) | extra
        del context["site"]  # allauth's; the hall's own comes from its context processor
        return context

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        """The button of the network leads there: this page alone may send a form to the issuers."""
        response: HttpResponse = super().render_to_response(context, **options)
        if origins := oidc.origins():
            response._csp_update = {"form-action": origins}  # type: ignore[attr-defined]
        return response


class SignOutView(LogoutView):
    """退出登录; who came by the network goes on to end its session as well."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        away = network_sign_out_url(self.request)
        response: HttpResponse = super().post(*args, **kwargs)
        if away is None:
            return response
        # By a page of our own: a form on any page of the hall may sign out, and none may lead elsewhere (CSP).
        self.request.session[SIGN_OUT_KEY] = away
        return redirect("sso_signed_out")


def _sign_in_new(request: HttpRequest, user: User, home: str) -> HttpResponse:
    """A new account goes through the same stages as every sign-in."""
    flows.login.record_authentication(request, user, method="registration")
    return flows.login.perform_login(request, Login(user=user, redirect_url=home, signup=True))


class RegistrationView(FormView):
    """What both registrations share: visitors only, a limit per address."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return HttpResponseRedirect(portal.home_url(request.user))
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        if not ratelimit.consume(self.request, action="signup"):
            form.add_error(None, "注册过于频繁，请一小时后再试")
            return self.form_invalid(form)
        try:
            return self.register(form)
        except IntegrityError as error:
            form.add_error(None, explain(error) or "该信息已注册，请核对后重试")
            return self.form_invalid(form)

    def register(self, form: forms.Form) -> HttpResponse:
        """Make the account and sign it in."""
        raise NotImplementedError


@for_visitors
@secret_fields
class RegisterIndividualView(SendCodeMixin, RegistrationView):
    """个人注册 (A1)."""

    form_class = RegisterIndividualForm
    template_name = "accounts/register_individual.html"
    extra_context = {"page_title": "个人注册"}

    def register(self, form: forms.Form) -> HttpResponse:
        values = form.cleaned_data
        individual = actions.register_individual(
            **{name: values[name] for name in ("mobile", "password", "name", "id_type", "id_no")},
            address=self.request.META.get("REMOTE_ADDR"),
            by=None,
        )
        messages.success(self.request, "注册成功，已为您登录")
        return _sign_in_new(self.request, individual.user, portal.HOMES[portal.INDIVIDUAL])


@for_visitors
@secret_fields
class RegisterUnitView(RegistrationView):
    """法人注册 (A2); a credit code that exists leads to the office, not to a second unit."""

    form_class = RegisterUnitForm
    template_name = "accounts/register_unit.html"
    extra_context = {"page_title": "法人注册"}

    def register(self, form: forms.Form) -> HttpResponse:
        values = form.cleaned_data
        if Unit.objects.filter(uscc=values["uscc"]).exists():
            context = {"page_title": "该单位已注册", "uscc": values["uscc"]}
            return render(self.request, "accounts/unit_exists.html", context, status=409)
        handler = actions.register_unit(
            **{name: values[name] for name in ("username", "password", "mobile")},
            unit=form.instance,  # type: ignore[attr-defined]
            address=self.request.META.get("REMOTE_ADDR"),
            by=None,
        )
        messages.success(self.request, "注册成功，已为您登录；请先完善单位信息")
        return _sign_in_new(self.request, handler.user, portal.HOMES[portal.UNIT])


@login_not_required
def register(request: HttpRequest) -> HttpResponse:
    """Which registration: 个人 or 法人."""
    cards = [
        {
            "title": "个人注册",
            "text": "申请就业见习、收藏岗位、查询和打印个人证明",
            "icon": "user-round",
            "url": reverse("accounts:register_individual"),
        },
        {
            "title": "法人注册",
            "text": "企业、事业单位、机关、社会组织和个体工商户",
            "icon": "building-2",
            "url": reverse("accounts:register_unit"),
        },
    ]
    return render(request, "accounts/register.html", {"page_title": "注册", "cards": cards})


@for_visitors
@secret_fields
class ResetPasswordView(SendCodeMixin, FormView):
    """重置密码 by mobile code, or by unit number with a pushed code (A7).

    The answers are the same whether or not an account exists.
    """

    form_class = ResetPasswordForm
    template_name = "account/password_reset.html"

    def get_form_class(self) -> type[ResetPasswordForm | ResetByNumberForm]:
        by_number = self.request.GET.get("method") == NUMBER and portal.wanted(self.request) == portal.UNIT
        return ResetByNumberForm if by_number else self.form_class

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Each account allows few tries of a code; an address that tries many accounts is stopped here."""
        limited = ratelimit.consume_or_429(request, action="reset_password")
        return limited or super().post(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"portal_name": portal.wanted(self.request)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        wanted = portal.wanted(self.request)
        address = reverse("account_reset_password")
        tabs = [
            {"title": title, "url": f"{address}?portal={name}", "active": wanted == name}
            for name, title in ((portal.INDIVIDUAL, "个人"), (portal.UNIT, "单位"))
        ]
        by_number = self.get_form_class() is ResetByNumberForm
        extra = {
            "page_title": "重置密码",
            "tabs": tabs,
            "portal": wanted,
            "by_number": by_number,
            "number_url": f"{address}?portal=unit&method={NUMBER}",
            "account_url": f"{address}?portal=unit",
        }
        return super().get_context_data(**kwargs) | extra

    def form_valid(self, form: ResetPasswordForm | ResetByNumberForm) -> HttpResponse:
        if form.user is None:
            raise AssertionError("a valid form has found its account")
        actions.set_password(user=form.user, password=form.cleaned_data["password"], by=form.user)
        messages.success(self.request, "密码已重置，请用新密码登录")
        return HttpResponseRedirect(portal.sign_in_url(portal.wanted(self.request)))


@secret_fields
class ChangePasswordView(FormView):
    """修改密码; this session stays, the others end."""

    form_class = ChangePasswordForm
    template_name = "account/password_change.html"
    extra_context = {"page_title": "修改密码"}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.request.user}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Whoever finds an open session must not guess the password at leisure."""
        limited = ratelimit.consume_or_429(request, action="change_password")
        return limited or super().post(request, *args, **kwargs)

    def form_valid(self, form: ChangePasswordForm) -> HttpResponse:
        actions.set_password(user=form.user, password=form.cleaned_data["password"], by=form.user)
        form.user.refresh_from_db(fields=["password"])
        old_key = self.request.session.session_key
        update_session_auth_hash(self.request, form.user)
        sign_in_records.move_session(self.request, old_key)
        messages.success(self.request, "密码已修改，其他设备已退出登录")
        return redirect(portal.home_url(form.user))


def _agreement(request: HttpRequest, agreement: Agreement) -> HttpResponse:
    context = {"page_title": agreement.title, "version": agreement.version}
    return render(request, f"accounts/{agreement.kind}.html", context)


@login_not_required
def terms(request: HttpRequest) -> HttpResponse:
    """服务协议."""
    return _agreement(request, TERMS)


@login_not_required
def privacy(request: HttpRequest) -> HttpResponse:
    """隐私政策."""
    return _agreement(request, PRIVACY)


@login_not_required
def bank_consent(request: HttpRequest) -> HttpResponse:
    """银行账户信息处理同意书."""
    return _agreement(request, BANK)
