"""Reads of cases used twice or more: lists of a portal with their filters, and the staff queue's base."""

from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.models import Individual, Unit
from common import crypto, identifiers
from review import matters
from review.models import FINISHED, RUNNING, Case, CasePerson, Status

# The entries under 个人中心 (SXG, SXU), in the manuals' order.
LISTED = (
    Status.DRAFT,
    Status.SUBMITTED,
    Status.IN_REVIEW,
    Status.RETURNED,
    Status.REJECTED,
    Status.APPROVED,
    Status.WITHDRAWN,
)


def cases_of(subject: Individual | Unit) -> QuerySet[Case]:
    """Cases of the person or the unit acting, without those of menu groups that are closed to the handler."""
    if isinstance(subject, Unit):
        cases = Case.objects.of_unit(subject)
        return cases.exclude(matter__in=matters.codes_in(subject.closed_groups)) if subject.closed_groups else cases
    return Case.objects.of_individual(subject)


def filter_cases(
    cases: QuerySet[Case],
    *,
    bar: str = "",
    status: str = "",
    month: date | None = None,
    matter: str = "",
    person: str = "",
    submitted_from: date | None = None,
    submitted_to: date | None = None,
) -> QuerySet[Case]:
    """我的办件: 审核状态 and 申办月份 (SXG, SXU); 业务名称, 人员信息 and 提交时间 (JX 8.1, 8.2).

    ``bar`` is "running" (办理中) or "finished" (办结); ``month`` any day of 申办月份; ``person`` a name or
    a whole ID number.
    """
    if bar:
        cases = cases.filter(status__in={"running": RUNNING, "finished": FINISHED}.get(bar, ()))
    if status:
        cases = cases.filter(status=status)
    if month:
        first = month.replace(day=1)
        following = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
        cases = cases.filter(created_at__date__gte=first, created_at__date__lt=following)
    if matter:
        cases = cases.filter(matter=matter)
    if person:
        cases = cases.filter(about_person(person))
    if submitted_from:
        cases = cases.filter(submitted_at__date__gte=submitted_from)
    if submitted_to:
        cases = cases.filter(submitted_at__date__lte=submitted_to)
    return cases


def about_person(text: str) -> Q:
    """Cases about a person, by a part of the name or the whole ID number."""
    text = identifiers.normalise(text)
    if any(character.isdigit() for character in text):
        digest = crypto.digest(text)
        return Q(subject_id_no_digest=digest) | _in_batch(id_no_digest=digest)
    return Q(subject_person__contains=text) | _in_batch(name__contains=text)


def _in_batch(**condition: str) -> Q:
    """Whether a person of a batch case is meant; asked of the cases at hand, not of all people of all batches."""
    return Q(Exists(CasePerson.objects.filter(case=OuterRef("pk"), **condition)))


def status_counts(subject: Individual | Unit) -> dict[str, int]:
    """How many cases of the subject stand in each status."""
    return dict(cases_of(subject).order_by().values_list("status").annotate(Count("pk")))


def latest_cases(subject: Individual | Unit, limit: int = 5) -> list[Case]:
    """The subject's most recent cases, for the portal's home."""
    return list(cases_of(subject).order_by("-created_at", "-id")[:limit])
