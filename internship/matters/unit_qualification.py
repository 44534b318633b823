"""就业见习单位申请 (C1): how a unit becomes an internship unit."""

from collections import Counter
from typing import Any

from django.urls import reverse

from accounts.models import VERIFIED_LEVEL, Individual, Unit, User
from common import identifiers
from internship import actions, forms, queries
from internship.matters.common import IN_FORCE, JILIN, SHANXI, account_of, typed
from internship.models import UnitQualification
from review.matters import (
    AnyPage,
    CaseValues,
    CheckResult,
    DefaultStep,
    Guide,
    Info,
    Matter,
    Page,
    Problems,
    Rows,
    Slot,
    StartRefused,
    check,
    register,
)
from review.models import Case, Status


def _unit_facts(case: Case) -> list[tuple[str, str]]:
    """(1) 单位基本信息 as the account holds it."""
    unit = case.unit
    return [
        ("单位名称", unit.name),
        ("统一社会信用代码", unit.uscc),
        ("法人类型", unit.get_legal_person_type_display()),
        ("实名等级", unit.get_level_display()),
    ]


def _licence_is_known(case: Case, values: CaseValues) -> str:
    """免提交: the licence was compared or shown when the unit was verified (matters.md A2)."""
    return "单位已通过实名核验，营业执照或法人登记证书免提交" if case.unit.level >= VERIFIED_LEVEL else ""


