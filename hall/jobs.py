"""Background jobs of the hall as a whole."""

from procrastinate.contrib.django import app

from common import audit
from hall.my_data import retention


@app.periodic(cron="15 3 * * *")
@app.task(queueing_lock="retention")
def erase_what_is_past_its_period(timestamp: int) -> None:
    """Erase personal data whose retention has ended (PIPL §19, §47)."""
    with audit.actor(None, job="retention"):
        retention.sweep(by=None)
