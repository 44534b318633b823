"""拨付: batches by one and reviewed by another, the bank's files, its answers, and the ledger that proves it all."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from openpyxl import load_workbook

from accounts.messaging.models import Message
from common.transitions import TransitionRefused
from reporting import bank_file, disbursement, ledger
from reporting.models import (
    BatchExport,
    DisbursementBatch,
    LedgerLine,
    Payment,
    PaymentItem,
    SubsidyEntry,
)
from review import matters
from tests.factories import COUNTY, OTHER_COUNTY, make_bank_account, make_staff
from tests.reporting.claims_support import make_claiming
from tests.reporting.payments_support import (
    end_period,
    finance,
    make_approved_claim,
    make_batch,
    make_cleared,
    make_sent,
    maker,
    objected,
    paid_total,
    result,
    settle,
    states,
)

pytestmark = pytest.mark.django_db


def fresh(batch):
    return DisbursementBatch.objects.get(pk=batch.pk)


# --- The batch -----------------------------------------------------------------------------------


def test_a_batch_holds_what_is_cleared_and_says_what_is_left_out_and_why():
    case = make_approved_claim()
    objected(case, 1)
    assert [payee.reason for payee in disbursement.preview(COUNTY).excluded] == ["公示中", "有异议，已冻结"]
    end_period(case)
    found = disbursement.preview(COUNTY)
    assert (found.amount, [payee.reason for payee in found.excluded]) == (3760, ["有异议，已冻结"])
    batch = make_batch(maker())
    assert (batch.number, batch.amount, batch.payment_count) == (f"BF{COUNTY}2026Q101", 3760, 1)
    assert states(case) == {"batched": 2, "frozen": 1}
    assert "拨付办理中3760.00元" in matters.get(case.matter).outcome(type(case).objects.get(pk=case.pk))


def test_a_batch_is_made_of_what_its_maker_has_seen():
    make_cleared()
    found = disbursement.preview(COUNTY)
    with pytest.raises(TransitionRefused, match="已经变化"):
        make_batch(maker(), seen="")
    with pytest.raises(TransitionRefused, match="至少选择一个"):
        make_batch(maker(), cases=[])
    with pytest.raises(TransitionRefused, match="已经变化"):
        make_batch(maker(), cases=[found.payees[0].case.pk, 0])
    assert not DisbursementBatch.objects.exists()


def test_only_business_staff_of_the_region_make_batches():
    make_cleared()
    for stranger in (make_staff("business", OTHER_COUNTY), finance(), make_staff("first")):
        with pytest.raises(TransitionRefused, match="权限或管辖地区"):
            make_batch(stranger)


def test_batches_of_a_quarter_are_numbered():
    make_cleared()
    first = make_batch(maker())
    disbursement.cancel_batch(batch=first, reason="演示", by=maker())
    assert make_batch(maker()).number == f"BF{COUNTY}2026Q102"


def test_a_second_person_of_finance_reviews():
    make_cleared()
    both = make_staff("business")
    both.groups.add(finance().groups.get())
    batch = make_batch(both)
    for other in (both, maker(), make_staff("finance", OTHER_COUNTY)):
        with pytest.raises(TransitionRefused):
            disbursement.review_batch(batch=batch, approve=True, by=type(other).objects.get(pk=other.pk))
    with pytest.raises(TransitionRefused, match="请填写退回原因"):
        disbursement.review_batch(batch=batch, approve=False, by=finance())
    assert disbursement.review_batch(batch=batch, approve=True, by=finance()).state == "approved"
    with pytest.raises(TransitionRefused):
        disbursement.review_batch(batch=batch, approve=True, by=finance())


def test_the_database_itself_refuses_one_person_for_both():
    make_cleared()
    batch = make_batch(maker())
    with pytest.raises(IntegrityError, match="batch_second_person"), transaction.atomic():
        DisbursementBatch.objects.filter(pk=batch.pk).update(reviewed_by=batch.made_by, reviewed_at=timezone.now())


def test_what_is_refused_or_cancelled_can_be_batched_again():
    case, by = make_cleared(), maker()
    disbursement.review_batch(batch=make_batch(by), approve=False, reason="金额待核（演示）", by=finance())
    assert states(case) == {"cleared": 3}
    disbursement.cancel_batch(batch=make_batch(by), reason="演示", by=by)
    assert states(case) == {"cleared": 3}
    assert make_batch(by).amount == 5640
    assert ledger.differences() == []


def test_nothing_leaves_before_the_review():
    make_cleared()
    by = maker()
    with pytest.raises(TransitionRefused, match="待财政复核"):
        disbursement.export_batch(batch=make_batch(by), kind="txt", by=by)
    assert not BatchExport.objects.exists()


def test_an_entry_stands_in_one_live_payment_only():
    make_cleared()
    make_batch(maker())
    item = PaymentItem.objects.first()
    other = Payment.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentItem.objects.create(payment=other, entry=item.entry, amount=item.amount)


# --- To the bank ---------------------------------------------------------------------------------


def test_the_workbook_lists_each_payment_with_its_account_as_text():
    batch, by = make_sent()
    payment = batch.payments.get()
    data = disbursement.export_batch(batch=batch, kind="xlsx", by=by)
    rows = list(load_workbook(io.BytesIO(data)).active.values)
    assert rows[0] == ("拨付编号", "开户名称", "开户银行", "支行", "联行号", "账号", "金额（元）", "用途")
    assert rows[1][0] == payment.number
    assert rows[1][5] == payment.account_no
    assert rows[1][6] == 5640


def test_the_text_file_has_lines_of_one_width_in_gb18030_and_adds_up():
    batch, by = make_sent()
    data = disbursement.export_batch(batch=batch, kind="txt", by=by)
    head, line, total = data.split(b"\r\n")[:-1]
    assert len(line) == 677
    assert head[:1] + line[:1] + total[:1] == b"HDT"
    assert head[33:41] == timezone.localdate(fresh(batch).reviewed_at).strftime("%Y%m%d").encode()
    assert total == b"T" + b"00000001" + b"000000000000564000"
    assert line[33:233].decode("gb18030").strip() == batch.payments.get().holder
    assert line[599:617] == b"000000000000564000"


def test_what_does_not_fit_the_text_file_is_told_before_there_is_a_batch():
    case = make_cleared()
    account = case.livingsubsidyclaim_record.bank_account
    type(account).objects.filter(pk=account.pk).update(holder="长" * 128)
    with pytest.raises(TransitionRefused, match="超过银行文件允许的长度"):
        make_batch(maker())


def test_each_export_is_on_record_and_a_later_one_changes_nothing():
    batch, by = make_sent()
    lines = LedgerLine.objects.count()
    first = disbursement.export_batch(batch=batch, kind="txt", by=by)
    assert disbursement.export_batch(batch=batch, kind="txt", by=by) == first
    assert BatchExport.objects.filter(batch=batch).count() == 3
    assert LedgerLine.objects.count() == lines
    assert fresh(batch).state == "exported"


# --- And back ------------------------------------------------------------------------------------


def test_what_the_bank_paid_is_paid_and_told():
    batch, by = make_sent()
    settle(batch, by)
    payment = batch.payments.get()
    assert (payment.state, payment.paid_on, fresh(batch).state) == ("paid", timezone.localdate(), "settled")
    assert paid_total(payment.case) == 5640
    assert "已拨付5640.00元" in matters.get(payment.case.matter).outcome(payment.case)
    assert Message.objects.filter(title="补贴已拨付", body__contains="5640.00元").exists()
    assert ledger.differences() == []


def test_a_failed_payment_waits_for_the_account_and_is_made_again():
    batch, by = make_sent()
    settle(batch, by, paid=False)
    payment = batch.payments.get()
    handler = payment.unit.handlers.get()
    assert payment.state == "failed"
    assert "拨付失败5640.00元（账号户名不符），请更正收款账户" in matters.get(payment.case.matter).outcome(payment.case)
    found = disbursement.preview(COUNTY)
    assert not found.payees
    assert "等待单位更正收款账户" in found.excluded[0].reason
    account = make_bank_account(payment.unit, holder=payment.unit.name)
    disbursement.correct_payee(case=payment.case, account=account, by=handler.user)
    again = make_batch(by)
    fresh_payment = again.payments.get()
    assert fresh_payment.account_no == account.account_no
    payment.refresh_from_db()
    assert payment.state == "reissued"
    disbursement.review_batch(batch=again, approve=True, by=finance())
    disbursement.export_batch(batch=again, kind="xlsx", by=by)
    settle(again, by)
    assert paid_total(payment.case) == 5640
    assert ledger.differences() == []


def test_a_failed_payment_whose_next_batch_was_cancelled_can_be_made_again():
    batch, by = make_sent()
    settle(batch, by, paid=False)
    payment = batch.payments.get()
    disbursement.correct_payee(case=payment.case, account=payment.account, by=payment.unit.handlers.get().user)
    disbursement.cancel_batch(batch=make_batch(by), reason="演示", by=by)
    assert make_batch(by).amount == 5640
    assert ledger.differences() == []


def test_only_a_waiting_claim_gets_another_account_and_only_the_units_own():
    batch, by = make_sent()
    payment = batch.payments.get()
    user, account = payment.unit.handlers.get().user, payment.account
    with pytest.raises(TransitionRefused, match="不需要更正"):
        disbursement.correct_payee(case=payment.case, account=account, by=user)
    settle(batch, by, paid=False)
    stranger = make_claiming()
    foreign = stranger.unit.bank_accounts.first()
    with pytest.raises(TransitionRefused, match="本单位正在使用"):
        disbursement.correct_payee(case=payment.case, account=foreign, by=user)
    with pytest.raises(TransitionRefused, match="只有申请人"):
        disbursement.correct_payee(case=payment.case, account=account, by=stranger.user)
    other = make_bank_account(payment.unit, holder="别人演示")
    with pytest.raises(TransitionRefused, match="开户名称应与单位名称一致"):
        disbursement.correct_payee(case=payment.case, account=other, by=user)


def take_in(batch, by, *rows, digest="1"):
    return disbursement.import_results(batch=batch, rows=rows, digest=digest, name="回盘.xlsx", by=by)


@pytest.mark.parametrize(
    ("change", "column", "words"),
    [
        ({"number": "BF0"}, "number", "不是本批次"),
        ({"amount": Decimal("1.00")}, "amount", "不一致"),
        ({"paid_on": None}, "paid_on", "请填写拨付日期"),
        ({"paid_on": timezone.localdate() + timedelta(days=1)}, "paid_on", "不晚于今天"),
        ({"paid_on": timezone.localdate() - timedelta(days=1)}, "paid_on", "财政复核之后"),
        ({"result": "2", "failure": None}, "failure", "请填写原因"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_taken_in(change, column, words):
    batch, by = make_sent()
    row = result(batch.payments.get()) | change
    payments = {payment.number: payment for payment in batch.payments.all()}
    found = bank_file.fault(row, payments.get(row["number"]))
    assert found[0] == column
    assert words in found[1]
    with pytest.raises(TransitionRefused):
        take_in(batch, by, row)
    assert batch.payments.get().state == "sent"


def test_doubled_rows_are_refused_and_all_or_nothing_holds():
    make_cleared()
    make_cleared(handler=make_claiming())
    by = maker()
    batch = disbursement.review_batch(batch=make_batch(by), approve=True, by=finance())
    disbursement.export_batch(batch=batch, kind="xlsx", by=by)
    first, second = batch.payments.all()
    with pytest.raises(TransitionRefused, match="重复的拨付编号"):
        take_in(batch, by, result(first), result(first))
    with pytest.raises(TransitionRefused):
        take_in(batch, by, result(first), result(second, amount=Decimal(1)))
    assert {payment.state for payment in batch.payments.all()} == {"sent"}
    # Results may come in several files.
    take_in(batch, by, result(first), digest="a")
    assert fresh(batch).state == "exported"
    take_in(batch, by, result(second, paid=False), digest="b")
    assert fresh(batch).state == "settled"
    assert ledger.differences() == []


def test_the_same_file_again_changes_nothing():
    batch, by = make_sent()
    row = result(batch.payments.get())
    assert take_in(batch, by, row)[1]
    lines = LedgerLine.objects.count()
    assert not take_in(batch, by, row)[1]
    assert LedgerLine.objects.count() == lines
    with pytest.raises(TransitionRefused):
        take_in(batch, by, row, digest="other")


def test_a_kill_in_the_middle_of_the_import_leaves_all_as_it_was(monkeypatch):
    """What fails between two payments takes back the whole file; the same file goes through afterwards."""
    make_cleared()
    make_cleared(handler=make_claiming())
    by = maker()
    batch = disbursement.review_batch(batch=make_batch(by), approve=True, by=finance())
    disbursement.export_batch(batch=batch, kind="xlsx", by=by)
    rows = [result(payment) for payment in batch.payments.all()]
    done, settle_one = [], disbursement._settle

    def dies(payment, row, who):
        if done:
            raise KeyboardInterrupt
        done.append(settle_one(payment, row, who))

    monkeypatch.setattr(disbursement, "_settle", dies)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        take_in(batch, by, *rows)
    assert {payment.state for payment in batch.payments.all()} == {"sent"}
    assert not batch.results.exists()
    assert ledger.differences() == []
    monkeypatch.undo()
    assert take_in(batch, by, *rows)[1]
    assert {payment.state for payment in batch.payments.all()} == {"paid"}


def test_only_paid_money_is_recovered_and_by_finance():
    batch, by = make_sent()
    payment = batch.payments.get()
    with pytest.raises(TransitionRefused):
        disbursement.recover_payment(payment=payment, reason="演示", by=finance())
    settle(batch, by)
    with pytest.raises(TransitionRefused, match="权限或管辖"):
        disbursement.recover_payment(payment=payment, reason="演示", by=by)
    disbursement.recover_payment(payment=payment, reason="演示", by=finance())
    assert states(payment.case) == {"recovered": 3}
    # Recovered money is not offered again by the same claim.
    assert not disbursement.preview(COUNTY).payees


# --- The ledger ----------------------------------------------------------------------------------


def check() -> tuple[int, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("ledger_check", stdout=out, stderr=err)
    except CommandError as failed:
        return failed.returncode, err.getvalue()
    return 0, out.getvalue()


def test_the_ledger_is_only_ever_added_to():
    make_cleared()
    for change in (lambda rows: rows.update(amount=1), lambda rows: rows.delete()):
        with pytest.raises(Exception, match="append_only"), transaction.atomic():
            change(LedgerLine.objects.all())


def test_totals_agree_to_the_fen_and_are_printed():
    batch, by = make_sent()
    settle(batch, by)
    status, words = check()
    assert status == 0
    assert "已拨付\t5640.00" in words
    assert "all agree" in words


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (lambda: SubsidyEntry.objects.filter(number=1).update(amount=Decimal("1880.01")), "entry and its origin"),
        (lambda: SubsidyEntry.objects.filter(number=1).update(state="cleared", paid_on=None), "entry and its ledger"),
        (lambda: Payment.objects.update(amount=Decimal("5640.01")), "payment and its items"),
        (lambda: DisbursementBatch.objects.update(amount=Decimal("5639.99")), "batch and its payments"),
        (lambda: DisbursementBatch.objects.update(payment_count=2), "batch and its payments"),
        (lambda: PaymentItem.objects.filter(entry__number=1).update(amount=1), "item and its entry"),
        (lambda: PaymentItem.objects.filter(entry__number=1).update(live=False), "item and its payment"),
        (lambda: PaymentItem.objects.filter(entry__number=1).delete(), "entry and its payment"),
        (
            lambda: LedgerLine.objects.create(
                entry=SubsidyEntry.objects.first(), source="public", target="paid", transition="pay", amount=1880
            ),
            "ledger line and the one before",
        ),
    ],
)
def test_damage_is_found_and_named(damage, what):
    batch, by = make_sent()
    settle(batch, by)
    assert check()[0] == 0
    damage()
    status, words = check()
    assert status == 1
    assert what in words


def test_a_claim_whose_entries_are_missing_is_found():
    case = make_approved_claim()
    record = case.livingsubsidyclaim_record
    type(record).objects.filter(pk=record.pk).update(months_amount=5641, amount=5641)
    status, words = check()
    assert (status, "claim and its entries" in words) == (1, True)
