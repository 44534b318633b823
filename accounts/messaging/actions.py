"""The one way in which the hall writes to somebody, and the readers' own settings."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.messaging import channels, deliveries, occasions
from accounts.messaging.models import Channel, Message, MessagePreference, MessageTemplate
from accounts.models import User
from accounts.writing import write

Kind = Message.Kind

# What leaves the hall where the reader has not chosen otherwise; codes go out on their own way (send_code).
WANTED: dict[tuple[str, str], bool] = {
    (Kind.CASE, Channel.SMS): True,
    (Kind.CASE, Channel.EMAIL): True,
    (Kind.NOTICE, Channel.SMS): False,
    (Kind.NOTICE, Channel.EMAIL): True,
}
# Whoever takes over an account must not be able to silence this.
ALWAYS = (Kind.ACCOUNT,)

_inside_only: ContextVar[bool] = ContextVar("inside_only", default=False)


@contextmanager
def inside_only() -> Iterator[None]:
    """Messages of this block stay in the portal: for histories that are loaded and happened to nobody."""
    token = _inside_only.set(True)
    try:
        yield
    finally:
        _inside_only.reset(token)


@write
def send_message(
    *,
    user: User,
    occasion: str,
    values: Mapping[str, object],
    key: str,
    url: str = "",
    expires_at: datetime | None = None,
    by: User | None = None,
) -> None:
    """Put a message into the user's message centre, and on its way by short message and e-mail as the user wants.

    ``occasion`` is declared in an app's ``occasions.py``, ``values`` fill its placeholders, ``url`` is where
    the reader goes on. One with the same ``key`` is sent only once. After ``expires_at`` (codes) the body
    is erased.
    """
    kind = occasions.get(occasion).kind
    words = occasions.words(occasion, values)
    defaults = {
        "user": user,
        "kind": kind,
        "title": words.title,
        "body": words.body,
        "url": url,
        "expires_at": expires_at,
    }
    _, new = Message.objects.get_or_create(key=key, defaults=defaults)
    if not new or _inside_only.get():
        return
    for channel in wanted_channels(user, kind):
        if address := channels.address_of(user, channel):
            deliveries.queue(
                key=f"{key}:{channel}",
                user=user,
                occasion=occasion,
                channel=channel,
                address=address,
                content=_content(words, values),
            )


@write
def send_code(
    *,
    channel: str,
    address: str,
    occasion: str,
    values: Mapping[str, object],
    key: str,
    expires_at: datetime,
    user: User | None = None,
    deliver: bool = True,
    by: User | None = None,
) -> None:
    """Send a code to a number or e-mail; it is erased here as soon as it is sent or too old.

    Without ``deliver`` nothing is sent, but the same work is done, so that the time of the answer tells
    nothing about who is known.
    """
    words = occasions.words(occasion, values)
    deliveries.queue(
        key=key,
        user=user,
        occasion=occasion,
        channel=channel,
        address=address if deliver else "",
        content=_content(words, values),
        expires_at=expires_at,
    )


def _content(words: occasions.Words, values: Mapping[str, object]) -> dict[str, Any]:
    params = {name: str(value) for name, value in values.items()}
    return {"title": words.title, "body": words.body, "template": words.sms_template, "params": params}


def wanted_channels(user: User, kind: str) -> list[str]:
    """The channels on which a category of messages leaves the hall for this user."""
    if kind in ALWAYS:
        return list(Channel.values)
    chosen = settings_of(user)
    return [channel for channel in Channel.values if chosen.get((kind, channel), False)]


def settings_of(user: User) -> dict[tuple[str, str], bool]:
    """Category and channel → whether the user wants it; what cannot be chosen is not in it."""
    rows = MessagePreference.objects.filter(user=user).values_list("kind", "channel", "wanted")
    return WANTED | {(kind, channel): wanted for kind, channel, wanted in rows}


@write
def choose_channels(*, wanted: Mapping[tuple[str, str], bool], by: User) -> None:
    """Keep the actor's choice (消息设置); what cannot be switched off is ignored."""
    rows = [
        MessagePreference(user=by, kind=kind, channel=channel, wanted=value)
        for (kind, channel), value in wanted.items()
        if (kind, channel) in WANTED
    ]
    MessagePreference.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["user", "kind", "channel"], update_fields=["wanted"]
    )


@write
def mark_read(*, by: User, messages: Iterable[int] | None = None) -> int:
    """Mark the actor's own messages as read: those with the given keys, or all; returns how many changed."""
    unread = Message.objects.filter(user=by, read_at__isnull=True)
    if messages is not None:
        unread = unread.filter(pk__in=list(messages))
    return unread.update(read_at=timezone.now())


@write
def load_templates(*, by: User | None) -> int:
    """A row for every occasion that has none; what staff have reworded stays. Returns how many were made."""
    known = set(MessageTemplate.objects.values_list("occasion", flat=True))
    rows = [
        MessageTemplate(occasion=occasion.code, title=occasion.title, body=occasion.body)
        for occasion in occasions.all_occasions()
        if occasion.code not in known
    ]
    MessageTemplate.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


@write
def reset_template(*, template: MessageTemplate, by: User) -> None:
    """The shipped words again; the number at the gateway stays."""
    occasion = occasions.get(template.occasion)
    locked = MessageTemplate.objects.select_for_update().get(pk=template.pk)
    locked.title, locked.body = occasion.title, occasion.body
    locked.save(update_fields=["title", "body", "updated_at"])


@write
def erase_expired(*, by: User | None) -> int:
    """Erase the codes in message centres whose time is over; returns how many."""
    return Message.objects.filter(expires_at__lte=timezone.now()).update(
        body="验证码已失效，内容不再显示。", expires_at=None
    )
