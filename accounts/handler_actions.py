"""Every write to handlers (A5): under the lock of their unit, the concerned sessions ended, everybody told.

A handler who is entered gets an account of the unit's, with a link of his own to open it. A private
account is never made the unit's by an entry (decision 9).
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.actions import agree, end_sessions, set_password
from accounts.handler_rules import check_another_supervisor, check_may_keep, check_staff, owns_contacts
from accounts.menu_groups import GRANTABLE
from accounts.messaging.actions import send_code, send_message
from accounts.messaging.models import Channel
from accounts.models import Activation, Handler, SignIn, Unit, User
from accounts.writing import Refused, write
from common import codes, crypto, policies

ACTIVATION_HOURS = 72
LEGACY_POLICY = "legacy_first_password"


@dataclass(frozen=True, slots=True)
class Person:
    """Who is entered as a handler; ``email`` may be empty."""

    name: str
    id_type: str
    id_no: str
    mobile: str
    email: str = ""


def lock_unit(unit_id: int) -> Unit:
    """Whatever changes a unit's handlers takes its turn: what was asked before may have changed meanwhile."""
    return Unit.objects.select_for_update().get(pk=unit_id)


def _lock_handler(handler: Handler) -> Handler:
    lock_unit(handler.unit_id)
    found = Handler.objects.select_for_update().select_related("unit", "user").get(pk=handler.pk)
    if found.ended_at is not None:
        raise Refused(f"{found.name}的经办权限已经结束，请刷新页面")
    return found


def _end_user_sessions(user: User, by: User, keep_session: str = "") -> None:
    """Rights changed: whatever is open begins anew (GB/T 22239 level 3); ``keep_session`` is the actor's own."""
    end_sessions(sign_ins=SignIn.objects.filter(user=user).exclude(session_key=keep_session), by=by)


def tell(user: User, occasion: str, values: Mapping[str, object], key: str, by: User) -> None:
    """A message about handlers, each time a new one."""
    key = f"{key}:{user.pk}:{timezone.now().isoformat()}"
    send_message(user=user, occasion=occasion, values=values, key=key, by=by)


def _tell_supervisors(handler: Handler, words: str, by: User) -> None:
    """The unit's other 主管; who changed it and whom it is about know already."""
    unit = handler.unit
    others = Handler.objects.supervisors().filter(unit=unit).exclude(user=by).exclude(pk=handler.pk)
    for supervisor in others.select_related("user"):
        tell(supervisor.user, "handlers-changed", {"单位": unit.name, "变更": words}, "handlers", by)


def legacy_first_password(unit: Unit, person: Person) -> bool:
    """Whether the manual's first password (last six of the ID number, JX 5.1) is in use: off unless staff switch it on.

    Only for units that sign in by number, where a pushed code follows the password.
    """
    region = unit.handling_region_id or ""
    if not policies.value(LEGACY_POLICY, region, timezone.localdate()):
        return False
    return person.id_type == codes.RESIDENT_ID and unit.numbers.exists()


def _new_account(unit: Unit, person: Person) -> User:
    user = User.objects.create_user(
        f"h{secrets.token_hex(8)}", None, name=person.name, mobile=person.mobile, email=person.email
    )
    if legacy_first_password(unit, person):
        user.set_password(person.id_no[-6:].upper())
        user.password_temporary = True
        user.save(update_fields=["password", "password_temporary"])
    return user


def write_to(address: tuple[str, str], occasion: str, values: Mapping[str, object], key: str, by: User | None) -> None:
    """To a number or e-mail as it stands, (channel, address): whoever is meant has no account that can be read yet."""
    expires_at = timezone.now() + timedelta(hours=ACTIVATION_HOURS)
    channel, target = address
    key = f"{key}:{channel}"
    send_code(channel=channel, address=target, occasion=occasion, values=values, key=key, expires_at=expires_at, by=by)


def _addresses(user: User) -> list[tuple[str, str]]:
    found = ((Channel.SMS, user.mobile), (Channel.EMAIL, user.email))
    return [(channel, address) for channel, address in found if address]


