"""就业见习人员管理 and 减员申请 through the portal (C8, C9)."""

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from common.transitions import TransitionRefused
from internship.actions import end_trainee
from internship.rules import add_months
from positions.models import Position
from reporting import actions, rules
from reporting.models import PersonLookup, Placement
from review import actions as review_actions
from review import matters, submission, workflow
from review.matters import StartRefused, run_checks
from review.models import Case
from review.portal import case_url
from tests.factories import make_handler, make_individual, make_staff
from tests.internship.support import set_policy
from tests.reporting.support import (
    make_fresh_trainee,
    make_placement,
    make_position,
    make_qualified,
    pages,
    reviewer,
    set_limits,
)
from tests.review.cases import attach, fill, load_steps

pytestmark = pytest.mark.django_db


def draft(handler, trainee, position: Position, **values) -> Case:
    """A registration with everything filled in."""
    load_steps("placement-registration")
    case = review_actions.start_case("placement-registration", handler.unit, by=handler.user)
    fill(case, pages(case, trainee, position, **values))
    attach(case, "agreement")
    attach(case, "policy")
    return case


def submitted(handler, trainee, position: Position, **values) -> Case:
    return workflow.perform(draft(handler, trainee, position, **values), "submit", by=handler.user)


def approved(handler, trainee, position: Position, **values) -> Placement:
    case = submitted(handler, trainee, position, **values)
    workflow.perform(case, "approve", by=reviewer(case))
    return Placement.objects.get(case=case)


def taken(position: Position) -> int:
    return Position.objects.get(pk=position.pk).places_taken


@pytest.fixture
def handler(db):
    set_limits()
    return make_qualified()


def test_approval_makes_a_placement_and_takes_a_place(handler) -> None:
    position = make_position(handler.unit)
    trainee = make_fresh_trainee()
    placement = approved(handler, trainee, position)
    assert (placement.individual, placement.category, placement.state) == (trainee.individual, "G1", "current")
    assert taken(position) == 1


def test_revocation_cancels_it_and_frees_the_place_and_the_time(handler) -> None:
    position, trainee = make_position(handler.unit), make_fresh_trainee()
    placement = approved(handler, trainee, position)
    workflow.perform(placement.case, "revoke", by=make_staff("business", "140000"), reason="协议不实")
    placement.refresh_from_db()
    assert (placement.state, taken(position)) == ("cancelled", 0)
    assert approved(handler, trainee, position).state == "current"


def test_a_second_unit_cannot_hand_in_the_same_days(handler) -> None:
    other = make_qualified()
    trainee = make_fresh_trainee()
    submitted(handler, trainee, make_position(handler.unit))
    case = draft(other, trainee, make_position(other.unit))
    with pytest.raises(submission.Incomplete, match="不能重叠"):
        workflow.perform(case, "submit", by=other.user)


def test_a_withdrawn_registration_frees_the_days_for_others(handler) -> None:
    other = make_qualified()
    trainee = make_fresh_trainee()
    case = submitted(handler, trainee, make_position(handler.unit))
    workflow.perform(case, "withdraw", by=handler.user)
    assert submitted(other, trainee, make_position(other.unit)).status == "submitted"
    with pytest.raises(submission.Incomplete, match="不能重叠"):
        workflow.perform(case, "submit", by=handler.user)


def test_approval_is_refused_when_the_last_place_has_gone(handler) -> None:
    position = make_position(handler.unit, places=1)
    case = submitted(handler, make_fresh_trainee(), position)
    make_placement(handler.unit, position=position)
    with pytest.raises(TransitionRefused, match="名额已满"):
        workflow.perform(case, "approve", by=reviewer(case))
    assert not Placement.objects.filter(case=case).exists()


def test_faults_lead_to_their_fields(handler) -> None:
    today = timezone.localdate()
    case = draft(handler, make_fresh_trainee(), make_position(handler.unit), ends_on=today + timedelta(days=20))
    with pytest.raises(submission.Incomplete) as refused:
        workflow.perform(case, "submit", by=handler.user)
    assert [(p.page, p.field) for p in refused.value.problems] == [("agreement", "ends_on")]


def test_a_region_that_imports_does_not_register(handler) -> None:
    set_policy("placement_channels", "import", handler.unit.handling_region_id)
    make_position(handler.unit)
    with pytest.raises(StartRefused, match="见习匹配结果批量上报"):
        review_actions.start_case("placement-registration", handler.unit, by=handler.user)


def test_only_internship_units_may_start(db) -> None:
    stranger = make_handler()
    with pytest.raises(StartRefused, match="请先办理就业见习单位申请，审核通过后方可办理"):
        review_actions.start_case("placement-registration", stranger.unit, by=stranger.user)


# --- 查询 ----------------------------------------------------------------------------------------


