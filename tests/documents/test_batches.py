"""批量打印: each document once, however often the job runs; one file; progress that anybody of the unit can look at."""

import io
import threading
import zipfile
from functools import partial
from typing import Any

import pypdfium2
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import Message
from common.transitions import TransitionRefused
from documents import actions, batches, press, rendering, verification
from documents.jobs import produce_batch
from documents.keys import hall_key
from documents.models import DocumentBatch, IssuedDocument
from tests.documents.support import text_of
from tests.factories import make_handler, make_unit
from tests.insurance.test_certificates import enrolled, insured_handler, signed_in
from tests.internship.support import set_policy

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _validity(db: Any) -> None:
    set_policy("certificate_validity_months", "3")


def ask(client: Client, people: list[str], **fields: str) -> Any:
    values = {"who": "chosen", "span": "recent", "form": "zip"} | fields
    return client.post(reverse("certificates:print_many"), {**values, "people": people})


def begin(count: int = 3, **fields: str) -> tuple[DocumentBatch, list[str], Client]:
    handler, unit = insured_handler()
    people = [enrolled(unit, months=3 + 20).person.number for _ in range(count)]
    client = signed_in(handler.user)
    assert ask(client, people, **fields).status_code == 302
    return DocumentBatch.objects.get(), people, client


def content(client: Client, batch: DocumentBatch) -> bytes:
    answer = client.get(reverse("documents:batch_file", args=[batch.pk]))
    return b"".join(answer.streaming_content)


def test_a_zip_holds_one_signed_certificate_for_each_person() -> None:
    batch, people, client = begin()
    page = client.get(reverse("documents:batch", args=[batch.pk])).content.decode()
    assert "已完成 0 / 3 份（0%）" in page
    produce_batch(str(batch.pk))
    with zipfile.ZipFile(io.BytesIO(content(client, batch))) as archive:
        files = [archive.read(name) for name in archive.namelist()]
    assert len(files) == 3
    for number, pdf in zip(people, files, strict=True):
        assert number in text_of(pdf)
        assert verification.by_file(pdf).outcome == verification.Outcome.VALID
    assert "证明已生成" in client.get(reverse("documents:batch", args=[batch.pk])).content.decode()
    assert "已完成" in client.get(reverse("documents:batches")).content.decode()


def test_one_pdf_holds_them_in_the_order_of_the_list() -> None:
    batch, people, client = begin(form="pdf")
    produce_batch(str(batch.pk))
    merged = content(client, batch)
    document = pypdfium2.PdfDocument(merged)
    assert len(document) == 3
    pages = [page.get_textpage().get_text_bounded() for page in document]
    assert all(number in words for number, words in zip(people, pages, strict=True))
    assert verification.by_file(merged).outcome == verification.Outcome.PRINT_COPY


def test_running_the_job_again_changes_nothing() -> None:
    batch, _, client = begin()
    produce_batch(str(batch.pk))
    first, rows = content(client, batch), list(IssuedDocument.objects.values("number", "sha256", "file"))
    produce_batch(str(batch.pk))
    assert content(client, batch) == first
    assert list(IssuedDocument.objects.values("number", "sha256", "file")) == rows
    assert Message.objects.filter(key=f"documents-ready:{batch.pk}").count() == 1


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_an_interrupted_batch_goes_on_without_doubling_a_number(kept: int, monkeypatch: Any) -> None:
    batch, _, _ = begin()

    class Killed(Exception):
        pass

    keep, calls = actions.keep, []

    def dies(*args: Any, **options: Any) -> Any:
        if len(calls) == kept:
            raise Killed
        calls.append(args)
        return keep(*args, **options)

    monkeypatch.setattr(actions, "keep", dies)
    with pytest.raises(Killed):
        produce_batch(str(batch.pk))
    assert batches.progress(batch).done == kept
    before = dict(IssuedDocument.objects.values_list("number", "sha256"))
    monkeypatch.setattr(actions, "keep", keep)
    produce_batch(str(batch.pk))
    after = dict(IssuedDocument.objects.values_list("number", "sha256"))
    assert set(after) == set(before)
    assert all(after[number] == sha256 for number, sha256 in before.items() if sha256)
    assert batches.progress(batch).percent == 100


