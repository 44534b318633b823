"""Two at once, in real threads against PostgreSQL: money goes out once, whoever is faster."""

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from common.transitions import TransitionRefused
from reporting import disbursement, ledger, publicity
from reporting.models import BatchResult, DisbursementBatch, LedgerLine, Payment, Publicity, SubsidyEntry
from review import workflow
from tests.factories import COUNTY, make_staff
from tests.reporting.payments_support import (
    finance,
    make_approved_claim,
    make_batch,
    make_cleared,
    make_sent,
    maker,
    objected,
    result,
    states,
)

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run all works in threads that start together; what each returned, or the refusal that it met."""
    gate, results = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        try:
            gate.wait()
            results[place] = work()
        except TransitionRefused as refused:
            results[place] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def refused(results: list[Any]) -> int:
    return sum(isinstance(one, TransitionRefused) for one in results)


def test_two_staff_who_batch_the_same_entries_make_one_batch() -> None:
    make_cleared(people=2)
    first, second = maker(), maker()
    found = disbursement.preview(COUNTY)
    cases = [payee.case.pk for payee in found.payees]

    def make(by: Any) -> DisbursementBatch:
        return disbursement.make_batch(region=COUNTY, year=2026, quarter=1, cases=cases, seen=found.seen, by=by)

    results = at_once(lambda: make(first), lambda: make(second))
    assert refused(results) == 1
    assert DisbursementBatch.objects.count() == 1
    assert Payment.objects.count() == 1
    assert ledger.differences() == []


def test_an_objection_while_the_period_ends_is_frozen_or_refused_never_lost() -> None:
    case = make_approved_claim()
    found = Publicity.objects.get(case=case)
    # The job of the day after comes by while somebody still objects.
    results = at_once(
        lambda: publicity.close_publicities(on=found.ends_on + timedelta(days=1)),
        lambda: objected(case, 1),
    )
    assert results[0] == 1
    if isinstance(results[1], TransitionRefused):
        assert states(case) == {"cleared": 3}
    else:
        assert states(case) == {"cleared": 2, "frozen": 1}
    assert ledger.differences() == []


def test_two_finance_reviewers_decide_once() -> None:
    make_cleared()
    batch = make_batch(maker())
    one, other = finance(), finance()
    results = at_once(
        lambda: disbursement.review_batch(batch=batch, approve=True, by=one),
        lambda: disbursement.review_batch(batch=batch, approve=False, reason="演示", by=other),
    )
    assert refused(results) == 1
    state = DisbursementBatch.objects.get().state
    assert SubsidyEntry.objects.filter(state="batched" if state == "approved" else "cleared").count() == 3
    assert ledger.differences() == []


def test_a_result_imported_twice_at_once_is_taken_in_once() -> None:
    batch, by = make_sent()
    rows = [result(batch.payments.get())]

    def take_in() -> bool:
        return disbursement.import_results(batch=batch, rows=rows, digest="same", name="回盘.xlsx", by=by)[1]

    assert sorted(at_once(take_in, take_in)) == [False, True]
    assert BatchResult.objects.count() == 1
    assert LedgerLine.objects.filter(target="paid").count() == 3


def test_two_different_answers_at_once_leave_one() -> None:
    batch, by = make_sent()
    payment = batch.payments.get()

    def take_in(paid: bool) -> Any:
        rows = [result(payment, paid=paid)]
        return disbursement.import_results(batch=batch, rows=rows, digest=str(paid), name="回盘.xlsx", by=by)

    results = at_once(lambda: take_in(True), lambda: take_in(False))
    assert refused(results) == 1
    assert ledger.differences() == []


def test_a_revocation_beside_a_batch_ends_one_way() -> None:
    case = make_cleared()
    by, revoker = maker(), make_staff("business", "140000")
    found = disbursement.preview(COUNTY)

    def make() -> Any:
        return disbursement.make_batch(region=COUNTY, year=2026, quarter=1, cases=[case.pk], seen=found.seen, by=by)

    results = at_once(make, lambda: workflow.perform(case, "revoke", by=revoker, reason="演示"))
    assert refused(results) == 1
    assert states(case) in ({"batched": 3}, {"struck": 3})
    assert ledger.differences() == []


def test_the_same_objection_sent_twice_at_once_is_one() -> None:
    case, key = make_approved_claim(), uuid.uuid4()
    first, second = at_once(lambda: objected(case, 1, key=key), lambda: objected(case, 1, key=key))
    assert first.pk == second.pk
