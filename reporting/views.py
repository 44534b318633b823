"""就业见习人员管理: the unit's people, the look-up of a person, and the way to a 减员申请."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Unit
from accounts.portal import unit_required
from common import codes, identifiers
from common.transitions import TransitionRefused
from reporting import actions, correction_views, corrections, forms, queries, rules, trainee_actions
from reporting.models import Objection, Placement, PlacementEnd
from review import actions as review_actions
from review.forms import typed
from review.matters import StartRefused
from review.models import Case, PageDraft
from review.portal import case_url, crumbs
from review.rules import check_editable

PAGE_SIZE = 20
TITLE = "就业见习人员管理"
TONES = {"见习中": "success", "待开始": "info", "期满待确认": "warning", "已结束": "neutral", "已取消": "neutral"}
ICONS = {
    "见习中": "circle-check",
    "待开始": "calendar-clock",
    "期满待确认": "circle-alert",
    "已结束": "archive",
    "已取消": "ban",
}


def _unit(request: HttpRequest) -> Unit:
    unit: Unit = request.unit  # type: ignore[attr-defined]
    return unit


def _way(*tail: tuple[str, str]) -> list[dict[str, str]]:
    return crumbs("unit", (TITLE, reverse("reporting:placements")), *tail)


def state_of(placement: Placement) -> dict[str, str]:
    """The state in words, with its colour and icon."""
    words = rules.standing(placement, timezone.localdate())
    return {"label": words, "tone": TONES[words], "icon": ICONS[words]}


def _row(placement: Placement) -> dict[str, Any]:
    return {
        "placement": placement,
        "id_no": identifiers.mask_id(placement.id_no),
        "state": state_of(placement),
        "may_end": rules.can_end(placement),
    }


@unit_required
@require_safe
def placements(request: HttpRequest) -> HttpResponse:
    """All people of the unit with their state; those not approved yet stand above."""
    unit, today = _unit(request), timezone.localdate()
    form = forms.PlacementFilter(request.GET or None, label_suffix="")
    chosen = {key: value for key, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    found = queries.placements_of(unit)
    if state := chosen.get("state"):
        found = {
            "running": found.running(today),
            "awaiting": found.awaiting(today),
            "left": found.left(),
            "ended": found.filter(state=Placement.State.ENDED),
            "cancelled": found.filter(state=Placement.State.CANCELLED),
        }[state]
    if name := chosen.get("name"):
        found = found.filter(name__contains=name)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "rows": [_row(placement) for placement in page],
        "page_obj": page,
        "waiting": [
            {"record": record, "url": case_url(record.case)} for record in queries.registrations_under_way(unit)[:50]
        ],
        "awaiting_count": Placement.objects.of_unit(unit).awaiting(today).count(),
        "left_count": Placement.objects.of_unit(unit).left().count(),
        "apply_url": reverse("review:start", kwargs={"portal": "unit", "matter": queries.REGISTRATION_MATTER}),
        "filter_form": form,
        "filter_count": len(chosen),
        "clear_url": reverse("reporting:placements"),
        "page_title": TITLE,
        "crumbs": crumbs("unit", (TITLE, "")),
    }
    return render(request, "reporting/placements.html", context)


@unit_required
@require_safe
def placement(request: HttpRequest, pk: int) -> HttpResponse:
    """One person with the terms of the agreement and how it ended."""
    found = get_object_or_404(queries.placements_of(_unit(request)), pk=pk)
    context = {
        **_row(found),
        "case_url": case_url(found.case),
        "sections": facts_of(found),
        "months": correction_views.rows_of(found),
        "may_correct": corrections.can_on_page(found),
        "correction_url": reverse("review:start", kwargs={"portal": "unit", "matter": queries.CORRECTION_MATTER}),
        "objections": found.objections.all(),
        "answer_form": True,
        "page_title": found.name,
        "page_kicker": found.position.name,
        "crumbs": _way((found.name, "")),
    }
    return render(request, "reporting/placement.html", context)


def facts_of(placement: Placement) -> list[dict[str, Any]]:
    """The agreement, the insurance and the end in words."""
    agreement = [
        ("证件号码", identifiers.mask_id(placement.id_no)),
        ("人员类别", placement.get_category_display()),
        ("见习岗位", f"{placement.position.name}（{placement.position.number}）"),
        ("协议编号", placement.agreement_no),
        ("签订日期", rules.words(placement.signed_on)),
        ("见习期限", f"{rules.words(placement.starts_on)}至{rules.words(placement.ends_on)}"),
        ("生活费标准", f"{placement.living_standard}元/月"),
        ("带教人员", placement.mentor),
    ]
    insurance = [
        ("保险公司", placement.insurer),
        ("保单号", placement.policy_no),
        ("保费", "" if placement.premium is None else f"{placement.premium}元"),
        ("保险期间", f"{rules.words(placement.insured_from)}至{rules.words(placement.insured_to)}"),
    ]
    sections = [("协议信息", agreement), ("保险信息", insurance)]
    if placement.ended_on:
        sections.append(("减员信息", _end_facts(placement, placement.ended_on)))
    return [
        {"title": title, "rows": [{"label": label, "value": value} for label, value in rows]}
        for title, rows in sections
    ]


def _end_facts(placement: Placement, ended_on: Any) -> list[tuple[str, str]]:
    facts = [
        ("实际结束日期", rules.words(ended_on)),
        ("见习结束原因", codes.END_REASON.label(placement.end_reason)),
    ]
    record = PlacementEnd.objects.filter(placement=placement, live=True).first()
    if record is None:
        return facts
    details = [
        ("就业去向", codes.DESTINATION.label(record.destination) if record.destination else ""),
        ("无法完成见习原因", record.unable_reason),
        ("其他方式就业说明", record.other_employment),
        ("留用日期", rules.words(record.retained_on) if record.retained_on else ""),
    ]
    return facts + [(label, value) for label, value in details if value]


# --- 减员 ----------------------------------------------------------------------------------------


@unit_required
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the 减员申请 of a person; the draft opens with the person chosen."""
    found = get_object_or_404(queries.placements_of(_unit(request)), pk=pk)
    try:
        case = actions.start_end(placement=found, by=request.user)  # type: ignore[arg-type]
    except (StartRefused, TransitionRefused) as refused:
        messages.error(request, str(refused))
        return redirect("reporting:placement", pk=pk)
    return redirect(case_url(case, "page", page="end"))


