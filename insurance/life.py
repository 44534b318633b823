"""Stretches of a working life in whole months. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from insurance.months import Month


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From a month to a month, both included; ``words`` say what it was."""

    first: Month
    last: Month
    words: str = ""

    @property
    def months(self) -> int:
        return self.last - self.first + 1

    @property
    def text(self) -> str:
        """As readers see it."""
        return f"{self.first.chinese}至{self.last.chinese}"


def spans(months: Iterable[Month], words: str = "") -> list[Span]:
    """Months joined to stretches, in order; the same month twice counts once."""
    joined: list[Span] = []
    for month in sorted(set(months)):
        if joined and month - joined[-1].last == 1:
            joined[-1] = Span(joined[-1].first, month, words)
        else:
            joined.append(Span(month, month, words))
    return joined


def gaps(found: Sequence[Span]) -> list[Span]:
    """What lies between stretches that are in order and apart."""
    return [
        Span(before.last + 1, after.first - 1, "中断")
        for before, after in pairwise(found)
        if after.first - before.last > 1
    ]


def first_overlap(stretches: Iterable[tuple[date, date, str]]) -> tuple[str, str] | None:
    """The keys of the first two stretches of days that share a day; None where all are apart."""
    ordered = sorted(stretches)
    for before, after in pairwise(ordered):
        if after[0] <= before[1]:
            return before[2], after[2]
    return None
