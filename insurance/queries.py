"""Reads of the insurance data that several services need; all set-based, none a query per person."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.db.models import Count, Max, QuerySet, Sum

from accounts.models import Individual, Unit
from common import codes
from insurance.models import (
    ContributionMonth,
    Enrolment,
    InsuredPerson,
    InsuredUnit,
    OutboundChange,
    Retiree,
    UnitInsurance,
)
from insurance.months import Month


def insured_units(unit: Unit) -> list[InsuredUnit]:
    """The insured units (单位编号) of an institution, by number; usually one."""
    return list(InsuredUnit.objects.of_unit(unit).select_related("region").order_by("number"))


def people_in_service(unit: InsuredUnit, kind: str = codes.GOVERNMENT_PENSION) -> QuerySet[Enrolment]:
    """在职花名册: the unit's enrolments of a kind that have not ended, with their people."""
    return Enrolment.objects.in_service(unit, kind).select_related("person")


def person_of_unit(unit: Unit, number: str) -> InsuredPerson | None:
    """The person with this 个人代码 who is enrolled through, or retired from, the institution; None for anybody else."""
    found = InsuredPerson.objects.filter(number=number).first()
    if found is None:
        return None
    mine = InsuredUnit.objects.of_unit(unit).values("pk")
    enrolled = Enrolment.objects.filter(person=found, unit__in=mine).exclude(state=Enrolment.State.ENDED).exists()
    return found if enrolled or Retiree.objects.filter(person=found, unit__in=mine).exists() else None


def person_of_individual(individual: Individual) -> InsuredPerson | None:
    """The insured person behind a verified account (matters B5); None below real-name level 3 or where nobody is known."""
    return InsuredPerson.objects.of_individual(individual).first()


def active_enrolment(person: InsuredPerson, kind: str = codes.GOVERNMENT_PENSION) -> Enrolment | None:
    """The enrolment in which contributions for the person are being paid in a kind; there is one at most."""
    return Enrolment.objects.active().of_kind(kind).filter(person=person).select_related("unit").first()


def last_enrolment(person: InsuredPerson, kind: str = codes.GOVERNMENT_PENSION) -> Enrolment | None:
    """The newest enrolment of a person in a kind, whatever its state: it tells 新参保 from 续保."""
    return Enrolment.objects.of_kind(kind).filter(person=person).select_related("unit").order_by("-starts_on").first()


def paid_months(
    people: Iterable[int], kind: str = codes.GOVERNMENT_PENSION, *, before: date | None = None
) -> dict[int, int]:
    """How many months were paid for each person (by primary key); those without any are 0. ``before``: an exclusive end."""
    wanted = list(people)
    rows = ContributionMonth.objects.filter(person__in=wanted, kind=kind, is_paid=True)
    if before is not None:
        rows = rows.filter(month__lt=before)
    counted = dict(rows.order_by().values_list("person").annotate(months=Count("month")))
    return {pk: counted.get(pk, 0) for pk in wanted}


def last_paid_months(people: Iterable[int], kind: str = codes.GOVERNMENT_PENSION) -> dict[int, date]:
    """The newest paid month of each person (by primary key); people without any are left out."""
    rows = ContributionMonth.objects.filter(person__in=list(people), kind=kind, is_paid=True)
    return dict(rows.order_by().values_list("person").annotate(newest=Max("month")))


@dataclass(frozen=True, slots=True)
class Arrears:
    """应缴未缴: how many person-months are owed, from when to when, and their sum in yuan."""

    months: int
    first: date | None
    last: date | None
    amount: Decimal

    def __bool__(self) -> bool:
        return self.months > 0


def _arrears(rows: QuerySet[ContributionMonth]) -> Arrears:
    owed = list(rows.values_list("month", "unit_share", "personal_share"))
    months = [month for month, _, _ in owed]
    amount = sum((unit + person for _, unit, person in owed), Decimal(0))
    return Arrears(len(owed), min(months, default=None), max(months, default=None), amount)


def person_arrears(person: InsuredPerson, kind: str = codes.GOVERNMENT_PENSION) -> Arrears:
    """What is owed for a person in a kind, by whichever unit: arrears block a pension claim (JX 7.1.3)."""
    return _arrears(ContributionMonth.objects.arrears().filter(person=person, kind=kind).order_by())


def unit_arrears(unit: InsuredUnit, kind: str = codes.GOVERNMENT_PENSION) -> Arrears:
    """What a unit owes for all its people in a kind."""
    rows = ContributionMonth.objects.arrears().filter(unit=unit, kind=kind).order_by()
    sums = rows.aggregate(
        months=Count("month"), last=Max("month"), unit=Sum("unit_share"), person=Sum("personal_share")
    )
    if not sums["months"]:
        return Arrears(0, None, None, Decimal(0))
    first = rows.order_by("month").values_list("month", flat=True).first()
    return Arrears(sums["months"], first, sums["last"], sums["unit"] + sums["person"])