def _invite(handler: Handler, by: User) -> None:
    """The way into a new account: a link that serves once, or the manual's first password where staff want it."""
    unit, user = handler.unit, handler.user
    if user.password_temporary:
        for address in _addresses(user):
            write_to(address, "handler-first-password", {"单位": unit.name}, f"first-password:{handler.pk}", by)
        return
    Activation.objects.filter(handler=handler, used_at__isnull=True).update(expires_at=timezone.now())
    token = secrets.token_urlsafe(32)
    row = Activation.objects.create(
        handler=handler,
        token_hash=crypto.digest(token),
        expires_at=timezone.now() + timedelta(hours=ACTIVATION_HOURS),
    )
    link = settings.SITE_URL.rstrip("/") + reverse("accounts:activate", args=[token])
    values = {"单位": unit.name, "链接": link, "小时": ACTIVATION_HOURS}
    for address in _addresses(user):
        write_to(address, "handler-invited", values, f"activation:{row.pk}", by)


def add_handler(
    unit: Unit, person: Person, *, role: str, groups: Iterable[str], origin: str, by: User, words: str = ""
) -> Handler:
    """A new handler with an account of the unit's and the way into it. The unit is locked and the actor checked."""
    if unit.handlers.active().filter(id_no_digest=crypto.digest(person.id_no)).exists():
        raise Refused(f"{person.name}已是该单位的经办人")
    handler = Handler.objects.create(
        unit=unit,
        user=_new_account(unit, person),
        role=role,
        origin=origin,
        menu_groups=[group for group in GRANTABLE if group in set(groups)],
        name=person.name,
        id_type=person.id_type,
        id_no=person.id_no,
    )
    _invite(handler, by)
    _tell_supervisors(handler, words or f"{person.name}已录入为{handler.get_role_display()}", by)
    return handler


def close_handler(handler: Handler, *, reason: str, words: str, by: User) -> None:
    """End an authorisation: out at once, and told so. The handler is locked and the actor checked."""
    handler.ended_at, handler.end_reason = timezone.now(), reason
    handler.save(update_fields=["ended_at", "end_reason"])
    Activation.objects.filter(handler=handler, used_at__isnull=True).update(expires_at=timezone.now())
    _end_user_sessions(handler.user, by)
    tell(handler.user, "handler-ended", {"单位": handler.unit.name, "原因": words}, f"handler-ended:{handler.pk}", by)


@write
def enter_handler(*, unit: Unit, person: Person, role: str, groups: Iterable[str], by: User) -> Handler:
    """Enter a handler: by staff (经办人录入, JX 4.1) or by a 单位主管. A unit's first handler is 单位主管. Raises Refused."""
    unit = lock_unit(unit.pk)
    check_may_keep(unit, by)
    if not unit.handlers.supervisors().exists():
        role = Handler.Role.SUPERVISOR
    origin = Handler.Origin.STAFF if by.is_staff else Handler.Origin.UNIT
    return add_handler(unit, person, role=role, groups=groups, origin=origin, by=by)


@write
def change_handler(*, handler: Handler, person: Person, by: User) -> Handler:
    """经办人变更 (JX 4.2), by staff. Another ID number is another person: the former handler is out at once and the
    new one has an account and a message centre of his own. Else name and contacts are put right. Raises Refused.
    """
    handler = _lock_handler(handler)
    check_staff(handler.unit, by)
    if (handler.id_type, handler.id_no) != (person.id_type, person.id_no):
        return _replace(handler, person, by)
    user, contacts = handler.user, (handler.user.mobile, handler.user.email)
    handler.name, handler.origin = person.name, Handler.Origin.STAFF
    handler.save(update_fields=["name", "origin"])
    if not owns_contacts(handler):
        user.name, user.mobile, user.email = person.name, person.mobile, person.email
        if contacts != (person.mobile, person.email):
            user.mobile_verified_at = None
        user.save(update_fields=["name", "mobile", "mobile_digest", "email", "mobile_verified_at"])
    _end_user_sessions(user, by)
    tell(user, "handler-corrected", {"单位": handler.unit.name}, "handler-corrected", by)
    if contacts[0] not in ("", user.mobile):
        key = f"former-mobile:{handler.pk}:{timezone.now().isoformat()}"
        write_to((Channel.SMS, contacts[0]), "handler-corrected", {"单位": handler.unit.name}, key, by)
    return handler


def _replace(former: Handler, person: Person, by: User) -> Handler:
    unit = former.unit
    close_handler(former, reason=Handler.EndReason.LEFT, words="经办大厅已办理经办人变更", by=by)
    return add_handler(
        unit,
        person,
        role=former.role,
        groups=former.menu_groups,
        origin=Handler.Origin.STAFF,
        by=by,
        words=f"经办人由{former.name}变更为{person.name}",
    )