@register
class UnitQualificationMatter(Matter):
    """就业见习单位申请 (C1; SXU 就业见习单位申请, JL 就业见习申报)."""

    code = queries.UNIT_MATTER
    name = "就业见习单位申请"
    prefix = "JXDW"
    portal = "unit"
    group = "就业见习管理"
    record = UnitQualification
    keeps_key = True
    guide = Guide(
        who="在本省依法登记、经营正常，能够提供见习岗位、带教人员和必要劳动保护，并按月发放见习生活费、"
        "为见习人员办理人身意外伤害保险的企业、事业单位、社会组织等。",
        materials=(
            "营业执照或法人登记证书（已通过实名核验的单位免提交）",
            "就业见习单位申请表（在线填写后打印并加盖公章）",
            "就业见习协议或承诺书",
            "专职人员证明材料（每人一份）",
            "带教制度（如有）",
        ),
        time_limit="县（市、区）初审5个工作日，市复审5个工作日；退回补正期间不计时",
        legal_basis=(IN_FORCE, SHANXI, JILIN),
        steps=(
            "在线填写并上传材料",
            "业务办理归属地县（市、区）人社部门初审",
            "市级人社部门复审",
            "审核通过，成为就业见习单位",
        ),
        result="认定为就业见习单位，可以发布见习岗位、上报见习人员并申领补贴",
    )
    steps = (DefaultStep("first", "county", 5), DefaultStep("second", "city", 5))
    # Exactly three required slots (SXU fig. 7); those of the staff persons are counted with their rows.
    slots = (
        Slot(
            "licence",
            "营业执照或法人登记证书",
            required=True,
            hint="证书原件的扫描件或照片，四角完整、文字清晰",
            covered=_licence_is_known,
        ),
        Slot(
            "application_form",
            "见习单位申请表（盖章）",
            required=True,
            hint="请先打印本页提供的申请表，加盖单位公章后扫描或拍照上传",
        ),
        Slot("agreement", "就业见习协议或承诺书", required=True, hint="单位与人社部门签订的协议书，或加盖公章的承诺书"),
        Slot("mentoring_rules", "带教制度", hint="带教安排、考核办法等"),
        Slot("other", "其他材料"),
        Slot(
            "staff_document",
            "专职人员证明材料",
            required=True,
            hint="劳动合同、任职文件等能证明其为本单位人员的材料",
            per_row="staff",
        ),
    )

    def check_start(self, actor: User, subject: Individual | Unit) -> None:
        if not isinstance(subject, Unit):
            raise StartRefused("就业见习单位申请由单位经办人在单位网厅办理")
        if not subject.is_complete:
            raise StartRefused(
                "单位信息不完整，请先到“单位中心”维护单位信息，再办理就业见习单位申请",
                url=reverse("accounts:unit_profile"),
                link="维护单位信息",
            )

    def key(self, case: Case, values: CaseValues) -> str | None:
        return f"unit:{case.unit_id}"

    def prefill(self, case: Case) -> CaseValues:
        unit = case.unit
        account = account_of(unit)
        bank = typed(account, "bank", "branch", "cnaps", "account_no") if account else {}
        return {
            "nature": typed(
                unit,
                "unit_type",
                "registration_type",
                "industry",
                "affiliation",
                "legal_representative",
                "founded_on",
                "registered_capital",
                "business_scope",
            ),
            "place": typed(unit, "registered_address", "office_address", "region", "handling_region"),
            "plan": typed(unit, "employee_count", "insured_count"),
            "contact": {"contact": case.acting_user.name} | typed(case.acting_user, "mobile", "email"),
            "bank": {"account_holder": account.holder if account else unit.name} | bank,
        }

    def pages(self, case: Case, values: CaseValues) -> list[AnyPage]:
        return [
            Info("basic", "单位基本信息", _unit_facts, intro="以下信息取自单位账号，如有错误请先办理信息变更。"),
            Page("nature", "单位性质", forms.NatureForm, intro="已按单位中心的资料填好，请核对。"),
            Page("place", "地址与业务办理归属地", forms.PlaceForm),
            Page("plan", "规模与见习计划", forms.PlanForm),
            Page("contact", "联系人", forms.ContactForm),
            Rows(
                "staff",
                "专职人员",
                forms.StaffPersonForm,
                columns=("name", "post", "phone"),
                minimum=1,
                maximum=20,
                intro="负责见习人员日常管理和进展报告的人员，至少1人；每人需在“上传资料”中提供证明材料。",
            ),
            Rows(
                "mentors",
                "带教人员",
                forms.MentorForm,
                columns=("name", "post", "years"),
                maximum=50,
                intro="在岗位上指导见习人员的人员，可在发布岗位前填写。",
            ),
            Page("bank", "银行账户信息", forms.UnitBankForm, intro="请填写单位基本存款账户，见习补贴将拨付到该账户。"),
        ]

    def check(self, case: Case, values: CaseValues, record: Any) -> Problems:
        rows = values.get("staff", {}).get("rows", [])
        numbers = Counter(identifiers.normalise(row.get("id_no", "")) for row in rows)
        repeated = [row.get("name", "") for row in rows if numbers[identifiers.normalise(row.get("id_no", ""))] > 1]
        return {"staff": f"专职人员的证件号码重复：{'、'.join(repeated)}"} if repeated else {}

    def region(self, case: Case, record: Any) -> str:
        return str(record.handling_region_id)

    def on(self, transition: str, case: Case, record: Any, by: User | None) -> None:
        if by is None:
            return
        if transition == "approve" and case.status == Status.APPROVED:
            actions.qualify_unit(case=case, record=record, by=by)
        elif transition == "revoke":
            actions.revoke_unit(case=case, by=by)

    def outcome(self, case: Case) -> str:
        return "已认定为就业见习单位，可以发布见习岗位"

    def next_words(self, case: Case) -> str:
        return (
            "业务办理归属地人社部门将在5个工作日内初审，通过后由市级人社部门复审。"
            "审核通过后即可发布见习岗位；如需补正，将一次性告知全部内容。"
        )


@check(queries.UNIT_MATTER, "account-holder", "开户名称与单位名称一致")
def holder_is_unit(case: Case, record: Any) -> CheckResult:
    """A different holder is not refused but needs eyes: the reason is shown."""
    if record.account_holder == record.name:
        return CheckResult("开户名称与单位名称一致", True, record.account_holder)
    return CheckResult(
        "开户名称与单位名称一致", None, f"开户名称：{record.account_holder}；说明：{record.holder_reason}"
    )


@check(queries.UNIT_MATTER, "unit-data", "与单位中心资料一致")
def agrees_with_unit(case: Case, record: Any) -> CheckResult:
    """Which answers differ from what the unit keeps under 单位中心 › 维护."""
    different = [
        str(UnitQualification._meta.get_field(name).verbose_name)
        for name in (*Unit.REQUIRED_FIELDS, "legal_representative")
        if getattr(record, name) != getattr(case.unit, name)
    ]
    evidence = f"不一致：{'、'.join(different)}" if different else "全部一致"
    return CheckResult("与单位中心资料一致", None if different else True, evidence)
