"""Publicity, objections and payments as tables of transitions, and who may make them (C11, C12; domain facts §1.5)."""

from accounts.models import User
from accounts.queries import staff_regions, staff_roles
from common import regions
from common.transitions import Transition, TransitionRefused, TransitionTable
from reporting.models import DisbursementBatch, Payment, Publicity, PublicityObjection, SubsidyEntry

MAKE, REVIEW = "reporting.make_batch", "reporting.review_batch"
DECIDE_OBJECTION = "reporting.decide_publicityobjection"

PUBLICITY_TABLE = TransitionTable(
    "publicity",
    dict(Publicity.State.choices),
    (
        Transition("close", "公示期满", ("open",), ("closed",), "clock"),
        Transition("withdraw", "撤下", ("open", "closed"), ("withdrawn",), "revoker", ("reason",)),
    ),
)

OBJECTION_TABLE = TransitionTable(
    "publicity-objection",
    dict(PublicityObjection.State.choices),
    (
        Transition("uphold", "认定异议成立", ("open",), ("upheld",), "business", ("decision",)),
        Transition("dismiss", "认定异议不成立", ("open",), ("dismissed",), "business", ("decision",)),
        Transition("lapse", "撤下公示", ("open",), ("dismissed",), "revoker"),
    ),
)

CLAIMED = "claimed"  # where every amount comes from; entries exist from their publicity on
ENTRY_TABLE = TransitionTable(
    "subsidy-entry",
    {CLAIMED: "已申领", **dict(SubsidyEntry.State.choices)},
    (
        Transition("publish", "公示", (CLAIMED,), ("public",), "reviewer"),
        Transition("freeze", "冻结", ("public",), ("frozen",), "anybody"),
        Transition("release", "解除冻结", ("frozen",), ("public", "cleared"), "business"),
        Transition("strike", "剔除", ("frozen",), ("struck",), "business"),
        Transition("clear", "公示期满", ("public",), ("cleared",), "clock"),
        Transition("batch", "列入批次", ("cleared", "failed"), ("batched",), "business"),
        Transition("unbatch", "移出批次", ("batched",), ("cleared",), "finance, business"),
        Transition("send", "送银行", ("batched",), ("sent",), "business"),
        Transition("pay", "拨付", ("sent",), ("paid",), "bank"),
        Transition("fail", "拨付失败", ("sent",), ("failed",), "bank"),
        Transition("recover", "追回", ("paid",), ("recovered",), "finance", ("reason",)),
        Transition("revoke", "撤销", ("public", "frozen", "cleared", "failed"), ("struck",), "revoker", ("reason",)),
    ),
)

BATCH_TABLE = TransitionTable(
    "disbursement-batch",
    dict(DisbursementBatch.State.choices),
    (
        Transition("approve", "复核通过", ("proposed",), ("approved",), "finance"),
        Transition("reject", "复核退回", ("proposed",), ("rejected",), "finance", ("reason",)),
        Transition("cancel", "作废", ("proposed", "approved"), ("cancelled",), "business", ("reason",)),
        Transition("export", "导出银行文件", ("approved", "exported"), ("exported",), "business"),
        Transition("settle", "回盘", ("exported",), ("exported", "settled"), "business"),
    ),
)

PAYMENT_TABLE = TransitionTable(
    "payment",
    dict(Payment.State.choices),
    (
        Transition("send", "送银行", ("planned",), ("sent",), "business"),
        Transition("cancel", "取消", ("planned",), ("cancelled",), "finance, business"),
        Transition("pay", "拨付", ("sent",), ("paid",), "bank"),
        Transition("fail", "拨付失败", ("sent",), ("failed",), "bank"),
        Transition("reissue", "重新拨付", ("failed",), ("reissued",), "business"),
        Transition("recover", "追回", ("paid",), ("recovered",), "finance", ("reason",)),
    ),
)

TABLES = (PUBLICITY_TABLE, OBJECTION_TABLE, ENTRY_TABLE, BATCH_TABLE, PAYMENT_TABLE)


def in_scope(by: User, region: str) -> bool:
    """Whether a region lies in one of the staff member's own."""
    return by.is_superuser or any(regions.in_scope(region, scope) for scope in staff_regions(by))


def check_staff(by: User, permission: str, region: str) -> None:
    """Raise TransitionRefused unless the person has the permission, within the own regions."""
    if not (by.is_staff and by.is_active and by.has_perm(permission) and in_scope(by, region)):
        raise TransitionRefused("该操作不在您的权限或管辖地区内")


def check_second_person(batch: DisbursementBatch, by: User) -> None:
    """财政复核: the role of finance, in the region, and not who made the batch (four eyes)."""
    check_staff(by, REVIEW, batch.region_id)
    if not by.is_superuser and "finance" not in staff_roles(by):
        raise TransitionRefused("拨付批次须由财政复核人员复核")
    if batch.made_by_id == by.pk:
        raise TransitionRefused("编制人不能复核自己编制的批次，请由其他财政复核人员办理")


def need(text: str, what: str) -> str:
    """The words that an operation needs; raises TransitionRefused when there are none."""
    words = text.strip()
    if not words:
        raise TransitionRefused(f"请填写{what}")
    return words
