"""The texts that a user agrees to (PIPL §7, §17) and their versions; the texts are templates of the same name."""

from typing import NamedTuple


class Agreement(NamedTuple):
    """A text in its present version; ``version`` is the month in which it came into force."""

    kind: str
    title: str
    version: str


TERMS = Agreement("terms", "服务协议", "2026-11")
PRIVACY = Agreement("privacy", "隐私政策", "2026-11")
AT_REGISTRATION = (TERMS, PRIVACY)
