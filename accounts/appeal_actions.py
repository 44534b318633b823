"""Every write to 账号申诉 (A4): filled in without an account, decided by staff, approved it changes the 主管."""

import hmac
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import IO, Any

from django.utils import timezone

from accounts.appeal_models import Appeal, AppealFile, AppealFileView
from accounts.appeal_rules import (
    APPEAL_TABLE,
    FILES_PER_SLOT,
    check_complete,
    check_decider,
    check_papers_readable,
)
from accounts.handler_actions import Person, add_handler, close_handler, lock_unit, tell, write_to
from accounts.menu_groups import GRANTABLE
from accounts.messaging.models import Channel
from accounts.models import Handler, RealNameLevel, Unit, User
from accounts.writing import write
from common import crypto, files
from common.transitions import TransitionRefused

# Without letters and digits that are taken for each other.
LOOK_UP_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LOOK_UP_LENGTH = 10
DRAFT_HOURS = 24


def _secret_hash(number: str, secret: str) -> str:
    return crypto.digest(f"appeal:{number}:{secret}")


def _new_number() -> str:
    day = timezone.localdate().strftime("%Y%m%d")
    while Appeal.objects.filter(number=(number := f"ZHSS{day}{secrets.randbelow(1_000_000):06d}")).exists():
        continue
    return number


@write
def start_appeal(*, unit: Unit, values: Mapping[str, Any], by: User | None) -> Appeal:
    """Keep what was typed, whose mobile number a code has proved, until the papers are there."""
    return Appeal.objects.create(number=_new_number(), unit=unit, **values)


def _lock(appeal: Appeal) -> Appeal:
    return Appeal.objects.select_for_update().get(pk=appeal.pk)


@write
def add_paper(*, appeal: Appeal, slot: str, upload: IO[bytes], by: User | None) -> AppealFile:
    """Put a paper into its slot. Raises FileRefused, TransitionRefused."""
    appeal = _lock(appeal)
    APPEAL_TABLE.check("submit", appeal.status)
    if appeal.files.filter(slot=slot).count() >= FILES_PER_SLOT:
        raise TransitionRefused(f"每项材料最多{FILES_PER_SLOT}个文件，请合并后上传")
    return AppealFile.objects.create(appeal=appeal, slot=slot, file=files.store(upload, by=by))


@write
def remove_paper(*, paper: AppealFile, by: User | None) -> None:
    """Take a paper out again, before the claim is handed in. Raises TransitionRefused."""
    APPEAL_TABLE.check("submit", _lock(paper.appeal).status)
    stored = paper.file
    paper.delete()
    files.discard(stored)


@write
def submit_appeal(*, appeal: Appeal, by: User | None) -> str:
    """Hand the claim in; returns the 查询码, of which only a hash is kept.

    Raises TransitionRefused, IntegrityError when the claimant's other claim is waiting.
    """
    appeal = _lock(appeal)
    APPEAL_TABLE.check("submit", appeal.status)
    check_complete(appeal)
    secret = "".join(secrets.choice(LOOK_UP_ALPHABET) for _ in range(LOOK_UP_LENGTH))
    appeal.secret_hash = _secret_hash(appeal.number, secret)
    appeal.status, appeal.submitted_at = Appeal.Status.SUBMITTED, timezone.now()
    appeal.save(update_fields=["secret_hash", "status", "submitted_at"])
    _tell_claimant(appeal, "appeal-submitted", {"查询码": secret})
    return secret


def find_appeal(number: str, secret: str) -> Appeal | None:
    """The claim of this number and 查询码, handed in; None for any other pair, at the same cost."""
    found = Appeal.objects.filter(number=number).exclude(status=Appeal.Status.DRAFT).select_related("unit").first()
    kept = found.secret_hash if found else ""
    fits = hmac.compare_digest(kept.encode(), _secret_hash(number, secret).encode())
    return found if fits else None


def _tell_claimant(appeal: Appeal, occasion: str, values: Mapping[str, object], by: User | None = None) -> None:
    words = {"编号": appeal.number, "单位": appeal.unit.name, **values}
    write_to((Channel.SMS, appeal.mobile), occasion, words, f"{occasion}:{appeal.pk}", by)


@write
def note_view(*, paper: AppealFile, page: int, by: User) -> None:
    """``by`` is about to see a page of the evidence; written before it is shown."""
    AppealFileView.objects.create(paper=paper, page=page, viewed_by=by)


@write
def decide_appeal(*, appeal: Appeal, approve: bool, words: str, end_clerks: bool, by: User) -> Appeal:
    """通过 or 不予通过. Approved, the claimant is the unit's 主管, the former ones are out, and everybody is told.

    ``end_clerks`` ends the other handlers as well. Raises TransitionRefused, Refused.
    """
    unit = lock_unit(appeal.unit_id)
    appeal = _lock(appeal)
    APPEAL_TABLE.check("approve" if approve else "reject", appeal.status)
    check_decider(appeal, by)
    check_papers_readable(appeal)
    appeal.status = Appeal.Status.APPROVED if approve else Appeal.Status.REJECTED
    appeal.decided_at, appeal.decided_by, appeal.decision_words = timezone.now(), by, words
    appeal.save(update_fields=["status", "decided_at", "decided_by", "decision_words"])
    if approve:
        _put_in_charge(unit, appeal, end_clerks, by)
        _tell_claimant(appeal, "appeal-approved", {}, by)
    else:
        _tell_claimant(appeal, "appeal-rejected", {"理由": words}, by)
    return appeal


def _put_in_charge(unit: Unit, appeal: Appeal, end_clerks: bool, by: User) -> None:
    former = unit.handlers.active().select_for_update(of=("self",)).select_related("user", "unit")
    staying = []
    for handler in former:
        # An account that only typed the claimant's number is not the claimant's.
        same_person = handler.id_no_digest == appeal.id_no_digest
        if handler.is_supervisor or end_clerks or same_person:
            close_handler(handler, reason=Handler.EndReason.APPEAL, words="账号申诉已通过，单位主管已变更", by=by)
        else:
            staying.append(handler)
    person = Person(appeal.claimant, appeal.id_type, appeal.id_no, appeal.mobile, appeal.email)
    add_handler(unit, person, role=Handler.Role.SUPERVISOR, groups=GRANTABLE, origin=Handler.Origin.STAFF, by=by)
    # Licence and authorisation letter were seen, as at the counter (A2).
    unit.level = RealNameLevel.CERTIFIED
    unit.save(update_fields=["level"])
    for handler in staying:
        values = {"单位": unit.name, "主管": appeal.claimant}
        tell(handler.user, "supervisor-changed", values, f"appeal:{appeal.pk}", by)


@write
def sweep_drafts(*, by: User | None) -> int:
    """Delete claims that were begun and never handed in, with their papers; returns how many."""
    old = Appeal.objects.filter(
        status=Appeal.Status.DRAFT, created_at__lt=timezone.now() - timedelta(hours=DRAFT_HOURS)
    )
    swept = 0
    for appeal in old.select_for_update(skip_locked=True):
        for paper in appeal.files.select_related("file"):
            paper.delete()
            files.discard(paper.file)
        appeal.delete()
        swept += 1
    return swept
