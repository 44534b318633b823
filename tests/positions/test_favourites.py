"""收藏: trainees only, three at a time also under real threads, with consent, within the handling region."""

import threading

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import Consent
from common.models import PolicyValue
from common.transitions import TransitionRefused
from positions import actions, rules
from positions.models import Favourite, Position
from tests.factories import CITY, COUNTY, OTHER_COUNTY, make_individual
from tests.positions.support import keep, make_position, make_trainee, qualify, set_figures

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def figures() -> None:
    set_figures()


def test_a_fourth_is_refused_until_one_is_cancelled() -> None:
    trainee, unit = make_trainee(), qualify()
    kept = [keep(trainee, make_position(unit)) for _ in range(3)]
    fourth = make_position(unit)
    with pytest.raises(TransitionRefused, match=r"^最多收藏三个岗位，请先取消一个$"):
        keep(trainee, fourth)
    actions.cancel_favourite(favourite=kept[0], by=trainee.individual.user)
    assert keep(trainee, fourth).position == fourth


def test_keeping_twice_is_keeping_once() -> None:
    trainee, position = make_trainee(), make_position()
    assert keep(trainee, position) == keep(trainee, position)


@pytest.mark.django_db(transaction=True)
def test_three_hold_under_concurrent_clicks() -> None:
    trainee, unit = make_trainee(), qualify()
    positions = [make_position(unit) for _ in range(6)]
    start, refused = threading.Barrier(len(positions)), []

    def click(position: Position) -> None:
        start.wait()
        try:
            keep(trainee, position)
        except TransitionRefused as error:
            refused.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=click, args=(position,)) for position in positions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Favourite.objects.filter(cancelled_at__isnull=True).count() == 3
    assert refused == ["最多收藏三个岗位，请先取消一个"] * 3


def test_who_is_no_trainee_is_told_which_it_is(client: Client) -> None:
    person, position = make_individual(), make_position()
    client.force_login(person.user)
    answer = client.post(reverse("positions:add_favourite", args=[position.number]))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "该人员不是就业见习人员" in page
    assert "尚未申请" in page
    assert reverse("review:start", args=["individual", "trainee-application"]) in page
    assert client.get("/individual/positions/").status_code == 200


def test_the_first_one_asks_for_consent_and_records_it(client: Client) -> None:
    trainee, unit = make_trainee(consent=False), qualify()
    client.force_login(trainee.individual.user)
    position = make_position(unit)
    address = reverse("positions:add_favourite", args=[position.number])
    asked = client.post(address).content.decode()
    assert position.unit_name in asked
    assert "手机号" in asked
    refused = client.post(address, {"asked": "1"})
    assert refused.status_code == 422
    assert not Favourite.objects.exists()
    assert client.post(address, {"asked": "1", "agree": "1"}).status_code == 302
    favourite = Favourite.objects.get()
    consent = Consent.objects.get(user=trainee.individual.user, kind=actions.CONSENT_KIND)
    assert (favourite.consent_version, favourite.consented_at) == (consent.version, consent.given_at)
    # The second needs no question.
    second = make_position(unit)
    assert client.post(reverse("positions:add_favourite", args=[second.number])).status_code == 302
    assert Favourite.objects.count() == 2


@pytest.mark.parametrize(
    ("trainee_region", "policy", "seen"),
    [
        (COUNTY, "on", {COUNTY, CITY}),
        (COUNTY, "off", {COUNTY}),
        (CITY, "on", {COUNTY, OTHER_COUNTY, CITY}),
    ],
)
def test_region_rule_of_list_and_action(client: Client, trainee_region: str, policy: str, seen: set[str]) -> None:

    PolicyValue.objects.filter(key="county_sees_city_positions").update(value=policy)
    made = {code: make_position(qualify(region=code)) for code in (COUNTY, OTHER_COUNTY, CITY, "140212")}
    trainee = make_trainee(trainee_region)
    client.force_login(trainee.individual.user)
    page = client.get("/individual/positions/").content.decode()
    assert {code for code, position in made.items() if position.number in page} == seen
    for code, position in made.items():
        assert rules.in_reach(trainee, position, position.valid_from) is (code in seen)
    outside = made["140212"]
    with pytest.raises(TransitionRefused, match="不在您的业务办理属地"):
        keep(trainee, outside)


def test_a_closed_position_stays_in_the_list_marked(client: Client) -> None:
    trainee, unit = make_trainee(), qualify()
    position = make_position(unit)
    keep(trainee, position)
    actions.close_position(position=position, reason="filled", by=unit.handlers.get().user)
    client.force_login(trainee.individual.user)
    page = client.get("/individual/favourites/").content.decode()
    assert position.name in page
    assert "已停止招收" in page
    with pytest.raises(TransitionRefused, match="已停止招收"):
        keep(make_trainee(), position)


def test_nobody_cancels_for_another(client: Client) -> None:
    favourite = keep(make_trainee(), make_position())
    client.force_login(make_trainee().individual.user)
    assert client.post(reverse("positions:cancel_favourite", args=[favourite.pk])).status_code == 404


def test_as_many_queries_for_more_rows(client: Client, assert_same_queries_for_more_rows) -> None:
    trainee, unit = make_trainee(), qualify()
    client.force_login(trainee.individual.user)
    assert (
        assert_same_queries_for_more_rows(
            lambda: keep(trainee, make_position(unit)), lambda: client.get("/individual/favourites/")
        )
        <= 12
    )
