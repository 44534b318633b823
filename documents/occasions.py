"""When the hall writes about documents."""

from accounts.messaging.models import Message
from accounts.messaging.occasions import Occasion, register

register(
    Occasion(
        "documents-ready",
        "批量证明已生成",
        Message.Kind.NOTICE,
        "{证明}已生成",
        "您申请批量打印的{证明}已生成{份数}份（申请{申请份数}份），请下载。",
        {"证明": "个人参保证明", "份数": "20", "申请份数": "20"},
    )
)
