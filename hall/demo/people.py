"""Individuals of the demonstration: every category of trainee, applications in every state."""

import datetime
from dataclasses import dataclass
from typing import Any

from accounts import actions as accounts
from accounts.models import Individual, RealNameLevel, User
from common import audit
from hall.demo import clock, identity
from hall.demo.drive import Filing, file_case
from hall.demo.offices import Province, county_in
from hall.demo.vocabulary import INTENTIONS, MAJORS, PASSWORD, SCHOOLS, STREETS

MATTER = "trainee-application"
# One person per entry and province: category, and how the application ends; "" has registered and nothing more.
CASTS = (
    ("G1", "approved"),
    ("G1", "approved"),
    ("G2", "approved"),
    ("Y1", "approved"),
    ("X1", "approved"),
    ("G1", "approved"),
    ("G2", "approved"),
    ("Y1", "approved"),
    ("G1", "approved"),
    ("G1", "submitted"),
    ("G2", "submitted"),
    ("Y1", "in_review"),
    ("G1", "returned"),
    ("G1", "rejected"),
    ("Y1", "withdrawn"),
    ("G1", "draft"),
    ("G2", "revoked"),
    ("G1", "closed"),
    ("G1", ""),
)
EDUCATION = {"G1": "21", "G2": "41", "Y1": "61", "X1": "31"}
AGES = {"G1": 23, "G2": 20, "Y1": 21, "X1": 27}
REASONS = {
    "returned": "毕业信息需要补正",
    "rejected": "经核实已在其他单位就业参保，不符合未就业条件。（演示）",
    "revoked": "申请材料与事实不符。（演示）",
}
CORRECTION = ("background.graduated_on", "毕业时间与毕业证书不一致，请核对后修改（演示）")


@dataclass
class DemoPerson:
    """A person with the category asked for, the handling region, and how the application ended."""

    individual: Individual
    user: User
    category: str
    end: str
    region: str


def make_people(province: Province, offset: int, today: datetime.date) -> list[DemoPerson]:
    """All individuals of a province; ``offset`` keeps numbers apart between provinces."""
    return [
        _make_person(province, offset + place, place, category, end, today)
        for place, (category, end) in enumerate(CASTS)
    ]


def _make_person(
    province: Province, number: int, place: int, category: str, end: str, today: datetime.date
) -> DemoPerson:
    region = province.handling_regions[place % len(province.handling_regions)]
    birth = identity.born(AGES[category], today, number)
    started = clock.days_ago(
        4 if end in ("submitted", "in_review", "returned", "withdrawn", "draft") else 60 - place * 2
    )
    clock.set_to(started - datetime.timedelta(days=1))
    person = accounts.register_individual(
        mobile=identity.mobile(3000 + number),
        password=PASSWORD,
        name=identity.person_name(number + 5),
        id_type="01",
        id_no=identity.id_no(region, birth, 400 + number),
        address=None,
        by=None,
    )
    with audit.actor(province.staff["hall"], command="load_demo"):
        # A name to remember instead of the random one; the mobile number signs in as well.
        person.user.username = f"{province.key}-person{place + 1}"
        person.user.save(update_fields=["username"])
        if place % 2 == 0:
            person.level = RealNameLevel.MATCHED
            person.save(update_fields=["level"])
    demo = DemoPerson(person, person.user, category, end, region)
    if end:
        filing = Filing(
            matter=MATTER,
            subject=person,
            by=person.user,
            province=province,
            pages=_pages(demo, number, today),
            started=started,
            end=end,
            reason=REASONS.get(end, ""),
            correction=CORRECTION,
        )
        file_case(filing)
    return demo


def _pages(demo: DemoPerson, number: int, today: datetime.date) -> dict[str, Any]:
    graduated = datetime.date(today.year - (0 if today.month > 7 else 1), 7, 1)
    background = {
        "school": SCHOOLS[number % len(SCHOOLS)],
        "major": MAJORS[number % len(MAJORS)],
    }
    if demo.category in ("G1", "G2"):
        background |= {"graduated_on": graduated.isoformat(), "diploma_no": f"DEMO{number:08d}"}
    elif demo.category == "Y1":
        unemployed = today - datetime.timedelta(days=90 + number)
        background |= {"unemployed_on": unemployed.isoformat(), "employment_card_no": f"DEMO{number:08d}"}
    return {
        "person": {
            "nation": "01",
            "politics": "13",
            "household_region": county_in(demo.region),
            "address": f"{STREETS[number % len(STREETS)]}{number % 60 + 1}号（演示）",
            "mobile": identity.mobile(3000 + number),
            "emergency_contact": f"{identity.person_name(number + 9)} {identity.mobile(5000 + number)}",
        },
        "category": {
            "handling_region": demo.region,
            "category": demo.category,
            "education": EDUCATION[demo.category],
            "degree": "4" if demo.category == "G1" else "",
        },
        "background": background,
        "wishes": {
            "wish_category": str(1 + number % 5),
            "skills": "熟练使用办公软件（演示）",
            "experience": INTENTIONS[number % len(INTENTIONS)],
        },
        "bank": {},
    }
