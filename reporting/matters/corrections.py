"""见习信息更正 (C5–C7): a correction of what a monthly report rests on is decided by the county."""

from typing import Any

from accounts.models import User
from reporting import correction_actions, correction_forms, corrections, queries
from reporting.matters.common import LEGAL_BASIS, OfInternshipUnit
from reporting.models import RecordCorrection
from review.matters import AnyPage, CaseValues, DefaultStep, Guide, Page, Problems, Slot, register
from review.models import Case, Status


@register
class RecordCorrectionMatter(OfInternshipUnit):
    """One row stated anew: an agreement, or a month's attendance or on-post status. One at a time per row."""

    code = queries.CORRECTION_MATTER
    name = "见习信息更正"
    prefix = "JXGZ"
    record = RecordCorrection
    guide = Guide(
        who="需要更正已有审核通过月报的人员协议、保险、考勤或在岗情况的见习单位；没有月报的可在人员页面直接更正。",
        materials=("证明材料（补充协议、更正后的保险单或考勤表等）",),
        time_limit="县（市、区）人社部门5个工作日；退回补正期间不计时",
        legal_basis=LEGAL_BASIS,
        steps=("选择人员和更正内容，说明原因", "填写更正后的内容，上传证明材料", "业务办理归属地人社部门审核"),
        result="更正记入人员的见习记录并保留历史；已审核的月报和已拨付的补贴不因此重新计算",
    )
    steps = (DefaultStep("first", "county", 5),)
    slots = (Slot("proof", "更正的证明材料", required=True, hint="补充协议、更正后的保险单或考勤表等"),)

    def key(self, case: Case, values: CaseValues) -> str | None:
        placement, kind, month = correction_forms.chosen(case, values)
        return f"placement:{placement.pk}:{kind}:{month or ''}" if placement and kind else None

    def pages(self, case: Case, values: CaseValues) -> list[AnyPage]:
        intro = "请填写更正后的全部内容，没有变化的照原样填写。"
        pages: list[AnyPage] = [
            Page("what", "选择更正内容", correction_forms.WhatForm),
            Page("values", "更正后的内容", correction_forms.ValuesForm, intro=intro),
        ]
        if correction_forms.chosen(case, values)[1] == corrections.Kind.AGREEMENT:
            pages.append(Page("insurance", "更正后的保险信息", correction_forms.InsuranceForm, intro=intro))
        return pages

    def check(self, case: Case, values: CaseValues, record: Any) -> Problems:
        stated = {name: getattr(record, name) for name in record.columns}
        faults = corrections.faults(record.placement, record.kind, record.month, stated)
        pages = dict.fromkeys(correction_forms.INSURANCE_COLUMNS, "insurance")
        return {f"{pages.get(name, 'values')}.{name}": reason for name, reason in faults.items()}

    def subject(self, case: Case, record: Any) -> tuple[str, str]:
        return record.placement.name, record.placement.id_no

    def on(self, transition: str, case: Case, record: Any, by: User | None) -> None:
        if transition == "approve" and case.status == Status.APPROVED and by is not None:
            correction_actions.carry_out(record=record, by=by)
        elif transition == "revoke" and by is not None:
            correction_actions.take_back(record=record, by=by)

    def outcome(self, case: Case) -> str:
        record = RecordCorrection.objects.select_related("placement").filter(pk=case.pk).first()
        return f"已更正：{record}" if record else ""

    def next_words(self, case: Case) -> str:
        return "人社部门将在5个工作日内审核；通过后更正生效，已审核的月报不重新计算。"
