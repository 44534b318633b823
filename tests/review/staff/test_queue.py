"""The queue shows what a person can act on, the oldest due first, and costs the same for one row and for a hundred."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Unit
from common.search import text_tokens
from review import staff_queries, workflow
from review.models import Case, CaseStep, Correction
from review.staff_queries import QueueChoice, desk_of, queue_counts, queue_steps
from tests.factories import CITY, COUNTY, OTHER_COUNTY, make_staff
from tests.review.staff.samples import make_submitted, offices

pytestmark = pytest.mark.django_db
QUEUE = "/admin/review/case/queue/"


def numbers(client, query: str = "") -> list[str]:
    html = client.get(f"{QUEUE}{query}").content.decode()
    return re.findall(r">(YSSX\d+)</a>", html)


def returned_and_corrected(case, reviewer):
    correction = Correction(target="field", page="basic", field="introduction", reason="请补充主营业务")
    case = workflow.perform(case, "return", by=reviewer, corrections=[correction])
    return workflow.perform(case, "submit", by=case.acting_user)


def test_a_reviewer_sees_the_steps_of_the_own_role_and_region_only(signed_in):
    here, there = make_submitted(COUNTY), make_submitted(OTHER_COUNTY)
    assert numbers(signed_in(make_staff("first", COUNTY))) == [here.number]
    assert numbers(signed_in(make_staff("first", OTHER_COUNTY))) == [there.number]
    assert numbers(signed_in(make_staff("second", COUNTY))) == []
    assert numbers(signed_in(make_staff("first", CITY))) == [], "the city decides only at its own level"


def test_the_next_office_sees_the_case_after_approval(signed_in):
    first, second = offices()
    case = make_submitted()
    assert numbers(signed_in(second)) == []
    workflow.perform(case, "approve", by=first)
    assert numbers(signed_in(second)) == [case.number]
    assert numbers(signed_in(first)) == []


def test_the_oldest_due_comes_first(signed_in):
    first, _ = offices()
    late, later = make_submitted(), make_submitted()
    CaseStep.objects.filter(case=later, current=True).update(due_on=timezone.localdate() - timedelta(days=3))
    assert numbers(signed_in(first)) == [later.number, late.number]


def test_tabs_hold_what_their_names_say(signed_in):
    first, _ = offices()
    free, mine, corrected, overdue = (make_submitted() for _ in range(4))
    workflow.perform(mine, "accept", by=first)
    returned_and_corrected(corrected, first)
    CaseStep.objects.filter(case=overdue, current=True).update(due_on=timezone.localdate() - timedelta(days=1))
    client = signed_in(first)
    assert set(numbers(client)) == {free.number, corrected.number, overdue.number}
    assert numbers(client, "?tab=mine") == [mine.number]
    assert numbers(client, "?tab=corrected") == [corrected.number]
    assert numbers(client, "?tab=due") == [overdue.number]
    assert queue_counts(desk_of(first)) == {"unclaimed": "3", "mine": "1", "corrected": "1", "due": "1"}


def test_what_a_colleague_has_accepted_is_not_offered(signed_in):
    first, colleague = make_staff("first"), make_staff("first")
    case = make_submitted()
    workflow.perform(case, "accept", by=colleague)
    assert numbers(signed_in(first)) == []
    assert numbers(signed_in(first), "?tab=due") == []
    assert numbers(signed_in(colleague), "?tab=mine") == [case.number]


def test_filters_by_matter_unit_and_person(signed_in):
    first, _ = offices()
    one, other = make_submitted(), make_submitted()
    client = signed_in(first)
    assert numbers(client, f"?person={one.unit.name[:5]}") == [one.number]
    assert numbers(client, f"?person={other.unit.uscc}") == [other.number]
    assert numbers(client, f"?person={one.number}") == [one.number]
    assert set(numbers(client, "?person=王联系")) == {one.number, other.number}
    assert numbers(client, "?person=没有这个人") == []
    assert len(numbers(client, "?matter=sample")) == 2
    assert "tab-count" in client.get(QUEUE).content.decode()
    assert "tab-count" not in client.get(f"{QUEUE}?matter=sample").content.decode(), "no counts of what is filtered"
    assert len(numbers(client, "?matter=unknown&tab=unknown")) == 2, "what is not understood is not asked"


def test_a_part_of_a_name_is_found_only_as_it_stands(signed_in):
    first, _ = offices()
    case = make_submitted()
    Unit.objects.filter(pk=case.unit_id).update(name="甲乙丙乙丁单位")
    Case.objects.filter(pk=case.pk).update(name_tokens=text_tokens("甲乙丙乙丁单位"))
    client = signed_in(first)
    assert numbers(client, "?person=乙丙乙") == [case.number]
    assert numbers(client, "?person=丁") == [case.number]
    assert numbers(client, "?person=甲乙丁") == [], "its pairs of characters occur, but apart from each other"


def test_pages_go_on_where_the_last_one_ended(signed_in, monkeypatch):
    monkeypatch.setattr(staff_queries, "PAGE_SIZE", 2)
    first, _ = offices()
    cases = [make_submitted().number for _ in range(5)]
    client, seen, url = signed_in(first), [], QUEUE
    while url:
        html = client.get(url).content.decode()
        seen += re.findall(r">(YSSX\d+)</a>", html)
        following = re.search(r'rel="next" href="([^"]+)"', html)
        url = following[1].replace("&amp;", "&") if following else ""
    assert seen == cases


def test_steps_of_several_roles_and_regions_are_merged_in_order():
    first, _ = offices()
    first.groups.add(make_staff("second", CITY).groups.get())
    first.scopes.create(region_id=CITY)
    cases = [make_submitted(region) for region in (COUNTY, OTHER_COUNTY, COUNTY)]
    workflow.perform(cases[1], "approve", by=make_staff("first", OTHER_COUNTY))
    found = [position.case_id for _, position in queue_steps(desk_of(first), QueueChoice())]
    assert sorted(found) == sorted(case.pk for case in cases)
    days = [position.due_on for _, position in queue_steps(desk_of(first), QueueChoice())]
    assert days == sorted(days)
    backwards = queue_steps(
        desk_of(first), QueueChoice(), after=queue_steps(desk_of(first), QueueChoice())[-1][1], backwards=True
    )
    assert [position.case_id for _, position in backwards] == found[-2::-1]


def test_counts_stop_at_the_cap(monkeypatch):
    monkeypatch.setattr(staff_queries, "COUNT_CAP", 2)
    first, _ = offices()
    for _ in range(3):
        make_submitted()
    assert queue_counts(desk_of(first))["unclaimed"] == "2+"


def test_as_many_queries_for_many_rows_as_for_one(signed_in, assert_same_queries_for_more_rows):
    first, _ = offices()
    client = signed_in(first)
    assert assert_same_queries_for_more_rows(make_submitted, lambda: client.get(QUEUE)) <= 12


def test_staff_without_a_role_or_region_are_told_why_nothing_is_there(signed_in):
    business = make_staff("business")
    assert "您没有审核角色" in signed_in(business).get(QUEUE).content.decode()
    nowhere = make_staff("first")
    nowhere.scopes.all().delete()
    assert "您还没有管辖地区" in signed_in(nowhere).get(QUEUE).content.decode()


def test_the_desk_shows_the_counts(signed_in):
    first, _ = offices()
    make_submitted()
    html = signed_in(first).get(reverse("admin:index")).content.decode()
    assert "待认领" in html
    assert "小店区初审" in html
    assert f"{QUEUE}?tab=unclaimed" in html
