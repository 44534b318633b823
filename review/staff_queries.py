"""What staff read of the cases: their scope, the queue with its tabs, and what stands beside a case under review."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.queries import staff_regions, staff_roles
from common import crypto, identifiers, search, workdays
from common.regions import scope_q
from review.models import WAITING, Case, CasePerson, CaseStep, CaseViewing, Role

PAGE_SIZE = 50
# Counts stop here and read 「300+」: more than a day's work needs no exact figure, and each costs a probe per tab.
COUNT_CAP = 300
# 即将超期: what is due within so many working days, and what is overdue.
DUE_SOON_DAYS = 2
# Somebody who has not reported for so long has closed the case's page.
VIEWING_SECONDS = 75

TABS = {"unclaimed": "待认领", "mine": "我的", "corrected": "补正后", "due": "即将超期"}


@dataclass(frozen=True)
class Desk:
    """Where a staff member decides: the roles and regions whose steps come to this desk.

    ``soon`` is the last day that counts as 即将超期.
    """

    user: User
    roles: tuple[str, ...]
    regions: tuple[str, ...]
    soon: date


@dataclass(frozen=True)
class QueueChoice:
    """Which part of the queue is looked at: the tab, and the filters."""

    tab: str = "unclaimed"
    matter: str = ""
    person: str = ""


@dataclass(frozen=True)
class Position:
    """A place in the queue, by what it is ordered by."""

    due_on: date
    case_id: int


def desk_of(user: User) -> Desk:
    """The desk of a staff member today; three queries."""
    roles = staff_roles(user) & set(Role.values)
    soon = workdays.add_working_days(timezone.localdate(), DUE_SOON_DAYS)
    return Desk(user, tuple(sorted(roles)), tuple(staff_regions(user)), soon)


def in_regions(regions: Sequence[str], field: str = "region") -> Q:
    """Condition for a column of regions to lie in one of the scopes: its own region and what is below it."""
    condition = Q(pk__in=[])
    for region in regions:
        condition |= scope_q(field, region)
    return condition


def visible_cases(user: User) -> QuerySet[Case]:
    """Cases that a staff member may look at: submitted at least once, and in the own regions or below."""
    handed_in = Case.objects.filter(submitted_at__isnull=False)
    if user.is_superuser:
        return handed_in
    return handed_in.filter(in_regions(staff_regions(user)))


# --- The queue ---------------------------------------------------------------------------------


def _branches(desk: Desk, tab: str) -> list[QuerySet[CaseStep]]:
    """The tab's steps, one query set per role and region: each is a range of the queue's index, in its order."""
    steps = CaseStep.objects.filter(current=True).order_by("due_on", "case_id")
    if tab == "mine":
        return [steps.filter(case__reviewer=desk.user)]
    if tab == "unclaimed":
        steps = steps.filter(case__reviewer__isnull=True)
    else:
        steps = steps.filter(Q(case__reviewer__isnull=True) | Q(case__reviewer=desk.user))
        steps = steps.filter(round__gt=1) if tab == "corrected" else steps.filter(due_on__lte=desk.soon)
    return [steps.filter(role=role, region=region) for role in desk.roles for region in desk.regions]


def _chosen(steps: QuerySet[CaseStep], choice: QueueChoice) -> QuerySet[CaseStep]:
    if choice.matter:
        steps = steps.filter(case__matter=choice.matter)
    if choice.person:
        steps = steps.filter(_of_applicant(choice.person))
    return steps


def _of_applicant(text: str) -> Q:
    """By case number, applicant or person: a part of the name, or a whole number.

    Names are found by their tokens among what waits; neighbouring characters may match apart from each other, so
    that the few hits are looked at again. Everything else is asked of the steps at hand.
    """
    whole = identifiers.normalise(text)
    if whole.isascii():
        digest = crypto.digest(whole)
        return (
            Q(case__number=whole.upper())
            | Q(case__unit__uscc=whole.upper())
            | Q(case__individual__id_no_digest=digest)
            | Q(case__subject_id_no_digest=digest)
            | Q(_in_batch(id_no_digest=digest))
        )
    hits = Q(case__name_tokens__contains=search.query_tokens(text), case__status__in=WAITING)
    return hits & (
        Q(case__unit__name__contains=text)
        | Q(case__individual__name__contains=text)
        | Q(case__subject_person__contains=text)
        | Q(_in_batch(name__contains=text))
    )


def _in_batch(**condition: str) -> Exists:
    """Whether a person of the step's batch case is meant."""
    return Exists(CasePerson.objects.filter(case=OuterRef("case"), **condition))


def _beyond(steps: QuerySet[CaseStep], position: Position | None, backwards: bool) -> QuerySet[CaseStep]:
    """The steps after a position of the queue, or before it, nearest first."""
    if position is None:
        return steps
    day, case = position.due_on, position.case_id
    if backwards:
        earlier = Q(due_on__lt=day) | Q(due_on=day, case_id__lt=case)
        return steps.filter(earlier, due_on__lte=day).order_by("-due_on", "-case_id")
    later = Q(due_on__gt=day) | Q(due_on=day, case_id__gt=case)
    return steps.filter(later, due_on__gte=day)


