"""Parts of the claim's own pages."""

from typing import Any

from django import template

from insurance.claim_facts import Typed, dossier_of, total_of, values_of
from review.models import Case

register = template.Library()


@register.inclusion_tag("insurance/claim_history.html")
def pension_history(case: Case) -> dict[str, Any]:
    """The chosen person's contributions by year (缴费信息)."""
    values = values_of(case)
    dossier = dossier_of(case, values)
    if dossier is None:
        return {"years": [], "total": ""}
    return {"years": dossier.history, "total": total_of(dossier, Typed(values)).words}
