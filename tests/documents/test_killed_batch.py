"""kill -9 of the worker in the middle of a batch: it goes on, and no number and no file is made twice."""

from pathlib import Path

import pytest

from documents import batches
from documents.models import DocumentBatch, IssuedDocument
from tests.documents.test_batches import begin
from tests.internship.support import set_policy
from tests.reliability.processes import kill_at
from tests.reliability.test_killed_worker import retry_stalled, time_passes, work_off, worker

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_killed_batch_goes_on_where_it_was(tmp_path: Path) -> None:
    set_policy("certificate_validity_months", "3")
    batch, people, _ = begin()
    batches._number(batch)
    second = IssuedDocument.objects.order_by("pk")[1]
    numbers = set(IssuedDocument.objects.values_list("number", flat=True))
    kill_at(worker(tmp_path), f"SELECT 1 FROM documents_issueddocument WHERE id = {second.pk} FOR UPDATE", lambda: None)
    done = dict(IssuedDocument.objects.produced().values_list("number", "sha256"))
    assert len(done) == 1
    assert DocumentBatch.objects.get().finished_at is None

    time_passes()
    retry_stalled()
    work_off(tmp_path)
    work_off(tmp_path)
    after = dict(IssuedDocument.objects.produced().values_list("number", "sha256"))
    assert set(after) == numbers
    assert done.items() <= after.items()
    assert len(after) == len(people)
    assert DocumentBatch.objects.get().file is not None
