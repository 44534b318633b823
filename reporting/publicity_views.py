"""补贴公示 for everybody: the list, one publicity with masked names, objecting and its receipt; and the unit's account."""

from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts import step_up
from accounts.portal import unit_required
from common import regions
from common.transitions import TransitionRefused
from reporting import claims_queries, disbursement, payments_queries, publicity
from reporting.claims_forms import PayeeForm
from reporting.models import Publicity, PublicityObjection
from reporting.publicity_forms import ObjectionForm
from review.models import Case
from review.portal import case_url, crumbs

PAGE_SIZE, ENTRIES_PER_PAGE = 20, 100
INVALID, TOO_MANY = 422, 429
TITLE = "补贴公示"


def _crumbs(*places: tuple[str, str]) -> list[dict[str, str]]:
    found = [("首页", "/"), ("通知公告", reverse("hall:notices")), *places]
    return [{"title": title, "url": url} for title, url in found]


@login_not_required
@require_safe
def publicities(request: HttpRequest) -> HttpResponse:
    """补贴公示: those of the chosen region, what runs first."""
    code = request.GET.get("region", "")
    code = code if len(code) == 6 and code.isdigit() and regions.exists(code) else ""
    context = {
        "page_title": TITLE,
        "page_lead": f"{regions.path_name(code)}的就业见习补贴公示。" if code else "各地就业见习补贴的公示。",
        "crumbs": _crumbs((TITLE, "")),
        "page_obj": Paginator(payments_queries.public_list(code), PAGE_SIZE).get_page(request.GET.get("page")),
        "titles": payments_queries.MATTER_TITLES,
    }
    return render(request, "reporting/publicities.html", context)


def _find(pk: int) -> Publicity:
    """A publicity that is shown; one that was withdrawn is not there any more."""
    shown = Publicity.objects.exclude(state=Publicity.State.WITHDRAWN)
    return get_object_or_404(shown.select_related("unit", "case", "region"), pk=pk)


def _title(found: Publicity) -> str:
    return f"{found.unit.name}{payments_queries.MATTER_TITLES[found.case.matter]}公示"


@login_not_required
@require_safe
def publicity_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One publicity. When its days are over the people are taken down, the sums stay (PIPL: no longer than needed)."""
    found = _find(pk)
    running = publicity.is_open(found, timezone.localdate())
    entries = found.entries.all()
    context = {
        "page_title": _title(found),
        "crumbs": _crumbs((TITLE, reverse("reporting:publicities")), (found.unit.name, "")),
        "publicity": found,
        "running": running,
        "total": sum(entry.amount for entry in entries),
        "people": len({entry.placement_id for entry in entries}),
        "count": len(entries),
        "page_obj": Paginator(entries, ENTRIES_PER_PAGE).get_page(request.GET.get("page")) if running else None,
    }
    return render(request, "reporting/publicity.html", context)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def object_to(request: HttpRequest, pk: int) -> HttpResponse:
    """提出异议, by anybody, within the period; a flood from one address is stopped."""
    found = _find(pk)
    page_url = reverse("reporting:publicity", args=[pk])
    if not publicity.is_open(found, timezone.localdate()):
        messages.warning(request, "公示已经结束，不再受理异议；如有问题请拨打本页电话反映。")
        return redirect(page_url)
    form = ObjectionForm(request.POST if request.method == "POST" else None, publicity=found)
    status = 200
    if request.method == "POST":
        status = INVALID
        if not ratelimit.consume(request, action="object_to_publicity"):
            form.add_error(None, "提交过于频繁，请一小时后再试，或拨打公示页面的电话反映")
            status = TOO_MANY
        elif form.is_valid():
            try:
                objection = publicity.raise_objection(
                    publicity=found,
                    numbers=form.cleaned_data["entries"],
                    **{name: form.cleaned_data[name] for name in ("name", "contact", "reason", "key")},
                )
                return redirect("reporting:objection_receipt", number=objection.number)
            except TransitionRefused as refused:
                form.add_error(None, str(refused))
    context = {
        "page_title": "提出异议",
        "page_kicker": _title(found),
        "crumbs": _crumbs((TITLE, reverse("reporting:publicities")), (found.unit.name, page_url), ("提出异议", "")),
        "form": form,
        "publicity": found,
        "page_url": page_url,
    }
    return render(request, "reporting/publicity_object.html", context, status=status)


@login_not_required
@require_safe
def objection_receipt(request: HttpRequest, number: str) -> HttpResponse:
    """The receipt, and how the objection stands; it says nothing of who objected or why."""
    found = get_object_or_404(PublicityObjection.objects.select_related("publicity__unit"), number=number)
    rows: list[dict[str, Any]] = [
        {"label": "公示单位", "value": found.publicity.unit.name},
        {"label": "提出时间", "value": f"{timezone.localtime(found.raised_at):%Y-%m-%d %H:%M}"},
        {"label": "涉及条目", "value": f"{found.objected.count()}条"},
        {"label": "状态", "value": found.get_state_display()},
    ]
    context = {
        "page_title": "异议回执",
        "crumbs": _crumbs((TITLE, reverse("reporting:publicities")), ("异议回执", "")),
        "receipt_title": "异议已收到" if found.state == "open" else f"异议已处理：{found.get_state_display()}",
        "receipt_number": found.number,
        "receipt_label": "回执编号",
        "receipt_text": "请记下编号，或收藏本页，可随时查看处理结果。",
        "receipt_rows": rows,
        "receipt_next": [
            "所涉条目已冻结，处理前不会拨付",
            "工作人员核实，必要时按您留下的联系方式与您联系",
            "处理结果在本页显示",
        ]
        if found.state == "open"
        else [],
    }
    response = render(request, "reporting/objection_receipt.html", context)
    # The number is the key to the page.
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


# --- 更正收款账户 ---------------------------------------------------------------------------------


@unit_required
@require_http_methods(["GET", "HEAD", "POST"])
def correct_payee(request: HttpRequest, number: str) -> HttpResponse:
    """What was paid so far; after a failure the account for the next payment, with level 4 or a fresh second proof."""
    unit = request.unit  # type: ignore[attr-defined]
    codes = (claims_queries.LIVING_MATTER, claims_queries.MENTORING_MATTER)
    case = Case.objects.of_unit(unit).filter(matter__in=codes, number=number, publicity__isnull=False).first()
    if case is None:
        raise Http404
    proved = step_up.suffices(request, unit)
    if request.method == "POST" and not proved:
        return redirect(step_up.confirm_url(request.path))
    form = PayeeForm(request.POST if request.method == "POST" else None, unit=unit)
    if request.method == "POST" and form.is_valid():
        try:
            disbursement.correct_payee(case=case, account=form.cleaned_data["account"], by=request.user)  # type: ignore[arg-type]
        except TransitionRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "收款账户已更正，将列入下一批次拨付")
            return redirect("reporting:correct_payee", number=number)
    context = {
        "page_title": "拨付情况",
        "page_kicker": case.number,
        "crumbs": crumbs("unit", (case.number, case_url(case)), ("拨付情况", "")),
        "case": case,
        "words": payments_queries.payment_words(case),
        "payments": payments_queries.payments_of(case),
        "form": form if disbursement.may_correct_payee(case) else None,
        "accounts_url": reverse("accounts:unit_profile"),
        "confirm_url": "" if proved else step_up.confirm_url(request.path),
    }
    return render(request, "reporting/correct_payee.html", context, status=INVALID if form.errors else 200)
