"""Files that people hand in: accepted by content, cleaned, scanned, stored privately, handed out clean.

Pictures are stored re-encoded, so that location data and anything hidden in them is gone. PDFs stay
as they are (they may carry signatures) and are only ever shown as page images.
"""

import hashlib
import json
import logging
import subprocess
import sys
import unicodedata
import uuid
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import FileResponse, HttpResponse

from common import clamav, sniffing
from common.models import FilePage, StoredFile

log = logging.getLogger(__name__)

ORDINARY_KINDS = ("pdf", "jpeg", "png")
PAGE_CONTENT_TYPE = "image/webp"
_NAME_LENGTH = 100
_CHILD_SECONDS = 60
_CHILD = Path(__file__).with_name("drawing.py")

_CHILD_REFUSALS = {
    "too_large": "图片像素过大，请缩小后上传",
    "broken": "文件已损坏或不完整，无法打开，请重新导出或拍照后上传",
    "password": "PDF设有密码，请去掉密码后上传",
    "too_many_pages": "PDF页数过多（最多300页），请拆分后上传",
    "no_page": "没有这一页",
}


class FileRefused(Exception):
    """A file cannot be accepted or opened; the message is Chinese and says what to do."""


class FileNotReady(Exception):
    """A file is not clean (yet), so nobody may open it; the message is Chinese."""

    def __init__(self, stored: StoredFile) -> None:
        super().__init__(
            {
                StoredFile.State.PENDING: "文件正在查毒，请稍后再试",
                StoredFile.State.INFECTED: "文件含有病毒，已停止使用，请重新上传",
                StoredFile.State.UNREADABLE: "文件无法打开，请重新上传",
            }[StoredFile.State(stored.state)]
        )


