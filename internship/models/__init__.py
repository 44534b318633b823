"""Internship units (见习单位) and trainees (见习人员): records of their applications, and the entities that result."""

from internship.models.trainees import Trainee, TraineeApplication
from internship.models.units import (
    InternshipUnit,
    Mentor,
    StaffPerson,
    UnitQualification,
)

__all__ = [
    "InternshipUnit",
    "Mentor",
    "StaffPerson",
    "Trainee",
    "TraineeApplication",
    "UnitQualification",
]
