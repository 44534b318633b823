"""Values as people really type them into spreadsheets, read without guessing.

Every function takes a cell that is not blank (text, number, yes/no or date) and returns the value, or
raises Unreadable with a Chinese sentence that says what would be right.
"""

import math
import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from common import identifiers

Cell = str | float | int | bool | date | None

DAMAGED = "号码被表格软件当成数字，末几位已经丢失：请把该列设为“文本”格式，再重新填写完整号码"
DATE_HINT = "请填写日期，例如2026-11-01"
MONTH_HINT = "请填写年月，例如2026-11"

# Days since 1899-12-30, as spreadsheets number them, from 1927-05-18 to 2119-01-09: smaller numbers are years or
# counts that slipped into a date column.
_SERIALS = range(10_000, 80_000)
_EPOCH = date(1899, 12, 30)
_EPOCH_1904_DAYS = 1462
# Numbers keep 15 digits; whole ones from here on have lost the others.
_DAMAGED_FROM = 1e15

_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+\d{2}")
_DATE = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})|年(\d{1,2})月(\d{1,2})[日号]?)"
)
_TIME = re.compile(r"[T ]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$")
_MONTH = re.compile(r"(\d{4})(?:[-/.](\d{1,2})|年(\d{1,2})月?)")
_GROUPED = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d*)?")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)")

_MARKS = str.maketrans("–—−。", "---.")
_FORMULA_STARTS = "=+-@\t\r"

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff￾￿]")
_YES = frozenset(["是", "有", "对", "真", "√", "✓", "✔", "☑", "Y", "YES", "T", "TRUE", "1"])
_NO = frozenset(["否", "无", "错", "假", "×", "✕", "✗", "✘", "☒", "N", "NO", "F", "FALSE", "0"])


class Unreadable(Exception):
    """A cell does not hold what its column asks for; the message is Chinese."""


def is_damaged(cell: Cell) -> bool:
    """Whether a long number lost its last digits: a number of 16 digits or more, or 1.40105E+17."""
    if isinstance(cell, str):
        return "+" in cell and bool(_SCIENTIFIC.fullmatch(identifiers.normalise(cell)))
    return isinstance(cell, (int, float)) and abs(cell) >= _DAMAGED_FROM


