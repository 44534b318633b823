"""The services of social insurance."""

from insurance import claim_checks, enrolment_checks  # noqa: F401 - they register their checks
from insurance.matters.enrolment import EnrolmentMatter, WithdrawalMatter
from insurance.matters.flexible_retirement import FlexibleRetirementMatter
from insurance.matters.pension_claim import PensionClaimMatter

__all__ = ["EnrolmentMatter", "FlexibleRetirementMatter", "PensionClaimMatter", "WithdrawalMatter"]
