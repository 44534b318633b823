"""Columns of a spreadsheet, declared once: what they are called, what they hold, how it is read and written.

PLACEMENTS = Sheet(
    "placement-import",
    "见习匹配结果",
    columns=(
        IdNumber("id_no", "证件号码", example="11010119900307007X"),
        Text("name", "姓名", max_length=50, example="张三（虚构）"),
        Amount("living_pay", "生活费标准", unit="元", minimum=Decimal(0), example="2256"),
    ),
    unique=(("id_no",),),
)
"""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from django.core.exceptions import ValidationError

from common import identifiers
from common.codes import CodeList
from common.sheets import values
from common.sheets.values import Cell, Unreadable

REASON_TITLE = "错误原因"
EXAMPLE_MARK = "示例："
TEXT_FORMAT = "@"


def fold_title(title: str) -> str:
    """A title as it is compared: half-width, no white space, no star of required columns."""
    return identifiers.normalise(title).strip("*")


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column; subclasses say how a cell becomes a value.

    ``clean`` gets the value (never None) and returns the one to keep, or raises ValidationError in Chinese;
    it must be pure: what needs the database belongs to the checks over all rows. ``example`` stands in the
    template's example row as typed, ``note`` beside the title. ``unit`` may follow a typed number.
    """

    key: str = field(kw_only=False)
    title: str = field(kw_only=False)
    required: bool = True
    clean: Callable[[Any], Any] | None = None
    example: str = ""
    note: str = ""

    hint: ClassVar[str] = ""

    @property
    def number_format(self) -> str:
        """How a spreadsheet keeps and shows its cells; text, so that it changes nothing, unless it calculates."""
        return TEXT_FORMAT

    def read(self, cell: Cell, epoch_1904: bool) -> Any:
        """The value of a cell that is not blank; raises Unreadable."""
        raise NotImplementedError

    def cell(self, value: Any) -> Cell | Decimal:
        """A value, not None, as it is written into an exported cell."""
        return values.safe_text(value) if isinstance(value, str) else value

    def describe(self) -> str:
        """What to fill in, for the instructions."""
        return self.hint

    @property
    def width(self) -> int:
        """Characters that the column should show."""
        text = max((self.title, self.example), key=_display_width)
        return min(max(_display_width(text) + 4, 10), 40)


def _display_width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


@dataclass(frozen=True, kw_only=True)
class Text(Column):
    """Words, kept as typed but for white space and invisible marks; also numbers that only name something."""

    max_length: int = 200

    def read(self, cell: Cell, epoch_1904: bool) -> str:
        if values.is_damaged(cell):
            raise Unreadable(values.DAMAGED)
        line = values.text(cell)
        if len(line) > self.max_length:
            raise Unreadable(f"最多{self.max_length}个字，现在是{len(line)}个字")
        return line

    def describe(self) -> str:
        return f"文字，不超过{self.max_length}个字"


@dataclass(frozen=True, kw_only=True)
class IdNumber(Column):
    """证件号码. ``type_key`` names the Code column of the document's kind; without it all are resident ID cards.

    The check by kind needs the whole row and is made by ``imports``, with ``check_id``; ``clean`` comes before it.
    """

    type_key: str | None = None
    hint: ClassVar[str] = "完整的证件号码，单元格须为“文本”格式"

    def read(self, cell: Cell, epoch_1904: bool) -> str:
        return values.number_text(cell)

    def check_id(self, id_type: str, number: str) -> str:
        """The checked number; raises Unreadable."""
        try:
            return identifiers.clean_id_no(id_type, number)
        except ValidationError as error:
            hint = ""
            if number.endswith("000") and getattr(error, "code", "") == "check_digit":
                hint = "（末三位为000，可能是表格软件把号码当成数字，丢失了末几位）"
            raise Unreadable(error.messages[0] + hint) from None


@dataclass(frozen=True, kw_only=True)
class Date(Column):
    """日期, a ``date``."""

    hint: ClassVar[str] = "日期，例如2026-11-01"

    @property
    def number_format(self) -> str:
        return "yyyy-mm-dd"

    def read(self, cell: Cell, epoch_1904: bool) -> date:
        return values.to_date(cell, epoch_1904)


@dataclass(frozen=True, kw_only=True)
class Month(Column):
    """年月, the ``date`` of the month's first day."""

    hint: ClassVar[str] = "年月，例如2026-11"

    def read(self, cell: Cell, epoch_1904: bool) -> date:
        return values.to_month(cell, epoch_1904)

    def cell(self, value: Any) -> Cell | Decimal:
        return f"{value:%Y-%m}"


@dataclass(frozen=True, kw_only=True)
class Amount(Column):
    """A ``Decimal`` with at most ``places`` decimals; money unless said otherwise. Never rounded here."""

    places: int = 2
    unit: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None

    @property
    def number_format(self) -> str:
        return f"0.{'0' * self.places}" if self.places else "0"

    def read(self, cell: Cell, epoch_1904: bool) -> Decimal:
        number = values.to_decimal(cell, self.unit)
        exponent = number.normalize().as_tuple().exponent
        if isinstance(exponent, int) and -exponent > self.places:
            raise Unreadable(f"最多{self.places}位小数，请四舍五入后填写" if self.places else "请填写整数")
        if self.minimum is not None and number < self.minimum:
            raise Unreadable(f"不能小于{self.minimum}{self.unit}")
        if self.maximum is not None and number > self.maximum:
            raise Unreadable(f"不能大于{self.maximum}{self.unit}")
        return self._kept(number)

    def _kept(self, number: Decimal) -> Any:
        return number.quantize(Decimal(1).scaleb(-self.places))

    def describe(self) -> str:
        return f"数字{self._bounds()}，最多{self.places}位小数"

    def _bounds(self) -> str:
        unit = f"（{self.unit}）" if self.unit else ""
        least = "" if self.minimum is None else f"，不小于{self.minimum}"
        most = "" if self.maximum is None else f"，不大于{self.maximum}"
        return f"{unit}{least}{most}"


