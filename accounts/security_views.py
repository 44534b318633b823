"""登录安全: the second factor, one's own sessions and sign-ins."""

from typing import Any

from allauth.account.views import ReauthenticateView as AllauthReauthenticateView
from allauth.mfa.base.views import AuthenticateView as AllauthAuthenticateView
from allauth.mfa.base.views import ReauthenticateView as AllauthSecondFactorView
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView as AllauthGenerateView
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from accounts import actions, portal, second_factor, step_up
from accounts.messaging.channels import mask_email
from accounts.models import SignIn
from accounts.queries import failed_sign_ins, open_sessions, sign_ins_of
from common import identifiers

SHOWN_SIGN_INS = 20

secret_fields = method_decorator([sensitive_post_parameters(), never_cache], name="dispatch")


class _HallPage:
    """allauth's views draw the hall's pages."""

    page_title = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        context.pop("site", None)  # allauth's; the hall's own comes from its context processor
        return context | {"page_title": self.page_title}


@secret_fields
class AuthenticateView(_HallPage, AllauthAuthenticateView):
    """The second factor at sign-in."""

    page_title = "动态口令验证"


@secret_fields
class ActivateView(_HallPage, ActivateTOTPView):
    """启用动态口令; who has a mobile number proves it first, or a password alone could make its own second proof."""

    page_title = "启用动态口令"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = request.user
        if not user.is_staff and user.mobile and not step_up.is_fresh(request):
            return redirect(step_up.confirm_url(request.path))
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        required = second_factor.is_required(self.request.user)
        return super().get_context_data(**kwargs) | {"required": required}


@secret_fields
class DeactivateView(_HallPage, DeactivateTOTPView):
    """停用动态口令."""

    page_title = "停用动态口令"


@secret_fields
class RecoveryCodesView(_HallPage, ViewRecoveryCodesView):
    """恢复码; the first look is recorded."""

    page_title = "恢复码"
    outside_read_only = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"home": portal.home_url(self.request.user)}


@secret_fields
class GenerateRecoveryCodesView(_HallPage, AllauthGenerateView):
    """重新生成恢复码."""

    page_title = "重新生成恢复码"


@secret_fields
class ReauthenticateView(_HallPage, AllauthReauthenticateView):
    """The password again, before something that matters."""

    page_title = "请再次确认身份"
    template_name = "account/reauthenticate.html"


@secret_fields
class SecondFactorView(_HallPage, AllauthSecondFactorView):
    """The second factor again, before something that matters."""

    page_title = "请再次确认身份"
    template_name = "account/reauthenticate.html"


@never_cache
@require_GET
def security(request: HttpRequest) -> HttpResponse:
    """登录安全: second factor, open sessions, the last sign-ins, failed tries."""
    context = {
        "page_title": "登录安全",
        "mobile": identifiers.mask_mobile(request.user.mobile) if request.user.mobile else "",
        "email": mask_email(request.user.email) if request.user.email else "",
        "enrolled": second_factor.is_enrolled(request.user),
        "required": second_factor.is_required(request.user),
        "sessions": open_sessions(request.user),
        "current_key": request.session.session_key,
        "sign_ins": sign_ins_of(request.user)[:SHOWN_SIGN_INS],
        "failures": failed_sign_ins(request.user),
    }
    return render(request, "accounts/security.html", context)


@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions; this one by signing out."""
    found = get_object_or_404(sign_ins_of(request.user), pk=pk)
    if found.session_key == request.session.session_key:
        messages.info(request, "这是当前会话，请用“退出登录”")
    else:
        actions.end_sessions(sign_ins=SignIn.objects.filter(pk=found.pk), by=request.user)
        messages.success(request, "该会话已退出")
    return redirect("mfa_index")
