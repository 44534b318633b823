"""script/server: prepare the database, then keep a worker and the web server running until Ctrl-C."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

from config import embedded_postgres

ROOT = Path(__file__).resolve().parent.parent
STOP_SECONDS = 15
# A process that ends sooner than this after its start has a fault that starting it again does not mend.
SETTLED_SECONDS = 15
PR_SET_PDEATHSIG = 1  # linux/prctl.h


class Stop(Exception):
    """Somebody asked us to stop."""


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stop


def _processes(port: str) -> dict[str, list[str]]:
    python = sys.executable
    return {
        "web": [
            python,
            "-m",
            "gunicorn",
            "config.wsgi",
            "--config",
            "python:config.gunicorn",
            "--bind",
            f":{port}",
            "--graceful-timeout",
            "5",
        ],
        "worker": [python, "manage.py", "procrastinate", "worker"],
    }


def _end_with_parent() -> None:
    """In a new process: when script/server is killed outright, end too, or the next one finds the port taken."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _spawn(command: list[str]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches only us, and we stop them in order.
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True, preexec_fn=_end_with_parent)  # noqa: S603 - fixed arguments


def _watch(commands: dict[str, list[str]], running: dict[str, subprocess.Popen[bytes]]) -> int:
    """Start what was killed again; returns 1 when a process ends soon after its start."""
    started = {name: time.monotonic() for name in commands}
    while True:
        for name, command in commands.items():
            code = running[name].poll()
            if code is None:
                continue
            if time.monotonic() - started[name] < SETTLED_SECONDS:
                print(f"The {name} process ended with {code}; stopping.", file=sys.stderr)
                return 1
            print(f"The {name} process ended with {code}; starting it again.", file=sys.stderr)
            running[name], started[name] = _spawn(command), time.monotonic()
        time.sleep(0.3)


def _terminate(processes: dict[str, subprocess.Popen[bytes]]) -> None:
    for process in processes.values():
        process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes.values():
        try:
            process.wait(max(0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def main() -> int:
    """Run until a signal (0), or until one of the processes cannot be kept running (1)."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    port = os.environ.get("PORT", "8000")
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        if not os.environ.get("DATABASE_URL"):
            # Held by this process too, so that the server stays up between the steps and stops with us.
            embedded_postgres.start(Path(os.environ.get("TONGBAN_VAR", ROOT / "var")) / "postgres")
        subprocess.run([sys.executable, "manage.py", "prepare", "--demo"], cwd=ROOT, check=True)
        commands = _processes(port)
        for name, command in commands.items():
            running[name] = _spawn(command)
        print(f"人社通办 http://localhost:{port}/  (Ctrl-C 停止)", flush=True)
        return _watch(commands, running)
    except subprocess.CalledProcessError as error:
        return error.returncode
    except Stop:
        return 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # we are stopping already
        with suppress(ProcessLookupError):
            _terminate(running)


if __name__ == "__main__":
    sys.exit(main())
