"""拨付批次: made by one, reviewed by another, sent to the bank, settled by what the bank answers (C11, F).

Locks are taken in one order: region, cases, batch, payments, entries.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import BankAccount, Unit, User
from common import audit, constraints
from common.models import Region
from common.transitions import TransitionRefused
from reporting import bank_file, ledger
from reporting.messages import tell_unit
from reporting.models import (
    BatchExport,
    BatchResult,
    DisbursementBatch,
    LivingSubsidyClaim,
    MentoringSubsidyClaim,
    PayeeCorrection,
    Payment,
    PaymentItem,
    SubsidyEntry,
)
from reporting.payments import BATCH_TABLE, MAKE, PAYMENT_TABLE, REVIEW, check_second_person, check_staff, need
from reporting.rules import words as day_words
from review.models import Case
from review.rules import check_applicant

CHANGED = "可拨付的内容已经变化（有金额已被其他批次列入、有异议或账户更正），请重新核对预览"
PAYABLE = ("cleared", "failed")


# --- What can be paid ----------------------------------------------------------------------------


@dataclass
class Payee:
    """A claim with what it can get now, to which account; or why not."""

    case: Case
    unit: Unit
    account: BankAccount
    entries: list[SubsidyEntry] = field(default_factory=list)
    reason: str = ""
    corrected: bool = False

    @property
    def amount(self) -> Decimal:
        return sum((entry.amount for entry in self.entries), Decimal(0))


@dataclass(frozen=True)
class Preview:
    """Who would be paid by a batch, who not and why; ``seen`` is what the maker commits to."""

    payees: list[Payee]
    excluded: list[Payee]

    @property
    def amount(self) -> Decimal:
        return sum((payee.amount for payee in self.payees), Decimal(0))

    @property
    def seen(self) -> str:
        """What the maker has looked at: every entry and account."""
        told = [f"{payee.account.pk}:{entry.pk}" for payee in self.payees for entry in payee.entries]
        return bank_file.digest("\n".join(sorted(told)).encode())[:32]


def preview(region: str) -> Preview:
    """What a batch of a handling region would hold now, oldest claims first; a fixed number of queries."""
    found = SubsidyEntry.objects.filter(region=region, state__in=(*PAYABLE, "public", "frozen"))
    return _preview(list(found.select_related("publicity__case", "unit").order_by("publicity_id", "number")))


def _preview(entries: Iterable[SubsidyEntry]) -> Preview:
    by_case: dict[int, list[SubsidyEntry]] = {}
    for entry in entries:
        by_case.setdefault(entry.publicity.case_id, []).append(entry)
    accounts, corrected = payees(by_case)
    failed = _failures(by_case)
    payable: list[Payee] = []
    excluded: list[Payee] = []
    for key, rows in by_case.items():
        case, account = rows[0].publicity.case, accounts[key]
        groups: dict[str, list[SubsidyEntry]] = {}
        for entry in rows:
            groups.setdefault(entry.state if entry.state not in PAYABLE else "payable", []).append(entry)
        for state, words in (("public", "公示中"), ("frozen", "有异议，已冻结")):
            if held := groups.get(state):
                excluded.append(Payee(case, rows[0].unit, account, held, words))
        if ready := groups.get("payable"):
            reason = _unpayable(account, failed.get(key), corrected.get(key))
            payee = Payee(case, rows[0].unit, account, ready, reason, key in corrected)
            (excluded if reason else payable).append(payee)
    return Preview(payable, excluded)


def payees(cases: Collection[int]) -> tuple[dict[int, BankAccount], dict[int, PayeeCorrection]]:
    """The account of each claim, by case: as corrected last, else as claimed."""
    found: dict[int, BankAccount] = {}
    for model in (LivingSubsidyClaim, MentoringSubsidyClaim):
        found |= {
            claim.pk: claim.bank_account for claim in model.objects.filter(pk__in=cases).select_related("bank_account")
        }
    rows = PayeeCorrection.objects.filter(case__in=cases).select_related("account").order_by("corrected_at", "pk")
    corrections = {row.case_id: row for row in rows}
    return found | {key: row.account for key, row in corrections.items()}, corrections


def _failures(cases: Collection[int]) -> dict[int, Payment]:
    """The failed payment of each claim that waits to be made again."""
    return {row.case_id: row for row in Payment.objects.filter(case__in=cases, state="failed").order_by("pk")}


def _unpayable(account: BankAccount, failed: Payment | None, correction: PayeeCorrection | None) -> str:
    if failed and not (correction and failed.settled_at and correction.corrected_at > failed.settled_at):
        return f"上次拨付失败（{failed.failure}），等待单位更正收款账户"
    return "收款账户已停用，等待单位更正收款账户" if account.ended_at else ""


# --- The batch -----------------------------------------------------------------------------------


def make_batch(
    *, region: str, year: int, quarter: int, cases: Collection[int], seen: str, by: User
) -> DisbursementBatch:
    """Put what can be paid into a new batch: the claims chosen from the preview whose mark is ``seen``.

    Of two who put the same entries into batches at once, the second is refused. Raises TransitionRefused.
    """
    check_staff(by, MAKE, region)
    try:
        with audit.actor(by), transaction.atomic():
            # Batches of one region wait here for each other, and take the next number.
            Region.objects.select_for_update(no_key=True, of=("self",)).get(pk=region)
            found = _lock_payable(region)
            if not cases or found.seen != seen:
                raise TransitionRefused(CHANGED if cases else "请至少选择一个单位的申领")
            chosen = [payee for payee in found.payees if payee.case.pk in set(cases)]
            if len(chosen) != len(set(cases)):
                raise TransitionRefused(CHANGED)
            return _store(region, year, quarter, chosen, by)
    except IntegrityError as error:
        if sentence := constraints.explain(error):
            raise TransitionRefused(sentence) from error
        raise


def _lock_payable(region: str) -> Preview:
    """Cases before entries, as the review workflow locks them; what another batch took meanwhile is not found."""
    states = (*PAYABLE, "public", "frozen")
    keys = SubsidyEntry.objects.filter(region=region, state__in=states).values_list("publicity__case_id", flat=True)
    cases = Case.objects.filter(pk__in=set(keys)).order_by("pk")
    locked = {case.pk: case for case in cases.select_for_update(no_key=True, of=("self",))}
    entries = SubsidyEntry.objects.filter(region=region, state__in=states, publicity__case__in=locked)
    kept = ledger.locked(entries.select_related("publicity__case", "unit"))
    return _preview(sorted(kept, key=lambda entry: (entry.publicity_id, entry.number)))


def _store(region: str, year: int, quarter: int, chosen: list[Payee], by: User) -> DisbursementBatch:
    last = DisbursementBatch.objects.filter(region=region, year=year, quarter=quarter).aggregate(last=Max("sequence"))
    sequence = (last["last"] or 0) + 1
    batch = DisbursementBatch.objects.create(
        number=f"BF{region}{year}Q{quarter}{sequence:02d}",
        region_id=region,
        year=year,
        quarter=quarter,
        sequence=sequence,
        payment_count=len(chosen),
        amount=sum((payee.amount for payee in chosen), Decimal(0)),
        made_by=by,
    )
    payments: dict[int, Payment] = {}
    items, entries = [], []
    for place, payee in enumerate(chosen, start=1):
        payment = _payment(batch, place, payee)
        bank_file.check(payment)
        payment.save()
        entries += payee.entries
        payments |= {entry.pk: payment for entry in payee.entries}
        items += [PaymentItem(payment=payment, entry=entry, amount=entry.amount) for entry in payee.entries]
    PaymentItem.objects.bulk_create(items)
    ledger.move("batch", entries, by=by, payments=payments, reason=batch.number)
    failed = Payment.objects.filter(case__in=[payee.case.pk for payee in chosen], state="failed").order_by("pk")
    for payment in failed.select_for_update(of=("self",)):
        _advance(payment, "reissue")
    return batch


def _payment(batch: DisbursementBatch, place: int, payee: Payee) -> Payment:
    account = payee.account
    return Payment(
        batch=batch,
        number=f"{batch.number}-{place:04d}",
        case=payee.case,
        unit=payee.unit,
        account=account,
        holder=account.holder,
        bank=account.bank,
        branch=account.branch,
        cnaps=account.cnaps,
        account_no=account.account_no,
        amount=payee.amount,
    )


def _advance(payment: Payment, transition: str, **values: Any) -> None:
    payment.state = PAYMENT_TABLE.check(transition, payment.state).targets[0]
    for name, value in values.items():
        setattr(payment, name, value)
    payment.save()


def _locked(batch: DisbursementBatch) -> DisbursementBatch:
    return DisbursementBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)


def _payments(batch: DisbursementBatch, state: str) -> list[Payment]:
    return list(batch.payments.filter(state=state).order_by("pk").select_for_update(of=("self",)))


def _entries(payments: Iterable[Payment]) -> tuple[list[SubsidyEntry], dict[int, Payment]]:
    """What payments hold, locked, with each entry's payment."""
    found = list(payments)
    rows = PaymentItem.objects.filter(payment__in=found, live=True).values_list("entry_id", "payment_id")
    by_key = {payment.pk: payment for payment in found}
    owners = {entry: by_key[payment] for entry, payment in rows}
    return ledger.locked(SubsidyEntry.objects.filter(pk__in=owners)), owners


