"""Every write to positions and to the interest in them: atomic, by a named actor, on locked rows."""

from collections.abc import Iterable
from datetime import date

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.consents import TITLES
from accounts.messaging.actions import send_message
from accounts.models import Consent, Individual, Unit, User
from common import audit, constraints
from common.transitions import TransitionRefused
from internship.actions import record_contact_consent
from positions import forms, indexing, rules
from positions.models import (
    COPIED_FIELDS,
    ContactViewLog,
    Favourite,
    InterestAction,
    Position,
    PositionApplication,
)
from review import actions as review_actions
from review.matters import StartRefused
from review.models import Case, PageDraft

MATTER = "position-application"

# The text that a trainee agrees to with the first favourite (templates/positions/contact_consent.html).
CONSENT_KIND, CONSENT_VERSION = "position-contact", "2026-11"
TITLES[CONSENT_KIND] = "向收藏岗位的单位提供联系方式"


def _save(position: Position) -> None:
    """Save with fresh search columns; a broken constraint is told in its own words."""
    indexing.fill(position)
    try:
        with transaction.atomic():
            position.save()
    except IntegrityError as error:
        if sentence := constraints.explain(error):
            raise TransitionRefused(sentence) from error
        raise


def _locked(position: Position) -> Position:
    return Position.objects.select_for_update(of=("self",)).select_related("unit").get(pk=position.pk)


# --- Publication -------------------------------------------------------------------------------


def _next_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [Position._meta.db_table])
        return int(cursor.fetchone()[0])


def _copy_fields(record: PositionApplication, position: Position) -> None:
    for name in COPIED_FIELDS:
        setattr(position, name, getattr(record, name))


def publish(*, case: Case, record: PositionApplication, by: User) -> Position:
    """An approved application becomes a public position, or renews the one that it revises.

    Runs inside the approval; raises TransitionRefused when the position may not be public now.
    """
    with audit.actor(by), transaction.atomic():
        # The name passes from the application to the position.
        record.holds_name = False
        record.save(update_fields=["holds_name"])
        if record.position:
            return _renew(record, record.position)
        position = Position(pk=_next_id(), case=case, unit=record.unit)
        position.number = f"GW{position.pk:010d}"
        position.region_id = case.region_id or ""
        _copy_fields(record, position)
        rules.check_publishable(position, timezone.localdate())
        _save(position)
    return position


def _renew(record: PositionApplication, revised: Position) -> Position:
    position = _locked(revised)
    if position.state == Position.State.REVOKED:
        raise TransitionRefused("该岗位已撤销，变更不能生效，请作不予通过处理")
    _copy_fields(record, position)
    if position.is_open:
        rules.check_publishable(position, timezone.localdate())
    position.revised_at = timezone.now()
    _save(position)
    return position


def revision_key(number: str) -> str:
    """The exclusive key of a change: one at a time per position."""
    return f"position:{number}"


def start_application(*, unit: Unit, source: Position, revise: bool, by: User) -> Case:
    """A draft filled from a position: to change it (``revise``), or to offer it again as a new one.

    Raises StartRefused with the way out (a change that is under way already), TransitionRefused when
    the position cannot be changed.
    """
    with audit.actor(by), transaction.atomic():
        locked = _locked(source)
        key = revision_key(locked.number)
        if revise:
            rules.check_revise(locked)
            running = Case.objects.filter(matter=MATTER, exclusive_key=key).first()
            if running:
                raise StartRefused(
                    f"该岗位已有一件变更申请（{running.number}，{running.get_status_display()}）",
                    url=running.number,
                    link="查看该办件",
                )
        case = review_actions.start_case(MATTER, unit, by=by)
        _type_in(case, locked, revise, by)
        if revise:
            case.exclusive_key = key
            case.save(update_fields=["exclusive_key"])
    return case


def _type_in(case: Case, source: Position, revise: bool, by: User) -> None:
    values = forms.typed_values(source)
    if revise:
        values["basics"]["revises"] = source.number
    else:
        # A new one gets a validity of its own.
        values["contact"].pop("valid_to", None)
        values["contact"]["valid_from"] = timezone.localdate().isoformat()
    stored = dict(PageDraft.objects.filter(case=case).values_list("page", "revision"))
    for page, content in values.items():
        review_actions.save_page(case, page, content, stored.get(page, 0), by=by)


# --- Closing and opening -----------------------------------------------------------------------


def _close(position: Position, state: str, reason: str, by: User | None) -> None:
    position.state, position.closed_at = state, timezone.now()
    position.closed_by, position.close_reason = by, reason
    position.save(update_fields=["state", "closed_at", "closed_by", "close_reason"])


def close_position(*, position: Position, reason: str, by: User) -> Position:
    """提前关闭: the unit takes no more trainees in; favourites stay, marked. Raises TransitionRefused."""
    with audit.actor(by), transaction.atomic():
        locked = _locked(position)
        rules.check_close(locked)
        _close(locked, Position.State.CLOSED, reason, by)
    return locked


def reopen_position(*, position: Position, by: User) -> Position:
    """重新开放 a position that was closed early. Raises TransitionRefused."""
    with audit.actor(by), transaction.atomic():
        locked = _locked(position)
        rules.check_reopen(locked, timezone.localdate())
        locked.state = Position.State.OPEN
        locked.closed_at, locked.closed_by, locked.close_reason = None, None, ""
        _save(locked)
    return locked


def revoke_position(*, case: Case, by: User | None) -> None:
    """The approval of a position was revoked; runs inside that transition."""
    position = Position.objects.select_for_update().filter(case=case).first()
    if position is not None and position.state != Position.State.REVOKED:
        _close(position, Position.State.REVOKED, Position.CloseReason.OTHER, by)


