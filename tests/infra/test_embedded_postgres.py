"""The embedded server: shared by whoever uses it, unharmed by kill -9 of any part, gone with its last user."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from config import embedded_postgres

ROOT = Path(__file__).resolve().parents[2]
CLIENT = """
import sys
from pathlib import Path
from config.embedded_postgres import start
print(start(Path(sys.argv[1]), fast=True), flush=True)
sys.stdin.readline()
"""


class Client:
    """A process that uses the server until it is told to go."""

    def __init__(self, directory: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", CLIENT, str(directory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self.address = self.process.stdout.readline().strip()

    def leave(self) -> None:
        self.process.communicate("\n", timeout=60)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def query(client: Client, statement: str = "SELECT 1") -> object:
    with psycopg.connect(client.address, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None


def wait_until(condition, seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def answers(client: Client) -> bool:
    try:
        return query(client) == 1
    except psycopg.OperationalError:
        return False


@pytest.fixture
def directory(tmp_path):
    data = tmp_path / "data"
    yield data
    # Whatever a failed test left running is stopped by its keeper when the last client is gone.
    assert wait_until(lambda: not embedded_postgres.is_running(data))


def test_it_stops_with_its_last_user(directory):
    first, second = Client(directory), Client(directory)
    assert first.address == second.address
    first.leave()
    assert query(second) == 1
    second.leave()
    assert not embedded_postgres.is_running(directory)


def test_data_survives_a_stop(directory):
    first = Client(directory)
    query(first, "CREATE TABLE kept AS SELECT 7 AS number")
    first.leave()
    second = Client(directory)
    assert query(second, "SELECT number FROM kept") == 7
    second.leave()


def test_a_killed_user_does_not_keep_it_running(directory):
    client = Client(directory)
    client.kill()
    assert wait_until(lambda: not embedded_postgres.is_running(directory))


def test_a_killed_server_comes_back_for_its_users(directory):
    client = Client(directory)
    query(client, "CREATE TABLE kept AS SELECT 7 AS number")
    os.kill(int((directory / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    assert wait_until(lambda: answers(client))
    assert query(client, "SELECT number FROM kept") == 7
    client.leave()


def test_a_pid_file_and_a_socket_of_a_dead_server_do_not_hinder_the_next(directory):
    first = Client(directory)
    lines = (directory / "postmaster.pid").read_text().splitlines()
    first.leave()
    # As after a power cut: the number belongs to another process by now, here this one.
    (directory / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    with socket.socket(socket.AF_UNIX) as leftover:
        leftover.bind(str(embedded_postgres._socket_directory(directory) / ".s.PGSQL.5432"))
    second = Client(directory)
    assert query(second) == 1
    second.leave()


def test_an_initialisation_that_was_killed_is_begun_anew(directory):
    unfinished = directory.with_name("data.new")
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")
    client = Client(directory)
    assert query(client) == 1
    client.leave()


def test_a_long_path_gets_its_socket_elsewhere(tmp_path):
    directory = tmp_path / ("deep" * 20) / "data"
    client = Client(directory)
    assert query(client) == 1
    client.leave()
    assert not embedded_postgres.is_running(directory)
