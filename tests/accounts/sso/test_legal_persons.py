"""A legal person signs in by the network: found by credit code, with the agent as its handler (matters A2)."""

from dataclasses import replace

import pytest
from django.test import Client

from accounts.models import Handler, Message, Unit, User
from accounts.sso import actions
from accounts.sso.rules import read_claims
from tests.accounts.conftest import at_once
from tests.accounts.sso.conftest import Network, legal_person, provider_warnings, sign_in
from tests.accounts.sso.test_people import signed_in_as
from tests.factories import make_credit_code, make_handler, make_id_no, make_individual, make_unit, make_user

pytestmark = [pytest.mark.django_db, provider_warnings]


def test_a_new_unit_is_made_with_its_agent_as_supervisor(client: Client, network: Network) -> None:
    network.knows("u1", **legal_person(1, agent_role="经办人"))
    assert sign_in(client, network, "u1", "unit")["Location"] == "/unit/"
    unit = Unit.objects.get()
    assert (unit.name, unit.uscc, unit.legal_person_type) == ("演示单位（虚构）", make_credit_code(1), "01")
    assert (unit.level, unit.legal_representative) == (4, "李演示")
    handler = Handler.objects.get()
    assert (handler.user_id, handler.name, handler.role) == (signed_in_as(client), "王演示", "supervisor")
    assert client.get("/unit/profile/").status_code == 200


def test_a_second_agent_of_the_same_network_account_has_an_account_of_his_own(client: Client, network: Network) -> None:
    network.knows("u2", **legal_person(2))
    sign_in(client, network, "u2", "unit")
    first = signed_in_as(client)
    client.post("/accounts/logout/")
    network.knows("u2", **legal_person(2, agent_name="赵演示", agent_id_no=make_id_no(799), agent_role="经办人"))
    sign_in(client, network, "u2", "unit")
    assert signed_in_as(client) not in {None, first}
    assert list(Handler.objects.order_by("pk").values_list("role", flat=True)) == ["supervisor", "clerk"]
    assert Unit.objects.count() == 1


def test_a_verified_unit_keeps_its_handlers_and_a_renamed_one_is_still_the_same(
    client: Client, network: Network
) -> None:
    unit = make_unit(uscc=make_credit_code(3), level=5)
    supervisor = make_handler(unit)
    network.knows("u3", **legal_person(3, corp_name="改名演示单位（虚构）", agent_role="经办人"))
    sign_in(client, network, "u3", "unit")
    unit.refresh_from_db()
    supervisor.refresh_from_db()
    assert (unit.name, unit.level) == ("改名演示单位（虚构）", 5)
    assert supervisor.ended_at is None
    assert unit.handlers.active().get(user_id=signed_in_as(client)).role == "clerk"


def test_who_only_declared_the_unit_is_out_and_told_so(client: Client, network: Network) -> None:
    unit = make_unit(uscc=make_credit_code(4))
    declared = make_handler(unit, id_no=make_id_no(704))
    other_browser = Client()
    other_browser.force_login(declared.user)
    network.knows("u4", **legal_person(4))
    sign_in(client, network, "u4", "unit")
    assert signed_in_as(client) != declared.user_id
    declared.refresh_from_db()
    assert declared.end_reason == "superseded"
    assert other_browser.get("/unit/profile/").status_code == 403
    assert "统一身份认证核验" in Message.objects.get(user=declared.user).body
    assert unit.handlers.active().get().role == "supervisor"


def test_an_agent_whom_the_unit_entered_gets_that_account(client: Client, network: Network) -> None:
    unit = make_unit(uscc=make_credit_code(5), level=4)
    make_handler(unit)
    entered = make_handler(unit, make_user(name="王演示"), role="clerk", id_no=make_id_no(705))
    network.knows("u5", **legal_person(5))
    sign_in(client, network, "u5", "unit")
    assert signed_in_as(client) == entered.user_id
    assert unit.handlers.count() == 2


def test_an_agent_of_another_name_than_entered_is_refused(client: Client, network: Network) -> None:
    unit = make_unit(uscc=make_credit_code(6), level=4)
    make_handler(unit, make_user(name="孙演示"), id_no=make_id_no(706))
    network.knows("u6", **legal_person(6))
    answer = sign_in(client, network, "u6", "unit")
    assert answer.status_code == 403
    assert "姓名与本网厅已核验的姓名不一致" in answer.content.decode()


@pytest.mark.parametrize("private", ["individual", "other unit"])
def test_the_unit_does_not_open_an_account_that_is_not_its_own(client: Client, network: Network, private: str) -> None:
    user = make_user(name="王演示")
    if private == "individual":
        make_individual(user=user)
    else:
        make_handler(make_unit(), user)
    unit = make_unit(uscc=make_credit_code(7), level=4)
    make_handler(unit, user, id_no=make_id_no(707))
    network.knows("u7", **legal_person(7))
    answer = sign_in(client, network, "u7", "unit")
    assert answer.status_code == 403
    assert "请用您本人的账号登录" in answer.content.decode()
    assert signed_in_as(client) is None


def test_an_agent_whose_authorisation_ended_here_stays_out(client: Client, network: Network) -> None:
    network.knows("u8", **legal_person(8))
    sign_in(client, network, "u8", "unit")
    handler = Handler.objects.get()
    make_handler(handler.unit)
    handler.ended_at = handler.started_at
    handler.save()
    client.post("/accounts/logout/")
    answer = sign_in(client, network, "u8", "unit")
    assert answer.status_code == 403
    assert "经办权限已结束" in answer.content.decode()
    assert handler.unit.handlers.active().count() == 1


def test_the_unit_signed_in_for_is_the_acting_one(client: Client, network: Network) -> None:
    network.knows("u9", **legal_person(9))
    sign_in(client, network, "u9", "unit")
    user = User.objects.get(pk=signed_in_as(client))
    make_handler(make_unit(), user)
    client.post("/accounts/logout/")
    sign_in(client, network, "u9", "unit")
    assert "演示单位（虚构）" in client.get("/unit/profile/").content.decode()


@pytest.mark.parametrize(
    "changes", [{"uscc": "91140105MA0000000X"}, {"corp_name": ""}, {"agent_name": ""}, {"agent_id_no": "1"}]
)
def test_a_unit_or_agent_that_is_not_named_is_refused(client: Client, network: Network, changes: dict) -> None:
    network.knows("u10", **legal_person(10, **changes))
    answer = sign_in(client, network, "u10", "unit")
    assert answer.status_code == 403
    assert "没有提供完整的身份信息" in answer.content.decode()
    assert Unit.objects.count() == 0


def test_the_persons_client_does_not_open_a_unit(client: Client, network: Network) -> None:
    network.knows("u11", **legal_person(11))
    assert sign_in(client, network, "u11", "individual").status_code == 403
    assert Unit.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_first_agents_at_once_make_one_unit_with_a_supervisor() -> None:
    first = read_claims("unit", legal_person(20) | {"sub": "u20"}, {})
    second = replace(first, agent_name="赵演示", agent_id_no=make_id_no(798), agent_is_supervisor=False)
    waiting = [first, second]
    at_once(lambda: actions.handler_for(claims=waiting.pop(), by=None).pk)
    assert Unit.objects.count() == 1
    assert Handler.objects.active().count() == 2
    assert Handler.objects.active().filter(role="supervisor").exists()
