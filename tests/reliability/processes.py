"""Real processes of the hall on the tests' database, to be killed at a chosen point.

Nothing in the product knows of this: the test holds a lock in PostgreSQL that the action needs, so the
process stands still at a known place, and is killed there.
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
from django.db import connection
from django.test import Client

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90  # seconds; a process starts in two on an idle machine
CSRF = "a" * 32


def server() -> dict[str, Any]:
    """How to reach the tests' PostgreSQL, without the name of a database."""
    given = connection.settings_dict
    return {"host": given["HOST"], "user": given["USER"]}


def address(name: str = "", host: str = "") -> str:
    """DATABASE_URL of a database, the tests' own unless another is named."""
    found = server()
    return f"postgresql://{found['user']}@/{name or connection.settings_dict['NAME']}?host={host or found['host']}"


def wait_until(condition: Callable[[], object]) -> None:
    """Wait for what another process does; fails when it never happens."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


class Process:
    """A process of the hall in a group of its own; ``kill()`` is kill -9 of all of it."""

    def __init__(self, arguments: list[str], database: str, var: Path) -> None:
        environment = {k: v for k, v in os.environ.items() if k not in ("TONGBAN_TEST", "DJANGO_SETTINGS_MODULE")}
        environment |= {"DATABASE_URL": database, "TONGBAN_VAR": str(var), "PYTHONWARNINGS": "default"}
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def finish(self) -> None:
        """Wait for the end that it comes to by itself."""
        assert self.process.wait(PATIENCE) == 0


class Web(Process):
    """gunicorn on a port of loopback, as in production but on the tests' database."""

    def __init__(self, database: str, var: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        arguments = ["-m", "gunicorn", "config.wsgi", "--config", "python:config.gunicorn"]
        super().__init__([*arguments, "--bind", f"127.0.0.1:{self.port}"], database, var)

    def post(self, session: str, path: str, body: bytes, content_type: str) -> int:
        """POST as a signed-in browser does; the status, after the whole answer was read."""
        http_connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {
            "Cookie": f"sessionid={session}; csrftoken={CSRF}",
            "X-CSRFToken": CSRF,
            "Content-Type": content_type,
        }
        try:
            http_connection.request("POST", path, body, headers)
            answer = http_connection.getresponse()
            answer.read()
            return answer.status
        finally:
            http_connection.close()

    def post_form(self, session: str, path: str, values: dict[str, str]) -> int:
        return self.post(session, path, urlencode(values).encode(), "application/x-www-form-urlencoded")

    def accepts(self) -> bool:
        """Whether it takes requests; fails when it ended instead."""
        assert self.process.poll() is None, "the web process ended"
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True


@contextmanager
def web(var: Path, database: str = "") -> Iterator[Web]:
    """A web process that takes requests; whatever is left of it is killed in the end."""
    process = Web(database or address(), var)
    try:
        wait_until(process.accepts)
        yield process
    finally:
        process.kill()


def session_of(user: Any) -> str:
    """The cookie of a session in which the user is signed in."""
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


class Obstacle:
    """Locks that stop others at a known place: a whole table against writing, or one row."""

    def __init__(self, statement: str, database: str = "") -> None:
        self.connection = psycopg.connect(database or address())
        self.observer = psycopg.connect(database or address(), autocommit=True)
        self.connection.execute(statement)

    def stopped(self) -> list[int]:
        """Server processes that wait for a lock of this obstacle."""
        pid = self.connection.info.backend_pid
        rows = self.observer.execute(
            "SELECT pid FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))", [pid]
        ).fetchall()
        return [row[0] for row in rows]

    def lift(self, stopped: list[int]) -> None:
        """Give way, and wait until the server has noticed that who was stopped is dead."""
        self.connection.rollback()
        wait_until(
            lambda: (
                not self.observer.execute("SELECT 1 FROM pg_stat_activity WHERE pid = ANY(%s)", [stopped]).fetchone()
            )
        )

    def close(self) -> None:
        self.connection.close()
        self.observer.close()


@contextmanager
def obstacle(statement: str, database: str = "") -> Iterator[Obstacle]:
    """Hold a lock that the action needs."""
    held = Obstacle(statement, database)
    try:
        yield held
    finally:
        held.close()


def kill_at(process: Process, statement: str, act: Callable[[], object]) -> None:
    """Let ``act`` run into the lock that ``statement`` takes, and kill -9 the process there."""

    def act_until_killed() -> None:
        with suppress(OSError, http.client.HTTPException):
            act()

    with obstacle(statement) as held:
        acting = threading.Thread(target=act_until_killed)
        acting.start()
        wait_until(held.stopped)
        stopped = held.stopped()
        process.kill()
        acting.join(PATIENCE)
        held.lift(stopped)
