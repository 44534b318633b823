"""Cases for tests: started, filled, submitted and decided through the public actions."""

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import Individual, Unit, User
from review import actions, matters
from review.models import Case, PageDraft, ReviewStep
from review.workflow import perform
from tests.factories import CITY, COUNTY, make_individual, make_region, make_staff

BASIC = {"title": "样例", "count": "3", "region": COUNTY, "mobile": "13800000001"}


def image(name: str = "材料.png") -> SimpleUploadedFile:
    """A small real picture."""
    data = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(data, "PNG")
    return SimpleUploadedFile(name, data.getvalue(), "image/png")


def load_steps(code: str) -> None:
    """The review steps that a matter ships with."""
    for order, step in enumerate(matters.get(code).steps, 1):
        ReviewStep.objects.get_or_create(
            matter=code, order=order, defaults={"role": step.role, "level": step.level, "days": step.days}
        )


def actor_of(case: Case) -> User:
    """The user who acts for the applicant."""
    if case.individual:
        return case.individual.user
    return case.unit.handlers.active().first().user


def fill(case: Case, values: dict[str, dict[str, Any]], by: User | None = None) -> None:
    """Type values into the pages of a case."""
    for page, content in values.items():
        draft = PageDraft.objects.filter(case=case, page=page).first()
        actions.save_page(case, page, content, draft.revision if draft else 0, by=by or actor_of(case))


def attach(case: Case, slot_key: str, *, row_key: str = "") -> Any:
    """Put a picture into a slot."""
    slot = next(slot for slot in matters.get(case.matter).slots if slot.key == slot_key)
    return actions.add_attachment(case, slot, image(), by=actor_of(case), row_key=row_key)


def draft_case(individual: Individual | None = None) -> Case:
    """A sample application that is complete and not yet submitted."""
    make_region(COUNTY)
    load_steps("sample-application")
    individual = individual or make_individual()
    case = actions.start_case("sample-application", individual, by=individual.user)
    fill(case, {"basic": BASIC})
    attach(case, "proof")
    return case


def submitted_case(individual: Individual | None = None) -> Case:
    """A sample application that waits for its first step in COUNTY."""
    case = draft_case(individual)
    return perform(case, "submit", by=case.individual.user)


def approved_case() -> Case:
    """A sample application that was approved at both steps."""
    case = submitted_case()
    case = perform(case, "approve", by=make_staff("first", COUNTY))
    return perform(case, "approve", by=make_staff("second", CITY))


def start_batch(unit: Unit, *codes: str) -> Case:
    """A sample import with these lines, not yet submitted."""
    by = unit.handlers.active().first().user
    case = actions.start_case("sample-batch", unit, by=by)
    page = matters.get("sample-batch").pages(case, {})[0]
    for revision, code in enumerate(codes):
        actions.save_row(case, page, {"code": code}, revision, by=by)
    return case
