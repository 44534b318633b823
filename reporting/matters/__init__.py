"""The services of reporting; importing this declares them, in the order of the menus."""

from reporting.matters import placements, batches, monthly_report, living_subsidy, mentoring_subsidy, checks  # noqa: I001 - the order of declaration

__all__ = ["batches", "checks", "living_subsidy", "mentoring_subsidy", "monthly_report", "placements"]
