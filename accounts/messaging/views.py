"""消息中心 and 消息设置 (B4)."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages as notices
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.messaging import actions, channels
from accounts.messaging.models import Channel, Message
from accounts.queries import code_receivers, messages_of
from accounts.views import safe_url
from common import identifiers

MESSAGES_PER_PAGE = 20


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """消息中心; reading is recorded by a POST, never by a GET."""
    unread_only, kind = request.GET.get("unread") == "1", request.GET.get("kind", "")
    found = messages_of(request.user)
    if unread_only:
        found = found.filter(read_at__isnull=True)
    if kind in Message.Kind.values:
        found = found.filter(kind=kind)
    context = {
        "page_title": "消息中心",
        "page": Paginator(found, MESSAGES_PER_PAGE).get_page(request.GET.get("page")),
        "tabs": _tabs(unread_only, kind),
        "unread_only": unread_only,
        "filtered": unread_only or kind in Message.Kind.values,
    }
    return render(request, "accounts/messages.html", context)


def _tabs(unread_only: bool, kind: str) -> list[dict[str, Any]]:
    """All, the unread ones, and one for each category."""
    choices = [("全部消息", {}), ("未读消息", {"unread": "1"})]
    choices += [(str(label), {"kind": code}) for code, label in Message.Kind.choices]
    chosen = {"unread": "1"} if unread_only else {"kind": kind} if kind in Message.Kind.values else {}
    address = reverse("accounts:messages")
    return [
        {"title": title, "url": f"{address}?{urlencode(query)}" if query else address, "active": query == chosen}
        for title, query in choices
    ]


def message(request: HttpRequest, pk: int) -> HttpResponse:
    """One message of one's own; POST marks it as read and goes on to what it is about."""
    found: Message = get_object_or_404(messages_of(request.user), pk=pk)
    if request.method == "POST":
        actions.mark_read(messages=[found.pk], by=request.user)
        back = reverse("accounts:messages")
        return redirect(safe_url(found.url, request, back) if "open" in request.POST else back)
    return render(request, "accounts/message.html", {"page_title": found.title, "message": found})


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """全部已读."""
    count = actions.mark_read(by=request.user)
    notices.success(request, f"已将{count}条消息标为已读" if count else "没有未读消息")
    return redirect("accounts:messages")


# What stands in the table, with what it is for.
_KINDS = (
    (Message.Kind.CASE, "申报、补正、审核结果"),
    (Message.Kind.NOTICE, "岗位意向、见习、公示等"),
    (Message.Kind.ACCOUNT, "密码、登录安全、权限变更"),
    (Message.Kind.CODE, "登录、重置密码、确认身份"),
)


def preferences(request: HttpRequest) -> HttpResponse:
    """消息设置: which category comes by short message and by e-mail; codes and security notices always do."""
    chosen = actions.settings_of(request.user)
    if request.method == "POST":
        wanted = {pair: f"{pair[0]}.{pair[1]}" in request.POST for pair in actions.WANTED}
        actions.choose_channels(wanted=wanted, by=request.user)
        notices.success(request, "消息设置已保存")
        return redirect("accounts:message_preferences")
    rows = [
        {
            "title": kind.label,
            "text": text,
            "cells": [
                {
                    "name": f"{kind}.{channel}",
                    "title": channel.label,
                    "fixed": (kind, channel) not in actions.WANTED,
                    "wanted": chosen.get((kind, channel), True),
                }
                for channel in Channel
            ],
        }
        for kind, text in _KINDS
    ]
    user = request.user
    context = {
        "page_title": "消息设置",
        "is_handler": bool(getattr(request, "handlers", None)),
        "receivers": [identifiers.mask_name(found.name) for found in code_receivers(user)],
        "rows": rows,
        "mobile": channels.mask(Channel.SMS, user.mobile) if user.mobile else "",
        "email": channels.mask(Channel.EMAIL, user.email) if user.email else "",
    }
    return render(request, "accounts/message_preferences.html", context)