def look_up(client, case: Case, name: str, id_no: str) -> str:
    url = reverse("reporting:look_up", args=[case.number])
    answer = client.post(url, {"name": name, "id_type": "01", "id_no": id_no}, follow=True)
    return answer.content.decode()


@pytest.fixture
def case(handler) -> Case:
    make_position(handler.unit)
    return review_actions.start_case("placement-registration", handler.unit, by=handler.user)


def test_a_person_is_found_by_name_and_number_together(client, handler, case) -> None:
    client.force_login(handler.user)
    trainee = make_fresh_trainee()
    assert rules.NOT_FOUND in look_up(client, case, "别人", trainee.id_no)
    html = look_up(client, case, trainee.name, trainee.id_no)
    assert "查到的人员" in html
    assert "演示大学" in html
    found = PersonLookup.objects.values_list("individual", "looked_up_by").order_by("pk")
    assert list(found) == [(None, handler.user_id), (trainee.individual_id, handler.user_id)]


def test_who_is_no_trainee_is_not_found_unless_the_region_allows_it(client, handler, case) -> None:
    client.force_login(handler.user)
    person = make_individual(education="21", graduated_on=timezone.localdate())
    assert rules.NOT_FOUND in look_up(client, case, person.name, person.id_no)
    set_policy("placement_requires_trainee", "off", handler.unit.handling_region_id)
    assert "查到的人员" in look_up(client, case, person.name, person.id_no)
    incomplete = make_individual(education="")
    assert rules.NOT_FOUND in look_up(client, case, incomplete.name, incomplete.id_no)


def test_nobody_goes_on_without_a_look_up(client, handler, case) -> None:
    client.force_login(handler.user)
    trainee = make_fresh_trainee()
    typed = {"name": trainee.name, "id_type": "01", "id_no": trainee.id_no, "revision": "0"}
    answer = client.post(case_url(case, "page", page="person"), typed)
    assert answer.status_code == 422
    assert "请先点击“查询”" in answer.content.decode()


def test_look_ups_are_limited(handler, case, monkeypatch) -> None:
    monkeypatch.setattr(actions, "LOOKUPS_PER_HOUR", 2)
    asked = {"unit": handler.unit, "name": "张三", "id_no": "140105199901010011", "by": handler.user}
    for expected in (rules.NOT_FOUND, rules.NOT_FOUND, "查询过于频繁"):
        with pytest.raises(TransitionRefused, match=expected):
            actions.look_up_person(**asked)
    assert PersonLookup.objects.count() == 2


def test_another_units_case_is_not_there(client, handler, case) -> None:
    client.force_login(make_qualified().user)
    assert client.post(reverse("reporting:look_up", args=[case.number])).status_code == 404


# --- The list ------------------------------------------------------------------------------------


def test_the_list_shows_everybody_with_their_state(client, handler) -> None:
    unit, today = handler.unit, timezone.localdate()
    make_placement(unit, person=make_individual(name="甲演示"))
    over = make_placement(unit, person=make_individual(name="乙演示"), starts_on=add_months(today, -7))
    submitted(handler, make_fresh_trainee(make_individual(name="丙演示")), make_position(unit))
    make_placement(make_qualified().unit, person=make_individual(name="丁演示"))
    client.force_login(handler.user)
    html = client.get(reverse("reporting:placements")).content.decode()
    for words in ("甲演示", "见习中", "乙演示", "期满待确认", "丙演示", "未审核"):
        assert words in html
    assert "丁演示" not in html
    assert over.id_no not in html
    html = client.get(reverse("reporting:placements"), {"state": "awaiting"}).content.decode()
    assert "甲演示" not in html


def test_the_detail_is_the_units_own(client, handler) -> None:
    placement = make_placement(handler.unit)
    client.force_login(handler.user)
    url = reverse("reporting:placement", args=[placement.pk])
    assert "演示保险公司" in client.get(url).content.decode()
    client.force_login(make_qualified().user)
    assert client.get(url).status_code == 404
    assert client.post(reverse("reporting:end", args=[placement.pk])).status_code == 404


def test_people_under_review_cannot_leave(client, handler) -> None:
    case = submitted(handler, make_fresh_trainee(), make_position(handler.unit))
    client.force_login(handler.user)
    answer = client.post(reverse("reporting:end_registration", args=[case.number]), follow=True)
    assert "正在审核中或者审核不通过的就业见习人员，不允许做减员操作" in answer.content.decode()
    assert not Case.objects.of_matter("placement-end").exists()


# --- 减员 ----------------------------------------------------------------------------------------


def ending(handler, placement: Placement, **values: str) -> Case:
    """A 减员申请 of yesterday, for the reason 完成就业."""
    load_steps("placement-end")
    case = actions.start_end(placement=placement, by=handler.user)
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    fill(
        case,
        {
            "end": {"placement": str(placement.pk), "ended_on": yesterday, "reason": "1"} | values,
            "whereabouts": {"destination": "02"},
        },
    )
    return workflow.perform(case, "submit", by=handler.user)


