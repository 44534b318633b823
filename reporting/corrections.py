"""Rows that were reported in batches, corrected one by one (C5–C7): what is wrong with the new version, who may do it how.

Until a monthly report rests on a row the unit corrects or cancels it on the page; afterwards the county decides
about a case (见习信息更正). Both state the row anew and are judged here.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone

from common import policies
from common.transitions import TransitionRefused
from internship import queries as internship_queries
from reporting import queries, rules, sheets
from reporting.models import (
    DAY_COLUMNS,
    ON_POST_COLUMNS,
    TERM_COLUMNS,
    Attendance,
    OnPostStatus,
    PersonMonth,
    Placement,
    RecordCorrection,
)

Kind = RecordCorrection.Kind
MODELS: dict[str, type[Attendance] | type[OnPostStatus]] = {Kind.ATTENDANCE: Attendance, Kind.ON_POST: OnPostStatus}
COLUMNS = {
    Kind.AGREEMENT: TERM_COLUMNS,
    Kind.ATTENDANCE: (*DAY_COLUMNS, "note"),
    Kind.ON_POST: (*ON_POST_COLUMNS, "note"),
}


def is_reported(placement: Placement, month: date | None = None) -> bool:
    """Whether an approved monthly report rests on the placement, or on its month."""
    found = PersonMonth.objects.in_force().filter(placement=placement)
    return (found.filter(month=month) if month else found).exists()


def check_on_page(placement: Placement, month: date | None = None) -> None:
    """Raise TransitionRefused unless the unit may still correct the row itself."""
    if month is None and placement.case.matter != queries.IMPORT_MATTER:
        raise TransitionRefused("该人员的协议经审核登记，更正请办理“见习信息更正”")
    if placement.state != Placement.State.CURRENT:
        raise TransitionRefused(f"该人员的见习{placement.get_state_display()}，不能更正")
    if is_reported(placement, month):
        raise TransitionRefused(rules.MONTH_REPORTED if month else rules.REPORTED)


def can_on_page(placement: Placement, month: date | None = None) -> bool:
    """Whether the unit may still correct the row itself."""
    try:
        check_on_page(placement, month)
    except TransitionRefused:
        return False
    return True


def stored_row(placement: Placement, kind: str, month: date | None) -> Placement | Attendance | OnPostStatus | None:
    """What is to be corrected: the placement, or its row of the month; None when there is none."""
    if kind == Kind.AGREEMENT:
        return placement
    return MODELS[kind].objects.filter(placement=placement, month=month).first() if kind in MODELS else None


def faults(placement: Placement, kind: str, month: date | None, values: Mapping[str, Any]) -> rules.Faults:
    """All that is wrong with the new version of a row, by column."""
    if kind == Kind.AGREEMENT:
        return _agreement_faults(placement, values)
    if month is None:
        return {"month": "请选择月份"}
    needed = DAY_COLUMNS if kind == Kind.ATTENDANCE else ("on_post",)
    if blank := {name: "不能为空，没有的填0" for name in needed if values.get(name) is None}:
        return blank
    check = sheets.ATTENDANCE.check_row if kind == Kind.ATTENDANCE else sheets.ON_POST.check_row
    typed = {**values, "month": month}
    typed = {key: None if value == "" else value for key, value in typed.items()}
    found = dict(check(typed)) if check else {}
    return found | dict(rules.month_faults(typed, month, placement))


def _agreement_faults(placement: Placement, values: Mapping[str, Any]) -> rules.Faults:
    needed = [name for name in TERM_COLUMNS if name not in ("agreement_no", "mentor", "premium")]
    found = {name: "不能为空" for name in needed if values.get(name) in (None, "")}
    if found:
        return found
    mentors = internship_queries.mentor_names(placement.unit)
    known = {"", placement.mentor, placement.position.mentor, *mentors}
    if mentors and values["mentor"] not in known:
        found["mentor"] = rules.no_mentor(mentors)
    region, others = queries.handling_region(placement.unit), queries.terms_of([placement.individual_id])
    person = queries.Person(placement.individual, placement.trainee)
    agreement = rules.Agreement(
        person.claim(placement.category, region),
        placement.unit_id,
        values["signed_on"],
        values["starts_on"],
        values["ends_on"],
        values["insured_from"],
        values["insured_to"],
        tuple(term for term in others.get(placement.individual_id, ()) if term.placement_id != placement.pk),
    )
    try:
        limits = rules.limits(region, values["signed_on"])
        found |= rules.agreement_faults(agreement, limits, timezone.localdate())
    except policies.PolicyMissing as missing:
        found["signed_on"] = str(missing)
    if values["signed_on"] == placement.signed_on:
        # Judged when the agreement was reported; what the person's account says since then changes nothing about it.
        found.pop("signed_on", None)
    return found | _reported_faults(placement, values)


def _reported_faults(placement: Placement, values: Mapping[str, Any]) -> rules.Faults:
    """Months that were approved, and perhaps paid, stay inside the term: nothing about them is computed again."""
    months = PersonMonth.objects.in_force().filter(placement=placement).values_list("month", flat=True)
    out = [month for month in months if not rules.in_term(month, values["starts_on"], values["ends_on"])]
    if not out:
        return {}
    words = "、".join(f"{month.year}年{month.month}月" for month in sorted(out))
    return {"ends_on": f"{words}已有审核通过的月报，见习期限应包括这些月份"}
