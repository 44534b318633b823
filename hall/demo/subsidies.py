"""Internships of the demonstration that have run their course: reports, an approved claim, one in review, one draft."""

import datetime
from typing import Any

from accounts import actions as accounts
from accounts.models import Individual, RealNameLevel
from common import audit
from hall.demo import clock, identity, offers, units
from hall.demo.drive import Filing, file_case, finish
from hall.demo.jobs import JOBS
from hall.demo.offices import Province
from hall.demo.units import DemoUnit
from hall.demo.vocabulary import MAJORS, PASSWORD, SCHOOLS
from internship.rules import add_months
from positions.models import Position
from reporting import actions, queries
from reporting.correction_forms import INSURANCE_COLUMNS
from reporting.models import TERM_COLUMNS, Placement
from reporting.rules import COMPLETED, last_day_after
from review.actions import start_case
from review.models import Case

MONTHS = 6
PLACE = len(units.ENDS)  # the unit stands behind the others of its province
FIRST_PERSON = 25  # numbers of people behind those of the other demonstration people
PREMIUM = "120.00"


def make_subsidies(province: Province, offset: int, today: datetime.date) -> int:
    """A unit with two years of internships, where agreements are registered one by one; returns how many claims.

    Last year: two people, one of them kept, everything reported, claimed and approved. This year: three people with
    reported months: one claim is in review, one has just been approved and is public, one waits in a draft. What was
    reported wrongly is corrected: the month after those of the claims, and an agreement, both in review.
    """
    this_month = today.replace(day=1)
    past, running = datetime.date(today.year - 1, 3, 1), add_months(this_month, -5)
    demo = units.make_unit(province, offset + PLACE, PLACE, "approved", days=(today - past).days + 60)
    position = _position(province, demo, past, today)
    people = [_person(province, demo, offset + FIRST_PERSON + place, today) for place in range(5)]
    # The first of those whom the unit registered with its qualification (units._pages).
    story = _Story(province, demo, position, today, mentor=identity.person_name(offset + PLACE + 47))

    earlier = [story.register(person, past) for person in people[:2]]
    for month in range(MONTHS):
        story.report(add_months(past, month), earlier)
    for place, placement in enumerate(earlier):
        story.end(placement, kept=place == 0)
    story.claim("living-subsidy", add_months(past, MONTHS), "approved", {})
    story.claim("mentoring-subsidy", datetime.date(today.year, 1, 1), "approved", {})

    later = [story.register(person, running) for person in people[2:]]
    for month in range(3):
        story.report(add_months(running, month), later)
    claimed = {"first_month": running.isoformat(), "last_month": add_months(running, 2).isoformat()}
    story.claim("living-subsidy", this_month, "in_review", {"months": claimed, **_only(later, later[0])})
    # Approved a day ago, and so within the days of its publicity.
    approved = {"months": claimed, **_only(later, later[1])}
    story.claim("living-subsidy", add_months(this_month, 1), "approved", approved)
    story.claim("living-subsidy", this_month, "draft", {})
    month = add_months(running, 3)
    story.revise(story.report(month, later), month, later)
    story.correct(later[2])
    return 5


def _only(people: list[Placement], one: Placement) -> dict[str, Any]:
    """The page of people on which one is claimed for."""
    return {"people": {"rows": [{"key": str(who.pk), "claim": "是" if who is one else "否"} for who in people]}}


def _position(province: Province, demo: DemoUnit, past: datetime.date, today: datetime.date) -> Position:
    started = clock.days_ago((today - past).days + 50, hour=9)
    offers.apply_for(province, demo, JOBS[demo.trade.jobs[0]], started, today)
    return Position.objects.get(unit=demo.unit)


def _person(province: Province, demo: DemoUnit, number: int, today: datetime.date) -> Individual:
    """Somebody who completed the employment data (B0) and was verified at the counter."""
    clock.set_to(clock.days_ago(365 * 2))
    person = accounts.register_individual(
        mobile=identity.mobile(3000 + number),
        password=PASSWORD,
        name=identity.person_name(number + 5),
        id_type="01",
        id_no=identity.id_no(demo.region, identity.born(23, today, number), 400 + number),
        address=None,
        by=None,
    )
    with audit.actor(province.staff["hall"], command="load_demo"):
        person.level = RealNameLevel.MATCHED
        person.save(update_fields=["level"])
    values = {
        "education": "21",
        "school": SCHOOLS[number % len(SCHOOLS)],
        "major": MAJORS[number % len(MAJORS)],
    }
    return accounts.save_individual_profile(individual=person, values=values, by=person.user)


