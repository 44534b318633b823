"""Groups and permissions as code, who is staff of what, and the staff site of accounts."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import Individual, User
from accounts.queries import staff_regions, staff_roles
from accounts.roles import ROLE_GROUPS, sync_roles
from tests.factories import (
    PASSWORD,
    make_bank_account,
    make_handler,
    make_id_no,
    make_individual,
    make_region,
    make_staff,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db

# The snapshot: what each role may do to accounts. Reading is part of every office; writing is listed by name.
WRITES_TO_ACCOUNTS = {
    "初审": set(),
    "复审": set(),
    "财政复核": set(),
    "网厅管理": {
        "add_unitnumber",
        "change_unitnumber",
        "delete_unitnumber",
        "change_unit",
        "change_individual",
        "change_messagetemplate",
        "add_handler",
        "change_delivery",
        "change_handler",
        "change_appeal",
    },
    "业务管理": set(),
    "审计": set(),
    "系统管理": {
        "add_user",
        "change_user",
        "add_staffprofile",
        "change_staffprofile",
        "delete_staffprofile",
        "add_staffscope",
        "change_staffscope",
        "delete_staffscope",
    },
    "安全管理": set(),
}


def test_the_groups_are_those_of_the_code_and_syncing_twice_changes_nothing() -> None:
    first = sync_roles()
    assert sync_roles() == first
    assert set(Group.objects.values_list("name", flat=True)) == set(ROLE_GROUPS.values())


def test_a_permission_given_by_hand_is_taken_back() -> None:
    sync_roles()
    group = Group.objects.get(name="审计")
    before = set(group.permissions.values_list("codename", flat=True))
    group.permissions.set(Group.objects.get(name="系统管理").permissions.all())
    call_command("sync_roles", verbosity=0)
    assert set(group.permissions.values_list("codename", flat=True)) == before


def test_who_may_write_accounts() -> None:
    sync_roles()
    found = {
        group.name: {
            codename
            for codename in group.permissions.filter(content_type__app_label="accounts").values_list(
                "codename", flat=True
            )
            if not codename.startswith("view_")
        }
        for group in Group.objects.all()
    }
    assert found == WRITES_TO_ACCOUNTS


def test_only_audit_reads_the_history_tables() -> None:
    sync_roles()
    readers = Group.objects.filter(permissions__codename="view_userevent").values_list("name", flat=True)
    assert list(readers) == ["审计"]


def test_roles_and_regions_of_a_staff_member() -> None:
    staff = make_staff("first", "140105")
    staff.scopes.create(user=staff, region=make_region("140106"))
    assert staff_roles(staff) == {"first"}
    assert staff_regions(staff) == ["140105", "140106"]


def test_portal_users_have_no_role_whatever_their_groups() -> None:
    user = make_user()
    make_staff("first").groups.get().user_set.add(user)
    assert staff_roles(user) == set()
    assert staff_regions(user) == []


@pytest.fixture
def rows():
    person = make_individual()
    handler = make_handler(make_unit(), person.user)
    return [person.user, person, handler.unit, handler, make_bank_account(handler.unit)]


@pytest.mark.parametrize("role", ROLE_GROUPS)
def test_every_page_opens_for_every_role_and_shows_no_encrypted_value(client: Client, rows, role: str) -> None:
    client.force_login(make_staff(role))
    person = rows[1]
    hidden = (person.id_no, person.user.mobile, rows[2].legal_representative_id_no, rows[4].account_no)
    for row in rows:
        name = f"admin:accounts_{row._meta.model_name}"
        for address in (reverse(f"{name}_changelist"), reverse(f"{name}_change", args=[row.pk])):
            answer = client.get(address)
            assert answer.status_code in {200, 403}, address
            assert not [value for value in hidden if value in answer.content.decode()], address


def test_units_and_handlers_of_other_regions_do_not_exist(client: Client, rows) -> None:
    client.force_login(make_staff("hall", "140106"))
    for row in rows[2:]:
        name = f"admin:accounts_{row._meta.model_name}"
        address = reverse(f"{name}_change", args=[row.pk])
        assert address not in client.get(reverse(f"{name}_changelist")).content.decode()
        assert client.get(address).status_code == 302
    client.force_login(make_staff("hall", "140100"))
    for row in rows[2:]:
        assert client.get(reverse(f"admin:accounts_{row._meta.model_name}_change", args=[row.pk])).status_code == 200


def test_reviewers_do_not_browse_people(client: Client, rows) -> None:
    client.force_login(make_staff("first"))
    assert client.get(reverse("admin:accounts_individual_changelist")).status_code == 403


def test_people_are_found_by_the_whole_id_number_or_mobile(client: Client, rows) -> None:
    client.force_login(make_staff("hall"))
    person = rows[1]
    other = make_individual(name="赵演示")
    address = reverse("admin:accounts_individual_changelist")
    for term in (person.id_no.lower(), person.user.mobile, f" {person.user.mobile} ", "张演"):
        page = client.get(address, {"q": term}).content.decode()
        assert "张演示" in page, term
        assert other.name not in page, term


def test_the_system_administrator_creates_staff(client: Client) -> None:
    client.force_login(make_staff("system"))
    sent = {"username": "Chushen1", "name": "初审演示", "password1": PASSWORD, "password2": PASSWORD}
    answer = client.post(reverse("admin:accounts_user_add"), sent)
    made = User.objects.get(username="chushen1")
    assert answer["Location"] == reverse("admin:accounts_user_change", args=[made.pk])
    assert made.is_staff
    assert not made.is_superuser
    page = client.get(answer["Location"])
    assert "管辖" in page.content.decode()


def test_the_system_administrator_resets_the_password_of_staff(client: Client) -> None:
    client.force_login(make_staff("system"))
    staff = make_staff("first")
    page = client.get(reverse("admin:accounts_user_change", args=[staff.pk])).content.decode()
    address = reverse("admin:auth_user_password_change", args=[staff.pk])
    assert address in page
    assert staff.password not in page
    assert client.get(address).status_code == 200
    client.post(address, {"password1": "Renshe-2027", "password2": "Renshe-2027"})
    staff.refresh_from_db()
    assert staff.check_password("Renshe-2027")


def test_nobody_raises_his_own_rights(client: Client) -> None:
    staff = make_staff("system")
    client.force_login(staff)
    address = reverse("admin:accounts_user_change", args=[staff.pk])
    assert client.post(address, {"groups": [Group.objects.get().pk]}).status_code == 403


def test_the_counter_verifies_an_identity(client: Client) -> None:
    client.force_login(make_staff("hall"))
    person = make_individual(level=2)
    address = reverse("admin:accounts_individual_changelist")
    client.post(address, {"action": "verify_at_counter", "_selected_action": [person.pk]})
    person.refresh_from_db()
    assert person.level == 5


def test_an_id_number_is_verified_for_one_account_only(client: Client) -> None:
    client.force_login(make_staff("hall"))
    make_individual(id_no=make_id_no(7), level=3)
    claim = make_individual(id_no=make_id_no(7), level=2)
    sent = {"action": "verify_at_counter", "_selected_action": [claim.pk]}
    page = client.post(reverse("admin:accounts_individual_changelist"), sent, follow=True).content.decode()
    assert "已由另一账号实名认证" in page
    assert Individual.objects.get(pk=claim.pk).level == 2


def test_reviewers_do_not_verify(client: Client) -> None:
    client.force_login(make_staff("first"))
    person = make_individual(level=2)
    sent = {"action": "verify_at_counter", "_selected_action": [person.pk]}
    assert client.post(reverse("admin:accounts_individual_changelist"), sent).status_code == 403
    person.refresh_from_db()
    assert person.level == 2
