"""The subsidies of a province's 50,000 person-months, computed by policy, against one SQL aggregate over the same rows.

Computed are the amounts of all person-months, added up by region, month and category; the floor adds up stored amounts by
the same, joining the same tables. Explanations are made of stored facts when somebody looks, so they cost nothing here.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.db.models import Count, Sum

from accounts.models import Individual, Unit, User
from benchmarks.harness import Row, ratio_row, time_pair
from common import regions
from common.models import PolicyValue, Region
from internship.rules import add_months
from reporting import recomputation
from reporting.models import PersonMonth
from reporting.rules import last_day_after
from reporting.subsidy_policies import FiguresBook

SEED = 20261121
PERSON_MONTHS = 50_000
MONTHS_EACH = 6
UNITS = 800
PROVINCE = "22"
FIRST_MONTH = date(2025, 1, 1)
ROUNDS = 15
REACH = 5
CATEGORIES = ("G1", "G1", "G2", "Y1")


def run() -> list[Row]:
    """The whole province, and the comparison of two sets of policies for it."""
    call_command("load_regions", verbosity=0)
    regions.forget()
    call_command("load_policies", verbosity=0)
    # Beyond the shipped cities, so that every county has figures; and broken months count by days.
    for key, value in (("minimum_wage", "1780"), ("partial_month", "days")):
        source = "演示依据"
        PolicyValue.objects.create(
            key=key, region_id=f"{PROVINCE}0000", value=value, valid_from=date(2020, 1, 1), source=source
        )
    _load()
    months = PersonMonth.objects.in_force()
    assert sum(count for count, _ in _province(months).values()) == PERSON_MONTHS
    timing = time_pair(lambda: _province(months), lambda: _aggregate(months), rounds=ROUNDS)
    return [ratio_row(f"subsidies of {PERSON_MONTHS:,} person-months", timing, REACH)]


def _province(months: Any) -> dict[tuple[str, date, str], list[Any]]:
    """What staff read: count and sum by region, month and category."""
    told: dict[tuple[str, date, str], list[Any]] = defaultdict(lambda: [0, Decimal(0)])
    for group in recomputation.computed(recomputation.gathered(months), FiguresBook.load()):
        found = told[group.region, group.month, group.category]
        found[0] += len(group.pays)
        found[1] += group.amount
    return told


def _aggregate(months: Any) -> list[Any]:
    """The floor: one statement over the same tables and rows."""
    grouped = months.order_by().values("placement__unit__handling_region", "month", "category")
    return list(grouped.annotate(Count("pk"), Sum("subsidy")))


# --- Data ----------------------------------------------------------------------------------------


def _load() -> None:
    with connection.cursor() as cursor:
        # Neither history nor foreign keys are measured here: triggers rest while the rows are made.
        cursor.execute("SET session_replication_role = replica")
        _load_units()
        _load_months()
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("ANALYZE")


def _load_units() -> None:
    counties = sorted(Region.objects.filter(level="county", code__startswith=PROVINCE).values_list("code", flat=True))
    count = -(-PERSON_MONTHS // MONTHS_EACH)
    User.objects.bulk_create(
        (User(pk=pk, username=f"bench{pk}", name=f"演示{pk}") for pk in range(1, count + 1)), batch_size=5000
    )
    Individual.objects.bulk_create(
        (
            Individual(pk=pk, user_id=pk, name=f"演示{pk}", id_no=f"22010220000101{pk:06d}", level=3)
            for pk in range(1, count + 1)
        ),
        batch_size=5000,
    )
    Unit.objects.bulk_create(
        Unit(
            pk=pk,
            name=f"演示单位{pk}（虚构）",
            uscc=f"91220105MA{pk:07d}A",
            legal_person_type="01",
            legal_representative="李演示",
            legal_representative_id_no="140105197001010011",
            level=3,
            handling_region_id=counties[pk % len(counties)],
        )
        for pk in range(1, UNITS + 1)
    )


def _load_months() -> None:
    generator = random.Random(SEED)
    people = list(_people(generator))
    columns = (
        "id, individual_id, unit_id, position_id, name, id_type, id_no, id_no_digest, category, agreement_no, signed_on, "
        "starts_on, ends_on, living_standard, mentor, insurer, policy_no, premium, insured_from, insured_to, case_id, "
        "state, holds_place, created_at, created_by_id, end_reason"
    )
    _copy(f"reporting_placement ({columns})", (_placement(*one) for one in people))
    columns = (
        "placement_id, case_id, month, in_force, category, days, due_pay, net_pay, paid_on, subsidy, subsidy_reason"
    )
    _copy(f"reporting_personmonth ({columns})", _months(people, generator))


def _people(generator: random.Random) -> Iterator[tuple[int, int, str, date]]:
    """Person, unit, category and first day; every fourth begins within a month."""
    for pk in range(1, -(-PERSON_MONTHS // MONTHS_EACH) + 1):
        first = add_months(FIRST_MONTH, generator.randint(0, 12))
        if generator.random() < 0.25:
            first += timedelta(days=generator.randint(1, 20))
        yield pk, generator.randint(1, UNITS), generator.choice(CATEGORIES), first


def _placement(pk: int, unit: int, category: str, first: date) -> tuple[Any, ...]:
    last = last_day_after(first, MONTHS_EACH)
    return (
        pk, pk, unit, 1, f"演示{pk}", "01", "", f"{pk:064d}", category, "", first, first, last, 3100, "", "演示保险公司",
        f"BD{pk}", 120, first, last, pk, "current", False, "2026-11-21", 1, "",
    )  # fmt: skip


def _months(people: list[tuple[int, int, str, date]], generator: random.Random) -> Iterator[tuple[Any, ...]]:
    made = 0
    for pk, _, category, first in people:
        for number in range(MONTHS_EACH):
            if made == PERSON_MONTHS:
                return
            made += 1
            month = add_months(first.replace(day=1), number)
            pay = Decimal(generator.randint(180_000, 400_000)) / 100
            yield pk, pk, month, True, category, 21, pay, pay, add_months(month, 1), Decimal("1780.00"), ""


def _copy(target: str, rows: Iterator[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
