"""就业见习月报更正 (C10): an approved report changes only by a reviewed revision, and not once its months are claimed."""

from dataclasses import replace
from functools import cache
from typing import Any

from django.utils import timezone

from accounts.models import Individual, Unit, User
from common.transitions import TransitionRefused
from reporting import actions, forms, monthly, queries, revisions
from reporting.matters.common import LEGAL_BASIS, OfInternshipUnit
from reporting.matters.monthly_report import MonthlyReportMatter, grid_of
from reporting.models import PersonMonth
from review import submission
from review.matters import AnyPage, CaseValues, Grid, GridRow, Guide, Page, Problems, StartRefused, register
from review.models import EDITABLE, Case, Status


@register
class MonthlyReportRevisionMatter(MonthlyReportMatter):
    """The people of an approved report, stated anew; approval replaces their person-months, with history."""

    code = queries.REVISION_MATTER
    name = "就业见习月报更正"
    prefix = "JXYX"
    guide = Guide(
        who="需要更正已审核通过月报的见习单位；其中的人月已申领补贴的，不能更正。",
        materials=("更正后的考勤表", "更正后的生活费发放凭证"),
        time_limit="县（市、区）人社部门5个工作日；退回补正期间不计时",
        legal_basis=LEGAL_BASIS,
        steps=("选择需要更正的月报", "更正出勤和生活费发放情况", "上传考勤表和发放凭证", "业务办理归属地人社部门审核"),
        result="审核通过后以更正后的内容为准，应发补贴重新计算，原内容保留在历史记录中",
    )

    def check_start(self, actor: User, subject: Individual | Unit) -> None:
        OfInternshipUnit.check_start(self, actor, subject)
        if isinstance(subject, Unit) and not revisions.revisable(subject).exists():
            raise StartRefused("没有可以更正的月报：只有审核通过、人月未申领补贴的月报可以更正")

    def key(self, case: Case, values: CaseValues) -> str | None:
        report = forms.revised_report(case, values)
        return f"report:{report.pk}" if report else None

    def prefill(self, case: Case) -> CaseValues:
        return {"report": {"filler": case.acting_user.name, "phone": case.acting_user.mobile}}

    def pages(self, case: Case, values: CaseValues) -> list[AnyPage]:
        return [Page("report", "选择月报", forms.RevisionForm), self._people(case, values)]

    def _people(self, case: Case, values: CaseValues) -> Grid:
        report = forms.revised_report(case, values)
        month = report.month if report else timezone.localdate().replace(day=1)
        compute = cache(lambda: monthly.subsidy_by(case.unit, month))
        return grid_of(month, rows=_people_of, compute=compute)

    def check(self, case: Case, values: CaseValues, record: Any) -> Problems:
        try:
            revisions.check_revisable(record.revises)
        except TransitionRefused as refused:
            return {"report.revises": str(refused)}
        return {}

    def subject(self, case: Case, record: Any) -> tuple[str, str]:
        return f"{record}月报更正", ""

    def on(self, transition: str, case: Case, record: Any, by: User | None) -> None:
        if transition == "revoke" and by is not None:
            actions.restore_months(case=case, revised=record.revises, by=by)
        elif transition == "approve" and case.status == Status.APPROVED and by is not None and case.unit is not None:
            typed = self._typed(case, submission.current_values(case))
            compute = monthly.subsidy_by(case.unit, record.month)
            lines = [monthly.line(one.row, one.values, compute) for one in typed]
            actions.replace_months(case=case, revised=record.revises, lines=lines, by=by)
        elif transition == "submit":
            super().on(transition, case, record, by)


def _people_of(case: Case, values: CaseValues) -> list[GridRow]:
    """The people of the report with what was approved, those handed in afterwards."""
    report = forms.revised_report(case, values)
    if report is None or case.unit is None:
        return []
    if case.status in EDITABLE:
        approved = {one.placement_id: one for one in PersonMonth.objects.in_force().filter(case=report.case_id)}
        found = queries.placements_of(case.unit).filter(pk__in=approved).order_by("name", "pk")
        return [_approved(row, approved[row.subject.pk]) for row in monthly.rows(list(found), report.month)]
    keys = [row["key"] for row in values.get("people", {}).get("rows", [])]
    return monthly.rows(list(queries.placements_of(case.unit).filter(pk__in=keys).order_by("name", "pk")), report.month)


def _approved(row: GridRow, month: PersonMonth) -> GridRow:
    initial = {name: str(getattr(month, name)) for name in ("days", "due_pay", "net_pay", "paid_on")}
    return replace(row, initial=initial)
