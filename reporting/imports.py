"""What the rows of a batch report mean for the hall's data: who and what they name, what is wrong, what would change.

Everything is gathered for all rows at once, so that the number of queries does not grow with the file.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Individual, Unit
from common import codes, crypto, identifiers, policies
from common.sheets.imports import Row, SheetError
from internship import queries as internship_queries
from internship.models import Trainee
from internship.rules import OTHER, Claim
from positions.models import Position
from reporting import queries, rules
from reporting.models import DAY_COLUMNS, Attendance, OnPostStatus, PersonMonth, Placement
from review.matters import SheetPreview

TERMS = (
    "agreement_no",
    "signed_on",
    "starts_on",
    "ends_on",
    "living_standard",
    "mentor",
    "insurer",
    "policy_no",
    "premium",
    "insured_from",
    "insured_to",
)
_TEXTS = frozenset(("agreement_no", "mentor", "note", "left_reason"))


@dataclass(slots=True)
class Planned:
    """A row with what it names: the values to store, and the stored row that it corrects, if any."""

    row: Row
    values: dict[str, Any]
    stored: Any = None
    subject: Any = None
    faults: list[SheetError] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        return self.stored is None or any(getattr(self.stored, k) != v for k, v in self.values.items())


def preview(planned: Iterable[Planned], warnings: Iterable[str] = ()) -> SheetPreview:
    """How many rows are new, corrected and as they were."""
    counts = Counter("created" if p.stored is None else "updated" if p.changed else "unchanged" for p in planned)
    return SheetPreview(counts["created"], counts["updated"], counts["unchanged"], tuple(warnings))


def faults(planned: Iterable[Planned]) -> Iterator[SheetError]:
    """All faults of all rows."""
    for one in planned:
        yield from one.faults


def _typed(row: Row, names: Sequence[str]) -> dict[str, Any]:
    given = row.values
    return {name: "" if given[name] is None and name in _TEXTS else given[name] for name in names}


def digests_of(rows: Sequence[Row]) -> dict[int, str]:
    """Blind indexes of the ID numbers by row number; rows without one are left out."""
    return {row.number: crypto.digest(row["id_no"]) for row in rows if row["id_no"]}


# --- 见习匹配结果 (C5) ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody whom a file names and the unit may take in, without what an import does not need."""

    individual_id: int
    trainee_id: int | None
    name: str
    id_type: str
    category: str
    born: date | None
    graduated_on: date | None
    unemployed_on: date | None

    def claim(self, category: str, region: str, id_no: str) -> Claim:
        """What the person's category rests on, judged by the policies of a region."""
        born = identifiers.birth_date(self.id_type, id_no) or self.born
        return Claim(category, region, born, self.graduated_on, self.unemployed_on)


