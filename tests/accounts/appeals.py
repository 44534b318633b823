"""Claims to accounts (账号申诉) for tests."""

from typing import Any

from accounts import appeal_actions
from accounts.appeal_models import Appeal, AppealFile
from accounts.models import Unit
from tests.factories import make_id_no
from tests.review.cases import image


def draft_appeal(unit: Unit, number: int = 950, **fields: Any) -> Appeal:
    """A claim with both papers, not handed in yet."""
    values = {
        "unit_name": unit.name,
        "claimant": "赵演示",
        "id_no": make_id_no(number),
        "mobile": "13911110950",
        "reason": "occupied",
        "words": "账号被他人占用（演示）",
    }
    appeal = appeal_actions.start_appeal(unit=unit, values=values | fields, by=None)
    for slot in AppealFile.Slot.values:
        appeal_actions.add_paper(appeal=appeal, slot=slot, upload=image(), by=None)
    return appeal


def submitted_appeal(unit: Unit, number: int = 950, **fields: Any) -> Appeal:
    """A claim that waits for a decision."""
    appeal = draft_appeal(unit, number, **fields)
    appeal_actions.submit_appeal(appeal=appeal, by=None)
    appeal.refresh_from_db()
    return appeal
