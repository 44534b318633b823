"""Reads about internship units and trainees that several places share."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import Individual, Unit, User
from accounts.queries import staff_regions
from common import crypto
from internship.models import InternshipUnit, Mentor, Trainee, TraineeApplication, UnitQualification
from review.models import Case, Status
from review.staff_queries import in_regions

TRAINEE_MATTER = "trainee-application"
UNIT_MATTER = "unit-qualification"
NOT_A_TRAINEE = "该人员不是就业见习人员"


def qualified_unit(unit: Unit) -> InternshipUnit | None:
    """The unit as an internship unit (a suspended one is still one); None when it is not or not any more."""
    found = InternshipUnit.objects.qualified().filter(unit=unit)
    return found.select_related("handling_region", "bank_account").first()


def internship_unit_of(unit: Unit) -> InternshipUnit | None:
    """The unit's row in whatever state; None when it was never qualified."""
    return InternshipUnit.objects.filter(unit=unit).select_related("handling_region", "bank_account", "case").first()


def qualification_of(internship_unit: InternshipUnit) -> UnitQualification:
    """What the unit stated about itself when it was last qualified."""
    return UnitQualification.objects.get(pk=internship_unit.case_id)


def active_trainee(individual: Individual) -> Trainee | None:
    """The person as a trainee; None when he or she is none today."""
    return Trainee.objects.active().filter(individual=individual).select_related("handling_region").first()


def trainee_by_id_no(id_no: str) -> Trainee | None:
    """The active trainee with this (cleaned) ID number (C5, C8)."""
    return Trainee.objects.active().filter(id_no_digest=crypto.digest(id_no)).select_related("individual").first()


def mentor_names(unit: Unit) -> list[str]:
    """Names of the unit's mentors (带教人员) as it stated them when it was last qualified (C1)."""
    qualified = InternshipUnit.objects.qualified().filter(unit=unit).first()
    if qualified is None:
        return []
    return list(Mentor.objects.filter(record=qualified.case_id).order_by("position").values_list("name", flat=True))


def latest_case(subject: Individual | Unit, matter: str) -> Case | None:
    """The newest case of a matter that is not closed, of a person or unit."""
    owner = {"unit": subject} if isinstance(subject, Unit) else {"individual": subject}
    return (
        Case.objects.filter(matter=matter, **owner).exclude(status=Status.CLOSED).order_by("-created_at", "-pk").first()
    )


@dataclass(frozen=True)
class TraineeState:
    """Whether a person is a trainee; otherwise in which words not, and the address of what helps."""

    is_trainee: bool
    words: str
    url: str = ""
    link: str = ""

    @property
    def sentence(self) -> str:
        """「该人员不是就业见习人员」 and which it is (B2); empty for a trainee."""
        return "" if self.is_trainee else f"{NOT_A_TRAINEE}（{self.words}）"


_WORDS = {
    Status.DRAFT: ("尚未申请", "继续填写申请"),
    Status.WITHDRAWN: ("尚未申请", "继续填写申请"),
    Status.SUBMITTED: ("正在审核中", "查看办件"),
    Status.IN_REVIEW: ("正在审核中", "查看办件"),
    Status.RETURNED: ("待修改", "去修改"),
    Status.REJECTED: ("未通过", "查看原因"),
    Status.REVOKED: ("未通过", "查看原因"),
}


def trainee_state_words(individual: Individual) -> TraineeState:
    """Whether the person is a trainee, or 尚未申请, 正在审核中, 待修改, 未通过, with the link to go on (B2)."""
    if Trainee.objects.active().filter(individual=individual).exists():
        return TraineeState(True, "已是就业见习人员")
    case = latest_case(individual, TRAINEE_MATTER)
    if case is None or case.status not in _WORDS:
        # Never applied, or an approved application whose trainee has ended since.
        url = reverse("review:start", kwargs={"portal": "individual", "matter": TRAINEE_MATTER})
        return TraineeState(False, "尚未申请" if case is None else "见习人员资格已终止", url, "申请成为就业见习人员")
    words, link = _WORDS[Status(case.status)]
    url = reverse("review:case", kwargs={"portal": "individual", "number": case.number})
    return TraineeState(False, words, url, link)


def trainees_with_id(record: TraineeApplication) -> QuerySet[Trainee]:
    """Trainees, former ones included, of other cases with the same ID number as an application."""
    return Trainee.objects.filter(id_no_digest=record.id_no_digest).exclude(case_id=record.pk)


def scoped(rows: QuerySet, user: User) -> QuerySet:
    """Rows whose handling region lies within the regions that a staff member works for."""
    return rows if user.is_superuser else rows.filter(in_regions(staff_regions(user), "handling_region"))
