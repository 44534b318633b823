"""就业见习岗位申请 (C2): how a position becomes public, and how an approved one is changed."""

from typing import Any

from django.db.models import Q
from django.utils import timezone

from accounts.models import Individual, Unit, User
from common.transitions import TransitionRefused
from internship import queries as internship_queries
from internship import rules as internship_rules
from positions import actions, forms, rules
from positions.models import Position, PositionApplication
from review.matters import AnyPage, CaseValues, DefaultStep, Guide, Matter, Page, Problems, StartRefused, register
from review.models import Case, Status

CODE = actions.MATTER


@register
class PositionApplicationMatter(Matter):
    """就业见习岗位申请 (C2; SXU 就业见习岗位申请, JL 岗位管理). New positions hold no key, revisions their position's."""

    code = CODE
    name = "就业见习岗位申请"
    prefix = "JXGW"
    portal = "unit"
    group = "就业见习管理"
    record = PositionApplication
    guide = Guide(
        who="已通过就业见习单位申请、未被暂停新增岗位的见习单位。",
        materials=("无需上传材料，在线填写岗位信息即可",),
        time_limit="县（市、区）人社部门5个工作日；退回补正期间不计时",
        legal_basis=(
            "《就业见习管理办法》（晋人社厅发〔2023〕24号）",
            "《吉林省就业见习管理暂行办法》（吉人社联字〔2023〕12号）",
            "《关于进一步加强就业见习工作的通知》（国家就业见习政策框架）",
        ),
        steps=("在线填写岗位信息", "业务办理归属地人社部门审核", "审核通过，岗位公开招收"),
        result="岗位在见习岗位查询中公开，见习人员可以收藏",
    )
    steps = (DefaultStep("first", "county", 5),)

    def check_start(self, actor: User, subject: Individual | Unit) -> None:
        if not isinstance(subject, Unit):
            raise StartRefused("就业见习岗位申请由单位经办人在单位网厅办理")
        internship_rules.check_may_publish(subject)

    def key(self, case: Case, values: CaseValues) -> str | None:
        number = values.get("basics", {}).get("revises")
        return actions.revision_key(str(number)) if number else None

    def prefill(self, case: Case) -> CaseValues:
        unit, user = case.unit, case.acting_user
        qualified = internship_queries.qualified_unit(unit)
        region = qualified.handling_region_id if qualified else unit.handling_region_id
        return {
            "terms": {"work_region": region or "", "work_address": unit.office_address},
            "contact": {
                "valid_from": timezone.localdate().isoformat(),
                "contact_name": user.name,
                "contact_phone": user.mobile,
            },
        }

    def pages(self, case: Case, values: CaseValues) -> list[AnyPage]:
        return [
            Page("basics", "岗位信息", forms.BasicsForm),
            Page("terms", "待遇与期限", forms.TermsForm),
            Page("content", "内容与要求", forms.ContentForm),
            Page("contact", "有效期与联系", forms.ContactForm),
        ]

    def check(self, case: Case, values: CaseValues, record: Any) -> Problems:
        problems: Problems = {}
        try:
            internship_rules.check_may_publish(case.unit)
        except StartRefused as refused:
            problems["basics"] = refused.reason
        try:
            rules.check_name_free(case.unit, record.name, position=record.position, case_id=case.pk)
            if record.position:
                rules.check_revise(record.position)
        except TransitionRefused as refused:
            problems["basics.name"] = str(refused)
        if record.position and record.places < record.position.places_taken:
            problems["basics.places"] = f"招收人数不能少于已录用人数（{record.position.places_taken}人）"
        return problems

    def region(self, case: Case, record: Any) -> str:
        qualified = internship_queries.qualified_unit(case.unit)
        found = qualified.handling_region_id if qualified else case.unit.handling_region_id
        return str(found)

    def on(self, transition: str, case: Case, record: Any, by: User | None) -> None:
        if transition == "approve" and case.status == Status.APPROVED and by is not None:
            actions.publish(case=case, record=record, by=by)
        elif transition == "revoke":
            if record.position_id:
                raise TransitionRefused("岗位变更已经生效，不能撤销；请由单位再次申请变更，或撤销岗位的首次申请")
            actions.revoke_position(case=case, by=by)

    def outcome(self, case: Case) -> str:
        position = self._position(case)
        if position is None:
            return ""
        if position.case_id != case.pk:
            return f"岗位{position.number}已按本次申请变更"
        return f"岗位编号{position.number}，{position.get_state_display()}"

    def next_words(self, case: Case) -> str:
        return "人社部门将在5个工作日内审核；通过后岗位自动公开，可在“岗位管理”中查看。"

    def review_panels(self, case: Case) -> list[tuple[str, dict[str, Any]]]:
        record = PositionApplication.objects.filter(pk=case.pk).select_related("position").first()
        if record is None:
            return []
        context = {
            "record": record,
            "position": record.position,
            "minimum_wage": rules.minimum_wage(record.work_region_id, timezone.localdate()),
            "thresholds": rules.subsidy_thresholds(record.work_region_id, timezone.localdate()),
            "others": list(Position.objects.of_unit(case.unit).public().order_by("-published_at")[:10]),
        }
        return [("positions/review_panel.html", context)]

    @staticmethod
    def _position(case: Case) -> Position | None:
        revised = PositionApplication.objects.filter(pk=case.pk).values("position")
        return Position.objects.filter(Q(case=case) | Q(pk__in=revised)).first()
