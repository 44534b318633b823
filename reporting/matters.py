"""The services of reporting: people are registered (C8) and leave (C9)."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import Individual, Unit, User
from common.sheets.columns import Sheet as Columns
from common.sheets.imports import Row
from common.transitions import TransitionRefused
from internship import queries as internship_queries
from internship import rules as internship_rules
from reporting import actions, forms, imports, queries, rules
from reporting import sheets as columns
from reporting.models import (
    Attendance,
    AttendanceImport,
    OnPostImport,
    OnPostStatus,
    Placement,
    PlacementEnd,
    PlacementImport,
    PlacementRegistration,
)
from review import sheets, submission
from review.matters import (
    AnyPage,
    CaseValues,
    CheckResult,
    DefaultStep,
    Guide,
    Matter,
    Page,
    Problems,
    Sheet,
    SheetPreview,
    Slot,
    StartRefused,
    check,
    register,
)
from review.models import Case, Status

LEGAL_BASIS = (
    "《关于进一步加强就业见习工作的通知》（国家就业见习政策框架）",
    "《就业见习管理办法》（晋人社厅发〔2023〕24号）",
    "《吉林省就业见习管理暂行办法》（吉人社联字〔2023〕12号）",
)


class _OfInternshipUnit(Matter):
    """What all services of internship units share: who may start, and which office handles them."""

    portal = "unit"
    group = "就业见习管理"

    def check_start(self, actor: User, subject: Individual | Unit) -> None:
        if not isinstance(subject, Unit):
            raise StartRefused(f"{self.name}由单位经办人在单位网厅办理")
        internship_rules.check_qualified(subject)

    def region(self, case: Case, record: Any) -> str:
        return queries.handling_region(case.unit)


@register
class PlacementRegistrationMatter(_OfInternshipUnit):
    """就业见习人员管理 (C8; JL): one person with the terms of the agreement, reviewed by the county."""

    code = queries.REGISTRATION_MATTER
    name = "就业见习人员申报"
    prefix = "JXRG"
    record = PlacementRegistration
    guide = Guide(
        who="已通过就业见习单位申请的见习单位，为与其签订见习协议的人员办理。",
        materials=("见习协议（双方签字盖章）", "人身意外伤害保险单"),
        time_limit="县（市、区）人社部门5个工作日；退回补正期间不计时",
        legal_basis=LEGAL_BASIS,
        steps=("按姓名和证件号码查询人员", "选择岗位，填写协议和保险信息", "业务办理归属地人社部门审核"),
        result="该人员成为本单位的见习人员，占用岗位名额，可以上报考勤和月报",
    )
    steps = (DefaultStep("first", "county", 5),)
    slots = (
        Slot("agreement", "见习协议", required=True, hint="双方签字盖章的全部页面"),
        Slot("policy", "保险单", required=True, hint="人身意外伤害保险，期间应覆盖整个见习期限"),
    )

    def check_start(self, actor: User, subject: Individual | Unit) -> None:
        super().check_start(actor, subject)
        if isinstance(subject, Unit):
            region = queries.handling_region(subject)
            rules.check_channel(region, rules.REGISTRATION, timezone.localdate())
            if not queries.open_positions(subject).exists():
                raise StartRefused(
                    "本单位没有招收中的岗位，请先办理就业见习岗位申请",
                    url=reverse("positions:unit_list"),
                    link="查看岗位管理",
                )

    def pages(self, case: Case, values: CaseValues) -> list[AnyPage]:
        return [
            Page("person", "查询人员", forms.PersonForm, intro="姓名和证件号码须同时填写，查询会留下记录。"),
            Page("position", "选择岗位", forms.PositionForm),
            Page("agreement", "协议信息", forms.AgreementForm),
            Page("insurance", "保险信息", forms.InsuranceForm, intro="见习开始前应办理人身意外伤害保险。"),
        ]

    def check(self, case: Case, values: CaseValues, record: Any) -> Problems:
        pages = {"insured_from": "insurance", "insured_to": "insurance"}
        faults = actions.agreement_faults(record)
        return {f"{pages.get(name, 'agreement')}.{name}": fault for name, fault in faults.items()}

    def subject(self, case: Case, record: Any) -> tuple[str, str]:
        return record.name, record.id_no

    def on(self, transition: str, case: Case, record: Any, by: User | None) -> None:
        if transition == "approve" and case.status == Status.APPROVED and by is not None:
            actions.register_placement(case=case, record=record, by=by)
        elif transition == "revoke":
            actions.cancel_placements(case=case, by=by)

    def outcome(self, case: Case) -> str:
        placement = Placement.objects.filter(case=case).first()
        return rules.standing(placement, timezone.localdate()) if placement else ""

    def next_words(self, case: Case) -> str:
        return "人社部门将在5个工作日内审核；通过后该人员在“就业见习人员管理”中显示为见习中。"


@register
class PlacementEndMatter(_OfInternshipUnit):
    """减员申请 (C9; JL): how an internship ended. One at a time per person."""

    code = queries.END_MATTER
    name = "减员申请"
    prefix = "JXJY"
    record = PlacementEnd
    guide = Guide(
        who="见习人员完成就业、见习期满或因故无法完成见习的见习单位。",
        materials=("解除或终止协议说明、就业去向证明（有的上传）",),
        time_limit="县（市、区）人社部门5个工作日；退回补正期间不计时",
        legal_basis=LEGAL_BASIS,
        steps=("选择见习人员，填写结束日期和原因", "说明去向，留用的登记合同和参保", "业务办理归属地人社部门审核"),
        result="该人员的见习结束，岗位名额释放",
    )
    steps = (DefaultStep("first", "county", 5),)
    slots = (Slot("proof", "解除协议说明或就业去向证明"),)

    def pages(self, case: Case, values: CaseValues) -> list[AnyPage]:
        reason = forms.reason_of(values)
        pages: list[AnyPage] = [
            Page("end", "选择人员", forms.EndForm, intro="只列出审核通过且尚未结束的就业见习人员。"),
            Page("whereabouts", "去向说明", forms.WhereaboutsForm),
        ]
        if reason in (rules.EMPLOYED, rules.COMPLETED):
            intro = "由本单位留用的，请登记劳动合同和社会保险，计入留用率；未留用的直接进入下一步。"
            pages.append(Page("retention", "留用登记（选填）", forms.RetentionForm, intro=intro))
        return pages

    def check(self, case: Case, values: CaseValues, record: Any) -> Problems:
        try:
            rules.check_end(record.placement)
        except TransitionRefused as refused:
            return {"end.placement": str(refused)}
        return {}

    def subject(self, case: Case, record: Any) -> tuple[str, str]:
        return record.placement.name, record.placement.id_no

    def on(self, transition: str, case: Case, record: Any, by: User | None) -> None:
        if by is None:
            return
        if transition == "approve" and case.status == Status.APPROVED:
            actions.end_placement(record=record, by=by)
        elif transition == "revoke":
            actions.resume_placement(record=record, by=by)

    def next_words(self, case: Case) -> str:
        return "人社部门将在5个工作日内审核；通过后该人员的见习结束，岗位名额释放。"


class _Batch(_OfInternshipUnit):
    """A batch report: a spreadsheet whose rows take effect at once (auto-approval)."""

    auto_approve = True
    columns: Columns

    def pages(self, case: Case, values: CaseValues) -> list[AnyPage]:
        unit = case.unit
        return [
            Sheet(
                "file",
                "导入文件",
                self.columns,
                checks=(lambda rows: imports.faults(self.plan(unit, rows)),),
                preview=lambda rows: self.preview(unit, rows),
                intro="下载模板，填写后选择文件导入。提交后立即生效，可在“我的办件”的审核通过中查看。",
            )
        ]

    def plan(self, unit: Unit, rows: Sequence[Row]) -> list[imports.Planned]:
        """What the rows mean for the unit's data."""
        raise NotImplementedError

    def preview(self, unit: Unit, rows: Sequence[Row]) -> SheetPreview:
        """What importing the rows would do."""
        return imports.preview(self.plan(unit, rows))

    def rows(self, case: Case) -> list[Row]:
        """The rows that are being handed in."""
        values = submission.load_values(case)
        return [
            row for page in self.pages(case, values) if isinstance(page, Sheet) for row in sheets.rows_of(page, values)
        ]

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

    def on(self, transition: str, case: Case, record: Any, by: User | None) -> None:
        if transition == "approve" and by is not None and case.unit is not None:
            actions.import_placements(case=case, unit=case.unit, record=record, rows=self.rows(case), by=by)
        elif transition == "revoke":
            actions.cancel_placements(case=case, by=by)


class _MonthBatch(_Batch):
    """A report on months of placements; what it said stands until another one replaces it."""

    model: type[Attendance] | type[OnPostStatus]

    def month_plan(self, unit: Unit, rows: Sequence[Row]) -> imports.MonthPlan:
        """What the rows mean for the unit's people."""
        raise NotImplementedError

    def plan(self, unit: Unit, rows: Sequence[Row]) -> list[imports.Planned]:
        return self.month_plan(unit, rows).planned

    def on(self, transition: str, case: Case, record: Any, by: User | None) -> None:
        if transition == "approve" and by is not None and case.unit is not None:
            plan = self.month_plan(case.unit, self.rows(case))
            actions.import_months(case=case, record=record, plan=plan, model=self.model, by=by)
        elif transition == "revoke":
            raise TransitionRefused("批量上报不能撤销，请由单位重新上报该月份")


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

    def preview(self, unit: Unit, rows: Sequence[Row]) -> SheetPreview:
        return imports.preview(self.plan(unit, rows), imports.overtime(rows))


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
