"""What every test runs under: detectors of whole classes of faults, a clock, and a real browser."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.core.paginator import UnorderedObjectListWarning
from django.db import connection
from django.template import Template
from django.test import Client
from django.test.signals import template_rendered

from tests.support import browser as chromium
from tests.support.queries import assert_num_queries as _assert_num_queries
from tests.support.queries import assert_same_queries_for_more_rows as _same_queries
from tests.support.templates import forms_without_token, undefined_variables

# Playwright's synchronous interface runs an event loop in the thread that also asks the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys take a live server and a browser: whoever asks for one is marked."""
    for item in items:
        if {"page", "phone", "desktop", "chromium_browser"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: Any, request: pytest.FixtureRequest
) -> Iterator[None]:
    """A database for this process, copied from one that was migrated before (pytest-django would migrate each)."""
    from tests.support.database import migrated_copy

    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    with django_db_blocker.unblock(), migrated_copy(f"test_hall_{worker}"):
        yield


@pytest.fixture(scope="session")
def document_face() -> None:
    """The face of documents, built once per checkout: without it PDF files are larger."""
    call_command("build_document_font", verbosity=0)


@pytest.fixture(autouse=True)
def _templates_are_whole(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A rendered template shows no undefined variable and has no POST form without its CSRF token.

    Checked where it is rendered, so that mails and documents are covered as well as pages. Forms are
    checked in whole answers only: a fragment may stand inside a form that has the token.
    """
    faults: list[str] = []
    render = Template._render  # type: ignore[attr-defined]

    def checked_render(self: Template, context: Any) -> str:
        html = render(self, context)
        if names := undefined_variables(html):
            faults.append(f"{self.name}: undefined {', '.join(sorted(set(names)))}")
        if "<html" in html and (actions := forms_without_token(html)):
            faults.append(f"{self.name}: POST form without a CSRF token: {actions}")
        return html

    monkeypatch.setattr(Template, "_render", checked_render)
    yield
    assert not faults, "\n".join(sorted(set(faults)))


@pytest.fixture
def rendered_templates() -> Iterator[list[str]]:
    """Names of the templates rendered during the test."""
    names: list[str] = []

    def remember(template: Template, **_: object) -> None:
        if template.name:
            names.append(template.name)

    template_rendered.connect(remember)
    yield names
    template_rendered.disconnect(remember)


@pytest.fixture
def assert_num_queries() -> Callable[..., Any]:
    """``with assert_num_queries(3):`` or ``assert_num_queries(12, at_most=True)``; transaction frames do not count."""
    return _assert_num_queries


@pytest.fixture
def assert_same_queries_for_more_rows() -> Callable[..., int]:
    """``assert_same_queries_for_more_rows(add_row, request)``: as many queries for 3 rows as for 1."""
    return _same_queries


@pytest.fixture
def at() -> Iterator[Callable[[datetime | str], Any]]:
    """``at("2026-03-02 10:00")`` stops the clock there, Beijing time, until the end of the test."""
    from zoneinfo import ZoneInfo

    from freezegun import freeze_time

    frozen: list[Any] = []

    def stop_clock(moment: datetime | str) -> Any:
        when = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        if when.tzinfo is None:
            when = when.replace(tzinfo=ZoneInfo("Asia/Shanghai"))
        freezer = freeze_time(when)
        frozen.append(freezer)
        return freezer.start()

    yield stop_clock
    for freezer in reversed(frozen):
        freezer.stop()


@pytest.fixture(autouse=True)
def _nothing_kept_from_the_last_test() -> None:
    """What pages keep for a minute in this process must not reach the next test."""
    caches["local"].clear()


@pytest.fixture(autouse=True)
def _empty_job_tables(request: pytest.FixtureRequest) -> Iterator[None]:
    """Transactional tests leave committed jobs behind, and Django's flush does not know their tables."""
    yield
    if _is_transactional(request):
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_periodic_defers, procrastinate_workers CASCADE")


def _is_transactional(request: pytest.FixtureRequest) -> bool:
    if {"transactional_db", "live_server"} & set(request.fixturenames):
        return True
    marker = request.node.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction"))


@pytest.fixture(scope="session")
def chromium_browser() -> Iterator[Any]:
    """One Chromium for all journeys of this process."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=chromium.executable(), args=list(chromium.ARGUMENTS))
        yield instance
        instance.close()


def _pages(browser: Any, live_server: Any, **options: Any) -> Iterator[Any]:
    """A page in a context of its own, which fails the test for script errors and violations of the CSP."""
    context = browser.new_context(base_url=live_server.url, locale="zh-CN", timezone_id="Asia/Shanghai", **options)
    context.set_default_timeout(10_000)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console",
        lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None,
    )
    yield page
    context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def phone(chromium_browser: Any, live_server: Any) -> Iterator[Any]:
    """A page on a phone, 360 × 740."""
    yield from _pages(
        chromium_browser, live_server, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True
    )


@pytest.fixture
def desktop(chromium_browser: Any, live_server: Any) -> Iterator[Any]:
    """A page on a desk, 1280 × 800."""
    yield from _pages(chromium_browser, live_server, viewport={"width": 1280, "height": 800})


@pytest.fixture
def page(desktop: Any) -> Any:
    """A page on a desk, for journeys that do not depend on the size."""
    return desktop


@pytest.fixture
def assert_accessible() -> Callable[..., None]:
    """``assert_accessible(page)``: axe finds nothing."""
    return chromium.assert_accessible


@pytest.fixture
def csrf_client() -> Client:
    """A client that is held to CSRF protection like a browser."""
    return Client(enforce_csrf_checks=True)


def pytest_configure(config: pytest.Config) -> None:
    """Said again although warnings are errors: these two are the reason why."""
    config.addinivalue_line("filterwarnings", f"error::{_path(UnorderedObjectListWarning)}")
    config.addinivalue_line("filterwarnings", "error:.*received a naive datetime:RuntimeWarning")


def _path(warning: type[Warning]) -> str:
    return f"{warning.__module__}.{warning.__qualname__}"
