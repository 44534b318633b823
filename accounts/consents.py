"""The texts that a user agrees to (PIPL §7, §17) and their versions; the texts are templates of the same name."""

from typing import NamedTuple


class Agreement(NamedTuple):
    """A text in its present version; ``version`` is the month in which it came into force."""

    kind: str
    title: str
    version: str


TERMS = Agreement("terms", "服务协议", "2026-11")
PRIVACY = Agreement("privacy", "隐私政策", "2026-11")
# Asked for apart, where a bank account or card is entered (PIPL §29).
BANK = Agreement("bank", "银行账户信息处理同意书", "2026-11")
AT_REGISTRATION = (TERMS, PRIVACY)

# What consent records are called; other apps add theirs.
TITLES = {agreement.kind: agreement.title for agreement in (*AT_REGISTRATION, BANK)}


def title_of(kind: str) -> str:
    """What a consent record is called."""
    return TITLES.get(kind, kind)
