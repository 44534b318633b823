"""What reporting keeps: who does an internship where and on which terms, and what units report about it."""

from reporting.models.placements import (
    AGREEMENT_FIELDS,
    PersonLookup,
    Placement,
    PlacementEnd,
    PlacementRegistration,
)

__all__ = ["AGREEMENT_FIELDS", "PersonLookup", "Placement", "PlacementEnd", "PlacementRegistration"]
