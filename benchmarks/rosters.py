"""Rosters of a unit with 50,000 people among 1,000,000 insured persons with 12,000,000 months.

The floor is the same request whose rows and count are held in memory: sign-in, menus, forms and templates stay."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from typing import Any
from unittest import mock

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Handler, UnitNumber, User
from benchmarks.harness import Row, Timing, ratio_row, time_pair
from benchmarks.lists import FRAME, MOST_QUERIES, REACH, ROUNDS
from common import regions
from common.models import Region
from insurance import roster
from insurance.generated import Order, generate
from insurance.management.commands.insurance_generate import make_units
from insurance.models import ContributionMonth, Enrolment, InsuredUnit
from tests.factories import make_unit

SEED = 20261122
PERSONS = 1_000_000
LARGEST, UNITS, MONTHS = PERSONS // 20, 500, 12
SERVICE, RETIRED = "/unit/insurance/service/", "/unit/insurance/retired/"


def run() -> list[Row]:
    """All shapes of the rosters, each against its floor, and its number of queries."""
    call_command("load_regions", verbosity=0)
    regions.forget()
    started = time.monotonic()
    client, insured = _load()
    made = [
        Row("generation, seconds", time.monotonic() - started, 900, unit="s"),
        Row("months, rows", ContributionMonth.objects.count(), PERSONS * MONTHS * 0.6, at_least=True),
    ]
    return made + [row for what, url in _shapes(insured) for row in _measure(what, client, url)]


def _load() -> tuple[Client, InsuredUnit]:
    """The units and people; returns a handler's client and the largest unit."""
    units = make_units(UNITS, Region.objects.get(code="360102"))
    with connection.cursor() as cursor:
        # Neither history nor foreign keys are measured here: triggers rest while the rows are made.
        cursor.execute("SET session_replication_role = replica")
        generate(
            Order(
                units=units, people=PERSONS, seed=SEED, today=date(2026, 11, 22), largest=LARGEST, months=MONTHS,
                in_arrears=1,
            )
        )  # fmt: skip
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE")
    unit = make_unit(region="360102", handling_region="360102")
    UnitNumber.objects.create(unit=unit, number=units[0].number)
    user = User.objects.create_user("bench-handler", None, name="经办演示")
    handler = Handler(unit=unit, user=user, name="经办演示", role="supervisor")
    if hasattr(Handler, "Origin"):
        handler.origin = Handler.Origin.STAFF
    handler.save()
    client = Client()
    client.force_login(user)
    return client, units[0]


def _shapes(insured: InsuredUnit) -> Iterator[tuple[str, str]]:
    middle = Enrolment.objects.in_service(insured).order_by("person_number")[LARGEST // 3]
    rare = middle.person
    yield "在职, first page", SERVICE
    yield "在职, page in the middle", f"{SERVICE}?after={middle.person_number}~{middle.pk}"
    yield "在职, newest first", f"{SERVICE}?order=newest"
    yield "在职, 暂停缴费", f"{SERVICE}?state=suspended"
    yield "在职, a surname", f"{SERVICE}?name={rare.name[0]}"
    yield "在职, a whole name", f"{SERVICE}?name={rare.name[:3]}"
    yield "在职, a word in every name", f"{SERVICE}?name=演示"
    yield "在职, a name that nobody has", f"{SERVICE}?name=查无此人"
    yield "在职, a person number", f"{SERVICE}?person_number={rare.number}"
    yield "在职, 缴费起止年月", f"{SERVICE}?months_from=2026-03&months_to=2026-06"
    yield "在职, 缴费 before anybody", f"{SERVICE}?months_to=2015-01"
    yield "退休, first page", RETIRED
    yield "退休, a surname", f"{RETIRED}?name={rare.name[0]}"
    yield "退休, 离退休起止年月", f"{RETIRED}?months_from=2024-01&months_to=2024-06&order=newest"


def _get(client: Client, url: str) -> Callable[[], object]:
    def get() -> object:
        response = client.get(url)
        assert response.status_code == 200, (url, response.status_code)
        return response.content

    return get


def _floor(client: Client, url: str) -> Callable[[], Any]:
    """The page's rows and count as the first request learnt them."""
    kept: dict[str, Any] = {}

    def keep(name: str) -> Any:
        original = getattr(roster, name)

        def ask(*args: Any, **kwargs: Any) -> Any:
            kept[name] = original(*args, **kwargs)
            return kept[name]

        return mock.patch.object(roster, name, ask)

    asked = ("page", "count")
    with ExitStack() as stack:
        for name in asked:
            stack.enter_context(keep(name))
        client.get(url)

    def floor() -> Any:
        held = ExitStack()
        for name in asked:
            held.enter_context(mock.patch.object(roster, name, lambda *a, _n=name, **k: kept[_n]))
        return held

    return floor


def _measure(what: str, client: Client, url: str) -> Iterator[Row]:
    get, floor = _get(client, url), _floor(client, url)

    def from_memory() -> object:
        with floor():
            return get()

    timing: Timing = time_pair(get, from_memory, rounds=ROUNDS)
    yield ratio_row(f"{what}, p95", timing, REACH, percent=95)
    with CaptureQueriesContext(connection) as context:
        get()
    asked = [query for query in context.captured_queries if not query["sql"].startswith(FRAME)]
    yield Row(f"{what}, queries", len(asked), MOST_QUERIES)
