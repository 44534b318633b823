"""People who come and go in the demonstration: an enrolment and a withdrawal in review, one of each that was approved."""

import datetime

from accounts.models import UnitNumber
from common import audit, codes
from hall.demo import clock, identity
from hall.demo.drive import Filing, file_case, finish
from hall.demo.offices import Province
from hall.demo.units import DemoUnit
from insurance import enrolment_actions
from insurance.models import Enrolment, InsuredPerson, InsuredUnit
from insurance.months import Month

# Place in the series of invented people, how the case ends, and how many days ago it began.
NEWCOMERS = ((61, "in_review", 4), (62, "approved", 9), (63, "draft", 1))
LEAVERS = ((64, "in_review", 5), (65, "approved", 8))


def make_changes(province: Province, units: list[DemoUnit], offset: int, today: datetime.date) -> int:
    """Cases of 在职人员增加 and 在职人员减少 for the first public institution of a province; returns how many."""
    host = next((unit for unit in units if unit.trade.person_type == "02" and unit.end == "approved"), None)
    if host is None:
        return 0
    numbers = UnitNumber.objects.filter(unit=host.unit).values("number")
    insured = InsuredUnit.objects.filter(number__in=numbers).first()
    if insured is None:
        return 0
    with audit.actor(province.staff["hall"], command="load_demo"):
        leaving = [_serving(insured, host, offset * 100 + place) for place, _, _ in LEAVERS]
    for place, end, days in NEWCOMERS:
        file_case(_enrolment(province, host, insured, offset * 100 + place, end, days, today))
    for person, (_, end, days) in zip(leaving, LEAVERS, strict=True):
        _withdrawal(province, host, person, end, days, today)
    return len(NEWCOMERS) + len(LEAVERS)


def _enrolment(
    province: Province, host: DemoUnit, insured: InsuredUnit, number: int, end: str, days: int, today: datetime.date
) -> Filing:
    birth = datetime.date(1998, 1 + number % 12, 1 + number % 27)
    pages = {
        "identity": {
            "id_type": "01",
            "id_no": identity.id_no(host.region, birth, 400 + number % 100),
            "name": identity.person_name(number + 29),
        },
        "key": {"nation": "01", "work_started_on": "2021-07-01"},
        "general": {"education": "21", "politics": "13", "mobile": "13900000000", "address": "演示路1号（虚构）"},
        "insurance": {
            "insured_unit": str(insured.pk),
            "identity": "302",
            "staffing": "3",
            "reason": "2",
            "starts_on": str(Month.of(today)),
            "rank": "P11",
        },
        "wages": {"post_wage": "2130", "grade_wage": "1680", "allowance": "900", "performance": "1500"},
    }
    return Filing("employee-enrolment", host.unit, host.user, province, pages, clock.days_ago(days, hour=9), end)


def _serving(insured: InsuredUnit, host: DemoUnit, number: int) -> InsuredPerson:
    birth = datetime.date(1988, 1 + number % 12, 1 + number % 27)
    person = InsuredPerson.objects.create(
        number=f"{host.region[:2]}89{number:06d}",
        name=identity.person_name(number + 29),
        id_no=identity.id_no(host.region, birth, 500 + number % 100),
        sex=str(1 if (500 + number % 100) % 2 else 2),
        birth_date=birth,
        work_started_on=datetime.date(2012, 7, 1),
        identity="302",
        staffing="3",
    )
    started = datetime.date(2014, 10, 1)
    Enrolment.objects.create(unit=insured, person=person, kind=codes.GOVERNMENT_PENSION, starts_on=started, base=5600)
    return person


def _withdrawal(
    province: Province, host: DemoUnit, person: InsuredPerson, end: str, days: int, today: datetime.date
) -> None:
    clock.set_to(clock.days_ago(days, hour=10))
    case = enrolment_actions.start_withdrawal(unit=host.unit, person=person, by=host.user)
    last = Month.of(today) - 1
    details = {
        "cause": "630201",
        "left_on": f"{last}-28",
        "ends_on": str(last),
        "destination": "演示调入单位（虚构）",
    }
    began = clock.days_ago(days, hour=11)
    finish(case, Filing("employee-withdrawal", host.unit, host.user, province, {"details": details}, began, end))
