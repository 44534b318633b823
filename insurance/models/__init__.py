"""What the core insurance system owns and the hall holds: units, persons, enrolments, months, retirees; and the exchange."""

from insurance.models.access import PersonClearTextView, RosterExport
from insurance.models.enrolments import Enrolment
from insurance.models.exchange import LoadConflict, LoadRun, OutboundChange, OutboundFile
from insurance.models.months import ContributionMonth
from insurance.models.persons import InsuredPerson
from insurance.models.retirees import Retiree
from insurance.models.units import InsuredUnit, UnitInsurance

__all__ = [
    "ContributionMonth",
    "Enrolment",
    "InsuredPerson",
    "InsuredUnit",
    "LoadConflict",
    "LoadRun",
    "OutboundChange",
    "OutboundFile",
    "PersonClearTextView",
    "Retiree",
    "RosterExport",
    "UnitInsurance",
]
