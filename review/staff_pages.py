"""What the review page draws: answers, attachments, checks, route and what may be done, as plain data for templates."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from common import regions
from common.transitions import TransitionRefused
from review import answers, matters, notices, rules, submission, workflow
from review.models import AttachmentCheck, Case, CaseStep, Correction, Status
from review.staff_forms import ReturnForm, Target

# Transition → what its button says, its key on the review page, its look.
DECISIONS = {
    "accept": ("受理", "", "secondary"),
    "approve": ("通过", "a", ""),
    "return": ("退回补正", "r", "secondary"),
    "reject": ("不予通过", "x", "danger-quiet"),
    "release": ("释放", "", "quiet"),
    "revoke": ("撤销", "", "danger-quiet"),
}
REVIEWER_DECISIONS = ("accept", "approve", "return", "reject")
VIEWABLE_KEYS = 9


@dataclass(frozen=True)
class Line:
    """One answer: with what it was before, what was asked of it, and how to see it in clear or mark it."""

    label: str
    text: str
    old: str | None = None
    changed: bool = False
    asked: str = ""
    what: str = ""
    masked: bool = False
    target: Target | None = None


@dataclass(frozen=True)
class Block:
    """A row of a list of rows, or the answers of a page."""

    title: str
    lines: list[Line]
    state: str = ""
    asked: str = ""
    target: Target | None = None


@dataclass(frozen=True)
class SectionView:
    """A page of the case."""

    key: str
    title: str
    blocks: list[Block]
    changed: bool = False
    asked: str = ""
    is_rows: bool = False
    target: Target | None = None
    note: str = ""
    original: bool = False


@dataclass(frozen=True)
class FileView:
    """An attachment: number for its key, slot, pages, and who has checked it."""

    number: int
    attachment: Any
    title: str
    pages: int
    url: str
    page_urls: list[str]
    checked: bool
    checked_by: list[str]
    is_new: bool = False

    @property
    def key(self) -> str:
        return str(self.number) if self.number <= VIEWABLE_KEYS else ""

    @property
    def pk(self) -> str:
        return str(self.attachment.pk)


@dataclass(frozen=True)
class SlotView:
    """A slot with its files."""

    title: str
    required: bool
    covered: str
    files: list[FileView] = field(default_factory=list)
    asked: str = ""
    target: Target | None = None


class CasePage:
    """Everything of one case that its staff pages draw, read once."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.matter = matters.get(case.matter)
        self.values = submission.current_values(case)
        self.before = submission.submitted_values(case, before_round=case.round) if case.round > 1 else None
        previous = self.before["pages"] if self.before else None
        self.sections = answers.sections(case, self.values, previous=previous, masked=True)
        self.slots = submission.slot_states(self.matter, case, self.values)
        self.steps = list(case.steps.select_related("region", "decided_by").order_by("round", "order"))
        self.asked = {
            (c.page, c.field, str(c.row_key or ""), c.slot): c.reason
            for c in Correction.objects.filter(case=case, round__gte=case.round - 1)
        }

    @property
    def current_step(self) -> CaseStep | None:
        """The step that waits to be decided."""
        return next((step for step in self.steps if step.current), None)

    def route(self) -> list[CaseStep]:
        """The steps of the present round."""
        return [step for step in self.steps if step.round == self.case.round]

    def _masked(self) -> dict[str, dict[str, str]]:
        pages = self.matter.pages(self.case, self.values)
        return {page.key: page.form.masked for page in pages if hasattr(page, "form")}

    def section_views(self, form: ReturnForm | None = None, clear: tuple[str, str] = ("", "")) -> list[SectionView]:
        """The answers in sections; with a return form each place has its tick and reason.

        ``clear`` names one value (as ``page.field.row``) and gives its clear text, shown in this answer only.
        """
        masked = self._masked()
        targets = form.targets if form else {}

        def line(page: str, row: str, answer: answers.Answer) -> Line:
            hidden = answer.field in masked.get(page, {}) and bool(answer.text)
            what = f"{page}.{answer.field}.{row}" if hidden else ""
            shown = bool(what) and what == clear[0]
            key = f"field.{page}.{answer.field}.{row}" if row else f"field.{page}.{answer.field}"
            return Line(
                answer.label,
                clear[1] if shown else answer.text,
                answer.old,
                answer.changed,
                self.asked.get((page, answer.field, row, ""), ""),
                what,
                bool(what) and not shown,
                targets.get(key),
            )

        return [self._section(section, line, targets) for section in self.sections]

    def _section(self, section: answers.Section, line: Any, targets: dict[str, Target]) -> SectionView:
        key = section.key
        if section.is_rows:
            blocks = [
                Block(
                    f"第{position}条",
                    [line(key, row.key, answer) for answer in row.answers],
                    row.state,
                    self.asked.get((key, "", row.key, ""), ""),
                    targets.get(f"row.{key}.{row.key}"),
                )
                for position, row in enumerate(section.rows, start=1)
            ]
        else:
            blocks = [Block("", [line(key, "", answer) for answer in section.answers])]
        asked = self.asked.get((key, "", "", ""), "")
        target = targets.get(f"page.{key}")
        return SectionView(
            key,
            section.title,
            blocks,
            section.changed,
            asked,
            section.is_rows,
            target,
            section.note,
            section.original,
        )

    def clear_text(self, page: str, name: str, row: str) -> str | None:
        """The clear text of a masked value; None where there is no such value."""
        if name not in self._masked().get(page, {}):
            return None
        for section in answers.sections(self.case, self.values):
            if section.key == page:
                rows = {r.key: r.answers for r in section.rows} | {"": section.answers}
                return next((a.text for a in rows.get(row, []) if a.field == name), None)
        return None

    def slot_views(self, user: User, form: ReturnForm | None = None) -> list[SlotView]:
        """Slots with their files, numbered through all slots."""
        attachments = [a for state in self.slots for a in state.attachments]
        ticks: dict[Any, list[AttachmentCheck]] = {}
        for tick in AttachmentCheck.objects.filter(attachment__in=attachments).select_related("checked_by"):
            ticks.setdefault(tick.attachment_id, []).append(tick)
        known = {entry["id"] for entry in self.before["attachments"]} if self.before else None
        number, views = 0, []
        for state in self.slots:
            files = []
            title = f"{state.row_title} {state.slot.title}".strip()
            for attachment in state.attachments:
                number += 1
                is_new = known is not None and str(attachment.pk) not in known
                files.append(_file_view(number, attachment, title, ticks.get(attachment.pk, []), user, is_new))
            asked = self.asked.get(("", "", state.row, state.slot.key), "")
            target = form.targets.get(f"slot.{state.slot.key}.{state.row}") if form else None
            views.append(SlotView(title, state.required, state.covered, files, asked, target))
        return views

    def checks(self) -> list[matters.CheckResult]:
        """Automatic checks (系统核验) over the stored record."""
        record = self.matter.record.objects.filter(pk=self.case.pk).first()
        return matters.run_checks(self.case, record) if record else []

    def panels(self, request: HttpRequest) -> list[str]:
        """The matter's own panels, drawn."""
        return [render_to_string(name, context, request) for name, context in self.matter.review_panels(self.case)]


