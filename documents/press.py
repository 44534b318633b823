"""Many pages to signed PDFs at once: by as many processes as there are processors.

A page becomes a PDF in Python, which one process does on one processor only. The children get whole pages
and the key and give back files; they ask no database, and this module imports no models.
"""

import gc
import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context

from common import pdf
from documents import signing
from documents.keys import HallKey, hall_key

# Fewer than this are printed here: a child takes about a second to start.
WORTH_A_POOL = 8
_WATCH_SECONDS = 1.0
# Looking for cycles after every few objects takes a quarter of the time: a page is made of a great many objects
# that live until it is printed.
_SELDOM = (100_000, 20, 50)
_key: HallKey | None = None


def print_signed(html: str, key: HallKey) -> bytes:
    """The page as a PDF with the hall's signature."""
    return signing.sign(pdf.html_to_pdf(html), key)


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0))


def print_all(pages: Iterator[tuple[int, str]], count: int, workers: int = 0) -> Iterator[tuple[int, bytes]]:
    """The signed PDF of each page, with its key, in the order in which they are done."""
    workers = min(workers or processors(), count)
    if workers < 2 or count < WORTH_A_POOL:
        yield from _print_here(pages)
        return
    context = get_context("spawn")
    arguments = (os.getpid(), hall_key())
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=arguments) as pool:
        under_way: deque[tuple[int, Future[bytes]]] = deque()
        for key, html in pages:
            under_way.append((key, pool.submit(_print, html)))
            # Only so many pages and files are in memory at a time.
            if len(under_way) >= 3 * workers:
                first, done = under_way.popleft()
                yield first, done.result()
        for first, done in under_way:
            yield first, done.result()


def _print_here(pages: Iterator[tuple[int, str]]) -> Iterator[tuple[int, bytes]]:
    thresholds = gc.get_threshold()
    _collect_seldom()
    try:
        for key, html in pages:
            yield key, print_signed(html, hall_key())
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()


def _collect_seldom() -> None:
    """What lives already is not looked through again for cycles, what a page needs not after every few objects."""
    gc.freeze()
    gc.set_threshold(*_SELDOM)


def _begin(parent: int, key: HallKey) -> None:
    global _key
    _key = key
    threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()
    _collect_seldom()


def _leave_with(parent: int) -> None:
    """A child of a parent that was killed is of no use to anybody."""
    while os.getppid() == parent:
        time.sleep(_WATCH_SECONDS)
    os._exit(1)


def _print(html: str) -> bytes:
    return print_signed(html, _key or hall_key())
