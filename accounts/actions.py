"""Every write to accounts: atomic, with the actor on record, each named ``by``."""

import hmac
import secrets
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, TypeVar

from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from accounts.consents import AT_REGISTRATION, BANK, Agreement
from accounts.messaging.actions import send_code, send_message
from accounts.messaging.models import Channel
from accounts.models import (
    BankAccount,
    Consent,
    FailedSignIn,
    Handler,
    Individual,
    MobileCode,
    RealNameLevel,
    SignIn,
    Unit,
    User,
)
from accounts.queries import code_receivers
from accounts.writing import Refused as Refused
from accounts.writing import write as write
from common import crypto, identifiers

CODE_MINUTES = 5
CODE_TRIES = 5
CODE_PAUSE_SECONDS = 60
CODES_PER_DAY = 10


def _code_hash(purpose: str, target_digest: str, code: str) -> str:
    return crypto.digest(f"{purpose}:{target_digest}:{code}")


def _target(mobile: str, account: str) -> str:
    return crypto.digest(f"{mobile}:{account.strip().lower()}" if account else mobile)


def _code_words(purpose: str, code: str) -> dict[str, Any]:
    """Occasion and values of a message that carries a code."""
    title = MobileCode.Purpose(purpose).label
    return {"occasion": "code", "values": {"用途": title, "验证码": code, "分钟": CODE_MINUTES}}


def new_code(purpose: str, digest: str) -> tuple[MobileCode, str]:
    """A new code for a receiver, within the limits. Raises Refused when codes are asked for too often."""
    with connection.cursor() as cursor:  # two requests at once must not both send
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(digest[:15], 16)])
    now = timezone.now()
    recent = MobileCode.objects.filter(target_digest=digest, purpose=purpose, created_at__gt=now - timedelta(days=1))
    times = list(recent.order_by("-created_at").values_list("created_at", flat=True)[:CODES_PER_DAY])
    if times and (wait := CODE_PAUSE_SECONDS - int((now - times[0]).total_seconds())) > 0:
        raise Refused(f"验证码已发送，请{wait}秒后再获取")
    if len(times) >= CODES_PER_DAY:
        raise Refused("今天获取验证码的次数已用完，请明天再试")
    code = f"{secrets.randbelow(1_000_000):06d}"
    row = MobileCode.objects.create(
        purpose=purpose,
        target_digest=digest,
        code_hash=_code_hash(purpose, digest, code),
        tries_left=CODE_TRIES,
        expires_at=now + timedelta(minutes=CODE_MINUTES),
    )
    return row, code


@write
def issue_code(
    *, mobile: str, purpose: str, deliver: bool, by: User | None, account: str = "", channel: str = Channel.SMS
) -> None:
    """Make a six-digit code for a mobile number (or an e-mail, by that ``channel``) and send it.

    The row is made and the limits are kept even when nothing is to be delivered (the number is not
    known), so that the answer is always the same. ``account`` narrows the code to one 法人账号.
    Raises Refused when codes are asked for too often.
    """
    row, code = new_code(purpose, _target(mobile, account))
    send_code(
        channel=channel,
        address=mobile,
        deliver=deliver,
        key=f"code:{row.pk}",
        expires_at=row.expires_at,
        **_code_words(purpose, code),
    )


@write
def use_code(*, mobile: str, purpose: str, code: str, by: User | None, account: str = "") -> bool:
    """Whether ``code`` is the newest one, unused and in time; then it is used up. A wrong one costs a try.

    Only the newest code counts. The row is locked, so that of two requests with the right code one
    wins and wrong tries cannot be made in parallel.
    """
    return code_fits(purpose, _target(mobile, account), code)


def code_fits(purpose: str, digest: str, code: str) -> bool:
    """As use_code, for the digest of any receiver; in the caller's transaction."""
    row = (
        MobileCode.objects.select_for_update()
        .filter(target_digest=digest, purpose=purpose)
        .order_by("-created_at", "-pk")
        .first()
    )
    if row is None or row.used_at or row.tries_left < 1 or row.expires_at <= timezone.now():
        return False
    if not hmac.compare_digest(row.code_hash, _code_hash(purpose, digest, code)):
        row.tries_left -= 1
        row.save(update_fields=["tries_left"])
        return False
    row.used_at = timezone.now()
    row.save(update_fields=["used_at"])
    return True


@write
def push_unit_code(*, user: User, by: User | None) -> None:
    """Send a handler the code of 单位编号登录 (A6): into the own individual account's message centre,
    and by short message and e-mail where the account has them.

    Raises Refused when codes are asked for too often.
    """
    purpose = MobileCode.Purpose.UNIT_SIGN_IN
    digest = crypto.digest(f"user:{user.pk}")
    row, code = new_code(purpose, digest)
    deliver_code(user, row, code, by)


