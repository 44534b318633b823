"""养老金申领 (E6; JX 7.1): seven pages, two levels of review, and a retiree in the roster."""

from typing import Any

from accounts.models import Individual, Unit, User
from common.transitions import TransitionRefused
from insurance import claim_actions, claim_facts, claim_forms, claim_panel, claim_rules, queries
from insurance.claim_facts import Typed, check_contributions, dossier_of
from insurance.claim_rules import ClaimRefused
from insurance.models import PensionClaim
from review.matters import (
    AnyPage,
    CaseValues,
    DefaultStep,
    Guide,
    Info,
    Matter,
    Page,
    Problems,
    Rows,
    Slot,
    StartRefused,
    register,
)
from review.models import Case, Status

BASICS = "退休基本信息"
LAST = "上传资料"


def _history_facts(case: Case) -> list[tuple[str, str]]:
    """缴费信息 in words, a line for each year."""
    dossier = dossier_of(case, claim_facts.values_of(case))
    if dossier is None:
        return [("缴费信息", "请先选择人员")]
    years = [(f"{year.year}年", claim_panel.year_in_words(year)) for year in dossier.history]
    return [*years, ("累计", claim_facts.total_of(dossier, Typed(claim_facts.values_of(case))).words)]


def _has_special_work(values: CaseValues) -> bool:
    return bool(Typed(values).rows("special_works"))


def _is_ill(values: CaseValues) -> bool:
    return Typed(values).kind == claim_rules.ILLNESS


def _is_flexible(values: CaseValues) -> bool:
    return Typed(values).kind in claim_rules.FLEXIBLE


def _choice_is_known(case: Case, values: CaseValues) -> str:
    """免提交: the flexible retirement was handed in and approved before (国务院令第716号 第七条)."""
    dossier = dossier_of(case, values)
    choice = dossier.choice if dossier and _is_flexible(values) else None
    return f"弹性退休已办理告知（{choice.case.number}），免提交" if choice else ""


