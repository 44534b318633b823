"""见习证明 (B3): after the end of the internship, once, the same file again, for the trainee alone."""

import io
import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from pyhanko.pdf_utils.reader import PdfFileReader

from common.transitions import TransitionRefused
from documents import actions
from documents.models import IssuedDocument
from reporting import certificates
from tests.documents.support import bytes_of, ended_placement, make_document, text_of
from tests.factories import make_individual, make_staff
from tests.reporting.support import make_placement, make_qualified

pytestmark = pytest.mark.django_db


def download(client: Client, pk: int) -> Any:
    return client.post(reverse("reporting:certificate", args=[pk]), follow=True)


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_trainee_gets_the_certificate_once_and_the_same_file_again() -> None:
    placement = ended_placement()
    client = signed_in(placement.individual.user)
    page = client.get(reverse("reporting:my_placement", args=[placement.pk])).content.decode()
    assert "可以出具带有电子签名的见习证明" in page
    first = b"".join(download(client, placement.pk).streaming_content)
    again = b"".join(download(client, placement.pk).streaming_content)
    assert first == again
    document = IssuedDocument.objects.get()
    assert document.number in client.get(reverse("reporting:my_placement", args=[placement.pk])).content.decode()
    assert actions.hashes_of(first) == (document.sha256, document.sm3)


def test_it_says_what_the_hall_holds() -> None:
    document = make_document()
    words = "".join(text_of(bytes_of(document)).split())
    for value in document.snapshot.values():
        assert "".join(str(value).split()) in words
    for value in (document.number, document.code, "太原市小店区人力资源和社会保障局", "就业见习证明", "长期"):
        assert value in words


@pytest.mark.usefixtures("document_face")
def test_it_is_tagged_small_and_names_itself() -> None:
    pdf = bytes_of(make_document())
    reader = PdfFileReader(io.BytesIO(pdf))
    assert reader.root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in reader.root
    assert reader.trailer["/Info"]["/Title"] == "就业见习证明"
    assert len(pdf) <= 60_000


def test_before_the_end_there_is_none() -> None:
    placement = make_placement(make_qualified().unit)
    answer = download(signed_in(placement.individual.user), placement.pk)
    assert "见习结束、单位的减员申请审核通过后" in answer.content.decode()
    assert not IssuedDocument.objects.exists()


def test_who_did_not_finish_has_completed_nothing() -> None:
    with pytest.raises(TransitionRefused, match="因故未完成见习的"):
        certificates.check_certificate(ended_placement(reason="3"))


def test_anybody_elses_certificate_is_not_there() -> None:
    document = make_document()
    stranger, handler = make_individual(name="李演示"), document.individual.placements.get().unit.handlers.get()
    placement = document.individual.placements.get()
    for user in (stranger.user, handler.user, make_staff()):
        assert signed_in(user).get(reverse("documents:download", args=[document.number])).status_code == 404
    assert signed_in(stranger.user).post(reverse("reporting:certificate", args=[placement.pk])).status_code == 404
    assert Client().get(reverse("documents:download", args=[document.number])).status_code == 302


def test_a_revoked_one_is_not_handed_out_and_a_new_one_has_a_new_number() -> None:
    document = make_document()
    actions.revoke(document=document, reason="演示", by=make_staff("business"))
    client = signed_in(document.individual.user)
    assert client.get(reverse("documents:download", args=[document.number])).status_code == 404
    new = certificates.issue(placement=document.individual.placements.get(), by=document.individual.user)
    assert new.number != document.number
    assert new.code != document.code
    with pytest.raises(TransitionRefused, match="该证明已经撤销"):
        actions.revoke(document=document, reason="再次", by=make_staff("business"))


def test_an_interrupted_one_goes_on_under_its_number() -> None:
    placement = ended_placement()
    reserved = actions.reserve(certificates.CODE, certificates._draft(placement), by=placement.individual.user)
    assert certificates.issued(placement) is None
    document = certificates.issue(placement=placement, by=placement.individual.user)
    assert (document.pk, document.number, document.code) == (reserved.pk, reserved.number, reserved.code)


def test_what_it_says_is_encrypted_at_rest() -> None:
    document = make_document()
    with connection.cursor() as cursor:
        cursor.execute("SELECT snapshot FROM documents_issueddocument")
        (stored,) = cursor.fetchone()
    assert stored.startswith("sm4gcm$")
    assert document.snapshot["id_no"] not in stored


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_issue_one_certificate() -> None:
    placement = ended_placement()
    start, found, faults = threading.Barrier(2), [], []

    def click() -> None:
        try:
            start.wait(timeout=30)
            found.append(certificates.issue(placement=placement, by=placement.individual.user))
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not faults
    assert len({(one.number, one.sha256) for one in found}) == 1
    assert IssuedDocument.objects.count() == 1
