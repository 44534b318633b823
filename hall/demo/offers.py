"""Positions of the demonstration, applied for and decided; and the interest that trainees take in them."""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from common import regions
from hall.demo import clock, identity
from hall.demo.drive import Filing, file_case, finish
from hall.demo.jobs import JOBS, Job
from hall.demo.offices import Province, county_in
from hall.demo.people import DemoPerson
from hall.demo.units import DemoUnit
from hall.demo.vocabulary import STREETS
from positions import actions, rules
from positions.models import InterestAction, Position
from review.actions import rate
from review.models import Case

MATTER = "position-application"
USUAL_PAY = Decimal(1980)
# What happens to some positions of a province once they are public, by their place in the list.
FATES = {3: "closed", 7: "ended", 11: "revoked", 15: "revised"}
# Applications of a province that are not (or never) public.
PENDING = ("submitted", "submitted", "in_review", "returned", "rejected", "withdrawn", "draft")
REASONS = {
    "returned": "岗位内容需要补正",
    "rejected": "岗位内容与见习要求不符。（演示）",
    "revoked": "岗位信息与实际不符。（演示）",
}
CORRECTION = ("content.content", "请写明每日见习安排和带教方式（演示）")


def make_offers(province: Province, units: list[DemoUnit], today: datetime.date) -> list[Position]:
    """All positions of the province's internship units, in every state; returns those that are open."""
    qualified = [demo for demo in units if demo.end == "approved"]
    for place, (demo, job) in enumerate(_jobs(qualified)):
        _publish(province, demo, job, place, today)
    for place, end in enumerate(PENDING):
        demo = qualified[place % len(qualified)]
        _apply(province, demo, JOBS[demo.trade.jobs[0]], end, 90 + place, clock.days_ago(3), today, suffix="（二组）")
    return list(Position.objects.public().filter(unit__in=[demo.unit for demo in qualified]).order_by("pk"))


def _jobs(units: list[DemoUnit]) -> Iterator[tuple[DemoUnit, Job]]:
    for demo in units:
        for name in demo.trade.jobs:
            yield demo, JOBS[name]


def _publish(province: Province, demo: DemoUnit, job: Job, place: int, today: datetime.date) -> None:
    fate = FATES.get(place, "")
    # A stride without a common divisor: neighbours in the list are published weeks apart.
    started = clock.days_ago(58 - (place * 17 + int(province.code[:2])) % 50, hour=9, minute=place)
    end = "revoked" if fate == "revoked" else "approved"
    case = _apply(province, demo, job, end, place, started, today, short=fate == "ended")
    position = Position.objects.filter(case=case).first()
    if fate == "closed" and position:
        clock.set_to(clock.days_ago(2))
        actions.close_position(position=position, reason=Position.CloseReason.FILLED, by=demo.user)
    elif fate == "ended":
        clock.set_to(clock.days_ago(1))
        actions.end_expired_positions(on=today)
    elif fate == "revised" and position:
        _revise(province, demo, position)
    if end == "approved" and place % 4 == 0:
        clock.set_to(started + datetime.timedelta(days=4))
        rate(case, 5 - place % 3, "办理很快，提示清楚。（演示）", by=demo.user)


def apply_for(province: Province, demo: DemoUnit, job: Job, started: datetime.datetime, today: datetime.date) -> Case:
    """An approved position with places enough, beside the others of the province."""
    return _apply(province, demo, job, "approved", 5, started, today)


def _revise(province: Province, demo: DemoUnit, position: Position) -> None:
    """A change of an open position waits for review while the old version stays public."""
    started = clock.days_ago(2, hour=11)
    clock.set_to(started)
    case = actions.start_application(unit=demo.unit, source=position, revise=True, by=demo.user)
    pages = {"basics": {"places": str(position.places + 2)}}
    finish(case, Filing(MATTER, demo.unit, demo.user, province, pages, started, "submitted"))


def _apply(
    province: Province,
    demo: DemoUnit,
    job: Job,
    end: str,
    place: int,
    started: datetime.datetime,
    today: datetime.date,
    *,
    suffix: str = "",
    short: bool = False,
) -> Case:
    valid_to = today - datetime.timedelta(days=5) if short else today + datetime.timedelta(days=60 + place)
    return file_case(
        Filing(
            matter=MATTER,
            subject=demo.unit,
            by=demo.user,
            province=province,
            pages=_pages(demo, job, place, started.date(), valid_to, suffix),
            started=started,
            end=end,
            reason=REASONS.get(end, ""),
            correction=CORRECTION,
        )
    )


def _pages(
    demo: DemoUnit, job: Job, place: int, valid_from: datetime.date, valid_to: datetime.date, suffix: str
) -> dict[str, Any]:
    work_region = county_in(demo.region) if place % 3 else demo.region
    least = rules.minimum_wage(work_region, valid_from) or USUAL_PAY
    address = f"{regions.get(county_in(demo.region)).name}{STREETS[place % len(STREETS)]}{place % 90 + 1}号（演示）"
    return {
        "basics": {
            "name": job.name + suffix,
            "category": job.category,
            "places": str(1 + place % 6),
            "education": job.education,
            "major": job.major,
        },
        "terms": {
            "work_region": work_region,
            "work_address": address,
            "months": str(job.months),
            "allowance": str(max(least, USUAL_PAY) + job.above_minimum + place % 4 * 50),
            "benefits": job.benefits,
        },
        "content": {
            "content": f"{job.content}由带教人员一对一指导，每月小结一次。（演示岗位，内容虚构）",
            "requirements": job.requirements,
            "mentor": identity.person_name(place + 47),
        },
        "contact": {
            "valid_from": valid_from.isoformat(),
            "valid_to": valid_to.isoformat(),
            "contact_name": demo.user.name,
            "contact_phone": demo.user.mobile,
        },
    }


def take_interest(people: list[DemoPerson], units: list[DemoUnit], open_positions: list[Position]) -> int:
    """Trainees keep one to three positions within their reach, and units answer some; returns how many are kept."""
    handlers = {demo.unit.pk: demo.user for demo in units}
    kept = 0
    for place, person in enumerate(demo for demo in people if demo.end == "approved"):
        clock.set_to(clock.days_ago(6 - place % 5, hour=15))
        trainee = rules.check_trainee(person.individual)
        reachable = [p for p in open_positions if rules.in_reach(trainee, p, clock.days_ago(0).date())]
        for order, position in enumerate(reachable[place % 2 :: 3][: 1 + place % 3]):
            favourite = actions.add_favourite(
                individual=person.individual, position=position, agreed=True, by=person.user
            )
            kept += 1
            if order == 0 and place % 2 == 0:
                kind = (InterestAction.Kind.INVITED, InterestAction.Kind.AGREED, InterestAction.Kind.DECLINED)[
                    place % 3
                ]
                actions.answer_interest(
                    favourite=favourite,
                    kind=kind,
                    message="请携带身份证件到单位面谈。（演示）",
                    by=handlers[position.unit_id],
                )
    return kept
