"""Every write to placements: atomic, by a named actor, on locked rows (person, then placement, then position)."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Individual, Unit, User
from common import audit, constraints, crypto, identifiers, policies
from common.transitions import TransitionRefused
from internship.rules import add_months
from positions import actions as position_actions
from reporting import claims_queries, monthly, queries, revisions, rules
from reporting.models import (
    AGREEMENT_FIELDS,
    ClaimedMonth,
    MentoringPerson,
    MonthlyReport,
    PersonLookup,
    PersonMonth,
    Placement,
    PlacementEnd,
    PlacementRegistration,
)
from review import actions as review_actions
from review.models import Case

# The look-up answers whether a name belongs to an ID number, so it must not be usable for guessing.
LOOKUPS_PER_HOUR = 30


def look_up_person(*, unit: Unit, name: str, id_no: str, by: User) -> queries.Person:
    """Find a person by name and ID number together, and log that (C8).

    Raises TransitionRefused: nobody found, too many look-ups of the unit within an hour, or a policy that is missing.
    """
    now = timezone.now()
    region = queries.handling_region(unit)
    with audit.actor(by), transaction.atomic():
        # Look-ups of one unit wait for each other, so that none slips past the limit.
        Unit.objects.select_for_update(no_key=True, of=("self",)).get(pk=unit.pk)
        recent = PersonLookup.objects.filter(unit=unit, looked_up_at__gt=now - timedelta(hours=1)).count()
        if recent >= LOOKUPS_PER_HOUR:
            raise TransitionRefused("查询过于频繁，请一小时后再试；人员较多的，请核对名单后逐人查询")
        try:
            person = queries.find_person(name, id_no, region, timezone.localdate())
        except policies.PolicyMissing as missing:
            raise TransitionRefused(str(missing)) from missing
        PersonLookup.objects.create(
            unit=unit,
            individual=person.individual if person else None,
            id_no_digest=crypto.digest(identifiers.normalise(id_no)),
            looked_up_by=by,
        )
    # Outside the transaction: a look-up that found nobody stays logged.
    if person is None:
        raise TransitionRefused(rules.NOT_FOUND)
    return person


# --- Begin ---------------------------------------------------------------------------------------


def register_placement(*, case: Case, record: PlacementRegistration, by: User) -> Placement:
    """An approved registration becomes a placement and takes a place; runs inside the approval.

    Raises TransitionRefused when the agreement does not hold (any more) or no place is left.
    """
    with audit.actor(by), transaction.atomic():
        # Agreements of one person at several units wait here for each other.
        Individual.objects.select_for_update(of=("self",)).get(pk=record.individual_id)
        check_agreement(record)
        position_actions.take_place(position=record.position, by=by)
        # The term passes from the registration to the placement.
        record.holds_term = False
        record.save(update_fields=["holds_term"])
        values = {name: getattr(record, name) for name in AGREEMENT_FIELDS}
        return Placement.objects.create(case=case, created_by=by, **values)


def agreement_faults(record: PlacementRegistration) -> rules.Faults:
    """All that is wrong with a registration today, by field; a missing policy is told where it is needed."""
    region, today = queries.handling_region(record.unit), timezone.localdate()
    person = queries.Person(record.individual, record.trainee)
    others = queries.terms_of([record.individual_id], but_case=record.case_id)
    agreement = rules.Agreement(
        claim=person.claim(record.category, region),
        unit_id=record.unit_id,
        signed_on=record.signed_on,
        starts_on=record.starts_on,
        ends_on=record.ends_on,
        insured_from=record.insured_from,
        insured_to=record.insured_to,
        others=others.get(record.individual_id, ()),
    )
    try:
        return rules.agreement_faults(agreement, rules.limits(region, record.signed_on), today)
    except policies.PolicyMissing as missing:
        return {"signed_on": str(missing)}


def check_agreement(record: PlacementRegistration) -> None:
    """Raise TransitionRefused with everything that is wrong with a registration today."""
    if faults := agreement_faults(record):
        raise TransitionRefused("；".join(faults.values()))


def cancel_placements(*, case: Case, by: User | None) -> int:
    """The approval of a registration was revoked: what it made is cancelled and frees its place. Returns how many."""
    with audit.actor(by), transaction.atomic():
        found = Placement.objects.select_for_update(of=("self",)).filter(case=case).order_by("pk")
        placements = [placement for placement in found if placement.state != Placement.State.CANCELLED]
        for placement in placements:
            _check_cancel(placement)
            leave_place(placement, by)
            placement.state = Placement.State.CANCELLED
            placement.cancelled_at, placement.cancelled_by = timezone.now(), by
            placement.save()
        return len(placements)


def _check_cancel(placement: Placement) -> None:
    if placement.state == Placement.State.ENDED:
        raise TransitionRefused(f"{placement.name}的见习已办理减员，请先撤销其减员申请")
    if PersonMonth.objects.in_force().filter(placement=placement).exists():
        raise TransitionRefused(f"{placement.name}的见习已有审核通过的月报，请先撤销其月报")


def leave_place(placement: Placement, by: User | None) -> None:
    """The place of a (locked) placement is free again, if it held one; the caller saves the placement."""
    if placement.holds_place:
        position_actions.free_place(position=placement.position, by=by)
        placement.holds_place = False


# --- 月报 ----------------------------------------------------------------------------------------


def count_people(*, record: MonthlyReport, unit: Unit, by: User) -> MonthlyReport:
    """在岗人数, 新增 and 减员 of the month, computed when the report is handed in (C10)."""
    month, after = record.month, add_months(record.month, 1)
    with audit.actor(by), transaction.atomic():
        people = Placement.objects.valid().of_unit(unit)
        active = people.filter(starts_on__lt=after).filter(
            Q(ended_on__isnull=True, ends_on__gte=month) | Q(ended_on__gte=month)
        )
        record.on_post_count = active.count()
        record.new_count = people.filter(starts_on__gte=month, starts_on__lt=after).count()
        record.ended_count = people.filter(ended_on__gte=month, ended_on__lt=after).count()
        record.save(update_fields=["on_post_count", "new_count", "ended_count"])
    return record


def approve_months(*, case: Case, month: date, lines: Sequence[monthly.Line], by: User) -> list[PersonMonth]:
    """The rows of an approved report become person-months, each once; runs inside the approval.

    Raises TransitionRefused when a person does not belong to the month (any more) or is in another report.
    """
    with audit.actor(by), transaction.atomic():
        keys = [line.placement.pk for line in lines]
        locked = {p.pk: p for p in Placement.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")}
        for line in lines:
            placement = locked[line.placement.pk]
            cancelled = placement.state == Placement.State.CANCELLED
            if cancelled or not rules.in_term(month, placement.starts_on, placement.last_day):
                raise TransitionRefused(f"{placement.name}在{month.year}年{month.month}月不在见习期限以内，请退回补正")
        return [_person_month(case, month, line) for line in lines]


def _person_month(case: Case, month: date, line: monthly.Line) -> PersonMonth:
    return PersonMonth.objects.create(
        placement=line.placement,
        case=case,
        month=month,
        category=line.placement.category,
        days=line.days,
        due_pay=line.due_pay,
        net_pay=line.net_pay,
        paid_on=line.paid_on,
        subsidy=line.subsidy.amount,
        subsidy_reason=line.subsidy.reason,
    )


def replace_months(*, case: Case, revised: MonthlyReport, lines: Sequence[monthly.Line], by: User) -> list[PersonMonth]:
    """An approved 月报更正: the person-months of the report give way to new ones, and stay as history (C10).

    Raises TransitionRefused when one of them is claimed or paid, or the report was revised already.
    """
    with audit.actor(by), transaction.atomic():
        # A claim takes its person-months under the same locks.
        list(PersonMonth.objects.in_force().select_for_update().filter(case=revised.case_id).order_by("pk"))
        revisions.check_revisable(revised)
        revoke_months(case=revised.case, by=by)
        return approve_months(case=case, month=revised.month, lines=lines, by=by)


def restore_months(*, case: Case, revised: MonthlyReport, by: User) -> int:
    """The approval of a 月报更正 was revoked: the months that it replaced hold again. Returns how many.

    Raises TransitionRefused when its months are claimed, or were revised again.
    """
    with audit.actor(by), transaction.atomic():
        own = list(PersonMonth.objects.in_force().select_for_update().filter(case=case).order_by("pk"))
        if not own or claims_queries.has_claims([one.pk for one in own]):
            raise TransitionRefused("更正后的人月已申领补贴或又有更正，不能撤销")
        people = [one.placement_id for one in own]
        revoke_months(case=case, by=by)
        replaced = PersonMonth.objects.filter(case=revised.case_id, placement__in=people, in_force=False)
        for one in replaced.select_for_update().order_by("pk"):
            one.in_force = True
            one.save(update_fields=["in_force"])
        return len(people)


def start_revision(*, report: MonthlyReport, by: User) -> Case:
    """A draft of the 月报更正 for a report chosen in the list. Raises StartRefused or TransitionRefused."""
    with audit.actor(by), transaction.atomic():
        revisions.check_revisable(report)
        unit = report.case.unit
        if unit is None:
            raise TransitionRefused("月报不属于任何单位")
        case = review_actions.start_case(queries.REVISION_MATTER, unit, by=by)
        draft = case.drafts.get(page="report")
        review_actions.save_page(case, "report", draft.values | {"revises": str(report.pk)}, draft.revision, by=by)
    return case


def revoke_months(*, case: Case, by: User) -> int:
    """The approval of a report was revoked: its person-months are free to be reported again. Returns how many.

    Raises TransitionRefused when a claim holds one of them.
    """
    with audit.actor(by), transaction.atomic():
        found = list(PersonMonth.objects.in_force().select_for_update().filter(case=case).order_by("pk"))
        check_unclaimed([one.pk for one in found])
        for one in found:
            one.in_force = False
            one.save(update_fields=["in_force"])
        return len(found)


def check_unclaimed(person_months: Sequence[int]) -> None:
    """Raise TransitionRefused when a claim holds one of these (locked) person-months: what is claimed stays reported."""
    held = ClaimedMonth.objects.held().filter(person_month__in=person_months).select_related("claim__case").first()
    if held is not None:
        raise TransitionRefused(f"有人员的月份已由办件{held.claim.case.number}申领生活费补贴，请先撤销该申领")


# --- End -----------------------------------------------------------------------------------------


def end_placement(*, record: PlacementEnd, by: User) -> Placement:
    """An approved 减员申请 ends the internship and frees its place; runs inside the approval (C9)."""
    with audit.actor(by), transaction.atomic():
        placement = Placement.objects.select_for_update(of=("self",)).get(pk=record.placement_id)
        rules.check_end(placement)
        if fault := rules.end_fault(placement, record.ended_on, record.reason, timezone.localdate()):
            raise TransitionRefused(fault)
        if PersonMonth.objects.in_force().filter(placement=placement, month__gt=record.ended_on).exists():
            raise TransitionRefused("见习结束日期之后的月份已有审核通过的月报，请核对结束日期")
        leave_place(placement, by)
        placement.state = Placement.State.ENDED
        placement.ended_on, placement.end_reason = record.ended_on, record.reason
        placement.ended_at, placement.ended_by = timezone.now(), by
        placement.save()
    return placement


def resume_placement(*, record: PlacementEnd, by: User) -> Placement:
    """The approval of a 减员申请 was revoked: the internship goes on, with its place unless the term is over.

    Raises TransitionRefused when the place or the time is taken by somebody or something else.
    """
    with audit.actor(by), transaction.atomic():
        placement = Placement.objects.select_for_update(of=("self",)).get(pk=record.placement_id)
        if placement.state != Placement.State.ENDED:
            return placement
        if counted := MentoringPerson.objects.held().filter(placement=placement).select_related("claim__case").first():
            raise TransitionRefused(f"该人员已计入带教补贴申领{counted.claim.case.number}，请先撤销该申领")
        placement.state, placement.ended_on, placement.end_reason = Placement.State.CURRENT, None, ""
        placement.ended_at = placement.ended_by = None
        if placement.ends_on >= timezone.localdate():
            position_actions.take_place(position=placement.position, by=by)
            placement.holds_place = True
        try:
            with transaction.atomic():
                placement.save()
        except IntegrityError as error:
            if sentence := constraints.explain(error):
                raise TransitionRefused(sentence) from error
            raise
    return placement


def start_end(*, placement: Placement, by: User) -> Case:
    """A draft of the 减员申请 for a person chosen in the list. Raises StartRefused or TransitionRefused."""
    with audit.actor(by), transaction.atomic():
        rules.check_end(placement)
        case = review_actions.start_case(queries.END_MATTER, placement.unit, by=by)
        review_actions.save_page(case, "end", {"placement": str(placement.pk)}, 0, by=by)
    return case


def free_places_of_expired(*, on: date) -> int:
    """期满待确认: terms that were over before ``on`` give their places back. Returns how many."""
    freed = 0
    for pk in Placement.objects.awaiting(on).filter(holds_place=True).values_list("pk", flat=True):
        with audit.actor(None, job="free-places-of-expired"), transaction.atomic():
            placement = Placement.objects.select_for_update(of=("self",)).get(pk=pk)
            if placement.holds_place and placement.state == Placement.State.CURRENT:
                leave_place(placement, None)
                placement.save(update_fields=["holds_place"])
                freed += 1
    return freed
