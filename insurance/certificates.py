"""参保证明: of a unit (E4), of its people (E5), and of oneself (B5). Layout and validity: domain facts §3.3.

What a unit prints about a person covers the months paid through that unit; one's own covers all of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Max
from django.utils import timezone

from accounts.models import Individual, Unit, User
from common import codes, crypto, identifiers, regions
from common.transitions import TransitionRefused
from documents import actions
from documents.kinds import DocumentKind, Draft, register
from documents.models import DocumentBatch, IssuedDocument
from insurance import queries
from insurance.models import ContributionMonth, Enrolment, InsuredPerson, InsuredUnit
from insurance.months import Month

RECENT_MONTHS = 24
NOT_FOUND = "该人员不在本单位在职花名册中"
NO_MONTHS = "所选期间没有缴费记录，请调整打印期间"


class Span(StrEnum):
    """Which months a certificate covers."""

    RECENT = "recent"
    WHOLE = "whole"
    CHOSEN = "chosen"


SPANS = [(Span.RECENT, "近24个月"), (Span.WHOLE, "全部"), (Span.CHOSEN, "指定期间")]


@dataclass(frozen=True)
class Period:
    """The months that a certificate covers, both ends included; an open end is the beginning or today."""

    first: Month | None = None
    last: Month | None = None

    @classmethod
    def recent(cls, today: date) -> "Period":
        """近24个月: the current month and the 23 before it."""
        return cls(Month.of(today) - (RECENT_MONTHS - 1), Month.of(today))

    def stored(self) -> dict[str, str]:
        """As JSON."""
        return {"first": str(self.first or ""), "last": str(self.last or "")}

    @classmethod
    def restored(cls, stored: Mapping[str, str]) -> "Period":
        """Back from JSON."""
        return cls(*(Month.parse(stored[name]) if stored.get(name) else None for name in ("first", "last")))


class _Certificate(DocumentKind):
    validity_policy = "certificate_validity_months"


@register
class UnitCertificate(_Certificate):
    """单位参保证明 (E4)."""

    code = "unit-insurance"
    title = "机关事业单位养老保险单位参保证明"
    prefix = "CBDW"
    template = "documents/unit_insurance.html"

    def summary(self, snapshot: Mapping[str, Any]) -> list[tuple[str, str]]:
        return [
            ("单位名称", snapshot["name"]),
            ("单位编号", identifiers.mask_account(snapshot["number"])),
            ("参保地", snapshot["place"]),
            ("险种", "、".join(row["kind"] for row in snapshot["insurances"])),
        ]


@register
class PersonCertificate(_Certificate):
    """个人参保证明 (E5, B5)."""

    code = "personal-insurance"
    title = "机关事业单位养老保险个人参保证明"
    prefix = "CBGR"
    template = "documents/personal_insurance.html"

    def summary(self, snapshot: Mapping[str, Any]) -> list[tuple[str, str]]:
        return [
            ("姓名", identifiers.mask_name(snapshot["name"])),
            ("社会保障号", identifiers.mask_id(snapshot["id_no"])),
            ("单位", snapshot["unit"]),
            ("证明期间", snapshot["period"]),
            ("期间缴费月数", f"{snapshot['paid']}个月"),
        ]

    def context(self, snapshot: Mapping[str, Any]) -> dict[str, Any]:
        """Two months stand in a line: a year takes six."""
        months = snapshot["months"]
        pairs = [(months[at], months[at + 1] if at + 1 < len(months) else None) for at in range(0, len(months), 2)]
        return {**snapshot, "pairs": pairs}

    def drafts(self, batch: DocumentBatch, subject_keys: Iterable[str]) -> dict[str, Draft | str]:
        """By 个人代码, for the people in service of the batch's insured unit, in a fixed number of queries."""
        numbers = list(subject_keys)
        insured = InsuredUnit.objects.of_unit(batch.unit).filter(number=batch.options["insured"]).first()
        if insured is None:
            return dict.fromkeys(numbers, NOT_FOUND)
        return _drafts_of_unit(batch.unit, insured, numbers, Period.restored(batch.options))


# --- Units (E4) ------------------------------------------------------------------------------------


def unit_snapshot(insured: InsuredUnit) -> dict[str, Any]:
    """What the certificate of a unit says: per kind since when, in which state, how many people, and arrears."""
    return {
        "name": insured.name,
        "uscc": insured.uscc,
        "number": insured.number,
        "place": regions.path_name(insured.region_id),
        "insurances": [_insurance(insured, row) for row in insured.insurances.order_by("kind")],
    }


def _insurance(insured: InsuredUnit, row: Any) -> dict[str, str]:
    people = Enrolment.objects.in_service(insured, row.kind)
    last = people.aggregate(last=Max("last_paid"))["last"]
    owed = ContributionMonth.objects.arrears().filter(unit=insured, kind=row.kind).exists()
    return {
        "kind": row.get_kind_display(),
        "since": Month.of(row.starts_on).chinese,
        "state": row.get_state_display(),
        "people": f"{people.count()}人",
        "last": Month.of(last).chinese if last else "—",
        "owed": "有欠费" if owed else "无欠费",
    }


