"""The preview tells new, changed and unchanged rows apart."""

from datetime import date
from decimal import Decimal

from common.sheets import imports
from common.sheets.plans import plan
from tests.common.sheets.samples import ID_ONE, ID_THREE, ID_TWO, SHEET, filled, line


def test_rows_are_compared_by_key_with_what_is_stored() -> None:
    rows = imports.read(SHEET, filled(line(), line(证件号码=ID_TWO), line(证件号码=ID_THREE))).rows
    month = date(2026, 11, 1)
    existing = {
        (ID_ONE, month): {"days": Decimal("21.5"), "pay": Decimal("2256")},
        (ID_TWO, month): {"days": Decimal("20"), "pay": Decimal("2256")},
        ("gone", month): {"days": Decimal("1")},
    }

    result = plan(rows, existing, key=("id_no", "month"))

    assert result.counts == {"new": 1, "changed": 1, "unchanged": 1}
    assert [row["id_no"] for row in result.new] == [ID_THREE]
    assert result.changed[0].row["id_no"] == ID_TWO
    assert result.changed[0].differences == {"days": (Decimal("20"), Decimal("21.5"))}
    assert [row["id_no"] for row in result.unchanged] == [ID_ONE]
