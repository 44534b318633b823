"""What the tests of this app share: insured units, people, enrolments, months. All data is fictitious."""

import datetime
from decimal import Decimal
from typing import Any

from accounts.models import Unit, UnitNumber
from insurance import actions
from insurance.models import ContributionMonth, Enrolment, InsuredPerson, InsuredUnit, Retiree, UnitInsurance
from insurance.months import Month
from tests.factories import make_id_no, make_region

PENSION = "120"


def day(text: str) -> datetime.date:
    """A date from YYYY-MM-DD, or the first day of YYYY-MM."""
    return datetime.date.fromisoformat(text if len(text) > 7 else f"{text}-01")


def make_insured_unit(unit: Unit | None = None, **fields: Any) -> InsuredUnit:
    """An insured unit that takes part in the pension scheme of government units; ``unit`` holds its number."""
    sequence = InsuredUnit.objects.count() + 1
    values: dict[str, Any] = {
        "number": f"1401{sequence:08d}",
        "name": unit.name if unit else f"演示参保单位{sequence}（虚构）",
        "uscc": unit.uscc if unit else "",
        "agency": "演示社会保险中心（虚构）",
        "unit_type": "21",
    }
    values |= fields
    insured = InsuredUnit.objects.create(region=values.pop("region", None) or make_region(), **values)
    if unit:
        UnitNumber.objects.create(unit=unit, number=insured.number)
    UnitInsurance.objects.create(unit=insured, kind=PENSION, starts_on=day("2014-10"))
    return insured


def make_person(**fields: Any) -> InsuredPerson:
    """An insured person, born 1975-05-17 unless said otherwise."""
    sequence = InsuredPerson.objects.count() + 1
    birth = fields.get("birth_date", datetime.date(1975, 5, 17))
    values: dict[str, Any] = {
        "number": f"36{sequence:08d}",
        "name": f"演示人员{sequence}",
        "id_no": make_id_no(sequence, birth=birth),
        "sex": "1",
        "birth_date": birth,
        "work_started_on": day("1996-07-01"),
        "identity": "302",
        "staffing": "3",
    }
    return InsuredPerson.objects.create(**(values | fields))


def make_enrolment(unit: InsuredUnit, person: InsuredPerson | None = None, **fields: Any) -> Enrolment:
    """An enrolment in the pension scheme since 2014-10 in which contributions are being paid."""
    values: dict[str, Any] = {"kind": PENSION, "starts_on": day("2014-10"), "base": Decimal("6000.00")}
    return Enrolment.objects.create(unit=unit, person=person or make_person(), **(values | fields))


def make_months(
    person: InsuredPerson, unit: InsuredUnit, first: str, count: int, *, is_paid: bool = True, base: str = "6000.00"
) -> list[ContributionMonth]:
    """Months from ``first`` (YYYY-MM) on, sixteen and eight per cent of the base."""
    start, amount = Month.parse(first), Decimal(base)
    rows = [
        ContributionMonth(
            person=person,
            unit=unit,
            kind=PENSION,
            month=datetime.date((start + step).year, (start + step).month, 1),
            base=amount,
            unit_share=(amount * 16 / 100).quantize(Decimal("0.01")),
            personal_share=(amount * 8 / 100).quantize(Decimal("0.01")),
            is_paid=is_paid,
        )
        for step in range(count)
    ]
    made = ContributionMonth.objects.bulk_create(rows)
    actions.refresh_sums([person.pk], by=None)
    return made


def make_retiree(unit: InsuredUnit, person: InsuredPerson | None = None, **fields: Any) -> Retiree:
    """A person who retired from the unit at the statutory age and is being paid."""
    values: dict[str, Any] = {
        "kind": "2",
        "retired_on": day("2025-05-31"),
        "benefit_from": day("2025-06"),
        "pension": Decimal("4321.00"),
        "annuity": Decimal("321.50"),
        "bank": "演示银行",
        "account_no": "6222020000000001234",
        "certified_on": day("2026-03-01"),
    }
    return Retiree.objects.create(
        unit=unit, person=person or make_person(birth_date=datetime.date(1965, 3, 1)), **(values | fields)
    )
