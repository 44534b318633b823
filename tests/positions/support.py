"""Positions, internship units and trainees for tests: plain functions. All data is fictitious."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import Consent, Individual, Unit, User
from internship.models import InternshipUnit, Trainee
from positions import actions, indexing, rules
from positions.models import Favourite, Position
from review import actions as review_actions
from review.models import Case
from review.workflow import perform
from tests.factories import (
    COUNTY,
    make_bank_account,
    make_handler,
    make_individual,
    make_region,
    make_staff,
    make_unit,
    make_user,
)
from tests.internship.support import make_case, set_policy
from tests.review.cases import fill, load_steps

FIGURES = {
    "favourites_limit": "3",
    "county_sees_city_positions": "on",
    "internship_months_min": "3",
    "internship_months_max": "12",
}


def set_figures() -> None:
    """The policies that positions ask for."""
    for key, value in FIGURES.items():
        set_policy(key, value)


def qualify(unit: Unit | None = None, region: str = COUNTY) -> Unit:
    """A unit with a handler that is an internship unit of a region."""
    unit = unit or make_unit(region=region, handling_region=region)
    if not unit.handlers.exists():
        make_handler(unit)
    InternshipUnit.objects.create(
        unit=unit,
        case=make_case("unit-qualification", unit),
        handling_region=make_region(region),
        bank_account=make_bank_account(unit),
        qualified_by=make_user(),
        confirmed_on=timezone.localdate(),
    )
    return unit


def handler_of(unit: Unit) -> User:
    """The user who acts for the unit."""
    return unit.handlers.active().first().user


def make_position(unit: Unit | None = None, **fields: Any) -> Position:
    """An open position, published through the same indexing as an approved one; regions may be codes."""
    position = build_position(unit or qualify(), Position.objects.count() + 1, **fields)
    position.save()
    return position


def build_position(unit: Unit, number: int, **fields: Any) -> Position:
    """A position that is not stored yet."""
    today = timezone.localdate()
    for key, default in (("region", unit.handling_region_id), ("work_region", unit.handling_region_id)):
        value = fields.get(key, default)
        fields[key] = make_region(value) if isinstance(value, str) else value
    values: dict[str, Any] = {
        "name": f"演示岗位{number}",
        "category": "2",
        "places": 2,
        "education": "21",
        "work_address": "演示路1号",
        "months": 6,
        "allowance": Decimal("2200"),
        "content": "整理业务台账",
        "mentor": "赵演示",
        "valid_from": today,
        "valid_to": today + timedelta(days=90),
        "contact_name": "李演示",
        "contact_phone": "0351-7000000",
    }
    position = Position(unit=unit, number=f"GW{number:010d}", **(values | fields))
    position.name_key = rules.name_key(position.name)
    indexing.fill(position)
    return position


def make_trainee(region: str = COUNTY, person: Individual | None = None, *, consent: bool = True) -> Trainee:
    """A trainee of a handling region; with ``consent`` given already for favourites."""
    person = person or make_individual()
    trainee = Trainee.objects.create(
        individual=person,
        case=make_case("trainee-application", person),
        name=person.name,
        id_type=person.id_type,
        id_no=person.id_no,
        birth_date=date(2002, 5, 17),
        handling_region=make_region(region),
        category="G1",
        education="21",
        school="演示大学",
        major="会计学",
        mobile="13800009999",
        approved_by=make_user(),
    )
    if consent:
        Consent.objects.create(user=person.user, kind=actions.CONSENT_KIND, version=actions.CONSENT_VERSION)
    return trainee


def keep(trainee: Trainee, position: Position) -> Favourite:
    """The trainee keeps the position."""
    person = trainee.individual
    return actions.add_favourite(individual=person, position=position, agreed=True, by=person.user)


def application_values(case: Case, **changes: str) -> dict[str, dict[str, Any]]:
    """Pages of an application as typed; ``changes`` replace single fields wherever they stand."""
    today = timezone.localdate()
    pages: dict[str, dict[str, Any]] = {
        "basics": {"name": "行政助理", "category": "1", "places": "3", "education": "31"},
        "terms": {
            "work_region": COUNTY,
            "work_address": "演示路8号",
            "months": "6",
            "allowance": "2300",
        },
        "content": {"content": "协助整理档案资料", "requirements": "工作细致", "mentor": "赵演示"},
        "contact": {
            "valid_from": today.isoformat(),
            "valid_to": (today + timedelta(days=60)).isoformat(),
            "contact_name": "李演示",
            "contact_phone": "0351-7000001",
        },
    }
    for page in pages.values():
        page.update({name: value for name, value in changes.items() if name in page})
    return pages


def apply_for_position(unit: Unit, **changes: str) -> Case:
    """A new application of the unit, filled and not yet submitted."""
    load_steps("position-application")
    user = handler_of(unit)
    case = review_actions.start_case("position-application", unit, by=user)
    fill(case, application_values(case, **changes), user)
    return case


def submit(case: Case) -> Case:
    """Hand the application in."""
    return perform(case, "submit", by=handler_of(case.unit))


def approve(case: Case) -> Case:
    """The county approves."""
    return perform(case, "approve", by=make_staff("first", case.region_id))


def publish(unit: Unit, **changes: str) -> Position:
    """A position that went the whole way."""
    case = approve(submit(apply_for_position(unit, **changes)))
    return Position.objects.get(case=case)
