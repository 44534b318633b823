"""Automatic checks of 养老金申领, each with its evidence (系统核验)."""

from datetime import date
from typing import Any

from django.utils import timezone

from common import codes
from insurance import claim_estimate, claim_rules
from insurance.claim_rules import ClaimRefused
from insurance.dossier import Dossier
from insurance.models import PensionClaim
from insurance.months import Month, duration_text
from insurance.retirement import Group
from review.matters import CheckResult, check
from review.models import Case

MATTER = "pension-claim"


def _dossier(record: PensionClaim) -> Dossier:
    kept: Dossier | None = record.__dict__.get("_dossier")
    if kept is None:
        kept = record.__dict__["_dossier"] = claim_estimate.dossier_of(record)
    return kept


def _submitted_on(case: Case) -> date:
    return timezone.localdate(case.submitted_at) if case.submitted_at else timezone.localdate()


@check(MATTER, "alive-and-in-service", "在职参保，未退休")
def in_service(case: Case, record: Any) -> CheckResult:
    """The person is in service at the unit, alive, not retired by another case."""
    title, dossier = "在职参保，未退休", _dossier(record)
    if record.person.died_on:
        return CheckResult(title, False, f"已登记死亡：{record.person.died_on:%Y年%-m月%-d日}")
    if dossier.retiree and dossier.retiree.case_id != case.pk:
        return CheckResult(title, False, f"已于{dossier.retiree.retired_on:%Y年%-m月%-d日}退休")
    if dossier.enrolment is None:
        return CheckResult(title, False, "不是申领单位的在职参保人员")
    since = f"{dossier.enrolment.starts_on:%Y年%-m月}起参保，{dossier.enrolment.get_state_display()}"
    return CheckResult(title, True, since)


@check(MATTER, "arrears", "没有应缴未缴")
def no_arrears(case: Case, record: Any) -> CheckResult:
    """应缴未缴 block the business (JX 7.1.3 rule 3)."""
    owed = _dossier(record).arrears
    if not owed:
        return CheckResult("没有应缴未缴", True, "没有应缴未缴记录")
    words = f"{owed.first:%Y年%-m月}至{owed.last:%Y年%-m月}共{owed.months}个月、{owed.amount:.2f}元"
    return CheckResult("没有应缴未缴", False, words)


@check(MATTER, "age", "达到退休类别的年龄条件")
def age_reached(case: Case, record: Any) -> CheckResult:
    """The date lies in the window of the category, as of the day of submission."""
    title, dossier = f"达到“{record.get_kind_display()}”的年龄条件", _dossier(record)
    facts = dossier.facts(record.age_group, work_started_on=record.work_started_on)
    try:
        claim_rules.check_date(record.kind, record.retired_on, facts, dossier.law, _submitted_on(case))
    except ClaimRefused as refused:
        return CheckResult(title, False, refused.reason)
    open_months = claim_rules.window(record.kind, facts, dossier.law)
    span = open_months.earliest.chinese
    if open_months.latest != open_months.earliest:
        span += f"至{open_months.latest.chinese}"
    return CheckResult(title, True, f"出生{record.person.birth_date:%Y年%-m月%-d日}，可退休时间{span}")


@check(MATTER, "age-group", "原法定退休年龄与岗位相符")
def group_fits(case: Case, record: Any) -> CheckResult | None:
    """50 or 55 for women follows from the post, which only the archives tell."""
    if record.age_group == Group.MALE:
        return None
    words = f"按{record.get_age_group_display()}申领，退休时身份{record.get_identity_display()}，请核对档案"
    return CheckResult("原法定退休年龄与岗位相符", None, words)


@check(MATTER, "work-started", "参加工作日期与登记一致")
def work_start_agrees(case: Case, record: Any) -> CheckResult:
    """参加工作日期 as claimed against what the core system holds."""
    title, known = "参加工作日期与登记一致", record.person.work_started_on
    if known is None:
        return CheckResult(title, None, "核心系统没有登记参加工作日期，请核对档案")
    claimed = record.work_started_on
    return CheckResult(title, claimed == known, f"登记{known:%Y年%-m月%-d日}，申领{claimed:%Y年%-m月%-d日}")


@check(MATTER, "work-years", "工作年限达到规定")
def works_long_enough(case: Case, record: Any) -> CheckResult:
    """工作年限 as typed: enough, and possible between beginning and retirement."""
    title, dossier = "工作年限达到规定", _dossier(record)
    typed = record.total_work_months
    possible = claim_rules.months_between(record.work_started_on, record.retired_on)
    evidence = f"填报{duration_text(typed)}，参加工作至退休{duration_text(possible)}"
    try:
        claim_rules.check_work_years(typed, dossier.law)
    except ClaimRefused as refused:
        return CheckResult(title, False, refused.reason)
    if dossier.law.working_years is None:
        return CheckResult(title, None, f"{evidence}；待配置：最低工作年限")
    return CheckResult(title, typed <= possible, evidence)


@check(MATTER, "months", "累计缴费达到最低缴费年限")
def months_suffice(case: Case, record: Any) -> CheckResult:
    """Paid and deemed months with 核增 and 核减 against the year's minimum."""
    title, dossier = "累计缴费达到最低缴费年限", _dossier(record)
    total = claim_estimate.total_of(record, dossier)
    needed = dossier.needed(record.age_group, record.retired_on)
    return CheckResult(title, total.months >= needed, f"{total.words}；需要{duration_text(needed)}")


@check(MATTER, "special-work", "特殊工种达到规定期限")
def special_work_suffices(case: Case, record: Any) -> CheckResult | None:
    """Only asked of who retires by special work."""
    if record.kind != claim_rules.SPECIAL:
        return None
    found = claim_rules.special_months(record.special_works.all())
    evidence = "；".join(
        f"{record.special_works.model.Kind(kind).label}{duration_text(n)}" for kind, n in found.items()
    )
    try:
        claim_rules.check_special(found, _dossier(record).law.special_months)
    except ClaimRefused as refused:
        return CheckResult("特殊工种达到规定期限", False, refused.reason)
    return CheckResult("特殊工种达到规定期限", True, evidence)


@check(MATTER, "flexible", "弹性退休已告知或约定")
def flexible_is_known(case: Case, record: Any) -> CheckResult | None:
    """Flexible retirement was handed in as a case of its own, for this month."""
    if record.kind not in claim_rules.FLEXIBLE:
        return None
    title, choice = "弹性退休已告知或约定", _dossier(record).choice
    if choice is None:
        return CheckResult(title, None, "没有网上办理的弹性退休告知，请核对上传的告知书或约定书")
    agrees = Month.of(choice.month) == Month.of(record.retired_on)
    return CheckResult(title, agrees, f"{choice.case.number}：{choice.get_kind_display()}，{choice.month:%Y年%-m月}")


@check(MATTER, "account", "银行账户为本人账户")
def account_is_own(case: Case, record: Any) -> CheckResult:
    """The account is in the claimant's name."""
    same = record.account_holder == record.person.name
    return CheckResult("银行账户为本人账户", same, f"户名{record.account_holder}，申领人员{record.person.name}")


@check(MATTER, "identity", "身份与登记相符")
def identity_agrees(case: Case, record: Any) -> CheckResult:
    """身份 as claimed beside the core system's 参保身份, which is coarser."""
    held = record.person.identity
    title = "身份与登记相符"
    words = f"申领{record.get_identity_display()}，登记{codes.INSURED_IDENTITY.label(held) or '无'}"
    fits = {"301": ("1", "2"), "302": ("3", "4"), "303": ("5",)}.get(held)
    return CheckResult(title, None if fits is None else record.identity in fits, words)