def deliver_code(user: User, row: MobileCode, code: str, by: User | None) -> None:
    """Push a code to a handler: the own individual account's message centre, and phone and e-mail where known."""
    words = _code_words(row.purpose, code)
    for receiver in code_receivers(user):
        send_message(user=receiver, key=f"unit-code:{row.pk}:{receiver.pk}", expires_at=row.expires_at, by=by, **words)
    for channel, address in ((Channel.SMS, user.mobile), (Channel.EMAIL, user.email)):
        if address:
            key = f"code:{row.pk}:{channel}"
            send_code(channel=channel, address=address, user=user, key=key, expires_at=row.expires_at, by=by, **words)


@write
def use_unit_code(*, user: User, code: str, by: User | None) -> bool:
    """Whether ``code`` is the handler's newest pushed one, unused and in time; as use_code."""
    return code_fits(MobileCode.Purpose.UNIT_SIGN_IN, crypto.digest(f"user:{user.pk}"), code)


def _agree(user: User, address: str | None, agreements: Iterable[Agreement] = AT_REGISTRATION) -> None:
    Consent.objects.bulk_create(
        [
            Consent(user=user, kind=agreement.kind, version=agreement.version, address=address or None)
            for agreement in agreements
        ],
        ignore_conflicts=True,
    )


@write
def agree(*, by: User, address: str | None, agreements: Iterable[Agreement] = AT_REGISTRATION) -> None:
    """Record that ``by`` agreed to the present texts; a second time changes nothing."""
    _agree(by, address, agreements)


@write
def withdraw_bank_consent(*, by: User) -> int:
    """The actor takes the consent to bank data back (PIPL §15): the own accounts are not used any more.

    What was paid before stays lawful; a unit's accounts are the unit's. Returns how many were ended.
    """
    now = timezone.now()
    Consent.objects.filter(user=by, kind=BANK.kind, withdrawn_at__isnull=True).update(withdrawn_at=now)
    return BankAccount.objects.filter(individual__user=by, ended_at__isnull=True).update(ended_at=now)


@write
def register_individual(
    *, mobile: str, password: str, name: str, id_type: str, id_no: str, address: str | None, by: User | None
) -> Individual:
    """A new individual whose mobile number was proved by a code; real-name level 2 (matters A1).

    Sex and birth date are read from the ID number where it tells them. Raises IntegrityError when
    the mobile number belongs to another account.
    """
    user = User.objects.create_user(
        f"p{secrets.token_hex(8)}", password, name=name, mobile=mobile, mobile_verified_at=timezone.now()
    )
    individual = Individual.objects.create(
        user=user,
        name=name,
        id_type=id_type,
        id_no=id_no,
        level=RealNameLevel.DECLARED,
        sex=identifiers.sex(id_type, id_no) or "",
        birth_date=identifiers.birth_date(id_type, id_no),
    )
    _agree(user, address)
    return individual


@write
def register_unit(
    *, username: str, password: str, mobile: str, unit: Unit, address: str | None, by: User | None
) -> Handler:
    """A new unit with its first account (法人账号), whose user becomes 单位主管; real-name level 2 (matters A2).

    The form names no other person, so the account and its handler carry the legal representative's
    name. Raises IntegrityError when the account or the credit code is taken.
    """
    user = User.objects.create_user(username, password, name=unit.legal_representative, mobile=mobile)
    unit.level = RealNameLevel.DECLARED
    unit.save(force_insert=True)
    handler = Handler.objects.create(
        unit=unit,
        user=user,
        role=Handler.Role.SUPERVISOR,
        name=unit.legal_representative,
        id_type=unit.legal_representative_id_type,
        id_no=unit.legal_representative_id_no,
    )
    _agree(user, address)
    return handler


@write
def set_password(*, user: User, password: str, by: User | None) -> None:
    """Give the account a new password, end its other sessions (their hash no longer fits) and tell the user."""
    user = User.objects.select_for_update().get(pk=user.pk)
    user.set_password(password)
    user.password_changed_at, user.password_temporary = timezone.now(), False
    user.save(update_fields=["password", "password_changed_at", "password_temporary"])
    send_message(
        user=user,
        occasion="password-changed",
        values={},
        key=f"password:{user.pk}:{user.password_changed_at.isoformat()}",
        by=by,
    )


Kept = TypeVar("Kept", Unit, Individual)


def _keep(row: Kept, values: Mapping[str, Any]) -> Kept:
    locked: Kept = type(row).objects.select_for_update().get(pk=row.pk)
    for name, value in values.items():
        setattr(locked, name, value)
    locked.full_clean()
    locked.save(update_fields=[*values, *_digests(locked, values)])
    return locked


