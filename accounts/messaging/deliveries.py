"""The outbox: what leaves the hall is claimed, handed over and settled, once.

pending → sending → sent; a try that failed for certain, or that the gateway will know again by its
token, waits for the next (failed); the last one gives up (dead), and staff may send it anew. Of a try
whose worker was killed nobody knows the end: it is repeated only where the token keeps the phone from
ringing twice, else staff decide.
"""

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.messaging import channels, occasions
from accounts.messaging.models import Delivery
from accounts.models import User
from accounts.sms import DeliveryError, NotSent, Rejected
from accounts.writing import Refused, write
from common import audit

log = logging.getLogger(__name__)

ATTEMPTS = 6
# Seconds before the next try, after the first, second … one: about an hour in all.
PAUSES = (5, 30, 120, 600, 3000)
# How far the clocks of the worker and of the database may be apart.
CLOCKS_APART = timedelta(seconds=2)
# Longer than a try can last (gateway.WHOLE_SECONDS, EMAIL_TIMEOUT).
STALLED_AFTER = timedelta(seconds=120)
State, Fault = Delivery.State, Delivery.Fault


def queue(
    *,
    key: str,
    user: User | None,
    occasion: str,
    channel: str,
    address: str,
    content: dict[str, Any],
    expires_at: datetime | None = None,
) -> None:
    """Put a message on its way, inside the transaction of its cause; one with the same ``key`` goes once."""
    values = {
        "user": user,
        "occasion": occasion,
        "channel": channel,
        "masked": channels.mask(channel, address) if address else "",
        "address": address or None,
        "content": content,
        "expires_at": expires_at,
    }
    row, new = Delivery.objects.get_or_create(key=key, defaults=values)
    if new:
        _defer(row.pk)


def _defer(pk: int, due_at: datetime | None = None) -> None:
    from accounts import jobs  # it imports this module

    jobs.deliver.configure(lock=f"delivery-{pk}", schedule_at=due_at).defer(delivery_id=pk)


@dataclass(frozen=True)
class Claim:
    """A try that only its holder may settle."""

    pk: int
    attempt: int
    channel: str
    address: str
    content: dict[str, Any]
    token: str


def attempt(pk: int) -> None:
    """One try to send: claim, hand over outside any transaction, settle."""
    with audit.actor(None, job="deliver"):
        claim = _claim(pk)
    if claim is None:
        return
    try:
        channels.hand_over(claim.channel, claim.address, claim.content, claim.token)
    except DeliveryError as error:
        _settle(claim, error)
    else:
        _settle(claim, None)


@transaction.atomic
def _claim(pk: int) -> Claim | None:
    """The right to send now; None when there is nothing (left) to do."""
    row = Delivery.objects.select_for_update().filter(pk=pk).first()
    now = timezone.now()
    if row is None or row.state in (State.SENT, State.DEAD):
        return None
    if not row.address:  # a code for a number that nobody has
        row.delete()
        return None
    if row.expires_at and row.expires_at <= now:
        return _give_up(row, Fault.EXPIRED)
    if not channels.available(row.channel):
        return _give_up(row, Fault.UNAVAILABLE)
    if row.state == State.SENDING:
        if row.claimed_at and now - row.claimed_at < STALLED_AFTER:
            _defer(pk, row.claimed_at + STALLED_AFTER)
            return None
        if not channels.idempotent(row.channel):
            return _give_up(row, Fault.UNKNOWN)
    elif row.due_at > now + CLOCKS_APART:
        return None  # a job that came twice; the next try has its own
    row.state, row.claimed_at, row.attempts = State.SENDING, now, row.attempts + 1
    row.save(update_fields=["state", "claimed_at", "attempts"])
    return Claim(pk, row.attempts, row.channel, row.address, row.content or {}, row.token.hex)


def _give_up(row: Delivery, fault: str, answer: str = "") -> None:
    """Nothing more is tried; a code is erased, because nobody may use it later."""
    row.state, row.fault, row.answer = State.DEAD, fault, answer
    if occasions.is_code(row.occasion):
        row.address = row.content = None
    row.save()
    log.warning("delivery %s by %s given up: %s %s", row.pk, row.channel, fault, answer)


@transaction.atomic
def _settle(claim: Claim, error: DeliveryError | None) -> None:
    """Keep how a try ended; one that was taken over meanwhile keeps the other's end."""
    row = Delivery.objects.select_for_update().filter(pk=claim.pk, attempts=claim.attempt, state=State.SENDING).first()
    if row is None:
        return
    now = timezone.now()
    if error is None:
        row.state, row.sent_at, row.fault, row.answer = State.SENT, now, "", ""
        row.address = row.content = None
        row.save()
        return
    certain = isinstance(error, NotSent | Rejected)
    fault = Fault.REFUSED if isinstance(error, Rejected) else Fault.UNREACHABLE if certain else Fault.UNKNOWN
    repeatable = not isinstance(error, Rejected) and (certain or channels.idempotent(row.channel))
    if not repeatable or row.attempts >= ATTEMPTS:
        _give_up(row, fault, error.answer)
        return
    row.state, row.fault, row.answer = State.FAILED, fault, error.answer
    row.due_at = now + timedelta(seconds=PAUSES[min(row.attempts, len(PAUSES)) - 1])
    row.save()
    _defer(row.pk, row.due_at)


@write
def resend(*, delivery: Delivery, by: User) -> None:
    """Staff send anew what was given up. Raises Refused for what cannot be sent any more.

    Where the end of the last try is unknown the token stays, so that a gateway that has the message
    does not deliver it again.
    """
    row = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if row.state != State.DEAD:
        raise Refused("只有发送失败的消息可以重新发送")
    if not row.address or row.content is None:
        raise Refused("该消息的内容已清除，不能重新发送；验证码请由本人重新获取")
    if row.fault != Fault.UNKNOWN:
        row.token = uuid.uuid4()
    row.state, row.attempts, row.due_at = State.PENDING, 0, timezone.now()
    row.save()
    _defer(row.pk)


def stranded() -> list[int]:
    """Deliveries that no job seems to look after any more: keys of those long due, or long in sending."""
    late = timezone.now() - 2 * STALLED_AFTER
    waiting = Q(state__in=[State.PENDING, State.FAILED], due_at__lt=late)
    sending = Q(state=State.SENDING, claimed_at__lt=late)
    return list(Delivery.objects.filter(waiting | sending).order_by("pk").values_list("pk", flat=True)[:500])


@write
def forget(*, before: datetime, by: User | None) -> int:
    """Erase what was sent or given up before a moment; returns how many."""
    done = Delivery.objects.filter(state__in=[State.SENT, State.DEAD], created_at__lt=before)
    count: int = done.delete()[0]
    return count
