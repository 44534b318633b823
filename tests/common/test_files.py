"""Files from strangers: judged by content, cleaned, scanned, and handed out only when clean."""

import io
import socket
import struct
import threading
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from common import files, pdf, sniffing
from common.models import FilePage, StoredFile

pytestmark = pytest.mark.django_db

# The standard harmless test pattern, in two parts so that scanners let this source file be.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, kind, **options)
    return out.getvalue()


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zipped:
        for name in names:
            zipped.writestr(name, "x")
    return out.getvalue()


@pytest.fixture(scope="module")
def document() -> bytes:
    pages = "".join(f'<p style="break-after: page">第{number}页</p>' for number in range(2))
    return pdf.html_to_pdf(f'<html lang="zh-CN"><title>演示</title><body>{pages}</body></html>')


def store(data: bytes, name: str = "a.pdf", **options: Any) -> StoredFile:
    return files.store(SimpleUploadedFile(name, data), by=None, **options)


def refusal(data: bytes, **options: Any) -> str:
    with pytest.raises(files.FileRefused) as caught:
        store(data, **options)
    assert not StoredFile.objects.exists()
    return str(caught.value)


def test_a_pdf_is_kept_as_it_is_with_its_pages_counted(document: bytes) -> None:
    stored = store(document, "证明.pdf")
    assert (stored.kind, stored.pages, stored.size) == ("pdf", 2, len(document))
    assert stored.state == StoredFile.State.CLEAN
    assert files.read_clean(stored) == document
    assert "证明" not in stored.storage_key
    assert str(stored.pk).replace("-", "") not in stored.storage_key


def test_the_kind_follows_from_the_content_and_not_from_the_name() -> None:
    stored = store(picture("PNG"), "报表.pdf")
    assert (stored.kind, stored.content_type, stored.original_name) == ("png", "image/png", "报表.pdf.png")


def test_pictures_lose_place_time_and_comments() -> None:
    exif = Image.Exif()
    exif[0x0110] = "Secret Camera"
    exif[0x8825] = {1: "N", 2: (37.0, 52.0, 0.0)}
    jpeg = store(picture(exif=exif, comment=b"secret words"))
    kept = Image.open(io.BytesIO(files.read_clean(jpeg)))
    assert not kept.getexif()
    assert b"ecret" not in files.read_clean(jpeg)
    words = PngInfo()
    words.add_text("Author", "secret words")
    png = store(picture("PNG", pnginfo=words))
    assert b"secret" not in files.read_clean(png)


def test_a_picture_taken_sideways_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = store(picture(size=(64, 48), exif=exif))
    assert Image.open(io.BytesIO(files.read_clean(stored))).size == (48, 64)


