"""What the tests of this app share: policies, routes, filled applications. All data is fictitious."""

import datetime
import itertools
from typing import Any

from accounts.models import Individual, Unit, User
from common.models import PolicyValue, StoredFile
from internship.models import InternshipUnit, Trainee
from review import actions, matters, submission, workflow
from review.models import Attachment, Case
from tests.factories import (
    COUNTY,
    make_handler,
    make_id_no,
    make_individual,
    make_region,
    make_staff,
    make_unit,
    make_user,
)
from tests.review.cases import load_steps

FIGURES = {"graduate_clock_months": "24", "youth_age_min": "16", "youth_age_max": "24"}


def set_policy(key: str, value: str, region: str | None = None) -> PolicyValue:
    """A policy in force since 2020."""
    return PolicyValue.objects.create(
        key=key, value=value, region_id=region, valid_from="2020-01-01", source="测试依据"
    )


def set_figures() -> None:
    """The figures that decide who may be a trainee."""
    for key, value in FIGURES.items():
        set_policy(key, value)


def make_case(matter: str, subject: Individual | Unit) -> Case:
    """A bare case to hang rows on; nothing is typed in it."""
    number = Case.objects.count() + 1
    owner = {"unit": subject} if isinstance(subject, Unit) else {"individual": subject}
    user = subject.user if isinstance(subject, Individual) else make_user()
    return Case.objects.create(number=f"CS{number:08d}", matter=matter, acting_user=user, **owner)


def write(case: Case, page: str, values: dict[str, Any], by: User) -> None:
    """Type into a page; what is there already stays unless given again."""
    draft = case.drafts.filter(page=page).first()
    typed = (draft.values if draft else {}) | values
    actions.save_page(case, page, typed, draft.revision if draft else 0, by=by)


_numbers = itertools.count(1)


def attach(case: Case, slot: str, by: User, row_key: str | None = None) -> Attachment:
    """A clean file in a slot."""
    number = next(_numbers)
    stored = StoredFile.objects.create(
        storage_key=f"test/{case.number}/{number}",
        original_name=f"材料{number}.pdf",
        kind="pdf",
        content_type="application/pdf",
        size=1000,
        sha256=f"{number:064d}",
        state=StoredFile.State.CLEAN,
        pages=1,
        created_by=by,
    )
    return Attachment.objects.create(case=case, slot=slot, row_key=row_key, file=stored, added_by=by)


def place(code: str, name: str) -> dict[str, str]:
    """A region as its selects post it."""
    city = f"{code[:4]}00"
    return {f"{name}_0": f"{code[:2]}0000", f"{name}_1": city, f"{name}_2": code}


def draft_trainee(person: Individual, *, category: str = "G1", region: str = COUNTY, **background: Any) -> Case:
    """An application with all pages filled and all attachments there, not yet submitted."""
    make_region(region)
    case = actions.start_case("trainee-application", person, by=person.user)
    write(case, "category", {"category": category, "education": "21", **place(region, "handling_region")}, person.user)
    typical = (
        {"unemployed_on": "2026-03-02"} if category == "Y1" else {"school": "演示大学", "graduated_on": "2026-06-30"}
    )
    write(case, "background", typical | background, person.user)
    for slot in matters.get(case.matter).slots:
        if slot.is_required(submission.load_values(case)):
            attach(case, slot.key, person.user)
    return case


def unit_pages(unit: Unit) -> dict[str, dict[str, Any]]:
    """What a handler adds to the values that are filled in already."""
    return {
        "plan": {"planned_positions": "2", "planned_trainees": "4", "introduction": "演示单位，主营软件开发。"},
        "contact": {"contact": "王演示", "mobile": "13800000009"},
        "bank": {"account_holder": unit.name, "bank": "中国工商银行", "account_no": "1402020200000000001"},
    }


def draft_unit(unit: Unit, by: User) -> Case:
    """A qualification with all pages filled and all attachments there, not yet submitted."""
    case = actions.start_case("unit-qualification", unit, by=by)
    for page, values in unit_pages(unit).items():
        write(case, page, values, by)
    staff = next(p for p in matters.get(case.matter).pages(case, {}) if p.key == "staff")
    row = {
        "name": "赵演示",
        "id_type": "01",
        "id_no": make_id_no(7, birth=datetime.date(1985, 3, 7)),
        "phone": "13800000008",
    }
    key = actions.save_row(case, staff, row, 0, by=by)
    for slot in ("licence", "application_form", "agreement"):
        attach(case, slot, by)
    attach(case, "staff_document", by, key)
    return case


def make_internship_unit(unit: Unit | None = None) -> InternshipUnit:
    """An internship unit, qualified through both steps."""
    load_steps("unit-qualification")
    unit = unit or make_unit()
    handler = unit.handlers.first() or make_handler(unit)
    case = workflow.perform(draft_unit(unit, handler.user), "submit", by=handler.user)
    region = case.region_id
    workflow.perform(case, "approve", by=make_staff("first", region))
    workflow.perform(case, "approve", by=make_staff("second", f"{region[:4]}00"))
    return InternshipUnit.objects.get(unit=unit)


def make_trainee(person: Individual | None = None, **values: Any) -> Trainee:
    """A trainee of COUNTY, admitted by its office."""
    load_steps("trainee-application")
    if not PolicyValue.objects.filter(key="graduate_clock_months").exists():
        set_figures()
    person = person or make_individual()
    case = workflow.perform(draft_trainee(person, **values), "submit", by=person.user)
    workflow.perform(case, "approve", by=make_staff("first", case.region_id))
    return Trainee.objects.get(case=case)
