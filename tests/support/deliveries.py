"""The worker of tests: what waits in the outbox is sent by this process."""

from django.utils import timezone

from accounts.messaging import deliveries
from accounts.messaging.models import Delivery


def work_off() -> None:
    """One try for each delivery that is due, oldest first."""
    due = Delivery.objects.filter(state__in=["pending", "failed"], due_at__lte=timezone.now()).order_by("pk")
    for pk in list(due.values_list("pk", flat=True)):
        deliveries.attempt(pk)