class PlacementPlan:
    """What a file of matched people means for a unit."""

    def __init__(self, unit: Unit, rows: Sequence[Row]) -> None:
        self.unit, self.today = unit, timezone.localdate()
        self.region = queries.handling_region(unit)
        self.digests = digests_of(rows)
        self._needs_trainee = queries.needs_trainee(self.region, self.today)
        self._people = _people(set(self.digests.values()), self._needs_trainee)
        self._mentors = internship_queries.mentor_names(unit)
        numbers = {row["position"] for row in rows if row["position"]}
        positions = Position.objects.of_unit(unit).filter(number__in=numbers).defer("tokens", "search_text")
        self.positions = {position.number: position for position in positions}
        self._free = {number: position.places_left for number, position in self.positions.items()}
        self._load_stored(rows)
        self._terms = queries.terms_of([person.individual_id for person in self._people.values()])
        self._limits = cache(lambda day: rules.limits(self.region, day))
        with policies.remembered():
            self.planned = [self._plan(row) for row in rows]

    def _load_stored(self, rows: Sequence[Row]) -> None:
        mine = Placement.objects.valid().of_unit(self.unit).defer("id_no")
        stored = list(mine.filter(id_no_digest__any_of=self.digests.values()))
        by_number = {row["agreement_no"] for row in rows if row["agreement_no"]}
        stored += mine.filter(agreement_no__any_of=by_number).exclude(pk__any_of=[p.pk for p in stored])
        months = PersonMonth.objects.in_force().filter(placement__any_of=[p.pk for p in stored])
        self._reported = set(months.values_list("placement", flat=True)) if stored else set()
        self._by_number = {p.agreement_no: p for p in stored if p.agreement_no}
        self._by_start = {(p.individual_id, p.starts_on): p for p in stored}

    def _plan(self, row: Row) -> Planned:
        planned = Planned(row, _typed(row, TERMS))
        person = self._person(planned)
        position = self._position(planned)
        if person is None:
            return planned
        planned.subject = person
        planned.stored = self._stored(row, person)
        self._categorise(planned, person)
        if position is not None:
            planned.values["position_id"] = position.pk
            self._check_mentor(planned, position)
            self._take(planned, position)
        self._judge(planned, person)
        return planned

    def _person(self, planned: Planned) -> Candidate | None:
        row = planned.row
        if row["id_no"] is None:
            return None
        person = self._people.get(self.digests[row.number])
        if person is None:
            words = internship_queries.NOT_A_TRAINEE if self._needs_trainee else rules.NOT_FOUND
            planned.faults.append(row.error("id_no", words))
        elif row["name"] and person.name != row["name"] and not queries.same_name(person.name, row["name"]):
            planned.faults.append(row.error("name", "姓名与证件号码不一致"))
            return None
        return person

    def _position(self, planned: Planned) -> Position | None:
        row = planned.row
        if row["position"] is None:
            return None
        position = self.positions.get(row["position"])
        if position is None:
            planned.faults.append(row.error("position", "不是本单位审核通过的岗位"))
        return position

    def _check_mentor(self, planned: Planned, position: Position) -> None:
        """带教人员 is one whom the unit has named, for itself (C1) or for the position (C2)."""
        mentor = planned.row["mentor"]
        if mentor and self._mentors and mentor not in self._mentors and mentor != position.mentor:
            planned.faults.append(planned.row.error("mentor", rules.no_mentor(self._mentors)))

    def _stored(self, row: Row, person: Candidate) -> Placement | None:
        if row["agreement_no"] and (found := self._by_number.get(row["agreement_no"])):
            return found
        return self._by_start.get((person.individual_id, row["starts_on"]))

    def _categorise(self, planned: Planned, person: Candidate) -> None:
        """人员类别: the one applied for; who needed no application is asked, and it is checked by B0's data."""
        row, given = planned.row, planned.row["category"]
        if person.category:
            if given and given != person.category:
                words = codes.TRAINEE_CATEGORY.label(person.category)
                planned.faults.append(row.error("category", f"与见习人员申请的人员类别（{words}）不一致"))
            given = person.category
        elif given is None and planned.stored is not None:
            given = planned.stored.category
        elif given is None:
            planned.faults.append(row.error("category", "没有办理见习人员申请的，必须填写人员类别"))
        planned.values["category"] = given or OTHER

    def _take(self, planned: Planned, position: Position) -> None:
        """A place for each new row and each one that moves; the row that finds none is told so."""
        if planned.stored is not None and planned.stored.position_id == position.pk:
            return
        if not position.is_open:
            planned.faults.append(planned.row.error("position", f"岗位{position.get_state_display()}，不能再招收"))
        elif self._free[position.number] < 1:
            words = f"岗位{position.number}招收{position.places}人，名额已满"
            planned.faults.append(planned.row.error("position", words))
        self._free[position.number] -= 1

    def _judge(self, planned: Planned, person: Candidate) -> None:
        row, stored = planned.row, planned.stored
        if stored is not None:
            changed = planned.changed
            if stored.individual_id != person.individual_id:
                planned.faults.append(row.error("agreement_no", "协议编号已用于其他人员"))
            elif stored.state == Placement.State.ENDED and changed:
                planned.faults.append(row.error("agreement_no", "该人员的见习已结束，不能更正"))
            elif stored.pk in self._reported and changed:
                planned.faults.append(row.error("id_no", rules.REPORTED))
            if planned.faults or not changed:
                return
        days = (row["signed_on"], row["starts_on"], row["ends_on"], row["insured_from"], row["insured_to"])
        if None in days:
            return
        others = tuple(
            term
            for term in self._terms.get(person.individual_id, ())
            if stored is None or term.placement_id != stored.pk
        )
        claim = person.claim(planned.values["category"], self.region, row["id_no"])
        agreement = rules.Agreement(claim, self.unit.pk, *days, others=others)
        try:
            found = rules.agreement_faults(agreement, self._limits(row["signed_on"]), self.today)
        except policies.PolicyMissing as missing:
            found = {"signed_on": str(missing)}
        planned.faults += [row.error(name, reason) for name, reason in found.items()]


_TRAINEE_FACTS = ("individual_id", "pk", "name", "individual__id_type", "category")
_OWN_FACTS = ("birth_date", "graduated_on", "unemployed_on", "id_no_digest")


