"""What both declarations share: their legal basis, and values that the hall holds already."""

from typing import Any

from accounts.models import BankAccount, Individual, Unit
from common.models import Region

IN_FORCE = "《关于进一步加强就业见习工作的通知》（国家就业见习政策框架）"
SHANXI = "《就业见习管理办法》（晋人社厅发〔2023〕24号）"
JILIN = "《吉林省就业见习管理暂行办法》（吉人社联字〔2023〕12号）"


def typed(owner: Any, *names: str) -> dict[str, str]:
    """Columns of a row as they would be typed; empty ones are left out."""
    texts = {}
    for name in names:
        value = getattr(owner, name)
        if isinstance(value, Region):
            value = value.pk
        if value not in (None, ""):
            texts[name] = str(value)
    return texts


def account_of(owner: Individual | Unit) -> BankAccount | None:
    """The newest bank account in use."""
    return owner.bank_accounts.filter(ended_at__isnull=True).order_by("-created_at", "-pk").first()
