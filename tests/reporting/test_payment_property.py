"""Whatever is done around payments, in whatever order: no person-month is paid twice, nor more than was claimed."""

import os
import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from common.transitions import TransitionRefused
from reporting import disbursement, ledger, publicity
from reporting.models import (
    DisbursementBatch,
    LedgerLine,
    LivingSubsidyClaim,
    Payment,
    PaymentItem,
    Publicity,
    PublicityObjection,
)
from review import workflow
from review.matters import StartRefused
from review.models import Case
from review.submission import Incomplete
from tests.factories import make_staff
from tests.reporting.claims_support import approved, submitted
from tests.reporting.payments_support import finance, make_approved_claim, make_batch, maker, objected, result

pytestmark = pytest.mark.django_db
SEQUENCES = int(os.environ.get("TONGBAN_SEQUENCES", "25"))


class MoneyLife(RuleBasedStateMachine):
    """A unit's claims in the hands of everybody who may touch their money."""

    def __init__(self) -> None:
        super().__init__()
        self.frame = transaction.atomic()
        self.frame.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.frame.__exit__(None, None, None)

    @initialize()
    def begin(self) -> None:
        case = make_approved_claim(people=2)
        self.handler = case.unit.handlers.get()
        self.maker, self.finance = maker(), finance()
        self.revoker = make_staff("business", "140000")

    def tried(self, work: Callable[[], object]) -> None:
        """What is refused changes nothing."""
        before = LedgerLine.objects.count()
        try:
            with transaction.atomic():
                work()
        except TransitionRefused:
            assert LedgerLine.objects.count() == before

    @rule(number=st.integers(1, 9), place=st.integers(0, 2))
    def somebody_objects(self, number: int, place: int) -> None:
        if found := list(Publicity.objects.order_by("pk"))[place : place + 1]:
            self.tried(lambda: objected(found[0].case, number))

    @rule(upheld=st.booleans())
    def an_objection_is_decided(self, upheld: bool) -> None:
        if found := PublicityObjection.objects.filter(state="open").order_by("pk").first():
            by = self.maker
            self.tried(lambda: publicity.decide_objection(objection=found, upheld=upheld, decision="演示", by=by))

    @rule()
    def the_period_ends(self) -> None:
        publicity.close_publicities(on=timezone.localdate() + timedelta(days=30))

    @rule()
    def a_batch_is_made(self) -> None:
        self.tried(lambda: make_batch(self.maker))

    @rule(approve=st.booleans())
    def finance_reviews(self, approve: bool) -> None:
        if found := DisbursementBatch.objects.first():
            self.tried(lambda: disbursement.review_batch(batch=found, approve=approve, reason="演示", by=self.finance))

    @rule()
    def a_batch_is_cancelled(self) -> None:
        if found := DisbursementBatch.objects.first():
            self.tried(lambda: disbursement.cancel_batch(batch=found, reason="演示", by=self.maker))

    @rule(place=st.integers(0, 2))
    def a_batch_is_exported(self, place: int) -> None:
        if found := list(DisbursementBatch.objects.all())[place : place + 1]:
            self.tried(lambda: disbursement.export_batch(batch=found[0], kind="txt", by=self.maker))

    @rule(paid=st.booleans(), place=st.integers(0, 2))
    def the_bank_answers(self, paid: bool, place: int) -> None:
        if found := list(DisbursementBatch.objects.all())[place : place + 1]:
            rows = [result(payment, paid=paid) for payment in found[0].payments.all()]
            digest = uuid.uuid4().hex
            self.tried(
                lambda: disbursement.import_results(
                    batch=found[0], rows=rows, digest=digest, name="回盘.xlsx", by=self.maker
                )
            )

    @rule()
    def the_account_is_corrected(self) -> None:
        if found := Payment.objects.filter(state="failed").first():
            self.tried(lambda: disbursement.correct_payee(case=found.case, account=found.account, by=self.handler.user))

    @rule()
    def money_is_recovered(self) -> None:
        if found := Payment.objects.order_by("-pk").first():
            self.tried(lambda: disbursement.recover_payment(payment=found, reason="演示", by=self.finance))

    @rule()
    def a_claim_is_revoked(self) -> None:
        if found := Case.objects.filter(matter="living-subsidy").order_by("-pk").first():
            self.tried(lambda: workflow.perform(found, "revoke", by=self.revoker, reason="演示"))

    @rule()
    def the_unit_claims_again(self) -> None:
        try:
            with transaction.atomic():
                approved(submitted("living-subsidy", self.handler))
        except (StartRefused, TransitionRefused, Incomplete):
            return
        assert Publicity.objects.filter(state="open").exists()

    @invariant()
    def nothing_is_paid_twice_or_beyond_the_claim(self) -> None:
        if not hasattr(self, "handler"):
            return
        live = PaymentItem.objects.filter(payment__state__in=("planned", "sent", "paid"), live=True)
        months = list(live.filter(entry__kind="living").values_list("entry__placement_id", "entry__month").order_by())
        assert len(months) == len(set(months))
        for claim in LivingSubsidyClaim.objects.all():
            net = Payment.objects.filter(case=claim.case, state__in=("planned", "sent", "paid"))
            assert (net.aggregate(total=Sum("amount"))["total"] or Decimal(0)) <= claim.amount
        assert ledger.differences() == []


def test_no_order_of_operations_pays_twice_or_too_much() -> None:
    run_state_machine_as_test(
        MoneyLife,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=20,
            deadline=None,
            derandomize=SEQUENCES == 25,
            suppress_health_check=list(HealthCheck),
        ),
    )
