"""Background jobs of accounts: messages on their way out, codes and records whose time is over."""

from contextlib import suppress

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from accounts import appeal_actions, reset_actions
from accounts.messaging import actions, deliveries
from common import audit


@app.task(queue="messages")
def deliver(delivery_id: int) -> None:
    """One try to send a short message or e-mail; what comes after it is its own job."""
    deliveries.attempt(delivery_id)


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="deliver-stranded")
def deliver_stranded(timestamp: int) -> None:
    """Look after deliveries whose job was lost."""
    for pk in deliveries.stranded():
        with suppress(AlreadyEnqueued):
            deliver.configure(queueing_lock=f"stranded-{pk}", lock=f"delivery-{pk}").defer(delivery_id=pk)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="erase-codes")
def erase_codes(timestamp: int) -> None:
    """Erase codes whose minutes are over."""
    with audit.actor(None, job="erase-codes"):
        actions.erase_expired(by=None)


@app.task(queue="messages")
def push_reset_code(sealed: str) -> None:
    """Push the code of 重置密码, if the numbers belong to somebody; ``sealed`` is encrypted (a job's arguments are rows)."""
    reset_actions.deliver_number_code(sealed=sealed, by=None)


@app.periodic(cron="20 4 * * *")
@app.task(queueing_lock="sweep-appeal-drafts")
def sweep_appeal_drafts(timestamp: int) -> None:
    """Forget claims to accounts that were begun and never handed in."""
    appeal_actions.sweep_drafts(by=None)
