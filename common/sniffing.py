"""What a file really is, judged by its content; the name and what the browser says count for nothing."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

MAX_ZIP_MEMBERS = 2000
MAX_ZIP_BYTES = 200 * 1024 * 1024
MAX_ZIP_RATIO = 200
_ZIP_END = b"PK\x05\x06"
_ZIP_END_SEARCH = 65_557


class ContentRefused(Exception):
    """The content is not acceptable; the message is Chinese and says what to do."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that may be handed in."""

    key: str
    title: str
    extensions: tuple[str, ...]
    content_type: str
    recognise: Callable[[bytes], bool]


def _zip_names(data: bytes) -> list[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError):
        return []


def _is_zip(data: bytes) -> bool:
    return data.startswith((b"PK\x03\x04", _ZIP_END))


def _zip_with(member: str) -> Callable[[bytes], bool]:
    return lambda data: _is_zip(data) and member in _zip_names(data)


def _is_workbook_of_records(data: bytes) -> bool:
    """A compound file with a stream that only workbooks have (BIFF)."""
    names = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
    return data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") and any(name in data for name in names)


# Order matters: office documents are zip archives, too.
KINDS = {
    kind.key: kind
    for kind in (
        Kind("pdf", "PDF", (".pdf",), "application/pdf", lambda data: data.startswith(b"%PDF-")),
        Kind("jpeg", "JPG图片", (".jpg", ".jpeg"), "image/jpeg", lambda data: data.startswith(b"\xff\xd8\xff")),
        Kind("png", "PNG图片", (".png",), "image/png", lambda data: data.startswith(b"\x89PNG\r\n\x1a\n")),
        Kind("ofd", "OFD", (".ofd",), "application/ofd", _zip_with("OFD.xml")),
        Kind(
            "docx",
            "Word文档",
            (".docx",),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            _zip_with("word/document.xml"),
        ),
        Kind(
            "xlsx",
            "Excel表格",
            (".xlsx",),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            _zip_with("xl/workbook.xml"),
        ),
        Kind(
            "ods",
            "ODS表格",
            (".ods",),
            "application/vnd.oasis.opendocument.spreadsheet",
            lambda data: _is_zip(data) and b"application/vnd.oasis.opendocument.spreadsheet" in data[:200],
        ),
        Kind("xls", "Excel 97-2003表格", (".xls",), "application/vnd.ms-excel", _is_workbook_of_records),
        Kind("zip", "ZIP压缩包", (".zip",), "application/zip", _is_zip),
    )
}


def titles(kinds: tuple[str, ...]) -> str:
    """The kinds as a reader sees them: PDF、JPG图片、PNG图片."""
    return "、".join(KINDS[kind].title for kind in kinds)


def recognise(data: bytes) -> Kind | None:
    """The kind of a file's content, or None."""
    return next((kind for kind in KINDS.values() if kind.recognise(data)), None)


def check_content(data: bytes, kind: Kind) -> None:
    """Refuse content that is cut off or at the same time something else; raises ContentRefused."""
    if kind.key == "pdf":
        _check_pdf(data)
    elif kind.key in ("jpeg", "png"):
        _check_image(data, kind)
    elif kind.key == "xls":
        _check_records(data)
    else:
        _check_zip(data, kind)


def _holds_zip(data: bytes) -> bool:
    return _ZIP_END in data[-_ZIP_END_SEARCH:] and zipfile.is_zipfile(io.BytesIO(data))


def _check_pdf(data: bytes) -> None:
    end = data.rfind(b"%%EOF")
    if end < 0:
        raise ContentRefused("PDF文件不完整，可能没有下载完或传输中断，请重新导出后上传")
    if data[end + 5 :].strip(b"\x00\r\n\t \x1a") or _holds_zip(data) or b"<?php" in data:
        raise ContentRefused("PDF文件中夹带了其他内容，请重新导出为PDF后上传")


def _check_image(data: bytes, kind: Kind) -> None:
    if kind.key == "png" and b"IEND" not in data:
        raise ContentRefused("图片不完整，可能没有传输完，请重新拍照或截图后上传")
    lowered = data.lower()
    foreign = b"%PDF-" in data[:1024] or any(mark in lowered for mark in (b"<?php", b"<script", b"<html"))
    if foreign or _holds_zip(data):
        raise ContentRefused("图片中夹带了其他内容，请重新拍照或截图后上传")


def _check_records(data: bytes) -> None:
    if "_VBA_PROJECT_CUR".encode("utf-16-le") in data:
        raise ContentRefused("表格含有宏，请另存为不含宏的文件后上传")
    if _holds_zip(data):
        raise ContentRefused("表格中夹带了其他内容，请另存为新文件后上传")


def _check_zip(data: bytes, kind: Kind) -> None:
    broken = ContentRefused(f"{kind.title}已损坏或设有密码，请重新保存后上传")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError):
        raise broken from None
    if any(member.flag_bits & 1 for member in members):
        raise broken
    size = sum(member.file_size for member in members)
    if len(members) > MAX_ZIP_MEMBERS or size > MAX_ZIP_BYTES or size > MAX_ZIP_RATIO * max(len(data), 1):
        raise ContentRefused(f"{kind.title}解压后过大，请减少内容后上传")
    names = [PurePosixPath(member.filename.replace("\\", "/")) for member in members]
    if any(name.is_absolute() or ".." in name.parts for name in names):
        raise ContentRefused(f"{kind.title}中有不合规的文件路径，请重新打包后上传")
    if kind.key != "zip" and any(name.name.lower().startswith("vbaproject") for name in names):
        raise ContentRefused(f"{kind.title}含有宏，请另存为不含宏的文件后上传")
