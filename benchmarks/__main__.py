"""Runs one benchmark in a database of its own (script/bench NAME)."""

import importlib
import os
import pkgutil
import sys
from pathlib import Path

import benchmarks
from benchmarks import harness

# Parts of the runner, and of the benchmarks' data; every other module of the package is a benchmark.
SUPPORT = {"__main__", "data", "database", "harness", "positions_data"}


def names() -> list[str]:
    """Names of all benchmarks."""
    return sorted(module.name for module in pkgutil.iter_modules(benchmarks.__path__) if module.name not in SUPPORT)


def main(arguments: list[str]) -> int:
    """0 when every row reaches its figure, 1 when one does not, 2 for a name that does not exist."""
    if len(arguments) != 1 or arguments[0].replace("-", "_") not in names():
        print("script/bench NAME, where NAME is one of: " + ", ".join(names()), file=sys.stderr)
        return 2
    name = arguments[0].replace("-", "_")
    rows = _run(name)
    print(harness.table(rows))
    print(harness.json_line(name, rows))
    return 0 if all(row.ok for row in rows) else 1


def _run(name: str) -> list[harness.Row]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("TONGBAN_STATEMENT_SECONDS", "0")  # making a million rows takes its time
    if not os.environ.get("DATABASE_URL"):
        from config import embedded_postgres

        # Apart from the tests' server: durable, as production is.
        var = Path(os.environ.get("TONGBAN_VAR", Path(__file__).resolve().parent.parent / "var"))
        os.environ["DATABASE_URL"] = embedded_postgres.start(var / "postgres-bench")

    import django

    django.setup()
    from benchmarks.database import own_database

    with own_database(name):
        rows: list[harness.Row] = importlib.import_module(f"benchmarks.{name}").run()
    return rows


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
