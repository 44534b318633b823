"""How to fill in each service: found in ``tests/<app>/filled.py`` as ``FILLED``, by matter code."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from accounts.models import Individual, Unit
from review import actions, matters, submission
from review.models import Case
from tests.review.cases import actor_of, attach, fill, load_steps

TESTS = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Filled:
    """A subject that may start the matter, and values (page by page) with which it can be submitted."""

    subject: Callable[[], Individual | Unit]
    values: Callable[[Case], dict[str, dict[str, Any]]]


def by_code() -> dict[str, Filled]:
    """All services that tests know how to fill in."""
    found: dict[str, Filled] = {}
    for path in sorted(TESTS.glob("*/filled.py")):
        if path.parent.name != "contracts":
            found |= import_module(f"tests.{path.parent.name}.filled").FILLED
    return found


def start(code: str) -> Case:
    """A fresh draft of the matter."""
    load_steps(code)
    subject = by_code()[code].subject()
    by = subject.user if isinstance(subject, Individual) else subject.handlers.active().first().user
    return actions.start_case(code, subject, by=by)


def complete(code: str) -> Case:
    """A draft with every page filled and every required slot (and row slot) taken."""
    case = start(code)
    fill(case, by_code()[code].values(case))
    matter = matters.get(code)
    for state in submission.slot_states(matter, case, submission.load_values(case)):
        if not state.complete:
            attach(case, state.slot.key, row_key=state.row)
    return case


__all__ = ["Filled", "actor_of", "by_code", "complete", "start"]
