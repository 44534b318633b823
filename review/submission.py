"""From what was typed to what is asked: every page validated in turn, one record filled, then stored."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from review import grids, matters, sheets
from review.forms import PageForm, bind
from review.matters import AnyPage, CaseValues, Grid, Matter, Page, Rows, Sheet, Slot
from review.models import EDITABLE, Attachment, Case, PageDraft, Record, RecordRow


@dataclass(frozen=True)
class Problem:
    """One thing that keeps a case from being submitted, and where to mend it."""

    message: str
    page: str = ""
    field: str = ""
    row: str = ""
    slot: str = ""


class Incomplete(Exception):
    """The case cannot be submitted; ``problems`` says everything at once."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("；".join(problem.message for problem in problems))
        self.problems = problems


@dataclass
class Validated:
    """Outcome of validating all pages: the filled record, its rows, and what is wrong."""

    record: Record
    rows: dict[str, list[RecordRow]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def load_values(case: Case) -> CaseValues:
    """What was typed so far, page by page."""
    return {draft.page: draft.values for draft in PageDraft.objects.filter(case=case)}


def page_form(page: Page, case: Case, values: CaseValues, record: Record | None = None) -> PageForm:
    """The form of a page, bound to what was typed there."""
    return page.form(bind(values.get(page.key, {})), case=case, values=values, instance=record)


def row_values(page: Rows, values: CaseValues) -> list[dict[str, Any]]:
    """Typed rows of a Rows page, each with its ``key``."""
    return values.get(page.key, {}).get("rows", [])


def row_form(page: Rows, case: Case, values: CaseValues, row: dict[str, Any], instance: Any = None) -> PageForm:
    """The form of one row, bound to what was typed in it."""
    return page.form(bind({k: v for k, v in row.items() if k != "key"}), case=case, values=values, instance=instance)


def validate(case: Case, values: CaseValues | None = None) -> Validated:
    """Validate every page, attachment and rule of a case, without storing anything."""
    matter = matters.get(case.matter)
    values = load_values(case) if values is None else values
    record = matter.record(case=case)
    record._state.adding = not matter.record.objects.filter(pk=case.pk).exists()
    outcome = Validated(record)
    for page in matter.pages(case, values):
        if isinstance(page, Page):
            _validate_page(page, case, values, outcome)
        elif isinstance(page, Rows):
            _validate_rows(page, case, values, outcome)
        elif isinstance(page, Sheet):
            _validate_sheet(page, values, outcome)
        elif isinstance(page, Grid):
            _validate_grid(page, case, values, outcome)
    outcome.problems += slot_problems(matter, case, values)
    if not outcome.problems:
        record.live = True
        _validate_record(matter, case, values, outcome)
    if not outcome.problems:
        outcome.problems += [_placed(key, text) for key, text in matter.check(case, values, record).items()]
    return outcome


def page_problems(page: AnyPage, case: Case, values: CaseValues) -> list[Problem]:
    """What is wrong on one page; empty for a page that is complete."""
    outcome = Validated(matters.get(case.matter).record(case=case))
    if isinstance(page, Page):
        _validate_page(page, case, values, outcome)
    elif isinstance(page, Rows):
        _validate_rows(page, case, values, outcome)
    elif isinstance(page, Sheet):
        _validate_sheet(page, values, outcome)
    elif isinstance(page, Grid):
        _validate_grid(page, case, values, outcome)
    return outcome.problems


def _validate_page(page: Page, case: Case, values: CaseValues, outcome: Validated) -> None:
    form = page_form(page, case, values, outcome.record)
    outcome.problems += _form_problems(form, page.key)


def _validate_rows(page: Rows, case: Case, values: CaseValues, outcome: Validated) -> None:
    rows = row_values(page, values)
    if len(rows) < page.minimum:
        outcome.problems.append(Problem(f"{page.title}至少填写{page.minimum}条，请点击“增加”", page=page.key))
    outcome.rows[page.key] = []
    for position, row in enumerate(rows):
        instance = page.model(key=uuid.UUID(row["key"]), position=position)
        form = row_form(page, case, values, row, instance)
        outcome.problems += _form_problems(form, page.key, row["key"], f"第{position + 1}条：")
        outcome.rows[page.key].append(form.instance)
    outcome.problems += [
        Problem(fault.reason, page.key, fault.field, fault.row)
        for fault in (page.check(case, values) if page.check else [])
    ]


def _validate_sheet(page: Sheet, values: CaseValues, outcome: Validated) -> None:
    outcome.problems += [Problem(reason, page=page.key) for reason in sheets.problems(page, values)]


def _validate_grid(page: Grid, case: Case, values: CaseValues, outcome: Validated) -> None:
    rows = grids.rows_of(page, case, values)
    if not rows:
        outcome.problems.append(Problem(f"{page.title}：没有可以填写的内容", page=page.key))
    titles = {column.key: column.title for column in page.columns}
    for typed in rows:
        for name, reason in typed.faults.items():
            words = f"{typed.row.cells[0]}的{titles.get(name, '')}：{reason}"
            outcome.problems.append(Problem(words, page.key, f"{typed.row.key}.{name}"))


def _form_problems(form: PageForm, page: str, row: str = "", before: str = "") -> list[Problem]:
    return [
        Problem(f"{before}{_label(form, name)}{error}", page, "" if name == NON_FIELD_ERRORS else name, row)
        for name, errors in form.errors.items()
        for error in errors
    ]


def _label(form: PageForm, name: str) -> str:
    return "" if name == NON_FIELD_ERRORS or name not in form.fields else f"{form.fields[name].label}："


def _validate_record(matter: Matter, case: Case, values: CaseValues, outcome: Validated) -> None:
    """Constraints over several pages show only on the whole record."""
    try:
        outcome.record.full_clean(exclude=["case"])
    except ValidationError as error:
        where = {
            name: page.key
            for page in matter.pages(case, values)
            if isinstance(page, Page)
            for name in page.form.base_fields
        }
        for name, messages in error.message_dict.items():
            outcome.problems += [Problem(m, where.get(name, ""), name if name in where else "") for m in messages]


def _placed(key: str, text: str) -> Problem:
    """A matter's own problem: "slot:key", "page.field" or "page"."""
    if key.startswith("slot:"):
        return Problem(text, slot=key.removeprefix("slot:"))
    page, _, name = key.partition(".")
    return Problem(text, page, name)


def present_attachments(case: Case) -> list[Attachment]:
    """Attachments that are not removed."""
    return list(case.attachments.filter(removed_at__isnull=True).select_related("file"))


@dataclass(frozen=True)
class SlotState:
    """A slot as the applicant sees it: the bar, its files, and whether anything is missing."""

    slot: Slot
    attachments: list[Attachment]
    required: bool
    covered: str = ""
    row: str = ""
    row_title: str = ""

    @property
    def filled(self) -> bool:
        return bool(self.attachments) and all(a.file.state == "clean" for a in self.attachments)

    @property
    def complete(self) -> bool:
        return self.filled or bool(self.covered) or (not self.required and not self.attachments)


def slot_states(matter: Matter, case: Case, values: CaseValues) -> list[SlotState]:
    """All slots of a case with what is in them; slots of rows once per row."""
    present = present_attachments(case) if matter.slots else []
    rows_pages = {page.key: page for page in matter.pages(case, values) if isinstance(page, Rows)}
    states = []
    for slot in matter.slots:
        inside = [a for a in present if a.slot == slot.key]
        required = slot.is_required(values)
        if slot.per_row:
            if (page := rows_pages.get(slot.per_row)) is None:
                continue
            for position, row in enumerate(row_values(page, values)):
                mine = [a for a in inside if str(a.row_key) == row["key"]]
                title = f"{page.title}第{position + 1}条 {row.get(page.columns[0], '')}".strip()
                states.append(SlotState(slot, mine, required, row=row["key"], row_title=title))
        else:
            covered = slot.covered(case, values) if slot.covered else ""
            states.append(SlotState(slot, inside, required and not covered, covered))
    return states


def slot_problems(matter: Matter, case: Case, values: CaseValues) -> list[Problem]:
    """Required slots that are empty, and files that are not (or not yet) clean."""
    problems = []
    for state in slot_states(matter, case, values):
        title = f"{state.row_title}的{state.slot.title}" if state.row else state.slot.title
        where = {"slot": state.slot.key, "row": state.row, "page": state.slot.per_row}
        if state.required and not state.attachments:
            problems.append(Problem(f"请上传{title}", **where))
        elif state.attachments and not state.filled:
            problems.append(Problem(f"{title}中有文件正在检测或未通过检测，请稍候或更换文件", **where))
    return problems


def store(case: Case, values: CaseValues) -> Record:
    """Validate and store the record and its rows; raises Incomplete with everything that is wrong."""
    outcome = validate(case, values)
    if outcome.problems:
        raise Incomplete(outcome.problems)
    outcome.record.save()
    matter = matters.get(case.matter)
    for page in matter.pages(case, values):
        if isinstance(page, Rows):
            _store_rows(page, outcome.record, outcome.rows[page.key])
    return outcome.record


def _store_rows(page: Rows, record: Record, rows: list[RecordRow]) -> None:
    """Rows keep their identity by key: kept ones are updated, new ones inserted, others deleted."""
    existing = {row.key: row.pk for row in page.model.objects.filter(record=record)}
    page.model.objects.filter(record=record).exclude(key__in=[row.key for row in rows]).delete()
    for row in rows:
        row.record = record
        row.pk = existing.get(row.key)
        row._state.adding = row.pk is None
        row.save()


def snapshot(case: Case, values: CaseValues) -> dict[str, Any]:
    """What a submission consists of, kept in its timeline entry for later comparison."""
    return {
        "pages": values,
        "attachments": [
            {"id": str(a.pk), "slot": a.slot, "row": str(a.row_key or ""), "name": str(a.file)}
            for a in present_attachments(case)
        ],
    }


def submitted_values(case: Case, *, before_round: int | None = None) -> dict[str, Any] | None:
    """The snapshot of the last submission (or of the last one before a round); None where there is none."""
    entries = case.timeline.filter(transition="submit")
    if before_round is not None:
        entries = entries.filter(round__lt=before_round)
    entry = entries.order_by("-round").first()
    return entry.values if entry else None


def current_values(case: Case) -> CaseValues:
    """The typed values while the case may be edited, else those of the last submission."""
    if case.status in EDITABLE:
        return load_values(case)
    snap = submitted_values(case)
    return snap["pages"] if snap else load_values(case)
