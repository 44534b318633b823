"""What the rows of a batch report mean for the hall's data: who and what they name, what is wrong, what would change.

Everything is gathered for all rows at once, so that the number of queries does not grow with the file.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from django.utils import timezone

from accounts.models import Individual, Unit
from common import crypto, policies
from common.sheets.imports import Row, SheetError
from internship import queries as internship_queries
from internship.models import Trainee
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
_TEXTS = ("agreement_no", "mentor", "note", "left_reason")


@dataclass
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
    return {name: "" if row[name] is None and name in _TEXTS else row[name] for name in names}


def _digests(rows: Sequence[Row]) -> dict[int, str]:
    return {row.number: crypto.digest(row["id_no"]) for row in rows if row["id_no"]}


# --- 见习匹配结果 (C5) ---------------------------------------------------------------------------


class PlacementPlan:
    """What a file of matched people means for a unit."""

    def __init__(self, unit: Unit, rows: Sequence[Row]) -> None:
        self.unit, self.today = unit, timezone.localdate()
        self.region = queries.handling_region(unit)
        self._digests = _digests(rows)
        self._people = _people(set(self._digests.values()), self.region, self.today)
        numbers = {row["position"] for row in rows if row["position"]}
        positions = Position.objects.of_unit(unit).filter(number__in=numbers).defer("tokens", "search_text")
        self._positions = {position.number: position for position in positions}
        stored = list(Placement.objects.valid().of_unit(unit).filter(id_no_digest__in=self._digests.values()))
        by_number = {row["agreement_no"] for row in rows if row["agreement_no"]}
        stored += Placement.objects.valid().of_unit(unit).filter(agreement_no__in=by_number)
        self._reported = set(
            PersonMonth.objects.in_force().filter(placement__in=stored).values_list("placement", flat=True)
        )
        self._by_number = {p.agreement_no: p for p in stored if p.agreement_no}
        self._by_start = {(p.individual_id, p.starts_on): p for p in stored}
        self._terms = queries.terms_of([person.individual.pk for person in self._people.values()])
        self._limits = cache(lambda day: rules.limits(self.region, day))
        self._free = {number: position.places_left for number, position in self._positions.items()}
        self.planned = [self._plan(row) for row in rows]

    def _plan(self, row: Row) -> Planned:
        planned = Planned(row, _typed(row, TERMS))
        person = self._person(planned)
        position = self._position(planned)
        if person is None:
            return planned
        planned.subject = person
        planned.stored = self._stored(row, person)
        if position is not None:
            planned.values["position_id"] = position.pk
            self._take(planned, position)
        self._judge(planned, person)
        return planned

    def _person(self, planned: Planned) -> queries.Person | None:
        row = planned.row
        if row["id_no"] is None:
            return None
        person = self._people.get(self._digests[row.number])
        if person is None:
            needs = queries.needs_trainee(self.region, self.today)
            planned.faults.append(row.error("id_no", internship_queries.NOT_A_TRAINEE if needs else rules.NOT_FOUND))
        elif row["name"] and not queries.same_name(person.name, row["name"]):
            planned.faults.append(row.error("name", "姓名与证件号码不一致"))
            return None
        return person

    def _position(self, planned: Planned) -> Position | None:
        row = planned.row
        if row["position"] is None:
            return None
        position = self._positions.get(row["position"])
        if position is None:
            planned.faults.append(row.error("position", "不是本单位审核通过的岗位"))
        return position

    def _stored(self, row: Row, person: queries.Person) -> Placement | None:
        if row["agreement_no"] and (found := self._by_number.get(row["agreement_no"])):
            return found
        return self._by_start.get((person.individual.pk, row["starts_on"]))

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

    def _judge(self, planned: Planned, person: queries.Person) -> None:
        row, stored = planned.row, planned.stored
        if stored is not None and stored.individual_id != person.individual.pk:
            planned.faults.append(row.error("agreement_no", "协议编号已用于其他人员"))
            return
        if stored is not None and stored.state == Placement.State.ENDED and planned.changed:
            planned.faults.append(row.error("agreement_no", "该人员的见习已结束，不能更正"))
            return
        if stored is not None and stored.pk in self._reported and planned.changed:
            planned.faults.append(row.error("id_no", "已有审核通过的月报，不能再批量更正"))
            return
        days = ("signed_on", "starts_on", "ends_on", "insured_from", "insured_to")
        if any(row[name] is None for name in days) or (stored is not None and not planned.changed):
            return
        others = tuple(
            term
            for term in self._terms.get(person.individual.pk, ())
            if stored is None or term.placement_id != stored.pk
        )
        category = person.category or (stored.category if stored else "X1")
        agreement = rules.Agreement(
            person.claim(category, self.region), self.unit.pk, *(row[name] for name in days), others=others
        )
        try:
            found = rules.agreement_faults(agreement, self._limits(row["signed_on"]), self.today)
        except policies.PolicyMissing as missing:
            found = {"signed_on": str(missing)}
        planned.faults += [row.error(name, reason) for name, reason in found.items()]


def _people(digests: set[str], region: str, on: date) -> dict[str, queries.Person]:
    """Who the ID numbers belong to, as far as units of the region may take them in."""
    trainees = Trainee.objects.active().filter(id_no_digest__in=digests).select_related("individual")
    found = {trainee.id_no_digest: queries.Person(trainee.individual, trainee) for trainee in trainees}
    if not queries.needs_trainee(region, on):
        people = Individual.objects.filter(id_no_digest__in=digests).exclude(education="").order_by("-level", "pk")
        for person in people:
            found.setdefault(person.id_no_digest, queries.Person(person, None))
    return found


# --- 考勤 and 在岗情况 (C6, C7) ------------------------------------------------------------------


class MonthPlan:
    """What a file about months of placements means for a unit: attendance or on-post status."""

    def __init__(
        self, unit: Unit, rows: Sequence[Row], model: type[Attendance] | type[OnPostStatus], names: Sequence[str]
    ) -> None:
        self.today, self._names = timezone.localdate(), names
        self._digests = _digests(rows)
        placements = Placement.objects.valid().of_unit(unit).filter(id_no_digest__in=self._digests.values())
        self._placements: dict[str, list[Placement]] = {}
        for placement in placements:
            self._placements.setdefault(placement.id_no_digest, []).append(placement)
        months = {row["month"] for row in rows if row["month"]}
        stored = model.objects.filter(placement__in=placements, month__in=months)
        reported = PersonMonth.objects.in_force().filter(placement__in=placements, month__in=months)
        self._reported = set(reported.values_list("placement", "month"))
        self._stored: Mapping[tuple[int, date], Any] = {(one.placement_id, one.month): one for one in stored}
        self.planned = [self._plan(row) for row in rows]

    def _plan(self, row: Row) -> Planned:
        planned = Planned(row, _typed(row, self._names))
        month = row["month"]
        if row["id_no"] is None or month is None:
            return planned
        placements = self._placements.get(self._digests[row.number], [])
        if not placements:
            planned.faults.append(row.error("id_no", "不是本单位审核通过的就业见习人员"))
        elif row["name"] and not queries.same_name(placements[0].name, row["name"]):
            planned.faults.append(row.error("name", "姓名与证件号码不一致"))
        elif month > self.today.replace(day=1):
            planned.faults.append(row.error("month", "不能上报今后的月份"))
        else:
            self._find(planned, placements, month)
        return planned

    def _find(self, planned: Planned, placements: list[Placement], month: date) -> None:
        inside = [p for p in placements if rules.in_term(month, p.starts_on, p.last_day)]
        if not inside:
            terms = "、".join(f"{rules.words(p.starts_on)}至{rules.words(p.last_day)}" for p in placements)
            planned.faults.append(planned.row.error("month", f"不在该人员的见习期限以内（{terms}）"))
            return
        planned.subject = inside[0]
        planned.stored = self._stored.get((inside[0].pk, month))
        if (inside[0].pk, month) in self._reported and planned.changed:
            planned.faults.append(planned.row.error("month", "该人员当月已有审核通过的月报，不能再更改"))
            return
        planned.faults += [planned.row.error(*fault) for fault in rules.month_faults(planned.values, month, inside[0])]


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