def issue_for_unit(*, unit: Unit, insured: InsuredUnit, by: User) -> IssuedDocument:
    """打印单位参保证明."""
    snapshot = unit_snapshot(insured)
    draft = Draft(
        key=_key(insured.pk, unit.pk, snapshot),
        owner=unit,
        region=insured.region_id,
        issuer=insured.agency,
        subject=insured.name,
        snapshot=snapshot,
    )
    return actions.issue(UnitCertificate.code, draft, by=by)


def _key(pk: int, owner: int, snapshot: Mapping[str, Any]) -> str:
    """The same words for the same owner on the same day are one document: printing again gives the same file."""
    words = [owner, str(timezone.localdate()), sorted(snapshot.items(), key=lambda item: item[0])]
    return f"{pk}:{crypto.digest(repr(words))}"


# --- People (E5, B5) -------------------------------------------------------------------------------


def person_snapshot(
    person: InsuredPerson, enrolment: Enrolment, months: list[ContributionMonth], period: Period, total: int
) -> dict[str, Any]:
    """What the certificate of a person says; ``total`` are all months paid, whatever the period."""
    first = period.first or (Month.of(months[0].month) if months else None)
    last = period.last or Month.of(timezone.localdate())
    return {
        "name": person.name,
        "id_no": person.id_no,
        "sex": person.get_sex_display(),
        "number": person.number,
        "unit": enrolment.unit.name,
        "place": regions.path_name(enrolment.unit.region_id),
        "kind": enrolment.get_kind_display(),
        "since": Month.of(enrolment.starts_on).chinese,
        "state": enrolment.get_state_display(),
        "period": f"{first.chinese}至{last.chinese}" if first else "—",
        "months": [_month(row) for row in months],
        "paid": sum(row.is_paid for row in months),
        "total": total,
        "personal_sum": _yuan(sum((row.personal_share for row in months if row.is_paid), Decimal(0))),
        "unit_sum": _yuan(sum((row.unit_share for row in months if row.is_paid), Decimal(0))),
    }


def _month(row: ContributionMonth) -> list[str]:
    mark = "已到账" if row.is_paid else "未到账"
    return [f"{row.month:%Y-%m}", _yuan(row.base), _yuan(row.unit_share), _yuan(row.personal_share), mark]


def _yuan(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def _months_of(people: Iterable[int], period: Period, unit: InsuredUnit | None) -> dict[int, list[ContributionMonth]]:
    rows = ContributionMonth.objects.filter(person__in=list(people), kind=codes.GOVERNMENT_PENSION)
    if unit is not None:
        rows = rows.filter(unit=unit)
    if period.first:
        rows = rows.filter(month__gte=date(period.first.year, period.first.month, 1))
    if period.last:
        rows = rows.filter(month__lte=date(period.last.year, period.last.month, 1))
    found: dict[int, list[ContributionMonth]] = defaultdict(list)
    for row in rows.order_by("person", "month"):
        found[row.person_id].append(row)
    return found


def in_service(insured: InsuredUnit, numbers: Iterable[str]) -> dict[str, Enrolment]:
    """The unit's people in service by 个人代码."""
    found = Enrolment.objects.in_service(insured).filter(person_number__in=list(numbers))
    return {row.person_number: row for row in found.select_related("person", "unit").order_by("starts_on")}


def _drafts_of_unit(unit: Unit, insured: InsuredUnit, numbers: list[str], period: Period) -> dict[str, Draft | str]:
    enrolments = in_service(insured, numbers)
    people = [row.person_id for row in enrolments.values()]
    months = _months_of(people, period, insured)
    drafts: dict[str, Draft | str] = {}
    for number in numbers:
        row = enrolments.get(number)
        if row is None:
            drafts[number] = NOT_FOUND
        elif not months[row.person_id]:
            drafts[number] = NO_MONTHS
        else:
            snapshot = person_snapshot(row.person, row, months[row.person_id], period, row.paid_months)
            drafts[number] = _draft(row.person, row.unit, unit, snapshot)
    return drafts


def _draft(person: InsuredPerson, insured: InsuredUnit, owner: Unit | Individual, snapshot: dict[str, Any]) -> Draft:
    return Draft(
        key=_key(person.pk, owner.pk if isinstance(owner, Unit) else -owner.pk, snapshot),
        owner=owner,
        region=insured.region_id,
        issuer=insured.agency,
        subject=person.name,
        subject_digest=person.id_no_digest,
        snapshot=snapshot,
    )


def draft_for_unit(unit: Unit, insured: InsuredUnit, number: str, period: Period) -> Draft:
    """The certificate of one of the unit's people, to look at or to issue. Raises TransitionRefused."""
    draft = _drafts_of_unit(unit, insured, [number], period)[number]
    if isinstance(draft, str):
        raise TransitionRefused(draft)
    return draft


def own_draft(individual: Individual, person: InsuredPerson, period: Period) -> Draft:
    """One's own certificate, over all units. Raises TransitionRefused."""
    enrolment = queries.active_enrolment(person) or queries.last_enrolment(person)
    months = _months_of([person.pk], period, None)[person.pk]
    if enrolment is None or not months:
        raise TransitionRefused(NO_MONTHS)
    total = queries.paid_months([person.pk])[person.pk]
    snapshot = person_snapshot(person, enrolment, months, period, total)
    return _draft(person, enrolment.unit, individual, snapshot)


def issue(draft: Draft, *, by: User) -> IssuedDocument:
    """打印个人参保证明."""
    return actions.issue(PersonCertificate.code, draft, by=by)
