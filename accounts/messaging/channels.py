"""The channels out of the hall: who can be reached on which, and handing one message over."""

import smtplib
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage

from accounts import sms
from accounts.messaging.models import Channel
from accounts.models import User
from accounts.sms import NotSent, Rejected, ShortMessage, Unclear
from common import identifiers

SMS_TEXT_LENGTH = 200
# The server said so before it took the message.
_NEVER_TAKEN = (
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPAuthenticationError,
    ConnectionRefusedError,
)


def address_of(user: User, channel: str) -> str:
    """The user's number or e-mail for a channel; "" where there is none."""
    return user.mobile if channel == Channel.SMS else user.email


def mask(channel: str, address: str) -> str:
    """What staff and the owner may read of an address."""
    return identifiers.mask_mobile(address) if channel == Channel.SMS else mask_email(address)


def mask_email(address: str) -> str:
    """The first character and the domain: z***@example.com."""
    name, _, domain = address.partition("@")
    return f"{name[:1]}***@{domain}"[:80]


def available(channel: str) -> bool:
    """Whether the hall can send on the channel at all."""
    return channel == Channel.SMS or settings.EMAIL_AVAILABLE


def idempotent(channel: str) -> bool:
    """Whether a message whose fate is unknown may be handed over again without being delivered twice."""
    return channel == Channel.SMS and sms.adapter().idempotent


def hand_over(channel: str, address: str, content: dict[str, Any], token: str) -> None:
    """Send one message now; raises NotSent, Unclear or Rejected."""
    if channel == Channel.SMS:
        text = f"【{settings.SMS_GATEWAY['sign']}】{content['body']}"
        message = ShortMessage(address, _short(text), token, content["template"], content["params"])
        sms.adapter().send(message)
    else:
        _send_mail(address, content["title"], content["body"], token)


def _short(text: str) -> str:
    return text if len(text) <= SMS_TEXT_LENGTH else f"{text[: SMS_TEXT_LENGTH - 12]}…请登录网厅查看"


def _send_mail(address: str, title: str, body: str, token: str) -> None:
    """By the configured mail server; the message id lets mailboxes know a repetition."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    headers = {"Message-ID": f"<{token}@{domain}>", "Auto-Submitted": "auto-generated"}
    subject = " ".join(title.split())
    mail = EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [address], headers=headers)
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise (Rejected if all(code >= 500 for code in codes) else NotSent)(str(codes[0])) from None
    except _NEVER_TAKEN:
        raise NotSent("connect") from None
    except smtplib.SMTPResponseException as error:
        raise (Rejected if error.smtp_code >= 500 else NotSent)(str(error.smtp_code)) from None
    except (smtplib.SMTPException, OSError):
        raise Unclear("no-answer") from None
