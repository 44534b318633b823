"""List pages among 1,000,000 cases: 我的办件 of a person and of a large unit, and the reviewers' queue.

The floor is the same request whose rows are held in memory: sign-in, menus, forms and templates stay,
only the lists' own queries go.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest import mock

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Handler, Individual, StaffProfile, StaffScope, Unit, User
from accounts.roles import ROLE_GROUPS, sync_roles
from benchmarks.harness import Row, Timing, ratio_row, time_pair
from common import regions, search
from common.models import Region
from review import matters, queries, staff_queries, staff_views
from review.models import Status

SEED = 20261121
CASES = 1_000_000
PERSON_CASES, UNIT_CASES = 100, 5_000
# The office that is measured is a busy one: every tenth case comes there.
COUNTY = "140105"
PARTIES = 20_000
ROUNDS = 30
REACH, MOST_QUERIES = 2, 12
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
TODAY = date(2026, 11, 21)
FRAME = ("SAVEPOINT", "RELEASE", "ROLLBACK", "SET TRANSACTION", "BEGIN", "COMMIT", "SELECT set_config('pghistory")

# Status → share of all cases; a third waits for somebody.
SHARES = {"approved": 55, "submitted": 25, "in_review": 8, "rejected": 5, "returned": 4, "withdrawn": 3}
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", "安博晨丹恩芳光涵佳凯岚明宁佩清然书彤文欣雅泽"


def run() -> list[Row]:
    """All list pages, each against its floor, and its number of queries."""
    call_command("load_regions", verbosity=0)
    regions.forget()
    sync_roles()
    matter = next(iter(matters.all_matters())).code
    person, handler, reviewer = _load(matter)
    return [row for what, page in _pages(person, handler, reviewer) for row in _measure(what, *page)]


# --- Data ----------------------------------------------------------------------------------------


def _load(matter: str) -> tuple[User, User, User]:
    """A million cases; returns the person, the handler and the reviewer whose lists are opened."""
    with connection.cursor() as cursor:
        # Neither history nor foreign keys are measured here: triggers rest while the rows are made.
        cursor.execute("SET session_replication_role = replica")
        actors = _load_parties(cursor)
        _load_cases(cursor, matter)
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("ANALYZE")
    return actors


def _load_parties(cursor: Any) -> tuple[User, User, User]:
    users = [User(pk=pk, username=f"bench{pk}", name=f"演示{pk}") for pk in range(1, PARTIES + 1)]
    User.objects.bulk_create(users, batch_size=5000)
    Individual.objects.bulk_create(
        (
            Individual(pk=pk, user_id=pk, name=_name(pk), id_no=f"14010520000101{pk:04d}", level=3)
            for pk in range(1, PARTIES + 1)
        ),
        batch_size=5000,
    )
    Unit.objects.bulk_create(
        (
            Unit(
                pk=pk,
                name=f"演示单位{pk}（虚构）",
                uscc=f"91140105MA{pk:07d}A",
                legal_person_type="01",
                legal_representative="李演示",
                legal_representative_id_no="140105197001010011",
                level=3,
            )
            for pk in range(1, 2001)
        ),
        batch_size=1000,
    )
    for table in ("accounts_user", "accounts_individual", "accounts_unit"):
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 1000000)")
    handler = User.objects.create_user("bench-handler", None, name="经办演示")
    Handler.objects.create(unit_id=1, user=handler, name="经办演示", role="supervisor", origin="staff")
    reviewer = User.objects.create_user("bench-reviewer", None, name="初审演示", is_staff=True)
    reviewer.groups.add(_group("first"))
    StaffProfile.objects.create(user=reviewer, employee_no="B1")
    StaffScope.objects.create(user=reviewer, region_id=COUNTY)
    return users[0], handler, reviewer


def _group(role: str) -> Any:
    from django.contrib.auth.models import Group

    return Group.objects.get(name=ROLE_GROUPS[role])


def _name(pk: int) -> str:
    generator = random.Random(pk)
    return generator.choice(SURNAMES) + "".join(generator.choices(GIVEN, k=2))


def _load_cases(cursor: Any, matter: str) -> None:
    generator = random.Random(SEED)
    counties = [
        code
        for code in Region.objects.filter(level="county").order_by("code").values_list("code", flat=True)
        if code.startswith("14") and code != COUNTY
    ]
    made = [_case(pk, generator, counties) for pk in range(1, CASES + 1)]
    columns = (
        "id, number, matter, individual_id, unit_id, acting_user_id, channel, subject_person, subject_id_no, "
        "subject_id_no_digest, region_id, status, round, reviewer_id, due_on, created_at, submitted_at, submitted_by_id, "
        "accepted_at, accepted_by_id, decided_at, decided_by_id, withdrawn_at, withdrawn_by_id, name_tokens"
    )
    _copy(cursor, f"review_case ({columns})", (_case_row(case, matter) for case in made))
    columns = '"case_id", "round", "order", "role", "region_id", "days", "current", "due_on", "opened_at", "decision"'
    _copy(cursor, f"review_casestep ({columns})", (_step_row(case) for case in made))


def _copy(cursor: Any, target: str, rows: Iterator[tuple[Any, ...]]) -> None:
    with cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _case(pk: int, generator: random.Random, counties: list[str]) -> dict[str, Any]:
    """What the rows of one case are made of."""
    if pk <= PERSON_CASES:
        individual, unit = 1, None
    elif pk <= PERSON_CASES + UNIT_CASES:
        individual, unit = None, 1
    elif generator.random() < 0.7:
        individual, unit = generator.randint(2, PARTIES), None
    else:
        individual, unit = None, generator.randint(2, 2000)
    created = NOW - timedelta(minutes=generator.randint(0, 500_000))
    return {
        "pk": pk,
        "individual": individual,
        "unit": unit,
        "region": COUNTY if generator.random() < 0.1 else generator.choice(counties),
        "status": generator.choices(list(SHARES), list(SHARES.values()))[0],
        "round": 2 if generator.random() < 0.04 else 1,
        "created": created,
        "due": TODAY + timedelta(days=generator.randint(-3, 25)),
    }


def _case_row(case: dict[str, Any], matter: str) -> tuple[Any, ...]:
    status, created = case["status"], case["created"]
    reviewer = 2 if status == "in_review" else None
    accepted = (created, 2) if status not in ("submitted", "withdrawn") else (None, None)
    decided = (created, 2) if status in ("approved", "rejected") else (None, None)
    withdrawn = (created, 1) if status == "withdrawn" else (None, None)
    person = _name(case["pk"] % 5000)
    applicant = f"演示单位{case['unit']}（虚构）" if case["unit"] else _name(case["individual"])
    number = f"BENCH{case['pk']:010d}"
    return (
        case["pk"], number, matter, case["individual"], case["unit"], 1, "online", person, "", "", case["region"], status,
        case["round"], reviewer, case["due"], created, created, 1, *accepted, *decided, *withdrawn,
        search.text_tokens(person, applicant),
    )  # fmt: skip


def _step_row(case: dict[str, Any]) -> tuple[Any, ...]:
    current = case["status"] in ("submitted", "in_review")
    decision = "" if current else "approve"
    return (
        case["pk"], case["round"], 1, "first", case["region"], 5, current, case["due"], case["created"], decision,
    )  # fmt: skip


# --- Pages ---------------------------------------------------------------------------------------

Page = tuple[Callable[[], object], Callable[[], Any]]


def _pages(person: User, handler: User, reviewer: User) -> Iterator[tuple[str, Page]]:
    """What is measured: a request, and a context in which the same request needs no list query."""
    individual, unit = Individual.objects.get(user=person), Unit.objects.get(pk=1)
    person_client, unit_client, staff_client = (_client(user) for user in (person, handler, reviewer))
    mine, units = "/individual/cases/", "/unit/cases/"
    yield "我的办件, 100 cases", _my_cases(person_client, mine, individual)
    yield "我的办件, 100 cases, 审核通过", _my_cases(person_client, f"{mine}?status=approved", individual)
    yield "unit with 5,000 cases, first page", _my_cases(unit_client, units, unit)
    yield "unit with 5,000 cases, last page", _my_cases(unit_client, f"{units}?page=last", unit)
    yield "unit with 5,000 cases, 办理中", _my_cases(unit_client, f"{units}?bar=running", unit)
    queue = "/admin/review/case/queue/"
    desk = staff_queries.desk_of(reviewer)
    far = staff_queries.queue_steps(desk, staff_queries.QueueChoice(), limit=5000)[-1][1]
    deep = f"{queue}?after={far.due_on:%Y-%m-%d}.{far.case_id}"
    for what, url in {
        "queue, first page": queue,
        "queue, page 100": deep,
        "queue, 补正后": f"{queue}?tab=corrected",
        "queue, 即将超期": f"{queue}?tab=due",
        "queue, by name": f"{queue}?person={_name(7)}",
        "queue, by a name that nobody has": f"{queue}?person=查无此人",
    }.items():
        yield what, _queue(staff_client, url)


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _get(client: Client, url: str) -> Callable[[], object]:
    def get() -> object:
        response = client.get(url)
        assert response.status_code == 200, (url, response.status_code)
        return response.content

    return get


class _Held(list):
    """Rows in memory that a view takes for a query set."""

    def order_by(self, *names: str) -> "_Held":
        return self

    def of_matter(self, code: str) -> "_Held":
        return self


def _my_cases(client: Client, url: str, subject: Individual | Unit) -> Page:
    """The floor holds the page's twenty cases at the place where the view looks for them."""
    listed = list(queries.cases_of(subject).order_by("-created_at", "-id"))
    if "status=" in url:
        listed = [case for case in listed if case.status == Status.APPROVED]
    if "bar=" in url:
        listed = [case for case in listed if case.status in queries.RUNNING]
    counts = queries.status_counts(subject)

    def floor() -> Any:
        stack = ExitStack()
        stack.enter_context(mock.patch.object(queries, "filter_cases", return_value=_Held(listed)))
        stack.enter_context(mock.patch.object(queries, "status_counts", return_value=counts))
        return stack

    return _get(client, url), floor


