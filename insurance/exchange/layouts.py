"""The files of a load: their columns, what a cell must be, and the table that each is staged in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError

from common import codes, identifiers, parameters
from common.codes import CodeList

Read = Callable[[str], Any]


class Wrong(ValueError):
    """A cell that cannot be taken; the message is Chinese."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file: how a cell is read, its type when staged, and whether it may be empty (then NULL or "")."""

    name: str
    read: Read
    sql: str
    required: bool = False
    empty: Any = None


@dataclass(frozen=True, slots=True)
class Layout:
    """A file: its name without extension, and its columns; ``key`` tells its rows apart."""

    name: str
    title: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def file(self) -> str:
        return f"{self.name}.csv"

    @property
    def table(self) -> str:
        return f"load_{self.name}"


def _text(longest: int) -> Read:
    def read(cell: str) -> str:
        if len(cell) > longest:
            raise Wrong(f"最多{longest}个字，现在是{len(cell)}个字")
        if not cell.isprintable():
            raise Wrong("含有不可见字符")
        return cell

    return read


def _number(longest: int, *, digits: int = 0) -> Read:
    def read(cell: str) -> str:
        number = identifiers.normalise(cell)
        if digits and not (number.isascii() and number.isdecimal() and len(number) == digits):
            raise Wrong(f"应为{digits}位数字")
        if not number.isascii() or not number.isalnum() or len(number) > longest:
            raise Wrong(f"应为不超过{longest}位的数字或字母")
        return number

    return read


def _day(cell: str) -> date:
    if (day := parameters.day(cell)) is None:
        raise Wrong("应为日期，例如2026-11-01")
    return day


def _month(cell: str) -> date:
    if (day := parameters.day(f"{cell}-01")) is None:
        raise Wrong("应为年月，例如2026-11")
    return day


def _amount(places: int, whole: int) -> Read:
    def read(cell: str) -> Decimal:
        try:
            amount = Decimal(cell)
        except InvalidOperation:
            raise Wrong("应为数字，不带千位分隔符和单位") from None
        if not amount.is_finite() or amount < 0:
            raise Wrong("应为不小于0的数字")
        if amount != amount.quantize(Decimal(1).scaleb(-places)) or amount >= Decimal(10) ** whole:
            raise Wrong(f"最多{whole}位整数、{places}位小数")
        return amount

    return read


def _count(cell: str) -> int:
    number = parameters.whole_number(cell)
    if number is None or number > 1200:
        raise Wrong("应为月数，0至1200的整数")
    return number


def _code(listed: CodeList) -> Read:
    def read(cell: str) -> str:
        if cell not in listed:
            raise Wrong(f"不是{listed.name}的代码")
        return cell

    return read


def _one_of(*values: str) -> Read:
    def read(cell: str) -> str:
        if cell not in values:
            raise Wrong(f"应为{'、'.join(values)}之一")
        return cell

    return read


def _yes(cell: str) -> bool:
    if cell not in ("0", "1"):
        raise Wrong("应为1（已到账）或0（应缴未缴）")
    return cell == "1"


def check_id(id_type: str, number: str) -> str:
    """The checked ID number; raises Wrong."""
    try:
        return identifiers.clean_id_no(id_type, number)
    except ValidationError as error:
        raise Wrong(error.messages[0]) from None


_UNIT = Column("unit_number", _number(12, digits=12), 'varchar(12) COLLATE "C"', required=True)
_PERSON = Column("person_number", _number(20), 'varchar(20) COLLATE "C"', required=True)
_KIND = Column("kind", _code(codes.INSURANCE_KIND), "varchar(3)", required=True)
_MONEY = _amount(2, 8)

