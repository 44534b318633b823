"""Who changed what: row history by database triggers, and the actor written beside it.

Every model that matters carries ``@audit.track()``: PostgreSQL triggers (statement level: row level
costs COPY three quarters of its speed) write an event row for each insert, update and delete, and
the event tables refuse changes. ``common.audit_chain`` seals the event rows day by day.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import pghistory
from django.db import connection, models
from pghistory import runtime

Tracked = TypeVar("Tracked", bound=type[models.Model])


def track(*, exclude: tuple[str, ...] = ()) -> Callable[[Tracked], Tracked]:
    """Class decorator: keep every version of the model's rows, reachable as ``row.history``.

    ``exclude`` names columns that are not worth a version (search tokens, counters); a change of
    nothing else then leaves no event.
    """
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        obj_field=pghistory.ObjForeignKey(related_name="history", related_query_name="+"),
        exclude=list(exclude),
        level=pghistory.Statement,
        append_only=True,
    )


@contextmanager
def actor(user: Any, **details: Any) -> Iterator[None]:
    """Name ``user`` (None for the system) as the actor of all writes inside the block.

    Requests are covered by the history middleware; background jobs and commands use this, with
    ``details`` such as ``job="lapse-cases"``. Blocks may be nested: each has a context of its own,
    and afterwards the outer actor is back, or nobody, even within the same transaction.
    """
    facts = {"user": user.pk if user else None, **details}
    outer = getattr(runtime._tracker, "value", None)
    if outer is None:
        with pghistory.context(**facts):
            yield
        if connection.in_atomic_block and not connection.needs_rollback:
            # The database remembers the context to the end of the transaction.
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('pghistory.context_id', '', true)")
        return
    runtime._tracker.value = runtime.Context(uuid.uuid4(), {**outer.metadata, **facts})
    try:
        yield
    finally:
        runtime._tracker.value = outer


def attach_actor() -> None:
    """Hand the actor to the database for statements that Django does not see, such as COPY.

    To be called inside the transaction, before the first COPY.
    """
    with connection.cursor() as cursor:
        cursor.execute("VALUES (1)")
