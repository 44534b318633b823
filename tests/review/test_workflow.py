"""The workflow: which transitions are possible, who may perform them, and what each leaves behind."""

import threading
from pathlib import Path

import pytest
from django.db import connection, connections

from accounts.models import Message
from common.transitions import TransitionRefused
from review import submission
from review.models import Case, Correction, PageDraft, Status
from review.workflow import CASE_TABLE, StaleCase, mark, perform
from tests.factories import CITY, COUNTY, OTHER_COUNTY, make_handler, make_individual, make_staff, make_unit
from tests.review.cases import approved_case, draft_case, fill, start_batch, submitted_case
from tests.samples.models import Application, Thing

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


def a_correction() -> list[Correction]:
    return [Correction(target="field", page="basic", field="title", reason="名称不规范")]


def in_status(status: str) -> Case:
    """A sample application brought to a status by its own transitions."""
    if status == "draft":
        return draft_case()
    if status == "approved":
        return approved_case()
    if status == "revoked":
        case = approved_case()
        return perform(case, "revoke", by=revoker(), reason="复核发现材料不实")
    case = submitted_case()
    first = make_staff("first", COUNTY)
    match status:
        case "submitted":
            return case
        case "in_review":
            return perform(case, "accept", by=first)
        case "returned":
            return perform(case, "return", by=first, corrections=a_correction())
        case "rejected":
            return perform(case, "reject", by=first, reason="不符合条件")
        case "withdrawn":
            return perform(case, "withdraw", by=case.individual.user)
        case "closed":
            case = perform(case, "withdraw", by=case.individual.user)
            return perform(case, "close", by=case.individual.user)
    raise AssertionError(status)


def revoker():
    return make_staff("business", "140000")


def actor(who: str, case: Case):
    if who == "applicant":
        return case.individual.user
    if who == "holder":
        return case.reviewer or make_staff("first", COUNTY)
    if who == "reviewer":
        return case.reviewer or make_staff("first", COUNTY)
    return {"revoker": revoker, "clock": lambda: None, "stranger": lambda: make_individual(name="李演示").user}[who]()


def needs(name: str) -> dict:
    return {"reason": "原因", **({"corrections": a_correction()} if name == "return" else {})}


@pytest.mark.parametrize("status", Status.values)
@pytest.mark.parametrize("name", [t.name for t in CASE_TABLE])
def test_only_the_table_s_arrows_can_be_taken(status: str, name: str) -> None:
    case = in_status(status)
    transition = CASE_TABLE[name]
    before = Case.objects.values().get(pk=case.pk)
    if status in transition.sources:
        after = perform(case, name, by=actor(transition.who, case), **needs(name))
        assert after.status in transition.targets
        assert after.timeline.filter(transition=name, source=status, target=after.status).exists()
    else:
        with pytest.raises(TransitionRefused):
            perform(case, name, by=actor(transition.who, case), **needs(name))
        assert Case.objects.values().get(pk=case.pk) == before


WHO = ("applicant", "reviewer", "revoker", "clock", "stranger")


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", [t.name for t in CASE_TABLE])
def test_nobody_else_may_perform_a_transition(who: str, name: str) -> None:
    transition = CASE_TABLE[name]
    if who == transition.who or (who, transition.who) == ("reviewer", "holder"):
        return
    status = transition.sources[0]
    case = in_status("in_review" if name == "release" else status)
    acting = make_staff("first", OTHER_COUNTY) if who == "reviewer" else actor(who, case)
    with pytest.raises(TransitionRefused):
        perform(case, name, by=acting, **needs(name))


@pytest.mark.parametrize(
    ("role", "region"), [("second", COUNTY), ("first", CITY), ("first", OTHER_COUNTY), ("audit", COUNTY)]
)
def test_a_step_belongs_to_its_role_and_its_region(role: str, region: str) -> None:
    with pytest.raises(TransitionRefused, match="不在您的审核权限内"):
        perform(submitted_case(), "approve", by=make_staff(role, region))


def test_approval_goes_from_the_county_to_the_city_and_ends_there() -> None:
    case = submitted_case()
    county, city = make_staff("first", COUNTY), make_staff("second", CITY)
    case = perform(case, "approve", by=county)
    assert (case.status, case.reviewer, case.decided_at) == ("in_review", None, None)
    assert case.steps.get(current=True).region_id == CITY
    case = perform(case, "approve", by=city)
    assert (case.status, case.decided_by) == ("approved", city)
    assert Application.objects.get(pk=case.pk).live
    assert not case.steps.filter(current=True).exists()


