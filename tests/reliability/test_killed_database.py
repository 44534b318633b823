"""kill -9 of PostgreSQL in the middle of a submission: it comes back, nothing is half done, and web goes on."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread

import psycopg
import pytest
from django.db import connection
from django.urls import reverse

from common import postgres_programs
from config import embedded_postgres
from review.models import Case
from tests.factories import make_individual
from tests.internship.support import draft_trainee, set_figures
from tests.reliability.processes import address, obstacle, session_of, wait_until, web
from tests.review.cases import load_steps

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def throwaway(tmp_path: Path) -> Iterator[Path]:
    """A server of its own that may be killed; stopped in the end."""
    directory = tmp_path / "postgres"
    embedded_postgres.start(directory, fast=True)
    yield directory
    embedded_postgres._leave(directory, os.getpid())


def copy_to(directory: Path, dump: Path) -> str:
    """The tests' database as it is now, on the other server; its address."""
    host = str(embedded_postgres._socket_directory(directory))
    postgres_programs.run("pg_dump", "--format=custom", f"--file={dump}")
    here = connection.settings_dict["HOST"]
    connection.settings_dict["HOST"] = host
    name = connection.settings_dict["NAME"]
    try:
        with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as administrator:
            administrator.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        postgres_programs.run("pg_restore", f"--dbname={name}", "--no-owner", str(dump))
    finally:
        connection.settings_dict["HOST"] = here
    return address(host=host)


def kill_postmaster(directory: Path) -> None:
    os.kill(int((directory / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)


def story(database: str, case: Case) -> tuple[str, int, int, int]:
    """Status of the case, and how many timeline entries, steps and messages there are."""
    with psycopg.connect(database) as reader:
        return reader.execute(
            "SELECT status, (SELECT count(*) FROM review_timelineentry WHERE case_id = c.id),"
            " (SELECT count(*) FROM review_casestep WHERE case_id = c.id),"
            " (SELECT count(*) FROM accounts_message WHERE title = '申报成功') FROM review_case c WHERE id = %s",
            [case.pk],
        ).fetchone()


def answers(database: str) -> bool:
    with suppress(psycopg.OperationalError):
        psycopg.connect(database).close()
        return True
    return False


def test_a_submission_during_which_the_database_was_killed_is_not_done_and_can_be_repeated(
    throwaway: Path, tmp_path: Path
) -> None:
    set_figures()
    load_steps("trainee-application")
    case = draft_trainee(make_individual())
    session = session_of(case.individual.user)
    database = copy_to(throwaway, tmp_path / "hall.dump")
    path = reverse("review:check", args=["individual", case.number])
    with web(tmp_path / "var", database) as process:
        statuses: list[int] = []
        acting = Thread(target=lambda: statuses.append(process.post_form(session, path, {})))
        with obstacle("LOCK TABLE accounts_message IN SHARE MODE", database) as held:
            acting.start()
            wait_until(held.stopped)
            kill_postmaster(throwaway)
        acting.join()
        assert statuses == [500]
        wait_until(lambda: answers(database))
        assert story(database, case) == ("draft", 0, 0, 0)
        # The same web process, with its old connection: it notices and takes a new one.
        assert process.post_form(session, path, {}) == 302
    assert story(database, case) == ("submitted", 1, 1, 1)
