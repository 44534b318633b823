"""Batch reports from spreadsheets (C5, C6, C7)."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils import timezone

from accounts.models import Individual, Unit, User
from common import collecting
from common.sheets.columns import Sheet as Columns
from common.sheets.imports import Row
from common.transitions import TransitionRefused
from reporting import actions, documents, import_actions, imports, queries, rules
from reporting import sheets as columns
from reporting.matters.common import LEGAL_BASIS, OfInternshipUnit
from reporting.models import (
    Attendance,
    AttendanceImport,
    OnPostImport,
    OnPostStatus,
    PlacementImport,
)
from review import sheets, submission
from review.matters import (
    AnyPage,
    CaseValues,
    Guide,
    Sheet,
    register,
)
from review.models import Case


class _Judge:
    """The plan of the rows asked about last: checks and preview of one file ask for the same one."""

    def __init__(self, make: Callable[[Sequence[Row]], list[imports.Planned]]) -> None:
        self._make = make
        self._rows: Sequence[Row] | None = None
        self._planned: list[imports.Planned] = []

    def plan(self, rows: Sequence[Row]) -> list[imports.Planned]:
        if self._rows is not rows:
            self._rows, self._planned = rows, self._make(rows)
        return self._planned


class _Batch(OfInternshipUnit):
    """A batch report: a spreadsheet whose rows take effect at once (auto-approval)."""

    auto_approve = True
    columns: Columns

    def pages(self, case: Case, values: CaseValues) -> list[AnyPage]:
        judge = _Judge(lambda rows: self.plan(case.unit, rows))
        return [
            Sheet(
                "file",
                "导入文件",
                self.columns,
                checks=(lambda rows: imports.faults(judge.plan(rows)),),
                preview=lambda rows: imports.preview(judge.plan(rows), self.warnings(rows)),
                intro="下载模板，填写后选择文件导入。提交后立即生效，可在“我的办件”的审核通过中查看。",
            )
        ]

    def plan(self, unit: Unit, rows: Sequence[Row]) -> list[imports.Planned]:
        """What the rows mean for the unit's data."""
        raise NotImplementedError

    def warnings(self, rows: Sequence[Row]) -> list[str]:
        """What should be looked at although it is no fault."""
        return []

    def on(self, transition: str, case: Case, record: Any, by: User | None) -> None:
        if transition == "approve" and by is not None and case.unit is not None:
            with collecting.put_off():
                self.store(case, case.unit, record, self.rows(case), by)
        elif transition == "revoke":
            self.undo(case, by)

    def rows(self, case: Case) -> list[Row]:
        """The rows that are being handed in."""
        values = submission.load_values(case)
        return [
            row for page in self.pages(case, values) if isinstance(page, Sheet) for row in sheets.rows_of(page, values)
        ]

    def store(self, case: Case, unit: Unit, record: Any, rows: list[Row], by: User) -> None:
        """What approval makes of the rows."""
        raise NotImplementedError

    def undo(self, case: Case, by: User | None) -> None:
        """What a revoked approval takes back, or TransitionRefused."""
        raise TransitionRefused("批量上报不能撤销，请由单位重新上报该月份")

    def outcome(self, case: Case) -> str:
        return str(self.record.objects.filter(pk=case.pk).first() or "")


def _batch_guide(what: str, result: str) -> Guide:
    return Guide(
        who="已通过就业见习单位申请的见习单位。",
        materials=(f"按模板填写的{what}表格（xlsx、xls、ods）",),
        time_limit="导入后即时办结",
        legal_basis=LEGAL_BASIS,
        steps=("下载模板并填写", "选择文件导入，按提示改正错误", "核对后提交，立即生效"),
        result=result,
    )


@register
class PlacementImportMatter(_Batch):
    """见习匹配结果批量上报 (C5; SXU)."""

    code = "placement-import"
    name = "见习匹配结果批量上报"
    prefix = "JXPP"
    record = PlacementImport
    columns = columns.PLACEMENTS
    guide = _batch_guide("见习匹配结果", "表格中的人员成为本单位的见习人员，占用岗位名额")

    def check_start(self, actor: User, subject: Individual | Unit) -> None:
        super().check_start(actor, subject)
        if isinstance(subject, Unit):
            rules.check_channel(queries.handling_region(subject), rules.IMPORT, timezone.localdate())

    def plan(self, unit: Unit, rows: Sequence[Row]) -> list[imports.Planned]:
        return imports.PlacementPlan(unit, rows).planned

    def store(self, case: Case, unit: Unit, record: Any, rows: list[Row], by: User) -> None:
        import_actions.import_placements(case=case, unit=unit, record=record, rows=rows, by=by)

    def undo(self, case: Case, by: User | None) -> None:
        actions.cancel_placements(case=case, by=by)

    def review_panels(self, case: Case) -> list[tuple[str, dict[str, Any]]]:
        return documents.review_panel(case)


class _MonthBatch(_Batch):
    """A report on months of placements; what it said stands until another one replaces it."""

    model: type[Attendance] | type[OnPostStatus]

    def month_plan(self, unit: Unit, rows: Sequence[Row]) -> imports.MonthPlan:
        """What the rows mean for the unit's people."""
        raise NotImplementedError

    def plan(self, unit: Unit, rows: Sequence[Row]) -> list[imports.Planned]:
        return self.month_plan(unit, rows).planned

    def store(self, case: Case, unit: Unit, record: Any, rows: list[Row], by: User) -> None:
        import_actions.import_months(
            case=case, record=record, plan=lambda: self.month_plan(unit, rows), model=self.model, by=by
        )


@register
class AttendanceImportMatter(_MonthBatch):
    """见习考勤批量上报 (C6; SXU)."""

    code = "attendance-import"
    name = "见习考勤批量上报"
    prefix = "JXKQ"
    record = AttendanceImport
    model = Attendance
    columns = columns.ATTENDANCE
    guide = _batch_guide("考勤", "考勤记入人员的见习记录，同一月份再次上报的以后一次为准")

    def month_plan(self, unit: Unit, rows: Sequence[Row]) -> imports.MonthPlan:
        return imports.attendance_plan(unit, rows)

    def warnings(self, rows: Sequence[Row]) -> list[str]:
        return imports.overtime(rows)


@register
class OnPostImportMatter(_MonthBatch):
    """见习人员每月在岗情况上报 (C7; SXU)."""

    code = "on-post-import"
    name = "见习人员每月在岗情况上报"
    prefix = "JXZG"
    record = OnPostImport
    model = OnPostStatus
    columns = columns.ON_POST
    guide = _batch_guide("在岗情况", "在岗情况记入人员的见习记录；不在岗的人员请办理减员申请")

    def month_plan(self, unit: Unit, rows: Sequence[Row]) -> imports.MonthPlan:
        return imports.on_post_plan(unit, rows)

    def next_words(self, case: Case) -> str:
        return "上报为不在岗的人员，请在“就业见习人员管理”中为其办理减员申请。"
