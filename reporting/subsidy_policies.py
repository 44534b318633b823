"""Which policies a subsidy is computed by: looked up once for a region, category and month, with their sources."""

from datetime import date
from typing import Any

from common import codes, policies, regions
from common.models import PolicyValue
from reporting.subsidy import Basis, Figures, Standard, share_of_days, standard

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
        # Many regions and months share their policies, so they share figures and what follows from them.
        self._by_rows: dict[tuple[int, ...], Figures] = {}
        self._standards: dict[tuple[int, int, int], Standard] = {}

    @classmethod
    def load(cls) -> "FiguresBook":
        """By the policies that are stored now."""
        return cls(policies.Book.load(*MONTH_KEYS))

    def figures(self, region: str, category: str, month: date) -> Figures:
        """The policies of a region for a category in a month."""
        key = (region, category, month)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._look_up(region, category, month)
        return found

    def standard(self, region: str, category: str, month: date, days: int, whole: int) -> Standard:
        """What person-months are judged by, of whose month so many days of the ``whole`` lie in the term."""
        figures = self.figures(region, category, month)
        key = (id(figures), days, whole)
        found = self._standards.get(key)
        if found is None:
            found = self._standards[key] = standard(figures, share_of_days(days, whole, figures.partial_month))
        return found

    def _look_up(self, region: str, category: str, month: date) -> Figures:
        rows = self.book.rows(
            ("minimum_wage", f"subsidy_rate.{category}", "subsidy_unit_share", "partial_month"), region, month
        )
        key = tuple(id(row) for row in rows)
        if key not in self._by_rows:
            wage, rate, unit_share, partial = (_typed(row) for row in rows)
            told = tuple(basis(row) for row in rows[:3] if row is not None)
            self._by_rows[key] = Figures(wage, rate, unit_share, partial, told)
        return self._by_rows[key]


def _typed(row: PolicyValue | None) -> Any:
    return None if row is None else policies.parse(policies.get(row.key), row.value)


def basis(row: PolicyValue) -> Basis:
    """A policy row as explanations quote it."""
    policy = policies.get(row.key)
    place = regions.path_name(row.region_id) if row.region_id else "全国"
    return Basis(policy.title, policies.display(policy, row.value), place, row.valid_from, row.source)
