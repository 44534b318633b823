"""When the hall writes about positions and the interest in them."""

from accounts.messaging.models import Message
from accounts.messaging.occasions import Occasion, register

_SAMPLES = {"单位": "演示单位（虚构）", "岗位": "行政助理（演示）", "留言": "请于周一上午到单位面谈。"}

register(
    Occasion(
        "interest-invited",
        "单位邀请面试",
        Message.Kind.NOTICE,
        "面试邀请",
        "“{单位}”邀请您参加见习岗位“{岗位}”的面试。\n{留言}",
        _SAMPLES,
    ),
    Occasion(
        "interest-declined",
        "单位婉拒意向",
        Message.Kind.NOTICE,
        "岗位意向结果",
        "“{单位}”婉拒了您对见习岗位“{岗位}”的意向，您可以收藏其他岗位。\n{留言}",
        _SAMPLES,
    ),
    Occasion(
        "interest-agreed",
        "达成见习意向",
        Message.Kind.NOTICE,
        "岗位意向结果",
        "您与“{单位}”就见习岗位“{岗位}”达成意向，请等待单位签订见习协议。\n{留言}",
        _SAMPLES,
    ),
)
