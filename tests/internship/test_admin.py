"""Internship units and trainees on the staff site: the own regions only, masked, decided with a reason."""

import pytest
from django.urls import reverse

from internship.models import InternshipUnit, Trainee
from tests.factories import OTHER_COUNTY, PROVINCE, make_staff
from tests.internship.support import make_internship_unit, make_trainee

pytestmark = pytest.mark.django_db
UNITS, TRAINEES = "admin:internship_internshipunit_changelist", "admin:internship_trainee_changelist"


def page(client, user, name: str, *args, **query) -> str:
    client.force_login(user)
    return client.get(reverse(name, args=args), query).content.decode()


@pytest.mark.parametrize("listing", [UNITS, TRAINEES])
def test_staff_see_the_rows_of_their_regions(client, listing):
    row = make_internship_unit() if listing == UNITS else make_trainee()
    assert str(row) in page(client, make_staff("business", PROVINCE), listing)
    assert str(row) not in page(client, make_staff("business", OTHER_COUNTY), listing)


def test_a_row_of_another_region_is_not_found(client):
    trainee = make_trainee()
    client.force_login(make_staff("business", OTHER_COUNTY))
    address = reverse("admin:internship_trainee_end", args=[trainee.pk])
    assert client.post(address, {"reason": "原因"}).status_code == 404


def test_numbers_are_masked_and_found_whole(client):
    trainee, staff = make_trainee(), make_staff("business", PROVINCE)
    listing = page(client, staff, TRAINEES, q=trainee.id_no)
    assert trainee.name in listing
    assert "140105********" in listing
    detail = page(client, staff, "admin:internship_trainee_change", trainee.pk)
    assert trainee.id_no not in detail
    assert trainee.mobile not in detail
    assert trainee.name not in page(client, staff, TRAINEES, q="140105199901010011")


def test_the_account_of_a_unit_is_masked(client):
    qualified = make_internship_unit()
    detail = page(client, make_staff("first", PROVINCE), "admin:internship_internshipunit_change", qualified.pk)
    assert qualified.bank_account.account_no not in detail
    assert qualified.bank_account.account_no[-4:] in detail


def test_a_unit_is_suspended_with_a_reason_and_resumed(client):
    qualified, staff = make_internship_unit(), make_staff("business", PROVINCE)
    assert "暂停新增岗位" in page(client, staff, "admin:internship_internshipunit_change", qualified.pk)
    suspend = reverse("admin:internship_internshipunit_suspend", args=[qualified.pk])
    assert client.post(suspend, {"reason": ""}).status_code == 422
    assert client.post(suspend, {"reason": "未按时发放生活费"}).status_code == 302
    qualified.refresh_from_db()
    assert (qualified.state, qualified.suspended_by) == (InternshipUnit.State.SUSPENDED, staff)
    again = client.post(suspend, {"reason": "再次"})
    assert again.status_code == 422
    assert "不能暂停新增" in again.content.decode()
    resume = reverse("admin:internship_internshipunit_resume", args=[qualified.pk])
    assert "可以重新发布见习岗位" in client.get(resume).content.decode()
    assert client.post(resume).status_code == 302
    qualified.refresh_from_db()
    assert qualified.state == InternshipUnit.State.ACTIVE


def test_a_trainee_is_ended_with_a_reason(client):
    trainee, staff = make_trainee(), make_staff("business", PROVINCE)
    client.force_login(staff)
    end = reverse("admin:internship_trainee_end", args=[trainee.pk])
    assert client.get(end).status_code == 200
    assert client.post(end, {"reason": "本人申请终止"}).status_code == 302
    trainee.refresh_from_db()
    assert (trainee.state, trainee.ended_reason) == (Trainee.State.ENDED, "本人申请终止")
    assert "终止见习人员资格</a>" not in page(client, staff, "admin:internship_trainee_change", trainee.pk)


def test_reviewers_look_but_do_not_suspend(client):
    qualified, reviewer = make_internship_unit(), make_staff("first", PROVINCE)
    assert "暂停新增岗位" not in page(client, reviewer, "admin:internship_internshipunit_change", qualified.pk)
    address = reverse("admin:internship_internshipunit_suspend", args=[qualified.pk])
    assert client.post(address, {"reason": "原因"}).status_code == 403


def test_who_has_not_confirmed_this_year_is_found(client, at):
    at("2026-05-06 10:00")
    qualified, staff = make_internship_unit(), make_staff("business", PROVINCE)
    assert str(qualified) in page(client, staff, UNITS, confirmed="yes")
    at("2027-01-05 10:00")
    assert str(qualified) in page(client, staff, UNITS, confirmed="no")
    assert str(qualified) not in page(client, staff, UNITS, confirmed="yes")


def test_the_lists_take_the_same_queries_for_more_rows(client, assert_same_queries_for_more_rows):
    client.force_login(make_staff("business", PROVINCE))
    assert_same_queries_for_more_rows(make_trainee, lambda: client.get(reverse(TRAINEES)))
    assert_same_queries_for_more_rows(make_internship_unit, lambda: client.get(reverse(UNITS)))
