"""参保证明打印: of the unit (JX 6.4), of its people (JX 6.5), many at once, and one's own (B5)."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Individual, Unit
from accounts.portal import individual_required, unit_required
from common import identifiers
from common.transitions import TransitionRefused
from documents import batches
from documents.kinds import Draft
from insurance import certificates, queries, tokens
from insurance.certificate_forms import BatchForm, PeopleFilter, PeriodForm
from insurance.models import Enrolment, InsuredUnit
from review.portal import crumbs

UNIT_TITLE, PEOPLE_TITLE, OWN_TITLE = "单位参保证明打印", "个人参保证明打印", "我的参保证明"
PAGE_SIZE = 50
INVALID = 422


def _unit(request: HttpRequest) -> Unit:
    unit: Unit = request.unit  # type: ignore[attr-defined]
    return unit


def _insured(request: HttpRequest) -> tuple[InsuredUnit | None, list[dict[str, Any]]]:
    """The insured unit (单位编号) in the address, else the first, and tabs for several; another's number is 404."""
    units = queries.insured_units(_unit(request))
    number = request.GET.get("number") or request.POST.get("number")
    chosen = next((unit for unit in units if unit.number == number), None) if number else next(iter(units), None)
    if number and chosen is None:
        raise Http404
    tabs = [
        {"title": f"{unit.name} {unit.number}", "url": f"{request.path}?number={unit.number}", "active": unit == chosen}
        for unit in units
    ]
    return chosen, tabs if len(tabs) > 1 else []


def _no_number(request: HttpRequest, title: str) -> HttpResponse:
    context = {"page_title": title, "crumbs": crumbs("unit", (title, ""))}
    return render(request, "insurance/certificate_no_number.html", context)


# --- E4 ------------------------------------------------------------------------------------------


@unit_required
@require_http_methods(["GET", "HEAD", "POST"])
def unit_certificate(request: HttpRequest) -> HttpResponse:
    """单位参保证明打印: what it will say, and 打印."""
    insured, tabs = _insured(request)
    if insured is None:
        return _no_number(request, UNIT_TITLE)
    if request.method == "POST":
        document = certificates.issue_for_unit(unit=_unit(request), insured=insured, by=request.user)  # type: ignore[arg-type]
        return redirect("documents:download", number=document.number)
    snapshot = certificates.unit_snapshot(insured)
    facts = [
        ("单位名称", snapshot["name"]),
        ("统一社会信用代码", snapshot["uscc"] or "—"),
        ("单位编号", snapshot["number"]),
        ("参保地", snapshot["place"]),
        ("出具机构", insured.agency),
    ]
    context = {
        "insured": insured,
        "unit_tabs": tabs,
        "rows": _rows(facts),
        "insurances": snapshot["insurances"],
        "page_title": UNIT_TITLE,
        "page_lead": "确认数据无误后点击打印，下载带有电子签名和二维码的PDF证明。",
        "crumbs": crumbs("unit", (UNIT_TITLE, "")),
    }
    return render(request, "insurance/certificate_unit.html", context)


def _rows(facts: list[tuple[str, Any]]) -> list[dict[str, Any]]:
    return [{"label": label, "value": value} for label, value in facts]


# --- E5 ------------------------------------------------------------------------------------------


def _people(insured: InsuredUnit, form: PeopleFilter) -> QuerySet[Enrolment]:
    rows = Enrolment.objects.in_service(insured).order_by("person_number", "pk")
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    if name := chosen.get("name"):
        words = tokens.query_tokens(insured.pk, name)
        rows = rows.filter(tokens__contains=words) if words else rows.none()
    if number := identifiers.normalise(chosen.get("person_number") or ""):
        rows = rows.filter(person_number__gte=number, person_number__lt=number + "\U0010ffff")
    return rows


@unit_required
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """个人参保证明打印: the unit's people in service; one by one, or many at once below."""
    insured, tabs = _insured(request)
    if insured is None:
        return _no_number(request, PEOPLE_TITLE)
    return _people_page(request, insured, tabs, BatchForm(None, []))


def _people_page(
    request: HttpRequest, insured: InsuredUnit, tabs: list[dict[str, Any]], form: BatchForm, status: int = 200
) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    filter_form = PeopleFilter(given or None, label_suffix="")
    found = _people(insured, filter_form)
    chosen = {key: given[key] for key in ("name", "person_number") if given.get(key)}
    after = given.get("after", "")
    shown = list((found.filter(person_number__gt=after) if after else found).select_related("person")[: PAGE_SIZE + 1])
    address, kept = reverse("certificates:people"), {"number": insured.number, **chosen}
    last = shown[PAGE_SIZE - 1].person_number if len(shown) > PAGE_SIZE else ""
    context = {
        "insured": insured,
        "unit_tabs": tabs,
        "people": [{"row": row, "id_no": identifiers.mask_id(row.person.id_no)} for row in shown[:PAGE_SIZE]],
        "ticked": form.people,
        "filter_form": filter_form,
        "filter_count": len(chosen),
        "clear_url": f"{address}?number={insured.number}",
        "hidden": kept | ({"after": after} if after else {}),
        "prev_url": f"{address}?{urlencode(kept)}" if after else "",
        "next_url": f"{address}?{urlencode({**kept, 'after': last})}" if last else "",
        "batch_form": form,
        "batches_url": reverse("documents:batches"),
        "page_title": PEOPLE_TITLE,
        "crumbs": crumbs("unit", (PEOPLE_TITLE, "")),
    }
    return render(request, "insurance/certificate_people.html", context, status=status)


