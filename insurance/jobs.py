"""Background work of the insurance hall: large rosters, and their removal."""

from datetime import timedelta

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

EXPORTS_KEPT_DAYS = 7


@app.task(queue="files", retry=RetryStrategy(max_attempts=3, wait=30))
def make_roster_export(export_id: int) -> None:
    """Make the file of a large export; a repetition after it was made does nothing."""
    from insurance import actions
    from insurance.models import RosterExport

    export = RosterExport.objects.select_related("unit", "insured_unit", "asked_by").get(pk=export_id)
    if export.state == RosterExport.State.WAITING:
        actions.make_export(export, by=export.asked_by)


@app.periodic(cron="20 4 * * *")
@app.task(queueing_lock="discard-roster-exports")
def discard_roster_exports(timestamp: int) -> None:
    """Delete the files of exports after a week."""
    from insurance import actions

    actions.discard_exports(before=timezone.now() - timedelta(days=EXPORTS_KEPT_DAYS), by=None)