def test_truncated_files_are_refused_in_words(document: bytes) -> None:
    assert "不完整" in refusal(document[: len(document) // 2])
    jpeg, png = picture(), picture("PNG")
    assert "不完整" in refusal(jpeg[: len(jpeg) // 2])
    assert "不完整" in refusal(png[: len(png) // 2])
    assert "不完整" in refusal(png[: len(png) // 2] + png[-12:])


def test_a_file_that_only_begins_like_a_pdf_is_refused() -> None:
    assert "无法打开" in refusal(b"%PDF-1.7\nnothing else\n%%EOF\n")


def test_programs_hidden_in_pictures_are_refused() -> None:
    assert "夹带" in refusal(picture("PNG") + b"<?php system($_GET['c']); ?>")
    assert "夹带" in refusal(picture(comment=b"<script>alert(1)</script>"))
    assert "夹带" in refusal(picture() + archive("a.txt"))


def test_a_pdf_that_is_also_something_else_is_refused(document: bytes) -> None:
    assert "夹带" in refusal(document + archive("a.txt"))
    assert "夹带" in refusal(document + b"<html>")
    assert "只能上传PDF、JPG图片、PNG图片" in refusal(b"MZ" + document)


def test_a_small_file_that_unfolds_to_a_huge_picture_is_refused() -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack("!L", len(body)) + kind + body + struct.pack("!L", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack("!LLBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    assert "像素过大" in refusal(bomb)


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"<html></html>", b"\xd0\xcf\x11\xe0", b"#!/bin/sh"])
def test_anything_else_is_refused(data: bytes) -> None:
    assert refusal(data) in ("文件是空的，请重新选择文件", "只能上传PDF、JPG图片、PNG图片，请转换格式后上传")


def test_the_size_limit_is_said_in_the_refusal(settings: Any) -> None:
    settings.ATTACHMENT_MAX_MB = 1
    assert refusal(b"%PDF-" + b"0" * 1024 * 1024) == "文件超过1MB，请压缩后上传"


def test_office_files_pass_only_where_a_slot_says_so() -> None:
    workbook = archive("[Content_Types].xml", "xl/workbook.xml")
    assert "只能上传" in refusal(workbook)
    assert store(workbook, "名单.xlsx", kinds=("xlsx",)).pages is None
    assert store(archive("OFD.xml"), "a.ofd", kinds=("ofd",)).kind == "ofd"
    assert store(archive("word/document.xml"), "a.docx", kinds=("docx", "pdf")).kind == "docx"


def test_archives_with_macros_odd_paths_or_bombs_are_refused() -> None:
    assert "含有宏" in refusal(archive("xl/workbook.xml", "xl/vbaProject.bin"), kinds=("xlsx",))
    assert "文件路径" in refusal(archive("../../etc/passwd"), kinds=("zip",))
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("a", b"\0" * 30_000_000)
    assert "解压后过大" in refusal(bomb.getvalue(), kinds=("zip",))


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\fakepath\\身份证.PDF", "身份证.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe.pdf"),
        ("a\x00b\r\n\u200b.pdf", "ab.pdf"),
        ('x"><script>.pdf', "xscript.pdf"),
        (" .. .pdf", "未命名.pdf"),
        ("", "未命名.pdf"),
        ("长" * 300 + ".pdf", "长" * 100 + ".pdf"),
    ],
)
def test_names_are_made_safe_to_show(given: str, shown: str) -> None:
    assert files.display_name(given, sniffing.KINDS["pdf"]) == shown


def test_every_page_is_drawn_as_a_picture_of_the_halls_own(document: bytes) -> None:
    stored = store(document)
    drawn = files.page_image(stored, 2)
    assert Image.open(io.BytesIO(drawn)).format == "WEBP"
    assert not FilePage.objects.exists()  # a page view reads only
    files.draw_pages(stored)
    files.draw_pages(stored)
    assert list(FilePage.objects.values_list("number", flat=True)) == [1, 2]
    assert files.page_image(stored, 2) == drawn
    with pytest.raises(files.FileRefused, match="没有这一页"):
        files.page_image(stored, 3)
    assert files.page_response(stored, 1)["Content-Type"] == "image/webp"


def test_downloads_are_private_attachments_with_the_name_as_given(document: bytes) -> None:
    response = files.file_response(store(document, "见习协议.pdf"), as_attachment=False)
    assert response["Content-Disposition"].startswith("attachment")  # never rendered in the hall's origin
    assert "%E8%A7%81%E4%B9%A0" in response["Content-Disposition"]
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    inline = files.file_response(store(picture()), as_attachment=False)
    assert inline["Content-Disposition"].startswith("inline")


def test_discarding_removes_bytes_when_the_transaction_commits(
    document: bytes, django_capture_on_commit_callbacks: Any
) -> None:
    stored = store(document)
    files.draw_pages(stored)
    keys = [stored.storage_key, *stored.page_images.values_list("storage_key", flat=True)]
    with django_capture_on_commit_callbacks(execute=True):
        files.discard(stored)
    assert not any(default_storage.exists(key) for key in keys)


class Daemon:
    """A stand-in for clamd on the loopback: finds the test pattern, or answers what it is told to."""

    def __init__(self) -> None:
        self.answer: bytes | None = None
        self.received = b""
        self.server = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.server.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                client, _ = self.server.accept()
            except OSError:
                return
            with client, client.makefile("rb") as lines:
                assert lines.read(10) == b"zINSTREAM\0"
                self.received = b""
                while size := struct.unpack("!L", lines.read(4))[0]:
                    self.received += lines.read(size)
                verdict = b"stream: Eicar-Signature FOUND\0" if EICAR in self.received else b"stream: OK\0"
                client.sendall(self.answer if self.answer is not None else verdict)


@pytest.fixture
def scanner(settings: Any) -> Iterator[Daemon]:
    daemon = Daemon()
    settings.CLAMAV_ADDRESS = daemon.address
    yield daemon
    daemon.server.close()


def test_what_was_sent_is_scanned_in_full(scanner: Daemon, document: bytes) -> None:
    assert store(document).is_clean
    assert scanner.received == document


def test_a_virus_is_refused_and_not_kept(scanner: Daemon, document: bytes) -> None:
    assert refusal(document.replace(b"%%EOF", b"%" + EICAR + b"\n%%EOF")) == "文件含有病毒，请查杀后重新上传"


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: OK but not really\0"])
def test_without_a_clear_answer_nobody_can_open_the_file(scanner: Daemon, document: bytes, answer: bytes) -> None:
    scanner.answer = answer
    stored = store(document)
    assert stored.state == StoredFile.State.PENDING
    for opening in (files.open_clean, files.file_response, lambda file: files.page_image(file, 1)):
        with pytest.raises(files.FileNotReady, match="正在查毒"):
            opening(stored)


def test_files_wait_while_the_scanner_is_away_and_are_judged_later(
    scanner: Daemon, document: bytes, settings: Any
) -> None:
    settings.CLAMAV_ADDRESS = "127.0.0.1:1"
    clean, bad = store(document), store(document)
    with default_storage.open(bad.storage_key, "wb") as content:
        content.write(EICAR)
    assert files.rescan_pending() == 0
    settings.CLAMAV_ADDRESS = scanner.address
    assert files.rescan_pending() == 2
    clean.refresh_from_db()
    bad.refresh_from_db()
    assert (clean.state, bad.state) == (StoredFile.State.CLEAN, StoredFile.State.INFECTED)
    with pytest.raises(files.FileNotReady, match="含有病毒"):
        files.open_clean(bad)
