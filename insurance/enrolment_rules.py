"""Who may be enrolled, and as what; when somebody may be withdrawn; the base of a wage (E7, E8; domain facts §3.4).

Pure: what the hall found and what policies say are arguments.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from common import codes, identifiers
from insurance.models import Enrolment, EnrolmentKind
from insurance.months import Month
from insurance.pension import REFORM

SUSPENDS, ENDS = Enrolment.State.SUSPENDED, Enrolment.State.ENDED
YOUNGEST = 16  # 劳动法 第十五条
DEATH = codes.DEATH_CAUSE
# What the page that shows the decision says about the pages that follow.
PAGES_OF = {
    EnrolmentKind.REGISTER: "关键信息、一般信息、参保信息",
    EnrolmentKind.ENROL: "关键信息、参保信息",
    EnrolmentKind.RESUME: "参保信息",
}


class EnrolmentRefused(ValueError):
    """Why it is not possible, with the way out; ``field`` names where to mend it, "" where nothing typed would help."""

    def __init__(self, reason: str, field: str = "") -> None:
        super().__init__(reason)
        self.reason, self.field = reason, field


@dataclass(frozen=True, slots=True)
class LastEnrolment:
    """The newest enrolment of somebody in the pension scheme of government units."""

    state: str
    reason: str  # AAE160
    own: bool  # through one of the asking unit's numbers
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What the hall knows of an ID number on the day somebody asks."""

    known: bool = False
    name: str = ""
    died: bool = False
    retired: bool = False
    last: LastEnrolment | None = None
    pending: str = ""  # the case that is under way for the person, in words
    retires_on: date | None = None  # the day of the statutory age; None while the birth date is not known


def is_resumable(last: LastEnrolment) -> bool:
    """Whether an enrolment that rests may go on (续保): suspended, or ended by a reason of 中断 (AAE160 63xx)."""
    return last.state == SUSPENDS or (last.state == ENDS and last.reason.startswith("63"))


def decide(found: Found, name: str, today: date) -> EnrolmentKind:
    """新登记, 新参保 or 续保 (domain facts §3.4). Raises EnrolmentRefused with the reason and the way out."""
    if found.known and found.name != name:
        raise EnrolmentRefused("姓名与该证件号码登记的姓名不一致，请核对；确已更名的，请先办理人员信息变更", "name")
    if found.died:
        raise EnrolmentRefused("该人员已登记死亡，不能办理；登记有误的，请到参保地经办窗口更正", "id_no")
    if found.retired:
        raise EnrolmentRefused("该人员已退休，不能再办理在职人员增加；有疑问的，请到参保地经办窗口办理", "id_no")
    if found.pending:
        raise EnrolmentRefused(f"该人员{found.pending}，请待其办结后再办理", "id_no")
    kind = _kind(found)
    check_age(found.retires_on, today)
    return kind


def _kind(found: Found) -> EnrolmentKind:
    last = found.last
    if not found.known:
        return EnrolmentKind.REGISTER
    if last is None:
        return EnrolmentKind.ENROL
    if last.state == Enrolment.State.ACTIVE:
        if last.own:
            raise EnrolmentRefused("该人员已在本单位参保缴费，无需办理", "id_no")
        raise EnrolmentRefused(
            "该人员在其他单位参保缴费，请先由原单位办理在职人员减少（调出），再由本单位续保", "id_no"
        )
    if is_resumable(last):
        return EnrolmentKind.RESUME
    raise EnrolmentRefused("该人员的参保关系已终止，不能在网上恢复，请到参保地经办窗口办理", "id_no")


def check_age(retires_on: date | None, today: date) -> None:
    """Nobody is enrolled from the statutory age on. Raises EnrolmentRefused."""
    if retires_on is not None and today >= retires_on:
        day = f"{retires_on.year}年{retires_on.month}月{retires_on.day}日"
        raise EnrolmentRefused(
            f"该人员已于{day}达到法定退休年龄，不能办理在职人员增加；符合条件的，请办理养老金申领", "id_no"
        )


