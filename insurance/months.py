"""Calendar months, ages and durations in months, as the insurance rules count them. Pure."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Self, overload


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month; ``month + 3`` and ``month - 3`` are months, ``month - other`` is a number of months."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """The month of ``YYYY-MM``; raises ValueError in Chinese."""
        if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text):
            raise ValueError(f"“{text}”不是有效的年月，应为四位年份、短横线和两位月份，例如1965-03")
        return cls(int(text[:4]), int(text[5:]))

    @classmethod
    def of(cls, day: date) -> Self:
        """The month that a day lies in."""
        return cls(day.year, day.month)

    def __add__(self, months: int) -> "Month":
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Month(year, month + 1)

    @overload
    def __sub__(self, other: int) -> "Month": ...
    @overload
    def __sub__(self, other: "Month") -> int: ...
    def __sub__(self, other: "int | Month") -> "int | Month":
        if isinstance(other, Month):
            return (self.year - other.year) * 12 + self.month - other.month
        return self + -other

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def chinese(self) -> str:
        """As readers see it: 1965年3月."""
        return f"{self.year}年{self.month}月"


def age_text(months: int) -> str:
    """An age in months as readers see it: 60周岁2个月."""
    years, rest = divmod(months, 12)
    return f"{years}周岁{rest}个月" if rest else f"{years}周岁"


def duration_text(months: int) -> str:
    """A duration in months as readers see it: 15年6个月."""
    years, rest = divmod(months, 12)
    return "".join([f"{years}年" if years else "", f"{rest}个月" if rest or not years else ""])
