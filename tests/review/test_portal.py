"""The portal's views of a case: filling in, autosave, attachments, submission, lists, and what strangers see."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Message
from review import submission
from review.models import Attachment, Case, Correction, Status
from review.portal import case_url
from review.workflow import perform
from tests.factories import CITY, COUNTY, make_handler, make_individual, make_region, make_staff
from tests.review.cases import BASIC, attach, draft_case, image, load_steps, start_batch, submitted_case

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def individual():
    make_region(COUNTY)
    load_steps("sample-application")
    return make_individual()


@pytest.fixture
def client(individual):
    return signed_in(individual.user)


def start(client: Client) -> Case:
    client.post(reverse("review:start", args=["individual", "sample-application"]))
    return Case.objects.latest("pk")


def test_a_whole_application_is_filled_in_page_by_page_and_submitted(client) -> None:
    case = start(client)
    assert client.post(case_url(case, "page", page="basic"), BASIC | {"revision": "0"}).status_code == 302
    client.post(case_url(case, "page", page="items"), {"label": "甲", "revision": "0", "action": "row"})
    client.post(case_url(case, "upload", slot="proof"), {"file": image()})
    page = client.get(case_url(case, "check"))
    assert "填报完整" in page.content.decode()
    answer = client.post(case_url(case, "check"), follow=True)
    assert "申报成功" in answer.content.decode()
    assert case.number in answer.content.decode()
    case.refresh_from_db()
    assert case.status == "submitted"
    assert Message.objects.get(user=case.individual.user).title == "申报成功"


def test_opening_the_start_page_makes_no_draft(client) -> None:
    assert client.get(reverse("review:start", args=["individual", "sample-application"])).status_code == 200
    assert not Case.objects.exists()


def test_a_second_case_under_the_same_key_leads_to_the_first(client) -> None:
    case = start(client)
    answer = client.post(reverse("review:start", args=["individual", "sample-application"]))
    assert answer.status_code == 422
    assert case_url(case) in answer.content.decode()
    assert Case.objects.count() == 1


def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(client) -> None:
    case = start(client)
    answer = client.post(case_url(case, "page", page="basic"), BASIC | {"count": "许多", "revision": "0"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="许多"' in html
    assert "field-count" in html
    assert 'value="许多"' in client.get(case_url(case, "page", page="basic")).content.decode()


def test_autosave_keeps_what_was_typed_and_tells_the_new_revision(client) -> None:
    case = start(client)
    answer = client.post(case_url(case, "autosave", page="basic"), {"title": "半", "revision": "0"})
    assert (answer.status_code, answer["X-Revision"]) == (200, "1")
    assert submission.load_values(case)["basic"] == {"title": "半"}


def test_autosave_never_overwrites_what_another_tab_saved(client) -> None:
    case = start(client)
    url = case_url(case, "autosave", page="basic")
    client.post(url, {"title": "先到", "revision": "0"})
    answer = client.post(url, {"title": "后到", "revision": "0"})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "先到" in html
    assert "后到" in html
    assert submission.load_values(case)["basic"] == {"title": "先到"}


def test_after_a_conflict_the_typist_may_keep_the_own_version(client) -> None:
    case = start(client)
    url = case_url(case, "page", page="basic")
    client.post(case_url(case, "autosave", page="basic"), {"title": "先到", "revision": "0"})
    assert client.post(url, BASIC | {"revision": "0"}).status_code == 409
    assert client.post(url, BASIC | {"revision": "1", "keep": "mine", "action": "next"}).status_code == 302
    assert submission.load_values(case)["basic"]["title"] == "样例"


def test_a_row_that_was_typed_but_not_added_is_not_lost_by_going_on(client) -> None:
    case = start(client)
    answer = client.post(case_url(case, "page", page="items"), {"label": "甲", "revision": "0", "action": "next"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "尚未加入列表" in html
    assert 'value="甲"' in html


def test_rows_are_changed_and_deleted(client) -> None:
    case = start(client)
    url = case_url(case, "page", page="items")
    client.post(url, {"label": "甲", "revision": "0", "action": "row"})
    (row,) = submission.load_values(case)["items"]["rows"]
    client.post(url, {"label": "乙", "row": row["key"], "revision": "1", "action": "row"})
    assert [r["label"] for r in submission.load_values(case)["items"]["rows"]] == ["乙"]
    attach(case, "item-proof", row_key=row["key"])
    client.post(case_url(case, "delete_row", page="items", row=row["key"]), {"revision": "2"})
    assert submission.load_values(case)["items"]["rows"] == []
    assert not Attachment.objects.filter(case=case, removed_at__isnull=True).exists()


def test_a_broken_file_is_refused_with_the_reason_at_its_slot(client) -> None:
    case = start(client)
    broken = image()
    broken.file.truncate(60)
    broken.size = 60
    answer = client.post(case_url(case, "upload", slot="proof"), {"file": broken}, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "slot--error" in answer.content.decode()
    assert not Attachment.objects.exists()


def test_the_bar_turns_green_and_back(client) -> None:
    case = start(client)
    answer = client.post(case_url(case, "upload", slot="proof"), {"file": image()}, headers={"HX-Request": "true"})
    assert "slot--done" in answer.content.decode()
    attachment = Attachment.objects.get()
    answer = client.post(case_url(case, "remove_attachment", attachment=attachment.pk), headers={"HX-Request": "true"})
    assert "slot--missing" in answer.content.decode()


def test_a_second_click_on_submit_finds_the_receipt(client, individual) -> None:
    case = draft_case(individual)
    client.post(case_url(case, "check"))
    answer = client.post(case_url(case, "check"), follow=True)
    assert answer.redirect_chain[-1][0] == case_url(case, "receipt")
    assert case.timeline.filter(transition="submit").count() == 1


def test_an_incomplete_case_is_not_submitted_and_says_where_to_mend_it(client) -> None:
    case = start(client)
    answer = client.post(case_url(case, "check"))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert f"{case_url(case, 'page', page='basic')}#field-title" in html
    assert "#slot-proof" in html


def test_a_submitted_case_can_be_withdrawn_after_a_confirmation(client, individual) -> None:
    case = submitted_case(individual)
    assert client.get(case_url(case, "withdraw")).status_code == 200
    assert Case.objects.get().status == "submitted"
    client.post(case_url(case, "withdraw"))
    assert Case.objects.get().status == "withdrawn"
    assert 'value="样例"' in client.get(case_url(case, "page", page="basic")).content.decode()


def test_a_submitted_case_cannot_be_edited(client, individual) -> None:
    case = submitted_case(individual)
    answer = client.post(case_url(case, "page", page="basic"), BASIC | {"title": "改", "revision": "1"}, follow=True)
    assert "不能修改" in answer.content.decode()
    assert submission.load_values(case)["basic"]["title"] == "样例"


def test_a_returned_case_lists_what_to_correct_and_marks_it_in_the_form(client, individual) -> None:
    case = submitted_case(individual)
    corrections = [
        Correction(target="field", page="basic", field="title", reason="名称请写全称"),
        Correction(target="slot", slot="proof", reason="图片不清晰"),
    ]
    perform(case, "return", by=make_staff("first", COUNTY), corrections=corrections)
    html = client.get(case_url(case)).content.decode()
    assert "名称请写全称" in html
    assert "图片不清晰" in html
    assert "#field-title" in html
    assert "#slot-proof" in html
    assert "名称请写全称" in client.get(case_url(case, "page", page="basic")).content.decode()
    assert "图片不清晰" in client.get(case_url(case, "attachments")).content.decode()


def test_after_a_correction_old_and_new_value_stand_side_by_side(client, individual) -> None:
    case = submitted_case(individual)
    correction = Correction(target="field", page="basic", field="title", reason="名称请写全称")
    perform(case, "return", by=make_staff("first", COUNTY), corrections=[correction])
    client.post(case_url(case, "page", page="basic"), BASIC | {"title": "样例全称", "revision": "1"})
    client.post(case_url(case, "check"))
    html = client.get(case_url(case)).content.decode()
    assert "<del>样例</del>" in html
    assert "<ins>样例全称</ins>" in html


def test_a_rejected_case_can_be_started_again_with_its_values(client, individual) -> None:
    case = submitted_case(individual)
    perform(case, "reject", by=make_staff("first", COUNTY), reason="不符合条件")
    assert "不符合条件" in client.get(case_url(case)).content.decode()
    client.post(case_url(case, "reapply"))
    new = Case.objects.latest("pk")
    assert new.status == "draft"
    assert submission.load_values(new)["basic"]["title"] == "样例"


def test_a_finished_case_is_rated_once(client, individual) -> None:
    case = perform(submitted_case(individual), "approve", by=make_staff("first", COUNTY))
    case = perform(case, "approve", by=make_staff("second", CITY))
    for level in ("5", "1"):
        client.post(case_url(case, "rate"), {"level": level, "comment": "很快"})
    assert case.rating.level == 5


def test_a_case_prints_as_pdf(client, individual) -> None:
    answer = client.get(case_url(submitted_case(individual), "print"))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


VIEWS = ("case", "attachments", "check", "receipt", "withdraw", "close", "reapply", "rate", "print")


@pytest.mark.parametrize("name", VIEWS)
def test_another_person_s_case_does_not_exist(individual, name: str) -> None:
    case = submitted_case(individual)
    assert signed_in(make_individual(name="李演示").user).get(case_url(case, name)).status_code == 404


def test_an_attachment_is_handed_to_its_owner_and_to_staff_in_scope_only(client, individual) -> None:
    case = submitted_case(individual)
    url = reverse("review:file", args=[case.attachments.get().pk])
    page = reverse("review:file_page", args=[case.attachments.get().pk, 1])
    for owner in (client, signed_in(make_staff("first", COUNTY))):
        answer = owner.get(url)
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.getvalue().startswith(b"\x89PNG")
    assert client.get(page)["Content-Type"] == "image/webp"
    assert signed_in(make_staff("first", "220102")).get(url).status_code == 404
    assert signed_in(make_staff("system", COUNTY)).get(url).status_code == 404
    assert signed_in(make_individual(name="李演示").user).get(url).status_code == 404
    assert Client().get(url).status_code == 302


def test_a_unit_s_handler_sees_the_unit_s_cases_and_no_other_s() -> None:
    mine, other = make_handler(), make_handler()
    case = start_batch(mine.unit, "C1")
    assert signed_in(mine.user).get(case_url(case)).status_code == 200
    assert signed_in(other.user).get(case_url(case)).status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True),
        ("?status=submitted", True),
        ("?status=approved", False),
        ("?bar=running", True),
        ("?bar=finished", False),
        ("?matter=sample-application", True),
        ("?month=1999-01", False),
        ("?submitted_to=1999-01-01", False),
    ],
)
def test_my_cases_are_filtered(client, individual, query: str, found: bool) -> None:
    case = submitted_case(individual)
    html = client.get(reverse("review:cases", args=["individual"]) + query).content.decode()
    assert (case.number in html) is found


def test_units_find_cases_by_person() -> None:
    handler = make_handler()
    case = start_batch(handler.unit, "C1")
    case.persons.create(name="张演示", id_no="140105199901010011")
    url = reverse("review:cases", args=["unit"])
    client = signed_in(handler.user)
    assert case.number in client.get(f"{url}?person=张演").content.decode()
    assert case.number in client.get(f"{url}?person=140105199901010011").content.decode()
    assert case.number not in client.get(f"{url}?person=140105199901010012").content.decode()


def test_the_list_asks_the_same_number_of_queries_for_more_cases(
    client, individual, assert_same_queries_for_more_rows
) -> None:
    def add_case() -> None:
        number = Case.objects.count()
        Case.objects.create(
            number=f"YL{number:05d}",
            matter="sample-application",
            individual=individual,
            acting_user=individual.user,
            status=Status.CLOSED,
        )

    assert_same_queries_for_more_rows(add_case, lambda: client.get(reverse("review:cases", args=["individual"])))