def review_batch(*, batch: DisbursementBatch, approve: bool, reason: str = "", by: User) -> DisbursementBatch:
    """财政复核 by a second person; a refused batch lets go of what it held. Raises TransitionRefused."""
    with audit.actor(by), transaction.atomic():
        found = _locked(batch)
        check_second_person(found, by)
        found.state = BATCH_TABLE.check("approve" if approve else "reject", found.state).targets[0]
        found.reviewed_at, found.reviewed_by = timezone.now(), by
        if not approve:
            found.reason = need(reason, "退回原因")
            _let_go(found, by)
        found.save()
    return found


def cancel_batch(*, batch: DisbursementBatch, reason: str, by: User) -> DisbursementBatch:
    """作废 before anything went to the bank. Raises TransitionRefused."""
    with audit.actor(by), transaction.atomic():
        found = _locked(batch)
        check_staff(by, MAKE, found.region_id)
        found.state = BATCH_TABLE.check("cancel", found.state).targets[0]
        found.reason = need(reason, "作废原因")
        _let_go(found, by)
        found.save()
    return found


def _let_go(batch: DisbursementBatch, by: User) -> None:
    payments = _payments(batch, "planned")
    entries, owners = _entries(payments)
    ledger.move("unbatch", entries, by=by, payments=owners, reason=batch.reason)
    PaymentItem.objects.filter(payment__in=payments).update(live=False)
    for payment in payments:
        _advance(payment, "cancel")