def _file_view(
    number: int, attachment: Any, title: str, ticks: list[AttachmentCheck], user: User, is_new: bool
) -> FileView:
    pages = attachment.file.pages or 0 if attachment.file.is_clean else 0
    return FileView(
        number,
        attachment,
        title,
        pages,
        reverse("review:file", args=[attachment.pk]),
        [reverse("review:file_page", args=[attachment.pk, page]) for page in range(1, pages + 1)],
        any(tick.checked_by_id == user.pk for tick in ticks),
        [str(tick.checked_by) for tick in ticks],
        is_new,
    )


# --- What may be done, and what comes of it -------------------------------------------------------


def why_not(case: Case, transition: str, user: User) -> str:
    """Why the user cannot carry out this transition now; "" when it is possible."""
    try:
        declared = workflow.CASE_TABLE.check(transition, case.status)
        rules.check_actor(case, declared, user)
    except TransitionRefused as refused:
        return str(refused)
    return ""


def possible_decisions(case: Case, user: User) -> tuple[list[str], str]:
    """Transitions that the user may carry out now, and why none of a reviewer's is possible ("" when they are)."""
    found: list[str] = []
    refused = ""
    if case.status in (Status.SUBMITTED, Status.IN_REVIEW):
        refused = why_not(case, "approve", user)
        if not refused:
            found = [name for name in REVIEWER_DECISIONS if name != "accept" or case.reviewer_id is None]
        if case.reviewer_id and not why_not(case, "release", user):
            found.append("release")
    elif case.status == Status.APPROVED and not why_not(case, "revoke", user):
        found.append("revoke")
    return found, refused


def consequence(page: CasePage, transition: str) -> str:
    """What happens to the case after a transition, for the reviewer to read before."""
    step = page.current_step
    following = next((s for s in page.route() if step and s.order > step.order), None)
    match transition:
        case "accept":
            return "办件由您受理，其他人员不能同时处理；需要时可以释放。"
        case "release":
            return "办件回到待认领队列，由同一环节的其他人员受理；办理期限不变。"
        case "approve" if following:
            office = f"{regions.handling_path_name(following.region_id)} {following.get_role_display()}"
            return f"转入下一环节：{office}（时限{following.days}个工作日）。此环节通过暂不通知申请人。"
        case "approve":
            return "这是最后一个环节，通过后办结，结果立即生效。"
        case "return":
            return "退回申请人修改，办理期限停止计算；补正后回到本环节。"
        case "reject":
            return "办件办结，结论为不予通过；申请人可以重新申报。"
    return "已生效的结果将被撤销，办件办结为“已撤销”。"


def message(case: Case, page: CasePage, transition: str, reason: str = "", count: int = 0) -> tuple[str, str] | None:
    """Title and words of the message that the applicant will get; None when none is sent."""
    step = page.current_step
    if transition == "approve" and step and any(s.order > step.order for s in page.route()):
        return None
    return notices.preview(case, transition, reason, count)


def due_words(step: CaseStep | None, soon: Any) -> tuple[str, str]:
    """How urgent a step is: words and tone."""
    if step is None or step.due_on is None:
        return "", "neutral"
    today = timezone.localdate()
    if step.due_on < today:
        return f"已超期{(today - step.due_on).days}天", "danger"
    if step.due_on == today:
        return "今天到期", "warning"
    return f"{step.due_on:%-m月%-d日}到期", "warning" if step.due_on <= soon else "neutral"
