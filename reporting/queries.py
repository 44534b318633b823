"""Reads about placements that several places share."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Individual, Unit
from common import crypto, identifiers, policies
from internship import queries as internship_queries
from internship.models import Trainee
from internship.rules import Claim, add_months
from positions.models import Position
from reporting.models import PersonLookup, PersonMonth, Placement, PlacementDocument, PlacementRegistration
from reporting.rules import Term
from review.models import RUNNING, Case, Status

REGISTRATION_MATTER = "placement-registration"
END_MATTER = "placement-end"
CORRECTION_MATTER = "record-correction"
IMPORT_MATTER = "placement-import"
REPORT_MATTER = "monthly-report"
REVISION_MATTER = "monthly-report-revision"


@dataclass(frozen=True)
class Person:
    """Somebody whom a unit may take in: the account, and the approved trainee where there is one."""

    individual: Individual
    trainee: Trainee | None

    @property
    def name(self) -> str:
        return self.trainee.name if self.trainee else self.individual.name

    @property
    def category(self) -> str:
        return self.trainee.category if self.trainee else ""

    def claim(self, category: str, region: str) -> Claim:
        """What the person's category rests on, judged by the policies of a region."""
        source: Trainee | Individual = self.trainee or self.individual
        born = identifiers.birth_date(source.id_type, source.id_no) or source.birth_date
        return Claim(category, region, born, source.graduated_on, source.unemployed_on)


def handling_region(unit: Unit) -> str:
    """Code of the region that handles the unit's internships."""
    qualified = internship_queries.qualified_unit(unit)
    return str(qualified.handling_region_id if qualified else unit.handling_region_id or "")


def needs_trainee(region: str, on: date) -> bool:
    """Whether only approved trainees may be taken in (policy; Shanxi), or whoever completed B0 (Jilin)."""
    return bool(policies.require("placement_requires_trainee", region, on))


def find_person(name: str, id_no: str, region: str, on: date) -> Person | None:
    """The person with this name and ID number whom a unit of the region may take in; None when there is none."""
    digest = crypto.digest(identifiers.normalise(id_no))
    trainee = Trainee.objects.active().filter(id_no_digest=digest).select_related("individual").first()
    if trainee is not None:
        return Person(trainee.individual, trainee) if same_name(trainee.name, name) else None
    if needs_trainee(region, on):
        return None
    # Several accounts may claim one number; the verified one is its true holder.
    found = Individual.objects.filter(id_no_digest=digest).exclude(education="").order_by("-level", "pk").first()
    return Person(found, None) if found and same_name(found.name, name) else None


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same but for width and white space."""
    return identifiers.normalise(one) == identifiers.normalise(other)


def looked_up(unit: Unit, name: str, id_no: str) -> Person | None:
    """The person if the unit found him or her by a look-up before (which is limited and logged); else None."""
    digest = crypto.digest(identifiers.normalise(id_no))
    found = PersonLookup.objects.filter(unit=unit, id_no_digest=digest, individual__isnull=False)
    lookup = found.select_related("individual").first()
    if lookup is None or lookup.individual is None or not same_name(lookup.individual.name, name):
        return None
    return Person(lookup.individual, internship_queries.active_trainee(lookup.individual))


def terms_of(individuals: Collection[int], *, but_case: int | None = None) -> dict[int, tuple[Term, ...]]:
    """All internships of people by person: placements, and registrations that wait for a decision."""
    found: dict[int, list[Term]] = defaultdict(list)
    placements = Placement.objects.valid().filter(individual__any_of=individuals)
    if but_case is not None:
        placements = placements.exclude(case_id=but_case)
    facts = placements.annotate(last=Coalesce("ended_on", "ends_on")).order_by()
    for person, *term in facts.values_list("individual", "unit", "starts_on", "last", "pk"):
        found[person].append(Term(*term))
    waiting = PlacementRegistration.objects.filter(individual__any_of=individuals, live=True, holds_term=True)
    for person, *term in waiting.exclude(pk=but_case).values_list("individual", "unit", "starts_on", "ends_on"):
        found[person].append(Term(*term))
    return {person: tuple(terms) for person, terms in found.items()}


def placements_of(unit: Unit) -> QuerySet[Placement]:
    """All placements of a unit, newest first."""
    return Placement.objects.of_unit(unit).select_related("position", "case")


def registrations_under_way(unit: Unit) -> QuerySet[PlacementRegistration]:
    """People whom the unit has registered and who are not approved: under review, returned or rejected."""
    states = (*RUNNING, Status.REJECTED)
    found = PlacementRegistration.objects.filter(unit=unit, case__status__in=states)
    return found.select_related("case", "position").order_by("-case__created_at")


def open_positions(unit: Unit) -> QuerySet[Position]:
    """Positions of the unit that take people in."""
    return Position.objects.of_unit(unit).public().defer("tokens", "search_text", "content").order_by("-published_at")


def placements_of_person(individual: Individual) -> QuerySet[Placement]:
    """The person's internships that were not cancelled, newest first."""
    return Placement.objects.valid().filter(individual=individual).select_related("unit", "position")


def people_of_month(unit: Unit, month: date) -> QuerySet[Placement]:
    """The unit's placements with a day in a month that are in no approved report of it (C10)."""
    reported = PersonMonth.objects.in_force().filter(month=month).values("placement")
    found = Placement.objects.valid().of_unit(unit).filter(starts_on__lt=add_months(month, 1))
    found = found.annotate(last=Coalesce("ended_on", "ends_on")).filter(last__gte=month).exclude(pk__in=reported)
    return found.select_related("position", "case").order_by("name", "pk")


def without_documents(unit: Unit, month: date) -> list[Placement]:
    """People matched in batches whose first report would be this month's, and who lack 见习协议 or 保险单 (C5)."""
    first = people_of_month(unit, month).filter(case__matter=IMPORT_MATTER).exclude(months__in_force=True)
    kept = (
        PlacementDocument.objects.filter(placement=OuterRef("pk"), file__state="clean").order_by().values("placement")
    )
    counted = first.annotate(kept=Subquery(kept.annotate(count=Count("pk")).values("count")))
    return list(counted.filter(Q(kept__isnull=True) | Q(kept__lt=2)))


def months_to_report(unit: Unit, on: date) -> list[date]:
    """First days of the months that are over and have people to report, newest first."""
    spans = Placement.objects.valid().of_unit(unit).annotate(last=Coalesce("ended_on", "ends_on"))
    reported = set(PersonMonth.objects.in_force().filter(placement__unit=unit).values_list("placement", "month"))
    months = set()
    for pk, starts_on, last in spans.values_list("pk", "starts_on", "last"):
        month = starts_on.replace(day=1)
        while month <= last and add_months(month, 1) <= on:
            if (pk, month) not in reported:
                months.add(month)
            month = add_months(month, 1)
    return sorted(months, reverse=True)


def registration_case(unit: Unit, number: str) -> Case | None:
    """A case of the unit in which a person was registered."""
    return Case.objects.of_unit(unit).of_matter(REGISTRATION_MATTER).filter(number=number).first()


def placements_with_id(individual: Individual, id_no: str) -> QuerySet[Placement]:
    """All internships of a person, under whichever account, that were not cancelled."""
    mine = Q(individual=individual) | Q(id_no_digest=crypto.digest(id_no))
    return Placement.objects.valid().filter(mine).select_related("unit")


def running_placement(individual: Individual, id_no: str, on: date) -> Placement | None:
    """An internship of the person, under whichever account, that has not come to its end."""
    return placements_with_id(individual, id_no).filter(state=Placement.State.CURRENT, ends_on__gte=on).first()