def display_name(name: str, kind: sniffing.Kind) -> str:
    """A file name that is safe to show: no folders, no invisible or direction marks, the true extension."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(char for char in last if unicodedata.category(char)[0] not in "C" and char not in '<>:"|?*')
    stem, dot, extension = kept.rstrip(" .").rpartition(".")
    if not dot or f".{extension.lower()}" not in kind.extensions:
        stem, extension = kept.strip(" ."), kind.extensions[0][1:]
    stem = stem.strip(" .")[:_NAME_LENGTH] or "未命名"
    return f"{stem}.{extension.lower()}"


def _run_child(command: str, data: bytes, page: int = 1) -> tuple[dict[str, Any], bytes]:
    """One command of ``common.drawing`` in a process of its own; raises FileRefused."""
    try:
        done = subprocess.run(  # noqa: S603 - the hall's own program; data goes in by stdin
            [sys.executable, "-I", str(_CHILD), command, str(page)],
            input=data,
            capture_output=True,
            timeout=_CHILD_SECONDS,
            env={},
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        raise FileRefused(_CHILD_REFUSALS["broken"]) from None
    head, _, body = done.stdout.partition(b"\n")
    facts = json.loads(head)
    if reason := facts.get("refused"):
        raise FileRefused(_CHILD_REFUSALS[reason])
    return facts, body


def _read(upload: IO[bytes]) -> bytes:
    limit = settings.ATTACHMENT_MAX_MB * 1024 * 1024
    upload.seek(0)
    data = upload.read(limit + 1)
    if len(data) > limit:
        raise FileRefused(f"文件超过{settings.ATTACHMENT_MAX_MB}MB，请压缩后上传")
    if not data:
        raise FileRefused("文件是空的，请重新选择文件")
    return data


def _recognise(data: bytes, kinds: tuple[str, ...]) -> sniffing.Kind:
    kind = sniffing.recognise(data)
    if kind is None or kind.key not in kinds:
        raise FileRefused(f"只能上传{sniffing.titles(kinds)}，请转换格式后上传")
    try:
        sniffing.check_content(data, kind)
    except sniffing.ContentRefused as refusal:
        raise FileRefused(str(refusal)) from None
    return kind


def _clean(data: bytes, kind: sniffing.Kind) -> tuple[bytes, int | None]:
    """The bytes to store and the number of pages (None for kinds that are not drawn)."""
    if kind.key in ("jpeg", "png"):
        return _run_child(kind.key, data)[1], 1
    if kind.key == "pdf":
        return data, _run_child("pdf", data)[0]["pages"]
    return data, None


def _scanned_state(data: bytes) -> str:
    """Clean, or pending while the scanner is away (fails closed); raises FileRefused for a virus."""
    if not clamav.is_configured():
        return StoredFile.State.CLEAN
    try:
        virus = clamav.scan(data)
    except clamav.ScannerUnavailable:
        return StoredFile.State.PENDING
    if virus:
        raise FileRefused("文件含有病毒，请查杀后重新上传")
    return StoredFile.State.CLEAN


def _new_key(folder: str) -> str:
    name = uuid.uuid4().hex
    return f"{folder}/{name[:2]}/{name}"


def store(upload: IO[bytes], *, by: Any, name: str = "", kinds: tuple[str, ...] = ORDINARY_KINDS) -> StoredFile:
    """Check, clean, scan and keep an uploaded file; raises FileRefused with what to do.

    ``by`` is the user, None for applicants without an account. ``name`` replaces the upload's own.
    """
    data = _read(upload)
    kind = _recognise(data, kinds)
    # The scanner sees what was sent, not what is left after cleaning.
    state = _scanned_state(data)
    kept, pages = _clean(data, kind)
    return _keep(kept, kind, name or getattr(upload, "name", "") or "", by=by, state=state, pages=pages)


def store_own(data: bytes, *, name: str, kind: str, by: Any, pages: int | None = None) -> StoredFile:
    """Keep a file that the hall itself made (an error workbook, an issued document): known to be clean."""
    return _keep(data, sniffing.KINDS[kind], name, by=by, state=StoredFile.State.CLEAN, pages=pages)


def _keep(data: bytes, kind: sniffing.Kind, name: str, *, by: Any, state: str, pages: int | None) -> StoredFile:
    with transaction.atomic():
        stored = StoredFile.objects.create(
            storage_key=_new_key("files"),
            original_name=display_name(name, kind),
            kind=kind.key,
            content_type=kind.content_type,
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            state=state,
            pages=pages,
            created_by=by,
        )
        default_storage.save(stored.storage_key, ContentFile(data))
    return stored


def rescan_pending(limit: int = 100) -> int:
    """Scan files that arrived while the scanner was away, oldest first; returns how many got a verdict."""
    settled = 0
    for pk in (
        StoredFile.objects.filter(state=StoredFile.State.PENDING).order_by("created_at").values_list("pk")[:limit]
    ):
        with transaction.atomic():
            stored = StoredFile.objects.select_for_update(skip_locked=True).filter(pk=pk[0], state="pending").first()
            if stored is None:
                continue
            with default_storage.open(stored.storage_key) as content:
                data = content.read()
            try:
                virus = clamav.scan(data) if clamav.is_configured() else None
            except clamav.ScannerUnavailable:
                return settled
            stored.state = StoredFile.State.INFECTED if virus else StoredFile.State.CLEAN
            stored.save(update_fields=["state"])
            settled += 1
    return settled


def open_clean(stored: StoredFile) -> IO[bytes]:
    """The content, from its beginning; raises FileNotReady unless the file is clean."""
    if not stored.is_clean:
        raise FileNotReady(stored)
    return default_storage.open(stored.storage_key)


def read_clean(stored: StoredFile) -> bytes:
    """The whole content; raises FileNotReady unless the file is clean."""
    with open_clean(stored) as content:
        return content.read()


def page_image(stored: StoredFile, number: int) -> bytes:
    """Page ``number`` (from 1) as WebP, from the stored images or drawn now.

    Raises FileNotReady, or FileRefused when there is no such page or it cannot be drawn.
    """
    if not stored.is_clean:
        raise FileNotReady(stored)
    page = FilePage.objects.filter(file=stored, number=number).first()
    if page:
        with default_storage.open(page.storage_key) as content:
            return content.read()
    if stored.pages is None or not 1 <= number <= stored.pages:
        raise FileRefused(_CHILD_REFUSALS["no_page"])
    return _run_child("page", read_clean(stored), number)[1]


def draw_pages(stored: StoredFile) -> None:
    """Draw and keep the images of all pages that are not there yet (a background job)."""
    drawn = set(FilePage.objects.filter(file=stored).values_list("number", flat=True))
    data = read_clean(stored)
    for number in range(1, (stored.pages or 0) + 1):
        if number not in drawn:
            facts, image = _run_child("page", data, number)
            _keep_page(stored, number, image, width=facts["width"], height=facts["height"])


def _keep_page(stored: StoredFile, number: int, image: bytes, *, width: int, height: int) -> None:
    key = _new_key("pages")
    with transaction.atomic():
        _, created = FilePage.objects.get_or_create(
            file=stored, number=number, defaults={"storage_key": key, "width": width, "height": height}
        )
        if created:
            default_storage.save(key, ContentFile(image))


def discard(stored: StoredFile) -> None:
    """Delete a file that nothing refers to any more; its bytes go when the transaction commits."""
    keys = [stored.storage_key, *stored.page_images.values_list("storage_key", flat=True)]
    stored.delete()
    for key in keys:
        transaction.on_commit(partial(default_storage.delete, key))


def sweep_orphans(before: datetime) -> int:
    """Delete stored bytes that no row refers to and that are older than ``before``; returns how many.

    Bytes are written inside the transaction of their row, so a rollback or a kill leaves them behind.
    ``before`` must lie further back than any transaction lasts.
    """
    swept = 0
    for root in ("files", "pages"):
        for folder in _listed(root)[0]:
            keys = {f"{root}/{folder}/{name}" for name in _listed(f"{root}/{folder}")[1]}
            for key in sorted(keys - _referred(keys)):
                if default_storage.get_modified_time(key) < before:
                    default_storage.delete(key)
                    swept += 1
    if swept:
        log.warning("%s stored files without a row were deleted", swept)
    return swept


def _listed(folder: str) -> tuple[list[str], list[str]]:
    """Folders and files in a folder; nothing where it does not exist yet."""
    try:
        return default_storage.listdir(folder)
    except FileNotFoundError:
        return [], []


def _referred(keys: set[str]) -> set[str]:
    return {
        key
        for model in (StoredFile, FilePage)
        for key in model._default_manager.filter(storage_key__in=keys).values_list("storage_key", flat=True)
    }


def file_response(stored: StoredFile, as_attachment: bool = True) -> FileResponse:
    """The file itself for whoever the caller has let in; raises FileNotReady unless it is clean.

    Only pictures, which the hall encoded itself, may be shown in place (``as_attachment=False``);
    everything else is a download: uploads are never rendered in the hall's origin.
    """
    inline = not as_attachment and stored.kind in ("jpeg", "png")
    response = FileResponse(
        open_clean(stored),
        as_attachment=not inline,
        filename=stored.original_name,
        content_type=stored.content_type,
    )
    return _private(response)


def page_response(stored: StoredFile, number: int) -> HttpResponse:
    """The image of a page; raises FileNotReady or FileRefused."""
    return _private(HttpResponse(page_image(stored, number), content_type=PAGE_CONTENT_TYPE))


def _private(response: Any) -> Any:
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
