"""Handlers under concurrency, with real threads: a unit is never without a 主管, and a link serves once."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection

from accounts import handler_actions
from accounts.actions import Refused
from accounts.models import Activation, Handler, User
from common import crypto
from tests.factories import make_handler, make_id_no, make_staff, make_unit, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def together(*works: Callable[[], Any]) -> list[str]:
    """Run all at once, each in a thread; what each came to, in any order."""
    gate, results = threading.Barrier(len(works)), []

    def run(work: Callable[[], Any]) -> None:
        try:
            gate.wait()
            work()
            results.append("done")
        except (Refused, IntegrityError) as refused:
            results.append(type(refused).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results)


@pytest.fixture
def pair(db: None) -> tuple[Handler, Handler]:
    """Two 主管 of one unit."""
    unit = make_unit()
    return make_handler(unit, make_user(name="王演示")), make_handler(unit, make_user(name="李演示"))


def test_two_supervisors_who_remove_each_other_leave_one(pair: tuple[Handler, Handler]) -> None:
    one, two = pair
    outcome = together(
        lambda: handler_actions.end_handler(handler=two, by=one.user),
        lambda: handler_actions.end_handler(handler=one, by=two.user),
    )
    assert outcome == ["Refused", "done"]
    assert Handler.objects.supervisors().count() == 1


def test_two_supervisors_who_leave_at_once_leave_one(pair: tuple[Handler, Handler]) -> None:
    outcome = together(
        *(lambda handler=handler: handler_actions.end_handler(handler=handler, by=handler.user) for handler in pair)
    )
    assert outcome == ["Refused", "done"]
    assert Handler.objects.supervisors().count() == 1


def test_one_steps_down_while_staff_end_the_other(pair: tuple[Handler, Handler]) -> None:
    one, two = pair
    staff = make_staff("hall")
    outcome = together(
        lambda: handler_actions.set_role(handler=one, role="clerk", by=one.user),
        lambda: handler_actions.end_handler(handler=two, by=staff),
    )
    assert outcome == ["Refused", "done"]
    assert Handler.objects.supervisors().count() == 1


def test_the_same_person_entered_twice_at_once_is_entered_once(pair: tuple[Handler, Handler]) -> None:
    person = handler_actions.Person("赵演示", "01", make_id_no(900), "13911110900")

    def enter() -> None:
        handler_actions.enter_handler(unit=pair[0].unit, person=person, role="clerk", groups=(), by=pair[0].user)

    assert together(enter, enter) == ["Refused", "done"]
    assert Handler.objects.filter(name="赵演示").count() == 1


def test_a_link_used_twice_at_once_opens_one_account(pair: tuple[Handler, Handler]) -> None:
    person = handler_actions.Person("赵演示", "01", make_id_no(900), "13911110900")
    handler_actions.enter_handler(unit=pair[0].unit, person=person, role="clerk", groups=(), by=pair[0].user)
    Activation.objects.update(token_hash=crypto.digest("演示链接"))

    def open_as(username: str) -> Callable[[], Any]:
        return lambda: handler_actions.activate(
            token="演示链接", username=username, password="Jingban-2026", address=None, by=None
        )

    assert together(open_as("first_name"), open_as("second_name")) == ["Refused", "done"]
    assert User.objects.filter(username__in=["first_name", "second_name"]).count() == 1
