"""Invented insured lives for demonstrations and measurements: the same for the same seed, all marked 演示.

Each life is consistent: schooling, first employment, the scheme from 2014-10, for some a transfer, a rest, arrears
or retirement. People, enrolments and retirees come in by COPY, months by one statement from the enrolments.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from stdnum.cn import ric

from common import audit, codes, crypto
from insurance import actions
from insurance.models import Enrolment, InsuredPerson, InsuredUnit, Retiree
from insurance.months import Month
from insurance.tokens import roster_tokens

SCHEME_BEGAN = Month(2014, 10)
MARK = "演示"
_SURNAMES = "张李王赵陈刘杨黄周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹"
_GIVEN = "安博晨丹恩芳光涵佳凯岚明宁佩清然书彤文欣雅泽"
_FIRST_BIRTH, _DAYS = date(1955, 1, 1), 17_532  # 48 years of birthdays
_RANKS = {"301": ("G07", "G09", "G10", "G11"), "302": ("P05", "P07", "P10", "P12"), "303": ("W1", "W2", "W3")}
_STAFFING = {"301": "1", "302": "3", "303": "6"}
_BANKS = ("中国工商银行", "中国农业银行", "中国银行", "中国建设银行")
_PEOPLE = (
    "id, number, name, id_type, id_no, id_no_digest, sex, birth_date, nation, politics, education, hukou, mobile, address,"
    " postcode, email, work_started_on, identity, staffing, rank, deemed_months, account_balance, annuity_balance, balances_on"
)
_ENROLMENTS = (
    "unit_id, person_id, kind, starts_on, ends_on, state, end_reason, base, paid_months, person_number, tokens"
)
_RETIREES = (
    "person_id, unit_id, kind, retired_on, benefit_from, pension, annuity, pay_state, bank, account_no, account_no_digest, certified_on,"
    " person_number, tokens"
)


@dataclass(frozen=True, slots=True)
class Order:
    """What to invent: people by unit, from which number on, and how far back their months go (None: all)."""

    units: Sequence[InsuredUnit]
    people: int
    seed: int
    today: date
    region: str = "360102"
    first: int = 0
    largest: int = 0  # so many of the people are the first unit's
    months: int | None = None
    in_arrears: int | None = None  # place of the unit that owes its last three months


@dataclass(frozen=True, slots=True)
class _Stretch:
    """An enrolment of a life."""

    unit: int
    starts: Month
    ends: Month | None
    state: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Life:
    """One invented person."""

    pk: int
    number: str
    name: str
    id_no: str
    sex: str
    birth: date
    identity: str
    rank: str
    education: str
    work_started: date
    base: Decimal
    stretches: tuple[_Stretch, ...]
    retired_on: date | None
    deemed_months: int


def generate(order: Order, *, by: Any = None) -> dict[str, int]:
    """Invent the people and store them with enrolments, months and retirements; returns how many rows of each."""
    with audit.actor(by, command="insurance_generate"), transaction.atomic():
        audit.attach_actor()
        first_pk = _next_pk()
        lives = _lives(order, first_pk)
        counts = _store(lives, order)
        with connection.cursor() as cursor:
            _follow_sequence(cursor, first_pk + order.people)
            cursor.execute(_MONTHS, _month_parameters(order, first_pk))
            counts["months"] = cursor.rowcount
        for start in range(first_pk, first_pk + order.people, 50_000):
            actions.refresh_sums(range(start, min(start + 50_000, first_pk + order.people)), by=by)
    return counts


def _next_pk() -> int:
    newest = InsuredPerson.objects.order_by("-pk").values_list("pk", flat=True).first()
    return (newest or 0) + 1


def _follow_sequence(cursor: Any, following: int) -> None:
    """Keys given here are not given again."""
    cursor.execute("SELECT setval(pg_get_serial_sequence('insurance_insuredperson', 'id'), %s, false)", [following])


# --- Lives ---------------------------------------------------------------------------------------


def _lives(order: Order, first_pk: int) -> Iterator[_Life]:
    last = Month.of(order.today) - 1
    for place in range(order.people):
        yield _life(order, place, first_pk + place, last)


def _unit_of(order: Order, place: int) -> int:
    if place < order.largest:
        return 0
    others = len(order.units) - 1 if order.largest else len(order.units)
    return place % others + (1 if order.largest else 0) if others else 0


def _life(order: Order, place: int, pk: int, last: Month) -> _Life:
    chance = random.Random(f"{order.seed}-{order.first + place}")  # noqa: S311  (invented data, no secret)
    ordinal = order.first + place
    # Neighbours differ in age; birthday and sequence together are never given twice.
    born = _FIRST_BIRTH + timedelta(days=ordinal * 7919 % _DAYS)
    sequence = ordinal // _DAYS
    body = f"{order.region}{born:%Y%m%d}{sequence % 1000:03d}"
    sex = codes.MALE if sequence % 2 else codes.FEMALE
    identity = chance.choices(("301", "302", "303"), (35, 55, 10))[0]
    started = max(date(born.year + chance.randint(19, 26), chance.randint(1, 12), 1), date(born.year + 19, 1, 1))
    started = min(started, date(order.today.year, 1, 1))
    unit = _unit_of(order, place)
    joined = max(SCHEME_BEGAN, Month.of(started))
    retires = Month.of(born) + (60 if sex == codes.MALE else 55) * 12
    retired_on = date(retires.year, retires.month, min(born.day, 28)) if SCHEME_BEGAN < retires <= last else None
    if retired_on is None and retires <= SCHEME_BEGAN:
        # Who retired before the scheme began was never enrolled: invented as retired in the scheme's first month.
        retires = SCHEME_BEGAN + 1
        retired_on = date(retires.year, retires.month, min(born.day, 28))
    stretches = _stretches(order, chance, unit, joined, retires if retired_on else None, last)
    name = chance.choice(_SURNAMES) + "".join(chance.choices(_GIVEN, k=2)) + MARK
    return _Life(
        pk=pk,
        number=f"36{ordinal:010d}",
        name=name,
        id_no=body + ric.calc_check_digit(body + "0"),
        sex=sex,
        birth=born,
        identity=identity,
        rank=chance.choice(_RANKS[identity]),
        education=chance.choice(("14", "21", "21", "31")),
        work_started=started,
        base=Decimal(chance.randint(450, 1500) * 10),
        stretches=stretches,
        retired_on=retired_on,
        deemed_months=max(SCHEME_BEGAN - Month.of(started), 0),
    )


def _stretches(
    order: Order, chance: random.Random, unit: int, joined: Month, retires: Month | None, last: Month
) -> tuple[_Stretch, ...]:
    """One enrolment for most; a transfer, a rest or a present rest for some; closed by retirement."""
    end = retires if retires else None
    until = end or last
    fate = chance.random()
    if until - joined < 24 or fate >= 0.2:
        closing = ("ended", "6501") if end else ("active", "")
        return (_Stretch(unit, joined, end, *closing),)
    turn = joined + chance.randint(6, (until - joined) - 8)
    closing = ("ended", "6501") if end else ("active", "")
    if fate < 0.1 and len(order.units) > 1:
        former = (unit + 1 + chance.randrange(len(order.units) - 1)) % len(order.units)
        return (_Stretch(former, joined, turn, "ended", "6302"), _Stretch(unit, turn + 1, end, *closing))
    if fate < 0.16 or end:
        return (_Stretch(unit, joined, turn, "suspended", "6307"), _Stretch(unit, turn + 7, end, *closing))
    return (_Stretch(unit, joined, turn, "suspended", "6307"),)


# --- Storing -------------------------------------------------------------------------------------


def _first_day(month: Month | None) -> date | None:
    return date(month.year, month.month, 1) if month else None


def _store(lives: Iterator[_Life], order: Order) -> dict[str, int]:
    """COPY in parts, so that memory is bounded whatever the number of people."""
    counts = {"people": 0, "enrolments": 0, "retirees": 0}
    part: list[_Life] = []
    for life in lives:
        part.append(life)
        if len(part) == 20_000:
            _store_part(part, order, counts)
            part = []
    _store_part(part, order, counts)
    return counts


def _store_part(part: list[_Life], order: Order, counts: dict[str, int]) -> None:
    enrolments = [row for life in part for row in _enrolment_rows(life, order)]
    retirees = [_retiree_row(life, order) for life in part if life.retired_on]
    _copy(InsuredPerson, _PEOPLE, (_person_row(life, order.today) for life in part))
    _copy(Enrolment, _ENROLMENTS, iter(enrolments))
    _copy(Retiree, _RETIREES, iter(retirees))
    counts["people"] += len(part)
    counts["enrolments"] += len(enrolments)
    counts["retirees"] += len(retirees)


def _copy(model: type[Any], columns: str, rows: Iterator[tuple[Any, ...]]) -> None:
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _person_row(life: _Life, today: date) -> tuple[Any, ...]:
    years = max(today.year - max(life.work_started.year, SCHEME_BEGAN.year), 1)
    balance = life.base * 12 * years / 10
    return (
        life.pk, life.number, life.name, codes.RESIDENT_ID, crypto.encrypt(life.id_no), crypto.digest(life.id_no), life.sex,
        life.birth, "01", "13", life.education, "51", "", "", "", "", life.work_started, life.identity,
        _STAFFING[life.identity], life.rank, life.deemed_months, balance, balance / 2, date(today.year - 1, 12, 31),
    )  # fmt: skip


def _enrolment_rows(life: _Life, order: Order) -> Iterator[tuple[Any, ...]]:
    for one in life.stretches:
        unit = order.units[one.unit].pk
        yield (
            unit, life.pk, codes.GOVERNMENT_PENSION, _first_day(one.starts), _first_day(one.ends), one.state, one.reason,
            life.base, 0, life.number, roster_tokens(unit, life.name),
        )  # fmt: skip


def _retiree_row(life: _Life, order: Order) -> tuple[Any, ...]:
    unit, retired_on = order.units[life.stretches[-1].unit].pk, life.retired_on or order.today
    stopped, unknown = life.pk % 40 == 7, life.pk % 25 == 3
    pension = (life.base * Decimal("0.62")).quantize(Decimal("0.01"))
    annuity = (life.base * Decimal("0.05")).quantize(Decimal("0.01"))
    account = f"6222020{life.pk:012d}"
    return (
        life.pk, unit, "2", retired_on, _first_day(Month.of(retired_on) + 1), pension, annuity, "2" if stopped else "1",
        _BANKS[life.pk % len(_BANKS)], crypto.encrypt(account), crypto.digest(account),
        None if unknown else date(order.today.year, 1, 1) + timedelta(days=life.pk % 60), life.number,
        roster_tokens(unit, life.name),
    )  # fmt: skip


# Raises of five per cent a year up to the present base; one month in some three hundred was missed; arrears where asked.
_MONTHS = """
    INSERT INTO insurance_contributionmonth
        (person_id, unit_id, kind, month, base, unit_share, personal_share, is_paid)
    SELECT person_id, unit_id, kind, month, paid_base, round(paid_base * 0.16, 2), round(paid_base * 0.08, 2), NOT owed
    FROM (
        SELECT enrolment.person_id, enrolment.unit_id, enrolment.kind, month::date AS month,
            round(enrolment.base / power(1.05, %(year)s - extract(year FROM month)::int), 0) AS paid_base,
            enrolment.unit_id = %(debtor)s AND month > %(last)s::date - interval '3 months'
                AND enrolment.person_id %% 5 = 0 AS owed,
            hashint8(enrolment.person_id * 4096 + extract(year FROM month)::int * 12 + extract(month FROM month)::int
                + %(seed)s) AS dice
        FROM insurance_enrolment enrolment,
            generate_series(greatest(enrolment.starts_on, %(since)s), coalesce(enrolment.ends_on, %(last)s),
                interval '1 month') month
        WHERE enrolment.person_id >= %(first)s AND enrolment.person_id < %(end)s
    ) due
    WHERE dice %% 307 <> 0 OR owed
"""


def _month_parameters(order: Order, first_pk: int) -> dict[str, Any]:
    last = Month.of(order.today) - 1
    since = last - (order.months - 1) if order.months else SCHEME_BEGAN
    debtor = order.units[order.in_arrears].pk if order.in_arrears is not None else 0
    return {
        "year": order.today.year, "debtor": debtor, "last": _first_day(last), "since": _first_day(since),
        "seed": order.seed, "first": first_pk, "end": first_pk + order.people,
    }  # fmt: skip
