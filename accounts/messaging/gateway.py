"""The short message gateway over HTTP: signed requests, an idempotency key, answers that are checked.

``POST`` of a JSON object ``{"mobile", "sign", "template", "params", "text"}``; headers:

- ``X-App-Id``, ``X-Timestamp`` (seconds since 1970), ``X-Nonce`` (32 hexadecimal characters, used once),
- ``X-Signature-Method``: ``HMAC-SHA256`` or ``HMAC-SM3``,
- ``X-Signature``: hexadecimal HMAC under the shared secret of timestamp, newline, nonce, newline, body,
- ``Idempotency-Key``: the same for every try of one message; the gateway delivers it once.

The gateway accepts with status 200 and ``{"code": "OK", "id": "…"}``; another code refuses for good.
408, 425 and 429 mean: later. Anything else (5xx, no answer, an answer that is none) leaves open whether
the message went out, and is tried again under the same key.
"""

import json
import re
import secrets
import time
from collections.abc import Iterator
from typing import Any

import requests
from cryptography.hazmat.primitives import hashes, hmac
from django.conf import settings

from accounts.sms import NotSent, Rejected, ShortMessage, Unclear

CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 3, 8, 12
ANSWER_BYTES = 16 * 1024
LATER = frozenset({408, 425, 429})
_METHODS: dict[str, type[hashes.HashAlgorithm]] = {"HMAC-SHA256": hashes.SHA256, "HMAC-SM3": hashes.SM3}


def signature(method: str, secret: str, timestamp: str, nonce: str, body: bytes) -> str:
    """The hexadecimal signature of a request; raises KeyError for an unknown method."""
    mac = hmac.HMAC(secret.encode(), _METHODS[method]())
    mac.update(f"{timestamp}\n{nonce}\n".encode() + body)
    return mac.finalize().hex()


class HttpSms:
    """Adapter for the gateway that the settings SMS_GATEWAY describe."""

    idempotent = True

    def __init__(self) -> None:
        self.gateway: dict[str, str] = settings.SMS_GATEWAY

    def send(self, message: ShortMessage) -> None:
        """Raises NotSent, Unclear or Rejected; never logs number or text."""
        content = {
            "mobile": message.mobile,
            "sign": self.gateway["sign"],
            "template": message.template,
            "params": dict(message.params),
            "text": message.text,
        }
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        status, answer = self._ask(body, message.token)
        if status in LATER:
            raise NotSent(str(status))
        if 400 <= status < 500:
            raise Rejected(str(status))
        if status != requests.codes.ok:
            raise Unclear(str(status))
        _check(answer)

    def _headers(self, body: bytes, token: str) -> dict[str, str]:
        timestamp, nonce, method = str(int(time.time())), secrets.token_hex(16), self.gateway["method"]
        return {
            "Content-Type": "application/json; charset=utf-8",
            "X-App-Id": self.gateway["app_id"],
            "X-Timestamp": timestamp,
            "X-Nonce": nonce,
            "X-Signature-Method": method,
            "X-Signature": signature(method, self.gateway["secret"], timestamp, nonce, body),
            "Idempotency-Key": token,
        }

    def _ask(self, body: bytes, token: str) -> tuple[int, bytes]:
        """Status and body of the answer, within a time limit over all of it."""
        deadline = time.monotonic() + WHOLE_SECONDS
        try:
            with requests.post(
                self.gateway["url"],
                data=body,
                headers=self._headers(body, token),
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as response:
                return response.status_code, b"".join(_pieces(response, deadline))
        except (requests.exceptions.ConnectTimeout, requests.exceptions.InvalidURL):
            raise NotSent("connect") from None
        except requests.RequestException as error:
            # Refused before anything was sent, or broken off afterwards: only the first is certain.
            refused = isinstance(error, requests.ConnectionError) and "NewConnectionError" in repr(error)
            raise (NotSent("connect") if refused else Unclear("no-answer")) from None


def _pieces(response: requests.Response, deadline: float) -> Iterator[bytes]:
    """The answer piece by piece; one that drips or never ends is broken off."""
    size = 0
    for piece in response.iter_content(2048):
        size += len(piece)
        if size > ANSWER_BYTES:
            raise Unclear("too-long")
        if time.monotonic() > deadline:
            raise Unclear("too-slow")
        yield piece


def _check(answer: bytes) -> None:
    """Raise unless the gateway says that it has taken the message."""
    try:
        found: Any = json.loads(answer)
    except ValueError:
        raise Unclear("not-json") from None
    code = found.get("code") if isinstance(found, dict) else None
    if not isinstance(code, str):
        raise Unclear("no-code")
    if code != "OK":
        raise Rejected(re.sub(r"[^\w.-]", "", code, flags=re.ASCII)[:32] or "refused")
    if not isinstance(found.get("id"), str) or not found["id"]:
        raise Unclear("no-id")
