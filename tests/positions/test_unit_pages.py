"""岗位管理 and 就业见习岗位查询: only the own unit's, contact data in full only to it, each view logged."""

from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Message
from positions import actions, sheets
from positions.models import ContactViewLog, InterestAction, Position
from tests.positions.support import handler_of, keep, make_position, make_trainee, publish, qualify, set_figures

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def figures() -> None:
    set_figures()


@pytest.fixture
def unit():
    return qualify()


@pytest.fixture
def inside(client: Client, unit) -> Client:
    client.force_login(handler_of(unit))
    return client


OWN = ("unit_position", "close", "interested_people")
POSTED = ("reopen", "change", "copy", "export")


@pytest.mark.parametrize("name", OWN)
def test_another_units_position_is_not_there(inside: Client, name: str) -> None:
    foreign = make_position()
    assert inside.get(reverse(f"positions:{name}", args=[foreign.number])).status_code == 404


@pytest.mark.parametrize("name", POSTED)
def test_nothing_can_be_done_to_another_units_position(inside: Client, name: str) -> None:
    foreign = make_position()
    assert inside.post(reverse(f"positions:{name}", args=[foreign.number])).status_code == 404


def test_another_units_interest_cannot_be_answered(inside: Client) -> None:
    favourite = keep(make_trainee(), make_position())
    assert inside.post(reverse("positions:answer", args=[favourite.pk]), {"kind": "invited"}).status_code == 404


def test_people_show_in_full_and_each_view_is_logged(inside: Client, unit) -> None:
    position, trainee = make_position(unit), make_trainee()
    favourite = keep(trainee, position)
    page = inside.get(reverse("positions:interested_people", args=[position.number])).content.decode()
    for words in (trainee.name, trainee.mobile, "演示大学", "会计学", "大学本科"):
        assert words in page
    inside.get(reverse("positions:interested_people", args=[position.number]))
    logged = ContactViewLog.objects.filter(favourite=favourite, unit=unit, user=handler_of(unit), purpose="list")
    assert logged.count() == 2


def test_cancelling_hides_the_person(inside: Client, unit) -> None:
    position, trainee = make_position(unit), make_trainee()
    favourite = keep(trainee, position)
    actions.cancel_favourite(favourite=favourite, by=trainee.individual.user)
    page = inside.get(reverse("positions:interested_people", args=[position.number])).content.decode()
    assert trainee.mobile not in page
    assert not ContactViewLog.objects.exists()
    assert inside.get(reverse("positions:answer", args=[favourite.pk])).status_code == 404


def test_the_export_is_logged_and_holds_no_formulas(inside: Client, unit) -> None:
    position, trainee = make_position(unit), make_trainee()
    trainee.school = "=HYPERLINK(1)"
    trainee.save()
    keep(trainee, position)
    answer = inside.post(reverse("positions:export", args=[position.number]))
    rows = list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert rows[1] == sheets.HEADINGS
    assert rows[2][4] == "'=HYPERLINK(1)"
    assert ContactViewLog.objects.get().purpose == "export"


@pytest.mark.parametrize("kind", InterestAction.Kind.values)
def test_an_answer_reaches_the_person(inside: Client, unit, kind: str) -> None:
    position, trainee = make_position(unit), make_trainee()
    favourite = keep(trainee, position)
    inside.post(reverse("positions:answer", args=[favourite.pk]), {"kind": kind, "message": "周一上午"})
    assert favourite.actions.get().kind == kind
    assert "周一上午" in Message.objects.get(user=trainee.individual.user).body


def test_close_asks_why_and_the_list_shows_it(inside: Client, unit) -> None:
    position = make_position(unit)
    address = reverse("positions:close", args=[position.number])
    assert inside.post(address).status_code == 422
    assert inside.post(address, {"reason": "filled"}, follow=True).status_code == 200
    assert Position.objects.get().state == "closed"
    assert "提前关闭" in inside.get("/unit/positions/?state=closed").content.decode()
    assert position.number not in inside.get("/unit/positions/?state=open").content.decode()
    inside.post(reverse("positions:reopen", args=[position.number]))
    assert Position.objects.get().state == "open"


def test_change_and_copy_open_a_filled_form(inside: Client, unit) -> None:
    position = publish(unit)
    for name in ("change", "copy"):
        page = inside.post(reverse(f"positions:{name}", args=[position.number]), follow=True).content.decode()
        assert f'value="{position.name}"' in page
    again = inside.post(reverse("positions:change", args=[position.number]), follow=True).content.decode()
    assert "已有一件变更申请" in again


@pytest.mark.parametrize("address", ["/unit/positions/", "/unit/positions/interested/"])
def test_as_many_queries_for_more_rows(inside: Client, unit, address: str, assert_same_queries_for_more_rows) -> None:
    assert assert_same_queries_for_more_rows(lambda: make_position(unit), lambda: inside.get(address)) <= 14


def test_as_many_queries_for_more_people(inside: Client, unit, assert_same_queries_for_more_rows) -> None:
    position = make_position(unit)
    address = reverse("positions:interested_people", args=[position.number])
    assert_same_queries_for_more_rows(lambda: keep(make_trainee(), position), lambda: inside.get(address))
