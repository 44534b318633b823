"""People are registered (C8) and leave (C9)."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import Individual, Unit, User
from common.transitions import TransitionRefused
from reporting import actions, forms, queries, rules
from reporting.matters.common import LEGAL_BASIS, OfInternshipUnit
from reporting.models import (
    Placement,
    PlacementEnd,
    PlacementRegistration,
)
from review.matters import (
    AnyPage,
    CaseValues,
    DefaultStep,
    Guide,
    Page,
    Problems,
    Slot,
    StartRefused,
    register,
)
from review.models import Case, Status


@register
class PlacementRegistrationMatter(OfInternshipUnit):
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
class PlacementEndMatter(OfInternshipUnit):
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
