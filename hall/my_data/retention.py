"""How long what is kept (PIPL §19), by policy, and the job that erases what is past it."""

from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from accounts.messaging import deliveries
from accounts.models import FailedSignIn, Individual, Message, MobileCode, SignIn, User
from accounts.writing import write
from common import audit_chain, policies
from hall.models import AccountClosure

DAYS_PER_MONTH = 31  # rather a day longer than shorter
UNSET = "保存期限待配置"


def value(key: str) -> int | None:
    """A period in force today, for the whole country; None while none is set (then nothing is erased)."""
    found: int | None = policies.value(key, "", timezone.localdate())
    return found


def words(key: str, text: str) -> str:
    """How long, in words; {value} stands for the number."""
    found = value(key)
    return UNSET if found is None else text.format(value=found)


def archive_words() -> str:
    """Business records are archives."""
    return words("retention.archive_years", "按业务档案保存{value}年")


def _before_months(key: str) -> datetime | None:
    months = value(key)
    return None if months is None else timezone.now() - timedelta(days=months * DAYS_PER_MONTH)


def _batch(rows: models.QuerySet[Any]) -> int:
    count: int = rows.delete()[0]
    return count


@write
def sweep(*, by: User | None) -> dict[str, int]:
    """Erase what is past its period; returns how much of what. Safe to repeat."""
    done: dict[str, int] = {"codes": _batch(MobileCode.objects.filter(created_at__lt=_days_ago(1)))}
    if before := _before_months("retention.sign_in_months"):
        done["sign_ins"] = _batch(SignIn.objects.filter(at__lt=before).exclude(ended_at=None, at__gte=_days_ago(1)))
        done["failed_sign_ins"] = _batch(FailedSignIn.objects.filter(at__lt=before))
    if before := _before_months("retention.message_months"):
        done["messages"] = _batch(Message.objects.filter(created_at__lt=before))
    if days := value("retention.delivery_days"):
        done["deliveries"] = deliveries.forget(before=_days_ago(days), by=by)
    done["closed_accounts"] = sum(_of_closure(closure.pk, by) for closure in AccountClosure.objects.unfinished())
    return done


def _days_ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


@transaction.atomic
def _of_closure(pk: int, by: User | None) -> int:
    """What is due of a closed account: its name and ID once archives may go, and the history of both."""
    closure = AccountClosure.objects.select_for_update().get(pk=pk)
    now, years = timezone.now(), value("retention.archive_years")
    over = years is not None and closure.closed_at + timedelta(days=366 * years) <= now
    due = False
    if over and closure.identity_erased_at is None:
        erase_identity(closure.individual)
        closure.identity_erased_at, due = now, True
    logs = _before_months("retention.sign_in_months")
    if logs is not None and closure.account_history_erased_at is None and closure.closed_at <= logs:
        _erase_history(closure.user, by)
        closure.account_history_erased_at, due = now, True
    erased_at = closure.identity_erased_at
    if logs is not None and closure.identity_history_erased_at is None and erased_at and erased_at <= logs:
        _erase_history(closure.individual, by)
        closure.identity_history_erased_at, due = now, True
    if due:
        closure.save()
    return int(due)


def _erase_history(row: User | Individual, by: User | None) -> None:
    """The row's old versions, which still hold what the row itself holds no more; the audit chain knows of it."""
    events = type(row).history.rel.related_model  # type: ignore[union-attr]
    ids = list(events.objects.filter(pgh_obj_id=row.pk).values_list("pk", flat=True))
    audit_chain.erase(events, ids, reason="账号注销后保存期限届满", by=by)


# What says who somebody is: gone when nothing obliges to keep it.
_EMPTY: dict[str, Any] = {"name": "已注销", "id_type": "99", "id_no": "", "sex": "", "birth_date": None}


def erase_identity(individual: Individual) -> None:
    """Take name and ID number, with its blind index, off the person's row; runs inside a transaction."""
    for name, empty in _EMPTY.items():
        setattr(individual, name, empty)
    individual.save(update_fields=[*_EMPTY, "id_no_digest"])
