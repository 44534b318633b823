"""Posting what a form does not have, or what belongs to others, changes nothing."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Individual, Unit, User
from review import actions, submission
from review.models import Attachment, Case
from review.portal import case_url
from tests.contracts import filled
from tests.factories import make_individual
from tests.matrix.test_matrix import _client
from tests.matrix.world import World, build
from tests.review.cases import actor_of, approved_case, attach, draft_case, image

pytestmark = pytest.mark.django_db

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')
# What decides about people, units and cases, under every name that it has in the models.
FOREIGN = {
    "level": "5",
    "is_staff": "on",
    "is_superuser": "on",
    "groups": "1",
    "user": "1",
    "unit": "1",
    "individual": "1",
    "unit_id": "1",
    "individual_id": "1",
    "pk": "1",
    "id": "1",
    "case": "1",
    "status": "approved",
    "live": "on",
    "round": "9",
    "reviewer": "1",
    "decided_by": "1",
    "exclusive_key": "x",
    "number": "GW0000000000",
    "created_by": "1",
    "approved_by": "1",
    "state": "active",
    "ended_at": "2020-01-01",
}


@pytest.fixture
def world() -> World:
    return build()


def row(found: Any) -> dict[str, Any]:
    """All columns as they are stored."""
    return type(found)._default_manager.filter(pk=found.pk).values().get()


def test_a_person_cannot_raise_the_own_level_or_change_a_checked_identity(world: World) -> None:
    person: Individual = world.users["owner"].individual
    before = row(person)
    values = FOREIGN | {"name": "改名", "id_no": "110101199003070134", "id_type": "01", "birth_date": "1990-03-07"}
    _client(world, "owner").post(reverse("accounts:individual_profile"), values)
    after = row(person)
    for name in ("level", "user_id", "name", "id_no", "birth_date"):
        assert after[name] == before[name]
    assert not User.objects.get(pk=person.user_id).is_staff


def test_a_unit_cannot_change_its_name_code_or_level(world: World) -> None:
    unit: Unit = world.users["unit"].handlers.get().unit
    before = row(unit)
    _client(world, "unit").post(reverse("accounts:unit_profile"), FOREIGN | {"name": "改名", "uscc": "x"})
    after = row(unit)
    for name in ("name", "uscc", "level", "id"):
        assert after[name] == before[name]


def test_a_bank_account_is_always_the_acting_units(world: World) -> None:
    unit = world.users["unit"].handlers.get().unit
    other = world.users["other_unit"].handlers.get().unit
    values = {"holder": unit.name, "bank": "中国工商银行", "account_no": "1402020200000000001"}
    _client(world, "unit").post(reverse("accounts:add_unit_account"), values | FOREIGN | {"unit": str(other.pk)})
    assert not other.bank_accounts.exists()


def test_registering_makes_nobody_staff_and_nobody_certified(client: Client) -> None:
    client.post(reverse("accounts:register_individual"), FOREIGN)
    assert not User.objects.filter(is_staff=True).exists()
    assert not Individual.objects.filter(level=5).exists()


@pytest.mark.parametrize("code", sorted(filled.by_code()))
def test_a_page_keeps_only_what_it_asks(code: str) -> None:
    case = filled.complete(code)
    before = row(case)
    client = Client()
    client.force_login(actor_of(case))
    for page in list(submission.load_values(case)):
        path = case_url(case, "page", page=page)
        client.post(path, {**FOREIGN, "revision": "1", "keep": "mine", "action": "save", "row": ""})
    kept = {name for values in submission.load_values(case).values() for name in values}
    assert not kept & (FOREIGN.keys() - {"state", "number"})
    assert row(case) == before


def test_the_actor_of_a_rating_is_who_is_signed_in(world: World) -> None:
    case = approved_case()
    client = Client()
    client.force_login(case.individual.user)
    client.post(case_url(case, "rate"), FOREIGN | {"level": "5", "comment": "", "rated_by": "1"})
    assert case.rating.rated_by == case.individual.user


def test_a_row_of_somebody_elses_case_is_not_reached() -> None:
    mine, theirs = filled.complete("sample-application"), draft_case(make_individual(name="李演示"))
    submitted = submission.load_values(mine)["items"]["rows"]
    client = Client()
    client.force_login(actor_of(theirs))
    key = submitted[0]["key"]
    path = case_url(theirs, "page", page="items")
    client.post(path, {"label": "乙", "row": key, "revision": "0", "action": "row"})
    client.post(case_url(theirs, "delete_row", page="items", row=key), {"revision": "1"})
    assert submission.load_values(mine)["items"]["rows"] == submitted


def test_an_attachment_of_somebody_elses_case_is_not_reached() -> None:
    mine, theirs = draft_case(), draft_case(make_individual(name="李演示"))
    attachment = mine.attachments.get()
    client = Client()
    client.force_login(actor_of(theirs))
    for path in (
        case_url(theirs, "remove_attachment", attachment=attachment.pk),  # in the own case
        case_url(mine, "remove_attachment", attachment=attachment.pk),
    ):
        assert client.post(path).status_code == 404
    assert Attachment.objects.filter(pk=attachment.pk, removed_at__isnull=True).exists()


@pytest.mark.parametrize(
    "address",
    ["no-such-slot/upload/", "item-proof/upload/", "item-proof/upload/?row=0a000000-0000-4000-8000-00000000ffff"],
)
def test_a_file_for_a_slot_or_row_that_is_not_there_is_not_taken(address: str) -> None:
    case = draft_case()
    client = Client()
    client.force_login(actor_of(case))
    before = Attachment.objects.count()
    assert client.post(case_url(case, "attachments") + address, {"file": image()}).status_code == 404
    assert Attachment.objects.count() == before


def test_what_belongs_to_others_answers_like_what_does_not_exist() -> None:
    mine, theirs = draft_case(), draft_case(make_individual(name="李演示"))
    file = attach(theirs, "proof")
    client = Client()
    client.force_login(actor_of(mine))
    pairs = [
        (case_url(theirs), theirs.number, "YL2026010100099"),
        (case_url(theirs, "print"), theirs.number, "YL2026010100099"),
        (reverse("review:file", args=[file.pk]), str(file.pk), "0a000000-0000-4000-8000-00000000ffff"),
    ]
    for path, existing, missing in pairs:
        answers = [client.get(path), client.get(path.replace(existing, missing))]
        assert [answer.status_code for answer in answers] == [404, 404]
        # Pages repeat their own address and a token of the form; apart from that they are the same.
        texts = {TOKEN.sub("", answer.content.decode().replace(existing, missing)) for answer in answers}
        assert len(texts) == 1


def test_a_decision_in_the_name_of_others_is_made_in_the_own(world: World) -> None:
    number = world.args["waiting"]["number"]
    values = FOREIGN | {"by": "1", "actor": "1", "seen": "", "reason": "", "notes": ""}
    _client(world, "staff").post(reverse("admin:review_case_approve", args=[number]), values)
    case = Case.objects.get(number=number)
    assert case.timeline.latest("pk").actor == world.users["staff"]
    assert case.round == 1


def test_pages_of_the_case_write_by_who_is_signed_in() -> None:
    case = draft_case()
    client = Client()
    client.force_login(actor_of(case))
    client.post(case_url(case, "autosave", page="basic"), {"title": "改", "revision": "1", "saved_by": "1"})
    assert case.drafts.get(page="basic").saved_by == actor_of(case)
    assert "saved_by" not in actions._page_values(case, "basic")
