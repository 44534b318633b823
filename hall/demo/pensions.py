"""Retirement in the demonstration: a public institution per province with people near their date, and a claim in review."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from accounts.models import UnitNumber
from common import audit, codes, regions
from common.models import PolicyValue
from hall.demo import clock, identity
from hall.demo.drive import Filing, finish, rows
from hall.demo.offices import Province
from hall.demo.units import DemoUnit
from hall.demo.vocabulary import FICTITIOUS
from insurance import actions, claim_actions
from insurance.models import ContributionMonth, Enrolment, InsuredPerson, InsuredUnit, UnitInsurance
from insurance.months import Month
from insurance.retirement import Group, retirement_day, statutory
from review.models import Case

REFORM = Month(2014, 10)
SOURCE = "演示参数（虚构），不具有任何效力"
FIRST_WAGE_YEAR = 2013
# Who is there: how many months from today they reach the statutory age, sex, 参保身份, and what makes them different.
PEOPLE = (
    (-1, "1", "302", ""),
    (-2, "2", "302", "claim"),
    (-3, "1", "302", "arrears"),
    (18, "1", "301", ""),
    (-4, "2", "303", ""),
    (-5, "1", "303", "draft"),
)


@dataclass
class DemoRetiring:
    """One of the people near retirement, with the group that the law puts him in."""

    person: InsuredPerson
    unit: InsuredUnit
    group: Group
    part: str

    @property
    def retired_on(self) -> datetime.date:
        return retirement_day(self.person.birth_date, statutory(self.group, Month.of(self.person.birth_date)).month)


def make_pensions(province: Province, units: list[DemoUnit], offset: int, today: datetime.date) -> int:
    """People near retirement for the first public institution of a province; returns how many claims there are."""
    host = next((unit for unit in units if unit.trade.person_type == "02" and unit.end == "approved"), None)
    if host is None:
        return 0
    with audit.actor(province.staff["hall"], command="load_demo"):
        _enter_figures(province, today)
        insured = _insured_unit(host, offset)
        people = [_person(insured, host, offset * 10 + place, today, *given) for place, given in enumerate(PEOPLE)]
    return sum(_file(province, host, one) is not None for one in people if one.part in ("claim", "draft"))


def _enter_figures(province: Province, today: datetime.date) -> None:
    """Figures of the province, so that estimates have amounts; none of them is real."""
    for year in range(FIRST_WAGE_YEAR, today.year):
        _figure(province, "average_wage", f"{3500 + (year - FIRST_WAGE_YEAR) * 350}", year + 1, year + 1)
    _figure(province, "transition_coefficient", "0.013", 2014)
    for kind, ranks in codes.RANKS.items():
        table = ",".join(f"{label}:{1.8 - place * 0.05:.2f}" for place, label in enumerate(ranks.labels))
        _figure(province, f"deemed_index.{kind}", table, 2014)


def _figure(province: Province, key: str, value: str, first: int, last: int | None = None) -> None:
    PolicyValue.objects.create(
        key=key,
        region_id=province.code,
        value=value,
        valid_from=datetime.date(first, 1, 1),
        valid_to=datetime.date(last, 12, 31) if last else None,
        source=SOURCE,
        note="演示",
    )


def _insured_unit(host: DemoUnit, offset: int) -> InsuredUnit:
    """The insured unit behind the institution, made where there is none."""
    held = UnitNumber.objects.filter(unit=host.unit).first()
    if held and (found := InsuredUnit.objects.filter(number=held.number).first()):
        return found
    number = held.number if held else f"{host.region[:4]}{90000000 + offset:08d}"
    if held is None:
        UnitNumber.objects.create(unit=host.unit, number=number)
    unit = InsuredUnit.objects.create(
        number=number,
        name=host.unit.name,
        uscc=host.unit.uscc,
        unit_type="21",
        agency=f"{regions.get(host.region).name}社会保险中心{FICTITIOUS}",
        region_id=host.region,
    )
    UnitInsurance.objects.create(unit=unit, kind=codes.GOVERNMENT_PENSION, starts_on=datetime.date(2014, 10, 1))
    return unit


def _group(sex: str, kind: str) -> Group:
    if sex == codes.MALE:
        return Group.MALE
    return Group.FEMALE50 if kind == "303" else Group.FEMALE55


def _born(group: Group, month: Month) -> Month:
    """The first month of birth whose statutory month is not before this one."""
    born = month - 64 * 12
    while statutory(group, born).month < month:
        born += 1
    return born


def _person(
    unit: InsuredUnit, host: DemoUnit, number: int, today: datetime.date, ahead: int, sex: str, kind: str, part: str
) -> DemoRetiring:
    group = _group(sex, kind)
    born = _born(group, Month.of(today) + ahead)
    birth = datetime.date(born.year, born.month, 1 + number % 20)
    sequence = number * 2 + (sex == codes.MALE)
    person = InsuredPerson.objects.create(
        number=f"{host.region[:2]}88{number:06d}",
        name=identity.person_name(number + 17),
        id_no=identity.id_no(host.region, birth, 300 + sequence),
        sex=sex,
        birth_date=birth,
        work_started_on=datetime.date(birth.year + 21, 7, 1),
        identity=kind,
        staffing="3" if kind == "302" else "2",
        account_balance=Decimal("98000.00") + number * 100,
        annuity_balance=Decimal("43000.00") + number * 100,
        balances_on=today,
    )
    base = Decimal(5200 + number % 7 * 300)
    since = datetime.date(2014, 10, 1)
    Enrolment.objects.create(unit=unit, person=person, kind=codes.GOVERNMENT_PENSION, starts_on=since, base=base)
    _pay(person, unit, base, Month.of(today), part == "arrears")
    return DemoRetiring(person, unit, group, part)


def _pay(person: InsuredPerson, unit: InsuredUnit, base: Decimal, until: Month, owes: bool) -> None:
    """Every month since the scheme began, without the two of a gap; the last three are owed by who ``owes``."""
    months = [REFORM + step for step in range(until - REFORM) if step not in (40, 41)]
    ContributionMonth.objects.bulk_create(
        ContributionMonth(
            person=person,
            unit=unit,
            kind=codes.GOVERNMENT_PENSION,
            month=datetime.date(month.year, month.month, 1),
            base=base,
            unit_share=base * 16 / 100,
            personal_share=base * 8 / 100,
            is_paid=not (owes and until - month <= 3),
        )
        for month in months
    )
    actions.refresh_sums([person.pk], by=None)


def _file(province: Province, host: DemoUnit, one: DemoRetiring) -> Case:
    """A claim that staff find in their queue, and one that the unit has begun."""
    clock.set_to(clock.days_ago(6, hour=9))
    case = claim_actions.start_claim(
        unit=host.unit,
        person=one.person,
        kind="2",
        age_group=one.group.value,
        retired_on=one.retired_on,
        by=host.user,
    )
    end = "draft" if one.part == "draft" else "in_review"
    filing = Filing("pension-claim", host.unit, host.user, province, _pages(one), clock.days_ago(6, hour=10), end)
    return finish(case, filing)


def _pages(one: DemoRetiring) -> dict:
    started = one.person.work_started_on
    worked = Month.of(one.retired_on) - Month.of(started)
    identity_code = "5" if one.person.identity == "303" else "4"
    rank = "W3" if identity_code == "5" else "P07"
    basics = {
        "work_years": str(worked // 12),
        "work_months": str(worked % 12),
        "identity_2014": identity_code,
        "identity": identity_code,
    }
    if one.part == "draft":
        return {"basics": basics}
    wages = {
        "rank_2014": rank,
        "grade_2014": "30",
        "step_2014": "3",
        "post_wage_2014": "1630",
        "grade_wage_2014": "1200",
    }
    return {
        "basics": basics,
        "wages_2014": wages | {"teaching_extra_2014": "163", "subsidy_2014": "1100"},
        "wages": {"rank": rank, "grade": "38", "step": "5", "post_wage": "3810", "grade_wage": "3450"},
        "adjustments": rows(
            {
                "kind": "added",
                "reason": "补认知青下乡（演示）",
                "starts_on": f"{started:%Y}-08",
                "ends_on": f"{started:%Y}-11",
            }
        ),
        "rank_changes": rows(
            {"starts_on": "2012-05-01", "ends_on": "2019-12-31", "kind": "raised", "to_post": "专技九级（演示）"},
            {
                "starts_on": "2020-01-01",
                "kind": "raised",
                "from_post": "专技九级（演示）",
                "to_post": "专技七级（演示）",
            },
        ),
        "bank": {"account_holder": one.person.name, "bank": "演示银行", "account_no": "6222020000000000125"},
    }