class _Story:
    """What the unit hands in, month by month."""

    def __init__(
        self, province: Province, demo: DemoUnit, position: Position, today: datetime.date, *, mentor: str
    ) -> None:
        self.province, self.demo, self.position, self.today, self.mentor = province, demo, position, today, mentor

    def _on(self, day: datetime.date, hour: int = 10) -> datetime.datetime:
        return clock.days_ago((self.today - day).days, hour=hour)

    def _file(self, matter: str, day: datetime.date, end: str, pages: dict[str, Any]) -> Case:
        filing = Filing(matter, self.demo.unit, self.demo.user, self.province, pages, self._on(day), end)
        return file_case(filing)

    def register(self, person: Individual, starts_on: datetime.date) -> Placement:
        """An approved 就业见习人员申报 of a graduate for six months."""
        started = self._on(starts_on - datetime.timedelta(days=10))
        graduated = datetime.date(starts_on.year - 1, 7, 1)
        clock.set_to(started)
        accounts.save_individual_profile(individual=person, values={"graduated_on": graduated}, by=person.user)
        case = start_case(queries.REGISTRATION_MATTER, self.demo.unit, by=self.demo.user)
        actions.look_up_person(unit=self.demo.unit, name=person.name, id_no=person.id_no, by=self.demo.user)
        ends_on = last_day_after(starts_on, MONTHS)
        span = {"insured_from": starts_on.isoformat(), "insured_to": ends_on.isoformat()}
        pages = {
            "person": {"name": person.name, "id_type": "01", "id_no": person.id_no},
            "position": {"position": str(self.position.pk)},
            "agreement": {
                "category": "G1",
                "signed_on": started.date().isoformat(),
                "starts_on": starts_on.isoformat(),
                "ends_on": ends_on.isoformat(),
                "living_standard": "3500",
                "mentor": self.mentor,
            },
            "insurance": {"insurer": "演示保险公司", "policy_no": f"YSBD{person.pk:06d}", "premium": PREMIUM, **span},
        }
        matter, unit = queries.REGISTRATION_MATTER, self.demo.unit
        finish(case, Filing(matter, unit, self.demo.user, self.province, pages, started, "approved"))
        return Placement.objects.get(case=case)

    def report(self, month: datetime.date, people: list[Placement]) -> Case:
        """An approved 月报 on the fourth day after the month."""
        day = add_months(month, 1) + datetime.timedelta(days=3)
        pages = {"month": {"month": month.isoformat(), **self._filler()}, "people": _lines(month, people, "21")}
        return self._file(queries.REPORT_MATTER, day, "approved", pages)

    def revise(self, report: Case, month: datetime.date, people: list[Placement]) -> Case:
        """A 月报更正 in review: each was there a day less."""
        pages = {"report": {"revises": str(report.pk), **self._filler()}, "people": _lines(month, people, "20")}
        return self._file(queries.REVISION_MATTER, self._lately(), "in_review", pages)

    def correct(self, placement: Placement) -> Case:
        """A 见习信息更正 in review: the unit pays a hundred yuan more than was agreed."""
        stated = {name: str(getattr(placement, name)) for name in TERM_COLUMNS}
        stated["living_standard"] = str(placement.living_standard + 100)
        pages = {
            "what": {"placement": str(placement.pk), "kind": "agreement", "reason": "签订补充协议，提高生活费（演示）"},
            "values": {name: stated[name] for name in TERM_COLUMNS if name not in INSURANCE_COLUMNS},
            "insurance": {name: stated[name] for name in INSURANCE_COLUMNS},
        }
        return self._file(queries.CORRECTION_MATTER, self._lately(), "in_review", pages)

    def _filler(self) -> dict[str, str]:
        return {"filler": self.demo.user.name, "phone": self.demo.user.mobile}

    def _lately(self) -> datetime.date:
        return self.today - datetime.timedelta(days=3)

    def end(self, placement: Placement, *, kept: bool) -> None:
        """An approved 减员申请 at the end of the term, with or without 留用."""
        end = {"placement": str(placement.pk), "ended_on": placement.ends_on.isoformat(), "reason": COMPLETED}
        retention: dict[str, str] = {}
        if kept:
            begin = placement.ends_on + datetime.timedelta(days=1)
            until = last_day_after(begin, 24).isoformat()
            contract = {"contract_from": begin.isoformat(), "contract_to": until}
            retention = {"retained": "on", **contract, "social_insured_from": begin.isoformat()}
        whereabouts = {"other_employment": "留用（演示）" if kept else "自主择业（演示）"}
        pages = {"end": end, "whereabouts": whereabouts, "retention": retention}
        self._file(queries.END_MATTER, placement.ends_on + datetime.timedelta(days=8), "approved", pages)

    def claim(self, matter: str, month: datetime.date, end: str, pages: dict[str, Any]) -> None:
        """A claim on the tenth of a month, filled in by the hall itself."""
        day = min(month + datetime.timedelta(days=9), self._lately())
        self._file(matter, day, end, pages)


def _lines(month: datetime.date, people: list[Placement], days: str) -> dict[str, Any]:
    """The table of a month: so many days each, paid in full on the first of the next."""
    paid = {"due_pay": "3500.00", "net_pay": "3500.00", "paid_on": add_months(month, 1).isoformat()}
    return {"rows": [{"key": str(one.pk), "days": days, **paid} for one in people]}
