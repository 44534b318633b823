"""What the clock does with placements."""

from django.utils import timezone
from procrastinate.contrib.django import app

from reporting import actions


@app.periodic(cron="15 0 * * *")
@app.task(queueing_lock="free-places-of-expired")
def free_places_of_expired(timestamp: int) -> None:
    """Terms that ended yesterday give their places back (期满待确认)."""
    actions.free_places_of_expired(on=timezone.localdate())
