"""kill -9 of the worker in the middle of an import of a large file: nothing of it is stored, and then all of it once."""

from pathlib import Path

import pytest

from reporting.models import Placement
from review import background_actions
from review.models import BackgroundSubmission, CasePerson
from tests.reliability.processes import kill_at
from tests.reliability.test_killed_worker import retry_stalled, state_of, time_passes, work_off, worker
from tests.reporting.support import make_fresh_trainee, make_qualified, set_limits
from tests.reporting.test_background_import import drafted

pytestmark = pytest.mark.django_db(transaction=True)
JOB = "review.jobs.carry_out_submission"


def test_an_import_during_which_the_worker_was_killed_is_done_whole_and_once(tmp_path: Path) -> None:
    set_limits()
    handler = make_qualified()
    case = drafted(handler, [make_fresh_trainee(), make_fresh_trainee()])
    run = background_actions.submit_in_background(case=case, by=handler.user)
    # The placements are stored by then, and not yet committed.
    kill_at(worker(tmp_path), "LOCK TABLE review_caseperson IN SHARE MODE", lambda: None)
    run.refresh_from_db()
    case.refresh_from_db()
    assert (run.state, run.attempts, case.status) == ("running", 1, "draft")
    assert not Placement.objects.exists()

    time_passes()
    retry_stalled()
    work_off(tmp_path)
    work_off(tmp_path)
    run.refresh_from_db()
    case.refresh_from_db()
    assert (state_of(JOB), run.state, run.attempts, case.status) == ("succeeded", "done", 2, "approved")
    assert Placement.objects.count() == CasePerson.objects.filter(case=case).count() == 2
    assert BackgroundSubmission.objects.count() == case.timeline.filter(transition="submit").count() == 1