def _people(digests: set[str], needs_trainee: bool) -> dict[str, Candidate]:
    """Who the ID numbers belong to, as far as units of the region may take them in."""
    trainees = Trainee.objects.active().filter(id_no_digest__any_of=digests).order_by()
    found = {
        digest: Candidate(*facts) for *facts, digest in trainees.values_list(*_TRAINEE_FACTS, *_OWN_FACTS).iterator()
    }
    if not needs_trainee:
        people = Individual.objects.filter(id_no_digest__any_of=digests).exclude(education="").order_by("-level", "pk")
        for pk, name, id_type, *own, digest in people.values_list("pk", "name", "id_type", *_OWN_FACTS):
            found.setdefault(digest, Candidate(pk, None, name, id_type, "", *own))
    return found


# --- 考勤 and 在岗情况 (C6, C7) ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Term:
    """A placement as far as a report on its months needs it."""

    pk: int
    name: str
    starts_on: date
    last_day: date


class MonthPlan:
    """What a file about months of placements means for a unit: attendance or on-post status."""

    def __init__(
        self, unit: Unit, rows: Sequence[Row], model: type[Attendance] | type[OnPostStatus], names: Sequence[str]
    ) -> None:
        self.today, self.names = timezone.localdate(), names
        self.this_month = self.today.replace(day=1)
        self.digests = digests_of(rows)
        self._terms = _terms_by_digest(unit, set(self.digests.values()))
        keys = [term.pk for terms in self._terms.values() for term in terms]
        months = {row["month"] for row in rows if row["month"]}
        stored = model.objects.filter(placement__any_of=keys, month__in=months).order_by()
        reported = PersonMonth.objects.in_force().filter(placement__any_of=keys, month__in=months).order_by()
        self._reported = set(reported.values_list("placement", "month"))
        self._stored: Mapping[tuple[int, date], Any] = {(one.placement_id, one.month): one for one in stored}
        self.planned = [self._plan(row) for row in rows]

    def _plan(self, row: Row) -> Planned:
        planned = Planned(row, _typed(row, self.names))
        month = row["month"]
        if row["id_no"] is None or month is None:
            return planned
        terms = self._terms.get(self.digests[row.number], ())
        name = row["name"]
        if not terms:
            planned.faults.append(row.error("id_no", "不是本单位审核通过的就业见习人员"))
        elif name and terms[0].name != name and not queries.same_name(terms[0].name, name):
            planned.faults.append(row.error("name", "姓名与证件号码不一致"))
        elif month > self.this_month:
            planned.faults.append(row.error("month", "不能上报今后的月份"))
        else:
            self._find(planned, terms, month)
        return planned

    def _find(self, planned: Planned, terms: Sequence[Term], month: date) -> None:
        inside = [term for term in terms if rules.in_term(month, term.starts_on, term.last_day)]
        if not inside:
            words = "、".join(f"{rules.words(p.starts_on)}至{rules.words(p.last_day)}" for p in terms)
            planned.faults.append(planned.row.error("month", f"不在该人员的见习期限以内（{words}）"))
            return
        planned.subject = inside[0]
        planned.stored = self._stored.get((inside[0].pk, month))
        if (inside[0].pk, month) in self._reported and planned.changed:
            planned.faults.append(planned.row.error("month", rules.MONTH_REPORTED))
            return
        planned.faults += [planned.row.error(*fault) for fault in rules.month_faults(planned.values, month, inside[0])]


def _terms_by_digest(unit: Unit, digests: set[str]) -> dict[str, list[Term]]:
    found: dict[str, list[Term]] = defaultdict(list)
    placements = Placement.objects.valid().of_unit(unit).filter(id_no_digest__any_of=digests)
    facts = placements.annotate(last=Coalesce("ended_on", "ends_on")).values_list(
        "id_no_digest", "pk", "name", "starts_on", "last"
    )
    for digest, *term in facts.iterator():
        found[digest].append(Term(*term))
    return found


def attendance_plan(unit: Unit, rows: Sequence[Row]) -> MonthPlan:
    """What a file of attendance means (C6); days left out count as none."""
    plan = MonthPlan(unit, rows, Attendance, (*DAY_COLUMNS, "note"))
    for planned in plan.planned:
        for name in DAY_COLUMNS:
            planned.values[name] = planned.values[name] or 0
    return plan


def on_post_plan(unit: Unit, rows: Sequence[Row]) -> MonthPlan:
    """What a file of on-post statuses means (C7)."""
    return MonthPlan(unit, rows, OnPostStatus, ("on_post", "left_on", "left_reason", "note"))


def overtime(rows: Sequence[Row]) -> list[str]:
    """Rows whose days add up to more than was due: no fault, but to be looked at (C6)."""
    more = [
        str(row.number)
        for row in rows
        if row["due"] is not None and sum(row[name] or 0 for name in DAY_COLUMNS if name != "due") > row["due"]
    ]
    if not more:
        return []
    return [f"第{'、'.join(more[:20])}行的出勤和请假合计超过应出勤天数，如为加班请忽略，否则请核对"]