def _queue(client: Client, url: str) -> Page:
    """The floor answers the view's three questions from what the first request learnt."""
    kept: dict[str, Any] = {}

    def keep(name: str) -> Any:
        original = getattr(staff_queries, name)

        def ask(*args: Any, **kwargs: Any) -> Any:
            kept[name] = original(*args, **kwargs)
            return kept[name]

        return mock.patch.object(staff_views.reads, name, ask)

    asked = ("queue_steps", "queue_rows", "queue_counts")
    with ExitStack() as stack:
        for name in asked:
            stack.enter_context(keep(name))
        client.get(url)

    def floor() -> Any:
        held = ExitStack()
        for name in asked:
            held.enter_context(mock.patch.object(staff_views.reads, name, lambda *a, _n=name, **k: kept[_n]))
        return held

    return _get(client, url), floor


def _measure(what: str, get: Callable[[], object], floor: Callable[[], Any]) -> Iterator[Row]:
    def from_memory() -> object:
        with floor():
            return get()

    assert get() is not None
    timing: Timing = time_pair(get, from_memory, rounds=ROUNDS)
    yield ratio_row(f"{what}, p95", timing, REACH, percent=95)
    with CaptureQueriesContext(connection) as context:
        get()
    asked = [query for query in context.captured_queries if not query["sql"].startswith(FRAME)]
    yield Row(f"{what}, queries", len(asked), MOST_QUERIES)
