"""The estimate of a claim: the facts of the claim and of the rosters, the figures of the place of insurance."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from common import codes
from insurance import figures
from insurance.dossier import Dossier, Total, enrolment_in
from insurance.figures import REFORM_DAY
from insurance.models import PensionAdjustment, PensionClaim
from insurance.months import Month
from insurance.pension import Claimant, Parameter, PensionError
from insurance.pension_transition import Comparison, compare


@dataclass(frozen=True)
class Outcome:
    """Both methods, or in words why there is no estimate."""

    comparison: Comparison | None
    reason: str = ""


def dossier_of(record: PensionClaim) -> Dossier:
    """The dossier of a claim that was handed in; the enrolment is the one that approval ended, once it did."""
    unit = record.case.unit
    enrolment = record.ended_enrolment or (enrolment_in(unit, record.person) if unit else None)
    return Dossier(record.person, enrolment, record.case)


def total_of(record: PensionClaim, dossier: Dossier) -> Total:
    """The months that count, with 核增 and 核减 of the claim."""
    sums = {PensionAdjustment.Kind.ADDED: 0, PensionAdjustment.Kind.DEDUCTED: 0}
    for row in record.adjustments.all():
        sums[PensionAdjustment.Kind(row.kind)] += Month.of(row.ends_on) - Month.of(row.starts_on) + 1
    return dossier.total(record.work_started_on, *sums.values())


def expected(dossier: Dossier, retirement: Month) -> Outcome:
    """What somebody may expect who retires in a month with the contributions and balances of today."""
    person = dossier.person
    if person.work_started_on is None:
        return Outcome(None, "核心系统没有登记参加工作日期，无法测算")
    total = dossier.total()
    rank = (codes.RANK.code_of(person.rank) if person.rank else None) or ""
    facts = {
        "joined": Month.of(person.work_started_on),
        "retirement": retirement,
        "contributions": dossier.contribution_years(),
        "deemed_months": total.deemed,
        "work_months": max(0, retirement - Month.of(person.work_started_on)),
    }
    return _compared(dossier, dossier.region, rank, facts)


def estimate(record: PensionClaim, dossier: Dossier | None = None) -> Outcome:
    """What the claim would come to; names what is missing instead of guessing."""
    dossier = dossier or dossier_of(record)
    total, retirement = total_of(record, dossier), Month.of(record.retired_on)
    facts = {
        "joined": Month.of(record.work_started_on),
        "retirement": retirement,
        "contributions": tuple(y for y in dossier.contribution_years() if y.year <= retirement.year),
        "deemed_months": max(0, total.deemed + total.added - total.deducted),
        "basic_wage_2014": record.basic_wage_2014,
        "work_months": record.total_work_months,
    }
    return _compared(dossier, str(record.insured_unit.region_id), record.rank_2014, facts)


def _compared(dossier: Dossier, region: str, rank: str, facts: dict[str, Any]) -> Outcome:
    person = dossier.person
    named = (("个人账户储存额", person.account_balance), ("职业年金储存额", person.annuity_balance))
    if missing := [name for name, balance in named if balance is None]:
        return Outcome(None, f"待配置：核心系统尚未提供{'、'.join(missing)}")
    try:
        claimant = Claimant(
            birth=Month.of(person.birth_date),
            account_balance=person.account_balance or Decimal(0),
            annuity_balance=person.annuity_balance or Decimal(0),
            **facts,
        )
        parameters = figures.new_parameters(region, claimant.retirement, rank)
        if person.deemed_index is not None:
            known = Parameter(person.deemed_index, "经办机构对本人的认定", REFORM_DAY)
            parameters = replace(parameters, deemed_index=known)
        return Outcome(compare(claimant, parameters, figures.old_parameters(region, rank)))
    except PensionError as error:
        return Outcome(None, str(error))
