"""States of 账号申诉 (A4), and who may decide one."""

from accounts.handler_rules import check_staff
from accounts.models import Appeal, AppealFile, Handler, User
from common.transitions import Transition, TransitionRefused, TransitionTable

APPEAL_TABLE = TransitionTable(
    "appeal",
    dict(Appeal.Status.choices),
    (
        Transition("submit", "提交", ("draft",), ("submitted",), "claimant", ("papers",)),
        Transition("approve", "通过", ("submitted",), ("approved",), "staff", ("words",)),
        Transition("reject", "不予通过", ("submitted",), ("rejected",), "staff", ("words",)),
    ),
)
DECIDE_PERMISSION = "accounts.change_appeal"
FILES_PER_SLOT = 5


def missing_papers(appeal: Appeal) -> list[str]:
    """Titles of the papers that are still to be uploaded."""
    there = set(appeal.files.values_list("slot", flat=True))
    return [str(slot.label) for slot in AppealFile.Slot if slot not in there]


def check_complete(appeal: Appeal) -> None:
    """Both papers are there, and none is known to be bad. Raises TransitionRefused."""
    if missing := missing_papers(appeal):
        raise TransitionRefused(f"请上传{'、'.join(missing)}")
    if appeal.files.filter(file__state__in=("infected", "unreadable")).exists():
        raise TransitionRefused("有材料未通过安全检查，请删除后重新上传")


def check_decider(appeal: Appeal, by: User) -> None:
    """Staff who keep handlers in the unit's region, and whom the claim does not concern. Raises TransitionRefused, Refused."""
    if not by.has_perm(DECIDE_PERMISSION):
        raise TransitionRefused("您没有审核账号申诉的权限")
    check_staff(appeal.unit, by)
    own = getattr(getattr(by, "staff_profile", None), "id_no_digest", "")
    concerned = {appeal.id_no_digest, appeal.unit.legal_representative_id_no_digest}
    concerned.update(Handler.objects.active().filter(unit=appeal.unit).values_list("id_no_digest", flat=True))
    if own and own in concerned:
        raise TransitionRefused("该申诉与您本人有关，应当回避")


def check_papers_readable(appeal: Appeal) -> None:
    """Nobody decides on papers that could not be looked at. Raises TransitionRefused."""
    if appeal.files.exclude(file__state="clean").exists():
        raise TransitionRefused("材料还在查毒，请稍后再审核")
