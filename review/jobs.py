"""Background jobs of cases."""

import uuid

from django.utils import timezone
from procrastinate.contrib.django import app

from common import audit
from review import background_actions, lapse


@app.periodic(cron="30 1 * * *")
@app.task(queueing_lock="lapse-cases")
def lapse_cases(timestamp: int) -> None:
    """Remind of returned cases and close those whose time has run out."""
    with audit.actor(None, job="lapse-cases"):
        lapse.remind_and_lapse(timezone.localdate())


@app.task(queue="imports")
def carry_out_submission(run: str) -> None:
    """Submit a draft whose file is too large for a request (后台导入)."""
    background_actions.carry_out(uuid.UUID(run))


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="settle-lost-submissions")
def settle_lost_submissions(timestamp: int) -> None:
    """Tell who waits for a submission whose job is gone."""
    background_actions.settle_lost()
