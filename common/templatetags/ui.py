"""Template tags and filters of the design system (a template builtin: no ``{% load %}`` needed)."""

import datetime
import functools
from decimal import Decimal, InvalidOperation

from django import template
from django.forms import BoundField
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

register = template.Library()

# Status of a case → tone, icon and the words of the portals (审核状态, design: the case).
CASE_STATUS_LOOKS = {
    "draft": ("neutral", "pencil-line", "暂存"),
    "submitted": ("info", "inbox", "未审核"),
    "in_review": ("info", "hourglass", "审核中"),
    "returned": ("warning", "undo-2", "审核不通过（待修改）"),
    "rejected": ("danger", "circle-x", "审核不通过"),
    "approved": ("success", "circle-check", "审核通过"),
    "withdrawn": ("neutral", "corner-up-left", "已撤回"),
    "revoked": ("danger", "ban", "已撤销"),
    "closed": ("neutral", "archive", "已作废"),
}
TONE_ICONS = {
    "neutral": "circle-dot",
    "info": "info",
    "success": "circle-check",
    "warning": "triangle-alert",
    "danger": "circle-alert",
}


@functools.cache
def _icon(name: str, css_class: str) -> SafeString:
    svg = lucide(name, size=None, **{"class": css_class, "aria_hidden": "true", "focusable": "false"})
    return mark_safe(svg)  # noqa: S308 - the package's own drawing, with attributes from templates


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """An inline icon, hidden from screen readers; ``size`` is "", "sm", "lg" or "xl".

    Raises ``lucide.IconDoesNotExist`` for an unknown name.
    """
    return _icon(str(name), f"icon icon--{size}" if size else "icon")


@register.simple_tag
def tone_icon(tone: str, size: str = "") -> SafeString:
    """The icon that goes with a tone, so that colour is never the only cue."""
    return icon(TONE_ICONS.get(tone, TONE_ICONS["info"]), size)


@register.inclusion_tag("components/status_tag.html")
def status_tag(status: str, label: str = "") -> dict[str, str]:
    """A coloured tag with icon and words for the status of a case; ``label`` replaces the words."""
    tone, name, words = CASE_STATUS_LOOKS.get(str(status), ("neutral", "circle-dot", str(status)))
    return {"tone": tone, "icon_name": name, "label": label or words}


@register.filter
def widget_attr(field: BoundField, name: str) -> str:
    """An HTML attribute declared on the field's widget, such as ``data-suffix`` (a unit like 元); else ""."""
    return str(field.field.widget.attrs.get(name, ""))


@register.filter
def money(value: Decimal | float | str | None) -> str:
    """An amount in yuan to the fen, with thousands separators: 1,234.50; empty for no amount."""
    if value is None or value == "":
        return ""
    try:
        return f"{Decimal(str(value)):,.2f}"
    except InvalidOperation:
        return str(value)


@register.filter
def cn_date(value: datetime.date | None) -> str:
    """A date as 2026年11月21日; an aware moment is shown in the hall's time zone."""
    if not value:
        return ""
    if isinstance(value, datetime.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return f"{value.year}年{value.month}月{value.day}日"


@register.filter
def cn_datetime(value: datetime.datetime | None) -> str:
    """A moment as 2026年11月21日 09:05 in the hall's time zone."""
    if not value:
        return ""
    if timezone.is_aware(value):
        value = timezone.localtime(value)
    return f"{cn_date(value)} {value:%H:%M}"


@register.filter
def mask_id(value: str | None) -> str:
    """An ID number with its middle hidden (domain: masking on lists)."""
    from common.identifiers import mask_id as mask

    return mask(value) if value else ""


@register.filter
def mask_mobile(value: str | None) -> str:
    """A mobile number with its middle hidden (domain: masking on lists)."""
    from common.identifiers import mask_mobile as mask

    return mask(value) if value else ""


@register.filter
def mask_account(value: str | None) -> str:
    """A bank account number, last four digits only (domain: masking on lists)."""
    from common.identifiers import mask_account as mask

    return mask(value) if value else ""


@register.filter
def mask_name(value: str | None) -> str:
    """A person's name for public notices (domain: masking on lists)."""
    from common.identifiers import mask_name as mask

    return mask(value) if value else ""


@register.filter
def first_with(items: list[dict], state: str) -> int:
    """The 1-based place of the first item whose ``state`` is the given one; 0 if there is none."""
    return next((place for place, item in enumerate(items, start=1) if item.get("state") == state), 0)


@register.filter
def place(items: list, index: int) -> object:
    """The item at a 0-based place of a list; None beyond its end."""
    return items[index] if index < len(items) else None