@unit_required
@require_POST
def end_registration(request: HttpRequest, number: str) -> HttpResponse:
    """Somebody who is not approved cannot leave yet (JL)."""
    if queries.registration_case(_unit(request), number) is None:
        raise Http404
    messages.error(request, rules.NOT_APPROVED)
    return redirect("reporting:placements")


@unit_required
@require_POST
def answer_objection(request: HttpRequest, pk: int) -> HttpResponse:
    """The unit answers what a trainee objected to."""
    objection = get_object_or_404(Objection, pk=pk, placement__unit=_unit(request))
    try:
        answer = request.POST.get("answer", "")[:500]
        trainee_actions.answer_objection(objection=objection, answer=answer, by=request.user)  # type: ignore[arg-type]
        messages.success(request, "已答复，见习人员会收到消息")
    except TransitionRefused as refused:
        messages.error(request, str(refused))
    return redirect("reporting:placement", pk=objection.placement_id)


# --- 查询人员 ------------------------------------------------------------------------------------


@unit_required
@require_POST
def look_up(request: HttpRequest, number: str) -> HttpResponse:
    """查询 on the first page of a registration: keeps what was typed, and says who was found or that nobody was."""
    case = queries.registration_case(_unit(request), number)
    if case is None:
        raise Http404
    page = case_url(case, "page", page="person")
    form = forms.PersonForm(request.POST, case=case)
    content = typed(request.POST, form)
    try:
        check_editable(case, request.user)  # type: ignore[arg-type]
        _keep(request, case, content)
        name, id_no = str(content.get("name", "")).strip(), str(content.get("id_no", "")).strip()
        if not name or not id_no:
            raise TransitionRefused("请同时填写姓名和证件号码")
        actions.look_up_person(unit=_unit(request), name=name, id_no=id_no, by=request.user)  # type: ignore[arg-type]
        messages.success(request, "已查到该人员，请核对后进入下一步")
    except TransitionRefused as refused:
        messages.error(request, str(refused))
    return redirect(page)


def _keep(request: HttpRequest, case: Case, content: dict[str, Any]) -> None:
    draft = PageDraft.objects.filter(case=case, page="person").first()
    revision = draft.revision if draft else 0
    review_actions.save_page(case, "person", content, revision, by=request.user)  # type: ignore[arg-type]