# --- To the bank and back ------------------------------------------------------------------------


def export_batch(*, batch: DisbursementBatch, kind: str, by: User) -> bytes:
    """The bank's file of a reviewed batch: account numbers in clear, so each export is kept on record.

    The first export sends the payments; later ones give the same content. Raises TransitionRefused.
    """
    with audit.actor(by), transaction.atomic():
        found = _locked(batch)
        check_staff(by, MAKE, found.region_id)
        first = found.state == DisbursementBatch.State.APPROVED
        found.state = BATCH_TABLE.check("export", found.state).targets[0]
        payments = list(found.payments.order_by("number").select_related("case", "batch"))
        data = bank_file.text_file(found, payments) if kind == "txt" else bank_file.workbook(found, payments)
        if first:
            sent = _payments(found, "planned")
            entries, owners = _entries(sent)
            ledger.move("send", entries, by=by, payments=owners, reason=found.number)
            for payment in sent:
                _advance(payment, "send")
        found.save()
        BatchExport.objects.create(batch=found, kind=kind, digest=bank_file.digest(data), exported_by=by)
    return data


def import_results(
    *, batch: DisbursementBatch, rows: Collection[Mapping[str, Any]], digest: str, name: str, by: User
) -> tuple[DisbursementBatch, bool]:
    """Take in what the bank answered, as a whole; the same file again changes nothing (then False).

    ``rows`` have passed ``bank_file.checks``, which are repeated here under locks. Raises TransitionRefused.
    """
    with audit.actor(by), transaction.atomic():
        found = _locked(batch)
        check_staff(by, MAKE, found.region_id)
        if found.results.filter(digest=digest).exists():
            return found, False
        BATCH_TABLE.check("settle", found.state)
        sent = {payment.number: payment for payment in _payments(found, "sent")}
        if not rows or any(bank_file.fault(row, sent.get(row["number"])) for row in rows):
            raise TransitionRefused("回盘文件与批次的当前状态不一致，请刷新页面后重新导入")
        if len({row["number"] for row in rows}) != len(rows):
            raise TransitionRefused("回盘文件中有重复的拨付编号")
        for row in sorted(rows, key=lambda one: one["number"]):
            _settle(sent[row["number"]], row, by)
        BatchResult.objects.create(batch=found, digest=digest, name=name[:200], rows=len(rows), imported_by=by)
        if not found.payments.filter(state="sent").exists():
            found.state = "settled"
            found.save()
    return found, True


