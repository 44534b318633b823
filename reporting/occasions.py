"""When the hall writes about an internship."""

from accounts.messaging.models import Message
from accounts.messaging.occasions import Occasion, register

register(
    Occasion(
        "objection-raised",
        "见习人员提出异议",
        Message.Kind.NOTICE,
        "见习人员提出异议",
        "{姓名}对“{事项}”提出异议，请核实并答复。",
        {"姓名": "张演示", "事项": "考勤"},
    ),
    Occasion(
        "objection-answered",
        "单位答复异议",
        Message.Kind.NOTICE,
        "见习异议答复",
        "{单位}对您的异议（{事项}）作出答复：{答复}",
        {"单位": "演示单位（虚构）", "事项": "考勤", "答复": "已核实并更正。"},
    ),
)
