"""What goes to the bank (xlsx, fixed-width text) and what comes back; the layout is in docs/operations.md."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone

from common.codes import CodeList
from common.sheets import exports
from common.sheets.columns import Amount, Code, Date, Sheet, Text
from common.sheets.imports import Row, SheetError
from common.transitions import TransitionRefused
from reporting.models import DisbursementBatch, Payment

PAID, FAILED = "1", "2"
RESULT = CodeList("拨付结果", "own", _1="成功", _2="失败")
PURPOSE = "就业见习补贴"
ENCODING = "gb18030"
# Bytes of the texts in a line of the fixed-width file, in their order.
HOLDER, BANK, BRANCH, CNAPS, ACCOUNT, NUMBER, FEN, COUNT, NOTE = 200, 120, 200, 12, 34, 32, 18, 8, 60

BANK_COLUMNS = (
    Text("number", "拨付编号"),
    Text("holder", "开户名称"),
    Text("bank", "开户银行"),
    Text("branch", "支行"),
    Text("cnaps", "联行号"),
    Text("account_no", "账号"),
    Amount("amount", "金额（元）"),
    Text("note", "用途"),
)

RESULTS = Sheet(
    "disbursement-results",
    "拨付结果",
    columns=(
        Text("number", "拨付编号", max_length=32, example="BF1401052026Q101-0001"),
        Amount("amount", "金额（元）", unit="元", minimum=Decimal("0.01"), example="5640"),
        Code("result", "结果", codes=RESULT, example="成功"),
        Date("paid_on", "拨付日期", required=False, example="2026-03-31", note="成功的填写"),
        Text("failure", "失败原因", required=False, max_length=200, note="失败的填写"),
    ),
    unique=(("number",),),
    instructions=("按银行回单逐笔填写结果；可以分几次导入，每次导入的文件整体成功或整体失败。",),
)


def digest(data: bytes) -> str:
    """SHA-256, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


# --- To the bank ---------------------------------------------------------------------------------


def workbook(batch: DisbursementBatch, payments: Iterable[Payment]) -> bytes:
    """The bank's file as xlsx: a row for each payment."""
    rows = ({column.key: getattr(payment, column.key, PURPOSE) for column in BANK_COLUMNS} for payment in payments)
    return exports.export_list("拨付清单", BANK_COLUMNS, rows)


def result_template(payments: Iterable[Payment]) -> bytes:
    """The sheet of results with numbers and amounts of the payments that wait for one."""
    return exports.export(RESULTS, ({"number": row.number, "amount": row.amount} for row in payments))


def _text(value: str, width: int, title: str) -> bytes:
    """Left-aligned, filled with spaces to ``width`` bytes; raises TransitionRefused when it is longer."""
    data = " ".join(value.split()).encode(ENCODING)
    if len(data) > width:
        raise TransitionRefused(f"{title}“{value}”超过银行文件允许的长度（{width}字节），请先更正银行账户信息")
    return data.ljust(width)


def _number(value: int, width: int) -> bytes:
    return str(value).zfill(width).encode("ascii")


def _fen(amount: Decimal) -> int:
    return int((amount * 100).to_integral_exact())


def _line(payment: Payment) -> bytes:
    return b"".join(
        (
            b"D",
            _text(payment.number, NUMBER, "拨付编号"),
            _text(payment.holder, HOLDER, "开户名称"),
            _text(payment.bank, BANK, "开户银行"),
            _text(payment.branch, BRANCH, "支行"),
            _text(payment.cnaps, CNAPS, "联行号"),
            _text(payment.account_no, ACCOUNT, "账号"),
            _number(_fen(payment.amount), FEN),
            _text(PURPOSE, NOTE, "用途"),
        )
    )


def check(payment: Payment) -> None:
    """Raise TransitionRefused when the payment does not fit into the bank's file."""
    _line(payment)


def text_file(batch: DisbursementBatch, payments: Sequence[Payment]) -> bytes:
    """The bank's file as lines of fixed width in GB18030: a head, a line for each payment, a sum."""
    day = timezone.localdate(batch.reviewed_at).strftime("%Y%m%d").encode("ascii")
    total = _number(len(payments), COUNT) + _number(sum(_fen(payment.amount) for payment in payments), FEN)
    head = b"H" + _text(batch.number, NUMBER, "批次编号") + day + total
    lines = [head, *(_line(payment) for payment in payments), b"T" + total]
    return b"".join(line + b"\r\n" for line in lines)


# --- And back ------------------------------------------------------------------------------------


def fault(row: Mapping[str, Any], payment: Payment | None) -> tuple[str, str] | None:
    """What is wrong with a row of results, as column and words; None when it may be taken in."""
    if payment is None:
        return "number", "不是本批次中的拨付编号"
    if payment.state != Payment.State.SENT:
        return "number", f"该笔已有结果（{payment.get_state_display()}），不能重复导入"
    if row["amount"] != payment.amount:
        return "amount", f"与送银行的金额{payment.amount}元不一致"
    if row["result"] == FAILED:
        return None if row["failure"] else ("failure", "失败的请填写原因")
    if row["paid_on"] is None:
        return "paid_on", "成功的请填写拨付日期"
    if not timezone.localdate(payment.batch.reviewed_at) <= row["paid_on"] <= timezone.localdate():
        return "paid_on", "应在财政复核之后，且不晚于今天"
    return None


def checks(batch: DisbursementBatch) -> tuple[Callable[[Sequence[Row]], Iterable[SheetError]], ...]:
    """The checks of a file of results against the batch."""

    def against_batch(rows: Sequence[Row]) -> Iterable[SheetError]:
        payments = {payment.number: payment for payment in batch.payments.select_related("batch")}
        for row in rows:
            if None in (row["number"], row["amount"], row["result"]):
                continue
            if found := fault(row.values, payments.get(row["number"])):
                yield row.error(*found)

    return (against_batch,)