@dataclass(frozen=True, kw_only=True)
class Integer(Amount):
    """An ``int``; not negative unless ``minimum`` says so."""

    places: int = field(default=0, init=False)
    minimum: Decimal | None = Decimal(0)

    def _kept(self, number: Decimal) -> int:
        return int(number)

    def describe(self) -> str:
        return f"整数{self._bounds()}"


@dataclass(frozen=True, kw_only=True)
class HalfDays(Amount):
    """Days in steps of a half (attendance), a ``Decimal`` with one decimal; at most 31 unless said otherwise."""

    places: int = field(default=1, init=False)
    unit: str = "天"
    minimum: Decimal | None = Decimal(0)
    maximum: Decimal | None = Decimal(31)

    def _kept(self, number: Decimal) -> Decimal:
        if number * 2 % 1:
            raise Unreadable("只能填整天或半天，例如21或21.5")
        return number.quantize(Decimal("0.1"))

    def describe(self) -> str:
        return f"天数{self._bounds()}，可以有半天（0.5）"


@dataclass(frozen=True, kw_only=True)
class YesNo(Column):
    """是 or 否, a ``bool``."""

    hint: ClassVar[str] = "是或否"

    def read(self, cell: Cell, epoch_1904: bool) -> bool:
        return values.to_bool(cell)

    def cell(self, value: Any) -> Cell | Decimal:
        return "是" if value else "否"


@dataclass(frozen=True, kw_only=True)
class Code(Column):
    """A code of a list (``common.codes``), written as its label; label, code or both are read."""

    codes: CodeList

    @cached_property
    def _by_text(self) -> dict[str, str]:
        known: dict[str, str] = {}
        short: dict[str, list[str]] = {}
        for code, label in self.codes:
            number, folded = identifiers.normalise(code), identifiers.normalise(label)
            brief = folded.partition("(")[0]
            known |= {number: code, folded: code}
            known |= {f"{number}{mark}{text}": code for mark in ("", "-", ".", "、", ":") for text in (folded, brief)}
            short.setdefault(brief, []).append(code)
            # Typed as a number a code lost its leading zeros.
            short.setdefault(code.lstrip("0") or "0", []).append(code)
        for text, found in short.items():
            if len(found) == 1:
                known.setdefault(text, found[0])
        return known

    def read(self, cell: Cell, epoch_1904: bool) -> str:
        code = self._by_text.get(identifiers.normalise(values.shown(cell)))
        if code is None:
            raise Unreadable(f"不在可选范围内，请填写：{self._choices()}")
        return code

    def cell(self, value: Any) -> Cell | Decimal:
        return values.safe_text(self.codes.label(value))

    def _choices(self) -> str:
        labels = self.codes.labels
        more = f"等{len(labels)}项（见模板“代码表”）" if len(labels) > 8 else ""
        return "、".join(labels[:8]) + more

    def describe(self) -> str:
        return f"从下拉列表选择：{self._choices()}"


@dataclass(frozen=True)
class Sheet:
    """A spreadsheet that is filled in and handed in: its columns, in the template's order.

    ``name`` is the code that ties a file to its kind, ``version`` changes whenever a column does.
    ``unique`` lists keys whose values may not repeat in a file. ``check_row`` gets a row's values (None
    where blank or wrong) and yields ``(key, reason)``; like ``clean`` it is pure.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    version: str = "1"
    unique: tuple[tuple[str, ...], ...] = ()
    check_row: Callable[[dict[str, Any]], Sequence[tuple[str, str]]] | None = None
    instructions: tuple[str, ...] = ()
    max_rows: int = 10_000

    def __post_init__(self) -> None:
        keys = {column.key for column in self.columns}
        titles = {fold_title(column.title) for column in self.columns}
        if len(keys) != len(self.columns) or len(titles) != len(self.columns):
            raise ValueError(f"{self.name}: a key or title is repeated")
        named = {key for group in self.unique for key in group}
        named |= {column.type_key for column in self.columns if isinstance(column, IdNumber) and column.type_key}
        if unknown := named - keys:
            raise ValueError(f"{self.name}: no columns {sorted(unknown)}")
        if len(self.title) > 31 or set(self.title) & set("\\/?*[]:'"):
            raise ValueError(f"{self.name}: no spreadsheet program takes {self.title} for the name of a sheet")
        if fold_title(REASON_TITLE) in titles:
            raise ValueError(f"{self.name}: {REASON_TITLE} is the column of the error workbook")

    def column(self, key: str) -> Column:
        """The column of that key; raises KeyError."""
        return self._by_key[key]

    @cached_property
    def _by_key(self) -> dict[str, Column]:
        return {column.key: column for column in self.columns}

    @cached_property
    def id_columns(self) -> tuple[IdNumber, ...]:
        """The columns of identity numbers, which are checked by row."""
        return tuple(column for column in self.columns if isinstance(column, IdNumber))
