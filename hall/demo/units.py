"""Units of the demonstration: registered, completed and qualified through the real actions, in every state."""

import datetime
from dataclasses import dataclass

from accounts import actions as accounts
from accounts.models import RealNameLevel, Unit, User
from common import audit, regions
from hall.demo import clock, identity
from hall.demo.drive import Filing, file_case, rows
from hall.demo.offices import Province, county_in
from hall.demo.vocabulary import BANKS, FICTITIOUS, GIVEN_NAMES, PASSWORD, STREETS, TRADES, Trade
from internship.actions import suspend_unit
from internship.models import InternshipUnit

MATTER = "unit-qualification"
# One unit per entry and province: how its qualification ends; None has registered and nothing more.
ENDS = (
    *["approved"] * 11,
    "suspended",
    "submitted",
    "in_review",
    "returned",
    "rejected",
    "draft",
    "withdrawn",
    "revoked",
    None,
)
REASONS = {
    "returned": "银行账户信息需要补正",
    "rejected": "单位成立不满一年，暂不符合就业见习单位条件。（演示）",
    "revoked": "单位停止经营，不再具备见习条件。（演示）",
}
CORRECTION = ("bank.account_no", "账号与开户许可证不一致，请核对后重新填写（演示）")


@dataclass
class DemoUnit:
    """A unit with its account, its trade, and how its qualification ended."""

    unit: Unit
    user: User
    trade: Trade
    end: str | None
    region: str


def make_units(province: Province, offset: int) -> list[DemoUnit]:
    """All units of a province; ``offset`` keeps numbers apart between provinces."""
    return [make_unit(province, offset + place, place, end) for place, end in enumerate(ENDS)]


def make_unit(province: Province, number: int, place: int, end: str | None, *, days: int | None = None) -> DemoUnit:
    """One unit at its place in the province; registered some months ago, or so many ``days``."""
    trade = TRADES[place % len(TRADES)]
    region = province.handling_regions[place % len(province.handling_regions)]
    registered = clock.days_ago(150 - place * 2 if days is None else days, hour=9)
    clock.set_to(registered)
    handler = accounts.register_unit(
        username=f"{province.key}-unit{place + 1}",
        password=PASSWORD,
        mobile=identity.mobile(1000 + number),
        unit=_unit(trade, region, number),
        address=None,
        by=None,
    )
    demo = DemoUnit(handler.unit, handler.user, trade, end, region)
    if end is None:
        return demo
    with audit.actor(province.staff["hall"], command="load_demo"):
        # As the counter does when licence and authorisation letter were shown.
        demo.unit.level = RealNameLevel.IN_PERSON
        demo.unit.save(update_fields=["level"])
    demo.unit = accounts.save_unit_profile(unit=demo.unit, values=_profile(demo, number), by=demo.user)
    _qualify(province, demo, number, registered + datetime.timedelta(days=1, hours=1))
    return demo


def _unit(trade: Trade, region: str, number: int) -> Unit:
    city = regions.get(regions.city_of(region)).name.removesuffix("市")
    word = GIVEN_NAMES[number % len(GIVEN_NAMES)]
    kind = {"01": "91", "02": "12", "04": "52"}[trade.person_type]
    born = datetime.date(1980, 1 + number % 12, 1 + number % 28)
    return Unit(
        name=f"{city}{word}{trade.name}{trade.suffix}{FICTITIOUS}",
        uscc=identity.credit_code(kind, region, number),
        legal_person_type=trade.person_type,
        legal_representative=identity.person_name(number),
        legal_representative_id_no=identity.id_no(region, born, number),
    )


def _profile(demo: DemoUnit, number: int) -> dict:
    place = regions.path_name(demo.region)
    address = f"{place}{STREETS[number % len(STREETS)]}{number % 90 + 1}号"
    return {
        "unit_type": demo.trade.unit_type,
        "industry": demo.trade.industry,
        "registered_address": address,
        "office_address": address,
        "region_id": county_in(demo.region),
        "handling_region_id": demo.region,
        "founded_on": datetime.date(2005 + number % 15, 1 + number % 12, 10),
        "registered_capital": 100 + number % 20 * 50,
        "employee_count": 30 + number * 7 % 300,
        "insured_count": 25 + number * 7 % 300,
        "business_scope": f"{demo.trade.introduction}（演示数据，均为虚构）",
    }


def _pages(demo: DemoUnit, number: int) -> dict:
    name = identity.person_name(number + 31)
    born = datetime.date(1988, 1 + number % 12, 1 + number % 28)
    return {
        "plan": {
            "planned_positions": str(len(demo.trade.jobs) + 1),
            "planned_trainees": str(4 * len(demo.trade.jobs)),
            "introduction": f"{demo.unit.name}{demo.trade.introduction}",
        },
        "contact": {"contact": demo.user.name, "mobile": identity.mobile(1000 + number)},
        "staff": rows(
            {
                "name": name,
                "id_type": "01",
                "id_no": identity.id_no(demo.region, born, number + 200),
                "post": "人事专员",
                "phone": identity.mobile(2000 + number),
            }
        ),
        "mentors": rows(
            {"name": identity.person_name(number + 47), "post": "部门主管", "years": str(5 + number % 15)},
            {"name": identity.person_name(number + 63), "post": "业务骨干", "years": str(3 + number % 9)},
        ),
        "bank": {
            "account_holder": demo.unit.name,
            "bank": BANKS[number % len(BANKS)],
            "branch": "演示支行",
            "account_no": f"1409{number:04d}00000000",
        },
    }


def _qualify(province: Province, demo: DemoUnit, number: int, started: datetime.datetime) -> None:
    unfinished = demo.end in ("draft", "submitted", "in_review", "returned", "withdrawn")
    filing = Filing(
        matter=MATTER,
        subject=demo.unit,
        by=demo.user,
        province=province,
        pages=_pages(demo, number),
        started=clock.days_ago(5, hour=9) if unfinished else started,
        end="approved" if demo.end == "suspended" else demo.end or "",
        reason=REASONS.get(demo.end or "", ""),
        correction=CORRECTION,
    )
    file_case(filing)
    if demo.end == "suspended":
        clock.set_to(clock.days_ago(20))
        qualified = InternshipUnit.objects.get(unit=demo.unit)
        suspend_unit(internship_unit=qualified, reason="未按时报送见习人员在岗情况（演示）", by=province.staff["first"])