@pytest.fixture
def placement(handler) -> Placement:
    return make_placement(handler.unit, starts_on=add_months(timezone.localdate(), -2))


def test_the_draft_opens_with_the_person_chosen(client, handler, placement) -> None:
    client.force_login(handler.user)
    answer = client.post(reverse("reporting:end", args=[placement.pk]), follow=True)
    assert f'value="{placement.pk}" selected' in answer.content.decode()


def test_an_approved_end_frees_the_place(handler, placement) -> None:
    case = ending(handler, placement)
    workflow.perform(case, "approve", by=reviewer(case))
    placement.refresh_from_db()
    assert (placement.state, placement.end_reason, placement.holds_place) == ("ended", "1", False)
    assert taken(placement.position) == 0
    with pytest.raises(TransitionRefused, match="不能再办理减员"):
        actions.start_end(placement=placement, by=handler.user)


def test_a_revoked_end_takes_the_place_back(handler, placement) -> None:
    case = ending(handler, placement)
    workflow.perform(case, "approve", by=reviewer(case))
    workflow.perform(case, "revoke", by=make_staff("business", "140000"), reason="日期有误")
    placement.refresh_from_db()
    assert (placement.state, placement.ended_on, placement.holds_place) == ("current", None, True)
    assert taken(placement.position) == 1


def test_a_person_leaves_once(handler, placement) -> None:
    ending(handler, placement)
    with pytest.raises(submission.Incomplete, match="已有减员申请正在办理"):
        ending(handler, placement)


@pytest.mark.parametrize(
    ("reason", "asked", "kept"),
    [
        ("1", {"destination", "other_employment"}, True),
        ("2", {"other_employment"}, True),
        ("3", {"unable_reason", "other_employment"}, False),
    ],
)
def test_each_reason_asks_for_its_own(handler, placement, reason, asked, kept) -> None:
    case = actions.start_end(placement=placement, by=handler.user)
    fill(case, {"end": {"placement": str(placement.pk), "reason": reason}})
    values = submission.load_values(case)
    declared = {page.key: page for page in matters.get("placement-end").pages(case, values)}
    form = declared["whereabouts"].form(case=case, values=values)
    assert set(form.fields) == asked
    assert ("retention" in declared) is kept


def test_a_term_that_is_over_frees_its_place(handler) -> None:
    today = timezone.localdate()
    over = make_placement(handler.unit, starts_on=add_months(today, -7))
    last = make_placement(handler.unit, starts_on=add_months(today, -4), ends_on=today)
    assert actions.free_places_of_expired(on=today) == 1
    assert (taken(over.position), taken(last.position)) == (0, 1)
    assert actions.free_places_of_expired(on=today) == 0
    case = ending(handler, over, ended_on=over.ends_on.isoformat())
    workflow.perform(case, "approve", by=reviewer(case))
    assert taken(over.position) == 0


# --- What other apps are told ----------------------------------------------------------------------


def test_a_running_placement_keeps_the_trainee_and_shows_in_the_check(handler) -> None:
    trainee = make_fresh_trainee()
    record = trainee.case.traineeapplication_record
    title = "没有正在进行的见习"
    assert [c.passed for c in run_checks(trainee.case, record) if c.title == title] == [True]
    approved(handler, trainee, make_position(handler.unit))
    [found] = [c for c in run_checks(trainee.case, record) if c.title == title]
    assert found.passed is False
    assert handler.unit.name in found.evidence
    with pytest.raises(TransitionRefused, match="请先由单位办理减员申请"):
        end_trainee(trainee=trainee, reason="测试", by=make_staff("business"))


# --- Races -----------------------------------------------------------------------------------------


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
def test_of_two_for_the_last_place_one_gets_it() -> None:
    set_limits()
    handler = make_qualified()
    position = make_position(handler.unit, places=1)
    cases = [submitted(handler, make_fresh_trainee(), position) for _ in range(2)]
    by = [reviewer(case) for case in cases]
    results = together(*(lambda c=c, u=u: workflow.perform(c, "approve", by=u) for c, u in zip(cases, by, strict=True)))
    assert sorted(type(result).__name__ for result in results) == ["Case", "TransitionRefused"]
    assert (taken(position), Placement.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_units_handing_in_the_same_days_at_once_one_succeeds() -> None:
    set_limits()
    one, two = make_qualified(), make_qualified()
    trainee = make_fresh_trainee()
    cases = [draft(h, trainee, make_position(h.unit)) for h in (one, two)]
    results = together(
        lambda: workflow.perform(cases[0], "submit", by=one.user),
        lambda: workflow.perform(cases[1], "submit", by=two.user),
    )
    names = sorted(type(result).__name__ for result in results)
    assert names[0] == "Case"
    assert names[1] in {"Incomplete", "TransitionRefused"}
    assert Case.objects.of_matter("placement-registration").filter(status="submitted").count() == 1
