"""The money of the demonstration: paid, failed at the bank, and still public; and the ledger agrees."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.messaging.actions import inside_only
from hall.demo import clock, payments, subsidies
from hall.demo.offices import appoint_staff, provinces
from reporting import ledger
from reporting.models import Payment, Publicity
from reporting.queries import CORRECTION_MATTER, REVISION_MATTER
from review.models import Case

pytestmark = pytest.mark.django_db


def test_a_claim_is_paid_one_failed_and_one_is_public() -> None:
    for command in ("load_regions", "load_calendar", "load_policies", "load_review_steps", "sync_roles"):
        call_command(command, verbosity=0)
    province = next(one for one in provinces() if one.key == "jl")
    today = timezone.localdate()
    with clock.settable(), inside_only():
        appoint_staff(province)
        subsidies.make_subsidies(province, 0, today)
        assert payments.make_payments(province, today) == 1
    assert set(Payment.objects.values_list("case__matter", "state")) == {
        ("living-subsidy", "paid"),
        ("mentoring-subsidy", "failed"),
    }
    running = Publicity.objects.get(state="open")
    assert running.ends_on is not None
    assert running.ends_on > today
    assert ledger.differences() == []
    # What was reported wrongly is being corrected.
    corrections = Case.objects.filter(matter__in=(CORRECTION_MATTER, REVISION_MATTER))
    assert sorted(corrections.values_list("matter", "status")) == [
        ("monthly-report-revision", "in_review"),
        ("record-correction", "in_review"),
    ]
