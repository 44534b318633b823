"""Two at once: one person is claimed for once, and becomes one retiree."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from common.transitions import TransitionRefused
from insurance.models import PensionClaim, Retiree
from review import submission
from review.matters import StartRefused
from review.models import Case
from review.workflow import perform
from tests.factories import make_staff
from tests.insurance import claims

pytestmark = pytest.mark.django_db(transaction=True)
REFUSED = (TransitionRefused, StartRefused, submission.Incomplete)


def at_once(*acts: Callable[[], object]) -> list[bool]:
    """Run all at the same moment, each on a connection of its own; whether each was let through."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], object]) -> bool:
        try:
            barrier.wait(timeout=30)
            act()
        except REFUSED:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_two_drafts_for_one_person_become_one() -> None:
    claimant = claims.make_claimant()
    done = at_once(lambda: claims.start(claimant), lambda: claims.start(claimant))
    assert sorted(done) == [False, True]
    assert Case.objects.filter(matter="pension-claim").count() == 1


def test_two_claims_for_one_person_submitted_at_once_leave_one() -> None:
    claimant = claims.make_claimant()
    drafts = [claims.complete(claimant), claims.complete(claimant, case=claims.review_start(claimant))]
    done = at_once(*(lambda case=case: perform(case, "submit", by=claimant.by) for case in drafts))
    assert sorted(done) == [False, True]
    assert PensionClaim.objects.filter(live=True).count() == 1


def test_approving_twice_at_once_retires_somebody_once() -> None:
    case = claims.submit(claims.make_claimant())
    case = perform(case, "approve", by=make_staff("first", case.region_id))
    second = make_staff("second", f"{case.region_id[:4]}00")
    done = at_once(*(lambda: perform(case, "approve", by=second),) * 2)
    assert sorted(done) == [False, True]
    assert Retiree.objects.count() == 1