def test_who_cannot_be_printed_is_named_with_the_reason() -> None:
    handler, unit = insured_handler()
    good, bare = enrolled(unit).person, enrolled(unit, months=0).person
    client = signed_in(handler.user)
    ask(client, [good.number, bare.number, "没有此人"])
    batch = DocumentBatch.objects.get()
    produce_batch(str(batch.pk))
    page = client.get(reverse("documents:batch", args=[batch.pk])).content.decode()
    assert f"{bare.number}：所选期间没有缴费记录" in page
    assert "没有此人：该人员不在本单位在职花名册中" in page
    assert IssuedDocument.objects.count() == 1


def test_all_whom_the_filter_finds_are_printed() -> None:
    handler, unit = insured_handler()
    enrolled(unit, name="郑演示一")
    enrolled(unit, name="郑演示二")
    enrolled(unit, name="吴演示")
    ask(signed_in(handler.user), [], who="all", name="郑演示")
    assert DocumentBatch.objects.get().total == 2


def test_nobody_ticked_is_told_at_the_field_and_too_many_are_refused() -> None:
    handler, unit = insured_handler()
    number = enrolled(unit).person.number
    client = signed_in(handler.user)
    answer = ask(client, [])
    assert answer.status_code == 422
    assert "请先在上面的名单中勾选人员" in answer.content.decode()
    begin = partial(
        batches.start, kind="personal-insurance", unit=handler.unit, options={}, form="pdf", by=handler.user
    )
    with pytest.raises(TransitionRefused, match="一批最多1000人，您选择了1001人"):
        begin(subject_keys=[number, *(f"{n:06d}" for n in range(batches.MOST_AT_ONCE))])
    with pytest.raises(TransitionRefused, match="请先选择"):
        begin(subject_keys=[])


def test_two_clicks_begin_one_batch() -> None:
    batch, people, client = begin()
    assert ask(client, people)["Location"] == reverse("documents:batch", args=[batch.pk])
    assert DocumentBatch.objects.count() == 1
    produce_batch(str(batch.pk))
    ask(client, people)
    assert DocumentBatch.objects.count() == 2


def test_another_unit_s_batch_is_not_there() -> None:
    batch, _, _ = begin()
    client = signed_in(make_handler(make_unit()).user)
    assert client.get(reverse("documents:batch", args=[batch.pk])).status_code == 404
    assert client.get(reverse("documents:batch_file", args=[batch.pk])).status_code == 404
    assert "还没有批量打印" in client.get(reverse("documents:batches")).content.decode()


def test_processes_print_what_one_prints() -> None:
    batch, _, _ = begin(2)
    batches._number(batch)
    pages = [(row.pk, rendering.html_of(row)) for row in IssuedDocument.objects.order_by("pk")] * press.WORTH_A_POOL
    printed = list(press.print_all(iter(pages), len(pages), workers=2))
    assert [key for key, _ in printed] == [key for key, _ in pages]
    alone = dict(press.print_all(iter(pages[:2]), 2))
    for key, pdf in printed:
        assert text_of(pdf) == text_of(alone[key])
    assert hall_key().certificates


@pytest.mark.django_db(transaction=True)
def test_two_workers_on_one_batch_issue_each_document_once() -> None:
    _, people, _ = begin()
    start, faults = threading.Barrier(2), []

    def work() -> None:
        try:
            start.wait(timeout=30)
            batches.run(DocumentBatch.objects.get(), workers=1)
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not faults
    assert IssuedDocument.objects.count() == len(people)
    assert len(set(IssuedDocument.objects.values_list("sha256", flat=True))) == len(people)
    assert DocumentBatch.objects.get().file is not None