@unit_required
@require_POST
def batch(request: HttpRequest) -> HttpResponse:
    """批量打印: begun in the background; its page shows how far it is."""
    insured, tabs = _insured(request)
    if insured is None:
        raise Http404
    form = BatchForm(request.POST, request.POST.getlist("people")[: batches.MOST_AT_ONCE + 1])
    if not form.is_valid():
        return _people_page(request, insured, tabs, form, INVALID)
    numbers = form.people
    if form.cleaned_data["who"] == "all":
        found = _people(insured, PeopleFilter(request.POST, label_suffix=""))
        numbers = list(found.values_list("person_number", flat=True)[: batches.MOST_AT_ONCE + 1])
    try:
        started = batches.start(
            kind=certificates.PersonCertificate.code,
            unit=_unit(request),
            subject_keys=numbers,
            options={"insured": insured.number, **form.period().stored()},
            form=form.cleaned_data["form"],
            by=request.user,  # type: ignore[arg-type]
        )
    except TransitionRefused as refused:
        form.add_error(None, str(refused))
        return _people_page(request, insured, tabs, form, INVALID)
    return redirect("documents:batch", pk=started.pk)


@unit_required
@require_http_methods(["GET", "HEAD", "POST"])
def person_certificate(request: HttpRequest, number: str) -> HttpResponse:
    """One person: what the certificate will say for the period, and 打印. Anybody not in service here is 404."""
    insured, _ = _insured(request)
    if insured is None or not certificates.in_service(insured, [number]):
        raise Http404
    form = _period_form(request)
    back = f"{reverse('certificates:people')}?number={insured.number}"
    context = {
        "hidden": {"number": insured.number},
        "back_url": back,
        "crumbs": crumbs("unit", (PEOPLE_TITLE, back), ("证明预览", "")),
    }
    return _preview_or_print(
        request, form, lambda: certificates.draft_for_unit(_unit(request), insured, number, form.period()), context
    )


# --- B5 ------------------------------------------------------------------------------------------


@individual_required
@require_http_methods(["GET", "HEAD", "POST"])
def own_certificate(request: HttpRequest) -> HttpResponse:
    """我的参保证明: one's own, from real-name level 3 on (matters A1)."""
    individual: Individual = request.individual  # type: ignore[attr-defined]
    person = queries.person_of_individual(individual)
    way = crumbs("individual", (OWN_TITLE, ""))
    if person is None:
        context = {"page_title": OWN_TITLE, "crumbs": way, "verified": individual.is_verified}
        return render(request, "insurance/certificate_own_none.html", context)
    form = _period_form(request)
    context = {"hidden": {}, "back_url": "", "page_title": OWN_TITLE, "crumbs": way}
    return _preview_or_print(request, form, lambda: certificates.own_draft(individual, person, form.period()), context)


# --- Both ----------------------------------------------------------------------------------------


def _period_form(request: HttpRequest) -> PeriodForm:
    given = request.POST if request.method == "POST" else request.GET
    initial = {"span": certificates.Span.RECENT}
    return PeriodForm(given if "span" in given else None, initial=initial, label_suffix="")


def _preview_or_print(request: HttpRequest, form: PeriodForm, make: Any, context: dict[str, Any]) -> HttpResponse:
    draft: Draft | None = None
    status = 200
    try:
        draft = make()
    except TransitionRefused as refused:
        context["refusal"] = str(refused)
    if form.is_bound and not form.is_valid():
        status = INVALID
    elif request.method == "POST" and draft:
        document = certificates.issue(draft, by=request.user)  # type: ignore[arg-type]
        return redirect("documents:download", number=document.number)
    elif request.method == "POST":
        messages.error(request, context["refusal"])
        status = INVALID
    if draft:
        context |= {"draft": draft, "rows": _rows(_facts(draft)), "months": draft.snapshot["months"]}
        context.setdefault("page_title", f"{draft.subject}的参保证明")
    context.setdefault("page_title", PEOPLE_TITLE)
    return render(request, "insurance/certificate_preview.html", {**context, "period_form": form}, status=status)


def _facts(draft: Draft) -> list[tuple[str, Any]]:
    snapshot = draft.snapshot
    return [
        ("姓名", snapshot["name"]),
        ("社会保障号", identifiers.mask_id(snapshot["id_no"])),
        ("性别", snapshot["sex"]),
        ("个人代码", snapshot["number"]),
        ("单位名称", snapshot["unit"]),
        ("参保地", snapshot["place"]),
        ("险种", snapshot["kind"]),
        ("参保时间、状态", f"{snapshot['since']}，{snapshot['state']}"),
        ("证明期间", snapshot["period"]),
        ("缴费月数", f"期间{snapshot['paid']}个月，累计{snapshot['total']}个月"),
        ("出具机构", draft.issuer),
    ]