def test_nobody_decides_twice() -> None:
    case = submitted_case()
    both = make_staff("first", COUNTY)
    both.scopes.create(region_id=CITY)
    both.groups.add(make_staff("second", CITY).groups.get())
    case = perform(case, "approve", by=both)
    with pytest.raises(TransitionRefused, match="同一人员不能重复处理"):
        perform(case, "approve", by=both)


def test_nobody_decides_a_case_that_concerns_himself() -> None:
    case = submitted_case()
    staff = make_staff("first", COUNTY)
    staff.staff_profile.id_no = case.individual.id_no
    staff.staff_profile.save()
    with pytest.raises(TransitionRefused, match="应当回避"):
        perform(case, "accept", by=staff)


def test_a_case_that_somebody_holds_is_his_until_he_releases_it() -> None:
    case = submitted_case()
    holder, other = make_staff("first", COUNTY), make_staff("first", COUNTY)
    case = perform(case, "accept", by=holder)
    with pytest.raises(TransitionRefused, match="已由"):
        perform(case, "approve", by=other)
    with pytest.raises(TransitionRefused, match="只能由其本人释放"):
        perform(case, "release", by=other)
    case = perform(case, "release", by=holder)
    assert perform(case, "accept", by=other).reviewer == other


def test_the_applicant_hears_once_that_the_case_was_accepted() -> None:
    case = submitted_case()
    case = perform(case, "accept", by=make_staff("first", COUNTY))
    case = perform(case, "approve", by=case.reviewer)
    perform(case, "accept", by=make_staff("second", CITY))
    assert Message.objects.filter(user=case.individual.user, title="办件已受理").count() == 1


def test_an_accepted_case_cannot_be_withdrawn() -> None:
    case = perform(submitted_case(), "accept", by=make_staff("first", COUNTY))
    with pytest.raises(TransitionRefused, match="审核中"):
        perform(case, "withdraw", by=case.individual.user)


def test_a_withdrawn_case_keeps_what_was_typed_and_can_be_handed_in_again() -> None:
    case = submitted_case()
    case = perform(case, "withdraw", by=case.individual.user)
    assert not Application.objects.get(pk=case.pk).live
    assert submission.load_values(case)["basic"]["title"] == "样例"
    case = perform(case, "submit", by=case.individual.user)
    assert (case.status, case.round, case.withdrawn_at) == ("submitted", 2, None)


def test_a_corrected_case_comes_back_at_the_step_that_returned_it() -> None:
    case = perform(submitted_case(), "approve", by=make_staff("first", COUNTY))
    case = perform(case, "return", by=make_staff("second", CITY), corrections=a_correction())
    assert case.status == "returned"
    fill(case, {"basic": {"title": "改正后", "count": "3", "region": COUNTY}})
    case = perform(case, "submit", by=case.individual.user)
    step = case.steps.get(current=True)
    assert (step.round, step.order, step.region_id) == (2, 2, CITY)
    assert not case.corrections.filter(closed_at__isnull=True).exists()


def test_a_return_says_what_to_correct_and_a_rejection_why() -> None:
    case, staff = submitted_case(), make_staff("first", COUNTY)
    with pytest.raises(TransitionRefused, match="必须指明"):
        perform(case, "return", by=staff)
    with pytest.raises(TransitionRefused, match="必须填写原因"):
        perform(case, "reject", by=staff, reason="  ")


def test_the_clock_stands_still_while_a_case_is_returned(at) -> None:
    at("2026-03-02 10:00")  # Monday
    case = submitted_case()
    assert str(case.steps.get(current=True).due_on) == "2026-03-09"
    at("2026-03-04 10:00")
    case = perform(case, "return", by=make_staff("first", COUNTY), corrections=a_correction())
    at("2026-03-16 10:00")
    case = perform(case, "submit", by=case.individual.user)
    assert str(case.steps.get(current=True).due_on) == "2026-03-19"
    assert str(case.due_on) == "2026-03-26"


def test_a_page_that_is_out_of_date_decides_nothing() -> None:
    case = submitted_case()
    staff, seen = make_staff("first", COUNTY), mark(case)
    case = perform(case, "withdraw", by=case.individual.user)
    case = perform(case, "submit", by=case.individual.user)
    with pytest.raises(StaleCase):
        perform(case, "approve", by=staff, seen=seen)


