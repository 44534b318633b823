"""就业见习人员申请 (B1): how a person becomes a trainee."""

from typing import Any

from django.utils import timezone

from accounts.actions import agree
from accounts.consents import BANK
from accounts.models import VERIFIED_LEVEL, Individual, Unit, User
from common import codes, identifiers, regions
from internship import actions, forms, queries, rules
from internship.matters.common import IN_FORCE, JILIN, SHANXI, account_of, typed
from internship.models import TraineeApplication
from review.matters import (
    AnyPage,
    CaseValues,
    CheckResult,
    DefaultStep,
    Guide,
    Matter,
    Page,
    Problems,
    Slot,
    StartRefused,
    check,
    expect_check,
    register,
)
from review.models import Case, Status


def _identity_is_known(case: Case, values: CaseValues) -> str:
    """免提交: a verified identity needs no copy of the card (国务院令第716号 第七条)."""
    return "已通过实名核验，身份证件免提交" if case.individual.level >= VERIFIED_LEVEL else ""


def _is_graduate(values: CaseValues) -> bool:
    return forms.category_of(values) in codes.GRADUATE_CATEGORIES


def _is_youth(values: CaseValues) -> bool:
    return forms.category_of(values) == rules.YOUTH


@register
class TraineeApplicationMatter(Matter):
    """就业见习人员申请 (B1; SXG 3.2)."""

    code = queries.TRAINEE_MATTER
    name = "就业见习人员申请"
    prefix = "JXRY"
    portal = "individual"
    group = "就业创业"
    record = TraineeApplication
    keeps_key = True
    guide = Guide(
        who="离校2年内未就业的高校毕业生和中职、技工院校毕业生，16–24岁登记失业青年，以及本省规定的其他人员。",
        materials=(
            "身份证件（已通过实名核验的免提交）",
            "毕业证书或留学学历认证书（毕业生）",
            "就业创业证或失业登记证明（失业青年）",
        ),
        time_limit="5个工作日；退回补正期间不计时",
        legal_basis=(IN_FORCE, SHANXI, JILIN),
        steps=("在线填写并上传材料", "业务办理属地县（市、区）人社部门审核", "审核通过，可收藏见习岗位"),
        result="成为业务办理属地的就业见习人员，可以查询并收藏见习岗位",
    )
    steps = (DefaultStep("first", "county", 5),)
    slots = (
        Slot(
            "id_card",
            "身份证",
            required=True,
            hint="居民身份证正反两面；其他证件请上传资料页",
            covered=_identity_is_known,
        ),
        Slot("diploma", "毕业证或留学学历认证", required=_is_graduate, hint="高校、中职、技工院校毕业生必传"),
        Slot("unemployment", "就业创业证或失业登记证明", required=_is_youth, hint="失业青年必传"),
        Slot("other", "其他材料"),
    )

    def check_start(self, actor: User, subject: Individual | Unit) -> None:
        if not isinstance(subject, Individual):
            raise StartRefused("就业见习人员申请由本人在个人网厅办理")
        if queries.active_trainee(subject):
            raise StartRefused("您已是就业见习人员，无需重复申请")

    def key(self, case: Case, values: CaseValues) -> str | None:
        return f"individual:{case.individual_id}"

    def prefill(self, case: Case) -> CaseValues:
        person = case.individual
        account = account_of(person)
        return {
            "person": typed(person, "nation", "politics", "household_region", "address") | typed(person.user, "mobile"),
            "category": typed(person, "education", "degree"),
            "background": typed(person, "school", "graduated_on", "major", "unemployed_on"),
            "bank": typed(account, "bank", "account_no") if account else {},
        }

    def pages(self, case: Case, values: CaseValues) -> list[AnyPage]:
        background = "毕业信息" if _is_graduate(values) else "失业登记信息" if _is_youth(values) else "学习和就业信息"
        return [
            Page("person", "个人基本信息", forms.PersonForm, intro="姓名和证件取自您的账号，不能在此修改。"),
            Page("category", "人员类别与办理属地", forms.CategoryForm, intro="后面需要填写的内容由人员类别决定。"),
            Page("background", background, forms.BackgroundForm),
            Page("wishes", "意向与经历", forms.WishForm, intro="均为选填，有助于为您推荐合适的岗位。"),
            Page("bank", "银行卡或社保卡（选填）", forms.TraineeBankForm, intro="也可以在开始见习后再填写。"),
        ]

    def check(self, case: Case, values: CaseValues, record: Any) -> Problems:
        """The category once more on the day of submission, over all pages (B1)."""
        try:
            rules.check_eligible(_claim(case, record), timezone.localdate())
        except rules.NotEligible as refusal:
            page = "category" if refusal.field == "category" else "background"
            return {f"{page}.{refusal.field}": refusal.reason}
        return {}

    def region(self, case: Case, record: Any) -> str:
        return str(record.handling_region_id)

    def subject(self, case: Case, record: Any) -> tuple[str, str]:
        return record.name, record.id_no

    def on(self, transition: str, case: Case, record: Any, by: User | None) -> None:
        if by is None:
            return
        if transition == "submit" and record.account_no:
            agree(by=by, address=None, agreements=[BANK])  # the page asks for it (PIPL §29)
        if transition == "approve" and case.status == Status.APPROVED:
            actions.admit_trainee(case=case, record=record, by=by)
        elif transition == "revoke":
            actions.end_trainee(trainee=case.trainee, reason="就业见习人员申请被撤销", by=by)

    def outcome(self, case: Case) -> str:
        place = regions.handling_path_name(case.region_id) if case.region_id else ""
        return f"您已成为{place}的就业见习人员，可以收藏意向岗位"

    def next_words(self, case: Case) -> str:
        return "业务办理属地人社部门将在5个工作日内审核。审核通过后即可收藏见习岗位；如需补正，将一次性告知全部内容。"


