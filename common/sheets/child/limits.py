"""How much a workbook may hold, and what is learnt about its sheets before the parser sees them."""

import resource

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 40

MAX_MEMBERS = 500
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
# Sheets of equal rows pack well; below this size the ratio does not matter.
MAX_RATIO = 200
RATIO_FREE_BYTES = 8 * 1024 * 1024

MAX_ROWS = 100_000
MAX_COLUMNS = 256
MAX_CELLS = 1_500_000
# How many faulty cells and merged ranges are named; the rest are of the same kind.
MAX_NAMED = 1_000


class Refused(Exception):
    """The workbook is not read; ``reason`` and ``place`` are worded in Chinese by ``common.sheets.reading``."""

    def __init__(self, reason: str, place: str = "") -> None:
        super().__init__(reason)
        self.reason, self.place = reason, place


class Facts:
    """What the parser does not tell about a sheet. Rows and columns count from 1.

    ``faults`` are cells without a usable value: row, column, and the error (``#N/A``) or ``=`` for a formula
    never computed.
    """

    # No dataclass: importing those takes as long as reading a small file.
    def __init__(self) -> None:
        self.hidden_rows: list[int] = []
        self.merged: list[str] = []
        self.faults: list[tuple[int, int, str]] = []


def limit_process() -> None:
    """Cap memory, processor time, written files and core dumps of this process for good."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def letters(column: int) -> str:
    """The letters of a column that counts from 1: 28 is AB."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_number(name: str) -> int:
    """The number, from 1, of a column given by letters."""
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - 64
    return number


def check_place(row: int, column: int) -> None:
    """Refuse a cell far outside of any sensible table, because a parser fills everything before it."""
    if row > MAX_ROWS or column > MAX_COLUMNS:
        raise Refused("far_cell", f"{letters(column)}{row}")


def check_area(rows: int, columns: int) -> None:
    """Refuse a table with more cells than are read at once."""
    if rows * columns > MAX_CELLS:
        raise Refused("too_many_cells")
