"""扫码登录 (A3): a unit sign-in page shows a code, the phone confirms it, the page goes on by itself."""

import segno
from allauth.account.internal import flows
from allauth.account.models import Login
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts import portal, qr_actions, qr_codes
from accounts.actions import Refused
from accounts.models import QrSignIn
from accounts.qr_codes import QrCode

METHOD = "qr"
GONE, INVALID = 410, 422
STOP_POLLING = 286  # htmx asks no more


def _current(request: HttpRequest) -> QrCode:
    """The code that this browser shows already, while it is young and undecided; else a new one."""
    kept = qr_codes.of_browser(request)
    if kept is None or not kept.is_young or QrSignIn.objects.filter(token_hash=kept.token_hash).exists():
        return qr_codes.new(request)
    return kept


@login_not_required
@never_cache
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """单位登录 by a code; loaded again it is the same one, so that 我已确认 may be pressed too early."""
    if request.user.is_authenticated:
        return redirect(portal.home_url(request.user, portal.UNIT))
    code = _current(request)
    address = request.build_absolute_uri(reverse("qr_confirm", args=[code.token]))
    context = {
        "page_title": "扫码登录",
        "image": segno.make(address, error="m").svg_data_uri(border=4, scale=4),
        "password_url": portal.sign_in_url(portal.UNIT),
    }
    response = render(request, "accounts/qr.html", context)
    qr_codes.keep(response, code, secure=request.is_secure())
    return response


def _words(code: QrCode | None) -> tuple[str, str]:
    """How far a browser's code is: (state, words)."""
    if code is None or code.is_over:
        return "over", "二维码已过期"
    row = QrSignIn.objects.filter(token_hash=code.token_hash).first()
    if row is None:
        return "waiting", "等待手机扫码确认"
    if row.handler_id is None:
        return "refused", "手机上已取消本次登录"
    return ("used", "该二维码已经使用过") if row.used_at else ("confirmed", "已确认，正在登录")


@login_not_required
@never_cache
@require_GET
def state(request: HttpRequest) -> HttpResponse:
    """What the page asks every few seconds; once confirmed the answer goes on by itself."""
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("qr_sign_in")
    name, words = _words(qr_codes.of_browser(request))
    status = 200 if name == "waiting" else STOP_POLLING
    return render(request, "accounts/_qr_state.html", {"state": name, "words": words}, status=status)


@login_not_required
@never_cache
@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """The browser that shows the code signs in, by the stages of every sign-in."""
    limited = ratelimit.consume_or_429(request, action="qr_enter")
    if limited:
        return limited
    code = qr_codes.of_browser(request)
    try:
        if code is None:
            raise Refused("二维码已过期，或不是在这个浏览器显示的，请重新扫码")
        handler = qr_actions.use_qr(code=code, by=None)
    except Refused as refused:
        messages.error(request, str(refused))
        return _go(request, redirect("qr_sign_in"))
    request.session[portal.UNIT_SESSION_KEY] = handler.unit_id
    flows.login.record_authentication(request, handler.user, method=METHOD)
    login = Login(user=handler.user, redirect_url=portal.HOMES[portal.UNIT])
    response = _go(request, flows.login.perform_login(request, login))
    qr_codes.forget(response)
    return response


def _go(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A redirect; the page's script is told to go there as a whole."""
    if request.htmx and "Location" in response:  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(response["Location"])
    return response


@never_cache
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """On the phone: which browser asks, when, for which unit; a POST confirms or refuses."""
    code = qr_codes.from_screen(token)
    if code is None or code.is_over:
        return _answer(request, "", qr_actions.OVER, GONE)
    handlers = list(qr_actions.confirmable(request.user))
    error = ""
    if request.method == "POST":
        limited = ratelimit.consume_or_429(request, action="qr_confirm")
        if limited:
            return limited
        refuse = "refuse" in request.POST
        chosen = next((handler for handler in handlers if str(handler.pk) == request.POST.get("handler")), None)
        if chosen is None and not refuse:
            error = "请选择要登录的单位"
        else:
            try:
                qr_actions.decide_qr(code=code, handler=None if refuse else chosen, by=request.user)
            except Refused as refused:
                return _answer(request, "", str(refused), GONE)
            words = "已取消，电脑不会登录" if refuse or chosen is None else f"已确认，电脑正在登录{chosen.unit.name}"
            return _answer(request, words, "", 200)
    context = {"page_title": "确认登录", "code": code, "handlers": handlers, "error": error}
    return render(request, "accounts/qr_confirm.html", context, status=INVALID if error else 200)


def _answer(request: HttpRequest, done: str, refused: str, status: int) -> HttpResponse:
    context = {"done": done, "refused": refused, "home": portal.home_url(request.user)}
    return render(request, "accounts/qr_answer.html", context, status=status)
