"""公示: what is approved is made public, anybody may object, and what nobody objects to may be paid (C11)."""

import secrets
import uuid
from collections.abc import Collection, Sequence
from datetime import date, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from common import audit, identifiers, policies, workdays
from common.models import Region
from common.transitions import TransitionRefused
from reporting import ledger
from reporting.messages import tell_unit
from reporting.models import (
    ClaimedInsurance,
    ClaimedMonth,
    MentoringPerson,
    ObjectedEntry,
    Publicity,
    PublicityObjection,
    SubsidyEntry,
    SubsidyKind,
)
from reporting.payments import (
    DECIDE_OBJECTION,
    OBJECTION_TABLE,
    PUBLICITY_TABLE,
    check_staff,
    need,
)
from review.models import Case

Origin = ClaimedMonth | ClaimedInsurance | MentoringPerson
State = Publicity.State

# More objections than this, all waiting, to one publicity: the telephone is quicker, and floods end here.
MAX_OPEN_OBJECTIONS = 50
NOT_CONFIGURED = "公示期限待配置"
DAY_KINDS = {"calendar": "自然日", "working": "工作日"}


def period(region: str, starts_on: date) -> tuple[date | None, str]:
    """The last day of a publicity that begins today, and its days in words; None while no policy gives them.

    The day itself does not count. Jilin counts 7 calendar days, Shanxi 5 working days (domain facts §1.2, §1.3).
    """
    days = policies.value("publicity_days", region, starts_on)
    kind = policies.value("publicity_day_kind", region, starts_on)
    if not days or kind not in DAY_KINDS:
        return None, NOT_CONFIGURED
    last = workdays.add_working_days(starts_on, days) if kind == "working" else starts_on + timedelta(days=days)
    return last, f"{days}个{DAY_KINDS[kind]}"


def open_publicity(*, case: Case, region: Region | str, entries: Sequence[Origin], by: User) -> Publicity:
    """Make an approved claim public; ``entries`` are what it claimed, each with its amount. Runs in the approval.

    Raises TransitionRefused when nothing is to be paid.
    """
    if not entries:
        raise TransitionRefused("该申领没有可公示的金额")
    code = region if isinstance(region, str) else region.code
    today = timezone.localdate()
    ends_on, words = period(code, today)
    with audit.actor(by), transaction.atomic():
        publicity = Publicity.objects.create(
            case=case,
            unit_id=case.unit_id,
            region_id=code,
            starts_on=today,
            ends_on=ends_on,
            period=words,
            opened_by=by,
        )
        ordered = sorted(entries, key=_place)
        made = [_entry(publicity, number, origin) for number, origin in enumerate(ordered, start=1)]
        ledger.open_entries(made, by=by)
    return publicity


_ORDER = {ClaimedMonth: 0, ClaimedInsurance: 1, MentoringPerson: 2}


def _place(origin: Origin) -> tuple[str, int, int, date]:
    """People by name, each with the months first."""
    month = origin.month if isinstance(origin, ClaimedMonth) else date.max
    return origin.placement.name, origin.placement_id, _ORDER[type(origin)], month


def _entry(publicity: Publicity, number: int, origin: Origin) -> SubsidyEntry:
    entry = SubsidyEntry(
        publicity=publicity,
        number=number,
        unit_id=publicity.unit_id,
        region_id=publicity.region_id,
        placement=origin.placement,
        masked_name=identifiers.mask_name(origin.placement.name),
        category=origin.placement.category,
        amount=origin.amount,
    )
    if isinstance(origin, ClaimedMonth):
        entry.kind, entry.claimed_month, entry.month = SubsidyKind.LIVING, origin, origin.month
    elif isinstance(origin, ClaimedInsurance):
        entry.kind, entry.claimed_insurance = SubsidyKind.INSURANCE, origin
    else:
        entry.kind, entry.mentoring_person = SubsidyKind.MENTORING, origin
    return entry


