"""What batch reports store (C5, C6, C7): all rows of a file in one transaction, by COPY, on locked people and places."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Q, Value
from django.utils import timezone

from accounts.models import Individual, Unit, User
from common import audit, bulk, crypto, progress
from common.sheets.imports import Row, SheetError
from common.transitions import TransitionRefused
from positions import actions as position_actions
from positions.models import Position
from reporting import imports
from reporting.actions import leave_place
from reporting.models import Attendance, AttendanceImport, OnPostImport, OnPostStatus, Placement, PlacementImport
from review.models import Case, CasePerson

_Import = TypeVar("_Import", PlacementImport, AttendanceImport, OnPostImport, AttendanceImport | OnPostImport)

_PERSON = ("name", "id_no", "id_no_digest")
_OWN = (
    "case",
    "unit",
    "individual",
    "trainee",
    "id_type",
    "state",
    "holds_place",
    "created_at",
    "created_by",
    "end_reason",
)


def import_placements(
    *, case: Case, unit: Unit, record: PlacementImport, rows: Sequence[Row], by: User
) -> PlacementImport:
    """The rows of an approved 见习匹配结果批量上报 become placements, or correct those of the same agreement (C5).

    Raises RowsRefused, and nothing is stored, when a row does not hold (any more).
    """
    with audit.actor(by), transaction.atomic():
        digests = list(imports.digests_of(rows).values())
        # People in the order of their keys, so that two files that name the same ones do not block each other.
        people = Individual.objects.select_for_update(of=("self",)).filter(id_no_digest__any_of=digests).order_by("pk")
        list(people.values_list("pk"))
        plan = imports.PlacementPlan(unit, rows)
        _check_rows(plan.planned)
        progress.tell(1, 2)
        new = [planned for planned in plan.planned if planned.stored is None]
        _take_places(new, by)
        _store_new(new, plan.digests, case, unit, by)
        for planned in plan.planned:
            if planned.stored is not None and planned.changed:
                _correct(planned, by)
        kept = [planned.stored.pk for planned in plan.planned if planned.stored is not None]
        return _finish(case, record, plan.planned, kept)


class RowsRefused(TransitionRefused):
    """Rows do not hold; ``errors`` are all faults, by row and column."""

    def __init__(self, errors: Sequence[SheetError]) -> None:
        more = f"；共{len(errors)}处" if len(errors) > 10 else ""
        super().__init__("；".join(str(error) for error in errors[:10]) + more)
        self.errors = errors


def _check_rows(planned: Sequence[imports.Planned]) -> None:
    if found := list(imports.faults(planned)):
        raise RowsRefused(found)


def _take_places(planned: Sequence[imports.Planned], by: User) -> None:
    wanted = Counter(one.values["position_id"] for one in planned)
    for position in Position.objects.filter(pk__in=wanted).order_by("pk"):
        position_actions.take_place(position=position, by=by, count=wanted[position.pk])


def _store_new(planned: Sequence[imports.Planned], digests: dict[int, str], case: Case, unit: Unit, by: User) -> None:
    names = (*_OWN, *_PERSON, *imports.TERMS, "category", "position")
    now = timezone.now()

    def row(one: imports.Planned) -> tuple[Any, ...]:
        person: imports.Candidate = one.subject
        own = (
            case.pk, unit.pk, person.individual_id, person.trainee_id, person.id_type,
            Placement.State.CURRENT.value, True, now, by.pk, "",
        )  # fmt: skip
        sealed = (person.name, crypto.encrypt(one.row["id_no"]), digests[one.row.number])
        terms = (one.values[key] for key in imports.TERMS)
        return (*own, *sealed, *terms, one.values["category"], one.values["position_id"])

    bulk.insert(Placement, names, map(row, planned))


def _correct(planned: imports.Planned, by: User) -> None:
    placement = Placement.objects.select_for_update(of=("self",)).get(pk=planned.stored.pk)
    correct_placement(placement=placement, values=planned.values, by=by)


def correct_placement(*, placement: Placement, values: dict[str, Any], by: User) -> Placement:
    """Give a (locked) placement other terms, and another place where the position changes.

    ``values`` by column name, the position as ``position_id``. Raises TransitionRefused when no place is left.
    """
    with audit.actor(by), transaction.atomic():
        moved = values.get("position_id", placement.position_id)
        if placement.position_id != moved:
            leave_place(placement, by)
            position_actions.take_place(position=Position.objects.get(pk=moved), by=by)
            placement.holds_place = True
        for name, value in values.items():
            setattr(placement, name, value)
        placement.save()
    return placement


def import_months(
    *,
    case: Case,
    record: AttendanceImport | OnPostImport,
    plan: Callable[[], imports.MonthPlan],
    model: type[Attendance] | type[OnPostStatus],
    by: User,
) -> AttendanceImport | OnPostImport:
    """The rows of an approved report on months: the second one for a month replaces the first (C6, C7).

    Raises RowsRefused, and nothing is stored, when a row does not hold (any more).
    """
    with audit.actor(by), transaction.atomic():
        # Two files, or a file and the approval of a monthly report, wait here for each other.
        Unit.objects.select_for_update(no_key=True, of=("self",)).get(pk=case.unit_id)
        made = plan()
        _check_rows(made.planned)
        progress.tell(1, 2)
        _store_months(model, made, case)
        return _finish(case, record, made.planned, list({one.subject.pk for one in made.planned}))


def _store_months(model: type[Attendance] | type[OnPostStatus], plan: imports.MonthPlan, case: Case) -> None:
    names = plan.names
    changed = [one for one in plan.planned if one.changed]
    bulk.insert(
        model,
        ("case", "placement", "month", *names),
        (
            (case.pk, one.subject.pk, one.row["month"], *(one.values[name] for name in names))
            for one in changed
            if one.stored is None
        ),
    )
    if replaced := [one for one in changed if one.stored is not None]:
        bulk.update(
            model,
            ("case", *names),
            ((one.stored.pk, case.pk, *(one.values[name] for name in names)) for one in replaced),
        )


def _finish(case: Case, record: _Import, planned: Sequence[imports.Planned], placements: Sequence[int]) -> _Import:
    """Keep what the import did, and whom it is about (人员信息): the people of ``placements`` and of the case's new ones."""
    done = imports.preview(planned)
    record.created, record.updated, record.unchanged = done.created, done.updated, done.unchanged
    record.save(update_fields=["created", "updated", "unchanged"])
    people = Placement.objects.filter(Q(case=case) | Q(pk__any_of=placements)).order_by("id_no_digest")
    bulk.copy_over(
        CasePerson,
        ("case", "name", "id_no", "id_no_digest"),
        people.distinct("id_no_digest").values_list(Value(case.pk), "name", "id_no", "id_no_digest"),
    )
    return record
