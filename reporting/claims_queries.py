"""Reads about claims (C11, C12) that several places share."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import BankAccount, Unit
from common import policies
from internship import queries as internship_queries
from reporting import queries
from reporting.claims import (
    Cover,
    Limits,
    MentoringRules,
    Offer,
    OfferedMonth,
    Refund,
    Reported,
    Year,
    count_year,
    offer,
    policy_key,
)
from reporting.models import (
    ClaimedInsurance,
    ClaimedMonth,
    MentoringPerson,
    MentoringSubsidyClaim,
    PersonMonth,
    Placement,
    PlacementEnd,
)
from reporting.subsidy import FEN, share_of_month
from reporting.subsidy_policies import CLAIM_KEYS, MENTORING_KEYS, MONTH_KEYS, FiguresBook, basis
from review.models import Case, Status

LIVING_MATTER = "living-subsidy"
MENTORING_MATTER = "mentoring-subsidy"


# --- 生活费补贴 (C11) ----------------------------------------------------------------------------


def unclaimed(unit: Unit, case: Case | None = None) -> QuerySet[PersonMonth]:
    """Approved person-months of a unit that no (other) claim holds."""
    claims = ClaimedMonth.objects.held().filter(placement=OuterRef("placement"), month=OuterRef("month"))
    if case is not None:
        claims = claims.exclude(claim_id=case.pk)
    return PersonMonth.objects.in_force().filter(placement__unit=unit).exclude(Exists(claims))


def months_to_claim(unit: Unit, case: Case | None = None) -> list[date]:
    """Months with person-months that no other claim holds, oldest first."""
    return sorted(unclaimed(unit, case).order_by().values_list("month", flat=True).distinct())


def offers(unit: Unit, first: date, last: date, *, insurance: bool, case: Case | None = None) -> list[Offer]:
    """What the unit may claim for each of its people within some months; those with nothing say why.

    Amounts are computed by the policies of today for the month concerned. ``case`` is the claim asking, whose own
    months are not taken. The number of queries does not grow with the people.
    """
    region, today = queries.handling_region(unit), timezone.localdate()
    book = policies.Book.load(*MONTH_KEYS, *CLAIM_KEYS)
    figures = FiguresBook(book)
    taken = _taken(unit, case)
    months: dict[int, list[PersonMonth]] = defaultdict(list)
    for one in _reported(unit):
        months[one.placement_id].append(one)
    limits = Limits(
        book.value("subsidy_months_min", region, today),
        book.value("subsidy_months_max", region, today),
        book.value("early_leaver_subsidy", region, today),
    )
    held = _held_by_person(unit, case)
    refunded = _refunded(unit, case) if insurance else {}
    found = []
    for rows in months.values():
        placement = rows[0].placement
        if not any(first <= row.month <= last for row in rows):
            continue
        reported = [_as_reported(row, region, figures, taken) for row in rows]
        cover = _cover(placement, region, book, refunded) if insurance else None
        found.append(
            offer(
                placement,
                reported,
                within=(first, last),
                limits=limits,
                held=held.get(placement.individual_id, 0),
                cover=cover,
            )
        )
    return found


def _reported(unit: Unit) -> QuerySet[PersonMonth]:
    found = PersonMonth.objects.in_force().filter(placement__unit=unit)
    found = found.exclude(placement__state=Placement.State.CANCELLED).select_related("placement__position")
    # Neither numbers that would be decrypted nor texts of positions are needed.
    found = found.defer("placement__id_no", *(f"placement__position__{name}" for name in _POSITION_TEXTS))
    return found.order_by("placement__name", "placement_id", "month")


_POSITION_TEXTS = ("tokens", "search_text", "content", "requirements", "contact_phone")


def _taken(unit: Unit, case: Case | None) -> dict[tuple[int, date], str]:
    found = ClaimedMonth.objects.held().filter(placement__unit=unit)
    if case is not None:
        found = found.exclude(claim_id=case.pk)
    rows = found.order_by().values_list("placement_id", "month", "claim__case__number")
    return {(placement, month): number for placement, month, number in rows}


def _held_by_person(unit: Unit, case: Case | None) -> dict[int, int]:
    """How many months each person has claimed at whatever unit."""
    people = Placement.objects.of_unit(unit).order_by().values("individual")
    found = ClaimedMonth.objects.held().filter(placement__individual__in=people)
    if case is not None:
        found = found.exclude(claim_id=case.pk)
    rows = found.order_by().values("placement__individual").annotate(count=Count("pk"))
    return {row["placement__individual"]: row["count"] for row in rows}


def _refunded(unit: Unit, case: Case | None) -> dict[tuple[int, str], str]:
    people = Placement.objects.of_unit(unit).order_by().values("individual")
    found = ClaimedInsurance.objects.held().filter(individual__in=people)
    if case is not None:
        found = found.exclude(claim_id=case.pk)
    rows = found.order_by().values_list("individual_id", "policy_no", "claim__case__number")
    return {(person, number): claim for person, number, claim in rows}


def _as_reported(row: PersonMonth, region: str, figures: FiguresBook, taken: dict[tuple[int, date], str]) -> Reported:
    given = figures.figures(region, row.category, row.month)
    share = share_of_month(row.month, row.placement.starts_on, row.placement.last_day, given.partial_month)
    return Reported(row.pk, row.month, row.net_pay, given, share, taken.get((row.placement_id, row.month), ""))


def _cover(placement: Placement, region: str, book: policies.Book, refunded: dict[tuple[int, str], str]) -> Cover:
    row = book.row("insurance_refund_cap", region, placement.insured_from)
    taken_by = refunded.get((placement.individual_id, policy_key(placement.policy_no)), "")
    if row is None:
        return Cover(None, taken_by=taken_by)
    return Cover(policies.parse(policies.get(row.key), row.value), (basis(row),), taken_by)


def claimed(claim_pk: int) -> list[Offer]:
    """What a claim asked for when it was handed in last, by person; never computed again."""
    months: dict[int, list[OfferedMonth]] = defaultdict(list)
    people: dict[int, Placement] = {}
    rows = ClaimedMonth.objects.filter(claim_id=claim_pk).select_related("placement__position")
    for row in rows.order_by("placement__name", "placement_id", "month"):
        people[row.placement_id] = row.placement
        months[row.placement_id].append(OfferedMonth(row.person_month_id, row.month, row.amount, row.explanation))
    refunds = {
        row.placement_id: Refund(row.policy_no, row.premium, row.amount, row.explanation)
        for row in ClaimedInsurance.objects.filter(claim_id=claim_pk)
    }
    return [Offer(person, tuple(months[pk]), refunds.get(pk)) for pk, person in people.items()]


def claims_of(unit: Unit, matter: str) -> QuerySet[Case]:
    """The unit's claims of a matter, newest first, drafts included."""
    found = Case.objects.of_unit(unit).of_matter(matter).exclude(status=Status.CLOSED)
    found = found.select_related("livingsubsidyclaim_record", "mentoringsubsidyclaim_record", "publicity")
    return found.prefetch_related("publicity__entries", "payments")