def _digests(row: Unit | Individual, values: Mapping[str, Any]) -> list[str]:
    """The blind indexes that belong to the written columns, so that they stay in step."""
    return [field.name for field in row._meta.fields if getattr(field, "source", None) in values]


@write
def save_unit_profile(*, unit: Unit, values: Mapping[str, Any], by: User) -> Unit:
    """Keep the unit's data (A8); name and credit code are final and ignored. Raises ValidationError."""
    return _keep(unit, {name: value for name, value in values.items() if name not in {"name", "uscc", "level"}})


@write
def save_individual_profile(*, individual: Individual, values: Mapping[str, Any], by: User) -> Individual:
    """Keep a person's employment data (B0); name and ID are final once verified. Raises ValidationError."""
    fixed = {"level", "user"}
    if individual.is_verified:
        fixed |= {"name", "id_type", "id_no", "sex", "birth_date"}
    return _keep(individual, {name: value for name, value in values.items() if name not in fixed})


@write
def verify_individual(*, individual: Individual, by: User) -> None:
    """The identity was checked at the counter: level 5, name and ID final (matters A1).

    Raises IntegrityError when another account is verified with this ID number.
    """
    locked = Individual.objects.select_for_update().get(pk=individual.pk)
    locked.level = RealNameLevel.CERTIFIED
    locked.save(update_fields=["level"])


@write
def verify_unit(*, unit: Unit, by: User) -> None:
    """Licence and authorisation letter were checked by staff: level 5 (matters A2)."""
    locked = Unit.objects.select_for_update().get(pk=unit.pk)
    locked.level = RealNameLevel.CERTIFIED
    locked.save(update_fields=["level"])


@write
def add_bank_account(*, account: BankAccount, by: User) -> BankAccount:
    """Add a bank account of an individual or a unit. Raises ValidationError when the owner has it already."""
    account.full_clean()
    account.save(force_insert=True)
    return account


@write
def end_bank_account(*, account: BankAccount, by: User) -> None:
    """Stop using a bank account; claims that name it keep it."""
    locked = BankAccount.objects.select_for_update().get(pk=account.pk)
    if locked.ended_at is None:
        locked.ended_at = timezone.now()
        locked.save(update_fields=["ended_at"])


@write
def record_sign_in(*, by: User, values: Mapping[str, Any]) -> SignIn:
    """Keep who signed in, how, from where, and which session it opened; of staff the other sessions end.

    Who signs in again in an open session goes on in it: only its newest sign-in counts as open.
    """
    key = values["session_key"]
    SignIn.objects.filter(session_key=key, ended_at__isnull=True).update(ended_at=timezone.now())
    if by.is_staff:
        end_sessions(sign_ins=SignIn.objects.filter(user=by), by=by)
    return SignIn.objects.create(user=by, **values)


@write
def record_sign_out(*, session_key: str, by: User | None) -> None:
    """The session ended, by its user or because it was idle."""
    SignIn.objects.filter(session_key=session_key, ended_at__isnull=True).update(ended_at=timezone.now())


@write
def end_sessions(*, sign_ins: QuerySet[SignIn], by: User | None) -> int:
    """End the sessions of these sign-ins at once, wherever they are open; returns how many were."""
    keys = list(sign_ins.filter(ended_at__isnull=True).select_for_update().values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    return SignIn.objects.filter(session_key__in=keys, ended_at__isnull=True).update(ended_at=timezone.now())


@write
def move_session(*, old_key: str, new_key: str, by: User) -> None:
    """The session got a new key (after a change of password or rights): its sign-in follows."""
    SignIn.objects.filter(session_key=old_key, ended_at__isnull=True).update(session_key=new_key)


@write
def record_failed_sign_in(*, values: Mapping[str, Any], by: User | None) -> None:
    """Keep evidence of a sign-in that failed; nobody is named, because nobody was proved."""
    FailedSignIn.objects.create(**values)


@write
def second_factor_changed(*, user: User, words: str, by: User | None) -> None:
    """Tell the account's owner that its 动态口令 was set up, given up or replaced."""
    send_message(
        user=user,
        occasion="second-factor-changed",
        values={"变更": words},
        key=f"second-factor:{user.pk}:{timezone.now().isoformat()}",
        by=by,
    )


@write
def reset_second_factor(*, user: User, by: User) -> None:
    """Take the 动态口令 and recovery codes away, for who lost the phone; the account's sessions end."""
    Authenticator.objects.filter(user=user).delete()
    end_sessions(sign_ins=SignIn.objects.filter(user=user), by=by)
    second_factor_changed(user=user, words="系统管理员已重置您的动态口令，请登录后重新启用", by=by)
