"""养老保险待遇申领表 and 待遇核定表 as PDF, for the unit whose claim it is and for staff of its region."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from common import identifiers
from common.pdf import render_pdf
from insurance import claim_estimate, claim_panel
from insurance.claim_facts import Typed, dossier_of, total_of, values_of
from insurance.models import PensionClaim
from insurance.pension import DISCLAIMER
from review import answers
from review.file_views import may_see
from review.models import EDITABLE, Case

MATTER = "pension-claim"


def _case(request: HttpRequest, number: str) -> Case:
    """The claim if it is the user's own or in scope; 404 otherwise."""
    found = Case.objects.filter(matter=MATTER, number=number).select_related("unit", "region").first()
    if found is None or not may_see(found, request.user):
        raise Http404
    return found


def _pdf(template: str, context: dict[str, Any], title: str, name: str) -> HttpResponse:
    response = HttpResponse(render_pdf(template, context, title=title), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@require_safe
def application(request: HttpRequest, number: str) -> HttpResponse:
    """养老保险待遇申领表 as filled in so far: to be signed by the claimant, stamped by the unit, and uploaded."""
    case = _case(request, number)
    values = values_of(case)
    dossier = dossier_of(case, values)
    if dossier is None:
        raise Http404
    unit = dossier.unit
    context = {
        "case": case,
        "person": dossier.person,
        "id_no": dossier.person.id_no if not request.user.is_staff else identifiers.mask_id(dossier.person.id_no),
        "insured_unit": unit,
        "sections": [s for s in answers.sections(case, values, masked=request.user.is_staff) if s.key != "claimant"],
        "claimant": next(s for s in answers.sections(case, values) if s.key == "claimant"),
        "total": total_of(dossier, Typed(values)).words,
        "is_draft": case.status in EDITABLE,
    }
    return _pdf("documents/pension_application.html", context, "养老保险待遇申领表", f"{case.number}-form.pdf")


@require_safe
def assessment(request: HttpRequest, number: str) -> HttpResponse:
    """养老保险待遇核定表: an estimate with its working; there is none before the claim was handed in."""
    case = _case(request, number)
    record = PensionClaim.objects.filter(pk=case.pk).select_related("person", "insured_unit", "case__unit").first()
    if record is None:
        raise Http404
    dossier = claim_estimate.dossier_of(record)
    context = {
        "case": case,
        "record": record,
        "id_no": identifiers.mask_id(record.person.id_no),
        "months": claim_panel.months(record, dossier),
        "outcome": claim_estimate.estimate(record, dossier),
        "disclaimer": DISCLAIMER,
    }
    return _pdf("documents/pension_assessment.html", context, "养老保险待遇核定表", f"{case.number}-assessment.pdf")
