"""Corrections and cancellations of single rows (C5–C7): atomic, by a named actor, on locked rows, with history."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from common import audit, constraints
from common.transitions import TransitionRefused
from reporting import corrections
from reporting.actions import leave_place
from reporting.import_actions import correct_placement
from reporting.models import Attendance, OnPostStatus, Placement, RecordCorrection


def _locked(placement: Placement) -> Placement:
    found = Placement.objects.select_for_update(of=("self",)).select_related("case", "unit", "position", "individual")
    return found.get(pk=placement.pk)


def correct_row(*, placement: Placement, kind: str, month: date | None, values: Mapping[str, Any], by: User) -> None:
    """The unit corrects a row on the page. Raises TransitionRefused: reported already, or wrong."""
    with audit.actor(by), transaction.atomic():
        locked = _locked(placement)
        corrections.check_on_page(locked, month)
        _store(locked, kind, month, values, by)


def cancel_placement(*, placement: Placement, by: User) -> Placement:
    """取消: the person of a batch report never came; the place is free again. Raises TransitionRefused."""
    with audit.actor(by), transaction.atomic():
        locked = _locked(placement)
        corrections.check_on_page(locked)
        leave_place(locked, by)
        locked.state, locked.cancelled_at, locked.cancelled_by = Placement.State.CANCELLED, timezone.now(), by
        locked.save()
    return locked


def cancel_row(*, row: Attendance | OnPostStatus, by: User) -> None:
    """取消 what was reported for a month. Raises TransitionRefused once a monthly report rests on it."""
    with audit.actor(by), transaction.atomic():
        corrections.check_on_page(_locked(row.placement), row.month)
        row.delete()


def carry_out(*, record: RecordCorrection, by: User) -> None:
    """An approved 见习信息更正 changes the row; months that were approved or paid are not computed again.

    Raises TransitionRefused when it does not hold (any more).
    """
    with audit.actor(by), transaction.atomic():
        locked = _locked(record.placement)
        if locked.state == Placement.State.CANCELLED:
            raise TransitionRefused(f"{locked.name}的见习已取消，不能更正")
        _store(locked, record.kind, record.month, {name: getattr(record, name) for name in record.columns}, by)


def take_back(*, record: RecordCorrection, by: User) -> None:
    """The approval of a correction was revoked: the row is as its history says it was before.

    Raises TransitionRefused when it was changed again since.
    """
    with audit.actor(by), transaction.atomic():
        locked = _locked(record.placement)
        row = corrections.stored_row(locked, record.kind, record.month)
        stated = {name: getattr(record, name) for name in record.columns}
        if row is None or any(getattr(row, name) != value for name, value in stated.items()):
            raise TransitionRefused("该内容此后又有更正，不能撤销，请由单位再次办理见习信息更正")
        versions = row.history.order_by("-pgh_id")  # type: ignore[union-attr]
        before = next((v for v in versions if any(getattr(v, name) != stated[name] for name in stated)), None)
        if before is not None:
            for name in stated:
                setattr(row, name, getattr(before, name))
            row.save()


def _store(placement: Placement, kind: str, month: date | None, values: Mapping[str, Any], by: User) -> None:
    if found := corrections.faults(placement, kind, month, values):
        raise TransitionRefused("；".join(found.values()))
    try:
        with transaction.atomic():
            if kind == corrections.Kind.AGREEMENT:
                correct_placement(placement=placement, values=dict(values), by=by)
                return
            row = corrections.MODELS[kind].objects.select_for_update().filter(placement=placement, month=month).first()
            if row is None:
                raise TransitionRefused("该月没有上报过，请先批量上报")
            for name, value in values.items():
                setattr(row, name, value)
            row.save()
    except IntegrityError as error:
        if sentence := constraints.explain(error):
            raise TransitionRefused(sentence) from error
        raise