def test_everything_wrong_is_said_at_once_and_nothing_is_stored() -> None:
    case = draft_case()
    fill(case, {"basic": {"title": "", "count": "许多", "region": "999999"}})
    case.attachments.update(removed_at="2026-01-01T00:00Z", removed_by=case.individual.user)
    with pytest.raises(submission.Incomplete) as refused:
        perform(case, "submit", by=case.individual.user)
    places = {(p.page, p.field, p.slot) for p in refused.value.problems}
    assert places == {("basic", "title", ""), ("basic", "count", ""), ("basic", "region", ""), ("", "", "proof")}
    assert Case.objects.get(pk=case.pk).status == "draft"
    assert not Application.objects.exists()
    assert submission.load_values(case)["basic"]["count"] == "许多"


def test_a_rule_across_pages_points_to_the_field() -> None:
    case = draft_case()
    fill(case, {"basic": {"title": "样例", "count": "100", "region": COUNTY}, "limit": {"limit": "50"}})
    with pytest.raises(submission.Incomplete) as refused:
        perform(case, "submit", by=case.individual.user)
    assert [p.message for p in refused.value.problems] == ["数量不能超过上限"]


def test_rows_keep_their_identity_through_a_correction() -> None:
    case = draft_case()
    keep, drop = "0a000000-0000-4000-8000-000000000001", "0a000000-0000-4000-8000-000000000002"
    rows = [{"key": keep, "label": "甲"}, {"key": drop, "label": "乙"}]
    fill(case, {"items": {"rows": rows}})
    case = perform(case, "submit", by=case.individual.user)
    first = {str(item.key): item.pk for item in Application.objects.get(pk=case.pk).items.all()}
    case = perform(case, "withdraw", by=case.individual.user)
    fill(case, {"items": {"rows": [{"key": keep, "label": "丙"}]}})
    perform(case, "submit", by=case.individual.user)
    (item,) = Application.objects.get(pk=case.pk).items.all()
    assert (item.pk, item.label) == (first[keep], "丙")


def test_an_import_approves_itself_and_makes_its_entities() -> None:
    unit = make_handler().unit
    case = perform(start_batch(unit, "A1", "A2"), "submit", by=unit.handlers.get().user)
    assert case.status == "approved"
    assert set(Thing.objects.values_list("code", flat=True)) == {"A1", "A2"}
    assert [e.transition for e in case.timeline.all()] == ["submit"]


def test_a_constraint_violated_in_an_effect_is_its_own_sentence_and_changes_nothing() -> None:
    unit = make_handler().unit
    by = unit.handlers.get().user
    perform(start_batch(unit, "A1"), "submit", by=by)
    second = start_batch(unit, "A0", "A1")
    with pytest.raises(TransitionRefused, match="该编码已登记，请更换"):
        perform(second, "submit", by=by)
    assert Case.objects.get(pk=second.pk).status == "draft"
    assert Thing.objects.count() == 1


def test_a_finished_case_keeps_no_draft_beside_its_submission() -> None:
    case = approved_case()
    assert not PageDraft.objects.filter(case=case).exists()
    assert submission.current_values(case)["basic"]["title"] == "样例"


def test_a_handler_whose_authorisation_ended_cannot_act() -> None:
    unit = make_unit()
    handler = make_handler(unit)
    case = start_batch(unit, "B1")
    handler.ended_at = handler.started_at
    handler.save()
    with pytest.raises(TransitionRefused, match="只有申请人"):
        perform(case, "submit", by=handler.user)


def test_the_diagram_is_drawn_from_the_table() -> None:
    assert (ROOT / "docs/workflows/case.mmd").read_text() == CASE_TABLE.mermaid()


def together(*calls):
    """Run the calls at once in threads of their own; returns what each returned or raised."""
    results, gate = [None] * len(calls), threading.Barrier(len(calls))

    def run(at: int, call) -> None:
        gate.wait()
        try:
            results[at] = call()
        except Exception as error:
            results[at] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(i, call)) for i, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_of_two_reviewers_at_once_one_takes_the_case() -> None:
    case = submitted_case()
    one, two = make_staff("first", COUNTY), make_staff("first", COUNTY)
    results = together(lambda: perform(case, "accept", by=one), lambda: perform(case, "accept", by=two))
    assert sorted(type(result).__name__ for result in results) == ["Case", "TransitionRefused"]


@pytest.mark.django_db(transaction=True)
def test_a_double_submission_submits_once() -> None:
    case = draft_case()
    by = case.individual.user
    results = together(lambda: perform(case, "submit", by=by), lambda: perform(case, "submit", by=by))
    assert sorted(type(result).__name__ for result in results) == ["Case", "TransitionRefused"]
    assert case.timeline.filter(transition="submit").count() == 1
    assert connection.is_usable()
