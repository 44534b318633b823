"""The timeline of a working life as a drawing (server-rendered SVG): pure geometry, the table beside it says the same."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from insurance.life import Span
from insurance.months import Month

WIDTH, LEFT, RIGHT = 640, 84, 12
TOP, LANE, BAR = 34, 34, 18
MOST_TICKS = 8
# Sharp enough to be told apart in print; every bar also has its words.
COLOURS = {
    "employment": "#155d9c",
    "paid": "#2f8a5f",
    "owed": "#c9382c",
    "gap": "#d18a1f",
    "deemed": "#6a51a3",
    "added": "#00707a",
    "deducted": "#9d1f17",
    "special": "#8c5a00",
    "rank": "#45525e",
}


@dataclass(frozen=True)
class Lane:
    """One row of the drawing: its title and its stretches, with the kind that decides their colour."""

    title: str
    spans: Sequence[tuple[str, Span]]


@dataclass(frozen=True)
class Bar:
    """A rectangle of the drawing, in its coordinates."""

    x: float
    y: float
    width: float
    colour: str
    words: str


@dataclass(frozen=True)
class Tick:
    """A year on the scale."""

    x: float
    label: str


@dataclass(frozen=True)
class Row:
    """A lane's title with its place."""

    title: str
    y: float
    bars: list[Bar] = field(default_factory=list)


@dataclass(frozen=True)
class Chart:
    """Everything that the template draws."""

    width: int
    height: int
    bar_height: int
    rows: list[Row]
    ticks: list[Tick]
    bottom: int
    left: int


def draw(lanes: Sequence[Lane], first: Month, last: Month) -> Chart:
    """Lay out lanes over the months from ``first`` to ``last``; what reaches beyond is cut off."""
    months = max(1, last - first + 1)
    scale = (WIDTH - LEFT - RIGHT) / months

    def place(month: Month) -> float:
        return round(LEFT + (month - first) * scale, 1)

    rows = []
    for number, lane in enumerate(lanes):
        y = TOP + number * LANE
        row = Row(lane.title, y)
        for kind, span in lane.spans:
            begin, end = max(span.first, first), min(span.last, last)
            if begin <= end:
                width = max(round((end - begin + 1) * scale, 1), 1.5)
                row.bars.append(Bar(place(begin), y, width, COLOURS[kind], f"{span.words}：{span.text}"))
        rows.append(row)
    bottom = TOP + len(lanes) * LANE
    return Chart(WIDTH, bottom + 8, BAR, rows, _ticks(first, last, place), bottom, LEFT)


def _ticks(first: Month, last: Month, place) -> list[Tick]:
    years = list(range(first.year + (first.month > 1), last.year + 1))
    step = max(1, -(-len(years) // MOST_TICKS))
    return [Tick(place(Month(year, 1)), str(year)) for year in years[::step]]
