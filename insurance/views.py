"""社会保险 in the unit portal: 单位基本信息, 在职花名册, 退休花名册, a person of theirs, and exports (JX 6.1–6.3)."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Unit
from accounts.portal import unit_required
from common import files, identifiers
from common.transitions import TransitionRefused
from insurance import actions, queries, roster
from insurance.forms import RetiredFilter, RosterFilter, ServiceFilter
from insurance.models import Enrolment, InsuredUnit, Retiree, RosterExport
from review.portal import crumbs

# The places on a roster page where its addresses differ from the other roster's.
TITLES = {RosterExport.Roster.SERVICE: "在职花名册查询", RosterExport.Roster.RETIRED: "退休花名册查询"}
PAGES = {
    RosterExport.Roster.SERVICE: "insurance:service_roster",
    RosterExport.Roster.RETIRED: "insurance:retired_roster",
}
STATE_TONES = {
    "active": ("success", "circle-check"),
    "suspended": ("warning", "circle-pause"),
    "ended": ("neutral", "archive"),
}
PAY_TONES = {"1": ("success", "circle-check"), "2": ("warning", "circle-pause"), "3": ("neutral", "archive")}
SLOW_AFTER = timedelta(minutes=30)


def _unit(request: HttpRequest) -> Unit:
    unit: Unit = request.unit  # type: ignore[attr-defined]
    return unit


def _chosen(request: HttpRequest, units: list[InsuredUnit]) -> InsuredUnit | None:
    """The insured unit in the address, the first without one; a number that is not the institution's is 404."""
    number = request.GET.get("number") or request.POST.get("number")
    if not number:
        return units[0] if units else None
    found = next((unit for unit in units if unit.number == number), None)
    if found is None:
        raise Http404
    return found


def _tabs(units: list[InsuredUnit], chosen: InsuredUnit, name: str) -> list[dict[str, Any]]:
    """Several 单位编号: one tab each; none for the usual single one."""
    if len(units) < 2:
        return []
    url = reverse(name)
    return [
        {"title": f"{unit.name} {unit.number}", "url": f"{url}?number={unit.number}", "active": unit == chosen}
        for unit in units
    ]


def _tag(tones: dict[str, tuple[str, str]], code: str, label: str) -> dict[str, str]:
    tone, icon = tones[code]
    return {"tone": tone, "icon": icon, "label": label}


def _no_number(request: HttpRequest, title: str) -> HttpResponse:
    context = {"page_title": title, "crumbs": crumbs("unit", (title, ""))}
    return render(request, "insurance/no_number.html", context)


# --- E1 ------------------------------------------------------------------------------------------


@unit_required
@require_safe
def unit_info(request: HttpRequest) -> HttpResponse:
    """单位基本信息查询."""
    title = "单位基本信息查询"
    units = queries.insured_units(_unit(request))
    chosen = _chosen(request, units)
    if chosen is None:
        return _no_number(request, title)
    summary = queries.unit_summary(chosen)
    context = {
        "insured": chosen,
        "unit_tabs": _tabs(units, chosen, "insurance:unit_info"),
        "facts": [{"label": label, "value": value} for label, value in _unit_facts(chosen, _unit(request))],
        "insurances": [
            {"row": row, "state": _tag(STATE_TONES, row.state, row.get_state_display())} for row in summary.insurances
        ],
        "summary": summary,
        "service_url": f"{reverse('insurance:service_roster')}?number={chosen.number}",
        "retired_url": f"{reverse('insurance:retired_roster')}?number={chosen.number}",
        "page_title": title,
        "crumbs": crumbs("unit", (title, "")),
    }
    return render(request, "insurance/unit_info.html", context)


def _unit_facts(insured: InsuredUnit, unit: Unit) -> list[tuple[str, str]]:
    handlers = "、".join(unit.handlers.active().order_by("pk").values_list("name", flat=True))
    return [
        ("单位编号", insured.number),
        ("单位名称", insured.name),
        ("统一社会信用代码", insured.uscc or unit.uscc),
        ("单位类型", insured.get_unit_type_display()),
        ("经办机构", insured.agency),
        ("参保地", insured.region.name),
        ("法定代表人", insured.legal_representative),
        ("单位地址", insured.address),
        ("网厅经办人", handlers),
    ]


