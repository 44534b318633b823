"""The case (办件): envelope, route, drafts, attachments, corrections and timeline that all services share."""

from review.models.background import BackgroundSubmission
from review.models.case import (
    EDITABLE,
    FINISHED,
    LIVE,
    RUNNING,
    WAITING,
    Case,
    CasePerson,
    CaseQuerySet,
    CaseSequence,
    Level,
    Role,
    Status,
)
from review.models.filling import Attachment, AttachmentCheck, Correction, PageDraft
from review.models.proceedings import CaseRating, CaseViewing, ClearTextView, ReasonTemplate, TimelineEntry
from review.models.records import Record, RecordRow
from review.models.route import CaseStep, ReviewStep

__all__ = [
    "EDITABLE",
    "FINISHED",
    "LIVE",
    "RUNNING",
    "WAITING",
    "Attachment",
    "AttachmentCheck",
    "BackgroundSubmission",
    "Case",
    "CasePerson",
    "CaseQuerySet",
    "CaseRating",
    "CaseSequence",
    "CaseStep",
    "CaseViewing",
    "ClearTextView",
    "Correction",
    "Level",
    "PageDraft",
    "ReasonTemplate",
    "Record",
    "RecordRow",
    "ReviewStep",
    "Role",
    "Status",
    "TimelineEntry",
]
