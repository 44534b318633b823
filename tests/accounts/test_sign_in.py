"""Signing in: 手机号 or 法人账号 with a password, 手机号 with a code; where one lands; what is not told."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import MobileCode
from tests.accounts.conftest import last_code, sent_messages
from tests.factories import PASSWORD, make_handler, make_individual, make_staff, make_unit, make_user
from tests.support.queries import captured_queries

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


def sign_in(client: Client, login: str, password: str = PASSWORD, query: str = ""):
    return client.post(LOGIN + query, {"login": login, "password": password})


def test_a_person_signs_in_with_mobile_number_and_password(client: Client) -> None:
    person = make_individual()
    answer = sign_in(client, person.user.mobile)
    assert (answer.status_code, answer["Location"]) == (302, "/individual/")
    assert client.session["_auth_user_id"] == str(person.user.pk)


def test_an_unverified_mobile_number_does_not_sign_in(client: Client) -> None:
    user = make_user(mobile="13800000009", mobile_verified_at=None)
    assert "账号或密码不正确" in sign_in(client, "13800000009").content.decode()
    assert sign_in(client, user.username).status_code == 302


def test_a_handler_signs_in_with_the_unit_account_without_case(client: Client) -> None:
    handler = make_handler(user=make_user("yanshi_unit"))
    answer = sign_in(client, " Yanshi_Unit ", query="?portal=unit")
    assert answer["Location"] == "/unit/"
    assert handler.user_id == int(client.session["_auth_user_id"])


def test_who_is_both_lands_in_the_portal_of_the_tab(client: Client) -> None:
    person = make_individual()
    make_handler(user=person.user)
    assert sign_in(client, person.user.mobile, query="?portal=unit")["Location"] == "/unit/"
    client.logout()
    assert sign_in(client, person.user.mobile)["Location"] == "/individual/"


def test_staff_sign_in_on_the_same_path_and_land_at_their_desk(client: Client) -> None:
    staff = make_staff()
    answer = client.get(client.get("/admin/accounts/")["Location"])
    assert answer["Location"] == "/accounts/login/?portal=staff&next=%2Fadmin%2Faccounts%2F"
    assert sign_in(client, staff.username, query="?portal=staff")["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_the_admin_refuses_who_is_signed_in_without_being_staff(client: Client) -> None:
    client.force_login(make_individual().user)
    assert client.get(reverse("admin:login")).status_code == 403


def test_a_deep_link_survives_the_sign_in_and_opens_on_the_right_tab(client: Client) -> None:
    make_handler(user=make_user("yanshi"))
    answer = client.get("/unit/profile/?x=1")
    assert answer["Location"] == "/accounts/login/?next=/unit/profile/%3Fx%3D1"
    page = client.get(answer["Location"]).content.decode()
    assert "法人账号" in page
    assert sign_in(client, "yanshi", query="?next=/unit/profile/%3Fx%3D1")["Location"] == "/unit/profile/?x=1"


@pytest.mark.parametrize("target", ["https://example.com/", "//example.com/", "/\\example.com", "javascript:alert(1)"])
def test_next_never_leads_to_another_site(client: Client, target: str) -> None:
    person = make_individual()
    answer = client.post(LOGIN, {"login": person.user.mobile, "password": PASSWORD, "next": target})
    assert answer["Location"] == "/individual/"


def test_wrong_password_and_unknown_account_get_the_same_answer_at_the_same_cost(
    client: Client,
) -> None:
    person = make_individual()
    sign_in(client, "13899999998", "wrong")
    with captured_queries() as for_known:
        known = sign_in(client, person.user.mobile, "wrong")
    with captured_queries() as for_unknown:
        unknown = sign_in(client, "13899999999", "wrong")
    assert len(for_known) == len(for_unknown)
    assert "账号或密码不正确" in known.content.decode()
    assert "账号或密码不正确" in unknown.content.decode()


def test_an_inactive_account_is_told_only_with_the_right_password(client: Client) -> None:
    person = make_individual()
    person.user.is_active = False
    person.user.save()
    assert "账号或密码不正确" in sign_in(client, person.user.mobile, "wrong").content.decode()
    assert sign_in(client, person.user.mobile)["Location"] == reverse("account_inactive")
    assert "已停用" in client.get(reverse("account_inactive")).content.decode()


def test_five_failures_pause_the_account_even_for_the_right_password(client: Client) -> None:
    person = make_individual()
    for _ in range(5):
        sign_in(client, person.user.mobile, "wrong")
    assert "失败次数过多" in sign_in(client, person.user.mobile).content.decode()
    assert "_auth_user_id" not in client.session


def test_a_person_signs_in_with_a_code(client: Client, django_capture_on_commit_callbacks) -> None:
    person = make_individual()
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(LOGIN + "?method=code", {"login": person.user.mobile, "send_code": "1"})
    assert "验证码已发送" in answer.content.decode()
    assert person.user.mobile in answer.content.decode()
    answer = client.post(LOGIN + "?method=code", {"login": person.user.mobile, "code": last_code()})
    assert answer["Location"] == "/individual/"


def test_asking_for_a_code_tells_nothing_about_the_account(client: Client, django_capture_on_commit_callbacks) -> None:
    person = make_individual()
    client.post(LOGIN + "?method=code", {"login": "13899999998", "send_code": "1"})
    with django_capture_on_commit_callbacks(execute=True), captured_queries() as for_known:
        known = client.post(LOGIN + "?method=code", {"login": person.user.mobile, "send_code": "1"})
    with django_capture_on_commit_callbacks(execute=True), captured_queries() as for_unknown:
        unknown = client.post(LOGIN + "?method=code", {"login": "13899999999", "send_code": "1"})
    assert len(for_known) == len(for_unknown)
    assert "如果号码138****9999可以使用" in unknown.content.decode()
    assert known.status_code == unknown.status_code == 200
    assert [mobile for mobile, _ in sent_messages()] == [person.user.mobile]
    assert MobileCode.objects.count() == 3


def test_a_wrong_code_is_answered_alike_for_known_and_unknown_numbers(client: Client) -> None:
    person = make_individual()
    for mobile in (person.user.mobile, "13899999999"):
        answer = client.post(LOGIN + "?method=code", {"login": mobile, "code": "000000"})
        assert "验证码不正确或已失效" in answer.content.decode()
        assert "_auth_user_id" not in client.session


def test_htmx_gets_only_the_line_about_the_code(client: Client) -> None:
    answer = client.post(
        LOGIN + "?method=code", {"login": "13899999999", "send_code": "1"}, headers={"HX-Request": "true"}
    )
    assert "<html" not in answer.content.decode()
    assert "验证码已发送" in answer.content.decode()


def test_signed_in_visitors_of_the_sign_in_page_go_home(client: Client) -> None:
    client.force_login(make_individual().user)
    assert client.get(LOGIN)["Location"] == "/individual/"


def test_sign_out_is_a_post(client: Client) -> None:
    client.force_login(make_individual().user)
    assert client.get("/accounts/logout/").status_code == 200
    assert "_auth_user_id" in client.session
    assert client.post("/accounts/logout/")["Location"] == "/"
    assert "_auth_user_id" not in client.session


def test_the_password_is_never_drawn_again(client: Client) -> None:
    assert "secret-word" not in sign_in(client, "13899999999", "secret-word").content.decode()


@pytest.mark.parametrize("portal", ["individual", "unit", "staff", "nonsense"])
def test_every_tab_opens(client: Client, portal: str) -> None:
    assert client.get(LOGIN, {"portal": portal}).status_code == 200


def test_one_unit_is_chosen_by_itself_and_several_are_asked_for(client: Client) -> None:
    handler = make_handler()
    client.force_login(handler.user)
    assert client.get("/unit/profile/").status_code == 200
    other = make_handler(make_unit(), handler.user, role="clerk")
    answer = client.get("/unit/profile/")
    assert answer["Location"] == "/accounts/choose-unit/?next=%2Funit%2Fprofile%2F"
    page = client.get(answer["Location"]).content.decode()
    assert handler.unit.name in page
    assert other.unit.name in page
    answer = client.post("/accounts/choose-unit/", {"unit": other.unit_id, "next": "/unit/profile/"})
    assert answer["Location"] == "/unit/profile/"
    assert other.unit.name in client.get("/unit/profile/").content.decode()


def test_another_unit_cannot_be_chosen(client: Client) -> None:
    handler = make_handler()
    client.force_login(handler.user)
    assert client.post("/accounts/choose-unit/", {"unit": make_unit().pk}).status_code == 404


def test_a_handler_whose_authorisation_ended_is_out_at_once(client: Client) -> None:
    handler = make_handler()
    client.force_login(handler.user)
    assert client.get("/unit/profile/").status_code == 200
    handler.ended_at = handler.started_at
    handler.save()
    assert client.get("/unit/profile/").status_code == 403


def test_the_wrong_kind_of_account_is_told_which_sign_in_to_use(client: Client) -> None:
    client.force_login(make_individual().user)
    answer = client.get("/unit/profile/")
    assert answer.status_code == 403
    assert "这里需要单位账号" in answer.content.decode()
    client.force_login(make_handler().user)
    answer = client.get("/individual/profile/")
    assert answer.status_code == 403
    assert "这里需要个人账号" in answer.content.decode()
    answer = client.post("/accounts/logout/", {"next": "/accounts/login/?portal=individual"})
    assert answer["Location"] == "/accounts/login/?portal=individual"
