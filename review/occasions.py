"""When the hall writes to an applicant about a case: one occasion for each transition that is told."""

from accounts.messaging.models import Message
from accounts.messaging.occasions import Occasion, register

CASE = Message.Kind.CASE
_CASE = {"事项": "就业见习人员申请", "办件编号": "JXRY2026110100001"}
_REASON = _CASE | {"原因": "毕业时间与毕业证书不一致"}

register(
    Occasion(
        "case-submit",
        "办件提交成功",
        CASE,
        "申报成功",
        "您申报的“{事项}”已提交，办件编号{办件编号}。{后续}",
        _CASE | {"后续": "业务办理属地人社部门将在5个工作日内审核。"},
    ),
    Occasion("case-accept", "办件受理", CASE, "办件已受理", "您申报的“{事项}”（{办件编号}）已受理，正在审核。", _CASE),
    Occasion(
        "case-return",
        "办件退回补正",
        CASE,
        "办件需要补正",
        "您申报的“{事项}”（{办件编号}）需要修改，共{数量}处，请按提示修改后重新提交。{原因}",
        _REASON | {"数量": "2"},
    ),
    Occasion(
        "case-reject",
        "办件不予通过",
        CASE,
        "办件审核不通过",
        "您申报的“{事项}”（{办件编号}）未通过审核。原因：{原因}",
        _REASON,
    ),
    Occasion(
        "case-approve",
        "办件审核通过",
        CASE,
        "办件审核通过",
        "您申报的“{事项}”（{办件编号}）已审核通过。{结果}",
        _CASE | {"结果": "您已成为就业见习人员，可以收藏意向岗位"},
    ),
    Occasion(
        "case-revoke",
        "办件撤销",
        CASE,
        "办件已撤销",
        "您申报的“{事项}”（{办件编号}）已被撤销。原因：{原因}",
        _REASON,
    ),
    Occasion(
        "case-lapse",
        "办件逾期作废",
        CASE,
        "办件已逾期作废",
        "您申报的“{事项}”（{办件编号}）因{原因}已作废，可重新申报。",
        _REASON,
    ),
    Occasion(
        "case-reminder",
        "办件即将逾期",
        CASE,
        "办件即将逾期",
        "您申报的“{事项}”（{办件编号}）请在{日期}前修改并重新提交，逾期将作废。",
        _CASE | {"日期": "2026年11月30日"},
    ),
    Occasion(
        "import-failed",
        "批量导入未完成",
        CASE,
        "批量导入未完成",
        "您提交的“{事项}”（{办件编号}）没有导入：{原因}",
        _REASON,
    ),
)
