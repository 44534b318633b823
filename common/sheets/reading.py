"""Workbooks from strangers: recognised by content, opened in a process of their own, handed on as plain cells."""

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from common.sheets.values import Cell

MAX_BYTES = 20 * 1024 * 1024
_CHILD = Path(__file__).with_name("child") / "__main__.py"
_CHILD_SECONDS = 90
_CHILD_MEMORY_DEATHS = (-6, -9, -11)
_CHILD_TIME_DEATH = -24

_SAVE_AS = "请用Excel或WPS表格打开，另存为“Excel工作簿（*.xlsx）”后上传"
REFUSALS = {
    "empty": "文件是空的，请重新选择文件",
    "too_large": f"文件超过{MAX_BYTES // 1024 // 1024}MB，请分成几个文件上传",
    "csv": f"这是文本文件（CSV），不是电子表格。{_SAVE_AS}；身份证号码等长号码请先确认没有丢失末几位",
    "html": f"这是网页格式的文件，不是电子表格。{_SAVE_AS}",
    "xml": f"这是XML格式的文件，不能直接导入。{_SAVE_AS}",
    "pdf": "这是PDF文件，不是电子表格。请下载模板，填写后上传",
    "picture": "这是图片，不是电子表格。请下载模板，填写后上传",
    "other": "无法识别这个文件。请上传Excel或WPS表格（*.xlsx、*.xls、*.ods）",
    "other_archive": "这个文件不是电子表格。请上传Excel或WPS表格（*.xlsx、*.xls、*.ods）",
    "encrypted": "文件设有密码，无法读取。请取消密码后重新保存并上传",
    "macro": "文件含有宏，不能导入。请另存为“Excel工作簿（*.xlsx）”（不含宏）后上传",
    "xlsb": f"这是二进制工作簿（*.xlsb），不能导入。{_SAVE_AS}",
    "damaged": f"文件已损坏或不完整，无法读取。{_SAVE_AS}",
    "bomb": "文件解压后过大，不能导入。请下载模板，把数据复制到新文件后上传",
    "too_many_cells": "表格过大，不能导入。请删除多余的行和列，或分成几个文件上传",
    "far_cell": "单元格{place}有内容，超出了可以导入的范围。请删除多余的行和列，或把数据复制到新下载的模板后上传",
    "too_slow": "文件过于复杂，读取超时。请下载模板，把数据复制到新文件后上传",
}


class SheetRefused(Exception):
    """A file cannot be imported at all; the message is Chinese and says what to do."""


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet of a workbook: all cells from A1 on; rows and columns count from 1 where they are named."""

    name: str
    hidden: bool
    rows: list[list[Cell]]
    hidden_rows: list[int]
    merged: list[str]
    faults: dict[tuple[int, int], str]
    """Cells whose value is an error (``#N/A``), or ``=`` for a formula that was never computed."""


@dataclass(frozen=True, slots=True)
class Workbook:
    """What a file holds."""

    grids: list[Grid]
    epoch_1904: bool


def read_workbook(data: bytes) -> Workbook:
    """All cells of an xlsx, xls or ods file; raises SheetRefused."""
    if reason := _not_a_workbook(data):
        raise SheetRefused(REFUSALS[reason])
    head, *lines = _run_child(data).split(b"\n")
    facts = json.loads(head)
    if reason := facts.get("refused"):
        raise SheetRefused(REFUSALS[reason].format(place=facts["place"]))
    grids = [_grid(sheet, line) for sheet, line in zip(facts["sheets"], lines, strict=True)]
    return Workbook(grids, facts["epoch_1904"])


def _run_child(data: bytes) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - the hall's own program; data goes in by stdin
            [sys.executable, "-I", str(_CHILD)],
            input=data,
            capture_output=True,
            timeout=_CHILD_SECONDS,
            env={},
            check=True,
        )
    except subprocess.TimeoutExpired:
        raise SheetRefused(REFUSALS["too_slow"]) from None
    except subprocess.CalledProcessError as error:
        if error.returncode == _CHILD_TIME_DEATH:
            raise SheetRefused(REFUSALS["too_slow"]) from None
        reason = "too_many_cells" if error.returncode in _CHILD_MEMORY_DEATHS else "damaged"
        raise SheetRefused(REFUSALS[reason]) from None
    return done.stdout


def _grid(facts: dict[str, Any], line: bytes) -> Grid:
    rows = json.loads(line)
    if b'"\\u0000' in line:
        for row in rows:
            for index, cell in enumerate(row):
                if type(cell) is str and cell[:1] == "\x00":
                    row[index] = _moment(cell[1:])
    return Grid(
        name=facts["name"],
        hidden=facts["hidden"],
        rows=rows,
        hidden_rows=facts["hidden_rows"],
        merged=facts["merged"],
        faults={(row, column): fault for row, column, fault in facts["faults"]},
    )


def _moment(text: str) -> Cell:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return date.fromisoformat(text) if len(text) == 10 else moment


def _not_a_workbook(data: bytes) -> str | None:
    """Why content is no workbook that could be opened; the file's name counts for nothing."""
    if not data:
        return "empty"
    if len(data) > MAX_BYTES:
        return "too_large"
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
        return None
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith((b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM")) and b"\x00" in data[:64]:
        return "picture"
    return _kind_of_text(data)


def _kind_of_text(data: bytes) -> str:
    head = data[:4096]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        line = head[: len(head) // 2 * 2].decode("utf-16", "replace")
    elif b"\x00" in head:
        return "other"
    else:
        # One character may be cut in half at the end; GB 18030 takes in GBK and GB 2312.
        try:
            line = head.decode("utf-8-sig")
        except UnicodeDecodeError:
            line = head.decode("gb18030", "replace")
    lowered = line.lstrip().lower()
    if "<html" in lowered or "<table" in lowered or lowered.startswith("<!doctype html"):
        return "html"
    if lowered.startswith("<?xml"):
        return "xml"
    return "csv" if "�" not in line[:-2] else "other"
