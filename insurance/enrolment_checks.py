"""Automatic checks of 在职人员增加 and 在职人员减少, each with its evidence (系统核验)."""

from typing import Any

from django.utils import timezone

from insurance import enrolment_facts, enrolment_rules, queries
from insurance.enrolment_rules import EnrolmentRefused
from insurance.months import Month
from review.matters import CheckResult, check
from review.models import Case, Status

ENROLMENT, WITHDRAWAL = "employee-enrolment", "employee-withdrawal"


@check(ENROLMENT, "decision", "办理类型仍然成立")
def decision_holds(case: Case, record: Any) -> CheckResult:
    """What was decided at submission is decided again as things stand."""
    title = f"{record.get_decision_display()}仍然成立"
    if case.status == Status.APPROVED:
        return CheckResult(title, True, "已办结")
    try:
        kind = enrolment_facts.judge(case.unit, record.id_type, record.id_no, record.name, case).check()
    except EnrolmentRefused as refused:
        return CheckResult(title, False, refused.reason)
    return CheckResult(title, kind == record.decision, f"现在判断为{kind.label}")


@check(ENROLMENT, "age", "未达到法定退休年龄")
def below_age(case: Case, record: Any) -> CheckResult:
    """The statutory age of sex and identity."""
    title = "未达到法定退休年龄"
    reached = enrolment_facts.retires_on(record.birth_date, record.sex, record.identity)
    if reached is None:
        return CheckResult(title, None, "没有出生日期，请核对")
    words = f"出生{record.birth_date:%Y年%-m月%-d日}，法定退休{reached:%Y年%-m月%-d日}"
    return CheckResult(title, timezone.localdate() < reached, words)


@check(ENROLMENT, "base", "缴费基数在规定范围内")
def base_is_within(case: Case, record: Any) -> CheckResult:
    """Wage and base side by side; open where a policy is missing."""
    title = "缴费基数在规定范围内"
    known = enrolment_facts.limits_of(record)
    words = f"月工资{record.wage:.2f}元，缴费基数{enrolment_rules.base_words(record.wage, known)}"
    return CheckResult(title, None if known.missing else True, words)


@check(ENROLMENT, "backdated", "参保开始年月不早于本月")
def starts_now(case: Case, record: Any) -> CheckResult:
    """Months that lie behind are owed at once: for the reviewer's eye."""
    title = "参保开始年月不早于本月"
    submitted = timezone.localdate(case.submitted_at) if case.submitted_at else timezone.localdate()
    behind = Month.of(submitted) - Month.of(record.starts_on)
    if behind <= 0:
        return CheckResult(title, True, Month.of(record.starts_on).chinese)
    return CheckResult(title, None, f"{Month.of(record.starts_on).chinese}起，需补缴{behind}个月，请核对文件日期")


@check(WITHDRAWAL, "arrears", "没有应缴未缴")
def no_arrears(case: Case, record: Any) -> CheckResult:
    """Arrears do not block a withdrawal; the unit goes on owing them (domain facts §3.4)."""
    owed = queries.person_arrears(record.person)
    if not owed:
        return CheckResult("没有应缴未缴", True, "没有应缴未缴记录")
    words = f"{owed.first:%Y年%-m月}至{owed.last:%Y年%-m月}共{owed.months}个月、{owed.amount:.2f}元，仍应补缴"
    return CheckResult("没有应缴未缴", None, words)


@check(WITHDRAWAL, "last-paid", "停保年月与最近缴费相符")
def last_month_agrees(case: Case, record: Any) -> CheckResult:
    """最后缴费月 beside 停保年月: months in between are still due."""
    title = "停保年月与最近缴费相符"
    paid = queries.last_paid_months([record.person_id]).get(record.person_id)
    if paid is None:
        return CheckResult(title, None, "没有缴费记录")
    between = Month.of(record.ends_on) - Month.of(paid)
    words = f"停保{Month.of(record.ends_on).chinese}，最近缴费{Month.of(paid).chinese}"
    return CheckResult(title, None if between > 0 else between == 0, words)
