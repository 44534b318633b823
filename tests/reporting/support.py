"""What the tests of this app share: policies, positions, placements. All data is fictitious."""

import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import Handler, Individual, Unit
from internship.models import Trainee
from internship.rules import add_months
from positions import actions as position_actions
from positions import indexing
from positions.models import Position
from reporting import actions
from reporting.models import Placement
from reporting.rules import last_day_after
from review.models import Case
from tests.factories import make_handler, make_individual, make_region, make_staff
from tests.internship.support import make_case, make_internship_unit, make_trainee, set_policy

FIGURES = {
    "placement_channels": "import,registration",
    "placement_requires_trainee": "on",
    "internship_months_min": "3",
    "internship_months_max": "12",
    "internship_months_total": "12",
    "repeat_internship": "once_per_unit",
}


def set_limits(**figures: str) -> None:
    """The policies that agreements are judged by."""
    for key, value in (FIGURES | figures).items():
        set_policy(key, value)


def make_qualified(**fields: Any) -> Handler:
    """A handler of an internship unit."""
    handler = make_handler(**fields)
    make_internship_unit(handler.unit)
    return handler


def make_position(unit: Unit, *, places: int = 3, **fields: Any) -> Position:
    """An open position of the unit."""
    number = Position.objects.count() + 1
    today = timezone.localdate()
    values: dict[str, Any] = {
        "number": f"GW{number:010d}",
        "unit": unit,
        "region": unit.handling_region,
        "name": f"演示岗位{number}",
        "name_key": f"演示岗位{number}",
        "category": "1",
        "places": places,
        "education": "21",
        "work_region": make_region(),
        "work_address": "演示路1号",
        "months": 6,
        "allowance": Decimal("3100"),
        "content": "演示内容",
        "mentor": "钱演示",
        "valid_from": today,
        "valid_to": add_months(today, 12),
        "contact_name": "王演示",
        "contact_phone": "13800000009",
    }
    position = Position(**(values | fields))
    indexing.fill(position)
    position.save()
    return position


def make_fresh_trainee(person: Individual | None = None) -> Trainee:
    """A trainee who graduated this year, whatever year it is."""
    return make_trainee(person, graduated_on=f"{timezone.localdate().year}-01-01")


def terms(**values: Any) -> dict[str, Any]:
    """An agreement of six months that begins today."""
    today = timezone.localdate()
    starts_on = values.get("starts_on", today)
    ends_on = values.get("ends_on", last_day_after(starts_on, 6))
    return {
        "signed_on": starts_on,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "living_standard": "3100",
        "mentor": "钱演示",
        "insurer": "演示保险公司",
        "policy_no": "BD0001",
        "premium": "120",
        "insured_from": starts_on,
        "insured_to": ends_on,
    } | values


def make_placement(
    unit: Unit, *, position: Position | None = None, person: Individual | None = None, **values: Any
) -> Placement:
    """A placement that took a place of its position, without the way through review."""
    person = person or make_individual(name="孙演示")
    position = position or make_position(unit)
    handler = unit.handlers.first() or make_handler(unit)
    position_actions.take_place(position=position, by=handler.user)
    typical = terms(**values) | {
        "case": make_case("placement-registration", unit),
        "created_by": handler.user,
        "individual": person,
        "unit": unit,
        "position": position,
        "name": person.name,
        "id_no": person.id_no,
        "category": "G1",
    }
    return Placement.objects.create(**(typical | values))


def pages(case: Case, trainee: Trainee, position: Position, **values: Any) -> dict[str, dict[str, str]]:
    """The pages of a registration as typed; the person has been looked up."""
    by = case.unit.handlers.first().user
    actions.look_up_person(unit=case.unit, name=trainee.name, id_no=trainee.id_no, by=by)
    told = {name: str(value) for name, value in terms(**values).items()}
    insurance = ("insurer", "policy_no", "premium", "insured_from", "insured_to")
    return {
        "person": {"name": trainee.name, "id_type": "01", "id_no": trainee.id_no},
        "position": {"position": str(position.pk)},
        "agreement": {name: text for name, text in told.items() if name not in insurance},
        "insurance": {name: told[name] for name in insurance},
    }


def day(text: str) -> datetime.date:
    """A date as it is written in a table of cases."""
    return datetime.date.fromisoformat(text)


def reviewer(case: Case) -> Any:
    """Who decides the case's current step."""
    step = case.steps.get(current=True)
    return make_staff(step.role, step.region_id)
