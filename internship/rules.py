"""Who may be a trainee, and which unit may offer positions. ``check_x`` raises with the reason to read, ``can_x`` is its boolean."""

import calendar
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils import timezone

from accounts.models import Unit
from common import codes, identifiers, policies
from internship.models import InternshipUnit
from review.matters import StartRefused

NOT_QUALIFIED = "请先办理就业见习单位申请，审核通过后方可办理"
YOUTH, OTHER = "Y1", "X1"


class NotEligible(Exception):
    """A person does not belong to the category of trainees claimed; Chinese reason, and the field it hangs on."""

    def __init__(self, reason: str, field: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field


@dataclass(frozen=True)
class Claim:
    """What the category of a person rests on: an application's or a trainee's dates, and where they are judged."""

    category: str
    region: str
    birth_date: date | None = None
    graduated_on: date | None = None
    unemployed_on: date | None = None


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later, or the last of the month where it has no such day (民法典 第二百零二条)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def check_eligible(claim: Claim, on: date) -> None:
    """Raise NotEligible unless the claim's category holds on a day.

    Asked on the day of submission (B1), and again on the day an agreement is signed (C5, C8).
    """
    if claim.category in codes.GRADUATE_CATEGORIES:
        _check_graduate(claim, on)
    elif claim.category == YOUTH:
        _check_youth(claim, on)


def is_eligible(claim: Claim, on: date) -> bool:
    """Whether the claim's category holds on a day."""
    try:
        check_eligible(claim, on)
    except NotEligible:
        return False
    return True


def _policy(key: str, claim: Claim, on: date, field: str) -> int:
    """A number that the rule needs; where none is configured the rule cannot be decided and says so."""
    try:
        return int(policies.require(key, claim.region, on))
    except policies.PolicyMissing as missing:
        raise NotEligible(str(missing), field) from missing


def graduate_deadline(graduated_on: date, months: int) -> date:
    """The last day on which a graduate counts as one within ``months`` after leaving school."""
    return add_months(graduated_on, months)


def _check_graduate(claim: Claim, on: date) -> None:
    """G1, G2: not later than 24 months (policy) after graduation (吉人社联字〔2023〕12号 第三条, 晋人社厅发〔2023〕24号)."""
    if claim.graduated_on is None:
        raise NotEligible("请填写毕业时间", "graduated_on")
    if claim.graduated_on > on:
        raise NotEligible("毕业时间不能晚于今天，取得毕业证书后方可申请", "graduated_on")
    months = _policy("graduate_clock_months", claim, on, "graduated_on")
    if on > (last := graduate_deadline(claim.graduated_on, months)):
        raise NotEligible(
            f"毕业已超过{months}个月（截至{last:%Y年%-m月%-d日}），不符合“{codes.TRAINEE_CATEGORY.label(claim.category)}”的条件",
            "graduated_on",
        )


def _check_youth(claim: Claim, on: date) -> None:
    """Y1: 16 to 24 full years (policies), the whole year of the upper age included, and registered as unemployed."""
    if claim.unemployed_on is None:
        raise NotEligible("请填写失业登记日期；尚未登记的，请先办理失业登记", "unemployed_on")
    if claim.unemployed_on > on:
        raise NotEligible("失业登记日期不能晚于今天", "unemployed_on")
    check_youth_age(claim, on)


def check_youth_age(claim: Claim, on: date) -> None:
    """The age alone, which is known before the other dates are; raises NotEligible."""
    if claim.birth_date is None:
        raise NotEligible("账号中没有出生日期，请先在个人中心完善就业基本信息", "category")
    youngest = _policy("youth_age_min", claim, on, "category")
    oldest = _policy("youth_age_max", claim, on, "category")
    age = identifiers.age_on(claim.birth_date, on)
    if not youngest <= age <= oldest:
        raise NotEligible(f"失业青年应为{youngest}至{oldest}周岁，您现在{age}周岁，请重新选择人员类别", "category")


def confirmation_deadline(region: str, year: int) -> date | None:
    """The last day of a year for units to confirm their data (年度确认); None where no policy asks for it."""
    text = policies.value("unit_confirmation_date", region, date(year, 1, 1))
    if not text:
        return None
    month, day = (int(part) for part in text.split("-"))
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def needs_confirmation(internship_unit: InternshipUnit, on: date) -> bool:
    """Whether the unit has not confirmed its data in the year of ``on``, although a policy asks for it."""
    deadline = confirmation_deadline(internship_unit.handling_region_id, on.year)
    return deadline is not None and internship_unit.confirmed_on.year < on.year


def confirmation_overdue(internship_unit: InternshipUnit, on: date) -> bool:
    """Whether the date for this year's confirmation has passed without one: no new positions (暂停新增)."""
    deadline = confirmation_deadline(internship_unit.handling_region_id, on.year)
    return deadline is not None and on > deadline and internship_unit.confirmed_on.year < on.year


def check_qualified(unit: Unit) -> InternshipUnit:
    """The unit as an internship unit; raises StartRefused with the way to become one (C1: before C2–C9)."""
    internship_unit = InternshipUnit.objects.qualified().filter(unit=unit).first()
    if internship_unit is None:
        raise StartRefused(NOT_QUALIFIED, url=reverse("internship:unit_status"), link="查看就业见习单位资格")
    return internship_unit


def is_qualified(unit: Unit) -> bool:
    """Whether the unit is an internship unit, a suspended one included."""
    return InternshipUnit.objects.qualified().filter(unit=unit).exists()


def check_may_publish(unit: Unit) -> InternshipUnit:
    """The internship unit if it may offer new positions today; raises StartRefused with the reason and the way out."""
    internship_unit = check_qualified(unit)
    if internship_unit.state == InternshipUnit.State.SUSPENDED:
        raise StartRefused(
            f"本单位已被暂停新增见习岗位。原因：{internship_unit.suspension_reason}",
            url=reverse("internship:unit_status"),
            link="查看就业见习单位资格",
        )
    if confirmation_overdue(internship_unit, timezone.localdate()):
        raise StartRefused(
            "本单位未按期完成年度信息确认，已暂停新增见习岗位，请先确认单位信息",
            url=reverse("internship:unit_status"),
            link="去确认单位信息",
        )
    return internship_unit


def can_publish(unit: Unit) -> bool:
    """Whether the unit may offer new positions today."""
    try:
        check_may_publish(unit)
    except StartRefused:
        return False
    return True
