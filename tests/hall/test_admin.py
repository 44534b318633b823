"""网厅管理 keeps notices and telephones of its own regions."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.roles import sync_roles
from hall.models import Notice, SupportContact
from tests.factories import make_region, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shanxi")]

NOTICE = {"title": "演示公告", "body": "演示内容", "published_at_0": "2026-11-01", "published_at_1": "09:00:00"}


@pytest.fixture
def desk(client: Client) -> Client:
    """Signed in as 网厅管理 of 太原市."""
    staff = make_staff("hall", "140100")
    sync_roles()
    client.force_login(staff)
    return client


def test_a_notice_is_published_under_the_name_of_who_wrote_it(desk: Client) -> None:
    answer = desk.post(reverse("admin:hall_notice_add"), NOTICE | {"region": "140105"})
    assert answer.status_code == 302
    notice = Notice.objects.get()
    assert notice.created_by.name == "审核演示"
    assert "演示公告" in desk.get("/notices/").content.decode()


@pytest.mark.parametrize("region", ["", "140000", "220102"])
def test_nobody_publishes_for_regions_that_are_not_his(desk: Client, region: str) -> None:
    make_region("220102")
    answer = desk.post(reverse("admin:hall_notice_add"), NOTICE | {"region": region})
    assert answer.status_code == 200
    assert not Notice.objects.exists()


def test_telephones_of_other_regions_are_not_listed(desk: Client) -> None:
    make_region("220102")
    for code, title in (("140105", "本市电话"), ("220102", "外省电话")):
        SupportContact.objects.create(region_id=code, title=title, phone="12333", hours="工作日")
    text = desk.get(reverse("admin:hall_supportcontact_changelist")).content.decode()
    assert "本市电话" in text
    assert "外省电话" not in text