@write
def set_menu_groups(*, handler: Handler, groups: Iterable[str], by: User) -> Handler:
    """Which groups of the unit menu a handler may open; his sessions end. Raises Refused."""
    handler = _lock_handler(handler)
    check_may_keep(handler.unit, by)
    if handler.is_supervisor:
        raise Refused("单位主管可以办理全部业务，不需要另行授权")
    handler.menu_groups = [group for group in GRANTABLE if group in set(groups)]
    handler.save(update_fields=["menu_groups"])
    _end_user_sessions(handler.user, by)
    values = {"单位": handler.unit.name, "业务": "、".join(handler.menu_groups) or "无"}
    tell(handler.user, "handler-groups", values, "handler-groups", by)
    return handler


@write
def set_role(*, handler: Handler, role: str, by: User, keep_session: str = "") -> Handler:
    """Make a handler 单位主管, or 经办人 again; a unit keeps at least one 主管. Raises Refused."""
    handler = _lock_handler(handler)
    check_may_keep(handler.unit, by)
    _give_role(handler, role, by, keep_session)
    return handler


def _give_role(handler: Handler, role: str, by: User, keep_session: str = "") -> None:
    if handler.role == role:
        raise Refused(f"{handler.name}已经是{handler.get_role_display()}，请刷新页面")
    check_another_supervisor(handler)
    handler.role = role
    handler.save(update_fields=["role"])
    _end_user_sessions(handler.user, by, keep_session)
    values = {"单位": handler.unit.name, "角色": handler.get_role_display()}
    tell(handler.user, "handler-role", values, "handler-role", by)


@write
def hand_over(*, handler: Handler, by: User, keep_session: str = "") -> Handler:
    """移交主管: ``handler`` becomes 单位主管 and the actor 经办人, both or neither. Raises Refused."""
    handler = _lock_handler(handler)
    check_may_keep(handler.unit, by)
    own = Handler.objects.supervisors().select_related("unit", "user").get(unit=handler.unit, user=by)
    _give_role(handler, Handler.Role.SUPERVISOR, by)
    _give_role(own, Handler.Role.CLERK, by, keep_session)
    return handler


@write
def end_handler(*, handler: Handler, by: User) -> None:
    """End a handler's authorisation, by staff, by a 单位主管, or by oneself; a unit keeps at least one 主管.

    Raises Refused.
    """
    handler = _lock_handler(handler)
    if handler.user_id != by.pk:
        check_may_keep(handler.unit, by)
    check_another_supervisor(handler)
    words = "单位主管或经办大厅已结束授权" if handler.user_id != by.pk else "您已退出该单位"
    close_handler(handler, reason=Handler.EndReason.LEFT, words=words, by=by)
    _tell_supervisors(handler, f"{handler.name}的经办权限已结束", by)


@write
def send_activation(*, handler: Handler, by: User) -> None:
    """Send the link to open the account again; the one before serves no more. Raises Refused."""
    handler = _lock_handler(handler)
    check_may_keep(handler.unit, by)
    if handler.is_activated:
        raise Refused(f"{handler.name}的账号已经开通，忘记密码可由本人在登录页重置")
    if not (handler.user.mobile or handler.user.email):
        raise Refused(f"{handler.name}没有登记手机号，请由经办大厅补充")
    _invite(handler, by)


@write
def activate(*, token: str, username: str, password: str, address: str | None, by: User | None) -> Handler:
    """Open the account with the link: the handler's own 账号 and password, and the consent. It serves once.

    Raises Refused, IntegrityError when the 账号 is taken.
    """
    row = Activation.objects.select_for_update().filter(token_hash=crypto.digest(token)).first()
    if row is None or row.used_at or row.expires_at <= timezone.now() or row.handler.ended_at:
        raise Refused("链接无效、已使用或已过期，请联系单位主管或经办窗口重新发送")
    row.used_at = timezone.now()
    row.save(update_fields=["used_at"])
    user = User.objects.select_for_update().get(pk=row.handler.user_id)
    user.username = username
    user.save(update_fields=["username"])
    set_password(user=user, password=password, by=user)
    agree(by=user, address=address)
    return row.handler
