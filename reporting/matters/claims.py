"""What the two subsidies share: who may claim, where the money goes, how the case's own values are read."""

from collections.abc import Callable
from typing import Any, TypeVar

from accounts.models import Individual, Unit, User
from reporting import claims_queries
from reporting.matters.common import OfInternshipUnit
from reporting.models import PersonMonth
from review.matters import CaseValues, DefaultStep, StartRefused
from review.models import Case

Found = TypeVar("Found")

PUBLICITY = "审核通过后按规定公示，公示无异议的拨付到所填银行账户。"


def remembered(case: Case, key: tuple[Any, ...], compute: Callable[[], Found]) -> Found:
    """The answer kept with this very object, so that one request asks once although many pages are judged by it.

    Decisions never rest on it: submission looks again, under locks.
    """
    kept: dict[tuple[Any, ...], Any] = case.__dict__.setdefault("_claim_answers", {})
    if key not in kept:
        kept[key] = compute()
    return kept[key]  # type: ignore[no-any-return]


class ClaimMatter(OfInternshipUnit):
    """A claim of an internship unit with approved monthly reports, decided by the county and the city (JL)."""

    steps = (DefaultStep("first", "county", 5), DefaultStep("second", "city", 5))

    def check_start(self, actor: User, subject: Individual | Unit) -> None:
        super().check_start(actor, subject)
        if not PersonMonth.objects.in_force().filter(placement__unit=subject).exists():
            raise StartRefused("就业见习月报审核通过后方可申领，本单位还没有审核通过的月报")

    def account(self, case: Case) -> CaseValues:
        """The unit's usual account as it would be chosen."""
        account = claims_queries.usual_account(case.unit) if case.unit else None
        return {"account": {"bank_account": str(account.pk)}} if account else {}
