"""Counters of this process in Prometheus' text format (one web process per container, many threads)."""

import threading
from collections import Counter
from collections.abc import Iterable

from django.db import connection

_lock = threading.Lock()
_requests: Counter[tuple[str, str, int]] = Counter()
_seconds: Counter[tuple[str, str]] = Counter()


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """Add one answered request."""
    with _lock:
        _requests[method, route, status] += 1
        _seconds[method, route] += seconds  # type: ignore[assignment]


def exposition() -> str:
    """All figures as Prometheus reads them; queue lengths and waiting cases come from the database."""
    with _lock:
        requests, seconds = dict(_requests), dict(_seconds)
    families: list[tuple[str, str, str, Iterable[tuple[dict[str, object], float]]]] = [
        (
            "tongban_requests_total",
            "counter",
            "Answered requests.",
            [({"method": m, "route": r, "status": s}, n) for (m, r, s), n in sorted(requests.items())],
        ),
        (
            "tongban_request_seconds_total",
            "counter",
            "Time spent answering requests.",
            [({"method": m, "route": r}, round(n, 6)) for (m, r), n in sorted(seconds.items())],
        ),
        ("tongban_jobs", "gauge", "Background jobs by queue and status.", _jobs()),
        ("tongban_cases_waiting", "gauge", "Cases that wait for the office.", _waiting_cases()),
    ]
    return "".join(_family(*family) for family in families)


def _family(name: str, kind: str, title: str, samples: Iterable[tuple[dict[str, object], float]]) -> str:
    lines = [f"# HELP {name} {title}", f"# TYPE {name} {kind}"]
    for labels, value in samples:
        text = ",".join(f'{label}="{_escape(str(content))}"' for label, content in labels.items())
        lines.append(f"{name}{{{text}}} {value}")
    return "\n".join(lines) + "\n"


def _escape(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _jobs() -> list[tuple[dict[str, object], float]]:
    with connection.cursor() as cursor:
        # Finished jobs are only history; counting them would grow with the data.
        cursor.execute(
            "SELECT queue_name, status::text, count(*) FROM procrastinate_jobs"
            " WHERE status IN ('todo', 'doing', 'failed') GROUP BY 1, 2 ORDER BY 1, 2"
        )
        return [({"queue": queue, "status": status}, count) for queue, status, count in cursor.fetchall()]


def _waiting_cases() -> list[tuple[dict[str, object], float]]:
    from review.models import Case

    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT status, count(*) FROM {Case._meta.db_table}"  # noqa: S608 (a table's name, nothing given)
            " WHERE status IN ('submitted', 'in_review') GROUP BY 1 ORDER BY 1"
        )
        return [({"status": status}, count) for status, count in cursor.fetchall()]
