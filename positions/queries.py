"""Reads about positions and the interest in them that several places share."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Prefetch, Q, QuerySet

from accounts.models import Consent, Individual, Unit
from common import codes, identifiers
from internship.models import Trainee
from positions.models import Favourite, InterestAction, Position, PositionApplication
from review.models import EDITABLE, RUNNING, Case

ACTIVE_FAVOURITE = Q(favourites__cancelled_at__isnull=True)


def position_by_number(number: str) -> Position | None:
    """A position in whatever state, with its unit and place."""
    found = Position.objects.filter(number=number).select_related("unit", "work_region", "region")
    return found.defer("tokens", "search_text").first()


def positions_of(unit: Unit) -> QuerySet[Position]:
    """All positions of a unit, newest first, with the number of interested people (``interested``)."""
    found = Position.objects.of_unit(unit).defer("tokens", "search_text", "content", "requirements")
    return found.annotate(interested=Count("favourites", filter=ACTIVE_FAVOURITE)).select_related("work_region")


def open_position_of(unit: Unit, number: str) -> Position | None:
    """An open position of the unit by its number, for agreements and reports."""
    return Position.objects.of_unit(unit).public().filter(number=number).first()


def applications_under_way(unit: Unit) -> QuerySet[Case]:
    """The unit's applications for positions that are not decided yet."""
    states = (*EDITABLE, *RUNNING)
    return Case.objects.of_unit(unit).of_matter("position-application").filter(status__in=states)


def revisions_under_review(unit: Unit) -> dict[int, Case]:
    """Changes of positions that are under way, by the position."""
    records = PositionApplication.objects.filter(unit=unit, position__isnull=False, case__status__in=RUNNING)
    return {record.position_id: record.case for record in records.select_related("case") if record.position_id}


def favourites_of(individual: Individual) -> QuerySet[Favourite]:
    """What the person keeps, newest first; closed positions included."""
    found = Favourite.objects.filter(individual=individual, cancelled_at__isnull=True)
    answers = Prefetch("actions", InterestAction.objects.order_by("-at", "-id"))
    return found.select_related("position__work_region").defer("position__tokens").prefetch_related(answers)


def kept_positions(individual: Individual, ids: list[int]) -> dict[int, Favourite]:
    """The person's favourites among some positions, by position."""
    found = Favourite.objects.filter(individual=individual, cancelled_at__isnull=True, position_id__in=ids)
    return {favourite.position_id: favourite for favourite in found}


@dataclass(frozen=True, slots=True)
class Interested:
    """A person interested in a position, as the position's unit sees him or her (C3)."""

    favourite: Favourite
    name: str
    sex: str
    age: int | None
    education: str
    school: str
    major: str
    phone: str
    since: datetime
    answer: InterestAction | None


def favourites_for(position: Position) -> QuerySet[Favourite]:
    """Active interest in a position by people whose consent still holds, newest first."""
    agreed = Consent.objects.filter(kind="position-contact", withdrawn_at__isnull=True).values("user_id")
    found = Favourite.objects.filter(position=position, cancelled_at__isnull=True, individual__user__in=agreed)
    answers = Prefetch("actions", InterestAction.objects.order_by("-at", "-id"))
    return found.select_related("individual__user").prefetch_related(answers).order_by("-created_at", "-id")


def interested(favourites: list[Favourite], on: date) -> list[Interested]:
    """The people behind favourites, with the data of their trainee application."""
    people = [favourite.individual_id for favourite in favourites]
    trainees = {trainee.individual_id: trainee for trainee in Trainee.objects.active().filter(individual__in=people)}
    return [_interested(favourite, trainees.get(favourite.individual_id), on) for favourite in favourites]


def _interested(favourite: Favourite, trainee: Trainee | None, on: date) -> Interested:
    person = favourite.individual
    source = trainee or person
    born = identifiers.birth_date(person.id_type, person.id_no) or person.birth_date
    sex = identifiers.sex(person.id_type, person.id_no) or person.sex
    return Interested(
        favourite=favourite,
        name=source.name,
        sex=codes.SEX.label(sex) if sex else "",
        age=identifiers.age_on(born, on) if born else None,
        education=codes.EDUCATION.label(source.education) if source.education else "",
        school=source.school,
        major=source.major,
        phone=trainee.mobile if trainee else person.user.mobile,
        since=favourite.created_at,
        answer=next(iter(favourite.actions.all()), None),
    )