@register
class PensionClaimMatter(Matter):
    """养老金申领: the manual's order of pages, with 退休基本信息 in four short ones."""

    code = "pension-claim"
    name = "养老金申领"
    prefix = "YLSL"
    portal = "unit"
    group = "社会保险"
    record = PensionClaim
    entry = "claims:people"
    real_name_level = 4
    guide = Guide(
        who="参加机关事业单位养老保险、达到退休条件的人员，由所在单位的经办人申领。本单位没有应缴未缴的养老保险费，"
        "累计缴费（含视同缴费）达到最低缴费年限，工作年限达到规定年限。",
        materials=(
            "养老保险待遇申领表（在线填写后打印并加盖公章）",
            "工资审批表",
            "档案材料",
            "特殊工种公示材料（有特殊工种的）",
        ),
        time_limit="20个工作日；退回补正期间不计时",
        legal_basis=(
            "《社会保险经办条例》（国务院令第765号）第十八条",
            "《国务院关于机关事业单位工作人员养老保险制度改革的决定》（国发〔2015〕2号）",
            "《关于实施渐进式延迟法定退休年龄的决定》（2024年9月13日）",
        ),
        steps=(
            "选择人员，核对缴费信息",
            "填写退休基本信息、特殊工种、职务升降和银行账号",
            "上传资料并提交",
            "县（市、区）经办机构初审，市级经办机构复审",
        ),
        result="核定养老保险待遇，从退休次月起发放；该人员转入退休花名册",
    )
    steps = (DefaultStep("first", "county", 10), DefaultStep("second", "city", 10))
    parts = {
        "basics": BASICS,
        "wages_2014": BASICS,
        "wages": BASICS,
        "adjustments": BASICS,
        "attachments": LAST,
        "check": LAST,
    }
    slots = (
        Slot("form", "申领表（盖章）", required=True, hint="先下载系统生成的申领表，单位盖章、本人签字后上传"),
        Slot("wage_approval", "工资审批表", required=True, hint="2014年9月和退休时的工资审批表"),
        Slot("archives", "档案材料", required=True, hint="招工、任职、学历等能证明工作经历的档案材料"),
        Slot("publicity", "特殊工种公示", required=_has_special_work, hint="填写特殊工种的必传：公示材料和公示结果"),
        Slot("illness", "劳动能力鉴定结论", required=_is_ill, hint="因病提前退休的必传"),
        Slot(
            "choice",
            "弹性退休告知书或约定书",
            required=_is_flexible,
            hint="弹性提前或延迟退休的必传",
            covered=_choice_is_known,
        ),
        Slot("other", "其他材料"),
    )

    def check_start(self, actor: User, subject: Individual | Unit) -> None:
        if not isinstance(subject, Unit):
            raise StartRefused("养老金申领由单位经办人在单位网厅办理")
        if not queries.insured_units(subject):
            raise StartRefused("本单位没有登记单位编号，请联系参保地经办机构登记后办理")

    def key(self, case: Case, values: CaseValues) -> str | None:
        person = Typed(values).text("claimant", "person")
        return f"person:{person}" if person else None

    def prefill(self, case: Case) -> CaseValues:
        return claim_facts.held(case)

    def pages(self, case: Case, values: CaseValues) -> list[AnyPage]:
        started = Typed(values).work_started_on
        wages: list[AnyPage] = [Page("wages", "退休时工资档案", claim_forms.WagesForm)]
        if started is None or claim_rules.before_reform(started):
            intro = "2014年9月30日在职时的工资，用于计算视同缴费和老办法待遇。"
            wages.insert(0, Page("wages_2014", "2014年9月工资档案", claim_forms.Wages2014Form, intro=intro))
        return [
            Page("claimant", "选择人员", claim_forms.ClaimantForm),
            Info("history", "缴费信息", _history_facts, intro="请核对历年缴费记录，有误的请先到参保地经办机构更正。"),
            Page("basics", "基础信息", claim_forms.BasicsForm, intro="工作年限须自行填写，整年和零月分开填。"),
            *wages,
            Rows(
                "adjustments",
                "视同缴费核增核减",
                claim_forms.AdjustmentForm,
                columns=("kind", "reason", "starts_on", "ends_on"),
                intro="没有的可直接进入下一步。年月须在参加工作和退休之间，时间段不能重复。",
                check=claim_facts.check_adjustments,
            ),
            Rows(
                "special_works",
                "特殊工种",
                claim_forms.SpecialWorkForm,
                columns=("kind", "name", "starts_on", "ends_on"),
                intro="没有的可直接进入下一步。",
                check=claim_facts.check_special_works,
            ),
            Rows(
                "rank_changes",
                "人员职务升降",
                claim_forms.RankChangeForm,
                columns=("starts_on", "ends_on", "kind", "to_post"),
                intro="没有的可直接进入下一步。现任职务的结束日期留空；2014年至2024年每年最多一次。",
                check=claim_facts.check_rank_changes,
            ),
            Page("bank", "银行账号", claim_forms.BankForm),
        ]

    def check(self, case: Case, values: CaseValues, record: Any) -> Problems:
        """Everything once more on the day of submission, over all pages."""
        dossier, typed = dossier_of(case, values), Typed(values)
        if dossier is None:
            return {"claimant.person": "请先选择申领人员"}
        try:
            dossier.check_person()
        except ClaimRefused as refused:
            return {"claimant": refused.reason}
        try:
            check_contributions(dossier, typed)
        except ClaimRefused as refused:
            return {"claimant.retired_on" if refused.field else "adjustments": refused.reason}
        if record.kind == claim_rules.OFFICIAL and record.identity not in claim_rules.CIVIL_SERVANTS:
            return {"basics.identity": "公务员提前退休的，退休时身份应为公务员或参照公务员法管理人员"}
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
                claim_actions.grant(record=record, by=by)
            except ClaimRefused as refused:
                raise TransitionRefused(refused.reason) from refused
        elif transition == "revoke":
            claim_actions.undo(record=record, by=by)

    def outcome(self, case: Case) -> str:
        retiree = case.retirees.select_related("person").first()
        if retiree is None or retiree.benefit_from is None:
            return ""
        return f"{retiree.person.name}已转入退休花名册，待遇自{retiree.benefit_from:%Y年%-m月}起发放，金额以经办机构核定为准"

    def next_words(self, case: Case) -> str:
        return "县（市、区）经办机构初审后由市级经办机构复审，共20个工作日；如需补正，将一次性告知全部内容。"

    def review_panels(self, case: Case) -> list[tuple[str, dict[str, Any]]]:
        record = PensionClaim.objects.filter(pk=case.pk).select_related("person", "insured_unit", "case").first()
        return [("insurance/claim_panel.html", claim_panel.context(record))] if record else []
