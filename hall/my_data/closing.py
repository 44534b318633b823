"""注销账号: refused with words while something runs; then what nothing obliges to keep is erased (PIPL §47)."""

import secrets
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.urls import reverse
from django.utils import timezone

from accounts.actions import end_bank_account, end_sessions
from accounts.messaging.models import Delivery, Message, MessagePreference
from accounts.models import Consent, Handler, Individual, RealNameLevel, SignIn, User
from accounts.writing import Refused, write
from common.transitions import TransitionRefused
from hall.models import AccountClosure
from hall.my_data.retention import erase_identity
from internship.actions import end_trainee
from internship.queries import active_trainee
from positions.actions import cancel_favourite
from positions.models import Favourite
from reporting.queries import placements_of_person, running_placement
from review import workflow
from review.models import Case, Status

RUNNING = (Status.SUBMITTED, Status.IN_REVIEW, Status.RETURNED)
UNFINISHED = (Status.DRAFT, Status.WITHDRAWN)
# Employment data that is kept for convenience only (B0).
_PROFILE: dict[str, Any] = {
    "nation": "",
    "politics": "",
    "household_region": None,
    "address": "",
    "education": "",
    "degree": "",
    "school": "",
    "graduated_on": None,
    "major": "",
    "unemployed_on": None,
}


@dataclass(frozen=True)
class Obstacle:
    """Why an account cannot be closed now, and where to go."""

    reason: str
    url: str
    link: str


def obstacles(person: Individual) -> list[Obstacle]:
    """Everything that stands in the way, at once."""
    found = [
        Obstacle(
            f"“{case.number}”（{case.get_status_display()}）还没有办结，请先撤回、作废或等待办结",
            reverse("review:case", args=["individual", case.number]),
            "查看办件",
        )
        for case in Case.objects.filter(individual=person, status__in=RUNNING).order_by("pk")
    ]
    if running_placement(person, person.id_no, timezone.localdate()):
        found.append(Obstacle("您正在见习，请在见习结束后注销", reverse("reporting:my_placements"), "查看我的见习"))
    for handler in Handler.objects.active().filter(user=person.user).select_related("unit").order_by("pk"):
        if handler.role == Handler.Role.SUPERVISOR and not _other_supervisors(handler):
            found.append(
                Obstacle(
                    f"您是{handler.unit.name}唯一的单位主管，请先由单位增加其他主管",
                    reverse("unit_home"),
                    "前往单位中心",
                )
            )
    return found


def _other_supervisors(handler: Handler) -> bool:
    others = Handler.objects.active().filter(unit=handler.unit_id, role=Handler.Role.SUPERVISOR)
    return others.exclude(pk=handler.pk).exists()


def must_be_kept(person: Individual) -> bool:
    """Whether archives name the person: something was handed in once, or an internship is on record."""
    handed_in = Case.objects.filter(individual=person, submitted_at__isnull=False).exists()
    return handed_in or placements_of_person(person).exists()


@write
def close_account(*, individual: Individual, by: User) -> AccountClosure:
    """Close the actor's own account. Raises Refused with everything that stands in the way.

    Whatever serves signing in and convenience goes at once. Name and ID number stay where archives
    must name the person, until the retention job erases them; the ID number is free for a new account.
    """
    person = Individual.objects.select_for_update().get(pk=individual.pk)
    user = User.objects.select_for_update().get(pk=person.user_id)
    # Handlers of the units are locked, so that two last supervisors cannot leave at once.
    units = Handler.objects.active().filter(user=user).values("unit_id")
    list(Handler.objects.active().filter(unit_id__in=units).select_for_update().order_by("pk"))
    if found := obstacles(person):
        raise Refused("；".join(obstacle.reason for obstacle in found))
    now = timezone.now()
    kept = must_be_kept(person)
    _end_what_runs(person, by)
    Handler.objects.active().filter(user=user).update(ended_at=now, end_reason=Handler.EndReason.LEFT)
    _forget_person(person, kept)
    _forget_account(user)
    end_sessions(sign_ins=SignIn.objects.filter(user=user), by=by)
    return AccountClosure.objects.create(
        user=user, individual=person, closed_at=now, identity_erased_at=None if kept else now
    )


def _end_what_runs(person: Individual, by: User) -> None:
    try:
        for case in Case.objects.filter(individual=person, status__in=UNFINISHED).order_by("pk"):
            workflow.perform(case, "close", by=by)
        for favourite in Favourite.objects.filter(individual=person, cancelled_at__isnull=True).order_by("pk"):
            cancel_favourite(favourite=favourite, by=by)
        if trainee := active_trainee(person):
            end_trainee(trainee=trainee, reason="本人注销账号", by=by)
    except TransitionRefused as refusal:
        raise Refused(str(refusal)) from refusal
    for account in person.bank_accounts.filter(ended_at__isnull=True).order_by("pk"):
        end_bank_account(account=account, by=by)


def _forget_person(person: Individual, kept: bool) -> None:
    for name, empty in _PROFILE.items():
        setattr(person, name, empty)
    person.level = RealNameLevel.NONE  # the ID number is free for another account
    person.save()
    if not kept:
        erase_identity(person)
        person.bank_accounts.all().delete()


def _forget_account(user: User) -> None:
    user.username, user.name = f"closed-{secrets.token_hex(8)}", "已注销用户"
    user.mobile, user.mobile_verified_at, user.email = "", None, ""
    user.is_active = False
    user.set_unusable_password()
    user.save()
    for rows in (
        Message.objects.filter(user=user),
        MessagePreference.objects.filter(user=user),
        Delivery.objects.filter(user=user),
        SocialAccount.objects.filter(user=user),
        Authenticator.objects.filter(user=user),
        EmailAddress.objects.filter(user=user),
    ):
        rows.delete()
    Consent.objects.filter(user=user, withdrawn_at__isnull=True).update(withdrawn_at=timezone.now())
    Consent.objects.filter(user=user).update(address=None)
