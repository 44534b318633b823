"""弹性退休 as a matter of its own: told in time when early, agreed in time when late, called off by agreement."""

from typing import Any

from accounts.models import Individual, Unit, User
from common.transitions import TransitionRefused
from insurance import flexible_actions, flexible_forms, flexible_rules, queries
from insurance.claim_facts import Typed
from insurance.claim_rules import ClaimRefused
from insurance.flexible_forms import dossier_of
from insurance.models import FlexibleRetirement
from review.matters import (
    AnyPage,
    CaseValues,
    DefaultStep,
    Guide,
    Matter,
    Page,
    Problems,
    Slot,
    StartRefused,
    register,
)
from review.models import Case, Status


@register
class FlexibleRetirementMatter(Matter):
    """弹性退休告知."""

    code = "flexible-retirement"
    name = "弹性退休告知"
    prefix = "TXTX"
    portal = "unit"
    group = "社会保险"
    record = FlexibleRetirement
    entry = "claims:flexible_people"
    real_name_level = 4
    guide = Guide(
        who="选择弹性提前退休的人员（在选定的退休时间前至少3个月书面告知单位，并达到最低缴费年限），"
        "或者与单位协商一致弹性延迟退休的人员（在法定退休时间前至少1个月书面约定），由所在单位办理；"
        "延迟期间协商一致的可以终止。",
        materials=("弹性退休告知书、约定书或终止协议（本人签字、单位盖章）",),
        time_limit="10个工作日；退回补正期间不计时",
        legal_basis=(
            "《关于实施渐进式延迟法定退休年龄的决定》（2024年9月13日）",
            "《实施弹性退休制度暂行办法》（自2025年1月1日起施行）",
        ),
        steps=("选择人员，填写选定的退休日期和书面告知日期", "上传告知书或约定书并提交", "县（市、区）经办机构审核"),
        result="登记弹性退休约定；到期申领养老金时不再提交告知书或约定书",
    )
    steps = (DefaultStep("first", "county", 10),)
    slots = (Slot("paper", "告知书、约定书或终止协议", required=True, hint="本人签字、单位盖章，载明日期"),)

    def check_start(self, actor: User, subject: Individual | Unit) -> None:
        if not isinstance(subject, Unit):
            raise StartRefused("弹性退休告知由单位经办人在单位网厅办理")
        if not queries.insured_units(subject):
            raise StartRefused("本单位没有登记单位编号，请联系参保地经办机构登记后办理")

    def key(self, case: Case, values: CaseValues) -> str | None:
        person = Typed(values).text("choice", "person")
        return f"person:{person}" if person else None

    def pages(self, case: Case, values: CaseValues) -> list[AnyPage]:
        return [Page("choice", "退休选择", flexible_forms.FlexibleForm)]

    def check(self, case: Case, values: CaseValues, record: Any) -> Problems:
        dossier = dossier_of(case, values)
        if dossier is None:
            return {"choice.person": "请先选择人员"}
        try:
            flexible_rules.check(record, dossier)
        except ClaimRefused as refused:
            return {f"choice.{refused.field}" if refused.field else "choice": refused.reason}
        return {}

    def region(self, case: Case, record: Any) -> str:
        return str(record.insured_unit.region_id)

    def subject(self, case: Case, record: Any) -> tuple[str, str]:
        return record.person.name, record.person.id_no

    def on(self, transition: str, case: Case, record: Any, by: User | None) -> None:
        if by is None:
            return
        if transition == "approve" and case.status == Status.APPROVED:
            try:
                flexible_actions.settle(record=record, by=by)
            except ClaimRefused as refused:
                raise TransitionRefused(refused.reason) from refused
        elif transition == "revoke":
            flexible_actions.undo(record=record, by=by)

    def outcome(self, case: Case) -> str:
        choice = getattr(case, "flexible_choice", None)
        if choice is None:
            return "已登记终止弹性延迟退休"
        ended = "，已终止" if choice.ended_at else ""
        return f"已登记{choice.get_kind_display()}，退休时间{choice.month:%Y年%-m月}{ended}"

    def next_words(self, case: Case) -> str:
        return "经办机构将在10个工作日内审核；通过后按选定的时间申领养老金，不再提交告知书或约定书。"
