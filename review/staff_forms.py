"""Forms of the staff: filters of the queue, decisions with their reasons, follow-up of ratings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q

from review import matters
from review.answers import Section
from review.models import Case, Correction, ReasonTemplate
from review.staff_queries import TABS, QueueChoice
from review.submission import SlotState

REASON_LENGTH = 500
NOTES_LENGTH = 2000


class QueueFilterForm(forms.Form):
    """Filters of the queue; the tab travels with them."""

    tab = forms.ChoiceField(choices=list(TABS.items()), required=False, widget=forms.HiddenInput)
    matter = forms.ChoiceField(label="事项", required=False)
    person = forms.CharField(
        label="申请人或人员", required=False, max_length=64, help_text="姓名、单位名称，或完整的证件号码、办件编号"
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, label_suffix="")
        self.fields["matter"].choices = [("", "全部"), *matters.choices()]

    def choice(self) -> QueueChoice:
        """What was asked for; anything invalid counts as not asked."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        return QueueChoice(**given)


def reason_templates(case: Case, transition: str) -> list[ReasonTemplate]:
    """Ready-made reasons for a transition: the matter's own first, then those for all matters."""
    return list(
        ReasonTemplate.objects.filter(Q(matter=case.matter) | Q(matter=""), transition=transition).order_by(
            "-matter", "title"
        )
    )


class DecisionForm(forms.Form):
    """Carries out a transition; ``seen`` is the state of the case that the reviewer looked at."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    notes = forms.CharField(
        label="内部备注",
        required=False,
        max_length=NOTES_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="仅工作人员可见，不会告知申请人",
    )
    needs_reason = False

    def __init__(self, data: Any = None, *, case: Case, transition: str, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        self.templates = reason_templates(case, transition)
        if "template" in self.fields:
            self.fields["template"].choices = [("", "不使用"), *((str(t.pk), t.title) for t in self.templates)]

    @property
    def told(self) -> str:
        """The reason as the applicant will read it: the chosen template, then the reviewer's own words."""
        chosen = next((t.text for t in self.templates if str(t.pk) == self.data.get("template")), "")
        own = str(self.data.get("reason", "")).strip()
        return "；".join(part.rstrip("；") for part in (chosen, own) if part)


class ReasonForm(DecisionForm):
    """A decision whose reason is told to the applicant, from a template, in own words or both."""

    template = forms.ChoiceField(label="常用意见", required=False)
    reason = forms.CharField(
        label="原因",
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="将原样告知申请人；选用常用意见后可在此补充",
    )
    field_order = ["seen", "template", "reason", "notes"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.told and "reason" not in self.errors:
            self.add_error("reason", "请填写原因，或选择一条常用意见")
        return cleaned


@dataclass
class Target:
    """Something in the answers' layout that can be marked for correction, and what was said about it."""

    key: str
    label: str
    correction: dict[str, Any]
    short: str = "退回"
    ticked: bool = False
    reason: str = ""
    error: str = ""


class ReturnForm(DecisionForm):
    """退回补正: everything to correct at once (一次性告知), each place with its reason; optional general words."""

    reason = forms.CharField(
        label="总体说明（选填）",
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="将附在通知末尾",
    )
    field_order = ["seen", "reason", "notes"]

    def __init__(self, data: Any = None, *, sections: list[Section], slots: list[SlotState], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.targets: dict[str, Target] = {t.key: t for t in targets(sections, slots)}
        self._fill(self.data)

    def _fill(self, data: Mapping[str, Any]) -> None:
        ticked = set(data.getlist("target")) if hasattr(data, "getlist") else set()
        for target in self.targets.values():
            target.reason = str(data.get(f"reason-{target.key}", "")).strip()
            # Who wrote a reason means it, ticked or not.
            target.ticked = target.key in ticked or bool(target.reason)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.chosen:
            self.add_error(None, "请至少勾选一项需要修改的内容，并填写原因")
        for target in self.chosen:
            if not target.reason:
                target.error = f"请填写“{target.label}”需要修改的原因"
            elif len(target.reason) > REASON_LENGTH:
                target.error = f"原因不超过{REASON_LENGTH}字"
            if target.error:
                self.add_error(None, target.error)
        return cleaned

    @property
    def chosen(self) -> list[Target]:
        """What was marked."""
        return [target for target in self.targets.values() if target.ticked]

    def corrections(self) -> list[Correction]:
        """Unsaved rows for ``perform()``."""
        return [Correction(reason=target.reason, **target.correction) for target in self.chosen]


def targets(sections: list[Section], slots: list[SlotState]) -> list[Target]:
    """Everything that can be marked: pages, fields, rows, fields of rows, slots. Pages to read only cannot."""
    found: list[Target] = []
    for section in sections:
        if section.editable:
            found += _section_targets(section)
    for state in slots:
        key = f"slot.{state.slot.key}.{state.row}"
        title = f"{state.row_title} {state.slot.title}".strip()
        found.append(Target(key, title, {"target": "slot", "slot": state.slot.key, "row_key": state.row or None}))
    return found


def _section_targets(section: Section) -> list[Target]:
    page = {"page": section.key}
    found = [Target(f"page.{section.key}", f"{section.title}（整页）", {"target": "page", **page}, "整页退回")]
    for answer in section.answers:
        where = {"target": "field", "field": answer.field, **page}
        found.append(Target(f"field.{section.key}.{answer.field}", answer.label, where))
    for position, row in enumerate(section.rows, start=1):
        if row.state == "removed":
            continue
        of_row = {"row_key": row.key, **page}
        where = {"target": "page", **of_row}
        found.append(Target(f"row.{section.key}.{row.key}", f"第{position}条（整条）", where, "整条退回"))
        for answer in row.answers:
            where = {"target": "field", "field": answer.field, **of_row}
            label = f"第{position}条 {answer.label}"
            found.append(Target(f"field.{section.key}.{answer.field}.{row.key}", label, where))
    return found


class RatingHandlingForm(forms.Form):
    """回访: what came of following up a low rating."""

    handling = forms.CharField(
        label="回访情况",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="联系时间、对方反映的问题、处理结果",
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, label_suffix="")