UNITS = Layout(
    "units",
    "参保单位",
    (
        Column("number", _number(12, digits=12), 'varchar(12) COLLATE "C"', required=True),
        Column("name", _text(128), "varchar(128)", required=True),
        Column("uscc", _number(18), "varchar(18)", empty=""),
        Column("unit_type", _code(codes.UNIT_TYPE), "varchar(2)", empty=""),
        Column("agency", _text(64), "varchar(64)", required=True),
        Column("region", _number(6, digits=6), "varchar(6)", required=True),
        Column("legal_representative", _text(64), "varchar(64)", empty=""),
        Column("address", _text(200), "varchar(200)", empty=""),
        Column("contact", _text(64), "varchar(64)", empty=""),
    ),
    ("number",),
)
UNIT_INSURANCES = Layout(
    "unit_insurances",
    "单位参保险种",
    (
        _UNIT,
        _KIND,
        Column("starts_on", _month, "date", required=True),
        Column("ends_on", _month, "date"),
        Column("state", _one_of("active", "suspended", "ended"), "varchar(9)", required=True),
    ),
    ("unit_number", "kind"),
)
PERSONS = Layout(
    "persons",
    "参保人员",
    (
        Column("number", _number(20), 'varchar(20) COLLATE "C"', required=True),
        Column("name", _text(64), "varchar(64)", required=True),
        Column("id_type", _code(codes.ID_TYPE), "varchar(2)", required=True),
        Column("id_no", _text(40), "text", required=True),
        Column("sex", _code(codes.SEX), "varchar(1)", required=True),
        Column("birth_date", _day, "date", required=True),
        Column("nation", _code(codes.NATION), "varchar(2)", empty=""),
        Column("education", _code(codes.EDUCATION), "varchar(2)", empty=""),
        Column("work_started_on", _day, "date"),
        Column("identity", _code(codes.INSURED_IDENTITY), "varchar(3)", empty=""),
        Column("staffing", _code(codes.STAFFING), "varchar(1)", empty=""),
        Column("rank", _code(codes.RANK), "varchar(3)", empty=""),
        Column("died_on", _day, "date"),
        Column("deemed_months", _count, "smallint"),
        Column("deemed_index", _amount(4, 2), "numeric(6,4)"),
        Column("account_balance", _amount(2, 10), "numeric(12,2)"),
        Column("annuity_balance", _amount(2, 10), "numeric(12,2)"),
        Column("balances_on", _day, "date"),
    ),
    ("number",),
)
ENROLMENTS = Layout(
    "enrolments",
    "参保关系",
    (
        _UNIT,
        _PERSON,
        _KIND,
        Column("starts_on", _month, "date", required=True),
        Column("ends_on", _month, "date"),
        Column("state", _one_of("active", "suspended", "ended"), "varchar(9)", required=True),
        Column("end_reason", _code(codes.CHANGE_REASON), "varchar(4)", empty=""),
        Column("base", _MONEY, "numeric(10,2)"),
    ),
    ("person_number", "kind", "starts_on"),
)
MONTHS = Layout(
    "months",
    "缴费月",
    (
        _UNIT,
        _PERSON,
        _KIND,
        Column("month", _month, "date", required=True),
        Column("base", _MONEY, "numeric(10,2)", required=True),
        Column("unit_share", _MONEY, "numeric(10,2)", required=True),
        Column("personal_share", _MONEY, "numeric(10,2)", required=True),
        Column("is_paid", _yes, "boolean", required=True),
    ),
    ("person_number", "kind", "month"),
)
RETIREES = Layout(
    "retirees",
    "离退休人员",
    (
        _PERSON,
        _UNIT,
        Column("kind", _code(codes.RETIREMENT_KIND), "varchar(1)", required=True),
        Column("retired_on", _day, "date", required=True),
        Column("benefit_from", _month, "date"),
        Column("pension", _MONEY, "numeric(10,2)"),
        Column("annuity", _MONEY, "numeric(10,2)"),
        Column("pay_state", _code(codes.PAY_STATE), "varchar(1)", required=True),
        Column("bank", _text(64), "varchar(64)", empty=""),
        Column("account_no", _number(32), "text", empty=""),
        Column("certified_on", _day, "date"),
    ),
    ("person_number",),
)

# In the order in which they are loaded: what is referred to comes first.
LAYOUTS = (UNITS, UNIT_INSURANCES, PERSONS, ENROLMENTS, MONTHS, RETIREES)
