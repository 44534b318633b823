"""What reporting does when lower apps say that something happened."""

from typing import Any

from django.utils import timezone

from common.transitions import TransitionRefused
from internship.models import Trainee
from internship.signals import trainee_ending
from reporting import queries, rules


def keep_running_trainee(sender: Any, trainee: Trainee, **_: Any) -> None:
    """A trainee whose internship runs stays one until it has ended (C9)."""
    placement = queries.running_placement(trainee.individual, trainee.id_no, timezone.localdate())
    if placement is not None:
        raise TransitionRefused(
            f"该人员正在{placement.unit.name}见习，至{rules.words(placement.ends_on)}，请先由单位办理减员申请"
        )


def connect() -> None:
    """Connect all receivers; called once when the apps are ready."""
    trainee_ending.connect(keep_running_trainee, dispatch_uid="reporting.keep_running_trainee")
