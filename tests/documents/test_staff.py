"""电子证明 on the staff site: own regions only, found by number or whole ID number, revoked with a reason."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.roles import sync_roles
from documents.models import IssuedDocument
from tests.documents.support import make_document
from tests.factories import OTHER_COUNTY, make_staff

pytestmark = pytest.mark.django_db

LIST = "admin:documents_issueddocument_changelist"
REVOKE = "admin:documents_issueddocument_revoke"


def signed_in(role: str, **fields: Any) -> Client:
    client = Client()
    client.force_login(make_staff(role, **fields))
    return client


def test_staff_find_documents_of_their_region_masked_and_by_whole_id_number() -> None:
    sync_roles()
    document = make_document()
    client = signed_in("business")
    page = client.get(reverse(LIST), {"q": document.snapshot["id_no"]}).content.decode()
    assert document.number in page
    assert "孙**" in page
    assert document.subject not in page
    assert document.number not in client.get(reverse(LIST), {"q": "110101199001010000"}).content.decode()
    elsewhere = signed_in("business", region=OTHER_COUNTY, name="别处演示")
    assert document.number not in elsewhere.get(reverse(LIST)).content.decode()
    assert elsewhere.get(reverse(REVOKE, args=[document.pk])).status_code == 404


def test_filters_tell_what_holds_from_what_was_revoked() -> None:
    sync_roles()
    document, client = make_document(), signed_in("business")
    assert document.number in client.get(reverse(LIST), {"standing": "valid"}).content.decode()
    for standing in ("expired", "revoked", "unmade"):
        assert document.number not in client.get(reverse(LIST), {"standing": standing}).content.decode()


def test_a_document_is_revoked_after_a_look_at_what_everybody_will_read() -> None:
    sync_roles()
    document, client = make_document(), signed_in("business")
    address = reverse(REVOKE, args=[document.pk])
    page = client.get(address).content.decode()
    assert "该证明由本网厅出具，后已撤销，不再有效" in page
    assert client.post(address, {"reason": ""}).status_code == 422
    document.refresh_from_db()
    assert document.revoked_at is None
    assert client.post(address, {"reason": "演示：内容有误"}).status_code == 302
    document.refresh_from_db()
    assert document.revoke_reason == "演示：内容有误"
    assert document.revoked_by is not None
    assert document.history.filter(revoke_reason="演示：内容有误").exists()  # type: ignore[attr-defined]
    assert "该证明已经撤销" in client.post(address, {"reason": "再次"}).content.decode()


@pytest.mark.parametrize("role", ["first", "second", "audit"])
def test_who_may_only_look_cannot_revoke(role: str) -> None:
    sync_roles()
    document = make_document()
    assert signed_in(role).post(reverse(REVOKE, args=[document.pk]), {"reason": "演示"}).status_code == 403
    assert not IssuedDocument.objects.filter(revoked_at__isnull=False).exists()
