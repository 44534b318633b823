"""The portal's views around a case: start, lists, the case itself, submission and what follows it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts import step_up
from common import workdays
from common.pdf import render_pdf
from common.transitions import TransitionRefused
from review import actions, answers, background_actions, lapse, matters, queries, rules, submission, workflow
from review.attachment_views import slot_context
from review.forms import RatingForm
from review.matters import StartRefused
from review.models import EDITABLE, WAITING, Case, Status
from review.portal import (
    case_url,
    crumbs,
    editing_context,
    get_case,
    get_matter,
    open_corrections,
    portal_view,
    problem_links,
    steps,
    subject_of,
)
from review.timeline import timeline_entries

INVALID = 422


@portal_view
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, portal: str, matter: str) -> HttpResponse:
    """What the matter asks for, and the button that opens a draft."""
    declared = get_matter(portal, matter)
    subject = subject_of(request, portal)
    refused: StartRefused | None = None
    proved = step_up.is_fresh(request)
    try:
        if request.method == "POST":
            case = actions.start_case(declared.code, subject, by=request.user, proved=proved)
            return redirect(_first_page(case))
        rules.check_start(declared.code, request.user, subject, proved=proved)
    except StartRefused as error:
        refused = error
    unfinished = queries.cases_of(subject).of_matter(declared.code).filter(status__in=EDITABLE)[:3]
    context = {
        "matter": declared,
        "refused": refused,
        "refused_url": _way_out(portal, refused),
        "unfinished": unfinished,
        "page_title": declared.name,
        "crumbs": crumbs(portal, (declared.name, "")),
    }
    return render(
        request, "review/start.html", context, status=INVALID if refused and request.method == "POST" else 200
    )


def _way_out(portal: str, refused: StartRefused | None) -> str:
    """A refusal points to an address, or to an existing case by its number."""
    if refused is None or not refused.url:
        return ""
    return refused.url if refused.url.startswith("/") else reverse("review:case", args=[portal, refused.url])


def _first_page(case: Case) -> str:
    values = submission.load_values(case)
    return steps(matters.get(case.matter), case, values, "")[0]["url"]


# --- One case ------------------------------------------------------------------------------


@portal_view
def case(request: HttpRequest, portal: str, number: str) -> HttpResponse:
    """The case: where it stands, what to do, what was handed in, and what happened."""
    case = get_case(request, portal, number)
    matter = matters.get(case.matter)
    values = submission.current_values(case)
    background = rules.background_submission(case)
    editable = background is None and rules.can_edit(case, request.user)
    context = {
        "case": case,
        "matter": matter,
        "portal": portal,
        "editable": editable,
        "background": background,
        "tasks": _tasks(case, values) if editable else [],
        "check_url": case_url(case, "check") if editable else "",
        "corrections": _correction_links(case),
        "reason": _reason(case),
        "outcome": matter.outcome(case) if case.status == Status.APPROVED else "",
        "handling_region": answers.handling_region(case),
        "last_day": lapse.last_day(case),
        "may_reapply": case.status in actions.REAPPLICABLE,
        **_clock(case),
        "sections": answers.sections(case, values, previous=_previous(case, editable)),
        "slots": [slot_context(case, s, editable=False) for s in submission.slot_states(matter, case, values)],
        "entries": timeline_entries(case),
        "rating": getattr(case, "rating", None),
        "may_rate": case.status in (Status.APPROVED, Status.REJECTED, Status.REVOKED),
        "page_title": matter.name,
        "crumbs": crumbs(portal, ("我的办件", reverse("review:cases", args=[portal])), (case.number, "")),
    }
    return render(request, "review/case.html", context)


def _clock(case: Case) -> dict[str, int | None]:
    """Working days left, or over, while the office has the case; the clock stands still otherwise."""
    if case.status not in WAITING or case.due_on is None:
        return {"days_left": None, "days_over": None}
    left = workdays.working_days_between(timezone.localdate(), case.due_on)
    return {"days_left": left, "days_over": max(-left, 0)}


def _previous(case: Case, editable: bool) -> Any:
    """What to compare with: the submission before the last one, or the last one while correcting."""
    before = None if editable else case.round
    if case.round < (1 if editable else 2):
        return None
    snapshot = submission.submitted_values(case, before_round=before)
    return snapshot["pages"] if snapshot else None


def _tasks(case: Case, values: Any) -> list[dict[str, Any]]:
    """The steps of the application as a task list."""
    words = {"error": "marked"}
    return [
        {"title": step["title"], "url": step["url"], "state": words.get(step["state"], step["state"])}
        for step in steps(matters.get(case.matter), case, values, "")
        if step["key"] != "check"
    ]


def _correction_links(case: Case) -> list[dict[str, str]]:
    """Everything that the reviewer asked for, each with a link to the place (一次性告知)."""
    problems = [
        submission.Problem(c.reason, c.page, c.field, str(c.row_key or ""), c.slot) for c in open_corrections(case)
    ]
    return [
        link | {"label": _target_words(case, c)}
        for link, c in zip(problem_links(case, problems), open_corrections(case), strict=True)
    ]


def _target_words(case: Case, correction: Any) -> str:
    """What a correction is about, in the words of the form."""
    matter = matters.get(case.matter)
    if correction.slot:
        return next((slot.title for slot in matter.slots if slot.key == correction.slot), correction.slot)
    pages = {page.key: page for page in matter.pages(case, submission.load_values(case))}
    page = pages.get(correction.page)
    title = page.title if page else correction.page
    form = getattr(page, "form", None)
    label = form.base_fields[correction.field].label if form and correction.field in form.base_fields else ""
    return f"{title} › {label}" if label else title


def _reason(case: Case) -> str:
    """Why the case was returned, rejected, revoked or closed."""
    names = {"returned": "return", "rejected": "reject", "revoked": "revoke", "closed": "lapse"}
    name = names.get(case.status)
    entry = case.timeline.filter(transition=name).order_by("-at").first() if name else None
    return entry.reason if entry else ""


# --- Check, submit, receipt ------------------------------------------------------------------


@portal_view
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, portal: str, number: str) -> HttpResponse:
    """Everything once more before it is submitted; POST submits. A second click finds the receipt."""
    case = get_case(request, portal, number)
    if case.status not in EDITABLE:
        return redirect(case_url(case, "receipt"))
    if rules.background_submission(case):
        return redirect(case_url(case, "progress"))
    problems: list[submission.Problem] = []
    tried = request.method == "POST"
    if tried:
        try:
            return redirect(case_url(case, _submit(case, request.user)))
        except submission.Incomplete as incomplete:
            problems = incomplete.problems
        except TransitionRefused as refused:
            messages.error(request, str(refused))
            return redirect(case_url(case))
    matter, values = matters.get(case.matter), submission.load_values(case)
    problems = problems or submission.validate(case, values).problems
    context = editing_context(case, values, portal, "check", "核对提交")
    context |= {
        "sections": answers.sections(case, values),
        "slots": [slot_context(case, s, editable=False) for s in submission.slot_states(matter, case, values)],
        "errors": problem_links(case, problems),
        "tried": tried,
    }
    return render(request, "review/check.html", context, status=INVALID if tried else 200)


def _submit(case: Case, by: Any) -> str:
    """Submit now, or leave a large file to a job; the name of the page to go to."""
    if background_actions.needs_background(case):
        background_actions.submit_in_background(case=case, by=by)
        return "progress"
    workflow.perform(case, "submit", by=by)
    return "receipt"


@portal_view
@require_safe
def progress(request: HttpRequest, portal: str, number: str) -> HttpResponse:
    """How far the job is that submits the case; asked again by the page itself, or by its link to refresh."""
    case = get_case(request, portal, number)
    run = case.background_submissions.first()
    if run is None:
        raise Http404
    if run.state == run.State.DONE:
        url = case_url(case, "receipt")
        return HttpResponseClientRedirect(url) if request.htmx else redirect(url)
    context = {
        "case": case,
        "portal": portal,
        "run": run,
        "progress_url": case_url(case, "progress"),
        "mend_url": _first_page(case) if run.is_finished and case.status in EDITABLE else "",
        "page_title": "正在导入" if not run.is_finished else "导入未完成",
        "page_kicker": matters.get(case.matter).name,
        "crumbs": crumbs(portal, (matters.get(case.matter).name, case_url(case)), ("导入进度", "")),
    }
    template = "review/progress_part.html" if request.htmx else "review/progress.html"
    return render(request, template, context)


@portal_view
def receipt(request: HttpRequest, portal: str, number: str) -> HttpResponse:
    """「申报成功」, the number and what happens next."""
    case = get_case(request, portal, number)
    if case.submitted_at is None:
        return redirect(case_url(case, "progress") if rules.background_submission(case) else case_url(case))
    matter = matters.get(case.matter)
    step = case.steps.filter(current=True).select_related("region").first()
    rows = [
        {"label": "业务名称", "value": matter.name},
        {"label": "提交时间", "value": f"{answers.moment(case.submitted_at)}"},
        {"label": "业务办理属地", "value": answers.handling_region(case)},
    ]
    if case.due_on:
        rows.append({"label": "预计办结", "value": f"{answers.day(case.due_on)}前"})
    following = [
        *([f"{step.region}{step.get_role_display()}将在{answers.day(step.due_on)}前处理"] if step else []),
        *([matter.next_words(case)] if matter.next_words(case) else []),
        "审核结果会发送到您的消息中心，也可随时在“我的办件”查看进度",
        *(["在受理之前，您可以撤回修改后重新提交"] if case.status == Status.SUBMITTED else []),
    ]
    context = {
        "case": case,
        "portal": portal,
        "receipt_title": "申报成功",
        "receipt_number": case.number,
        "receipt_rows": rows,
        "receipt_next": following,
        "page_title": "申报成功",
        "crumbs": crumbs(portal, (matter.name, case_url(case)), ("申报成功", "")),
    }
    return render(request, "review/receipt.html", context)


@portal_view
def print_form(request: HttpRequest, portal: str, number: str) -> HttpResponse:
    """The case as a PDF form (打印)."""
    case = get_case(request, portal, number)
    matter = matters.get(case.matter)
    context = {
        "case": case,
        "matter": matter,
        "sections": answers.sections(case, submission.current_values(case)),
        "slots": submission.slot_states(matter, case, submission.current_values(case)),
        "handling_region": answers.handling_region(case),
    }
    pdf = render_pdf("documents/case.html", context, title=f"{matter.name} {case.number}")
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{case.number}.pdf"'
    return response


# --- Withdraw, close, start again, rate --------------------------------------------------------


def _confirmed(
    title: str, text: Callable[[Case], str], act: Callable[[Case, HttpRequest], Any], done: str, label: str
) -> Any:
    """A view that asks for confirmation on GET and acts on POST."""

    @portal_view
    @require_http_methods(["GET", "POST"])
    def view(request: HttpRequest, portal: str, number: str) -> HttpResponse:
        case = get_case(request, portal, number)
        if request.method == "POST":
            try:
                result = act(case, request)
            except (TransitionRefused, StartRefused) as refused:
                messages.error(request, str(refused))
                return redirect(case_url(case))
            messages.success(request, done)
            return redirect(case_url(result))
        context = {
            "case": case,
            "text": text(case),
            "confirm_label": label,
            "back_url": case_url(case),
            "page_title": title,
            "crumbs": crumbs(portal, (case.number, case_url(case)), (title, "")),
        }
        return render(request, "review/confirm.html", context)

    return view


withdraw = _confirmed(
    "撤回办件",
    lambda case: (
        f"确认撤回“{matters.get(case.matter).name}”（{case.number}）吗？撤回后填写的内容会保留，修改后可以重新提交。"
    ),
    lambda case, request: workflow.perform(case, "withdraw", by=request.user),
    "已撤回，内容已保留，修改后可重新提交",
    "确认撤回",
)
close = _confirmed(
    "作废办件",
    lambda case: f"确认作废“{matters.get(case.matter).name}”（{case.number}）吗？作废后不能恢复，需要时可重新申报。",
    lambda case, request: workflow.perform(case, "close", by=request.user),
    "已作废",
    "确认作废",
)
reapply = _confirmed(
    "重新申报",
    lambda case: (
        f"将按“{matters.get(case.matter).name}”（{case.number}）的内容生成一件新的暂存办件，材料需要重新上传。"
    ),
    lambda case, request: actions.reapply(case, by=request.user, proved=step_up.is_fresh(request)),
    "已生成新的暂存办件，请修改后提交",
    "生成暂存办件",
)


@portal_view
@require_http_methods(["GET", "POST"])
def rate(request: HttpRequest, portal: str, number: str) -> HttpResponse:
    """好差评 of a finished case."""
    case = get_case(request, portal, number)
    form = RatingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.rate(case, form.cleaned_data["level"], form.cleaned_data["comment"], by=request.user)
            messages.success(request, "感谢您的评价")
        except TransitionRefused as refused:
            messages.error(request, str(refused))
        return redirect(case_url(case))
    context = {
        "case": case,
        "form": form,
        "page_title": "好差评",
        "page_lead": f"请评价“{matters.get(case.matter).name}”（{case.number}）的办理",
        "rating": {
            "name": "level",
            "legend": "您对本次办理满意吗？",
            "value": form["level"].value(),
            "options": [choice for choice in form.fields["level"].choices if choice[0]],
        },
        "crumbs": crumbs(portal, (case.number, case_url(case)), ("好差评", "")),
    }
    return render(request, "review/rate.html", context, status=INVALID if request.method == "POST" else 200)
