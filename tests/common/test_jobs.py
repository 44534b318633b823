"""Jobs: exactly once where it must be, and jobs of dead workers come back."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from common import jobs
from common.models import Outbox


def work_off() -> None:
    """Do all jobs that wait, on the worker's own connection, as ``manage.py procrastinate worker`` does.

    In a thread of its own: browser tests of the same process keep an event loop running in this one.
    """

    def work() -> None:
        with app.replace_connector(app.connector.get_worker_connector()) as worker:
            worker.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)
        connections.close_all()

    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(work).result()


@pytest.mark.django_db
def test_a_key_is_claimed_once() -> None:
    assert jobs.once("notice:1")
    assert not jobs.once("notice:1")
    assert jobs.once("notice:2")


@pytest.mark.django_db
def test_a_claim_goes_with_its_transaction() -> None:
    with transaction.atomic():
        assert jobs.once("notice:1")
        transaction.set_rollback(True)  # the deed failed
    assert jobs.once("notice:1")


@pytest.mark.django_db(transaction=True)
def test_of_two_jobs_at_the_same_time_one_does_it() -> None:
    start, results = threading.Barrier(2), []

    def run() -> None:
        start.wait()
        with transaction.atomic():
            results.append(jobs.once("notice:race"))
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, True]
    assert Outbox.objects.count() == 1


@pytest.mark.django_db
def test_a_job_is_deferred_with_the_transaction_that_needs_it() -> None:
    with transaction.atomic():
        jobs.draw_file_pages.defer(file_id="00000000-0000-0000-0000-000000000000")
        transaction.set_rollback(True)  # the upload failed
    assert not ProcrastinateJob.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_job_of_a_killed_worker_is_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    # The worker's threads close their connections after each job, not a minute later.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    jobs.draw_file_pages.defer(file_id="00000000-0000-0000-0000-000000000000")
    with connection.cursor() as cursor:
        # What kill -9 leaves: a job that is being done by a worker of which nobody hears any more.
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id"
        )
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", [cursor.fetchone()[0]])
    jobs.retry_stalled_jobs.defer(timestamp=0)
    work_off()
    done = dict(ProcrastinateJob.objects.values_list("task_name", "status"))
    assert done.get("common.jobs.retry_stalled_jobs") == "succeeded"
    work_off()
    assert ProcrastinateJob.objects.get(task_name="common.jobs.draw_file_pages").status == "succeeded"
