"""Asks this container's web server ``/healthz`` or ``/readyz`` (python -m config.healthcheck readyz)."""

import http.client
import os
import sys


def main(page: str) -> int:
    """0 when the page answers 200, else 1."""
    # The server answers only to the hall's own names.
    host = os.environ.get("TONGBAN_HOSTS", "localhost").split(",")[0].lstrip(".")
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
    try:
        connection.request("GET", f"/{page}", headers={"Host": host})
        return 0 if connection.getresponse().status == 200 else 1
    except OSError:
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
