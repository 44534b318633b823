"""The services of reporting; importing this declares them, in the order of the menus."""

from reporting.matters import placements, batches, corrections, monthly_report  # noqa: I001 - the order of declaration
from reporting.matters import report_revision, living_subsidy, mentoring_subsidy, claim_checks, checks

__all__ = [
    "batches",
    "checks",
    "claim_checks",
    "corrections",
    "living_subsidy",
    "mentoring_subsidy",
    "monthly_report",
    "placements",
    "report_revision",
]
