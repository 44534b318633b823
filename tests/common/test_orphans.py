"""Bytes that nothing refers to are deleted after a day, and only those."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from common import files, jobs
from common.models import FilePage, StoredFile
from tests.review.cases import image

pytestmark = pytest.mark.django_db
LATER = timedelta(hours=jobs.ORPHANS_KEPT_HOURS, minutes=1)


def rolled_back() -> str:
    """The key of bytes whose row is gone, as after an upload that failed."""
    with transaction.atomic():
        key = files.store(image(), by=None).storage_key
        transaction.set_rollback(True)
    assert default_storage.exists(key)
    return key


def test_bytes_of_a_rolled_back_upload_are_deleted_after_a_day() -> None:
    key = rolled_back()
    assert files.sweep_orphans(before=timezone.now() + LATER) == 1
    assert not default_storage.exists(key)


def test_bytes_of_an_upload_that_may_still_be_under_way_stay() -> None:
    key = rolled_back()
    jobs.sweep_files(timestamp=0)
    assert default_storage.exists(key)
    files.sweep_orphans(before=timezone.now() + LATER)


def test_files_and_page_images_that_rows_refer_to_stay() -> None:
    stored = files.store(image(), by=None)
    files.draw_pages(stored)
    assert files.sweep_orphans(before=timezone.now() + LATER) == 0
    assert default_storage.exists(StoredFile.objects.get().storage_key)
    assert default_storage.exists(FilePage.objects.get().storage_key)


def test_a_page_image_without_a_row_is_deleted_and_other_folders_are_left_alone() -> None:
    page = default_storage.save("pages/ab/abcdef", ContentFile(b"image"))
    other = default_storage.save("backup/ab/kept", ContentFile(b"kept"))
    assert files.sweep_orphans(before=timezone.now() + LATER) == 1
    assert not default_storage.exists(page)
    assert default_storage.exists(other)
    default_storage.delete(other)