def _merged(branches: list[QuerySet[CaseStep]], limit: int, *names: str) -> QuerySet[CaseStep] | None:
    """The first ``limit`` rows of all branches together; None without a branch."""
    limited = [branch.values_list("pk", "due_on", "case_id")[:limit] for branch in branches]
    if len(limited) < 2:
        return limited[0] if limited else None
    return limited[0].union(*limited[1:], all=True).order_by(*names)[:limit]


def queue_steps(
    desk: Desk, choice: QueueChoice, *, after: Position | None = None, backwards: bool = False, limit: int = PAGE_SIZE
) -> list[tuple[int, Position]]:
    """Keys and positions of the queue's steps, the oldest due first (nearest first when ``backwards``)."""
    branches = [_beyond(_chosen(steps, choice), after, backwards) for steps in _branches(desk, choice.tab)]
    order = ("-due_on", "-case_id") if backwards and after else ("due_on", "case_id")
    merged = _merged(branches, limit, *order)
    return [(pk, Position(due_on, case)) for pk, due_on, case in merged] if merged is not None else []


def queue_rows(keys: Sequence[int]) -> list[CaseStep]:
    """The steps of a page of the queue with what a row shows, in the order of ``keys``; one query."""
    steps = (
        CaseStep.objects.filter(pk__in=keys)
        .select_related("region", "case__region", "case__individual", "case__unit", "case__reviewer")
        .only(
            "round",
            "order",
            "role",
            "due_on",
            "region__name",
            "case__number",
            "case__matter",
            "case__status",
            "case__round",
            "case__channel",
            "case__contact",
            "case__subject_person",
            "case__submitted_at",
            "case__region__name",
            "case__region__level",
            "case__individual__name",
            "case__unit__name",
            "case__reviewer__name",
            "case__reviewer__username",
        )
        .in_bulk(keys)
    )
    return [steps[key] for key in keys]


def queue_counts(desk: Desk) -> dict[str, str]:
    """How much stands in each tab, capped; one query for all tabs."""
    probes = {tab: _merged(_branches(desk, tab), COUNT_CAP + 1) for tab in TABS}
    counted = {tab: probe for tab, probe in probes.items() if probe is not None}
    parts, params = [], []
    for probe in counted.values():
        sql, values = probe.query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({sql}) AS tab)")  # noqa: S608 - Django's own SQL, its values apart
        params += values
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        found = dict(zip(counted, cursor.fetchone(), strict=True))
    return {tab: capped(found.get(tab, 0)) for tab in TABS}


def capped(count: int) -> str:
    """A count in words that does not pretend to be exact beyond the cap."""
    return str(count) if count <= COUNT_CAP else f"{COUNT_CAP}+"


def position_of(step: CaseStep | None) -> Position | None:
    """Where a step stands in the queue; None for a case without a current step."""
    return Position(step.due_on, step.case_id) if step and step.due_on else None


def neighbours(desk: Desk, choice: QueueChoice, position: Position | None) -> tuple[str, str]:
    """Numbers of the cases before and after a position in the queue; "" where there is none."""
    if position is None:
        return "", ""
    before = queue_steps(desk, choice, after=position, backwards=True, limit=1)
    following = queue_steps(desk, choice, after=position, limit=1)
    numbers = dict(
        CaseStep.objects.filter(pk__in=[key for key, _ in before + following]).values_list("pk", "case__number")
    )
    return tuple(numbers[found[0][0]] if found else "" for found in (before, following))


def next_case(desk: Desk, choice: QueueChoice, position: Position | None) -> Case | None:
    """The case to take after the one at ``position``: the next in the same tab and filters, else the first."""
    for start in dict.fromkeys([position, None]):
        for key, found in queue_steps(desk, choice, after=start, limit=2):
            if position is None or found.case_id != position.case_id:
                return Case.objects.get(steps=key)
    return None


# --- Beside a case ------------------------------------------------------------------------------


def other_cases(case: Case, user: User, limit: int = 10) -> list[Case]:
    """The applicant's other cases, and those about the same person, within what the staff member may see."""
    same = Q(pk__in=[])
    if case.individual_id:
        same |= Q(individual=case.individual_id)
    if case.unit_id:
        same |= Q(unit=case.unit_id)
    if case.subject_id_no_digest:
        same |= Q(subject_id_no_digest=case.subject_id_no_digest)
    cases = visible_cases(user).filter(same).exclude(pk=case.pk).select_related("region", "unit", "individual")
    return list(cases.order_by("-created_at", "-id")[:limit])


def other_viewers(case: Case, user: User, now: datetime | None = None) -> list[str]:
    """Names of the colleagues who have the case open just now."""
    since = (now or timezone.now()) - timedelta(seconds=VIEWING_SECONDS)
    viewings = CaseViewing.objects.filter(case=case, seen_at__gte=since).exclude(user=user)
    return list(viewings.order_by("user__name").values_list("user__name", flat=True))
