"""The error workbook of 10,000 rows (错误标注): every twentieth row has faults.

The floor is bare openpyxl in its write-only mode, writing the same rows and nothing else.
"""

import io
from datetime import date
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from stdnum.cn import ric

from benchmarks.harness import Row, ratio_row, time_pair
from common.sheets import imports
from common.sheets.exports import export
from common.sheets.reports import error_workbook
from reporting.sheets import PLACEMENTS

ROWS = 10_000
REACH = 2


def run() -> list[Row]:
    """Error workbook against a bare workbook of the same cells."""
    result = imports.read(PLACEMENTS, export(PLACEMENTS, [_row(number) for number in range(ROWS)]))
    assert result.errors
    cells = result.layout.grid.rows

    def floor() -> bytes:
        workbook = Workbook(write_only=True)
        sheet = workbook.create_sheet()
        for row in cells:
            sheet.append(row)
        out = io.BytesIO()
        workbook.save(out)
        return out.getvalue()

    timing = time_pair(lambda: error_workbook(result), floor)
    return [ratio_row(f"error workbook, {ROWS:,} rows, {len(result.errors):,} faults", timing, REACH)]


def id_no(number: int, *, right: bool) -> str:
    """A resident's number, fictitious; the check digit is right or wrong."""
    bare = f"140105{2000 + number % 10}{number // 10 % 12 + 1:02d}{number // 120 % 28 + 1:02d}{number // 3360:03d}"
    digit = str(ric.calc_check_digit(bare + "0"))
    return bare + (digit if right else str((int(digit) + 1) % 10 if digit != "X" else 0))


def _row(number: int) -> dict[str, Any]:
    """A row of 见习匹配结果; the ID number of every twentieth is wrong."""
    day = date(2026, 3, 1)
    return {
        "id_no": id_no(number, right=number % 20 != 0), "name": f"演示{number:05d}",
        "position": "GW0000000001", "agreement_no": f"XY{number:06d}", "signed_on": day, "starts_on": day,
        "ends_on": date(2026, 8, 31), "living_standard": Decimal(3000 + number % 200), "insurer": "演示保险公司",
        "policy_no": f"BD{number:06d}", "premium": Decimal(120), "insured_from": day, "insured_to": date(2026, 8, 31),
        "mentor": "钱演示",
    }  # fmt: skip
