"""What reporting knows about applicants: automatic checks of other services."""

from typing import Any

from django.utils import timezone

from internship import queries as internship_queries
from reporting import queries, rules
from review.matters import (
    CheckResult,
    check,
)
from review.models import Case


@check(internship_queries.TRAINEE_MATTER, "running-placement", "没有正在进行的见习")
def no_running_placement(case: Case, record: Any) -> CheckResult:
    """Whether the applicant, under whatever account, is at an internship unit now (B1)."""
    title = "没有正在进行的见习"
    placement = queries.running_placement(case.individual, record.id_no, timezone.localdate())
    if placement is None:
        return CheckResult(title, True, "没有正在进行的见习")
    term = f"{rules.words(placement.starts_on)}至{rules.words(placement.ends_on)}"
    return CheckResult(title, False, f"在{placement.unit.name}见习，{term}")


@check(internship_queries.TRAINEE_MATTER, "repeat", "未重复参加就业见习")
def no_earlier_placement(case: Case, record: Any) -> CheckResult:
    """Earlier internships of the applicant; whether they matter is for the region's policy and the reviewer."""
    title = "未重复参加就业见习"
    earlier = list(queries.placements_with_id(case.individual, record.id_no))
    if not earlier:
        return CheckResult(title, True, "没有见习记录")
    found = "；".join(f"{p.unit.name}，{p.starts_on}至{p.last_day}" for p in earlier)
    return CheckResult(title, None, f"曾参加见习：{found}")
