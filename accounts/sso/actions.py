"""From what the network says to an account of the hall: found by verified ID number or credit code, never by e-mail."""

import secrets

from allauth.socialaccount.models import SocialAccount
from django.db import connection
from django.utils import timezone

from accounts.messaging.actions import send_message
from accounts.models import VERIFIED_LEVEL, Handler, Individual, Unit, User
from accounts.portal import INDIVIDUAL, UNIT, individual_of
from accounts.sso.refusals import (
    AuthorisationEnded,
    IdentityChanged,
    NameDiffers,
    PersonalAccountExists,
    StaffAccountExists,
)
from accounts.sso.rules import LegalPersonClaims, PersonClaims
from accounts.writing import write
from common import crypto, identifiers


def _one_at_a_time(key: str) -> None:
    """Two first sign-ins of the same person or unit must not make two accounts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(crypto.digest(f"sso:{key}")[:15], 16)])


def _linked(portal: str, uid: str) -> User | None:
    link = SocialAccount.objects.filter(provider=portal, uid=uid).select_related("user").first()
    return link.user if link else None


def _link(portal: str, uid: str, user: User) -> None:
    """Nothing the network told is kept with the link: what is believed stands in the hall's own rows."""
    SocialAccount.objects.update_or_create(provider=portal, uid=uid, defaults={"user": user, "extra_data": {}})


def _free_mobile(mobile: str) -> bool:
    taken = User.objects.filter(
        mobile_digest=crypto.digest(mobile), mobile_verified_at__isnull=False, is_staff=False
    ).exists()
    return bool(mobile) and not taken


def _new_person(claims: PersonClaims) -> Individual:
    """The number signs in only where it is not another account's already."""
    user = User.objects.create_user(
        f"p{secrets.token_hex(8)}",
        None,
        name=claims.name,
        mobile=claims.mobile,
        mobile_verified_at=timezone.now() if _free_mobile(claims.mobile) else None,
    )
    return Individual.objects.create(
        user=user,
        name=claims.name,
        id_type=claims.id_type,
        id_no=claims.id_no,
        level=claims.level,
        sex=identifiers.sex(claims.id_type, claims.id_no) or "",
        birth_date=identifiers.birth_date(claims.id_type, claims.id_no),
    )


def _person_by_identity(claims: PersonClaims) -> Individual | None:
    """Who is verified with this ID number; else who only declared it, if the proved mobile number is the same too."""
    same = Individual.objects.select_for_update().filter(id_no_digest=claims.id_digest)
    verified = same.filter(level__gte=VERIFIED_LEVEL).first()
    if verified is not None:
        if verified.name != claims.name:
            raise NameDiffers
        return verified
    if not claims.mobile:
        return None
    return same.filter(
        name=claims.name,
        user__mobile_digest=crypto.digest(claims.mobile),
        user__mobile_verified_at__isnull=False,
    ).first()


@write
def individual_for(*, claims: PersonClaims, by: User | None) -> Individual:
    """The individual whom the network names, made where there is none; the real-name level only rises.

    An unverified account with the same ID number does not stand in the way (matters A1): it stays as
    it is unless its proved mobile number shows that it is the same person. Raises SsoRefused.
    """
    _one_at_a_time(claims.id_digest)
    linked = _linked(INDIVIDUAL, claims.uid)
    if linked is not None:
        individual = Individual.objects.select_for_update().filter(user=linked).first()
        if individual is None or individual.id_no_digest != claims.id_digest:
            raise IdentityChanged
    else:
        individual = _person_by_identity(claims) or _new_person(claims)
    if individual.user.is_staff:
        raise StaffAccountExists
    if claims.level > individual.level:
        individual.level = claims.level
        individual.save(update_fields=["level"])
    _link(INDIVIDUAL, claims.uid, individual.user)
    return individual