# --- E2, E3 --------------------------------------------------------------------------------------


@unit_required
@require_safe
def service_roster(request: HttpRequest) -> HttpResponse:
    """在职花名册查询."""
    return _roster_page(request, RosterExport.Roster.SERVICE)


@unit_required
@require_safe
def retired_roster(request: HttpRequest) -> HttpResponse:
    """退休花名册查询."""
    return _roster_page(request, RosterExport.Roster.RETIRED)


def _form(kind: RosterExport.Roster, data: Any, insured: InsuredUnit) -> RosterFilter:
    if kind == RosterExport.Roster.RETIRED:
        return RetiredFilter(data, label_suffix="")
    return ServiceFilter(data, kinds=queries.kinds_of(insured))


def _orders(kind: RosterExport.Roster) -> dict[str, roster.Order]:
    return roster.SERVICE_ORDERS if kind == RosterExport.Roster.SERVICE else roster.RETIRED_ORDERS


def _roster_page(request: HttpRequest, kind: RosterExport.Roster) -> HttpResponse:
    title = TITLES[kind]
    units = queries.insured_units(_unit(request))
    insured = _chosen(request, units)
    if insured is None:
        return _no_number(request, title)
    form = _form(kind, request.GET or None, insured)
    choice = form.choice()
    rows = roster.in_service(insured, choice) if kind == "service" else roster.retired(insured, choice)
    page = roster.page(
        rows, _orders(kind)[choice.order], after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    used = choice.stored() | {"number": insured.number if len(units) > 1 else ""}
    used |= {name: text[:7] for name, text in used.items() if name.startswith("months_")}
    total = roster.count(rows)
    context = {
        "roster": kind,
        "insured": insured,
        "unit_tabs": _tabs(units, insured, PAGES[kind]),
        "rows": [_service_row(row) if isinstance(row, Enrolment) else _retired_row(row) for row in page.rows],
        "prev_url": roster.link(used, before=page.before) if page.before else "",
        "next_url": roster.link(used, after=page.after) if page.after else "",
        "total": total,
        "total_words": roster.total_words(total),
        "filter_form": form,
        "filter_target": "roster-list",
        "filter_count": len(choice.stored().keys() - {"order", "kind" if kind == "service" else ""}),
        "clear_url": roster.link({"number": used["number"]}) if used["number"] else reverse(PAGES[kind]),
        "hidden": used,
        "export_url": reverse("insurance:export", args=[kind]),
        "page_title": title,
        "crumbs": crumbs("unit", (title, "")),
    }
    return render(request, "insurance/roster_list.html" if request.htmx else "insurance/roster.html", context)  # type: ignore[attr-defined]


def _person_url(number: str) -> str:
    return reverse("insurance:person", args=[number])


def _service_row(row: Enrolment) -> dict[str, Any]:
    return {
        "row": row,
        "person": row.person,
        "url": _person_url(row.person_number),
        "id_no": identifiers.mask_id(row.person.id_no),
        "state": _tag(STATE_TONES, row.state, row.get_state_display()),
    }


def _retired_row(row: Retiree) -> dict[str, Any]:
    return {
        "row": row,
        "person": row.person,
        "url": _person_url(row.person_number),
        "id_no": identifiers.mask_id(row.person.id_no),
        "account": identifiers.mask_account(row.account_no) if row.account_no else "",
        "state": _tag(PAY_TONES, row.pay_state, row.get_pay_state_display()),
    }


# --- A person ------------------------------------------------------------------------------------


@unit_required
@require_safe
def person(request: HttpRequest, number: str) -> HttpResponse:
    """A person of the unit: facts, enrolments and months through the unit; anybody else's is 404."""
    return _show_person(request, number, in_clear=False)


@unit_required
@require_POST
def clear_text(request: HttpRequest, number: str) -> HttpResponse:
    """The same page with the ID number in clear, in this answer only; logged first."""
    found = queries.person_of_unit(_unit(request), number)
    if found is None:
        raise Http404
    actions.note_clear_text(found, _unit(request), by=request.user)  # type: ignore[arg-type]
    response = _show_person(request, number, in_clear=True)
    response["Cache-Control"] = "private, no-store"
    return response


def _show_person(request: HttpRequest, number: str, *, in_clear: bool) -> HttpResponse:
    unit = _unit(request)
    found = queries.person_of_unit(unit, number)
    if found is None:
        raise Http404
    units = queries.insured_units(unit)
    retiree = Retiree.objects.filter(person=found, unit__in=units).first()
    enrolments = Enrolment.objects.filter(person=found, unit__in=units).select_related("unit").order_by("-starts_on")
    kind = RosterExport.Roster.RETIRED if retiree else RosterExport.Roster.SERVICE
    facts = [
        ("个人代码", found.number),
        ("社会保障号", found.id_no if in_clear else identifiers.mask_id(found.id_no)),
        ("性别", found.get_sex_display()),
        ("出生日期", found.birth_date),
        ("参加工作日期", found.work_started_on),
        ("参保身份", found.get_identity_display()),
        ("编制类型", found.get_staffing_display()),
        ("职务职级或岗位等级", found.get_rank_display()),
    ]
    context = {
        "person": found,
        "in_clear": in_clear,
        "facts": [{"label": label, "value": value} for label, value in facts],
        "enrolments": [
            {"row": row, "state": _tag(STATE_TONES, row.state, row.get_state_display())} for row in enrolments
        ],
        "retiree": _retired_row(retiree) if retiree else None,
        "years": queries.history(found, units=units),
        "page_title": found.name,
        "page_kicker": "参保人员",
        "crumbs": crumbs("unit", (TITLES[kind], reverse(PAGES[kind])), (found.name, "")),
    }
    return render(request, "insurance/person.html", context)


# --- Exports -------------------------------------------------------------------------------------


@unit_required
@require_POST
def export(request: HttpRequest, roster_kind: str) -> HttpResponse:
    """Export the roster as it is filtered; a small one is there at once, a large one when the page says so."""
    kind = RosterExport.Roster(roster_kind)
    insured = _chosen(request, queries.insured_units(_unit(request)))
    wanted = request.POST.get("format", RosterExport.Format.XLSX)
    if insured is None or wanted not in RosterExport.Format.values:
        raise Http404
    choice = _form(kind, request.POST, insured).choice()
    try:
        made = actions.export_roster(
            unit=_unit(request),
            insured_unit=insured,
            kind=kind,
            format=RosterExport.Format(wanted),
            choice=choice,
            by=request.user,  # type: ignore[arg-type]
        )
    except TransitionRefused as refused:
        messages.error(request, str(refused))
        return redirect(PAGES[kind])
    return redirect("insurance:export_page", pk=made.pk)


def _own_export(request: HttpRequest, pk: int) -> RosterExport:
    """An export that the user asked for while acting for this unit; anybody else's is 404."""
    own = RosterExport.objects.filter(unit=_unit(request), asked_by=request.user)  # type: ignore[misc]
    return get_object_or_404(own.select_related("insured_unit", "file"), pk=pk)


@unit_required
@require_safe
def export_page(request: HttpRequest, pk: int) -> HttpResponse:
    """How far an export is, and the way to its file."""
    found = _own_export(request, pk)
    kind = RosterExport.Roster(found.roster)
    context = {
        "export": found,
        "percent": found.done * 100 // found.total,
        "waiting": found.state == RosterExport.State.WAITING,
        "slow": timezone.now() - found.asked_at > SLOW_AFTER,
        "page_title": f"导出{found.get_roster_display()}",
        "crumbs": crumbs("unit", (TITLES[kind], reverse(PAGES[kind])), ("导出", "")),
    }
    part = "insurance/export_state.html" if request.htmx else "insurance/export.html"  # type: ignore[attr-defined]
    return render(request, part, context)


@unit_required
@require_safe
def export_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file of an export, as long as it is kept."""
    found = _own_export(request, pk)
    if found.file is None:
        raise Http404
    return files.file_response(found.file)  # type: ignore[return-value]