def close_positions_of_unit(*, unit: Unit, by: User | None) -> int:
    """The unit is no internship unit any more: all its open positions close (C1). Returns how many."""
    with audit.actor(by), transaction.atomic():
        found = Position.objects.select_for_update().of_unit(unit).public().order_by("pk")
        for position in found:
            _close(position, Position.State.CLOSED, Position.CloseReason.UNIT_REVOKED, by)
        return len(found)


def end_expired_positions(*, on: date) -> int:
    """The clock ends open positions whose validity is over. Returns how many."""
    with audit.actor(None, job="end-expired-positions"):
        found = Position.objects.public().filter(valid_to__lt=on)
        return found.update(state=Position.State.ENDED, closed_at=timezone.now())


def refresh_unit_copies(*, unit: Unit) -> None:
    """Bring what positions copy from their unit up to date, after the unit's data changed."""
    with transaction.atomic():
        for position in Position.objects.select_for_update(of=("self",)).select_related("unit").of_unit(unit):
            indexing.fill(position)
            position.save()


# --- Places ------------------------------------------------------------------------------------


def take_place(*, position: Position, by: User, count: int = 1) -> Position:
    """``count`` trainees are taken in: as many places less. Raises TransitionRefused when there are not so many left."""
    with audit.actor(by), transaction.atomic():
        locked = _locked(position)
        if locked.state == Position.State.REVOKED:
            raise TransitionRefused(f"岗位{locked.number}已撤销")
        if locked.places_left < count:
            raise TransitionRefused(f"岗位{locked.number}招收{locked.places}人，名额已满")
        locked.places_taken += count
        locked.save(update_fields=["places_taken"])
    return locked


def free_place(*, position: Position, by: User | None) -> Position:
    """A trainee left: the place is free again."""
    with audit.actor(by), transaction.atomic():
        locked = _locked(position)
        if locked.places_taken:
            locked.places_taken -= 1
            locked.save(update_fields=["places_taken"])
    return locked


# --- Favourites --------------------------------------------------------------------------------


def has_consented(individual: Individual) -> bool:
    """Whether the person agreed to what units see of those who keep their positions."""
    return Consent.objects.filter(
        user=individual.user_id, kind=CONSENT_KIND, version=CONSENT_VERSION, withdrawn_at__isnull=True
    ).exists()


def add_favourite(
    *, individual: Individual, position: Position, agreed: bool, by: User, address: str | None = None
) -> Favourite:
    """收藏: the trainee keeps a position; ``agreed`` is the consent given on the way, needed the first time.

    Raises TransitionRefused: no trainee, position out of reach or closed, three kept already, no consent.
    """
    with audit.actor(by), transaction.atomic():
        # Concurrent clicks wait here, so that the fourth is counted (quality.md, races).
        Individual.objects.select_for_update().get(pk=individual.pk)
        kept = Favourite.objects.filter(individual=individual, position=position, cancelled_at__isnull=True).first()
        if kept:
            return kept
        trainee = rules.check_trainee(individual)
        current = Position.objects.select_for_update(of=("self",)).get(pk=position.pk)
        rules.check_favourite(trainee, current, timezone.localdate())
        consent = _consent(individual, agreed, address)
        record_contact_consent(trainee=trainee, by=by)
        return Favourite.objects.create(
            individual=individual,
            position=current,
            consent_version=consent.version,
            consented_at=consent.given_at,
        )


def _consent(individual: Individual, agreed: bool, address: str | None) -> Consent:
    given = Consent.objects.filter(
        user=individual.user_id, kind=CONSENT_KIND, version=CONSENT_VERSION, withdrawn_at__isnull=True
    ).first()
    if given:
        return given
    if not agreed:
        raise TransitionRefused("请先阅读并同意向岗位所属单位提供联系信息")
    return Consent.objects.create(
        user_id=individual.user_id, kind=CONSENT_KIND, version=CONSENT_VERSION, address=address
    )


def cancel_favourite(*, favourite: Favourite, by: User) -> Favourite:
    """取消收藏: from now on the unit does not see the person any more."""
    with audit.actor(by), transaction.atomic():
        locked = Favourite.objects.select_for_update().get(pk=favourite.pk)
        if locked.cancelled_at is None:
            locked.cancelled_at = timezone.now()
            locked.save(update_fields=["cancelled_at"])
    return locked


# --- Interested people -------------------------------------------------------------------------


def answer_interest(*, favourite: Favourite, kind: str, message: str = "", by: User) -> InterestAction:
    """The unit invites, declines or agrees; the person is told. Raises TransitionRefused."""
    with audit.actor(by), transaction.atomic():
        locked = (
            Favourite.objects.select_for_update(of=("self",))
            .select_related("position", "individual__user")
            .get(pk=favourite.pk)
        )
        if locked.cancelled_at is not None:
            raise TransitionRefused("该人员已取消收藏")
        answer = InterestAction.objects.create(
            favourite=locked, kind=InterestAction.Kind(kind), message=message.strip(), by=by
        )
        send_message(
            user=locked.individual.user,
            occasion=f"interest-{answer.kind}",
            values={"单位": locked.position.unit_name, "岗位": locked.position.name, "留言": answer.message},
            key=f"interest-{answer.pk}",
            url=f"/positions/{locked.position.number}/",
        )
    return answer


def log_contact_views(*, favourites: Iterable[Favourite], unit: Unit, purpose: str, by: User) -> None:
    """Record that a handler saw the contact data of these people in full (PIPL)."""
    ContactViewLog.objects.bulk_create(
        ContactViewLog(favourite=favourite, unit=unit, user=by, purpose=purpose) for favourite in favourites
    )
