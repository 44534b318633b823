"""What staff accounts are held to (GB/T 22239-2019 level 3): one session, fresh passwords, evidence."""

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import FailedSignIn, SignIn
from tests.factories import PASSWORD, make_handler, make_individual, make_staff, make_unit

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


def test_a_new_sign_in_of_staff_ends_the_one_before(client: Client) -> None:
    staff = make_staff()
    client.force_login(staff)
    second = Client()
    second.force_login(staff)
    assert client.get("/admin/").status_code == 302
    assert second.get("/admin/").status_code == 200
    assert SignIn.objects.filter(user=staff, ended_at__isnull=True).count() == 1


def test_staff_who_sign_in_again_in_an_open_session_stay_in(client: Client) -> None:
    staff = make_staff()
    client.force_login(staff)
    client.force_login(staff)
    assert client.get("/admin/").status_code == 200
    assert SignIn.objects.filter(user=staff, ended_at__isnull=True).count() == 1


def test_people_may_have_several_sessions(client: Client) -> None:
    person = make_individual()
    second = Client()
    client.force_login(person.user)
    second.force_login(person.user)
    assert client.get("/individual/profile/").status_code == 200


def test_a_password_of_staff_that_is_too_old_must_be_changed_first(client: Client, settings: LazySettings) -> None:
    settings.STAFF_PASSWORD_DAYS = 90
    staff = make_staff()
    staff.password_changed_at = timezone.now() - timedelta(days=91)
    staff.save()
    client.force_login(staff)
    assert client.get("/admin/")["Location"] == "/accounts/password/change/"
    assert "已使用超过90天" in client.get("/accounts/password/change/").content.decode()
    values = {"old_password": PASSWORD, "password": "Another-2026", "password_again": "Another-2026"}
    client.post("/accounts/password/change/", values)
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(("days", "limit"), [(89, 90), (400, 0)])
def test_a_password_within_the_limit_serves_on(client: Client, settings: LazySettings, days: int, limit: int) -> None:
    settings.STAFF_PASSWORD_DAYS = limit
    staff = make_staff()
    staff.password_changed_at = timezone.now() - timedelta(days=days)
    staff.save()
    client.force_login(staff)
    assert client.get("/admin/").status_code == 200


def test_the_passwords_of_people_do_not_age(client: Client) -> None:
    person = make_individual()
    person.user.password_changed_at = timezone.now() - timedelta(days=400)
    person.user.save()
    client.force_login(person.user)
    assert client.get("/individual/profile/").status_code == 200


def test_failures_and_the_lockout_are_evidence_without_what_was_typed(client: Client) -> None:
    person = make_individual()
    for _ in range(6):
        client.post(LOGIN, {"login": person.user.mobile, "password": "wrong"})
    rows = FailedSignIn.objects.order_by("pk")
    assert [row.locked for row in rows] == [False] * 5 + [True]
    assert {row.address for row in rows} == {"127.0.0.1"}
    assert all(person.user.mobile not in str(vars(row)) for row in rows)
    cache.clear()


def test_a_wrong_code_is_evidence_too(client: Client) -> None:
    client.post(LOGIN + "?method=code", {"login": "13800000001", "code": "000000"})
    assert FailedSignIn.objects.count() == 1


def test_security_staff_find_failures_by_the_whole_account_name(client: Client) -> None:
    client.post(LOGIN, {"login": "Some_Body", "password": "wrong"})
    client.post(LOGIN, {"login": "another", "password": "wrong"})
    client.force_login(make_staff("security"))
    for term, found in (("some_body", "1 条"), ("some", "0 条")):
        page = client.get("/admin/accounts/failedsignin/", {"q": term})
        assert page.status_code == 200
        assert page.context["cl"].result_count == int(found.split()[0])
    assert client.get("/admin/accounts/signin/").status_code == 200


@pytest.mark.parametrize("role", ["first", "hall", "system"])
def test_others_do_not_see_who_signed_in(client: Client, role: str) -> None:
    client.force_login(make_staff(role))
    assert client.get("/admin/accounts/signin/").status_code == 403
    assert client.get("/admin/accounts/failedsignin/").status_code == 403


def test_a_change_of_rights_ends_the_sessions(client: Client) -> None:
    staff = make_staff()
    client.force_login(staff)
    desk = Client()
    desk.force_login(make_staff("system"))
    address = f"/admin/accounts/user/{staff.pk}/change/"
    form = desk.get(address).context["adminform"].form
    values = {"username": staff.username, "name": staff.name, "email": "", "groups": []}
    values |= {"is_active": "on"} if form.instance.is_active else {}
    for prefix, count in (("staff_profile", 1), ("scopes", 1)):
        values |= {f"{prefix}-TOTAL_FORMS": count, f"{prefix}-INITIAL_FORMS": count}
    values |= {"staff_profile-0-user": staff.pk, "staff_profile-0-id": staff.staff_profile.pk}
    values |= {"staff_profile-0-employee_no": staff.staff_profile.employee_no, "staff_profile-0-office": ""}
    scope = staff.scopes.get()
    values |= {"scopes-0-user": staff.pk, "scopes-0-id": scope.pk, "scopes-0-region": scope.region_id}
    answer = desk.post(address, values)
    assert answer.status_code == 302, answer.context["errors"]
    assert not staff.groups.exists()
    assert client.get("/admin/").status_code == 302


def test_ones_own_sessions_are_seen_and_ended(client: Client) -> None:
    person = make_individual()
    other = Client()
    other.force_login(person.user)
    client.post(LOGIN, {"login": person.user.mobile, "password": PASSWORD}, headers={"User-Agent": "演示浏览器"})
    page = client.get("/accounts/security/").content.decode()
    assert "演示浏览器" in page
    assert "当前会话" in page
    row = SignIn.objects.get(session_key=other.session.session_key)
    assert client.session.session_key not in page
    client.post(f"/accounts/security/sessions/{row.pk}/end/")
    assert other.get("/individual/profile/").status_code == 302
    own = SignIn.objects.get(session_key=client.session.session_key)
    client.post(f"/accounts/security/sessions/{own.pk}/end/")
    assert client.get("/individual/profile/").status_code == 200


def test_other_peoples_sessions_are_not_there(client: Client) -> None:
    other = Client()
    other.force_login(make_individual().user)
    client.force_login(make_handler(make_unit()).user)
    row = SignIn.objects.get(session_key=other.session.session_key)
    assert client.post(f"/accounts/security/sessions/{row.pk}/end/").status_code == 404
    assert other.get("/individual/profile/").status_code == 200


def test_the_owner_sees_that_somebody_failed(client: Client) -> None:
    person = make_individual()
    client.post(LOGIN, {"login": person.user.mobile, "password": "wrong"})
    client.force_login(person.user)
    assert "近30天有登录失败的尝试" in client.get("/accounts/security/").content.decode()
