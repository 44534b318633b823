"""CSV files as the core system writes them: UTF-8 or GB18030, read row by row, every fault told."""

import codecs
import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from insurance.exchange.faults import Faults
from insurance.exchange.layouts import Layout, Wrong

_BLOCK = 1 << 20


def encoding_of(path: Path) -> str:
    """UTF-8 (with or without mark) where the whole file is that, else GB18030."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    with path.open("rb") as file:
        try:
            while block := file.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "gb18030"
    return "utf-8-sig"


def digest_of(paths: list[Path]) -> str:
    """One digest of a set of files, names included: the same set is never loaded twice."""
    whole = hashlib.sha256()
    for path in sorted(paths):
        whole.update(path.name.encode() + b"\0")
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                whole.update(block)
        whole.update(b"\0")
    return whole.hexdigest()


def rows(path: Path, layout: Layout, faults: Faults) -> Iterator[tuple[int, list[Any]]]:
    """Line number and values of each row that is right; what is wrong goes to ``faults``."""
    with path.open(encoding=encoding_of(path), newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            header = [cell.strip() for cell in next(reader, [])]
            if not _fits(header, layout, faults):
                return
            places = [header.index(column.name) if column.name in header else None for column in layout.columns]
            for cells in reader:
                if not cells:
                    continue
                if len(cells) != len(header):
                    faults.add(layout.file, reader.line_num, "", f"应有{len(header)}列，现在是{len(cells)}列")
                    continue
                if (values := _values(layout, places, cells, reader.line_num, faults)) is not None:
                    yield reader.line_num, values
        except UnicodeDecodeError:
            faults.add(layout.file, reader.line_num + 1, "", "编码既不是UTF-8也不是GB18030")
        except csv.Error as error:
            faults.add(layout.file, reader.line_num, "", f"不是有效的CSV：{error}")


def _fits(header: list[str], layout: Layout, faults: Faults) -> bool:
    known = {column.name for column in layout.columns}
    needed = [column.name for column in layout.columns if column.required]
    missing, unknown = [name for name in needed if name not in header], [name for name in header if name not in known]
    if missing:
        faults.add(layout.file, 1, "", f"缺少列：{'、'.join(missing)}")
    if unknown:
        faults.add(layout.file, 1, "", f"不认识的列：{'、'.join(unknown)}")
    if len(set(header)) != len(header):
        faults.add(layout.file, 1, "", "有重复的列")
    return not missing and not unknown and len(set(header)) == len(header)


def _values(layout: Layout, places: list[int | None], cells: list[str], line: int, faults: Faults) -> list[Any] | None:
    values, right = [], True
    for column, place in zip(layout.columns, places, strict=True):
        cell = cells[place].strip() if place is not None else ""
        if not cell:
            if column.required:
                faults.add(layout.file, line, column.name, "不能为空")
                right = False
            values.append(column.empty)
            continue
        try:
            values.append(column.read(cell))
        except Wrong as wrong:
            faults.add(layout.file, line, column.name, str(wrong))
            right = False
    return values if right else None
