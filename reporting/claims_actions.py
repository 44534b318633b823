"""Every write to claims (C11, C12): inside the case's transition, on locked rows (people, then their months)."""

from collections.abc import Collection, Iterable
from decimal import Decimal

from django.db import transaction

from accounts.models import Individual, Unit, User
from common import audit
from common.transitions import TransitionRefused
from reporting import claims_queries
from reporting.claims import Offer, Total, Year, total
from reporting.models import (
    ClaimedInsurance,
    ClaimedMonth,
    LivingSubsidyClaim,
    MentoringPerson,
    MentoringSubsidyClaim,
    PersonMonth,
    Placement,
)
from review.models import Case, CasePerson

CHANGED = "可申领的内容已经变化（有月份被其他申领占用，或月报、政策有变动），请重新核对“申领人员”和“本次核定”后再提交"


# --- 生活费补贴 (C11) ----------------------------------------------------------------------------


def claim_months(*, case: Case, record: LivingSubsidyClaim, declined: Collection[int], by: User) -> Total:
    """The claim takes what is offered, but for the placements that the applicant left out; runs inside the submission.

    Two claims that want the same month wait for each other at the person's row; who comes second is refused.
    Raises TransitionRefused when what may be claimed is no longer what the applicant saw (the record's figures).
    """
    with audit.actor(by), transaction.atomic():
        _lock_people(record.unit)
        _forget(record)
        offers = claims_queries.offers(
            record.unit, record.first_month, record.last_month, insurance=record.with_insurance, case=case
        )
        taken = [offer for offer in offers if offer.months and offer.placement.pk not in declined]
        result = total(taken)
        seen = (record.people_count, record.month_count, record.months_amount, record.insurance_amount)
        if not taken or seen != (result.people, result.months, result.months_amount, result.insurance_amount):
            raise TransitionRefused(CHANGED)
        _take(record, taken)
        _name_people(case, [offer.placement for offer in taken])
        return result


def _lock_people(unit: Unit) -> None:
    """In the order of their keys, as registrations do; then the months, so that no report is revoked meanwhile."""
    months = PersonMonth.objects.in_force().filter(placement__unit=unit)
    people = Individual.objects.filter(pk__in=months.values("placement__individual")).order_by("pk")
    list(people.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))
    list(months.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk", flat=True))


def _forget(record: LivingSubsidyClaim) -> None:
    """An earlier submission of the same claim: its rows stay in the history, the new ones take their place."""
    ClaimedMonth.objects.filter(claim=record).delete()
    ClaimedInsurance.objects.filter(claim=record).delete()


def _take(record: LivingSubsidyClaim, offers: Iterable[Offer]) -> None:
    months, insurances = [], []
    for offer in offers:
        months += [
            ClaimedMonth(
                claim=record,
                person_month_id=one.person_month_id,
                placement=offer.placement,
                month=one.month,
                amount=one.amount,
                explanation=one.explanation,
            )
            for one in offer.months
        ]
        if refund := offer.refund:
            insurances.append(
                ClaimedInsurance(
                    claim=record,
                    placement=offer.placement,
                    individual_id=offer.placement.individual_id,
                    policy_no=refund.policy_no,
                    premium=refund.premium,
                    amount=refund.amount,
                    explanation=refund.explanation,
                )
            )
    ClaimedMonth.objects.bulk_create(months)
    ClaimedInsurance.objects.bulk_create(insurances)


def _name_people(case: Case, placements: Iterable[Placement]) -> None:
    """人员信息: lists find the claim by its people."""
    CasePerson.objects.filter(case=case).delete()
    keys = [placement.pk for placement in placements]
    CasePerson.objects.bulk_create(
        CasePerson(case=case, name=placement.name, id_no=placement.id_no)
        for placement in Placement.objects.filter(pk__in=keys).order_by("pk")
    )


def free_months(*, record: LivingSubsidyClaim, by: User | None) -> int:
    """The claim came to nothing: its months and policies are free for another one. Returns how many months."""
    with audit.actor(by), transaction.atomic():
        ClaimedInsurance.objects.held().filter(claim=record).update(held=False)
        return ClaimedMonth.objects.held().filter(claim=record).update(held=False)


# --- 带教补贴 (C12) ------------------------------------------------------------------------------


def claim_year(*, case: Case, record: MentoringSubsidyClaim, by: User) -> Year:
    """The claim counts the unit's people of the year; runs inside the submission.

    Raises TransitionRefused when the quota is not reached, or the figures are no longer those that the applicant saw.
    """
    with audit.actor(by), transaction.atomic():
        # Claims of one unit wait here for each other.
        Unit.objects.select_for_update(no_key=True, of=("self",)).get(pk=record.unit_id)
        MentoringPerson.objects.filter(claim=record).delete()
        # No end is revoked meanwhile: that waits at the placement.
        ended = claims_queries.ends_of(record.unit).order_by().values("placement")
        placements = Placement.objects.filter(pk__in=ended).order_by("pk")
        list(placements.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))
        year = claims_queries.year_of(record.unit, record.year, case)
        if year.refusal:
            raise TransitionRefused(year.refusal)
        if (record.completed_count, record.people_count, record.amount) != (
            year.completed_count,
            year.retained_count,
            year.amount,
        ):
            raise TransitionRefused("该年度的人员或政策已经变化，请重新核对“年度人员”和“本次核定”后再提交")
        standard = year.rules.amount or Decimal(0)
        MentoringPerson.objects.bulk_create(
            MentoringPerson(
                claim=record,
                placement=one.end.placement,
                end=one.end,
                counted_on=one.counted_on,
                retained=one.retained,
                reason=one.reason,
                amount=standard if one.retained else Decimal(0),
            )
            for one in year.people
        )
        _name_people(case, [one.end.placement for one in year.people])
        return year


def free_year(*, record: MentoringSubsidyClaim, by: User | None) -> int:
    """The claim came to nothing: its people may be counted again. Returns how many."""
    with audit.actor(by), transaction.atomic():
        return MentoringPerson.objects.held().filter(claim=record).update(held=False)
