"""What a page costs: time against a bare view behind the same middleware, queries, and weight over the wire."""

import gzip
import re
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import include, path, reverse

from accounts.models import Handler, Individual, User
from benchmarks.harness import Row, ratio_row, time_pair
from review import actions, matters, submission
from review.models import Case, Status
from review.portal import case_url

ROUNDS = 30
MOST_QUERIES = 12
HTML_KB, ASSETS_KB = 20, 40
STATIC = re.compile(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"')
# Only for browsers without modules (IE 11): others do not fetch it.
NOT_FETCHED = "old-browser.js"


@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    """A Django view that does nothing, behind everything that a page goes through."""
    return HttpResponse("ok")


urlpatterns = [path("bare/", bare), path("", include("config.urls"))]


@dataclass(frozen=True)
class Page:
    """A page to measure, who looks at it, and how much dearer than the bare view it may be."""

    what: str
    url: str
    user: User | None
    reach: float


def run() -> list[Row]:
    """Time, queries and weight of each kind of page, on the demonstration data."""
    call_command("prepare", demo=True, verbosity=0)
    rows: list[Row] = []
    with override_settings(ROOT_URLCONF="benchmarks.pages", ALLOWED_HOSTS=["testserver"]):
        for page in _pages():
            rows += _measure(page)
    return rows


def _pages() -> list[Page]:
    applicant = Individual.objects.filter(cases__status=Status.APPROVED).order_by("pk")[0]
    newcomer = Individual.objects.exclude(cases__matter="trainee-application").order_by("pk")[0]
    handler = Handler.objects.active().filter(unit__cases__status=Status.APPROVED).order_by("pk")[0]
    form = _longest_form(actions.start_case("trainee-application", newcomer, by=newcomer.user))
    approved = Case.objects.filter(individual=applicant, status=Status.APPROVED)[0]
    of_unit = Case.objects.filter(unit=handler.unit, status=Status.APPROVED)[0]
    return [
        Page("home", "/", None, 6),
        Page("position search", reverse("positions:search"), None, 6),
        Page("individual home", "/individual/", applicant.user, 6),
        Page("my cases", reverse("review:cases", args=["individual"]), applicant.user, 6),
        Page("case of a person", case_url(approved), applicant.user, 6),
        Page("unit home", "/unit/", handler.user, 6),
        Page("cases of a unit", reverse("review:cases", args=["unit"]), handler.user, 6),
        Page("case of a unit", case_url(of_unit), handler.user, 6),
        Page("form of an application", form, newcomer.user, 8),
    ]


def _longest_form(case: Case) -> str:
    """The page of a case that asks for the most."""
    values = submission.load_values(case)
    pages = [page for page in matters.get(case.matter).pages(case, values) if isinstance(page, matters.Page)]
    longest = max(pages, key=lambda page: len(page.form(case=case, values=values).visible_fields()))
    return case_url(case, "page", page=longest.key)


def _measure(page: Page) -> list[Row]:
    client = Client(headers={"accept-encoding": "gzip"})
    if page.user:
        client.force_login(page.user)
    answer = client.get(page.url)
    if answer.status_code != 200:
        raise AssertionError(f"{page.url} answers {answer.status_code}")
    with CaptureQueriesContext(connection) as queries:
        client.get(page.url)
    asked = [
        q
        for q in queries.captured_queries
        if not q["sql"].startswith(("BEGIN", "SET TRANSACTION", "COMMIT", "SAVEPOINT", "RELEASE"))
    ]
    timing = time_pair(lambda: client.get(page.url), lambda: client.get("/bare/"), rounds=ROUNDS)
    html = gzip.decompress(answer.content) if answer.get("Content-Encoding") == "gzip" else answer.content
    return [
        ratio_row(f"{page.what}: time", timing, page.reach),
        Row(f"{page.what}: queries", len(asked), MOST_QUERIES),
        Row(f"{page.what}: HTML", len(gzip.compress(html)) / 1024, HTML_KB, unit="KB"),
        Row(f"{page.what}: CSS and JS", _assets(html.decode()) / 1024, ASSETS_KB, unit="KB"),
    ]


def _assets(html: str) -> int:
    """Bytes of the page's own style sheets and scripts, as a browser fetches them at the first visit."""
    total = 0
    for url in sorted(set(STATIC.findall(html))):
        if url.endswith(NOT_FETCHED):
            continue
        found = finders.find(url.removeprefix(settings.STATIC_URL))
        with open(found, "rb") as file:
            total += len(gzip.compress(file.read()))
    return total