def _supersede(unit: Unit, by: User | None) -> None:
    """End the handlers of a unit that nobody had verified: the credit code alone proved nothing.

    They are not matched with the agent by what they typed themselves, or whoever registered a foreign
    unit would keep a way in.
    """
    now = timezone.now()
    for handler in unit.handlers.active().select_for_update().select_related("user"):
        handler.ended_at, handler.end_reason = now, Handler.EndReason.SUPERSEDED
        handler.save(update_fields=["ended_at", "end_reason"])
        send_message(
            user=handler.user,
            occasion="handler-superseded",
            values={"单位": unit.name},
            key=f"superseded:{handler.pk}",
            by=by,
        )


def _unit_for(claims: LegalPersonClaims, by: User | None) -> Unit:
    unit = Unit.objects.select_for_update().filter(uscc=claims.uscc).first()
    if unit is None:
        return Unit.objects.create(
            name=claims.name,
            uscc=claims.uscc,
            legal_person_type=claims.legal_person_type,
            legal_representative=claims.legal_representative,
            level=claims.level,
        )
    if unit.level < VERIFIED_LEVEL:
        _supersede(unit, by)
    # The register is the network's source: a unit that was renamed is still the same unit.
    unit.name = claims.name
    unit.legal_representative = claims.legal_representative or unit.legal_representative
    unit.level = max(unit.level, claims.level)
    unit.save(update_fields=["name", "legal_representative", "level"])
    return unit


def _entered_handler(unit: Unit, claims: LegalPersonClaims) -> Handler | None:
    """The active handler whom the unit or the office entered with the agent's ID number."""
    found = unit.handlers.active().filter(id_no_digest=claims.id_digest).select_related("user__individual").first()
    if found is None:
        return None
    if found.name != claims.agent_name:
        raise NameDiffers
    elsewhere = Handler.objects.active().filter(user=found.user).exclude(unit=unit).exists()
    if individual_of(found.user) is not None or elsewhere:
        raise PersonalAccountExists
    return found


def _was_ended(unit: Unit, claims: LegalPersonClaims) -> bool:
    ended = unit.handlers.filter(id_no_digest=claims.id_digest, ended_at__isnull=False)
    return ended.exclude(end_reason=Handler.EndReason.SUPERSEDED).exists()


def _new_agent(claims: LegalPersonClaims) -> User:
    return User.objects.create_user(
        f"u{secrets.token_hex(8)}", None, name=claims.agent_name, mobile=claims.agent_mobile
    )


def _new_handler(unit: Unit, user: User, claims: LegalPersonClaims) -> Handler:
    """A unit is never without a 单位主管: the first agent is one, whatever the network calls him."""
    supervises = claims.agent_is_supervisor or not unit.handlers.supervisors().exists()
    return Handler.objects.create(
        unit=unit,
        user=user,
        role=Handler.Role.SUPERVISOR if supervises else Handler.Role.CLERK,
        origin=Handler.Origin.NETWORK,
        name=claims.agent_name,
        id_no=claims.agent_id_no,
    )


@write
def handler_for(*, claims: LegalPersonClaims, by: User | None) -> Handler:
    """The agent as handler of the legal person, with unit and account made where there are none.

    The account is the unit's, never a private one: a legal person's sign-in says who acts for it, and
    must not open what belongs to that person alone. Raises SsoRefused.
    """
    _one_at_a_time(claims.uscc)
    unit = _unit_for(claims, by)
    user = _linked(UNIT, claims.uid)
    handler = unit.handlers.active().filter(user=user).first() if user else None
    # Who was ended and entered again has another account: what was entered last counts.
    handler = handler or _entered_handler(unit, claims)
    if handler is None and _was_ended(unit, claims):
        raise AuthorisationEnded
    if handler is None:
        handler = _new_handler(unit, user or _new_agent(claims), claims)
    if handler.user.is_staff:
        raise StaffAccountExists
    _link(UNIT, claims.uid, handler.user)
    return handler
