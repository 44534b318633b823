"""A case in words: the same declaration gives check-your-answers, case page, review page, print and comparison."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils import timezone

from common import identifiers, regions
from common.formfields import RegionField
from review import grids, matters, sheets, submission
from review.forms import PageForm
from review.matters import CaseValues, Grid, Info, Page, Rows, Sheet
from review.models import Case

MASKS = {
    "id": identifiers.mask_id,
    "mobile": identifiers.mask_mobile,
    "account": identifiers.mask_account,
}


@dataclass(frozen=True)
class Answer:
    """One question and its answer; ``old`` is the answer of the submission before, where it differs."""

    field: str
    label: str
    text: str
    old: str | None = None

    @property
    def changed(self) -> bool:
        return self.old is not None


@dataclass(frozen=True)
class AnswerRow:
    """One row of a Rows page: its answers; ``state`` is "", "added" or "removed" against the submission before."""

    key: str
    answers: list[Answer]
    state: str = ""


@dataclass(frozen=True)
class Section:
    """One page of a case in words."""

    key: str
    title: str
    answers: list[Answer] = field(default_factory=list)
    rows: list[AnswerRow] = field(default_factory=list)
    is_rows: bool = False
    editable: bool = True
    note: str = ""
    original: bool = False

    @property
    def changed(self) -> bool:
        return any(a.changed for a in self.answers) or any(
            row.state or any(a.changed for a in row.answers) for row in self.rows
        )


def sections(
    case: Case, values: CaseValues, *, previous: CaseValues | None = None, masked: bool = False
) -> list[Section]:
    """All pages of a case in words, compared with ``previous`` where given; ``masked`` for staff."""
    result = []
    for page in matters.get(case.matter).pages(case, values):
        if isinstance(page, Info):
            facts = [Answer("", title, text) for title, text in page.facts(case)]
            result.append(Section(page.key, page.title, facts, editable=False))
        elif isinstance(page, Rows):
            rows = _rows(page, case, values, previous, masked)
            result.append(Section(page.key, page.title, rows=rows, is_rows=True))
        elif isinstance(page, Grid):
            rows = _grid_rows(page, case, values, previous)
            result.append(Section(page.key, page.title, rows=rows, is_rows=True))
        elif isinstance(page, Sheet):
            rows, note = _sheet_rows(page, values, masked), _sheet_note(page, values)
            original = bool(values.get(page.key, {}).get("original"))
            result.append(Section(page.key, page.title, rows=rows, is_rows=True, note=note, original=original))
        else:
            result.append(Section(page.key, page.title, _page(page, case, values, previous, masked)))
    return result


def _page(page: Page, case: Case, values: CaseValues, previous: CaseValues | None, masked: bool) -> list[Answer]:
    form = submission.page_form(page, case, values)
    before = _texts(submission.page_form(page, case, previous), masked) if previous is not None else None
    return _compare(form, before, masked)


def _rows(page: Rows, case: Case, values: CaseValues, previous: CaseValues | None, masked: bool) -> list[AnswerRow]:
    old_rows = {row["key"]: row for row in submission.row_values(page, previous or {})}
    result = []
    for row in submission.row_values(page, values):
        form = submission.row_form(page, case, values, row)
        old = old_rows.pop(row["key"], None)
        before = _texts(submission.row_form(page, case, previous or {}, old), masked) if old else None
        state = "added" if previous is not None and old is None else ""
        result.append(AnswerRow(row["key"], _compare(form, before, masked), state))
    for key, row in old_rows.items():
        form = submission.row_form(page, case, previous or {}, row)
        result.append(AnswerRow(key, _compare(form, None, masked), "removed"))
    return result


def _grid_rows(page: Grid, case: Case, values: CaseValues, previous: CaseValues | None) -> list[AnswerRow]:
    before = {typed.row.key: typed for typed in grids.rows_of(page, case, previous)} if previous is not None else {}
    return [_grid_row(page, typed, before.get(typed.row.key)) for typed in grids.rows_of(page, case, values)]


def _grid_row(page: Grid, typed: grids.TypedRow, old: grids.TypedRow | None) -> AnswerRow:
    given = [Answer("", title, text) for title, text in zip(page.headings, typed.row.cells, strict=True)]
    asked = []
    for column in page.columns:
        text = typed.texts[column.key]
        changed = old.texts[column.key] if old and old.texts[column.key] != text else None
        asked.append(Answer(column.key, column.title, text, old=changed))
    computed = [] if typed.faults else [Answer("", page.result, page.compute(typed.row, typed.values))]
    return AnswerRow(typed.row.key, given + asked + computed)


def _sheet_rows(page: Sheet, values: CaseValues, masked: bool) -> list[AnswerRow]:
    return [
        AnswerRow(str(row.number), [Answer(*cell) for cell in sheets.cells_of(page, row, masked)])
        for row in sheets.rows_of(page, values, sheets.SHOWN_ROWS)
    ]


def _sheet_note(page: Sheet, values: CaseValues) -> str:
    count = sheets.count(page, values)
    return f"共{count}行，以下为前{sheets.SHOWN_ROWS}行，全部内容见上传的文件" if count > sheets.SHOWN_ROWS else ""


def _compare(form: PageForm, before: dict[str, str] | None, masked: bool) -> list[Answer]:
    return [
        Answer(
            name,
            str(form.fields[name].label),
            text,
            old=before.get(name, "") if before is not None and before.get(name, "") != text else None,
        )
        for name, text in _texts(form, masked).items()
    ]


def _texts(form: PageForm, masked: bool) -> dict[str, str]:
    texts = {}
    for name in form.fields:
        text = in_words(form.fields[name], form[name].value())
        if masked and text and name in form.masked:
            text = MASKS[form.masked[name]](text)
        texts[name] = text
    return texts


def in_words(form_field: forms.Field, raw: Any) -> str:
    """A typed value as it should be read: labels for codes, names for rows, 是/否 for boxes."""
    if isinstance(form_field, forms.BooleanField) and not isinstance(form_field, forms.NullBooleanField):
        return "是" if form_field.to_python(raw) else "否"
    if raw in (None, "", []):
        return ""
    if isinstance(form_field, RegionField):
        return form_field.in_words(raw)
    if isinstance(form_field, forms.ModelChoiceField):
        return _chosen_row(form_field, raw)
    if isinstance(form_field, forms.ChoiceField):
        labels = dict(_flat(form_field.choices))
        return "、".join(labels.get(str(value), str(value)) for value in (raw if isinstance(raw, list) else [raw]))
    return str(raw)


def _chosen_row(form_field: forms.ModelChoiceField, raw: Any) -> str:
    try:
        return form_field.label_from_instance(form_field.to_python(raw))
    except forms.ValidationError:
        return str(raw)


def _flat(choices: Any) -> Iterable[tuple[str, str]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield str(value), str(label)


def day(value: datetime.date) -> str:
    """A date as it is written in a sentence: 2026年11月21日."""
    return f"{value.year}年{value.month}月{value.day}日"


def moment(value: datetime.datetime) -> str:
    """A moment in the hall's time zone: 2026年11月21日 09:05."""
    local = timezone.localtime(value)
    return f"{day(local)} {local:%H:%M}"


def handling_region(case: Case) -> str:
    """业务办理属地 in words, 市本级 where the city itself handles."""
    return regions.handling_name(case.region_id) if case.region_id else ""
