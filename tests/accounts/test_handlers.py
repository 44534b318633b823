"""经办人录入, 变更 and 管理 (A5): by staff and by the unit's own 主管; a unit is never without one."""

import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from freezegun import freeze_time

from accounts import handler_actions
from accounts.actions import Refused
from accounts.models import Activation, Handler, Message, Unit, UnitNumber, User
from common.models import PolicyValue
from tests.accounts.conftest import sent_messages
from tests.factories import (
    CITY,
    PASSWORD,
    make_handler,
    make_id_no,
    make_individual,
    make_staff,
    make_unit,
    make_user,
)
from tests.internship.support import make_internship_unit

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "Jingban-2026"


def person(number: int = 900, **fields: Any) -> dict[str, Any]:
    """What is typed about a new handler."""
    return {
        "name": "赵演示",
        "id_type": "01",
        "id_no": make_id_no(number),
        "mobile": "13911110900",
        "email": "zhao@example.com",
    } | fields


def a_person(number: int = 900, **fields: Any) -> handler_actions.Person:
    return handler_actions.Person(**person(number, **fields))


@pytest.fixture
def unit(db: None) -> Unit:
    return make_unit()


@pytest.fixture
def supervisor(unit: Unit) -> Handler:
    return make_handler(unit, make_user("zhuguan", name="王演示"), id_no=make_id_no(901), origin="registered")


@pytest.fixture
def clerk(unit: Unit, supervisor: Handler) -> Handler:
    return make_handler(unit, make_user("jingban", name="孙演示"), role="clerk", id_no=make_id_no(902))


@pytest.fixture
def staff(db: None) -> User:
    return make_staff("hall", CITY)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session and Session.objects.filter(pk=client.session.session_key).exists()


def activation_path() -> str:
    """The link in the newest short message."""
    found = re.search(r"http://[^/]+(/accounts/activate/[^/]+/)", sent_messages()[-1][1])
    assert found
    return found[1]


def open_account(client: Client, address: str, username: str = "zhao_yanshi") -> Any:
    answers = {"username": username, "password": NEW_PASSWORD, "password_again": NEW_PASSWORD, "agreement": "on"}
    return client.post(address, answers)


# --- Staff ---------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["演示单位", "MA000001", "1401050001", "演示 000100", "91140105ma"])
def test_staff_find_the_unit_by_fragments_of_name_code_or_number(staff: User, unit: Unit, words: str) -> None:
    UnitNumber.objects.create(unit=unit, number="140105000100")
    page = signed_in(staff).get("/admin/accounts/handler/find/", {"q": words}).content.decode()
    assert unit.name in page
    assert f"/admin/accounts/handler/unit/{unit.pk}/" in page


