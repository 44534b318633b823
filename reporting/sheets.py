"""The spreadsheets of the batch reports: 见习匹配结果 (C5), 考勤 (C6), 在岗情况 (C7)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from common import codes
from common.sheets.columns import Amount, Code, Date, HalfDays, IdNumber, Month, Sheet, Text, YesNo

_PERSON = (
    IdNumber("id_no", "证件号码", type_key="id_type", example="140105199901010011"),
    Text("name", "姓名", max_length=64, example="张三（虚构）"),
)
# Residents leave it blank; it is asked for people from Hong Kong, Macao, Taiwan and abroad.
_ID_TYPE = Code("id_type", "证件类型", codes=codes.ID_TYPE, required=False, note="居民身份证可以不填")
_NOTE = Text("note", "备注", required=False, max_length=200)

PLACEMENTS = Sheet(
    "placement-import",
    "见习匹配结果",
    columns=(
        *_PERSON,
        Text("position", "岗位编号", max_length=16, example="GW0000000001", note="在“就业见习岗位管理”中查看"),
        Text("agreement_no", "协议编号", required=False, max_length=40, example="XY2026001"),
        Date("signed_on", "签订日期", example="2026-03-01"),
        Date("starts_on", "见习开始日期", example="2026-03-01"),
        Date("ends_on", "见习结束日期", example="2026-08-31"),
        Amount("living_standard", "生活费标准", unit="元", minimum=Decimal("0.01"), example="2150"),
        Text("insurer", "保险公司", max_length=64, example="演示保险公司"),
        Text("policy_no", "保单号", max_length=64, example="BD0001"),
        Amount("premium", "保费（元）", unit="元", required=False, minimum=Decimal(0), example="120"),
        Date("insured_from", "保险起始日期", example="2026-03-01"),
        Date("insured_to", "保险终止日期", example="2026-08-31"),
        Text("mentor", "带教人员", required=False, max_length=64, example="李四（虚构）"),
        Code(
            "category",
            "人员类别",
            codes=codes.TRAINEE_CATEGORY,
            required=False,
            note="已办理见习人员申请的可以不填",
        ),
        _ID_TYPE,
    ),
    version="2",
    unique=(("id_no",),),
    instructions=(
        "每人一行。再次上传同一协议编号的，视为更正；没有协议编号的，按人员和见习开始日期识别。",
        "见习结束日期为最后一天，例如2026年3月1日开始见习6个月的，填写2026年8月31日。",
    ),
)


def _attendance_row(values: dict[str, Any]) -> Sequence[tuple[str, str]]:
    """What a row of attendance says about itself: it accounts for every day due."""
    if values["due"] is None or values["present"] is None:
        return ()
    counted = sum((values[key] or Decimal(0) for key in COUNTED), Decimal(0))
    if counted < values["due"]:
        return ((("present", f"实际出勤、请假和旷工合计{counted}天，少于应出勤{values['due']}天")),)
    return ()


COUNTED = ("present", "personal_leave", "sick_leave", "absent", "other_leave")

ATTENDANCE = Sheet(
    "attendance-import",
    "见习考勤",
    columns=(
        Month("month", "考勤年月", example="2026-03"),
        *_PERSON,
        HalfDays("due", "应出勤天数", example="22"),
        HalfDays("present", "实际出勤天数", example="20.5"),
        HalfDays("personal_leave", "事假", required=False, example="1"),
        HalfDays("sick_leave", "病假", required=False, example="0.5"),
        HalfDays("absent", "旷工", required=False),
        HalfDays("other_leave", "其他假", required=False),
        _NOTE,
        _ID_TYPE,
    ),
    unique=(("id_no", "month"),),
    check_row=_attendance_row,
    instructions=("天数可以有半天。再次上传同一人员同一月份的，以后一次为准。",),
)


def _on_post_row(values: dict[str, Any]) -> Sequence[tuple[str, str]]:
    """Who is not at the post has a day and a reason; who is has neither."""
    faults = []
    if values["on_post"] is False:
        faults += [(key, "不在岗的必须填写") for key in ("left_on", "left_reason") if values[key] is None]
        if values["left_on"] and values["month"] and values["left_on"].replace(day=1) != values["month"]:
            faults.append(("left_on", "离岗日期应在所报月份以内"))
    elif values["on_post"]:
        faults += [(key, "在岗的不填写") for key in ("left_on", "left_reason") if values[key] is not None]
    return faults


ON_POST = Sheet(
    "on-post-import",
    "每月在岗情况",
    columns=(
        Month("month", "年月", example="2026-03"),
        *_PERSON,
        YesNo("on_post", "是否在岗", example="是"),
        Date("left_on", "离岗日期", required=False, note="不在岗的必须填写"),
        Text("left_reason", "离岗原因", required=False, max_length=200, note="不在岗的必须填写"),
        _NOTE,
        _ID_TYPE,
    ),
    unique=(("id_no", "month"),),
    check_row=_on_post_row,
    instructions=("不在岗的填写离岗日期和原因，并为该人员办理减员申请。",),
)
