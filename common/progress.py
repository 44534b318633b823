"""How far a long piece of work is: told by who does it, heard by who started it, if anybody did.

``with progress.heard_by(callback): work()`` and inside ``progress.tell(done, total)``. Without a listener it is nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[int, int], None]

_listener: ContextVar[Listener | None] = ContextVar("progress_listener", default=None)


@contextmanager
def heard_by(listener: Listener) -> Iterator[None]:
    """``listener`` gets what the block tells: done, and of how many."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def tell(done: int, total: int) -> None:
    """So much of the work is done."""
    listener = _listener.get()
    if listener is not None:
        listener(done, total)