def _claim(case: Case, record: Any) -> rules.Claim:
    """What the applicant's category rests on."""
    return rules.Claim(
        record.category,
        record.handling_region_id,
        birth_date=forms.birth_date_of(case),
        graduated_on=record.graduated_on,
        unemployed_on=record.unemployed_on,
    )


# Other apps hold the data: insurance knows contributions, reporting knows placements.
expect_check(queries.TRAINEE_MATTER, "contributions", "未在其他单位参加社会保险")
expect_check(queries.TRAINEE_MATTER, "running-placement", "没有正在进行的见习")
expect_check(queries.TRAINEE_MATTER, "repeat", "未重复参加就业见习")


@check(queries.TRAINEE_MATTER, "category", "符合人员类别条件")
def category_holds(case: Case, record: Any) -> CheckResult:
    """The rule of the category as of the day of submission, with the dates it rests on."""
    on = timezone.localdate(case.submitted_at) if case.submitted_at else timezone.localdate()
    claim = _claim(case, record)
    title = f"符合“{record.get_category_display()}”条件"
    if claim.category == rules.OTHER:
        return CheckResult(title, None, "省定人员类别，请按当地规定核验")
    try:
        rules.check_eligible(claim, on)
    except rules.NotEligible as refusal:
        return CheckResult(title, False, refusal.reason)
    if claim.graduated_on and claim.category in codes.GRADUATE_CATEGORIES:
        return CheckResult(title, True, f"{claim.graduated_on:%Y年%-m月%-d日}毕业")
    age = identifiers.age_on(claim.birth_date, on) if claim.birth_date else ""
    return CheckResult(title, True, f"申请时{age}周岁，{claim.unemployed_on:%Y年%-m月%-d日}失业登记")


@check(queries.TRAINEE_MATTER, "same-id", "证件号码未被他人使用")
def id_is_nobody_elses(case: Case, record: Any) -> CheckResult:
    """Whether the same ID number belongs to a trainee admitted by another account."""
    title = "证件号码未被他人使用"
    others = queries.trainees_with_id(record).exclude(individual_id=case.individual_id)
    found = [
        f"{trainee.name}（{trainee.get_state_display()}，{trainee.case.number}）"
        for trainee in others.select_related("case")
    ]
    return CheckResult(title, not found, "；".join(found) or "没有其他账号使用")
