"""A matter's public guide (办事指南), told from its declaration and from the review steps as they are now."""

from dataclasses import dataclass

from review import matters
from review.models import Level, ReviewStep, Role

PORTAL_WHO = {"individual": "个人", "unit": "法人和其他组织"}


@dataclass(frozen=True)
class Material:
    """One thing to hand in."""

    title: str
    need: str
    hint: str
    formats: str


@dataclass(frozen=True)
class Step:
    """One step of the way, with who does it and in how many working days."""

    title: str
    text: str


@dataclass(frozen=True)
class GuideView:
    """Everything that the guide's page shows."""

    who: str
    audience: str
    materials: list[Material]
    notes: tuple[str, ...]
    steps: list[Step]
    days: int
    time_limit: str
    legal_basis: tuple[str, ...]
    result: str


_FORMATS = {"pdf": "PDF", "jpeg": "JPG", "png": "PNG", "docx": "Word", "xlsx": "Excel", "ofd": "OFD", "zip": "ZIP"}


def describe(matter: matters.Matter) -> GuideView:
    """The guide of a matter: what it declares, its slots as materials, its route as steps."""
    route = list(ReviewStep.objects.filter(matter=matter.code).order_by("order")) or list(matter.steps)
    return GuideView(
        who=matter.guide.who,
        audience=PORTAL_WHO[matter.portal],
        materials=[_material(slot) for slot in matter.slots],
        notes=matter.guide.materials,
        steps=_steps(matter, route),
        days=sum(step.days for step in route),
        time_limit=matter.guide.time_limit,
        legal_basis=matter.guide.legal_basis,
        result=matter.guide.result,
    )


def _material(slot: matters.Slot) -> Material:
    need = "视情形必传" if callable(slot.required) else "必传" if slot.required else "选传"
    formats = "、".join(_FORMATS.get(kind, kind.upper()) for kind in slot.kinds)
    return Material(slot.title, need, slot.hint, formats)


def _steps(matter: matters.Matter, route: list) -> list[Step]:
    steps = [Step("网上申报", "登录后填写申请表，上传材料，核对后提交")]
    steps += [_review_step(step) for step in route]
    if matter.auto_approve:
        steps.append(Step("自动核验", "系统核验通过即时办结"))
    last = matter.guide.result or "审核通过后，在消息中心和“我的办件”查看结果"
    return [*steps, Step("办结", last)]


def _review_step(step: ReviewStep | matters.DefaultStep) -> Step:
    level, role = Level(step.level).label, Role(step.role).label
    return Step(f"{level}级{role}" if step.level != "county" else f"{level}{role}", f"{step.days}个工作日内")
