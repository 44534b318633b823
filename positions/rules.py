"""Who may do what with positions, and when. ``check_x`` raises with the reason to read, ``can_x`` is its boolean."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from accounts.models import Individual, Unit
from common import codes, policies, regions
from common.transitions import TransitionRefused
from internship import queries as internship_queries
from internship.models import Trainee
from positions.models import Favourite, Position, PositionApplication

NAME_TAKEN = "岗位名称不允许重复"
FULL = "最多收藏{words}个岗位，请先取消一个"
_NUMBER_WORDS = dict(enumerate("零一二三四五六七八九十"))


def tidy_name(name: str) -> str:
    """A position's name as it is shown: trimmed, blanks inside joined to one."""
    return " ".join(name.split())


def name_key(name: str) -> str:
    """What two names are compared by: widths folded, blanks and case ignored (C2)."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def check_name_free(unit: Unit, name: str, *, position: Position | None = None, case_id: int | None = None) -> None:
    """Raise TransitionRefused where another open position, or another application under review, has the name.

    ``position`` is the one being revised, ``case_id`` the application itself. Positions that ended and
    applications that were refused do not count (C2).
    """
    key = name_key(name)
    published = Position.objects.of_unit(unit).public().filter(name_key=key)
    asked = PositionApplication.objects.filter(unit=unit, name_key=key, live=True, holds_name=True)
    if published.exclude(pk=position.pk if position else 0).exists() or asked.exclude(pk=case_id or 0).exists():
        raise TransitionRefused(NAME_TAKEN)


# --- Pay and term ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Threshold:
    """The monthly pay from which on a unit gets the subsidy for a category of trainees; None: 待配置."""

    category: str
    label: str
    amount: Decimal | None


def minimum_wage(region: str, on: date) -> Decimal | None:
    """The minimum wage in force, yuan a month; None where no policy gives one."""
    found: Decimal | None = policies.value("minimum_wage", region, on)
    return found


def subsidy_thresholds(region: str, on: date) -> list[Threshold]:
    """Per category of trainees: minimum wage × (subsidy rate + the unit's own share) (JL; domain §1.2)."""
    wage, share = minimum_wage(region, on), policies.value("subsidy_unit_share", region, on)
    found = []
    for category, label in codes.TRAINEE_CATEGORY:
        rate = policies.value(f"subsidy_rate.{category}", region, on)
        known = wage is not None and share is not None and rate is not None
        amount = (wage * (rate + share)).quantize(Decimal("0.01"), ROUND_HALF_UP) if known else None
        found.append(Threshold(category, label, amount))
    return found


def check_allowance(allowance: Decimal, region: str, on: date) -> None:
    """Raise TransitionRefused when the living allowance is below the region's minimum wage (C2)."""
    wage = minimum_wage(region, on)
    if wage is not None and allowance < wage:
        place = regions.handling_path_name(region)
        raise TransitionRefused(f"生活费标准不得低于{place}最低工资标准{wage:.0f}元/月，请调整后再提交")


def check_months(months: int, region: str, on: date) -> None:
    """Raise TransitionRefused when the term lies outside 3–12 months (policies; 国家就业见习政策框架)."""
    least = policies.require("internship_months_min", region, on)
    most = policies.require("internship_months_max", region, on)
    if not least <= months <= most:
        raise TransitionRefused(f"见习期限应为{least}至{most}个月")


# --- Units -------------------------------------------------------------------------------------


def check_publishable(position: Position, on: date) -> None:
    """Raise TransitionRefused unless the position may be open on a day: its unit qualified, its term running."""
    if internship_queries.qualified_unit(position.unit) is None:
        raise TransitionRefused("该单位当前不是就业见习单位，岗位不能公开")
    if position.valid_to < on:
        raise TransitionRefused(f"岗位有效期已于{position.valid_to:%Y年%-m月%-d日}截止，请先修改有效期")


def check_close(position: Position) -> None:
    """Raise TransitionRefused unless the position is open."""
    if not position.is_open:
        raise TransitionRefused(f"岗位当前状态为“{position.get_state_display()}”，无需关闭")


def check_reopen(position: Position, on: date) -> None:
    """Raise TransitionRefused unless a position closed early may be opened again."""
    if position.state != Position.State.CLOSED:
        raise TransitionRefused(f"岗位当前状态为“{position.get_state_display()}”，不能重新开放")
    check_publishable(position, on)
    check_name_free(position.unit, position.name, position=position)


def can_reopen(position: Position, on: date) -> bool:
    """Whether ``check_reopen`` would pass."""
    try:
        check_reopen(position, on)
    except TransitionRefused:
        return False
    return True


def check_revise(position: Position) -> None:
    """Raise TransitionRefused unless the unit may hand in a change of the position."""
    if not position.is_open:
        raise TransitionRefused("只有招收中的岗位可以变更；已结束的岗位可以复制为新岗位")


# --- Trainees ----------------------------------------------------------------------------------


def visible_offices(trainee: Trainee, on: date) -> tuple[tuple[str, str], ...]:
    """Whose positions a trainee is shown (B2), as offices of ``search.Query``.

    A trainee of a city (市本级) sees all its counties; one of a county sees the county's, and the
    city's own where policy ``county_sees_city_positions`` is on.
    """
    code = trainee.handling_region_id
    if regions.level_of(code) != regions.COUNTY:
        return (("office_city", code),)
    city = regions.city_of(code)
    if city != code and policies.value("county_sees_city_positions", code, on):
        return (("office", code), ("office", city))
    return (("office", code),)


def in_reach(trainee: Trainee, position: Position, on: date) -> bool:
    """Whether the position belongs to those that the trainee is shown."""
    columns = {"office_city": position.region_city, "office": position.region_id}
    return any(columns[kind] == code for kind, code in visible_offices(trainee, on))


def favourites_limit(trainee: Trainee, on: date) -> int:
    """How many positions a trainee may keep at a time (policy; three by the Shanxi manual)."""
    limit: int = policies.require("favourites_limit", trainee.handling_region_id, on)
    return limit


def check_trainee(individual: Individual) -> Trainee:
    """The person as a trainee; raises TransitionRefused 「该人员不是就业见习人员」 with which it is (B2)."""
    trainee = internship_queries.active_trainee(individual)
    if trainee is None:
        raise TransitionRefused(internship_queries.trainee_state_words(individual).sentence)
    return trainee


def check_favourite(trainee: Trainee, position: Position, on: date) -> None:
    """Raise TransitionRefused unless the trainee may keep one more position; the individual's row is locked."""
    if not position.is_open or position.valid_to < on:
        raise TransitionRefused("该岗位已停止招收，不能收藏")
    if not in_reach(trainee, position, on):
        place = regions.handling_path_name(trainee.handling_region_id)
        raise TransitionRefused(f"该岗位不在您的业务办理属地（{place}）范围内，不能收藏")
    limit = favourites_limit(trainee, on)
    kept = Favourite.objects.filter(individual=trainee.individual, cancelled_at__isnull=True).count()
    if kept >= limit:
        raise TransitionRefused(FULL.format(words=_NUMBER_WORDS.get(limit, limit)))
