"""What reporting keeps: who does an internship where and on which terms, and what units report about it."""

from reporting.models.claims import (
    ClaimedInsurance,
    ClaimedMonth,
    LivingSubsidyClaim,
    MentoringPerson,
    MentoringSubsidyClaim,
)
from reporting.models.corrections import ON_POST_COLUMNS, TERM_COLUMNS, RecordCorrection
from reporting.models.imports import (
    DAY_COLUMNS,
    Attendance,
    AttendanceImport,
    OnPostImport,
    OnPostStatus,
    PlacementImport,
)
from reporting.models.own import LogEntry, Objection
from reporting.models.placements import (
    AGREEMENT_FIELDS,
    PersonLookup,
    Placement,
    PlacementDocument,
    PlacementEnd,
    PlacementRegistration,
)
from reporting.models.reports import MonthlyReport, PersonMonth

__all__ = [
    "AGREEMENT_FIELDS",
    "DAY_COLUMNS",
    "ON_POST_COLUMNS",
    "TERM_COLUMNS",
    "Attendance",
    "AttendanceImport",
    "ClaimedInsurance",
    "ClaimedMonth",
    "LivingSubsidyClaim",
    "LogEntry",
    "MentoringPerson",
    "MentoringSubsidyClaim",
    "MonthlyReport",
    "Objection",
    "OnPostImport",
    "OnPostStatus",
    "PersonLookup",
    "PersonMonth",
    "Placement",
    "PlacementDocument",
    "PlacementEnd",
    "PlacementImport",
    "PlacementRegistration",
    "RecordCorrection",
]