def _settle(payment: Payment, row: Mapping[str, Any], by: User) -> None:
    entries, owners = _entries([payment])
    amount = {"办件编号": payment.case.number, "金额": payment.amount}
    if row["result"] == bank_file.PAID:
        _advance(payment, "pay", paid_on=row["paid_on"], settled_at=timezone.now())
        ledger.move("pay", entries, by=by, payments=owners, paid_on=row["paid_on"], reason=payment.number)
        tell_unit(payment.case, "payment-made", {**amount, "日期": day_words(row["paid_on"])}, key=f"paid-{payment.pk}")
        return
    _advance(payment, "fail", failure=row["failure"], settled_at=timezone.now())
    ledger.move("fail", entries, by=by, payments=owners, reason=row["failure"])
    PaymentItem.objects.filter(payment=payment).update(live=False)
    tell_unit(payment.case, "payment-failed", {**amount, "原因": row["failure"]}, key=f"failed-{payment.pk}")


def recover_payment(*, payment: Payment, reason: str, by: User) -> Payment:
    """追回: the unit has given the money back (财政复核 says so); only then can the claim be revoked.

    Raises TransitionRefused.
    """
    with audit.actor(by), transaction.atomic():
        found = Payment.objects.select_for_update(of=("self",)).select_related("batch").get(pk=payment.pk)
        check_staff(by, REVIEW, found.batch.region_id)
        words = need(reason, "追回原因")[:200]
        entries, owners = _entries([found])
        _advance(found, "recover", failure=words)
        ledger.move("recover", entries, by=by, payments=owners, reason=words)
        PaymentItem.objects.filter(payment=found).update(live=False)
    return found


def may_correct_payee(case: Case) -> bool:
    """Whether the unit has to name an account: after a failed payment, or when the account is no longer in use."""
    unpaid = SubsidyEntry.objects.filter(publicity__case=case, state__in=("public", "frozen", *PAYABLE))
    if not unpaid.exists():
        return False
    if Payment.objects.filter(case=case, state="failed").exists():
        return True
    return bool(payees([case.pk])[0][case.pk].ended_at)


def correct_payee(*, case: Case, account: BankAccount, by: User) -> PayeeCorrection:
    """The unit names the account for the next payment; the same one once more is possible, too.

    Raises TransitionRefused.
    """
    with audit.actor(by), transaction.atomic():
        locked = Case.objects.select_for_update(no_key=True, of=("self",)).get(pk=case.pk)
        check_applicant(locked, by)
        if not may_correct_payee(locked):
            raise TransitionRefused("该申领当前不需要更正收款账户")
        if account.unit_id != locked.unit_id or account.ended_at is not None:
            raise TransitionRefused("请选择本单位正在使用的银行账户")
        if account.holder != account.unit.name and account != payees([locked.pk])[0][locked.pk]:
            # What the reviewers accepted with a reason stays; anything else goes to the unit itself.
            raise TransitionRefused("收款账户的开户名称应与单位名称一致")
        return PayeeCorrection.objects.create(case=locked, account=account, corrected_by=by)


def this_quarter(on: date) -> tuple[int, int]:
    """Year and quarter of a day."""
    return on.year, (on.month + 2) // 3
