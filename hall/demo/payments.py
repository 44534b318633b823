"""What became of the demonstration's approved claims: paid, failed at the bank, or still public."""

import datetime

from hall.demo import clock
from hall.demo.offices import Province
from reporting import bank_file, disbursement, publicity
from reporting.models import DisbursementBatch, Payment, Publicity

FAILURE = "收款账户户名不符（演示）"


def make_payments(province: Province, today: datetime.date) -> int:
    """Carry every publicity whose days are over to the bank and back; returns how many were paid.

    Living subsidies arrive, those for mentoring fail: the unit has to correct its account. What is still within its
    days stays public.
    """
    over = Publicity.objects.filter(region__code__startswith=province.code[:2], ends_on__lt=today - _days(4))
    return sum(_pay(province, found, found.ends_on, today) for found in over.order_by("ends_on", "pk") if found.ends_on)


def _days(count: int) -> datetime.timedelta:
    return datetime.timedelta(days=count)


def _pay(province: Province, found: Publicity, last_day: datetime.date, today: datetime.date) -> bool:
    _at(last_day + _days(1), today, hour=0)
    publicity.close_publicities(on=last_day + _days(1))
    business, finance = province.staff["business"], province.staff["finance"]
    _at(last_day + _days(2), today)
    year, quarter = disbursement.this_quarter(last_day + _days(2))
    preview = disbursement.preview(found.region_id)
    batch = disbursement.make_batch(
        region=found.region_id,
        year=year,
        quarter=quarter,
        cases=[found.case_id],
        seen=preview.seen,
        by=business,
    )
    _at(last_day + _days(2), today, hour=14)
    disbursement.review_batch(batch=batch, approve=True, by=finance)
    _at(last_day + _days(3), today)
    disbursement.export_batch(batch=batch, kind="xlsx", by=business)
    _at(last_day + _days(4), today)
    paid = found.case.matter == "living-subsidy"
    _answer(batch, paid, last_day + _days(4), province)
    return paid


def _answer(batch: DisbursementBatch, paid: bool, day: datetime.date, province: Province) -> None:
    """The bank's file of results, with one answer for all."""
    rows = [_row(payment, paid, day) for payment in batch.payments.order_by("number")]
    digest = bank_file.digest(batch.number.encode())
    name, by = f"回盘-{batch.number}（演示）.xlsx", province.staff["business"]
    disbursement.import_results(batch=batch, rows=rows, digest=digest, name=name, by=by)


def _row(payment: Payment, paid: bool, day: datetime.date) -> dict[str, object]:
    told = {"result": bank_file.PAID, "paid_on": day, "failure": None}
    failed = {"result": bank_file.FAILED, "paid_on": None, "failure": FAILURE}
    return {"number": payment.number, "amount": payment.amount, **(told if paid else failed)}


def _at(day: datetime.date, today: datetime.date, hour: int = 10) -> None:
    clock.set_to(clock.days_ago((today - day).days, hour=hour))
