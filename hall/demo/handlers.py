"""Handlers of the demonstration: clerks of a unit, one with part of the menu, one not opened yet, one who left."""

import datetime

from accounts import appeal_actions, handler_actions
from accounts.actions import set_password
from accounts.appeal_models import Appeal, AppealFile
from accounts.models import Handler
from hall.demo import clock, identity
from hall.demo.offices import Province
from hall.demo.papers import paper
from hall.demo.units import DemoUnit
from hall.demo.vocabulary import PASSWORD

INTERNSHIP = "就业见习管理"


def _person(region: str, number: int) -> handler_actions.Person:
    born = datetime.date(1990, 1 + number % 12, 1 + number % 28)
    return handler_actions.Person(
        name=identity.person_name(number),
        id_type="01",
        id_no=identity.id_no(region, born, number),
        mobile=identity.mobile(5000 + number),
    )


def enter_by_staff(province: Province, handler: Handler) -> None:
    """The counter enters the registrant, as for every unit that brought its licence: 社会保险 opens to him (JX 9.1)."""
    person = handler_actions.Person(
        handler.name, handler.id_type, handler.id_no, handler.user.mobile, handler.user.email
    )
    handler_actions.change_handler(handler=handler, person=person, by=province.staff["hall"])


def make_handlers(province: Province, made: list[DemoUnit], offset: int) -> int:
    """Clerks of the first unit of a province; returns how many. The first signs in as ``<province>-clerk1``."""
    first = made[0]
    clock.set_to(clock.days_ago(30, hour=10))
    clerks = [
        handler_actions.enter_handler(
            unit=first.unit,
            person=_person(first.region, 600 + offset + place),
            role=Handler.Role.CLERK,
            groups=[INTERNSHIP],
            by=first.user,
        )
        for place in range(3)
    ]
    opened, _waiting, left = clerks
    opened.user.username = f"{province.key}-clerk1"
    opened.user.save(update_fields=["username"])
    set_password(user=opened.user, password=PASSWORD, by=opened.user)
    clock.set_to(clock.days_ago(8, hour=15))
    handler_actions.end_handler(handler=left, by=first.user)
    return len(clerks)


def make_appeals(province: Province, made: list[DemoUnit], offset: int) -> None:
    """Claims to the accounts of two units: one waits, one was refused."""
    for place, (demo, reason) in enumerate(((made[-1], "left"), (made[-2], "occupied"))):
        clock.set_to(clock.days_ago(4 - place, hour=11))
        person = _person(demo.region, 640 + offset + place)
        values = {
            "unit_name": demo.unit.name,
            "claimant": person.name,
            "id_no": person.id_no,
            "mobile": person.mobile,
            "reason": reason,
            "words": f"{Appeal.Reason(reason).label}，申请变更单位主管。（演示，内容均为虚构）",
        }
        appeal = appeal_actions.start_appeal(unit=demo.unit, values=values, by=None)
        for slot in AppealFile.Slot:
            upload = paper(str(slot.label), picture=slot == AppealFile.Slot.LICENCE)
            appeal_actions.add_paper(appeal=appeal, slot=slot, upload=upload, by=None)
        appeal_actions.submit_appeal(appeal=appeal, by=None)
        if reason == "left":
            continue
        clock.set_to(clock.days_ago(1, hour=10))
        appeal_actions.decide_appeal(
            appeal=appeal,
            approve=False,
            words="授权委托书没有加盖单位公章，请补正后重新申诉。（演示）",
            end_clerks=False,
            by=province.staff["hall"],
        )
