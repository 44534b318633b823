"""Insured units of the demonstration: hospitals and schools with people in service and retired, one in arrears."""

import datetime

from accounts.models import RealNameLevel, UnitNumber
from common import audit, codes, regions
from hall.demo.offices import Province
from hall.demo.people import DemoPerson
from hall.demo.units import DemoUnit
from insurance.generated import SCHEME_BEGAN, Order, generate
from insurance.models import Enrolment, InsuredPerson, InsuredUnit, UnitInsurance

INSTITUTION = "02"
PEOPLE = 120
KINDS = ("120", "410", "210")


def make_insured(
    province: Province, made: list[DemoUnit], persons: list[DemoPerson], offset: int, today: datetime.date
) -> int:
    """The public institutions of a province are insured units; returns how many people are enrolled there."""
    public = [demo for demo in made if demo.trade.person_type == INSTITUTION and demo.end == "approved"]
    with audit.actor(province.staff["hall"], command="load_demo"):
        # The first institution holds two numbers: a branch is insured on its own.
        insured = [_insured_unit(demo, offset * 10 + place, "") for place, demo in enumerate(public)]
        insured.append(_insured_unit(public[0], offset * 10 + len(public), "东院区"))
        order = Order(
            units=insured,
            people=PEOPLE,
            seed=offset + 1,
            today=today,
            region=insured[0].region_id,
            first=offset * 100,
            in_arrears=1,
        )
        counts = generate(order, by=province.staff["hall"])
        _be_somebody(persons[-1], insured[0])
        _receive_codes(public, persons[-1])
    return counts["people"]


def _insured_unit(demo: DemoUnit, sequence: int, branch: str) -> InsuredUnit:
    unit = demo.unit
    county = regions.get(demo.region)
    made = InsuredUnit.objects.create(
        number=f"{demo.region}{sequence:06d}",
        name=unit.name.replace("（演示）", f"{branch}（演示）"),
        uscc=unit.uscc,
        unit_type=unit.unit_type,
        agency=f"{county.name}社会保险中心（演示）",
        region_id=demo.region,
        legal_representative=unit.legal_representative,
        address=unit.office_address,
        contact=demo.user.name,
    )
    UnitNumber.objects.create(unit=unit, number=made.number)
    began = datetime.date(SCHEME_BEGAN.year, SCHEME_BEGAN.month, 1)
    UnitInsurance.objects.bulk_create(UnitInsurance(unit=made, kind=kind, starts_on=began) for kind in KINDS)
    return made


def _be_somebody(person: DemoPerson, unit: InsuredUnit) -> None:
    """The last person of the cast finds an own history (B5): the youngest of the first unit bears that name and number."""
    individual = person.individual
    active = Enrolment.objects.filter(unit=unit, state=Enrolment.State.ACTIVE)
    # The last by number gets an account of the certificates' own.
    last = active.order_by("-person_number").values("pk")[:1]
    enrolment = active.exclude(pk__in=last).order_by("-person__birth_date").select_related("person").first()
    if enrolment is None or individual.level < RealNameLevel.MATCHED:
        return
    insured: InsuredPerson = enrolment.person
    insured.name, insured.id_no = individual.name, individual.id_no
    if individual.birth_date:
        insured.birth_date = individual.birth_date
    insured.sex = individual.sex or codes.MALE
    insured.save()
    enrolment.save()


def _receive_codes(public: list[DemoUnit], person: DemoPerson) -> None:
    """Signing in to an insured unit takes a pushed code (A6): the last person of the cast handles them, and receives it."""
    for demo in public:
        handler = demo.unit.handlers.active().get(user=demo.user)
        handler.name, handler.id_type, handler.id_no = person.individual.name, "01", person.individual.id_no
        handler.save()
        demo.user.name = person.individual.name
        demo.user.save(update_fields=["name"])
