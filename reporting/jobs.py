"""What the clock does with placements and publicities."""

from django.utils import timezone
from procrastinate.contrib.django import app

from reporting import actions, publicity


@app.periodic(cron="15 0 * * *")
@app.task(queueing_lock="free-places-of-expired")
def free_places_of_expired(timestamp: int) -> None:
    """Terms that ended yesterday give their places back (期满待确认)."""
    actions.free_places_of_expired(on=timezone.localdate())


@app.periodic(cron="5 0 * * *")
@app.task(queueing_lock="close-publicities")
def close_publicities(timestamp: int) -> None:
    """Publicities whose last day was yesterday: what nobody objected to is cleared for payment."""
    publicity.close_publicities(on=timezone.localdate())
