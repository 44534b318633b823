"""Reads about accounts that several places share."""

from collections.abc import Iterable
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.consents import Agreement
from accounts.models import VERIFIED_LEVEL, Consent, FailedSignIn, Handler, Message, SignIn, User
from accounts.roles import ROLE_GROUPS
from common import crypto

_ROLE_BY_TITLE = {title: role for role, title in ROLE_GROUPS.items()}


def user_by_login(login: str) -> User | None:
    """The account for what was typed as 手机号 or 账号; one query whether it exists or not.

    A mobile number leads to an account only once it was verified; staff sign in by user name.
    """
    login = login.strip()
    return User.objects.filter(
        Q(username=login.lower())
        | Q(mobile_digest=crypto.digest(login), mobile_verified_at__isnull=False, is_staff=False)
    ).first()


def user_by_mobile(mobile: str) -> User | None:
    """The account that signs in with this mobile number."""
    return User.objects.filter(
        mobile_digest=crypto.digest(mobile), mobile_verified_at__isnull=False, is_staff=False, is_active=True
    ).first()


def handler_account(username: str, mobile: str) -> User | None:
    """The unit's account (法人账号) with the mobile number that was given when it was registered."""
    return User.objects.filter(
        username=username.strip().lower(), mobile_digest=crypto.digest(mobile), is_staff=False, is_active=True
    ).first()


def active_handlers(user: User) -> list[Handler]:
    """For which units the user acts today, with the units, by name."""
    return list(Handler.objects.active().filter(user=user).select_related("unit").order_by("unit__name", "pk"))


def messages_of(user: User) -> QuerySet[Message]:
    """The user's messages, newest first."""
    return Message.objects.filter(user=user).order_by("-created_at", "-pk")


def unread_count(user: User) -> int:
    """How many messages the user has not read."""
    return Message.objects.filter(user=user, read_at__isnull=True).count()


def has_agreed(user: User, agreements: Iterable[Agreement]) -> bool:
    """Whether the user agreed to all of these texts in their present versions, and still does."""
    given = Consent.objects.filter(user=user, withdrawn_at__isnull=True).values_list("kind", "version")
    return {(agreement.kind, agreement.version) for agreement in agreements} <= set(given)


def staff_roles(user: User) -> set[str]:
    """Codes of the roles (accounts.roles) of a staff member; empty for everybody else."""
    if not user.is_staff:
        return set()
    titles = [group.name for group in user.groups.all()]
    return {_ROLE_BY_TITLE[title] for title in titles if title in _ROLE_BY_TITLE}


def staff_regions(user: User) -> list[str]:
    """Codes of the regions that a staff member works for, in order; empty for everybody else.

    Like ``staff_roles`` it takes what was prefetched with the user, for pages that ask often.
    """
    if not user.is_staff:
        return []
    return sorted(scope.region_id for scope in user.scopes.all())


def login_digest(login: str) -> str:
    """What was typed as 账号 or 手机号, as failed sign-ins keep it."""
    return crypto.digest(login.strip().lower())


def sign_ins_of(user: User) -> QuerySet[SignIn]:
    """The user's sign-ins, newest first."""
    return SignIn.objects.filter(user=user).order_by("-at", "-pk")


def open_sessions(user: User) -> list[SignIn]:
    """The sign-ins whose sessions are still open, newest first."""
    found = list(sign_ins_of(user).filter(ended_at__isnull=True))
    keys = [row.session_key for row in found]
    alive = set(
        Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now()).values_list(
            "session_key", flat=True
        )
    )
    return [row for row in found if row.session_key in alive]


def failed_sign_ins(user: User, days: int = 30) -> int:
    """How often somebody failed to sign in with the user's 账号 or 手机号 in the last ``days``."""
    digests = [login_digest(login) for login in (user.username, user.mobile) if login]
    since = timezone.now() - timedelta(days=days)
    return FailedSignIn.objects.filter(login_digest__in=digests, at__gte=since).count()


def handler_by_number(number: str, id_no: str) -> Handler | None:
    """The active handler of the unit with this 单位编号: the only one, or the one with the ID number."""
    found = Handler.objects.active().filter(unit__numbers__number=number, user__is_staff=False).select_related("user")
    if id_no:
        found = found.filter(id_no_digest=crypto.digest(id_no))
    handlers = list(found[:2])
    return handlers[0] if len(handlers) == 1 else None


def is_insured_handler(user: User) -> bool:
    """Whether the user acts for a unit that has a 单位编号, and so signs in with a pushed code (A6)."""
    return Handler.objects.active().filter(user=user, unit__numbers__isnull=False).exists()


def code_receivers(user: User) -> list[User]:
    """The individual accounts that belong to the handler by verified ID number: there codes are pushed to."""
    digests = Handler.objects.active().filter(user=user).exclude(id_no_digest="").values("id_no_digest")
    return list(
        User.objects.filter(
            individual__id_no_digest__in=digests, individual__level__gte=VERIFIED_LEVEL, is_active=True
        ).distinct()
    )
