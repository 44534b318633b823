"""The code of 扫码登录: signed words that name the browser and the time; nothing is stored before somebody decides.

The same words are signed twice, with different salts: what the phone reads from the screen is not what the
browser keeps in its cookie, so that a photograph of the screen signs nobody in.
"""

import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from common import crypto

SECONDS = 120
# A page that is loaded again shows the same code, unless it is about to end.
REUSED_SECONDS = 60
COOKIE = "qr"
_SCREEN, _BROWSER = "accounts.qr.screen", "accounts.qr.browser"
BROWSERS = (
    ("MicroMessenger", "微信"),
    ("Edg", "Edge"),
    ("QIHU", "360浏览器"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class QrCode:
    """A code: a random word, when it was made (seconds), and which browser shows it, in the hall's own words."""

    word: str
    made: int
    browser: str
    address: str

    @property
    def made_at(self) -> datetime:
        """When it was made."""
        return datetime.fromtimestamp(self.made, UTC)

    @property
    def expires_at(self) -> datetime:
        """When it ends."""
        return self.made_at + timedelta(seconds=SECONDS)

    @property
    def is_over(self) -> bool:
        """Whether its two minutes are over."""
        return timezone.now() >= self.expires_at

    @property
    def is_young(self) -> bool:
        """Whether there is time enough to scan it."""
        return timezone.now() < self.made_at + timedelta(seconds=REUSED_SECONDS)

    @property
    def token_hash(self) -> str:
        """What is stored of it."""
        return crypto.digest(f"qr:{self.word}")

    @property
    def token(self) -> str:
        """What the screen shows."""
        return signing.Signer(salt=_SCREEN).sign_object(asdict(self))


def browser_name(agent: str) -> str:
    """A browser and its system in a few known words: what a browser says of itself is never shown."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "未知浏览器")
    system = next((name for mark, name in SYSTEMS if mark in agent), "未知系统")
    return f"{browser}（{system}）"


def new(request: HttpRequest) -> QrCode:
    """A new code for the browser that asks."""
    browser = browser_name(request.META.get("HTTP_USER_AGENT", ""))
    address = request.META.get("REMOTE_ADDR", "")
    return QrCode(secrets.token_urlsafe(16), int(timezone.now().timestamp()), browser, address)


def _load(text: str, salt: str) -> QrCode | None:
    try:
        return QrCode(**signing.Signer(salt=salt).unsign_object(text))
    except (signing.BadSignature, TypeError):
        return None


def from_screen(token: str) -> QrCode | None:
    """The code that a phone has read; None when the hall did not make it."""
    return _load(token, _SCREEN)


def of_browser(request: HttpRequest) -> QrCode | None:
    """The code that this browser shows; None where it shows none."""
    return _load(request.COOKIES.get(COOKIE, ""), _BROWSER)


def keep(response: HttpResponse, code: QrCode, *, secure: bool) -> None:
    """Bind the code to the browser."""
    value = signing.Signer(salt=_BROWSER).sign_object(asdict(code))
    response.set_cookie(COOKIE, value, max_age=SECONDS, path="/accounts/", secure=secure, httponly=True, samesite="Lax")


def forget(response: HttpResponse) -> None:
    """The code has served."""
    response.delete_cookie(COOKIE, path="/accounts/", samesite="Lax")
