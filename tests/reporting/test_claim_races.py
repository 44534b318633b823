"""Two at once: one person-month, one year, one policy — claimed by real threads, held by locks and constraints."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Handler
from common.transitions import TransitionRefused
from reporting import actions
from reporting.models import ClaimedMonth, LivingSubsidyClaim, MentoringPerson, MonthlyReport, PersonMonth, Placement
from review import submission, workflow
from review.models import Case, Status
from tests.reporting.claims_support import last_year, make_claiming, make_end, make_intern, set_jilin, started
from tests.reporting.support import reviewer
from tests.review.cases import attach, fill, load_steps

REFUSED = (TransitionRefused, submission.Incomplete)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Let all begin at the same moment in threads of their own; returns what each gave or raised."""
    barrier, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number: int) -> None:
        try:
            barrier.wait(10)
            outcomes[number] = acts[number]()
        except Exception as error:
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_one_of_two_claims_gets_the_months() -> None:
    set_jilin()
    handler = make_claiming()
    make_intern(handler.unit, months=3)
    first, second = (started("living-subsidy", handler) for _ in range(2))
    outcomes = at_once(*(lambda c=case: workflow.perform(c, "submit", by=handler.user) for case in (first, second)))
    assert sum(isinstance(outcome, Case) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, REFUSED) for outcome in outcomes) == 1
    assert ClaimedMonth.objects.held().count() == ClaimedMonth.objects.count() == 3
    assert LivingSubsidyClaim.objects.filter(live=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_claims_once() -> None:
    set_jilin()
    handler = make_claiming()
    make_intern(handler.unit, months=3)
    case = started("living-subsidy", handler)
    outcomes = at_once(*[lambda: workflow.perform(case, "submit", by=handler.user)] * 2)
    assert sum(isinstance(outcome, Case) for outcome in outcomes) == 1
    assert ClaimedMonth.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_one_of_two_claims_gets_the_year() -> None:
    set_jilin()
    handler = make_claiming()
    make_intern(handler.unit, months=1)
    make_end(handler.unit, last_year())
    first, second = (started("mentoring-subsidy", handler) for _ in range(2))
    outcomes = at_once(*(lambda c=case: workflow.perform(c, "submit", by=handler.user) for case in (first, second)))
    assert sum(isinstance(outcome, Case) for outcome in outcomes) == 1
    assert MentoringPerson.objects.held().count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_report_is_either_revoked_or_claimed() -> None:
    set_jilin()
    handler = make_claiming()
    placement = make_intern(handler.unit, months=3)
    report = PersonMonth.objects.filter(placement=placement).order_by("month").first().case
    case = started("living-subsidy", handler)
    at_once(
        lambda: workflow.perform(case, "submit", by=handler.user),
        lambda: actions.revoke_months(case=report, by=handler.user),
    )
    claimed = ClaimedMonth.objects.held()
    assert not claimed.filter(person_month__in_force=False).exists()
    assert claimed.exists() is PersonMonth.objects.in_force().filter(case=report).exists()


@pytest.mark.django_db(transaction=True)
def test_a_month_is_either_revised_or_claimed_as_it_was() -> None:
    set_jilin()
    handler = make_claiming()
    placement = make_intern(handler.unit, months=3)
    revision = _revision(placement, handler)
    claim = started("living-subsidy", handler)
    decider = reviewer(revision)
    outcomes = at_once(
        lambda: workflow.perform(claim, "submit", by=handler.user),
        lambda: workflow.perform(revision, "approve", by=decider),
    )
    assert all(isinstance(outcome, (Case, *REFUSED)) for outcome in outcomes), outcomes
    held, in_force = ClaimedMonth.objects.held(), PersonMonth.objects.in_force().filter(placement=placement)
    assert not held.filter(person_month__in_force=False).exists()
    assert in_force.count() == in_force.values("month").distinct().count() == 3
    revised = in_force.filter(case=revision).exists()
    assert revised is isinstance(outcomes[1], Case)
    assert revised or held.filter(person_month__month=in_force.order_by("month").first().month).exists()


def _revision(placement: Placement, handler: Handler) -> Case:
    """A 月报更正 of the first month, handed in: one day less."""
    load_steps("monthly-report-revision")
    month = PersonMonth.objects.filter(placement=placement).order_by("month").first()
    now, by = timezone.now(), month.case.acting_user
    told = {"status": Status.APPROVED, "region": handler.unit.handling_region, "submitted_at": now, "decided_at": now}
    Case.objects.filter(pk=month.case_id).update(**told, submitted_by=by, decided_by=by)
    report = MonthlyReport.objects.create(
        case=month.case, live=True, month=month.month, filler="王演示", phone="13800000009"
    )
    report.refresh_from_db(fields=["case"])
    case = actions.start_revision(report=report, by=handler.user)
    fill(case, {"report": {"revises": str(report.pk), "filler": "王演示", "phone": "13800000009"}})
    line = {"days": "20", "due_pay": "3100", "net_pay": "3100", "paid_on": month.paid_on.isoformat()}
    fill(case, {"people": {"rows": [{"key": str(placement.pk), **line}]}})
    for slot in ("attendance", "payment"):
        attach(case, slot)
    return workflow.perform(case, "submit", by=handler.user)


# --- No order of operations claims a person-month twice -------------------------------------------

MOVES = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(("submit", "withdraw", "close", "narrow"))), max_size=12)


@pytest.fixture
def claims(db) -> tuple[Any, list[Case]]:
    set_jilin()
    handler = make_claiming()
    make_intern(handler.unit, months=4)
    make_intern(handler.unit, months=3, name="李演示")
    return handler, [started("living-subsidy", handler) for _ in range(3)]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES)
def test_no_order_of_operations_claims_a_month_twice(claims, moves) -> None:
    handler, cases = claims
    with transaction.atomic():
        point = transaction.savepoint()
        for number, move in moves:
            case = Case.objects.get(pk=cases[number].pk)
            _move(case, move, handler)
            _assert_consistent()
        transaction.savepoint_rollback(point)


def _move(case: Case, move: str, handler: Any) -> None:
    try:
        if move == "narrow":
            month = PersonMonth.objects.order_by("month").first().month.isoformat()
            fill(case, {"months": {"first_month": month, "last_month": month}})
        else:
            workflow.perform(case, move, by=handler.user)
    except REFUSED:
        return


def _assert_consistent() -> None:
    held = list(ClaimedMonth.objects.held().values_list("placement", "month", "claim__live", "claim"))
    assert len({row[:2] for row in held}) == len(held)
    assert all(row[2] for row in held)
    for record in LivingSubsidyClaim.objects.filter(live=True):
        rows = ClaimedMonth.objects.held().filter(claim=record)
        assert record.months_amount == sum(row.amount for row in rows)
        assert record.month_count == len(rows)
