"""Zip archives from strangers, unpacked in a process of their own (``archive_child``): each member, or why not."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_CHILD = Path(__file__).with_name("archive_child.py")
_CHILD_SECONDS = 60
MAX_BYTES = 20 * 1024 * 1024

_REFUSALS = {
    "broken": "压缩包已损坏或不是ZIP格式，请重新打包后上传",
    "too_many": "压缩包中的文件过多（最多2000个），请分成几个上传",
    "bomb": "压缩包解压后过大（最多200MB），请分成几个上传",
    "too_large": f"压缩包超过{MAX_BYTES // 1024 // 1024}MB，请分成几个上传",
}
_MEMBER_REFUSALS = {
    "path": "文件路径不合规，请重新打包",
    "encrypted": "设有密码，请取消密码后重新打包",
    "link": "是链接而不是文件",
    "too_large": "超过20MB，请压缩后重新打包",
    "bomb": "解压后过大，请重新导出后打包",
    "broken": "已损坏，请重新导出后打包",
    "nested": "是压缩包，请解开后直接放入文件",
}


class ArchiveRefused(Exception):
    """An archive cannot be unpacked; the message is Chinese and says what to do."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive: its name with folders, its content, or the Chinese reason why it was left out."""

    name: str
    content: bytes = b""
    reason: str = ""


def unpack(data: bytes) -> list[Member]:
    """All files of a zip archive, folders and the helpers of office programs left out; raises ArchiveRefused."""
    if len(data) > MAX_BYTES:
        raise ArchiveRefused(_REFUSALS["too_large"])
    try:
        done = subprocess.run(  # noqa: S603 - the hall's own program; data goes in by stdin
            [sys.executable, "-I", str(_CHILD)],
            input=data,
            capture_output=True,
            timeout=_CHILD_SECONDS,
            env={},
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        raise ArchiveRefused(_REFUSALS["bomb"]) from None
    head, _, body = done.stdout.partition(b"\n")
    facts = json.loads(head)
    if reason := facts.get("refused"):
        raise ArchiveRefused(_REFUSALS[reason])
    found, place = [], 0
    for member in facts["members"]:
        content = body[place : place + member["size"]]
        place += member["size"]
        found.append(Member(member["name"], content, _MEMBER_REFUSALS.get(member["refused"], "")))
    return found
