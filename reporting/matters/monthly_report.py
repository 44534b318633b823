"""就业见习月报 (C10): months of people, with what they were paid."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.utils import timezone

from accounts.models import Individual, Unit, User
from reporting import actions, documents, forms, monthly, queries
from reporting.matters.common import LEGAL_BASIS, OfInternshipUnit
from reporting.models import (
    MonthlyReport,
    PersonMonth,
)
from review import grids, submission
from review.matters import (
    AnyPage,
    CaseValues,
    DefaultStep,
    Grid,
    GridRow,
    Guide,
    Page,
    Problems,
    Slot,
    StartRefused,
    register,
)
from review.models import EDITABLE, Case, Status


@register
class MonthlyReportMatter(OfInternshipUnit):
    """就业见习月报管理 (C10; JL). One at a time per unit and month; a later one for the month is the 补报."""

    code = queries.REPORT_MATTER
    name = "就业见习月报"
    prefix = "JXYB"
    record = MonthlyReport
    guide = Guide(
        who="有就业见习人员的见习单位，在当月结束后上报；当月未报的人员可以补报。",
        materials=("考勤表", "生活费发放凭证（银行流水或回单）", "首次上报的批量匹配人员：见习协议和保险单"),
        time_limit="县（市、区）人社部门5个工作日；退回补正期间不计时",
        legal_basis=LEGAL_BASIS,
        steps=("选择月份", "核对人员，填写出勤和生活费发放情况", "上传考勤表和发放凭证", "业务办理归属地人社部门审核"),
        result="人员当月的见习和生活费发放得到确认，可据此申领生活费补贴",
    )
    steps = (DefaultStep("first", "county", 5),)
    slots = (
        Slot("attendance", "考勤表", required=True),
        Slot("payment", "生活费发放凭证", required=True, hint="银行流水或回单"),
    )

    def check_start(self, actor: User, subject: Individual | Unit) -> None:
        super().check_start(actor, subject)
        if isinstance(subject, Unit) and not queries.months_to_report(subject, timezone.localdate()):
            raise StartRefused("没有需要上报的月份：月报在当月结束后上报，已上报的人员不重复上报")

    def key(self, case: Case, values: CaseValues) -> str | None:
        month = forms.month_of(values)
        return f"unit:{case.unit_id}:{month:%Y-%m}" if month else None

    def prefill(self, case: Case) -> CaseValues:
        return {"month": {"filler": case.acting_user.name, "phone": case.acting_user.mobile}}

    def pages(self, case: Case, values: CaseValues) -> list[AnyPage]:
        return [Page("month", "选择月份", forms.MonthForm), self._people(case, values)]

    def _people(self, case: Case, values: CaseValues) -> Grid:
        month = forms.month_of(values) or timezone.localdate().replace(day=1)
        compute = cache(lambda: monthly.subsidy_by(case.unit, month))
        return grid_of(month, rows=_people_of, compute=compute)

    def check(self, case: Case, values: CaseValues, record: Any) -> Problems:
        if any(typed.row.subject.starts_on > timezone.localdate() for typed in self._typed(case, values)):
            return {"people": "有人员尚未开始见习，请核对月份"}
        if case.unit is not None and (missing := queries.without_documents(case.unit, record.month)):
            names = "、".join(one.name for one in missing[:20]) + ("等" if len(missing) > 20 else "")
            return {"people": f"首次上报前，请在“协议和保险单”中上传{len(missing)}人的见习协议和保险单：{names}"}
        return {}

    def _typed(self, case: Case, values: CaseValues) -> list[grids.TypedRow]:
        return grids.rows_of(self._people(case, values), case, values)

    def subject(self, case: Case, record: Any) -> tuple[str, str]:
        return f"{record}月报", ""

    def on(self, transition: str, case: Case, record: Any, by: User | None) -> None:
        if by is None or case.unit is None:
            return
        if transition == "submit":
            actions.count_people(record=record, unit=case.unit, by=by)
        elif transition == "approve" and case.status == Status.APPROVED:
            typed = self._typed(case, submission.current_values(case))
            compute = monthly.subsidy_by(case.unit, record.month)
            lines = [monthly.line(one.row, one.values, compute) for one in typed]
            actions.approve_months(case=case, month=record.month, lines=lines, by=by)
        elif transition == "revoke":
            actions.revoke_months(case=case, by=by)

    def outcome(self, case: Case) -> str:
        months = PersonMonth.objects.in_force().filter(case=case)
        total = sum((one.subsidy for one in months if one.subsidy), Decimal(0))
        return f"{len(months)}人，应发补贴合计{total}元"

    def next_words(self, case: Case) -> str:
        return "人社部门将在5个工作日内审核；满足最少见习月数后可申领生活费补贴。"

    def review_panels(self, case: Case) -> list[tuple[str, dict[str, Any]]]:
        record = MonthlyReport.objects.filter(pk=case.pk).first()
        panels = [("reporting/report_panel.html", {"record": record})] if record else []
        return panels + documents.review_panel(case)


def grid_of(
    month: date,
    *,
    rows: Callable[[Case, CaseValues], list[GridRow]],
    compute: Callable[[], Callable[[Any, Decimal], Any]],
) -> Grid:
    """The table of a month's people, with what is filled in for each and the computed subsidy."""
    return Grid(
        "people",
        "人员明细",
        monthly.HEADINGS,
        monthly.COLUMNS,
        rows=rows,
        check=lambda row, typed: monthly.faults(month, typed),
        result="应发补贴",
        compute=lambda row, typed: compute()(row.subject, typed["net_pay"]).words,
        intro="出勤天数取自考勤批量上报，可以修改；应发补贴由系统按政策计算，仅供参考，以核定为准。",
    )


def _people_of(case: Case, values: CaseValues) -> list[GridRow]:
    """People of the month while the report can be edited, those handed in afterwards."""
    month = forms.month_of(values)
    if month is None or case.unit is None:
        return []
    if case.status in EDITABLE:
        return monthly.rows(list(queries.people_of_month(case.unit, month)), month)
    keys = [row["key"] for row in values.get("people", {}).get("rows", [])]
    found = queries.placements_of(case.unit).filter(pk__in=keys).order_by("name", "pk")
    return monthly.rows(list(found), month)
