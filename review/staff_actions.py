"""Small writes of the review page: who has a case open, and who asked for a masked value in clear."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from common import audit
from review.models import Case, CaseViewing, ClearTextView


def note_viewing(case: Case, *, by: User) -> None:
    """``by`` has the case open for review just now."""
    CaseViewing.objects.update_or_create(case=case, user=by, defaults={"seen_at": timezone.now()})


# What 明文查看记录 names when the whole file of a page was handed out, not one value of it.
ORIGINAL = "original"


def note_clear_text(case: Case, page: str, field: str, row_key: str, *, by: User) -> ClearTextView:
    """``by`` is about to see a masked value in clear; written before it is shown (PIPL §51, §55: access is logged)."""
    with audit.actor(by), transaction.atomic():
        return ClearTextView.objects.create(case=case, page=page, field=field, row_key=row_key or None, viewed_by=by)
