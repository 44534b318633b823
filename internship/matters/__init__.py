"""The services that everything in 就业见习 begins with."""

from internship.matters.trainee_application import TraineeApplicationMatter
from internship.matters.unit_qualification import UnitQualificationMatter

__all__ = ["TraineeApplicationMatter", "UnitQualificationMatter"]
