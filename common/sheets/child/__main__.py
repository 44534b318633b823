"""Reads one workbook from standard input and writes its cells as JSON lines; run as ``python -I __main__.py``.

It holds no secrets and no database and limits itself before it reads a byte, so that a hostile file
can only end this process. The first line is ``{"refused", "place"}`` or the sheets' facts, then comes
one line of rows per sheet. Dates are texts that begin with NUL, which no cell can.
"""

import gc
import io
import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

# Isolated mode starts without the project's folder; behind everything else it can shadow nothing.
sys.path.append(str(Path(__file__).resolve().parents[3]))

from common.sheets.child import limits, ods, packages, xls, xlsx
from common.sheets.child.limits import Facts, Refused


def _facts(data: bytes) -> tuple[dict[str, Facts], bool]:
    if not data.startswith(b"PK"):
        xls.check_container(data)
        return xls.facts(data)
    package = packages.Package(data)
    if packages.kind(package) == "xlsx":
        return xlsx.facts(package)
    return ods.facts(package.xml("content.xml")), False


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date):
        return f"\x00{value.isoformat()}"
    return str(value)


def _read(data: bytes) -> list[str]:
    """The lines to answer with."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    facts, epoch_1904 = _facts(data)
    sheets, lines, cells = [], [], 0
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for index, metadata in enumerate(workbook.sheets_metadata):
            if not str(metadata.typ).endswith("WorkSheet"):
                continue
            rows = workbook.get_sheet_by_index(index).to_python(skip_empty_area=False)
            cells += len(rows) * len(rows[0]) if rows else 0
            if cells > limits.MAX_CELLS:
                raise Refused("too_many_cells")
            known = facts.get(metadata.name, Facts())
            visible = str(metadata.visible).endswith(".Visible")
            sheets.append({"name": metadata.name, "hidden": not visible, **vars(known)})
            lines.append(json.dumps(rows, default=_plain, ensure_ascii=False))
    except PasswordError:
        raise Refused("encrypted") from None
    except CalamineError:
        raise Refused("damaged") from None
    return [json.dumps({"sheets": sheets, "epoch_1904": epoch_1904}), *lines]


def main() -> None:
    """Answer for the workbook on standard input."""
    limits.limit_process()
    # One file, and the process ends: there is nothing to collect.
    gc.disable()
    try:
        lines = _read(sys.stdin.buffer.read())
    except Refused as refusal:
        lines = [json.dumps({"refused": refusal.reason, "place": refusal.place})]
    except MemoryError:
        lines = [json.dumps({"refused": "too_many_cells", "place": ""})]
    sys.stdout.buffer.write("\n".join(lines).encode("utf-8", "surrogatepass"))


if __name__ == "__main__":
    main()
