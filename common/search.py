"""Search by words in Chinese text without a server extension (design §8, search text).

A row keeps one text[] column of tokens under a GIN index: bigrams of its words, and prefixed
tokens for its region (each region above it, too) and its codes. A query is ``tokens @> […]``.

Single characters are tokens of their own (``1:工``): a one-character word has no bigram. They are
common, so they only serve one-character queries.
"""

import re
import unicodedata
from collections.abc import Iterable
from operator import add

from common import regions

_WORD = re.compile(r"\w+")


def fold(text: str) -> str:
    """Full-width to half-width and lower case, so that ＩＴ finds it."""
    return unicodedata.normalize("NFKC", text).lower()


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))


def bigrams(text: str) -> list[str]:
    """Each pair of neighbouring characters within a word, once, in order; punctuation parts words."""
    pairs = (word[at : at + 2] for word in _words(text) for at in range(len(word) - 1))
    return list(dict.fromkeys(pairs))


def text_tokens(*texts: str) -> list[str]:
    """All tokens of a row's searchable texts."""
    # A case may name ten thousand people: all are folded at once, and each character is worded once.
    words = _words("\n".join(texts))
    pairs: dict[str, None] = {}
    for word in words:
        pairs.update(dict.fromkeys(map(add, word, word[1:])))
    return [*(f"1:{char}" for char in dict.fromkeys("".join(words))), *pairs]


def region_token(code: str) -> str:
    """The token by which everything within a region is found."""
    return f"r:{code}"


def region_tokens(code: str) -> list[str]:
    """Tokens of a row in a region: its own and those of the regions above it."""
    return [region_token(place.code) for place in regions.ancestors(code)]


def own_region_token(code: str) -> str:
    """The token for exactly this region: 市本级 without the city's counties."""
    return f"o:{code}"


def code_token(field: str, code: str) -> str:
    """The token of one code of a code list, such as ``category:2``."""
    return f"{field}:{code}"


def code_tokens(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Tokens for (field, code) pairs; blank codes give none."""
    return [code_token(field, code) for field, code in pairs if code]


def query_tokens(keyword: str) -> list[str]:
    """Tokens that a row must all have to match what somebody typed; empty for blank input.

    Words are separated by blanks or punctuation and must all occur. Bigrams may also match apart
    from each other: a list that needs the exact words filters the few hits again by ``matches``.
    """
    found: dict[str, None] = {}
    for word in _words(keyword):
        if len(word) == 1:
            found[f"1:{word}"] = None
        else:
            found.update(dict.fromkeys(bigrams(word)))
    return list(found)


def matches(keyword: str, *texts: str) -> bool:
    """Whether every word of the keyword really occurs in one of the texts."""
    folded = [fold(text) for text in texts]
    return all(any(word in text for text in folded) for word in _words(keyword))
