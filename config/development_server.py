"""script/server: prepare the database, then a worker and the web server until Ctrl-C."""

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


class Stop(Exception):
    """Somebody asked us to stop."""


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stop


def _processes(port: str) -> dict[str, list[str]]:
    python = sys.executable
    return {
        "web": [python, "-m", "gunicorn", "config.wsgi", "--config", "python:config.gunicorn", "--bind", f":{port}"],
        "worker": [python, "manage.py", "procrastinate", "worker"],
    }


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
    """Run until a signal (0), or until one of the processes ends by itself (1)."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    port = os.environ.get("PORT", "8000")
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        if not os.environ.get("DATABASE_URL"):
            # Held by this process too, so that the server stays up between the steps and stops with us.
            embedded_postgres.start(Path(os.environ.get("TONGBAN_VAR", ROOT / "var")) / "postgres")
        subprocess.run([sys.executable, "manage.py", "prepare", "--demo"], cwd=ROOT, check=True)
        for name, command in _processes(port).items():
            # A group of their own: Ctrl-C reaches only us, and we stop them in order.
            running[name] = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
        print(f"人社通办 http://localhost:{port}/  (Ctrl-C 停止)", flush=True)
        while True:
            for name, process in running.items():
                if process.poll() is not None:
                    print(f"The {name} process ended with {process.returncode}; stopping.", file=sys.stderr)
                    return 1
            time.sleep(0.3)
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
