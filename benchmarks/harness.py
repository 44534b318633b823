"""What all benchmarks share: paired timings, rows with their reach, the table and the JSON line.

Machines are small and noisy. A timing counts only as a ratio to its floor, which is measured in the
same run and in turn with it, so that a busy moment hits both; the figure is the median.
"""

import json
import statistics
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

MINIMUM_ROUNDS = 5


@dataclass(frozen=True)
class Row:
    """One figure: ``value`` (and ``floor``, in the same unit) against what is to be reached.

    ``reach`` is compared with ``ratio`` where there is a floor, else with ``value``; "at most" unless
    ``at_least``.
    """

    what: str
    value: float
    reach: float
    floor: float | None = None
    unit: str = ""
    at_least: bool = False

    @property
    def ratio(self) -> float | None:
        """value ÷ floor; None without a floor."""
        return self.value / self.floor if self.floor else None

    @property
    def ok(self) -> bool:
        """Whether the figure is reached."""
        figure = self.value if self.ratio is None else self.ratio
        return figure >= self.reach if self.at_least else figure <= self.reach

    def as_json(self) -> dict[str, object]:
        """The row as the last line of a benchmark prints it."""
        return {
            "what": self.what,
            "value": _rounded(self.value),
            "floor": _rounded(self.floor),
            "ratio": _rounded(self.ratio),
            "reach": self.reach,
            "ok": self.ok,
        }


@dataclass(frozen=True)
class Timing:
    """Seconds of what was measured and of its floor, round by round."""

    seconds: tuple[float, ...]
    floor_seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median of what was measured, in seconds."""
        return statistics.median(self.seconds)

    @property
    def floor_median(self) -> float:
        """The median of the floor, in seconds."""
        return statistics.median(self.floor_seconds)

    def percentile(self, percent: int) -> float:
        """The value below which ``percent`` of the rounds lie (nearest rank)."""
        return _nearest_rank(self.seconds, percent)

    def floor_percentile(self, percent: int) -> float:
        """The same of the floor."""
        return _nearest_rank(self.floor_seconds, percent)


def time_pair(measured: Callable[[], object], floor: Callable[[], object], *, rounds: int = MINIMUM_ROUNDS) -> Timing:
    """Time both in turn, ``rounds`` times (at least five) after one round that warms up and does not count."""
    if rounds < MINIMUM_ROUNDS:
        raise ValueError(f"at least {MINIMUM_ROUNDS} rounds, not {rounds}")
    seconds: list[float] = []
    floor_seconds: list[float] = []
    for number in range(rounds + 1):
        pair = [(measured, seconds), (floor, floor_seconds)]
        if number % 2:
            pair.reverse()  # whoever goes first finds colder caches
        for function, results in pair:
            results.append(timed(function))
    return Timing(tuple(seconds[1:]), tuple(floor_seconds[1:]))


def timed(function: Callable[[], object]) -> float:
    """Seconds of one call."""
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


def ratio_row(what: str, timing: Timing, reach: float, *, percent: int = 50) -> Row:
    """The row of a timing in milliseconds: its median, or another percentile, against the floor's."""
    value = timing.median if percent == 50 else timing.percentile(percent)
    floor = timing.floor_median if percent == 50 else timing.floor_percentile(percent)
    return Row(what, value * 1000, reach, floor * 1000, "ms")


def table(rows: list[Row]) -> str:
    """The rows as aligned text, Chinese characters counted as two columns."""
    lines = [["what", "value", "floor", "ratio", "reach", "ok"], *(_cells(row) for row in rows)]
    widths = [max(_width(cell) for cell in column) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(_aligned(line, widths)).rstrip() for line in lines)


def json_line(name: str, rows: list[Row]) -> str:
    """The last line of a benchmark."""
    return json.dumps({"bench": name, "rows": [row.as_json() for row in rows]}, ensure_ascii=False)


def _cells(row: Row) -> list[str]:
    unit = f" {row.unit}" if row.unit else ""
    return [
        row.what,
        _readable(row.value) + unit,
        "" if row.floor is None else _readable(row.floor) + unit,
        "" if row.ratio is None else f"{row.ratio:.2f} ×",
        f"{'≥' if row.at_least else '≤'} {row.reach:,g}{unit if row.ratio is None else ' ×'}",
        "yes" if row.ok else "NO",
    ]


def _readable(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.4g}"


def _rounded(number: float | None) -> float | None:
    return None if number is None else float(f"{number:.5g}")


def _nearest_rank(values: tuple[float, ...], percent: int) -> float:
    rank = -(-percent * len(values) // 100)
    return sorted(values)[max(0, rank - 1)]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _aligned(cells: list[str], widths: list[int]) -> list[str]:
    spaces = [" " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True)]
    return [cells[0] + spaces[0], *(space + cell for cell, space in zip(cells[1:], spaces[1:], strict=True))]
