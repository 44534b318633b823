"""Submissions of large files by a job (后台导入): asked for, carried out once, and settled whatever happens."""

import logging
import uuid

from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.messaging.actions import send_message
from accounts.models import User
from common import audit, progress
from common.transitions import TransitionRefused
from review import matters, rules, sheets, submission, workflow
from review.models import BackgroundSubmission, Case
from review.portal import case_url

log = logging.getLogger(__name__)

# A worker that dies again and again over one file would never come to the next.
MOST_ATTEMPTS = 3
INTERRUPTED = "导入多次中断，没有写入任何数据。请重新提交；仍不成功的，请分成几个文件导入"
FAILED = "导入时系统出错，没有写入任何数据，请稍后重新提交"


def rows_to_import(case: Case) -> int:
    """How many rows of spreadsheets the draft would import."""
    if not matters.get(case.matter).auto_approve:
        return 0
    values = submission.load_values(case)
    pages = matters.get(case.matter).pages(case, values)
    return sum(sheets.count(page, values) for page in pages if isinstance(page, matters.Sheet))


def needs_background(case: Case) -> bool:
    """Whether the submission is left to a job."""
    return rows_to_import(case) > sheets.ROWS_IN_A_REQUEST


def submit_in_background(*, case: Case, by: User) -> BackgroundSubmission:
    """Ask for the submission of a draft; a second click finds the first. Raises TransitionRefused, Incomplete."""
    from review.jobs import carry_out_submission

    rules.check_applicant(case, by)
    with audit.actor(by), transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        if running := rules.background_submission(locked):
            return running
        rules.check_editable(locked, by)
        _check_complete(locked)
        run = BackgroundSubmission.objects.create(case=locked, total=rows_to_import(locked), requested_by=by)
        run.job_id = carry_out_submission.defer(run=str(run.pk))
        run.save(update_fields=["job_id"])
    return run


def _check_complete(case: Case) -> None:
    """What can be told at once is told at once; the rows themselves are judged by the job."""
    values = submission.load_values(case)
    for page in matters.get(case.matter).pages(case, values):
        if isinstance(page, matters.Sheet) and (reasons := sheets.file_problems(page, values)):
            raise submission.Incomplete([submission.Problem(reason, page=page.key) for reason in reasons])


def carry_out(run_id: uuid.UUID) -> BackgroundSubmission:
    """Do what was asked for, in one transaction; done twice it does nothing more. The job's whole work.

    A worker that is killed leaves nothing but the attempt; the next one begins anew, and gives up after three.
    """
    run = _begin(run_id)
    if run.is_finished:
        return run
    try:
        with (
            audit.actor(run.requested_by, job="carry-out-submission"),
            progress.heard_by(_Beside(run).tell),
            transaction.atomic(),
        ):
            workflow.perform(run.case, "submit", by=run.requested_by)
            return _finish(run, BackgroundSubmission.State.DONE, "")
    except (TransitionRefused, submission.Incomplete) as refused:
        return fail(run, str(refused))
    except Exception:
        fail(run, FAILED)
        raise


def _begin(run_id: uuid.UUID) -> BackgroundSubmission:
    """Count the attempt, for good: it is committed before the work starts."""
    with audit.actor(None, job="carry-out-submission"), transaction.atomic():
        run = BackgroundSubmission.objects.select_for_update(of=("self",)).select_related("case", "requested_by")
        found = run.get(pk=run_id)
        if found.is_finished:
            return found
        if found.attempts >= MOST_ATTEMPTS:
            return _give_up(found, INTERRUPTED)
        found.state, found.attempts, found.done = BackgroundSubmission.State.RUNNING, found.attempts + 1, 0
        found.save(update_fields=["state", "attempts", "done"])
    return found


def fail(run: BackgroundSubmission, reason: str) -> BackgroundSubmission:
    """Nothing was imported; the draft may be mended, and its person is told why."""
    with audit.actor(None, job="carry-out-submission"), transaction.atomic():
        locked = BackgroundSubmission.objects.select_for_update(of=("self",)).select_related("case", "requested_by")
        found = locked.get(pk=run.pk)
        return found if found.is_finished else _give_up(found, reason)


def _give_up(run: BackgroundSubmission, reason: str) -> BackgroundSubmission:
    send_message(
        user=run.requested_by,
        occasion="import-failed",
        values={"事项": matters.get(run.case.matter).name, "办件编号": run.case.number, "原因": reason[:500]},
        key=f"background-{run.pk}",
        url=case_url(run.case),
    )
    return _finish(run, BackgroundSubmission.State.FAILED, reason)


def _finish(run: BackgroundSubmission, state: str, message: str) -> BackgroundSubmission:
    run.state, run.message, run.finished_at = state, message, timezone.now()
    run.done = run.total if state == BackgroundSubmission.State.DONE else run.done
    run.save(update_fields=["state", "message", "finished_at", "done"])
    return run


def settle_lost() -> int:
    """Runs whose job ended without settling them (the database was away, say) fail with words. Returns how many."""
    lost = 0
    for run in BackgroundSubmission.objects.unfinished().filter(job_id__isnull=False):
        waiting = ProcrastinateJob.objects.filter(pk=run.job_id, status__in=("todo", "doing")).exists()
        if not waiting:
            fail(run, INTERRUPTED)
            lost += 1
    return lost


class _Beside:
    """Writes how far a run is by a connection of its own, because its transaction shows nothing before it ends."""

    def __init__(self, run: BackgroundSubmission) -> None:
        self._run, self._connection = run, connection.copy()

    def tell(self, done: int, total: int) -> None:
        """``done`` of ``total``, whatever they count, as rows of the run."""
        rows = min(self._run.total * done // max(total, 1), self._run.total)
        table = BackgroundSubmission._meta.db_table
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(f"UPDATE {table} SET done = %s WHERE id = %s", [rows, self._run.pk])  # noqa: S608
        except DatabaseError:
            log.warning("progress of submission %s was not kept", self._run.pk)
        finally:
            self._connection.close()
