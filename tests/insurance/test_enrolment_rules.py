"""The decision table of 在职人员增加 (domain facts §3.4), the base of a wage, and what fits a withdrawal."""

import datetime
from decimal import Decimal

import pytest

from insurance import enrolment_rules as rules
from insurance.enrolment_rules import EnrolmentRefused, Found, LastEnrolment
from insurance.models import Enrolment, EnrolmentKind

TODAY = datetime.date(2026, 11, 22)
TOMORROW = TODAY + datetime.timedelta(days=1)
NAME = "演示人员"


def known(**more: object) -> Found:
    return Found(**({"known": True, "name": NAME, "retires_on": datetime.date(2050, 1, 1)} | more))  # type: ignore[arg-type]


def last(state: str, reason: str = "", *, own: bool = True) -> LastEnrolment:
    return LastEnrolment(state, reason, own)


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        (Found(), EnrolmentKind.REGISTER),
        (Found(retires_on=TOMORROW), EnrolmentKind.REGISTER),
        (known(), EnrolmentKind.ENROL),
        (known(last=last("suspended", "6307")), EnrolmentKind.RESUME),
        (known(last=last("suspended", "6302", own=False)), EnrolmentKind.RESUME),
        (known(last=last("ended", "6301")), EnrolmentKind.RESUME),
        (known(last=last("ended", "6302", own=False)), EnrolmentKind.RESUME),
    ],
)
def test_what_is_known_decides_how_somebody_is_enrolled(found: Found, kind: EnrolmentKind) -> None:
    assert rules.decide(found, NAME, TODAY) == kind


@pytest.mark.parametrize(
    ("found", "reason", "way_out"),
    [
        (known(last=last("active")), "已在本单位参保", "无需办理"),
        (known(last=last("active", own=False)), "在其他单位参保缴费", "先由原单位办理在职人员减少"),
        (known(last=last("ended", "6402")), "已终止", "经办窗口"),
        (known(last=last("ended", "6501")), "已终止", "经办窗口"),
        (known(last=last("ended")), "已终止", "经办窗口"),
        (known(retired=True), "已退休", "经办窗口"),
        (known(died=True), "已登记死亡", "经办窗口更正"),
        (known(pending="有正在办理的“在职人员增加”"), "有正在办理的", "待其办结"),
        (Found(pending="在其他单位有正在办理的“在职人员增加”"), "在其他单位有正在办理的", "待其办结"),
        (Found(retires_on=TODAY), "达到法定退休年龄", "养老金申领"),
        (known(retires_on=TODAY, last=last("suspended", "6301")), "达到法定退休年龄", "养老金申领"),
        (known(name="他人"), "姓名与该证件号码登记的姓名不一致", "请核对"),
    ],
)
def test_each_refusal_says_why_and_what_to_do(found: Found, reason: str, way_out: str) -> None:
    with pytest.raises(EnrolmentRefused) as refused:
        rules.decide(found, NAME, TODAY)
    assert reason in refused.value.reason
    assert way_out in refused.value.reason


@pytest.mark.parametrize(
    ("starts_on", "last_ends", "work_started_on", "reason"),
    [
        ("2026-11-01", None, None, ""),
        ("2026-12-01", None, None, ""),
        ("2027-01-01", None, None, "不能晚于下月"),
        ("2014-10-01", None, None, ""),
        ("2014-09-01", None, None, "不能早于该月"),
        ("2026-05-01", "2026-04-01", None, ""),
        ("2026-04-01", "2026-04-01", None, "应晚于该月"),
        ("2026-11-01", None, "2026-11-20", ""),
        ("2026-10-01", None, "2026-11-20", "不能早于参加工作日期"),
    ],
)
def test_the_first_month_is_possible(
    starts_on: str, last_ends: str | None, work_started_on: str | None, reason: str
) -> None:
    days = [datetime.date.fromisoformat(text) if text else None for text in (starts_on, last_ends, work_started_on)]
    if not reason:
        assert days[0] is not None
        rules.check_start(days[0], days[1], days[2], TODAY)
        return
    with pytest.raises(EnrolmentRefused, match=reason):
        rules.check_start(days[0], days[1], days[2], TODAY)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wage", "base"),
    [
        ("3599.99", "3600.00"),
        ("3600.00", "3600.00"),
        ("7000.00", "7000.00"),
        ("18000.00", "18000.00"),
        ("18000.01", "18000.00"),
    ],
)
def test_the_base_is_the_wage_within_sixty_to_three_hundred_per_cent(wage: str, base: str) -> None:
    limits = rules.base_limits(Decimal(6000), Decimal("0.60"), Decimal("3.00"))
    assert rules.clamp(Decimal(wage), limits) == Decimal(base)


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_without_a_policy_the_base_stays_open_and_says_what_is_missing(missing: int) -> None:
    figures: list[Decimal | None] = [Decimal(6000), Decimal("0.60"), Decimal("3.00")]
    figures[missing] = None
    limits = rules.base_limits(*figures)
    assert rules.clamp(Decimal(7000), limits) is None
    assert rules.base_words(Decimal(7000), limits).startswith("待配置：")


def enrolment(state: str = "active", **more: object) -> Enrolment:
    started = datetime.date(2020, 1, 1)
    return Enrolment(starts_on=started, state=state, last_paid=datetime.date(2026, 10, 1), **more)


@pytest.mark.parametrize(
    ("cause", "left_on", "ends_on", "given", "where"),
    [
        ("630101", "2026-11-20", "2026-11-01", enrolment(), ""),
        ("630101", "2026-11-20", "2026-10-01", enrolment(), ""),
        ("630101", "2026-11-20", "2026-09-01", enrolment(), "ends_on"),
        ("630101", "2026-11-20", "2026-12-01", enrolment(), "ends_on"),
        ("630101", "2026-11-23", "2026-11-01", enrolment(), "left_on"),
        ("630101", "2019-12-31", "2019-12-01", enrolment(), "left_on"),
        ("630701", "2026-11-20", "2026-11-01", enrolment("suspended"), "cause"),
        ("640101", "2026-11-20", "2026-11-01", enrolment("suspended"), ""),
    ],
)
def test_dates_and_cause_fit_the_enrolment(
    cause: str, left_on: str, ends_on: str, given: Enrolment, where: str
) -> None:
    left, ends = datetime.date.fromisoformat(left_on), datetime.date.fromisoformat(ends_on)
    try:
        rules.check_withdrawal(cause, left, ends, given, TODAY)
        refused = ""
    except EnrolmentRefused as error:
        refused = error.field
    assert refused == where


@pytest.mark.parametrize(
    ("cause", "state"),
    [("630101", "suspended"), ("630201", "suspended"), ("640401", "ended"), ("640101", "ended"), ("649901", "ended")],
)
def test_a_cause_suspends_or_ends_by_its_code(cause: str, state: str) -> None:
    assert rules.state_after(cause) == state
