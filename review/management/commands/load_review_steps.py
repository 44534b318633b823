"""Gives matters their route as shipped, and the office its ready-made reasons; what staff edited is left alone."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from common import audit
from review import matters
from review.models import ReasonTemplate, ReviewStep

# (transition, title, text): reasons that reviewers of any matter give. 一次性告知: each says what to do.
REASONS = (
    ("return", "材料不清晰", "上传的材料不清晰或不完整，请重新拍照或扫描后上传，确保四角完整、文字清楚"),
    ("return", "材料不符", "上传的材料与该项要求不符，请按说明上传对应的材料"),
    ("return", "缺少印章或签名", "材料缺少印章或签名，请补盖印章或签名后重新上传"),
    ("return", "材料已过期", "上传的材料已过有效期，请上传在有效期内的材料"),
    ("return", "信息不一致", "填写的内容与上传的材料不一致，请核对后修改"),
    ("return", "内容不完整", "填写的内容不完整，请补充"),
    ("return", "号码有误", "号码填写有误，请核对证件或账户后修改"),
    ("reject", "不符合申请条件", "经审核，您的申请不符合该事项的申请条件"),
    ("reject", "重复申请", "同一内容已在办理或已办结，本次申请为重复申请"),
    ("reject", "材料不真实", "经核实，提交的材料与实际情况不符"),
    ("reject", "不属于本地办理", "该业务不属于本地区办理，请向业务办理属地的人社部门申请"),
    ("revoke", "提供虚假材料", "经核实，申请时提供了虚假材料，依法撤销"),
    ("revoke", "审批有误", "经复核，原审批结论有误，依法撤销"),
)


class Command(BaseCommand):
    """``manage.py load_review_steps``: safe to repeat."""

    help = "Creates the default review steps of matters that have none, and the shipped reason templates."

    def handle(self, *args: Any, **options: Any) -> None:
        with audit.actor(None, job="load-review-steps"), transaction.atomic():
            steps = sum(_load_steps(matter) for matter in matters.all_matters())
            reasons = _load_reasons()
        self.stdout.write(f"review steps created: {steps}, reason templates created: {reasons}")


def _load_steps(matter: matters.Matter) -> int:
    if ReviewStep.objects.filter(matter=matter.code).exists():
        return 0
    steps = [
        ReviewStep(matter=matter.code, order=order, role=step.role, level=step.level, days=step.days)
        for order, step in enumerate(matter.steps, start=1)
    ]
    ReviewStep.objects.bulk_create(steps)
    return len(steps)


def _load_reasons() -> int:
    """Only into an office without any: staff may have deleted some of them on purpose."""
    if ReasonTemplate.objects.exists():
        return 0
    rows = [ReasonTemplate(transition=transition, title=title, text=text) for transition, title, text in REASONS]
    return len(ReasonTemplate.objects.bulk_create(rows))
