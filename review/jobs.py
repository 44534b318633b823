"""Background jobs of cases."""

from django.utils import timezone
from procrastinate.contrib.django import app

from common import audit
from review import lapse


@app.periodic(cron="30 1 * * *")
@app.task(queueing_lock="lapse-cases")
def lapse_cases(timestamp: int) -> None:
    """Remind of returned cases and close those whose time has run out."""
    with audit.actor(None, job="lapse-cases"):
        lapse.remind_and_lapse(timezone.localdate())