def people_in_arrears(people: Collection[int], kind: str = codes.GOVERNMENT_PENSION) -> set[int]:
    """Who of these people (primary keys) has months that are owed."""
    rows = ContributionMonth.objects.arrears().filter(person__in=list(people), kind=kind)
    return set(rows.order_by().values_list("person", flat=True).distinct())


def people_with_pending_change(people: Collection[int]) -> set[int]:
    """Who of these people has a change that was approved here and not acknowledged by the core system."""
    rows = OutboundChange.objects.unacknowledged().filter(person__in=list(people))
    return set(rows.order_by().values_list("person", flat=True).distinct())


@dataclass(frozen=True, slots=True)
class UnitSummary:
    """What 单位基本信息 says beside the unit's own facts (matters E1)."""

    insurances: list[UnitInsurance]
    in_service: int
    retired: int
    last_paid: date | None
    arrears: Arrears


def unit_summary(unit: InsuredUnit, kind: str = codes.GOVERNMENT_PENSION) -> UnitSummary:
    """Kinds with their states, numbers of people, last month paid and arrears of an insured unit."""
    serving = Enrolment.objects.in_service(unit, kind)
    return UnitSummary(
        insurances=list(unit.insurances.all()),
        in_service=serving.count(),
        retired=Retiree.objects.of_unit(unit).count(),
        last_paid=serving.aggregate(newest=Max("last_paid"))["newest"],
        arrears=unit_arrears(unit, kind),
    )


def kinds_of(unit: InsuredUnit) -> list[str]:
    """Kinds that the unit insures its people in, the pension of government units first."""
    kinds = list(unit.insurances.values_list("kind", flat=True))
    return sorted(kinds or [codes.GOVERNMENT_PENSION], key=lambda kind: (kind != codes.GOVERNMENT_PENSION, kind))


# --- History by year -----------------------------------------------------------------------------


class MonthState(StrEnum):
    """What is known of a month in a history."""

    PAID = "paid"
    OWED = "owed"  # 应缴未缴
    GAP = "gap"  # between the first and the last month, and nothing was due
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class HistoryMonth:
    """One month of a year's row; ``row`` is missing for gaps and months outside the history."""

    month: Month
    state: MonthState
    row: ContributionMonth | None = None


@dataclass(frozen=True, slots=True)
class HistoryYear:
    """A year of a history: its twelve months, and its sums in yuan over the months that were paid."""

    year: int
    months: tuple[HistoryMonth, ...]
    paid: int = 0
    owed: int = 0
    gaps: int = 0
    base: Decimal = field(default=Decimal(0))
    unit_share: Decimal = field(default=Decimal(0))
    personal_share: Decimal = field(default=Decimal(0))


def history(
    person: InsuredPerson, kind: str = codes.GOVERNMENT_PENSION, *, units: Collection[InsuredUnit] | None = None
) -> list[HistoryYear]:
    """A person's contributions by year, newest first, months that were missed in between marked (JX 7.1.2). One query.

    ``units`` leaves only what was paid through these.
    """
    months = ContributionMonth.objects.of_person(person, kind)
    if units is not None:
        months = months.filter(unit__in=list(units))
    rows = {Month.of(row.month): row for row in months}
    if not rows:
        return []
    first, last = min(rows), max(rows)
    return [_year(year, rows, first, last) for year in range(last.year, first.year - 1, -1)]


def _year(year: int, rows: dict[Month, ContributionMonth], first: Month, last: Month) -> HistoryYear:
    months = tuple(_month(Month(year, number), rows, first, last) for number in range(1, 13))
    paid = [month.row for month in months if month.row is not None and month.state is MonthState.PAID]
    return HistoryYear(
        year=year,
        months=months,
        paid=len(paid),
        owed=sum(month.state is MonthState.OWED for month in months),
        gaps=sum(month.state is MonthState.GAP for month in months),
        base=sum((row.base for row in paid), Decimal(0)),
        unit_share=sum((row.unit_share for row in paid), Decimal(0)),
        personal_share=sum((row.personal_share for row in paid), Decimal(0)),
    )


def _month(month: Month, rows: dict[Month, ContributionMonth], first: Month, last: Month) -> HistoryMonth:
    if row := rows.get(month):
        return HistoryMonth(month, MonthState.PAID if row.is_paid else MonthState.OWED, row)
    return HistoryMonth(month, MonthState.GAP if first <= month <= last else MonthState.OUTSIDE)
