"""Background jobs (procrastinate on PostgreSQL), run by ``manage.py procrastinate worker``.

A job is deferred inside the transaction that needs it, so it exists exactly if that commits.
Delivery is at least once: what must happen once goes through ``once``. Each app declares its tasks
in its own ``jobs.py`` with ``@app.task`` or ``@app.periodic``.
"""

import logging
from datetime import timedelta

from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from common import audit, constraints, files
from common.models import Outbox, StoredFile

log = logging.getLogger(__name__)

# A worker that was killed leaves its job "doing", and the job's lock blocks the queue behind it.
STALLED_AFTER_SECONDS = 120
OUTBOX_KEPT_DAYS = 365
# Bytes without a row may belong to a transaction that is still open; none lasts a day.
ORPHANS_KEPT_HOURS = 24

# For tasks that talk to other systems: a few tries, further and further apart.
PATIENT = RetryStrategy(max_attempts=6, exponential_wait=4)


def once(key: str) -> bool:
    """Whether the caller is the first to claim ``key``; call it in the transaction of the deed itself.

    ``with transaction.atomic(): if once(f"notice:{pk}"): send()``. Of two jobs at the same time the
    second waits for the first to commit, and claims the key itself if the first rolled back.
    """
    try:
        with transaction.atomic():
            Outbox.objects.create(key=key)
    except IntegrityError as error:
        if constraints.constraint_name(error) != "common_outbox_pkey":
            raise
        return False
    return True


@app.periodic(cron="*/2 * * * *")
@app.task(queueing_lock="retry-stalled-jobs", pass_context=True)
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """Give jobs of dead workers back to the queue (after kill -9 they stay "doing" for ever)."""
    manager = context.app.job_manager
    stalled = await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS)
    for job in stalled:
        log.warning("job %s of a dead worker is retried", job.id)
        await manager.retry_job(job)


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="rescan-files")
def rescan_files(timestamp: int) -> None:
    """Scan files that arrived while the virus scanner was away."""
    with audit.actor(None, job="rescan-files"):
        files.rescan_pending()


@app.task(queue="files")
def draw_file_pages(file_id: str) -> None:
    """Draw the page images of a clean file, so that the reviewer's page opens at once."""
    stored = StoredFile.objects.filter(pk=file_id, state=StoredFile.State.CLEAN).first()
    if stored is None:
        return
    try:
        files.draw_pages(stored)
    except files.FileRefused:
        log.warning("file %s cannot be drawn", file_id)


@app.periodic(cron="10 0 * * *")
@app.task(queueing_lock="audit-chain")
def seal_audit_chain(timestamp: int) -> None:
    """Seal yesterday's audit events."""
    call_command("audit_chain")


@app.periodic(cron="30 3 * * *")
@app.task(queueing_lock="sweep-jobs")
def sweep_jobs(timestamp: int) -> None:
    """Forget outbox keys that nothing can repeat any more."""
    Outbox.objects.filter(done_at__lt=timezone.now() - timedelta(days=OUTBOX_KEPT_DAYS)).delete()


@app.periodic(cron="45 3 * * *")
@app.task(queueing_lock="sweep-files")
def sweep_files(timestamp: int) -> None:
    """Delete bytes that a rolled-back or killed upload left behind."""
    files.sweep_orphans(before=timezone.now() - timedelta(hours=ORPHANS_KEPT_HOURS))