def test_the_units_come_as_one_types_and_only_those_of_the_own_regions(staff: User, unit: Unit) -> None:
    foreign = make_unit(region="220102", handling_region="220102")
    client = signed_in(staff)
    part = client.get("/admin/accounts/handler/find/", {"q": "演示单位"}, headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert unit.name in part.content.decode()
    assert foreign.name not in part.content.decode()
    assert client.get(f"/admin/accounts/handler/unit/{foreign.pk}/").status_code == 404
    assert "没有找到" in client.get("/admin/accounts/handler/find/", {"q": "没有这家"}).content.decode()


def test_reviewers_do_not_keep_handlers(unit: Unit) -> None:
    client = signed_in(make_staff("first"))
    assert client.get("/admin/accounts/handler/find/").status_code == 403
    assert client.get(f"/admin/accounts/handler/unit/{unit.pk}/").status_code == 403


def test_a_handler_entered_by_staff_opens_the_account_with_the_link_and_signs_in(
    staff: User, unit: Unit, django_capture_on_commit_callbacks: Any, mailoutbox: list
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = signed_in(staff).post(
            f"/admin/accounts/handler/unit/{unit.pk}/", person() | {"role": "clerk"}, follow=True
        )
    assert "赵演示已录入为单位主管" in answer.content.decode()
    handler = Handler.objects.get()
    assert (handler.role, handler.origin, handler.user.email) == ("supervisor", "staff", "zhao@example.com")
    assert not handler.user.has_usable_password()
    client, address = Client(), activation_path()
    assert mailoutbox[0].to == ["zhao@example.com"]
    assert "赵" in client.get(address).content.decode()
    assert open_account(client, address).status_code == 302
    login = {"login": "zhao_yanshi", "password": NEW_PASSWORD}
    assert client.post("/accounts/login/?portal=unit", login)["Location"] == "/unit/"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "请填写姓名"),
        ("id_no", "", "请填写证件号码"),
        ("id_no", "140105", "应为18位"),
        ("mobile", "", "请填写手机号"),
        ("mobile", "12", "手机号"),
        ("email", "zhao", "电子邮箱格式不正确"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_typed_is_lost(
    staff: User, unit: Unit, field: str, value: str, words: str
) -> None:
    typed = person(**{field: value}) | {"role": "clerk"}
    answer = signed_in(staff).post(f"/admin/accounts/handler/unit/{unit.pk}/", typed)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    kept = "13911110900" if field == "name" else "赵演示"
    assert kept in answer.content.decode()
    assert not Handler.objects.exists()


def test_handlers_from_abroad_are_entered_with_their_documents(staff: User, unit: Unit) -> None:
    typed = person(id_type="08", id_no="E12345678") | {"role": "clerk"}
    signed_in(staff).post(f"/admin/accounts/handler/unit/{unit.pk}/", typed)
    assert Handler.objects.get().id_type == "08"


def test_the_same_person_is_entered_once(staff: User, unit: Unit, clerk: Handler) -> None:
    with pytest.raises(Refused, match="已是该单位的经办人"):
        handler_actions.enter_handler(unit=unit, person=a_person(902), role="clerk", groups=(), by=staff)


def test_an_entry_never_opens_a_private_account(staff: User, unit: Unit) -> None:
    private = make_individual(name="赵演示", id_no=make_id_no(900))
    handler = handler_actions.enter_handler(unit=unit, person=a_person(), role="clerk", groups=(), by=staff)
    assert handler.user != private.user


def test_another_id_number_is_another_person_who_binds_the_message_centre_anew(staff: User, clerk: Handler) -> None:
    UnitNumber.objects.create(unit=clerk.unit, number="140105000100")
    former_centre = make_individual(id_no=clerk.id_no)
    browser = signed_in(clerk.user)
    address = f"/admin/accounts/handler/{clerk.pk}/edit/"
    answer = signed_in(staff).post(address, person(), follow=True)
    assert "经办人已由孙演示变更为赵演示" in answer.content.decode()
    assert "未绑定" in answer.content.decode()
    clerk.refresh_from_db()
    assert clerk.end_reason == "left"
    assert not is_in(browser)
    assert "经办权限已结束" in Message.objects.get(user=clerk.user).title
    new = Handler.objects.active().get(name="赵演示")
    assert new.user != clerk.user
    assert former_centre.user not in receivers_of(new)
    own_centre = make_individual(id_no=new.id_no)
    assert receivers_of(new) == [own_centre.user]


def receivers_of(handler: Handler) -> list[User]:
    from accounts.queries import code_receivers

    return code_receivers(handler.user)


def test_the_only_supervisor_is_replaced_without_a_gap(staff: User, supervisor: Handler) -> None:
    new = handler_actions.change_handler(handler=supervisor, person=a_person(), by=staff)
    assert (new.role, new.origin) == ("supervisor", "staff")
    assert list(Handler.objects.supervisors()) == [new]


def test_name_and_contacts_are_put_right_and_the_old_number_is_told(
    staff: User, supervisor: Handler, django_capture_on_commit_callbacks: Any
) -> None:
    User.objects.filter(pk=supervisor.user_id).update(mobile="")
    supervisor.user.mobile = "13811110000"
    supervisor.user.save()
    browser = signed_in(supervisor.user)
    with django_capture_on_commit_callbacks(execute=True):
        signed_in(staff).post(f"/admin/accounts/handler/{supervisor.pk}/edit/", person(id_no="", name="王改名"))
    supervisor.refresh_from_db()
    user = User.objects.get(pk=supervisor.user_id)
    assert (supervisor.name, user.name, user.mobile) == ("王改名", "王改名", "13911110900")
    assert [mobile for mobile, _ in sent_messages()] == ["13911110900", "13811110000"]
    assert supervisor.ended_at is None
    assert supervisor.origin == "staff"
    assert not is_in(browser)


def test_the_contacts_of_a_private_account_are_the_persons_own(staff: User, unit: Unit) -> None:
    individual = make_individual(name="王演示")
    handler = make_handler(unit, individual.user, id_no=individual.id_no)
    before = individual.user.mobile
    handler_actions.change_handler(handler=handler, person=a_person(id_no=handler.id_no, name="王改名"), by=staff)
    assert User.objects.get(pk=individual.user_id).mobile == before
    assert "由本人维护" in signed_in(staff).get(f"/admin/accounts/handler/{handler.pk}/edit/").content.decode()


def test_staff_do_not_end_the_last_supervisor(staff: User, supervisor: Handler) -> None:
    answer = signed_in(staff).post(f"/admin/accounts/handler/{supervisor.pk}/end/")
    assert "单位不能没有单位主管" in answer.content.decode()
    supervisor.refresh_from_db()
    assert supervisor.ended_at is None


def test_staff_of_another_region_are_refused_below_the_pages_too(unit: Unit, supervisor: Handler) -> None:
    elsewhere = make_staff("hall", "220102")
    with pytest.raises(Refused, match="管辖地区"):
        handler_actions.enter_handler(unit=unit, person=a_person(), role="clerk", groups=(), by=elsewhere)
    with pytest.raises(Refused, match="没有管理经办人的权限"):
        handler_actions.end_handler(handler=supervisor, by=make_staff("first"))


# --- The link ------------------------------------------------------------------------------


@pytest.fixture
def invited(unit: Unit, supervisor: Handler, django_capture_on_commit_callbacks: Any) -> Handler:
    with django_capture_on_commit_callbacks(execute=True):
        return handler_actions.enter_handler(
            unit=unit, person=a_person(), role="clerk", groups=["单位中心"], by=supervisor.user
        )


def test_a_link_serves_once(invited: Handler) -> None:
    address = activation_path()
    assert open_account(Client(), address).status_code == 302
    assert Client().get(address).status_code == 410
    assert open_account(Client(), address, "other_name").status_code == 410
    assert User.objects.get(pk=invited.user_id).username == "zhao_yanshi"


def test_a_link_lasts_seventy_two_hours(unit: Unit, supervisor: Handler, django_capture_on_commit_callbacks) -> None:
    with freeze_time("2026-03-02 02:00:00") as clock:
        with django_capture_on_commit_callbacks(execute=True):
            handler_actions.enter_handler(unit=unit, person=a_person(), role="clerk", groups=(), by=supervisor.user)
        address = activation_path()
        clock.tick(72 * 3600 - 1)
        assert Client().get(address).status_code == 200
        clock.tick(1)
        assert Client().get(address).status_code == 410


def test_only_a_hash_of_the_link_is_kept(invited: Handler) -> None:
    token = activation_path().split("/")[3]
    assert token not in str(vars(Activation.objects.get()))


def test_a_new_link_makes_the_former_one_void_and_an_ended_handler_has_none(
    invited: Handler, supervisor: Handler, django_capture_on_commit_callbacks: Any
) -> None:
    former = activation_path()
    client = signed_in(supervisor.user)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/unit/handlers/{invited.pk}/link/")
    newest = activation_path()
    assert Client().get(former).status_code == 410
    assert Client().get(newest).status_code == 200
    handler_actions.end_handler(handler=invited, by=supervisor.user)
    assert Client().get(newest).status_code == 410


def test_who_has_opened_the_account_gets_no_link_again(invited: Handler, supervisor: Handler) -> None:
    open_account(Client(), activation_path())
    answer = signed_in(supervisor.user).post(f"/unit/handlers/{invited.pk}/link/", follow=True)
    assert "账号已经开通" in answer.content.decode()


def test_a_name_that_is_taken_is_told_and_costs_no_link(invited: Handler) -> None:
    make_user("taken_name")
    address = activation_path()
    assert "该账号已被使用" in open_account(Client(), address, "Taken_Name").content.decode()
    assert open_account(Client(), address).status_code == 302


# --- The manual's first password -----------------------------------------------------------


def switch_legacy_on() -> None:
    PolicyValue.objects.create(key="legacy_first_password", value="on", valid_from="2020-01-01", source="演示")


def test_the_first_password_of_the_manual_is_off(unit: Unit, staff: User) -> None:
    UnitNumber.objects.create(unit=unit, number="140105000100")
    handler = handler_actions.enter_handler(unit=unit, person=a_person(), role="clerk", groups=(), by=staff)
    assert not handler.user.has_usable_password()


def test_where_staff_switch_it_on_the_first_sign_in_leads_only_to_the_change_of_password(
    unit: Unit, staff: User
) -> None:
    switch_legacy_on()
    UnitNumber.objects.create(unit=unit, number="140105000100")
    handler = handler_actions.enter_handler(unit=unit, person=a_person(), role="clerk", groups=(), by=staff)
    first = handler.id_no[-6:].upper()
    assert handler.user.check_password(first)
    client = signed_in(handler.user)
    for address in ("/unit/", "/unit/handlers/", "/accounts/messages/"):
        assert client.get(address)["Location"] == "/accounts/password/change/"
    change = {"old_password": first, "password": NEW_PASSWORD, "password_again": NEW_PASSWORD}
    client.post("/accounts/password/change/", change)
    assert client.get("/unit/").status_code == 200


def test_units_without_a_number_never_get_the_first_password_of_the_manual(unit: Unit, staff: User) -> None:
    switch_legacy_on()
    handler = handler_actions.enter_handler(unit=unit, person=a_person(), role="clerk", groups=(), by=staff)
    assert not handler.user.has_usable_password()


# --- The unit's own 主管 ---------------------------------------------------------------------


def test_a_supervisor_adds_a_handler_with_some_of_the_menu(unit: Unit, supervisor: Handler) -> None:
    client = signed_in(supervisor.user)
    typed = person() | {"groups": ["就业见习管理"]}
    answer = client.post("/unit/handlers/add/", typed, follow=True)
    assert "已添加赵演示" in answer.content.decode()
    added = Handler.objects.get(name="赵演示")
    assert (added.role, added.origin, added.menu_groups) == ("clerk", "unit", ["就业见习管理"])
    assert "待开通" in answer.content.decode()


def test_clerks_are_told_who_keeps_handlers(clerk: Handler, supervisor: Handler) -> None:
    answer = signed_in(clerk.user).get("/unit/handlers/")
    assert answer.status_code == 403
    assert supervisor.name in answer.content.decode()


def test_handlers_of_another_unit_are_not_there(supervisor: Handler) -> None:
    foreign = make_handler(make_unit(), role="clerk")
    client = signed_in(supervisor.user)
    for address in (f"/unit/handlers/{foreign.pk}/", f"/unit/handlers/{foreign.pk}/end/"):
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404
    assert client.post(f"/unit/handlers/{foreign.pk}/link/").status_code == 404


def test_who_is_ended_is_out_at_once_and_told(clerk: Handler, supervisor: Handler) -> None:
    browser = signed_in(clerk.user)
    assert browser.get("/unit/").status_code == 200
    signed_in(supervisor.user).post(f"/unit/handlers/{clerk.pk}/end/")
    assert not is_in(browser)
    assert Message.objects.get(user=clerk.user).title == "经办权限已结束"


def test_who_was_ended_can_be_entered_again(clerk: Handler, supervisor: Handler) -> None:
    handler_actions.end_handler(handler=clerk, by=supervisor.user)
    again = handler_actions.enter_handler(
        unit=clerk.unit, person=a_person(902, name="孙演示"), role="clerk", groups=(), by=supervisor.user
    )
    # The former account stays closed: whoever knew its password is not let in again.
    assert again.user != clerk.user


def test_the_last_supervisor_neither_leaves_nor_steps_down(supervisor: Handler, clerk: Handler) -> None:
    client = signed_in(supervisor.user)
    for address in (f"/unit/handlers/{supervisor.pk}/end/", f"/unit/handlers/{supervisor.pk}/role/"):
        assert "单位不能没有单位主管" in client.post(address).content.decode()
    assert list(Handler.objects.supervisors()) == [supervisor]


def test_a_supervisor_hands_over_and_becomes_a_clerk(supervisor: Handler, clerk: Handler) -> None:
    client, elsewhere, other = signed_in(supervisor.user), signed_in(supervisor.user), signed_in(clerk.user)
    key = client.session.session_key
    client.post(f"/unit/handlers/{clerk.pk}/role/", {"hand_over": "1"})
    assert list(Handler.objects.supervisors()) == [clerk]
    assert client.session.session_key != key
    assert client.get("/unit/").status_code == 200
    assert client.get("/unit/handlers/").status_code == 403
    assert not is_in(elsewhere)
    assert not is_in(other)


def test_two_supervisors_are_possible_and_one_may_then_step_down(supervisor: Handler, clerk: Handler) -> None:
    client = signed_in(supervisor.user)
    client.post(f"/unit/handlers/{clerk.pk}/role/")
    assert Handler.objects.supervisors().count() == 2
    client.post(f"/unit/handlers/{supervisor.pk}/role/")
    assert list(Handler.objects.supervisors()) == [clerk]


def test_a_stale_page_of_a_former_supervisor_is_refused(supervisor: Handler, clerk: Handler) -> None:
    Handler.objects.filter(pk=clerk.pk).update(role="supervisor")
    handler_actions.end_handler(handler=supervisor, by=clerk.user)
    with pytest.raises(Refused, match="您不是本单位的单位主管"):
        handler_actions.end_handler(handler=clerk, by=supervisor.user)
    with pytest.raises(Refused, match="已经结束"):
        handler_actions.end_handler(handler=supervisor, by=clerk.user)


def test_every_change_has_its_actor(supervisor: Handler, clerk: Handler) -> None:
    handler_actions.set_menu_groups(handler=clerk, groups=["单位中心"], by=supervisor.user)
    newest = clerk.history.order_by("-pgh_id").first()
    assert newest.menu_groups == ["单位中心"]
    assert newest.pgh_context.metadata["user"] == supervisor.user_id


# --- Menu groups ---------------------------------------------------------------------------


def test_a_closed_group_is_neither_shown_nor_opened(clerk: Handler, supervisor: Handler) -> None:
    handler_actions.set_menu_groups(handler=clerk, groups=["单位中心"], by=supervisor.user)
    client = signed_in(clerk.user)
    home = client.get("/unit/").content.decode()
    assert "/unit/profile/" in home
    assert "/unit/positions/" not in home
    for address in ("/unit/positions/", "/unit/apply/position-application/", "/unit/placements/"):
        answer = client.get(address)
        assert answer.status_code == 403, address
        assert supervisor.name in answer.content.decode()
    assert client.post("/unit/apply/position-application/").status_code == 403
    assert client.get("/unit/profile/").status_code == 200


def test_cases_of_a_closed_group_are_closed_with_their_files(clerk: Handler, supervisor: Handler) -> None:
    from review import actions as review_actions
    from tests.internship.support import attach

    unit = make_internship_unit().unit
    owner = unit.handlers.get()
    case = review_actions.start_case("position-application", unit, by=owner.user)
    attachment = attach(case, "none", owner.user)
    other = make_handler(unit, make_user(name="李演示"), role="clerk", menu_groups=["单位中心"])
    client = signed_in(other.user)
    assert case.number not in client.get("/unit/cases/").content.decode()
    answer = client.get(f"/unit/cases/{case.number}/")
    assert answer.status_code == 403
    assert owner.name in answer.content.decode()
    assert client.get(f"/files/{attachment.pk}/").status_code == 404
    assert signed_in(owner.user).get(f"/unit/cases/{case.number}/").status_code == 200


def test_social_insurance_opens_only_to_whom_staff_have_entered(supervisor: Handler, clerk: Handler) -> None:
    from accounts.menu_groups import closed_to

    assert closed_to(supervisor) == ("社会保险",)
    assert closed_to(clerk) == ()
    clerk.menu_groups = []
    assert closed_to(clerk) == ("就业见习管理", "社会保险", "单位中心")


def test_a_narrowed_handler_must_sign_in_again(clerk: Handler, supervisor: Handler) -> None:
    browser = signed_in(clerk.user)
    signed_in(supervisor.user).post(f"/unit/handlers/{clerk.pk}/", {"groups": ["单位中心"]})
    assert not is_in(browser)
    clerk.refresh_from_db()
    assert clerk.menu_groups == ["单位中心"]


def test_a_supervisor_needs_no_groups(supervisor: Handler) -> None:
    with pytest.raises(Refused, match="全部业务"):
        handler_actions.set_menu_groups(handler=supervisor, groups=[], by=supervisor.user)


def test_unknown_groups_are_not_kept(clerk: Handler, supervisor: Handler) -> None:
    answer = signed_in(supervisor.user).post(f"/unit/handlers/{clerk.pk}/", {"groups": ["系统管理"]})
    assert answer.status_code == 422
    clerk.refresh_from_db()
    assert "系统管理" not in clerk.menu_groups


def test_the_password_of_the_account_is_the_handlers_own(invited: Handler, supervisor: Handler) -> None:
    open_account(Client(), activation_path())
    assert not User.objects.get(pk=invited.user_id).check_password(PASSWORD)
    assert User.objects.get(pk=invited.user_id).consents.count() == 2
