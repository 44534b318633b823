"""Portal homes say where somebody stands, what to do next, and what happened."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from hall import sections, states
from review import actions, workflow
from review.models import Correction
from tests.factories import COUNTY, make_handler, make_individual, make_staff, make_unit
from tests.internship.support import draft_trainee, set_figures, set_policy
from tests.review.cases import load_steps

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shanxi")]


def test_a_person_who_never_asked_is_led_to_the_application() -> None:
    standing = states.individual_standing(make_individual())
    assert standing.title == "您还不是就业见习人员"
    assert standing.url == reverse("review:start", args=["individual", "trainee-application"])


def test_a_draft_is_a_thing_to_do() -> None:
    person = make_individual()
    case = actions.start_case("trainee-application", person, by=person.user)
    (todo,) = sections.todos(person, "individual")
    assert (todo.case, todo.action) == (case, "继续填写")
    assert states.individual_standing(person).title == "申请尚未提交"


def test_a_unit_without_its_data_is_led_to_it_first() -> None:
    standing = states.unit_standing(make_unit(employee_count=None))
    assert standing.title == "请先完善单位信息"
    assert standing.url == reverse("accounts:unit_profile")


def test_a_complete_unit_is_led_to_qualification() -> None:
    assert states.unit_standing(make_unit()).title == "本单位还不是就业见习单位"


def test_homes_show_nobody_elses_cases(client: Client) -> None:
    other, person = make_individual(name="李演示"), make_individual()
    foreign = actions.start_case("trainee-application", other, by=other.user)
    client.force_login(person.user)
    assert foreign.number not in client.get("/individual/").content.decode()


def test_individual_home_stays_within_its_queries(client: Client, assert_num_queries: Callable[..., Any]) -> None:
    person = make_individual()
    actions.start_case("trainee-application", person, by=person.user)
    client.force_login(person.user)
    client.get("/individual/")
    with assert_num_queries(14, at_most=True):
        assert client.get("/individual/").status_code == 200


def test_unit_home_stays_within_its_queries(client: Client, assert_num_queries: Callable[..., Any]) -> None:
    handler = make_handler(make_unit())
    client.force_login(handler.user)
    client.get("/unit/")
    with assert_num_queries(14, at_most=True):
        assert client.get("/unit/").status_code == 200


@pytest.mark.parametrize("portal", ["individual", "unit"])
def test_homes_ask_visitors_to_sign_in(client: Client, portal: str) -> None:
    answer = client.get(f"/{portal}/")
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


def test_a_returned_case_says_until_when_it_can_be_corrected(client: Client, at: Callable[[str], Any]) -> None:
    """Policy ``returned_lapse_days``: in the list of things to do and in 我的办件."""
    at("2026-11-02 10:00")
    set_figures()
    set_policy("returned_lapse_days", "30")
    person = make_individual()
    load_steps("trainee-application")
    case = workflow.perform(draft_trainee(person), "submit", by=person.user)
    correction = Correction(target="field", page="person", field="address", reason="请写明门牌号")
    workflow.perform(case, "return", by=make_staff("first", COUNTY), corrections=[correction])
    (todo,) = sections.todos(person, "individual")
    assert todo.last_day == date(2026, 12, 2)
    client.force_login(person.user)
    for address in ("/individual/", "/individual/cases/"):
        assert "2026年12月2日前修改" in client.get(address).content.decode()
