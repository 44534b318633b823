"""What the tests of publicity and payments share. All data is fictitious."""

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import Handler, User
from common.models import PolicyValue
from reporting import disbursement, publicity
from reporting.models import DisbursementBatch, Payment, Publicity, PublicityObjection, SubsidyEntry
from review.models import Case
from tests.factories import COUNTY, make_staff
from tests.internship.support import set_policy
from tests.reporting.claims_support import approved, make_claiming, make_intern, set_jilin, submitted


def set_periods(days: str = "7", kind: str = "calendar") -> None:
    """The policy of publicity for the whole country."""
    set_policy("publicity_days", days)
    set_policy("publicity_day_kind", kind)


def make_approved_claim(*, people: int = 1, handler: Handler | None = None, months: int = 3) -> Case:
    """An approved claim of living subsidy: so many people with 1880 yuan a month."""
    if not PolicyValue.objects.exists():
        set_jilin()
        set_periods()
    handler = handler or make_claiming()
    for number in range(people):
        make_intern(handler.unit, months=months, name=f"{'赵钱孙李周吴郑王'[number]}演示")
    return approved(submitted("living-subsidy", handler))


def end_period(case: Case) -> Publicity:
    """The days of the publicity are over and the clock has come by."""
    found = Publicity.objects.get(case=case)
    publicity.close_publicities(on=found.ends_on + timedelta(days=1))
    return Publicity.objects.get(case=case)


def make_cleared(**values: Any) -> Case:
    """A claim whose publicity is over: everything waits to be paid."""
    case = make_approved_claim(**values)
    end_period(case)
    return case


def maker(region: str = COUNTY) -> User:
    return make_staff("business", region, name="业务演示")


def finance(region: str = COUNTY) -> User:
    return make_staff("finance", region, name="财政演示")


def objected(case: Case, *numbers: int, key: uuid.UUID | None = None) -> PublicityObjection:
    return publicity.raise_objection(
        publicity=Publicity.objects.get(case=case),
        numbers=numbers or (1,),
        name="路人演示",
        contact="13900000001",
        reason="该人员当月未在岗（演示）",
        key=key or uuid.uuid4(),
    )


def make_batch(by: User, region: str = COUNTY, **values: Any) -> DisbursementBatch:
    """A batch of everything that the preview offers."""
    found = disbursement.preview(region)
    typical = {"year": 2026, "quarter": 1, "cases": [payee.case.pk for payee in found.payees], "seen": found.seen}
    return disbursement.make_batch(region=region, by=by, **(typical | values))


def make_sent(case: Case | None = None) -> tuple[DisbursementBatch, User]:
    """A batch that was reviewed and went to the bank."""
    if case is None:
        make_cleared()
    by = maker()
    batch = disbursement.review_batch(batch=make_batch(by), approve=True, by=finance())
    disbursement.export_batch(batch=batch, kind="xlsx", by=by)
    return DisbursementBatch.objects.get(pk=batch.pk), by


def result(payment: Payment, *, paid: bool = True, day: date | None = None, **values: Any) -> dict[str, Any]:
    """What the bank answers to a payment."""
    answer = {
        "number": payment.number,
        "amount": payment.amount,
        "result": "1" if paid else "2",
        "paid_on": (day or timezone.localdate()) if paid else None,
        "failure": None if paid else "账号户名不符",
    }
    return answer | values


def settle(batch: DisbursementBatch, by: User, *, paid: bool = True, digest: str = "") -> None:
    rows = [result(payment, paid=paid) for payment in batch.payments.filter(state="sent")]
    disbursement.import_results(batch=batch, rows=rows, digest=digest or uuid.uuid4().hex, name="回盘.xlsx", by=by)


def states(case: Case) -> dict[str, int]:
    """How many entries of a claim are in each state."""
    found: dict[str, int] = {}
    for state in SubsidyEntry.objects.filter(publicity__case=case).values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def paid_total(case: Case) -> Decimal:
    rows = SubsidyEntry.objects.filter(publicity__case=case, state="paid")
    return sum(rows.values_list("amount", flat=True), Decimal(0))
