"""修改密码 and 重置密码 (A7 for local accounts)."""

import pytest
from django.test import Client

from accounts.models import Message
from tests.accounts.conftest import last_code, sent_messages
from tests.factories import PASSWORD, make_handler, make_individual, make_staff, make_user
from tests.support.queries import captured_queries

pytestmark = pytest.mark.django_db
RESET = "/accounts/password/reset/"
CHANGE = "/accounts/password/change/"
NEW = {"password": "Renshe-2027", "password_again": "Renshe-2027"}


def test_the_password_is_changed_here_and_other_sessions_end(client: Client) -> None:
    person = make_individual()
    elsewhere = Client()
    for browser in (client, elsewhere):
        browser.force_login(person.user)
    answer = client.post(CHANGE, {"old_password": PASSWORD, **NEW})
    assert answer["Location"] == "/individual/"
    assert client.get(CHANGE).status_code == 200
    assert elsewhere.get(CHANGE)["Location"].startswith("/accounts/login/")
    assert Message.objects.get(user=person.user).title == "密码已修改"
    person.user.refresh_from_db()
    assert person.user.check_password(NEW["password"])


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"old_password": "wrong", **NEW}, "原密码不正确"),
        ({"old_password": PASSWORD, "password": PASSWORD, "password_again": PASSWORD}, "不能与原密码相同"),
        ({"old_password": PASSWORD, "password": "Aa-1", "password_again": "Aa-1"}, "8"),
        ({"old_password": PASSWORD, "password": "Password123", "password_again": "Password124"}, "不一致"),
    ],
)
def test_bad_changes_are_refused(client: Client, sent: dict[str, str], words: str) -> None:
    person = make_individual()
    client.force_login(person.user)
    assert words in client.post(CHANGE, sent).content.decode()
    person.user.refresh_from_db()
    assert person.user.check_password(PASSWORD)


def test_the_old_password_cannot_be_guessed_at_leisure(client: Client) -> None:
    client.force_login(make_individual().user)
    for _ in range(5):
        assert client.post(CHANGE, {"old_password": "wrong", **NEW}).status_code == 200
    assert client.post(CHANGE, {"old_password": PASSWORD, **NEW}).status_code == 429


def test_visitors_cannot_change_a_password(client: Client) -> None:
    assert client.get(CHANGE)["Location"].startswith("/accounts/login/")


def test_a_person_resets_by_code(client: Client, django_capture_on_commit_callbacks) -> None:
    person = make_individual()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(RESET, {"mobile": person.user.mobile, "send_code": "1"})
    answer = client.post(RESET, {"mobile": person.user.mobile, "code": last_code(), **NEW})
    assert answer["Location"] == "/accounts/login/?portal=individual"
    person.user.refresh_from_db()
    assert person.user.check_password(NEW["password"])


def test_a_unit_resets_with_its_account_and_its_number(client: Client, django_capture_on_commit_callbacks) -> None:
    user = make_user("yanshi", mobile="13911110003", mobile_verified_at=None)
    make_handler(user=user)
    given = {"username": "Yanshi", "mobile": user.mobile}
    with django_capture_on_commit_callbacks(execute=True):
        client.post(RESET + "?portal=unit", {**given, "send_code": "1"})
    answer = client.post(RESET + "?portal=unit", {**given, "code": last_code(), **NEW})
    assert answer["Location"] == "/accounts/login/?portal=unit"
    user.refresh_from_db()
    assert user.check_password(NEW["password"])


@pytest.mark.parametrize("portal", ["individual", "unit"])
def test_reset_never_tells_whether_an_account_exists(
    client: Client, portal: str, django_capture_on_commit_callbacks
) -> None:
    user = make_user("yanshi", mobile="13911110003")
    address = f"{RESET}?portal={portal}"
    client.post(address, {"username": "other", "mobile": "13911119998", "send_code": "1"})
    pages, counts = [], []
    for mobile in (user.mobile, "13911119999"):
        given = {"username": "yanshi", "mobile": mobile}
        with django_capture_on_commit_callbacks(execute=True), captured_queries() as asked:
            page = client.post(address, {**given, "send_code": "1"}).content.decode()
        with captured_queries() as tried:
            answer = client.post(address, {**given, "code": "abcdef", **NEW}).content.decode()
        with captured_queries() as wrong:
            refused = client.post(address, {**given, "code": "999999", **NEW}).content.decode()
        assert "验证码不正确或已失效" in refused
        pages.append(("验证码已发送" in page, "验证码为6位数字" in answer))
        counts.append((len(asked), len(tried), len(wrong)))
    assert pages[0] == pages[1]
    assert counts[0] == counts[1]
    assert [mobile for mobile, _ in sent_messages()] == [user.mobile]


def test_staff_do_not_reset_by_code(client: Client, django_capture_on_commit_callbacks) -> None:
    staff = make_user("staff1", mobile="13911110004", is_staff=True)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(RESET + "?portal=unit", {"username": "staff1", "mobile": staff.mobile, "send_code": "1"})
        client.post(RESET, {"mobile": staff.mobile, "send_code": "1"})
    assert sent_messages() == []


def test_staff_set_passwords_of_staff_only(client: Client) -> None:
    """Whoever could set a portal user's password could act in that person's name."""
    keeper, colleague, person = make_staff("system"), make_staff("first", name="李演示"), make_individual()
    client.force_login(keeper)
    assert client.get(f"/admin/accounts/user/{colleague.pk}/password/").status_code == 200
    assert client.get(f"/admin/accounts/user/{person.user.pk}/password/").status_code == 403
    answer = client.post(
        f"/admin/accounts/user/{person.user.pk}/password/", {"password1": "Aa-123456", "password2": "Aa-123456"}
    )
    assert answer.status_code == 403
    person.user.refresh_from_db()
    assert person.user.check_password(PASSWORD)
