"""Child process that unpacks one zip archive from a stranger: the members that may be looked at, the others by reason.

Run as ``python -I archive_child.py``, the archive on standard input. Like ``drawing.py`` it imports nothing of the
hall, holds no secrets and limits itself before it reads a byte. Standard output is one JSON line (``{"refused"}``, or
``{"members": [{"name", "size", "refused"}]}``), then the bytes of the members that were not refused, one after another.
"""

import io
import json
import resource
import sys
import zipfile
import zlib
from typing import Any

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 30
MAX_MEMBERS = 2_000
MAX_TOTAL = 200 * 1024 * 1024
MAX_MEMBER = 20 * 1024 * 1024
MAX_RATIO = 200
RATIO_FREE_BYTES = 1024 * 1024
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh")
_BROKEN = (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, RuntimeError, EOFError, OSError, KeyError)


class Refused(Exception):
    """The archive is not unpacked; the text is a reason that ``common.archives`` words in Chinese."""


def limit() -> None:
    """Cap memory, processor time, written files and core dumps of this process for good."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def name_of(member: zipfile.ZipInfo) -> str:
    """The name as it was meant: archives made in China name members in GBK without saying so."""
    if member.flag_bits & 0x800:
        return member.filename
    raw = member.filename.encode("cp437", "replace")
    try:
        return raw.decode("gb18030")
    except UnicodeDecodeError:
        return member.filename


def reason_against(member: zipfile.ZipInfo, name: str) -> str:
    """Why a member is not even unpacked; "" for one that is."""
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or ":" in name or "\x00" in name:
        return "path"
    if member.flag_bits & 1:
        return "encrypted"
    if (member.external_attr >> 16) & 0o170000 == 0o120000:
        return "link"
    if member.file_size > MAX_MEMBER:
        return "too_large"
    if member.file_size > RATIO_FREE_BYTES and member.file_size > MAX_RATIO * max(member.compress_size, 1):
        return "bomb"
    return ""


def unpack(data: bytes) -> tuple[list[dict[str, Any]], list[bytes]]:
    """What is in the archive, and the bytes of what may be looked at."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = [member for member in archive.infolist() if not member.is_dir()]
    except _BROKEN:
        raise Refused("broken") from None
    if len(members) > MAX_MEMBERS:
        raise Refused("too_many")
    if sum(member.file_size for member in members) > MAX_TOTAL:
        raise Refused("bomb")
    found, contents = [], []
    for member in members:
        name = name_of(member)
        if name.rpartition("/")[2].startswith((".", "~$")) or "__MACOSX" in name:
            continue
        reason, content = reason_against(member, name), b""
        if not reason:
            try:
                with archive.open(member) as source:
                    content = source.read(member.file_size + 1)
            except _BROKEN:
                reason = "broken"
        if not reason and len(content) != member.file_size:
            reason = "broken"
        if not reason and content.startswith(_ARCHIVES):
            reason = "nested"
        found.append({"name": name, "size": 0 if reason else len(content), "refused": reason})
        contents.append(b"" if reason else content)
    return found, contents


def main() -> None:
    """Answer for the archive on standard input."""
    limit()
    contents: list[bytes] = []
    try:
        found, contents = unpack(sys.stdin.buffer.read())
        head: dict[str, Any] = {"members": found}
    except Refused as refusal:
        head = {"refused": str(refusal)}
    except MemoryError:
        head, contents = {"refused": "bomb"}, []
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + b"".join(contents))


if __name__ == "__main__":
    main()