def person_months(placement: Placement) -> list[dict[str, Any]]:
    """All approved months of a placement, with the claim that holds each."""
    held = {
        row.month: row for row in ClaimedMonth.objects.held().filter(placement=placement).select_related("claim__case")
    }
    rows = PersonMonth.objects.in_force().filter(placement=placement).select_related("case").order_by("month")
    return [{"row": row, "claimed": held.get(row.month)} for row in rows]


# --- 带教补贴 (C12) ------------------------------------------------------------------------------


def ends_of(unit: Unit) -> QuerySet[PlacementEnd]:
    """Approved 减员申请 of a unit's people."""
    found = PlacementEnd.objects.filter(placement__unit=unit, live=True, case__status=Status.APPROVED)
    return found.select_related("placement__position").order_by("placement__name", "placement_id")


def mentoring_rules(region: str, year: int) -> MentoringRules:
    """The policies in force on the last day of the year."""
    book, day = policies.Book.load(*MENTORING_KEYS), date(year, 12, 31)
    rows = [row for key in MENTORING_KEYS if (row := book.row(key, region, day)) is not None]
    return MentoringRules(
        book.value("retention_rate_min", region, day),
        None if (amount := book.value("retention_amount", region, day)) is None else amount.quantize(FEN),
        book.value("retention_contract_months", region, day),
        book.value("retention_filing_required", region, day),
        tuple(basis(row) for row in rows),
    )


def year_of(unit: Unit, year: int, case: Case | None = None) -> Year:
    """The unit's people of a year, with the figures that decide about the subsidy."""
    held = MentoringPerson.objects.held().filter(placement__unit=unit)
    if case is not None:
        held = held.exclude(claim_id=case.pk)
    rules = mentoring_rules(queries.handling_region(unit), year)
    counted = set(held.values_list("placement_id", flat=True))
    ends = [end for end in ends_of(unit) if end.placement_id not in counted]
    return Year(year, tuple(count_year(ends, year, rules)), rules)


def years_to_claim(unit: Unit, on: date) -> list[int]:
    """Years that are over and in which somebody's internship ended or somebody was retained, newest first."""
    found = set()
    for end in ends_of(unit):
        found |= {end.ended_on.year, *([end.retained_on.year] if end.retained_on else [])}
    return sorted((year for year in found if year < on.year), reverse=True)


def claim_of_year(unit: Unit, year: int, case: Case | None = None) -> MentoringSubsidyClaim | None:
    """The unit's live claim for a year, other than the one asking."""
    found = MentoringSubsidyClaim.objects.filter(unit=unit, year=year, live=True).select_related("case")
    return (found if case is None else found.exclude(pk=case.pk)).first()


# --- Bank accounts -------------------------------------------------------------------------------


def accounts_of(unit: Unit) -> QuerySet[BankAccount]:
    """Bank accounts in use, the one of the qualification first."""
    return BankAccount.objects.filter(unit=unit, ended_at__isnull=True).order_by("pk")


def usual_account(unit: Unit) -> BankAccount | None:
    """The account that the qualification named, if it is still in use, else the unit's first one."""
    qualified = internship_queries.qualified_unit(unit)
    if qualified is not None and qualified.bank_account.ended_at is None:
        return qualified.bank_account
    return accounts_of(unit).first()


def has_claims(person_months: Iterable[int]) -> bool:
    """Whether any of these person-months is held by a claim."""
    return ClaimedMonth.objects.held().filter(person_month__in=list(person_months)).exists()
