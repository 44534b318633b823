"""The services of social insurance."""

from insurance import claim_checks  # noqa: F401 - registers its checks
from insurance.matters.flexible_retirement import FlexibleRetirementMatter
from insurance.matters.pension_claim import PensionClaimMatter

__all__ = ["FlexibleRetirementMatter", "PensionClaimMatter"]
