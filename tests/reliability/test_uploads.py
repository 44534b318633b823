"""Hostile uploads through the portal: refused with a sentence at the slot, or kept harmless."""

import io
import zipfile
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from common import files
from common.models import StoredFile
from review.models import Attachment, Case
from review.portal import case_url
from tests.factories import COUNTY, make_individual, make_region
from tests.review.cases import actor_of, draft_case, image

pytestmark = pytest.mark.django_db
MEGABYTE = 1024 * 1024


def png_of(width: int, height: int) -> bytes:
    """A picture that is small as a file and huge when opened."""
    out = io.BytesIO()
    Image.new("1", (16, 16)).save(out, "PNG")
    data = bytearray(out.getvalue())
    data[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    return bytes(data)


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("word/document.xml", b"0" * (30 * MEGABYTE))
    return out.getvalue()


PDF_HEAD = b"%PDF-1.4\n"
REFUSED = {
    "a page named pdf": ("a.pdf", b"<!DOCTYPE html><script>alert(1)</script>", "只能上传"),
    "a drawing with script": ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "只能上传"),
    "a drawing named png": ("a.png", b'<?xml version="1.0"?><svg onload="alert(1)"/>', "只能上传"),
    "a page behind a pdf's head": ("a.pdf", PDF_HEAD + b"<html><script>alert(1)</script></html>", "不完整"),
    "a page behind a whole pdf": ("a.pdf", PDF_HEAD + b"%%EOF<script>alert(1)</script>", "夹带了其他内容"),
    "a picture's head and a page": ("a.gif", b"GIF89a/*<script>alert(1)</script>*/=1;", "只能上传"),
    "a bombed archive": ("a.zip", bomb(), "只能上传"),
    "a bombed archive named pdf": ("a.pdf", bomb(), "只能上传"),
    "a bombed picture": ("a.png", png_of(60000, 60000), "像素过大"),
    "nothing": ("a.pdf", b"", "空"),
    "21 MB": ("a.pdf", PDF_HEAD + b"0" * (21 * MEGABYTE), "超过20MB"),
    "a program": ("a.pdf", b"MZ\x90\x00" + b"\x00" * 200, "只能上传"),
    "a script": ("a.png", b"#!/bin/sh\necho", "只能上传"),
}


@pytest.fixture
def case() -> Case:
    return draft_case()


@pytest.fixture
def client(case: Case) -> Client:
    client = Client()
    client.force_login(actor_of(case))
    return client


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_document_is_refused_with_a_sentence_and_leaves_nothing(client, case, what: str) -> None:
    name, data, words = REFUSED[what]
    before = StoredFile.objects.count()
    for headers in ({"HX-Request": "true"}, {}):
        answer = client.post(
            case_url(case, "upload", slot="proof"),
            {"file": SimpleUploadedFile(name, data)},
            headers=headers,
            follow=True,
        )
        assert answer.status_code in (200, 422)
        assert words in answer.content.decode(), what
    assert StoredFile.objects.count() == before


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../../etc/passwd.png", "passwd.png"),
        ("C:\\\\windows\\\\证明.png", "证明.png"),
        ("\u202egnp.exe", "gnp.exe.png"),
        ("证\u200b明\u2066.png", "证明.png"),
        ("a<script>.png", "ascript.png"),
        ("……" * 200 + ".png", None),
        ("\r\nSet-Cookie: a=b.png", None),
        (".png", None),
        ("证明.PNG.exe", "证明.PNG.exe.png"),
    ],
)
def test_a_name_is_kept_without_what_could_deceive(client, case, sent: str, shown: str | None) -> None:
    picture = image()
    picture._name = sent
    client.post(case_url(case, "upload", slot="proof"), {"file": picture})
    attachment = Attachment.objects.filter(case=case).latest("added_at")
    name = attachment.file.original_name
    assert shown is None or name == shown
    assert name.endswith(".png")
    assert len(name) <= 120
    assert all(char.isprintable() and char not in '<>:"|?*/\\' for char in name)
    answer = client.get(f"/files/{attachment.pk}/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_picture_that_is_also_an_archive_is_kept_as_a_picture_only(client, case) -> None:
    hidden = io.BytesIO()
    with zipfile.ZipFile(hidden, "w") as zipped:
        zipped.writestr("a.html", "<script>alert(1)</script>")
    both = SimpleUploadedFile("a.png", image().read() + hidden.getvalue())
    client.post(case_url(case, "upload", slot="proof"), {"file": both})
    for attachment in Attachment.objects.filter(case=case):
        kept = files.read_clean(attachment.file)
        assert b"a.html" not in kept
        assert b"PK\x03\x04" not in kept


def test_of_two_files_at_once_each_is_judged_by_itself(client, case) -> None:
    before = Attachment.objects.filter(case=case).count()
    answer = client.post(
        case_url(case, "upload", slot="proof"),
        {"file": [image("甲.png"), SimpleUploadedFile("乙.pdf", b"<html>"), image("丙.png")]},
        follow=True,
    )
    assert "只能上传" in answer.content.decode()
    assert Attachment.objects.filter(case=case).count() >= before + 1
    client.post(case_url(case, "upload", slot="proof"), {"file": [image("丁.png"), image("戊.png")]})
    names = set(Attachment.objects.filter(case=case).values_list("file__original_name", flat=True))
    assert {"甲.png", "丁.png", "戊.png"} <= names
    assert "乙.pdf" not in names


def test_an_upload_without_a_file_says_so(client, case) -> None:
    answer = client.post(case_url(case, "upload", slot="proof"), {"file": ""}, follow=True)
    assert "请先选择文件" in answer.content.decode()


def test_strangers_and_visitors_upload_nothing(case) -> None:
    make_region(COUNTY)
    stranger = Client()
    stranger.force_login(make_individual(name="李演示").user)
    before = Attachment.objects.count()
    assert stranger.post(case_url(case, "upload", slot="proof"), {"file": image()}).status_code == 404
    assert Client().post(case_url(case, "upload", slot="proof"), {"file": image()}).status_code == 302
    assert Attachment.objects.count() == before
