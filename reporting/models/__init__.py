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
from reporting.models.payments import (
    BatchExport,
    BatchResult,
    DisbursementBatch,
    LedgerLine,
    PayeeCorrection,
    Payment,
    PaymentItem,
)
from reporting.models.placements import (
    AGREEMENT_FIELDS,
    PersonLookup,
    Placement,
    PlacementDocument,
    PlacementEnd,
    PlacementRegistration,
)
from reporting.models.publicity import (
    ObjectedEntry,
    Publicity,
    PublicityObjection,
    SubsidyEntry,
    SubsidyKind,
)
from reporting.models.reports import MonthlyReport, PersonMonth

__all__ = [
    "AGREEMENT_FIELDS",
    "DAY_COLUMNS",
    "ON_POST_COLUMNS",
    "TERM_COLUMNS",
    "Attendance",
    "AttendanceImport",
    "BatchExport",
    "BatchResult",
    "ClaimedInsurance",
    "ClaimedMonth",
    "DisbursementBatch",
    "LedgerLine",
    "LivingSubsidyClaim",
    "LogEntry",
    "MentoringPerson",
    "MentoringSubsidyClaim",
    "MonthlyReport",
    "ObjectedEntry",
    "Objection",
    "OnPostImport",
    "OnPostStatus",
    "PayeeCorrection",
    "Payment",
    "PaymentItem",
    "PersonLookup",
    "PersonMonth",
    "Placement",
    "PlacementDocument",
    "PlacementEnd",
    "PlacementImport",
    "PlacementRegistration",
    "Publicity",
    "PublicityObjection",
    "RecordCorrection",
    "SubsidyEntry",
    "SubsidyKind",
]
