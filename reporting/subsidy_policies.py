"""Which policies a subsidy is computed by: looked up once for a region, category and month, with their sources."""

from datetime import date
from typing import Any

from common import codes, policies, regions
from common.models import PolicyValue
from reporting.subsidy import Basis, Figures

MONTH_KEYS = (
    "minimum_wage",
    "subsidy_unit_share",
    "partial_month",
    *(f"subsidy_rate.{category}" for category in codes.TRAINEE_CATEGORY.codes),
)
CLAIM_KEYS = ("subsidy_months_min", "subsidy_months_max", "early_leaver_subsidy", "insurance_refund_cap")
MENTORING_KEYS = (
    "retention_rate_min",
    "retention_amount",
    "retention_contract_months",
    "retention_filing_required",
)


class FiguresBook:
    """The figures of person-months, each looked up once: those in force on the first day of the month."""

    def __init__(self, book: policies.Book) -> None:
        self.book = book
        self._known: dict[tuple[str, str, date], Figures] = {}

    @classmethod
    def load(cls) -> "FiguresBook":
        """By the policies that are stored now."""
        return cls(policies.Book.load(*MONTH_KEYS))

    def figures(self, region: str, category: str, month: date) -> Figures:
        """The policies of a region for a category in a month."""
        key = (region, category, month)
        if key not in self._known:
            self._known[key] = self._look_up(region, category, month)
        return self._known[key]

    def _look_up(self, region: str, category: str, month: date) -> Figures:
        rows = [
            self.book.row(key, region, month)
            for key in ("minimum_wage", f"subsidy_rate.{category}", "subsidy_unit_share", "partial_month")
        ]
        wage, rate, unit_share, partial = (_typed(row) for row in rows)
        return Figures(wage, rate, unit_share, partial, tuple(basis(row) for row in rows[:3] if row is not None))


def _typed(row: PolicyValue | None) -> Any:
    return None if row is None else policies.parse(policies.get(row.key), row.value)


def basis(row: PolicyValue) -> Basis:
    """A policy row as explanations quote it."""
    policy = policies.get(row.key)
    place = regions.path_name(row.region_id) if row.region_id else "全国"
    return Basis(policy.title, policies.display(policy, row.value), place, row.valid_from, row.source)
