"""What positions do when lower apps say that something happened."""

from typing import Any

from django.db.models.signals import post_save

from accounts.models import Unit, User
from internship.models import InternshipUnit
from internship.signals import internship_unit_revoked
from positions import actions
from positions.models import Position


def close_positions(sender: Any, internship_unit: InternshipUnit, by: User | None, **_: Any) -> None:
    """A revoked internship unit offers no positions (C1)."""
    actions.close_positions_of_unit(unit=internship_unit.unit, by=by)


def refresh_copies(sender: Any, instance: Unit, created: bool, **_: Any) -> None:
    """Positions carry copies of their unit's name, type and industry for the search."""
    copies = {"unit_name": instance.name, "unit_type": instance.unit_type, "industry": instance.industry}
    if not created and Position.objects.of_unit(instance).exclude(**copies).exists():
        actions.refresh_unit_copies(unit=instance)


def connect() -> None:
    """Connect all receivers; called once when the apps are ready."""
    internship_unit_revoked.connect(close_positions, dispatch_uid="positions.close_positions")
    post_save.connect(refresh_copies, sender=Unit, dispatch_uid="positions.refresh_copies")
