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
    Occasion(
        "publicity-objected",
        "公示异议已受理",
        Message.Kind.CASE,
        "补贴公示收到异议",
        "您单位的补贴申领{办件编号}在公示期间收到异议，涉及{条目}，已暂时冻结，其余金额不受影响。处理结果将另行通知。",
        {"办件编号": "JXSH20260101000001", "条目": "第1条"},
    ),
    Occasion(
        "objection-decided",
        "公示异议处理结果",
        Message.Kind.CASE,
        "公示异议处理结果",
        "您单位的补贴申领{办件编号}的公示{结果}，{后续}。处理意见：{意见}",
        {"办件编号": "JXSH20260101000001", "结果": "异议不成立", "后续": "所涉金额恢复办理", "意见": "已核实。"},
    ),
    Occasion(
        "payment-made",
        "补贴已拨付",
        Message.Kind.CASE,
        "补贴已拨付",
        "您单位的补贴申领{办件编号}已于{日期}拨付{金额}元，请核对到账情况。",
        {"办件编号": "JXSH20260101000001", "日期": "2026年1月1日", "金额": "5640.00"},
    ),
    Occasion(
        "payment-failed",
        "补贴拨付失败",
        Message.Kind.CASE,
        "补贴拨付失败",
        "您单位的补贴申领{办件编号}拨付{金额}元失败（{原因}），请打开该申领，更正收款账户，更正后列入下一批次拨付。",
        {"办件编号": "JXSH20260101000001", "金额": "5640.00", "原因": "账号户名不符"},
    ),
)