def shown(cell: Cell) -> str:
    """A cell as text, as its reader sees it: whole numbers without a point, days without a time."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d" if cell.time() == datetime.min.time() else "%Y-%m-%d %H:%M:%S")
    if isinstance(cell, date):
        return cell.isoformat()
    if not math.isfinite(cell):
        return str(cell)
    return str(int(cell)) if cell == int(cell) else f"{cell:.15g}"


def text(cell: Cell) -> str:
    """Text without invisible marks; other white space becomes a plain space, none at the ends.

    What the export escaped (an apostrophe before ``= + - @``) is unescaped. Width is kept: it is part of names.
    """
    line = shown(cell)
    if line.isalnum():
        return line
    if line[:1] == "'" and line[1:] and line[1] in _FORMULA_STARTS:
        line = line[1:]
    if line.isascii() and line.isprintable():
        return line.strip()
    kept = "".join(char for char in line if unicodedata.category(char) != "Cf")
    return "".join(" " if char.isspace() and char != "\n" else char for char in kept).strip()


def number_text(cell: Cell) -> str:
    """A number that names something (never calculated with): normalised, in upper case, digits intact."""
    if is_damaged(cell):
        raise Unreadable(DAMAGED)
    return identifiers.normalise(shown(cell)).lstrip("'’‘")


def _serial(number: float, epoch_1904: bool) -> date | None:
    day = math.floor(number) + (_EPOCH_1904_DAYS if epoch_1904 else 0)
    return _EPOCH + timedelta(days=day) if day in _SERIALS else None


def _typed(cell: str) -> str:
    """Half-width, without invisible marks, one kind of dash and stop, no white space but single spaces."""
    visible = "".join(char for char in cell if unicodedata.category(char) != "Cf")
    folded = unicodedata.normalize("NFKC", visible).translate(_MARKS)
    return re.sub(r"\s+", " ", folded).strip(" '’‘")


def _day(year: str, month: str, day: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise Unreadable(f"没有{int(year)}年{int(month)}月{int(day)}日这一天，{DATE_HINT}") from None


def _date_text(line: str, epoch_1904: bool) -> date | None:
    bare = _TIME.sub("", line).replace(" ", "")
    if match := _DATE.fullmatch(bare):
        year, *rest = (part for part in match.groups() if part is not None)
        return _day(year, *rest)
    if re.fullmatch(r"\d{8}", bare):
        return _day(bare[:4], bare[4:6], bare[6:])
    if re.fullmatch(r"\d{5}(\.\d+)?", bare):
        return _serial(float(bare), epoch_1904)
    return None


def to_date(cell: Cell, epoch_1904: bool = False) -> date:
    """A day: a date cell, 2026-11-01, 2026/11/1, 2026.11.1, 20261101, 2026年11月1日, or a serial number."""
    if isinstance(cell, date):
        return cell.date() if isinstance(cell, datetime) else cell
    if isinstance(cell, bool) or cell is None:
        raise Unreadable(DATE_HINT)
    if isinstance(cell, str):
        found = _date_text(_typed(cell), epoch_1904)
    else:
        found = _serial(cell, epoch_1904) or _date_text(shown(cell), epoch_1904)
    if found is None:
        raise Unreadable(DATE_HINT)
    return found


def to_month(cell: Cell, epoch_1904: bool = False) -> date:
    """The first day of a month: 2026-11, 2026/11, 2026.11, 202611, 2026年11月, or any form of a day in it."""
    if isinstance(cell, float) and cell != int(cell) and 1900 <= cell < 2120:
        # As a number 2026.10 is 2026.1.
        raise Unreadable(f"“{shown(cell)}”是小数，分不清是1月还是10月，请把该列设为“文本”格式，{MONTH_HINT}")
    if isinstance(cell, (str, float, int)) and not isinstance(cell, bool):
        line = _typed(shown(cell)).replace(" ", "")
        match = _MONTH.fullmatch(line) or re.fullmatch(r"((?:19|20|21)\d{2})(\d{2})", line)
        if match:
            year, month = (int(part) for part in match.groups() if part is not None)
            return _month(year, month)
    try:
        return to_date(cell, epoch_1904).replace(day=1)
    except Unreadable as error:
        raise Unreadable(str(error).replace(DATE_HINT, MONTH_HINT)) from None


def _month(year: int, month: int) -> date:
    try:
        return date(year, month, 1)
    except ValueError:
        raise Unreadable(f"没有{year}年{month}月，{MONTH_HINT}") from None


def to_decimal(cell: Cell, unit: str = "") -> Decimal:
    """A number, its thousand separators, currency sign and ``unit`` removed."""
    if isinstance(cell, (float, int)) and not isinstance(cell, bool):
        if not math.isfinite(cell):
            raise Unreadable("请填写数字")
        # Fifteen digits are what a spreadsheet shows: 0.1 + 0.2 is 0.3.
        return Decimal(f"{cell:.15g}")
    if isinstance(cell, str):
        bare = identifiers.normalise(cell).lstrip("'’‘¥").removesuffix(identifiers.normalise(unit))
        bare = bare.replace("−", "-").replace("，", ",")
        if _GROUPED.fullmatch(bare):
            bare = bare.replace(",", "")
        if _NUMBER.fullmatch(bare):
            try:
                return Decimal(bare)
            except InvalidOperation:
                pass
    raise Unreadable("请填写数字，不要写其他文字")


def to_bool(cell: Cell) -> bool:
    """Yes or no: 是 / 否, √ / ×, Y / N, TRUE / FALSE, 1 / 0."""
    if isinstance(cell, bool):
        return cell
    mark = identifiers.normalise(shown(cell))
    if mark in _YES:
        return True
    if mark in _NO:
        return False
    raise Unreadable("请填写“是”或“否”")


def printable(value: str) -> str:
    """Text without the characters that XML cannot hold."""
    return _FORBIDDEN.sub("", value)


def safe_text(value: str) -> str:
    """Text that no spreadsheet takes for a formula, not even once it was saved as CSV or edited."""
    return f"'{value}" if value and value[0] in _FORMULA_STARTS else value
