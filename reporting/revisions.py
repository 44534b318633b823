"""Which approved monthly reports may still be revised (C10). The one rule that asks whether months are claimed or paid."""

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Unit
from common.transitions import TransitionRefused
from reporting import claims_queries
from reporting.models import ClaimedMonth, MonthlyReport, PersonMonth
from review.models import Status

CLAIMED = "该月报中有人月已申领生活费补贴，不能更正；确需更正的，请先撤回补贴申领"


def revisable(unit: Unit) -> QuerySet[MonthlyReport]:
    """Approved reports of the unit whose months are in force and claimed by nothing, newest first."""
    months = PersonMonth.objects.in_force().filter(case=OuterRef("case"))
    claimed = ClaimedMonth.objects.held().filter(person_month__case=OuterRef("case"), person_month__in_force=True)
    found = MonthlyReport.objects.filter(case__unit=unit, case__status=Status.APPROVED)
    return found.filter(Exists(months)).exclude(Exists(claimed)).order_by("-month", "-pk")


def check_revisable(report: MonthlyReport | None) -> None:
    """Raise TransitionRefused unless the report's months may be replaced."""
    if report is None:
        raise TransitionRefused("请选择需要更正的月报")
    months = list(PersonMonth.objects.in_force().filter(case=report.case_id).values_list("pk", flat=True))
    if not months or report.case.status != Status.APPROVED:
        raise TransitionRefused("该月报已更正或已撤销，请选择最新的月报")
    if claims_queries.has_claims(months):
        raise TransitionRefused(CLAIMED)