def check_start(starts_on: date, last_ends: date | None, work_started_on: date | None, today: date) -> None:
    """The first month of an enrolment is possible. Raises EnrolmentRefused."""
    month = Month.of(starts_on)
    if month < REFORM:
        raise EnrolmentRefused(f"机关事业单位养老保险自{REFORM.chinese}起实施，参保开始年月不能早于该月", "starts_on")
    if month > (latest := Month.of(today) + 1):
        raise EnrolmentRefused(f"参保开始年月不能晚于下月（{latest.chinese}）", "starts_on")
    if last_ends is not None and month <= Month.of(last_ends):
        until = Month.of(last_ends).chinese
        raise EnrolmentRefused(f"该人员已参保至{until}，参保开始年月应晚于该月", "starts_on")
    if work_started_on is not None and month < Month.of(work_started_on):
        raise EnrolmentRefused(f"参保开始年月不能早于参加工作日期（{work_started_on:%Y年%-m月%-d日}）", "starts_on")


def check_work_start(work_started_on: date, birth: date, today: date) -> None:
    """参加工作日期 lies between the 16th birthday and today. Raises EnrolmentRefused."""
    if work_started_on > today:
        raise EnrolmentRefused("参加工作日期不能晚于今天", "work_started_on")
    if identifiers.age_on(birth, work_started_on) < YOUNGEST:
        raise EnrolmentRefused(f"参加工作时应年满{YOUNGEST}周岁，请核对参加工作日期", "work_started_on")


# --- Wage and base ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BaseLimits:
    """Least and greatest base of a year in yuan; ``missing`` names the policies that nobody has entered."""

    floor: Decimal | None
    ceiling: Decimal | None
    missing: tuple[str, ...] = ()


def base_limits(average: Decimal | None, floor: Decimal | None, ceiling: Decimal | None) -> BaseLimits:
    """The limits from the average wage of the year before and the shares of it; open where one of the three is."""
    figures = {"上年度在岗职工月平均工资": average, "缴费基数下限": floor, "缴费基数上限": ceiling}
    missing = tuple(title for title, figure in figures.items() if figure is None)
    if average is None or floor is None or ceiling is None:
        return BaseLimits(None, None, missing)
    return BaseLimits(_fen(average * floor), _fen(average * ceiling))


def _fen(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def total_wage(parts: Iterable[Decimal | None]) -> Decimal:
    """月工资合计 of the parts that were entered."""
    return sum((part for part in parts if part is not None), Decimal(0))


def clamp(wage: Decimal, limits: BaseLimits) -> Decimal | None:
    """缴费基数: the wage within the limits; None while they are not configured, for nothing is guessed."""
    if limits.floor is None or limits.ceiling is None:
        return None
    return min(max(wage, limits.floor), limits.ceiling)


def base_words(wage: Decimal, limits: BaseLimits) -> str:
    """The base with how it came about, as readers see it."""
    base = clamp(wage, limits)
    if base is None:
        return f"待配置：{'、'.join(limits.missing)}；由经办机构核定"
    if base > wage:
        return f"{base:.2f}元（月工资低于下限，按下限）"
    return f"{base:.2f}元（月工资高于上限，按上限）" if base < wage else f"{base:.2f}元"


# --- Withdrawal ---------------------------------------------------------------------------------


def state_after(cause: str) -> Enrolment.State:
    """What a cause makes of an enrolment: 63xx suspends, 64xx ends (AAE160)."""
    return Enrolment.State.SUSPENDED if cause.startswith("63") else Enrolment.State.ENDED


def check_withdrawal(cause: str, left_on: date, ends_on: date, enrolment: Enrolment, today: date) -> None:
    """Date, last month and cause fit the enrolment. Raises EnrolmentRefused."""
    started = Month.of(enrolment.starts_on)
    if left_on > today:
        raise EnrolmentRefused("减少日期不能晚于今天", "left_on")
    if Month.of(left_on) < started:
        raise EnrolmentRefused(f"减少日期不能早于参保起始年月（{started.chinese}）", "left_on")
    if enrolment.state == SUSPENDS:
        if state_after(cause) == SUSPENDS:
            raise EnrolmentRefused("该人员已暂停缴费，只能办理终止；无需再次办理中断", "cause")
        return
    if not started <= Month.of(ends_on) <= Month.of(left_on):
        span = f"{started.chinese}至{Month.of(left_on).chinese}"
        raise EnrolmentRefused(f"停保年月应在{span}（参保起始年月至减少日期所在月份）之间", "ends_on")
    if enrolment.last_paid and ends_on < enrolment.last_paid:
        paid = Month.of(enrolment.last_paid).chinese
        raise EnrolmentRefused(f"该人员已缴费至{paid}，停保年月不能早于该月；多缴的，请到经办窗口办理退费", "ends_on")


def needs_destination(cause: str) -> bool:
    """调出 says where to."""
    return cause in ("630201", "640401")
