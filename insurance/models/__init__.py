"""What the core insurance system owns and the hall holds: units, persons, enrolments, months, retirees; and the exchange."""

from insurance.models.access import PersonClearTextView, RosterExport
from insurance.models.enrolment_changes import EnrolmentKind, EnrolmentRequest, WithdrawalRequest
from insurance.models.enrolments import Enrolment
from insurance.models.exchange import LoadConflict, LoadRun, OutboundChange, OutboundFile
from insurance.models.flexible_retirements import FlexibleChoice, FlexibleKind, FlexibleRetirement
from insurance.models.months import ContributionMonth
from insurance.models.pension_claims import CLAIM_KINDS, PensionAdjustment, PensionClaim, RankChange, SpecialWork
from insurance.models.persons import InsuredPerson
from insurance.models.retirees import Retiree
from insurance.models.units import InsuredUnit, UnitInsurance

__all__ = [
    "CLAIM_KINDS",
    "ContributionMonth",
    "Enrolment",
    "EnrolmentKind",
    "EnrolmentRequest",
    "FlexibleChoice",
    "FlexibleKind",
    "FlexibleRetirement",
    "InsuredPerson",
    "InsuredUnit",
    "LoadConflict",
    "LoadRun",
    "OutboundChange",
    "OutboundFile",
    "PensionAdjustment",
    "PensionClaim",
    "PersonClearTextView",
    "RankChange",
    "Retiree",
    "RosterExport",
    "SpecialWork",
    "UnitInsurance",
    "WithdrawalRequest",
]
