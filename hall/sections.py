"""What the home page and the portal homes show, gathered with few queries."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from accounts.models import Individual, Unit
from common import regions
from hall import menus, site
from hall.models import Notice
from internship.models import InternshipUnit, Trainee
from positions.models import Position
from review import lapse, matters, queries
from review.models import Case, Status

COUNT_LIMIT = 1000
TODO_LIMIT = 6
CITIES_SHOWN = 12


def capped_count(rows: QuerySet) -> str:
    """How many rows, exactly up to COUNT_LIMIT and 「1000+」 beyond: the cost must not grow with the data."""
    found = rows.order_by()[: COUNT_LIMIT + 1].count()
    return f"{COUNT_LIMIT}+" if found > COUNT_LIMIT else str(found)


def figures() -> list[dict]:
    """Key figures of the home page."""
    return [
        {"label": "在招岗位", "value": capped_count(Position.objects.public()), "unit": "个"},
        {"label": "见习单位", "value": capped_count(InternshipUnit.objects.qualified()), "unit": "家"},
        {"label": "见习人员", "value": capped_count(Trainee.objects.active()), "unit": "人"},
        {"label": "可办事项", "value": str(len(list(matters.all_matters()))), "unit": "项"},
    ]


def newest_positions(code: str, limit: int = 6) -> list[dict]:
    """The newest open positions whose work place lies in a region, with their addresses."""
    found = Position.objects.public().select_related("work_region")
    if code:
        found = found.filter(regions.scope_q("work_region", code))
    newest = found.order_by("-published_at", "-pk")[:limit]
    return [{"row": position, "url": menus.address("positions:detail", position.number)} for position in newest]


def newest_notices(code: str, limit: int = 5) -> list[Notice]:
    """The newest notices that concern a region."""
    return list(Notice.objects.public().for_region(code).only("title", "published_at")[:limit])


def cities(code: str) -> list[regions.Place]:
    """Cities whose positions the home page leads to: of the chosen province, else some of every province served."""
    served = [regions.province_of(code)] if code else site.provinces()
    each = max(CITIES_SHOWN // len(served), 1) if served else 0
    return [place for province in served for place in regions.children(province)[:each]]


@dataclass(frozen=True)
class Todo:
    """Something that waits for the applicant: a case to correct, or a draft to finish."""

    case: Case
    name: str
    words: str
    tone: str
    url: str
    action: str
    since: datetime
    last_day: date | None = None


_TODO_WORDS = {
    Status.RETURNED: ("审核人员要求修改，请按提示补正", "warning", "去修改"),
    Status.DRAFT: ("尚未提交，可继续填写", "info", "继续填写"),
    Status.WITHDRAWN: ("已撤回，可修改后重新提交", "info", "继续办理"),
}


def todos(subject: Individual | Unit, portal: str) -> list[Todo]:
    """Cases that wait for the subject; those to correct come first, for their clock may end them."""
    waiting = queries.cases_of(subject).filter(status__in=list(_TODO_WORDS)).order_by("-created_at", "-id")
    cases = list(waiting[: TODO_LIMIT * 2])
    ends = lapse.last_days(cases)
    found = [_todo(case, portal, ends.get(case.pk)) for case in cases]
    return sorted(found, key=lambda todo: (todo.tone != "warning", todo.last_day or date.max))[:TODO_LIMIT]


def _todo(case: Case, portal: str, last_day: date | None) -> Todo:
    words, tone, action = _TODO_WORDS[Status(case.status)]
    url = menus.address("review:case", portal, case.number)
    return Todo(
        case, matter_name(case.matter), words, tone, url, action, case.submitted_at or case.created_at, last_day
    )


def matter_name(code: str) -> str:
    """The name of a matter, or its code where the declaration is gone."""
    try:
        return matters.get(code).name
    except KeyError:
        return code


def case_rows(subject: Individual | Unit, portal: str) -> list[dict]:
    """The latest cases, for the portal's home."""
    return [
        {
            "number": case.number,
            "name": matter_name(case.matter),
            "status": case.status,
            "at": case.submitted_at or case.created_at,
            "url": menus.address("review:case", portal, case.number),
        }
        for case in queries.latest_cases(subject)
    ]
