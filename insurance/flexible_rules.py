"""When a flexible retirement may be chosen and called off (实施弹性退休制度暂行办法; domain facts §4)."""

from datetime import date

from django.utils import timezone

from insurance import claim_rules
from insurance.claim_rules import ClaimRefused
from insurance.dossier import Dossier
from insurance.models import FlexibleKind, FlexibleRetirement
from insurance.months import Month
from insurance.retirement import notice_deadline

CLAIM_KIND = {FlexibleKind.EARLY: claim_rules.EARLY, FlexibleKind.LATE: claim_rules.LATE}


def check(record: FlexibleRetirement, dossier: Dossier, today: date | None = None) -> None:
    """Raise ClaimRefused unless what is notified holds: person, month, minimum contribution, time of notice."""
    today = today or timezone.localdate()
    _check_person(dossier)
    if record.written_on > today:
        raise ClaimRefused("书面告知或约定日期不能晚于今天", "written_on")
    if record.kind == FlexibleKind.END:
        return _check_end(record, dossier)
    if dossier.choice is not None:
        raise ClaimRefused(f"已有弹性退休约定（{dossier.choice.case.number}），请先办理终止", "kind")
    facts = dossier.facts(record.age_group)
    month = Month.of(record.chosen_on)
    open_months = claim_rules.window(CLAIM_KIND[FlexibleKind(record.kind)], facts, dossier.law)
    if not open_months.earliest <= month <= open_months.latest:
        span = f"{open_months.earliest.chinese}至{open_months.latest.chinese}"
        raise ClaimRefused(f"{record.get_kind_display()}可选择的退休时间为{span}，请修改", "chosen_on")
    if record.kind == FlexibleKind.EARLY:
        _check_months(record, dossier, month)
    _check_notice(record, dossier, today)


def _check_person(dossier: Dossier) -> None:
    person = dossier.person
    if dossier.retiree is not None:
        raise ClaimRefused(f"{person.name}已退休，不能办理弹性退休")
    if person.died_on is not None or dossier.enrolment is None:
        raise ClaimRefused(f"{person.name}不是本单位在职参保人员")


def _check_end(record: FlexibleRetirement, dossier: Dossier) -> None:
    """Only staying longer is called off, by agreement; who leaves early has chosen for good once it is due."""
    choice = dossier.choice
    if choice is None or choice.kind != FlexibleKind.LATE:
        raise ClaimRefused("没有正在执行的弹性延迟退休约定，无需终止", "kind")
    statutory = claim_rules.statutory_of(dossier.facts(record.age_group), dossier.law).month
    month = Month.of(record.chosen_on)
    if not statutory <= month < Month.of(choice.month):
        span = f"{statutory.chinese}起、{Month.of(choice.month).chinese}前"
        raise ClaimRefused(f"协商终止后的退休时间应在{span}", "chosen_on")


def _check_months(record: FlexibleRetirement, dossier: Dossier, month: Month) -> None:
    """Who goes early has the minimum contribution by the chosen month, going on paying until then."""
    paid_until = max((span.last for span in dossier.paid), default=month)
    total = dossier.total().months + max(0, month - paid_until)
    claim_rules.check_choice(month, total, dossier.facts(record.age_group), dossier.law)


def _check_notice(record: FlexibleRetirement, dossier: Dossier, today: date) -> None:
    person = claim_rules.statutory_of(dossier.facts(record.age_group), dossier.law)
    last = notice_deadline(person, dossier.person.birth_date, record.chosen_on, dossier.law.rules)
    if last is not None and record.written_on > last:
        flexible = dossier.law.rules.flexible
        early = record.kind == FlexibleKind.EARLY
        rule = (
            f"弹性提前退休须至少提前{flexible.early_notice_months}个月书面告知单位"
            if early
            else f"弹性延迟退休须在法定退休时间前至少{flexible.late_notice_months}个月书面约定"
        )
        raise ClaimRefused(f"{rule}，最晚为{last:%Y年%-m月%-d日}，请核对日期或另选退休时间", "written_on")
