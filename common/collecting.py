"""Python's search for rings of unused objects, put off while a large file is turned into rows.

Hundreds of thousands of cells make it search everything again and again, and find nothing: none of them form rings.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def put_off() -> Iterator[None]:
    """No search inside the block; blocks may be nested."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
