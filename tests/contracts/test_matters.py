"""What every service keeps to, whoever declares it."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from common.transitions import TransitionRefused
from review import answers, matters, submission
from review.matters import Page, Rows
from review.models import Case, Correction, Record, RecordRow
from review.portal import case_url
from review.workflow import perform
from tests.contracts.filled import actor_of, by_code, complete, start
from tests.factories import make_staff

pytestmark = pytest.mark.django_db
CODES = [matter.code for matter in matters.all_matters()]
REVIEWED = [matter.code for matter in matters.all_matters() if not matter.auto_approve]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
MOST_FIELDS_IN_SIGHT = 9


def reviewer_of(case: Case):
    step = case.steps.get(current=True)
    return make_staff(step.role, step.region_id)


def approve_fully(case: Case) -> Case:
    while case.status in ("submitted", "in_review"):
        case = perform(case, "approve", by=reviewer_of(case))
    return case


@pytest.mark.parametrize("code", CODES)
def test_tests_know_how_to_fill_it_in(code: str) -> None:
    assert code in by_code()


@pytest.mark.parametrize("code", CODES)
def test_its_guide_says_who_how_long_and_why(code: str) -> None:
    guide = matters.get(code).guide
    assert all(CHINESE.search(text) for text in (guide.who, guide.time_limit, *guide.legal_basis))
    assert guide.legal_basis


@pytest.mark.parametrize("code", CODES)
def test_it_is_reviewed_by_somebody_or_approves_itself(code: str) -> None:
    matter = matters.get(code)
    assert bool(matter.steps) is not matter.auto_approve


@pytest.mark.parametrize("code", CODES)
def test_its_pages_and_slots_have_keys_of_their_own(code: str) -> None:
    case = start(code)
    matter = matters.get(code)
    pages = matter.pages(case, submission.load_values(case))
    keys = [page.key for page in pages]
    assert len(keys) == len(set(keys))
    slots = [slot.key for slot in matter.slots]
    assert len(slots) == len(set(slots))
    assert {slot.per_row for slot in matter.slots} - {""} <= {page.key for page in pages if isinstance(page, Rows)}


@pytest.mark.parametrize("code", CODES)
def test_its_forms_ask_in_chinese_for_columns_of_its_record(code: str) -> None:
    case = complete(code)
    matter = matters.get(code)
    assert issubclass(matter.record, Record)
    for page in matter.pages(case, submission.load_values(case)):
        if isinstance(page, Page):
            assert page.form._meta.model is matter.record
        elif isinstance(page, Rows):
            assert issubclass(page.model, RecordRow)
        else:
            continue
        form = page.form(case=case, values=submission.load_values(case))
        assert len(form.visible_fields()) <= MOST_FIELDS_IN_SIGHT, page.key
        for field in form.fields.values():
            assert CHINESE.search(str(field.label)), (page.key, field.label)


@pytest.mark.parametrize("code", CODES)
def test_an_empty_case_is_not_submitted_and_says_what_is_missing(code: str) -> None:
    case = start(code)
    case.drafts.all().delete()
    with pytest.raises(submission.Incomplete) as refused:
        perform(case, "submit", by=actor_of(case))
    assert all(CHINESE.search(problem.message) for problem in refused.value.problems)
    assert not matters.get(code).record.objects.filter(pk=case.pk).exists()


@pytest.mark.parametrize("code", CODES)
def test_a_stranger_cannot_submit_it(code: str) -> None:
    case = complete(code)
    with pytest.raises(TransitionRefused):
        perform(case, "submit", by=make_staff("first"))


@pytest.mark.parametrize("code", CODES)
def test_every_page_opens_before_and_after_submission(code: str) -> None:
    case = complete(code)
    client = Client()
    client.force_login(actor_of(case))
    assert client.get(reverse("review:start", args=[matters.get(code).portal, code])).status_code == 200
    for page in matters.get(code).pages(case, submission.load_values(case)):
        assert client.get(case_url(case, "page", page=page.key)).status_code == 200, page.key
    if matters.get(code).slots:
        assert client.get(case_url(case, "attachments")).status_code == 200
    assert client.get(case_url(case, "check")).status_code == 200
    assert client.post(case_url(case, "check")).status_code == 302
    for name in ("case", "receipt"):
        assert client.get(case_url(case, name)).status_code == 200
    assert client.get(case_url(case, "print")).content.startswith(b"%PDF-")


@pytest.mark.parametrize("code", CODES)
def test_what_was_typed_is_what_everybody_reads(code: str) -> None:
    case = complete(code)
    typed = answers.sections(case, submission.load_values(case))
    case = perform(case, "submit", by=actor_of(case))
    assert answers.sections(case, submission.current_values(case)) == typed


@pytest.mark.parametrize("code", REVIEWED)
def test_withdrawing_frees_it_and_it_can_be_handed_in_again(code: str) -> None:
    case = complete(code)
    by = actor_of(case)
    case = perform(perform(case, "submit", by=by), "withdraw", by=by)
    assert not matters.get(code).record.objects.get(pk=case.pk).live
    case = perform(case, "submit", by=by)
    assert case.status == "submitted"
    assert matters.get(code).record.objects.get(pk=case.pk).live


@pytest.mark.parametrize("code", REVIEWED)
def test_it_is_returned_corrected_and_approved(code: str) -> None:
    case = complete(code)
    by = actor_of(case)
    case = perform(case, "submit", by=by)
    page = next(p for p in matters.get(code).pages(case, submission.load_values(case)) if isinstance(p, Page))
    correction = Correction(target="page", page=page.key, reason="请核对本页内容")
    case = perform(case, "return", by=reviewer_of(case), corrections=[correction])
    case = approve_fully(perform(case, "submit", by=by))
    assert case.status == "approved"
    assert matters.get(code).record.objects.get(pk=case.pk).live


@pytest.mark.parametrize("code", REVIEWED)
def test_a_rejection_frees_its_key(code: str) -> None:
    case = complete(code)
    case = perform(case, "submit", by=actor_of(case))
    case = perform(case, "reject", by=reviewer_of(case), reason="不符合条件")
    assert case.exclusive_key is None
    assert not matters.get(code).record.objects.get(pk=case.pk).live


@pytest.mark.parametrize("code", REVIEWED)
def test_it_can_be_revoked_after_approval(code: str) -> None:
    case = complete(code)
    case = approve_fully(perform(case, "submit", by=actor_of(case)))
    case = perform(case, "revoke", by=make_staff("business", f"{case.region_id[:2]}0000"), reason="复核发现材料不实")
    assert (case.status, case.exclusive_key) == ("revoked", None)
    assert not matters.get(code).record.objects.get(pk=case.pk).live