# --- Objections ----------------------------------------------------------------------------------


def is_open(publicity: Publicity, on: date) -> bool:
    """Whether anybody may object on that day; the last day counts as a whole."""
    return publicity.state == State.OPEN and (publicity.ends_on is None or on <= publicity.ends_on)


def raise_objection(
    *, publicity: Publicity, numbers: Collection[int], name: str, contact: str, reason: str, key: uuid.UUID
) -> PublicityObjection:
    """Somebody objects to entries, by their numbers; these are frozen, and no others. The same form again is the same.

    Raises TransitionRefused after the period, for entries that are not there, and when too many objections wait.
    """
    with audit.actor(None, source="publicity"), transaction.atomic():
        publicity = Publicity.objects.select_for_update(of=("self",)).get(pk=publicity.pk)
        if known := PublicityObjection.objects.filter(key=key, publicity=publicity).first():
            return known
        if not is_open(publicity, timezone.localdate()):
            raise TransitionRefused("公示已经结束，不再受理异议；如有问题请拨打本页电话反映")
        if publicity.objections.filter(state="open").count() >= MAX_OPEN_OBJECTIONS:
            raise TransitionRefused("本公示待处理的异议较多，请拨打本页电话反映")
        entries = ledger.locked(publicity.entries.filter(number__in=numbers, state__in=("public", "frozen")))
        if not entries or {entry.number for entry in entries} != set(numbers):
            raise TransitionRefused("请选择公示名单中的人员和月份（已剔除的不能再提异议）")
        objection = PublicityObjection.objects.create(
            key=key, number=_receipt_number(), publicity=publicity, name=name, contact=contact, reason=reason
        )
        ObjectedEntry.objects.bulk_create(ObjectedEntry(objection=objection, entry=entry) for entry in entries)
        fresh = [entry for entry in entries if entry.state == "public"]
        ledger.move("freeze", fresh, by=None, reason=f"异议{objection.number}")
        tell_unit(
            publicity.case,
            "publicity-objected",
            {"办件编号": publicity.case.number, "条目": "、".join(f"第{entry.number}条" for entry in entries[:20])},
            key=f"publicity-objected-{objection.pk}",
        )
    return objection


def _receipt_number() -> str:
    """YY + day + eight characters that nobody guesses: the number opens the page that tells how it stands."""
    letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    return f"YY{timezone.localdate():%Y%m%d}" + "".join(secrets.choice(letters) for _ in range(8))


def decide_objection(*, objection: PublicityObjection, upheld: bool, decision: str, by: User) -> PublicityObjection:
    """Upheld: its entries are struck out; dismissed: they are released, unless another objection waits.

    Raises TransitionRefused.
    """
    with audit.actor(by), transaction.atomic():
        publicity = Publicity.objects.select_for_update(of=("self",)).get(pk=objection.publicity_id)
        check_staff(by, DECIDE_OBJECTION, publicity.region_id)
        found = PublicityObjection.objects.select_for_update(of=("self",)).get(pk=objection.pk)
        name = "uphold" if upheld else "dismiss"
        target = OBJECTION_TABLE.check(name, found.state).targets[0]
        found.decision = need(decision, "处理意见")
        found.state, found.decided_at, found.decided_by = target, timezone.now(), by
        found.save()
        entries = ledger.locked(SubsidyEntry.objects.filter(objected__objection=found, state="frozen"))
        if upheld:
            ledger.move("strike", entries, by=by, reason=f"异议{found.number}：{found.decision}"[:500])
        else:
            _release(publicity, entries, by, f"异议{found.number}不成立")
        tell_unit(
            publicity.case,
            "objection-decided",
            {
                "办件编号": publicity.case.number,
                "结果": found.get_state_display(),
                "意见": found.decision,
                "后续": "所涉金额不予拨付" if upheld else "所涉金额恢复办理",
            },
            key=f"objection-decided-{found.pk}",
        )
    return found


