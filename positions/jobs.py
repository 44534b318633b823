"""What the clock does with positions."""

from django.utils import timezone
from procrastinate.contrib.django import app

from positions import actions, search


@app.periodic(cron="5 0 * * *")
@app.task(queueing_lock="end-expired-positions")
def end_expired_positions(timestamp: int) -> None:
    """End open positions whose validity ended yesterday."""
    actions.end_expired_positions(on=timezone.localdate())


@app.periodic(cron="20 * * * *")
@app.task(queueing_lock="refresh-token-shares")
def refresh_token_shares(timestamp: int) -> None:
    """Let the search know which words are frequent."""
    search.refresh_token_shares()
