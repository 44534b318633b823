"""单位中心 › 经办人管理 (A5), and the link with which a new handler opens the account."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import handler_actions, portal, sign_in_records
from accounts.actions import Refused
from accounts.handler_forms import ActivationForm, AddHandlerForm, MenuGroupsForm
from accounts.menu_groups import GRANTABLE, closed_to
from accounts.models import Activation, Handler
from accounts.queries import code_receivers
from common import crypto
from common.constraints import explain

INVALID, GONE = 422, 410
CRUMBS = [{"title": "首页", "url": "/"}, {"title": "单位中心", "url": "/unit/"}]


def _crumbs(*titles: str) -> list[dict[str, str]]:
    """The way to a page below 经办人管理."""
    return [*CRUMBS, {"title": "经办人管理", "url": "/unit/handlers/"}, *({"title": title} for title in titles)]


def _find(request: portal.ActingRequest, pk: int) -> Handler:
    """An active handler of the acting unit; everybody else is 404."""
    return get_object_or_404(Handler.objects.active().filter(unit=request.unit).select_related("user", "unit"), pk=pk)


def open_groups(handler: Handler) -> list[str]:
    """What the handler may open, for lists."""
    closed = closed_to(handler)
    return [group for group in GRANTABLE if group not in closed]


@portal.supervisor_required
def handlers(request: portal.ActingRequest) -> HttpResponse:
    """Who acts for the unit today, and who did."""
    found = Handler.objects.filter(unit=request.unit).select_related("user").order_by("-role", "name", "pk")
    rows = [
        {"handler": handler, "groups": open_groups(handler), "own": handler.user_id == request.user.pk}
        for handler in found.active()
    ]
    former = found.filter(ended_at__isnull=False).order_by("-ended_at")[:20]
    context = {"page_title": "经办人管理", "crumbs": [*CRUMBS, {"title": "经办人管理"}], "rows": rows}
    return render(request, "accounts/handlers.html", context | {"former": former})


@portal.supervisor_required
@require_http_methods(["GET", "POST"])
def add_handler(request: portal.ActingRequest) -> HttpResponse:
    """添加经办人: the person gets a link to open the account."""
    form = AddHandlerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            handler = handler_actions.enter_handler(
                unit=request.unit,
                person=form.person(),
                role=Handler.Role.CLERK,
                groups=form.cleaned_data["groups"],
                by=request.user,
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"已添加{handler.name}，开通链接已发送到其手机，72小时内有效")
            return redirect("accounts:handlers")
    context = {"page_title": "添加经办人", "crumbs": _crumbs("添加经办人"), "form": form}
    return render(request, "accounts/handler_add.html", context, status=INVALID if form.errors else 200)


@portal.supervisor_required
@require_http_methods(["GET", "POST"])
def handler(request: portal.ActingRequest, pk: int) -> HttpResponse:
    """One handler: what he may open, and what may be done."""
    found = _find(request, pk)
    form = MenuGroupsForm(request.POST if request.method == "POST" else None, initial={"groups": found.menu_groups})
    if request.method == "POST" and form.is_valid():
        try:
            handler_actions.set_menu_groups(handler=found, groups=form.cleaned_data["groups"], by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{found.name}的可办业务已保存，对方须重新登录")
            return redirect("accounts:handlers")
    context = {
        "page_title": f"经办人：{found.name}",
        "crumbs": _crumbs(found.name),
        "handler": found,
        "own": found.user_id == request.user.pk,
        "bound": bool(code_receivers(found.user)),
        "form": form,
    }
    return render(request, "accounts/handler.html", context, status=INVALID if form.errors else 200)


@portal.supervisor_required
@require_http_methods(["GET", "POST"])
def end_handler(request: portal.ActingRequest, pk: int) -> HttpResponse:
    """结束授权, or leaving the unit oneself."""
    found = _find(request, pk)
    own = found.user_id == request.user.pk
    error = ""
    if request.method == "POST":
        try:
            handler_actions.end_handler(handler=found, by=request.user)
        except Refused as refused:
            error = str(refused)
        else:
            messages.success(request, "您已退出该单位" if own else f"{found.name}的经办权限已结束，对方已退出登录")
            return redirect("/" if own else "accounts:handlers")
    title = "退出本单位" if own else "结束经办权限"
    context = {"page_title": f"{title}：{found.name}", "crumbs": _crumbs(title), "handler": found, "own": own}
    return render(request, "accounts/handler_end.html", context | {"error": error}, status=INVALID if error else 200)


@portal.supervisor_required
@require_http_methods(["GET", "POST"])
def handler_role(request: portal.ActingRequest, pk: int) -> HttpResponse:
    """设为主管, 移交主管 or 改为经办人."""
    found = _find(request, pk)
    own = found.user_id == request.user.pk
    error = ""
    if request.method == "POST":
        keep = request.session.session_key or ""
        try:
            if "hand_over" in request.POST:
                handler_actions.hand_over(handler=found, by=request.user, keep_session=keep)
            else:
                role = Handler.Role.CLERK if found.is_supervisor else Handler.Role.SUPERVISOR
                handler_actions.set_role(handler=found, role=role, by=request.user, keep_session=keep if own else "")
        except Refused as refused:
            error = str(refused)
        else:
            messages.success(request, f"{found.name}的角色已变更")
            if own or "hand_over" in request.POST:
                sign_in_records.rotate(request)
                return redirect("unit_home")
            return redirect("accounts:handlers")
    title = "改为经办人" if found.is_supervisor else "设为单位主管"
    context = {"page_title": f"{title}：{found.name}", "crumbs": _crumbs(title), "handler": found, "own": own}
    return render(request, "accounts/handler_role.html", context | {"error": error}, status=INVALID if error else 200)


@require_POST
@portal.supervisor_required
def send_link(request: portal.ActingRequest, pk: int) -> HttpResponse:
    """重新发送开通链接."""
    found = _find(request, pk)
    try:
        handler_actions.send_activation(handler=found, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"开通链接已重新发送给{found.name}，原链接作废")
    return redirect("accounts:handler", pk=found.pk)


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def activate(request: HttpRequest, token: str) -> HttpResponse:
    """开通经办人账号 by the link; what is wrong with a link is not told apart."""
    valid = Activation.objects.filter(used_at__isnull=True, expires_at__gt=timezone.now(), handler__ended_at=None)
    row = valid.filter(token_hash=crypto.digest(token)).select_related("handler__unit", "handler__user").first()
    if row is None:
        return render(request, "accounts/activation_gone.html", {}, status=GONE)
    form = ActivationForm(request.POST if request.method == "POST" else None, owner=row.handler.user)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("username", "password")}
        try:
            handler_actions.activate(token=token, **values, address=request.META.get("REMOTE_ADDR"), by=None)
        except Refused as refused:
            form.add_error(None, str(refused))
        except IntegrityError as error:
            form.add_error("username", explain(error) or "该账号已被使用，请换一个")
        else:
            messages.success(request, "账号已开通，请登录")
            return redirect(portal.sign_in_url(portal.UNIT))
    context = {"page_title": "开通经办人账号", "form": form, "handler": row.handler}
    return render(request, "accounts/activate.html", context, status=INVALID if form.errors else 200)
