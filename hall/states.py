"""In a sentence, how a person or a unit stands with the hall, and the one step that comes next."""

from dataclasses import dataclass

from accounts.models import Individual, Unit
from hall import menus
from internship.models import InternshipUnit, Trainee
from positions.models import Favourite, Position
from review.models import RUNNING, Case, Status


@dataclass(frozen=True)
class Standing:
    """The sentence, its tone, and the step that comes next."""

    tone: str
    title: str
    text: str
    url: str = ""
    action: str = ""


def individual_standing(person: Individual) -> Standing:
    """Whether the person is a trainee (见习人员), is on the way to it, or has not asked yet."""
    if trainee := Trainee.objects.active().filter(individual=person).select_related("handling_region").first():
        kept = Favourite.objects.filter(individual=person, cancelled_at__isnull=True).count()
        where = trainee.handling_region.name
        text = f"业务办理属地：{where}。已收藏{kept}个岗位。"
        return Standing("success", "您是就业见习人员", text, menus.address("positions:trainee_search"), "挑选见习岗位")
    case = _latest(Case.objects.filter(individual=person, matter="trainee-application"))
    return _under_way(
        case,
        "individual",
        Standing(
            "info",
            "您还不是就业见习人员",
            "申请通过后，可以收藏本地见习岗位，由单位与您联系。",
            menus.address("review:start", "individual", "trainee-application"),
            "申请成为就业见习人员",
        ),
    )


def unit_standing(unit: Unit) -> Standing:
    """Whether the unit is an internship unit (见习单位), is on the way to it, or what it needs first."""
    found = InternshipUnit.objects.qualified().filter(unit=unit).first()
    if found and found.state == InternshipUnit.State.SUSPENDED:
        return Standing("warning", "暂停新增岗位", f"原因：{found.suspension_reason}")
    if found:
        open_now = Position.objects.public().filter(unit=unit).count()
        text = f"正在招收的岗位{open_now}个。"
        start = menus.address("review:start", "unit", "position-application")
        return Standing("success", "本单位是就业见习单位", text, start, "发布新岗位")
    if not unit.is_complete:
        profile = menus.address("accounts:unit_profile")
        text = "带星号的单位信息填完后，才能申请成为就业见习单位。"
        return Standing("warning", "请先完善单位信息", text, profile, "去完善")
    case = _latest(Case.objects.filter(unit=unit, matter="unit-qualification"))
    return _under_way(
        case,
        "unit",
        Standing(
            "info",
            "本单位还不是就业见习单位",
            "审核通过后即可发布见习岗位、接收见习人员。",
            menus.address("review:start", "unit", "unit-qualification"),
            "申请成为就业见习单位",
        ),
    )


def _latest(cases) -> Case | None:
    return cases.exclude(status__in=(Status.CLOSED, Status.REVOKED)).order_by("-created_at", "-id").first()


def _under_way(case: Case | None, portal: str, otherwise: Standing) -> Standing:
    """What a case on its way says; ``otherwise`` where there is none."""
    if case is None or case.status in (Status.APPROVED, Status.REJECTED):
        return otherwise
    url = menus.address("review:case", portal, case.number)
    if case.status == Status.RETURNED:
        return Standing("warning", "申请需要修改", f"办件{case.number}已退回，请按提示补正后重新提交。", url, "去修改")
    if case.status in RUNNING:
        return Standing("info", "申请正在审核", f"办件{case.number}正在办理，结果会在消息中心通知您。", url, "查看进度")
    return Standing("info", "申请尚未提交", f"办件{case.number}还没有提交，可以继续填写。", url, "继续办理")
