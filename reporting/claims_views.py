"""就业见习生活费补贴管理 and 就业见习带教补贴管理: the lists, the months of a person, the printed forms."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Unit
from accounts.portal import unit_required
from common import identifiers
from common.pdf import render_pdf
from reporting import claims_forms, claims_queries, queries
from reporting.claims import explain_refund
from reporting.matters.living_subsidy import LivingSubsidyMatter
from reporting.matters.mentoring_subsidy import people_of
from reporting.models import Placement
from reporting.subsidy import explain, facts, share_of_month
from reporting.subsidy_policies import FiguresBook
from review import answers, matters, submission
from review.models import Case
from review.portal import case_url, crumbs

PAGE_SIZE = 20
LIVING_TITLE, MENTORING_TITLE = "就业见习生活费补贴管理", "就业见习带教补贴管理"


def _unit(request: HttpRequest) -> Unit:
    unit: Unit = request.unit  # type: ignore[attr-defined]
    return unit


# --- The lists -----------------------------------------------------------------------------------


def _list(
    request: HttpRequest,
    matter: str,
    title: str,
    form: forms.Form,
    narrow: Callable[[Any, dict[str, Any]], Any],
    template: str,
) -> HttpResponse:
    chosen = {key: value for key, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    found = narrow(claims_queries.claims_of(_unit(request), matter), chosen)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "rows": [_row(case, matter) for case in page],
        "page_obj": page,
        "apply_url": reverse("review:start", kwargs={"portal": "unit", "matter": matter}),
        "filter_form": form,
        "filter_count": len(chosen),
        "clear_url": request.path,
        "page_title": title,
        "crumbs": crumbs("unit", (title, "")),
    }
    return render(request, template, context)


def _row(case: Case, matter: str) -> dict[str, Any]:
    name = "livingsubsidyclaim_record" if matter == claims_queries.LIVING_MATTER else "mentoringsubsidyclaim_record"
    return {
        "case": case,
        "record": getattr(case, name, None),
        "url": case_url(case),
        "payment_url": reverse("reporting:correct_payee", args=[case.number]) if hasattr(case, "publicity") else "",
    }


def _in_span(found: Any, chosen: dict[str, Any]) -> Any:
    """Claims with a month from–to; drafts have no months yet."""
    if begin := chosen.get("begin"):
        found = found.filter(livingsubsidyclaim_record__last_month__gte=begin)
    if end := chosen.get("end"):
        found = found.filter(livingsubsidyclaim_record__first_month__lte=end)
    return found


@unit_required
@require_safe
def living_subsidies(request: HttpRequest) -> HttpResponse:
    """就业见习生活费补贴管理 (JL): the unit's claims, from–to."""
    form = claims_forms.ClaimFilter(request.GET or None, label_suffix="")
    return _list(request, claims_queries.LIVING_MATTER, LIVING_TITLE, form, _in_span, "reporting/living_subsidies.html")


def _in_year(found: Any, chosen: dict[str, Any]) -> Any:
    year = chosen.get("year")
    return found.filter(mentoringsubsidyclaim_record__year=year) if year else found


@unit_required
@require_safe
def mentoring_subsidies(request: HttpRequest) -> HttpResponse:
    """就业见习带教补贴管理 (JL): the unit's claims by year."""
    form = claims_forms.YearFilter(request.GET or None, label_suffix="")
    return _list(
        request, claims_queries.MENTORING_MATTER, MENTORING_TITLE, form, _in_year, "reporting/mentoring_subsidies.html"
    )


# --- 详情 ----------------------------------------------------------------------------------------


@unit_required
@require_safe
def months(request: HttpRequest, pk: int) -> HttpResponse:
    """详情 (JL): the approved months of a person, with the subsidy of each and why it is this amount."""
    placement = get_object_or_404(queries.placements_of(_unit(request)), pk=pk)
    book, region = FiguresBook.load(), queries.handling_region(placement.unit)
    context = {
        "placement": placement,
        "id_no": identifiers.mask_id(placement.id_no),
        "rows": [_month(one, placement, region, book) for one in claims_queries.person_months(placement)],
        "insurances": [
            {"row": one, "lines": explain_refund(one.explanation)}
            for one in placement.claimed_insurances.held().select_related("claim__case")
        ],
        "page_title": placement.name,
        "page_kicker": "月报和补贴",
        "crumbs": crumbs("unit", (LIVING_TITLE, reverse("reporting:living_subsidies")), (placement.name, "")),
    }
    return render(request, "reporting/subsidy_months.html", context)


def _month(found: dict[str, Any], placement: Placement, region: str, book: FiguresBook) -> dict[str, Any]:
    """A month as claimed, else as it would be computed today; the report's own figure stands beside it."""
    row, claimed = found["row"], found["claimed"]
    if claimed is not None:
        kept = claimed.explanation
    else:
        figures = book.figures(region, row.category, row.month)
        share = share_of_month(row.month, placement.starts_on, placement.last_day, figures.partial_month)
        kept = facts(row.month, row.net_pay, figures, share)
    amount = kept["amount"]
    differs = str(row.subsidy) != str(amount) if row.subsidy is not None or amount is not None else False
    return {**found, "amount": amount, "reason": kept["reason"], "lines": explain(kept), "differs": differs}


# --- Printed forms -------------------------------------------------------------------------------


def _claim(request: HttpRequest, number: str) -> Case:
    codes = (claims_queries.LIVING_MATTER, claims_queries.MENTORING_MATTER)
    found = (
        Case.objects.of_unit(_unit(request)).filter(matter__in=codes, number=number).select_related("unit", "region")
    )
    case = found.first()
    if case is None:
        raise Http404
    return case


def _pdf(template: str, context: dict[str, Any], title: str, number: str) -> HttpResponse:
    response = HttpResponse(render_pdf(template, context, title=title), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    return response


def _sections(case: Case) -> dict[str, Any]:
    return {section.key: section for section in answers.sections(case, submission.current_values(case))}


@unit_required
@require_safe
def claim_form(request: HttpRequest, number: str) -> HttpResponse:
    """补贴申请表, filled, to stamp and upload."""
    case = _claim(request, number)
    sections = _sections(case)
    titles = {
        claims_queries.LIVING_MATTER: "就业见习生活费补贴申请表",
        claims_queries.MENTORING_MATTER: "就业见习带教补贴申请表",
    }
    shown = [sections[key] for key in ("months", "year", "account", "figures") if key in sections]
    context = {"case": case, "sections": shown, "today": timezone.localdate()}
    return _pdf("documents/claim_form.html", context, titles[case.matter], f"{number}-form")


@unit_required
@require_safe
def claim_roster(request: HttpRequest, number: str) -> HttpResponse:
    """人员名册 of the months, or 留用人员名单 of the year, to stamp and upload."""
    case = _claim(request, number)
    values = submission.current_values(case)
    matter = matters.get(case.matter)
    context: dict[str, Any] = {"case": case, "today": timezone.localdate()}
    if isinstance(matter, LivingSubsidyMatter):
        context |= {"offers": matter.chosen(case, values), "total": matter.total(case, values)}
        return _pdf("documents/claim_roster.html", context, "就业见习生活费补贴人员名册", f"{number}-roster")
    people = people_of(case, values)
    kept = [person for person in people if person.retained]
    year = claims_forms.year_of(values)
    context |= {"people": kept, "year": year, "completed": len(people)}
    return _pdf("documents/retained_roster.html", context, "就业见习留用人员名单", f"{number}-roster")