def _release(publicity: Publicity, entries: Sequence[SubsidyEntry], by: User, reason: str) -> None:
    """Back to where the publicity is: still public, or cleared when the period is over."""
    waiting = set(
        ObjectedEntry.objects.filter(entry__in=entries, objection__state="open").values_list("entry_id", flat=True)
    )
    free = [entry for entry in entries if entry.pk not in waiting]
    ledger.move(
        "release", free, by=by, target="cleared" if publicity.state == State.CLOSED else "public", reason=reason
    )


# --- The clock and the end -----------------------------------------------------------------------


def close_publicities(*, on: date) -> int:
    """What nobody objected to during the period is cleared for payment; each publicity commits by itself.

    Publicities that began without a policy get their last day once there is one, counted from that day on.
    Returns how many have ended.
    """
    ended = 0
    for key in Publicity.objects.filter(state=State.OPEN, ends_on__isnull=True).values_list("pk", flat=True):
        _fix_period(key, on)
    for key in Publicity.objects.filter(state=State.OPEN, ends_on__lt=on).order_by("pk").values_list("pk", flat=True):
        ended += _close(key, on)
    return ended


def _fix_period(key: int, on: date) -> None:
    with audit.actor(None, job="close-publicities"), transaction.atomic():
        publicity = Publicity.objects.select_for_update(of=("self",)).get(pk=key)
        ends_on, words = period(publicity.region_id, on)
        if ends_on and publicity.ends_on is None:
            publicity.ends_on, publicity.period = ends_on, words
            publicity.save(update_fields=["ends_on", "period"])


def _close(key: int, on: date) -> bool:
    with audit.actor(None, job="close-publicities"), transaction.atomic():
        publicity = Publicity.objects.select_for_update(of=("self",)).get(pk=key)
        if publicity.state != State.OPEN or publicity.ends_on is None or publicity.ends_on >= on:
            return False
        publicity.state = PUBLICITY_TABLE.check("close", publicity.state).targets[0]
        publicity.closed_at = timezone.now()
        publicity.save(update_fields=["state", "closed_at"])
        ledger.move("clear", ledger.locked(publicity.entries.filter(state="public")), by=None)
    return True


def withdraw_publicity(*, case: Case, reason: str, by: User | None) -> None:
    """The claim is revoked: nothing of it will be paid. Runs in the revocation, before its months are freed.

    Money that lies at the bank or with the unit cannot be undone on paper: it is refused with words until the batch
    has come back and what was paid has been recovered (docs/decisions/0016).
    """
    with audit.actor(by), transaction.atomic():
        publicity = Publicity.objects.select_for_update(of=("self",)).filter(case=case).first()
        if publicity is None or by is None:
            return
        entries = ledger.locked(publicity.entries.all())
        states = {entry.state for entry in entries}
        if states & {"batched", "sent"}:
            raise TransitionRefused("该申领已列入拨付批次，请先作废批次，或待银行回盘后再撤销")
        if "paid" in states:
            raise TransitionRefused("该申领的补贴已拨付，须先追回已拨付的金额，方可撤销")
        ledger.move("revoke", [e for e in entries if e.state not in ("struck", "recovered")], by=by, reason=reason)
        for objection in publicity.objections.select_for_update(of=("self",)).filter(state="open"):
            objection.state = OBJECTION_TABLE.check("lapse", objection.state).targets[0]
            objection.decision, objection.decided_at, objection.decided_by = "该申领已撤销", timezone.now(), by
            objection.save()
        publicity.state = PUBLICITY_TABLE.check("withdraw", publicity.state).targets[0]
        publicity.withdrawn_at, publicity.withdrawn_by = timezone.now(), by
        publicity.save()


def public_url(publicity: Publicity) -> str:
    """Where everybody reads it."""
    return reverse("reporting:publicity", args=[publicity.pk])
