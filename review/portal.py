"""What the views of both portals share: who is acting, which case, and what a page needs to draw it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.menu_groups import GroupClosed
from accounts.models import Individual, Unit
from accounts.portal import individual_required, unit_required
from common.transitions import TransitionRefused
from review import matters, queries, rules, submission
from review.matters import AnyPage, CaseValues, Info, Matter
from review.models import Case, Correction, Status

View = Callable[..., HttpResponse]


class PortalConverter:
    """The first part of a portal's addresses."""

    regex = "individual|unit"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


def portal_view(view: View) -> View:
    """Only for who may enter the portal in the address; the view finds them with ``subject_of(request, portal)``."""
    guarded = {"individual": individual_required(view), "unit": unit_required(view)}

    @wraps(view)
    def dispatch(request: HttpRequest, portal: str, **kwargs: Any) -> HttpResponse:
        return guarded[portal](request, portal=portal, **kwargs)

    return dispatch


def subject_of(request: HttpRequest, portal: str) -> Individual | Unit:
    """The person or the unit acting in this portal."""
    return request.individual if portal == "individual" else request.unit


def get_case(request: HttpRequest, portal: str, number: str) -> Case:
    """The acting subject's case of this number; anybody else's is 404.

    Raises GroupClosed for a case of the unit in a part of the menu that is not open to the acting handler.
    """
    subject = subject_of(request, portal)
    cases = queries.cases_of(subject).select_related("region", "individual__user", "unit", "rating")
    case = cases.filter(number=number).first()
    if case is not None:
        return case
    hidden = Case.objects.of_unit(subject).filter(number=number).first() if isinstance(subject, Unit) else None
    if hidden is not None:
        raise GroupClosed(matters.get(hidden.matter).group)
    raise Http404


def get_matter(portal: str, code: str) -> Matter:
    """The matter of this code if it belongs to the portal; 404 otherwise."""
    try:
        matter = matters.get(code)
    except KeyError:
        raise Http404 from None
    if matter.portal != portal:
        raise Http404
    return matter


def portal_of(case: Case) -> str:
    """The portal in which the applicant sees the case."""
    return "unit" if case.unit_id else "individual"


def case_url(case: Case, name: str = "case", **kwargs: Any) -> str:
    """Address of a case's view in its own portal."""
    return reverse(f"review:{name}", kwargs={"portal": portal_of(case), "number": case.number, **kwargs})


def find_page(pages: list[AnyPage], key: str) -> AnyPage:
    """The page of this key; 404 when the case has none."""
    for page in pages:
        if page.key == key:
            return page
    raise Http404


def open_corrections(case: Case) -> list[Correction]:
    """What the reviewer asked to correct and the applicant has not handed in again."""
    if case.status != Status.RETURNED:
        return []
    return [c for c in case.corrections.all() if c.closed_at is None]


def page_states(matter: Matter, case: Case, values: CaseValues) -> dict[str, str]:
    """How far each page is: done, todo, or error where the reviewer asked for a correction of it."""
    marked = {correction.page for correction in open_corrections(case)}
    states = {}
    for page in matter.pages(case, values):
        if page.key in marked:
            states[page.key] = "error"
        elif isinstance(page, Info) or not submission.page_problems(page, case, values):
            states[page.key] = "done"
        else:
            states[page.key] = "todo"
    return states


def steps(matter: Matter, case: Case, values: CaseValues, current: str) -> list[dict[str, Any]]:
    """The path through the application, with the state of each page."""
    states = page_states(matter, case, values)
    path = [
        {"key": page.key, "title": page.title, "url": case_url(case, "page", page=page.key), "state": states[page.key]}
        for page in matter.pages(case, values)
    ]
    if matter.slots:
        complete = not submission.slot_problems(matter, case, values)
        state = "done" if complete else "todo"
        path.append({"key": "attachments", "title": "上传资料", "url": case_url(case, "attachments"), "state": state})
    path.append({"key": "check", "title": "核对提交", "url": case_url(case, "check"), "state": "todo"})
    for step in path:
        if step["key"] == current:
            step["state"] = "current"
    return path


def grouped(matter: Matter, path: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The path as it is drawn: pages that are one step together are one, with its pages below."""
    drawn: list[dict[str, Any]] = []
    for page in path:
        title = matter.parts.get(page["key"], "")
        if title and drawn and drawn[-1]["title"] == title:
            drawn[-1]["pages"].append(page)
        else:
            drawn.append({**page, "title": title or page["title"], "pages": [page]})
    for step in drawn:
        states = [page["state"] for page in step["pages"]]
        one = next((state for state in ("current", "error", "todo") if state in states), "done")
        step["state"] = one
        step["url"] = next((page["url"] for page in step["pages"] if page["state"] != "done"), step["url"])
    return drawn


def neighbours(path: list[dict[str, Any]], current: str) -> tuple[str, str]:
    """Addresses of the steps before and after the current one; "" where there is none."""
    keys = [step["key"] for step in path]
    at = keys.index(current)
    before = path[at - 1]["url"] if at else ""
    after = path[at + 1]["url"] if at + 1 < len(path) else ""
    return before, after


def problem_links(case: Case, problems: list[submission.Problem]) -> list[dict[str, str]]:
    """Problems as links to where each is mended."""
    return [{"href": _problem_url(case, problem), "text": problem.message} for problem in problems]


def _problem_url(case: Case, problem: submission.Problem) -> str:
    if problem.slot:
        anchor = f"{problem.slot}-{problem.row}" if problem.row else problem.slot
        return f"{case_url(case, 'attachments')}#slot-{anchor}"
    if not problem.page:
        return case_url(case, "check")
    url = case_url(case, "page", page=problem.page)
    query = f"?row={problem.row}" if problem.row else ""
    return f"{url}{query}#field-{problem.field}" if problem.field else f"{url}{query}"


def crumbs(portal: str, *tail: tuple[str, str]) -> list[dict[str, str]]:
    """The way to a page of the portal."""
    home = {"title": "个人办事" if portal == "individual" else "法人办事", "url": f"/{portal}/"}
    return [{"title": "首页", "url": "/"}, home, *({"title": title, "url": url} for title, url in tail)]


def editing(view: View) -> View:
    """For views that edit: a case that may not be edited (any more) leads back to its page with the reason."""

    def guarded(request: HttpRequest, portal: str, number: str, **kwargs: Any) -> HttpResponse:
        case = get_case(request, portal, number)
        try:
            rules.check_editable(case, request.user)
            return view(request, portal=portal, case=case, **kwargs)
        except TransitionRefused as refused:
            messages.error(request, str(refused))
            return redirect(case_url(case))

    return portal_view(guarded)


def editing_context(case: Case, values: CaseValues, portal: str, key: str, title: str) -> dict[str, Any]:
    """What every step of the application draws: the path, the neighbours, the heading."""
    matter = matters.get(case.matter)
    path = steps(matter, case, values, key)
    before, after = neighbours(path, key)
    return {
        "case": case,
        "matter": matter,
        "steps": grouped(matter, path),
        "before_url": before,
        "after_url": after,
        "page_title": title,
        "page_kicker": matter.name,
        "crumbs": crumbs(portal, (matter.name, case_url(case)), (title, "")),
    }
