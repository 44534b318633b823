"""What the hall writes to a unit about its claims."""

from collections.abc import Mapping

from django.urls import reverse

from accounts.messaging.actions import send_message
from review.models import Case
from review.notices import recipients


def tell_unit(case: Case, occasion: str, values: Mapping[str, object], *, key: str) -> None:
    """A message to each active handler of the claim's unit, once per key, leading to where the claim's money is."""
    url = reverse("reporting:correct_payee", args=[case.number])
    for user in recipients(case):
        send_message(user=user, occasion=occasion, values=values, key=f"{key}-{user.pk}", url=url)
