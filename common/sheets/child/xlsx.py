"""Facts of an xlsx workbook, from a scan of its parts that builds no tree and keeps no cells."""

import itertools
import posixpath
import re
from collections.abc import Iterator
from xml.parsers import expat

from common.sheets.child import limits
from common.sheets.child.limits import Facts, Refused
from common.sheets.child.packages import Package

_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_TRUE = (b"1", b"true")

# Patterns are compiled where they are used: most files need one or two of them.
# A cell that holds something (not self-closed) in a column of two letters or more, or below row 99999.
_FAR_CELL = rb"<(?:\w+:)?c\s(?:[^>]*?\s)?r\s*=\s*[\"']([A-Za-z]{2,}|[A-Za-z](?=\d{6}))(\d+)[\"'][^>]*(?<!/)>"
# Much faster, and matches wherever the other does: most sheets need only this.
_PERHAPS_FAR = rb"r\s*=\s*[\"'](?:[A-Za-z]{2,}\d|[A-Za-z]\d{6})"
_ROW = rb"<(?:\w+:)?row\s([^>]*)>"
_HIDDEN = rb"\bhidden\s*=\s*[\"'](?:1|true)[\"']"
_NUMBER = rb"\br\s*=\s*[\"'](\d+)[\"']"
_PLACE = rb"\br\s*=\s*[\"']([A-Za-z]{1,3})(\d{1,7})[\"']"
_TYPE = rb"\bt\s*=\s*[\"'](\w+)[\"']"
_MERGED = rb"<(?:\w+:)?mergeCell\s[^>]*?\bref\s*=\s*[\"']([A-Za-z0-9:$]+)[\"']"
_ERROR_CELL = rb"<(?:\w+:)?c\s([^>]*\bt\s*=\s*[\"']e[\"'][^>]*)>(?:(?!</(?:\w+:)?c>)[\s\S])*?<(?:\w+:)?v>([^<]*)<"
_FORMULA_CELL = (
    rb"<(?:\w+:)?c\s([^>/]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


def facts(package: Package) -> tuple[dict[str, Facts], bool]:
    """Facts by sheet name, and whether days count from 1904. Refuses cells far out, in whatever part they hide."""
    sheets, epoch_1904 = _workbook(package.xml(_WORKBOOK))
    targets = _targets(package)
    parts = {targets.get(relation, ""): name for name, relation in sheets.items()}
    found: dict[str, Facts] = {}
    for member in package.names:
        if not member.startswith("xl/") or member.endswith((".png", ".jpeg", ".jpg", ".gif", ".emf", "/")):
            continue
        content = package.xml(member) if member in parts or member.endswith(".xml") else package.read(member)
        _check_cells(content)
        if member in parts:
            found[parts[member]] = _sheet(content)
    return found, epoch_1904


def _elements(content: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    """Every start tag by its local name; entities are refused, they have no business in a workbook."""
    seen: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise Refused("damaged")

    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = lambda name, attributes: seen.append((name.rpartition(":")[2], attributes))
    try:
        parser.Parse(content, True)
    except expat.ExpatError:
        raise Refused("damaged") from None
    return iter(seen)


def _workbook(content: bytes) -> tuple[dict[str, str], bool]:
    sheets, epoch_1904 = {}, False
    for name, attributes in _elements(content):
        if name == "sheet":
            relation = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            sheets[attributes.get("name", "")] = relation
        elif name == "workbookPr":
            epoch_1904 = attributes.get("date1904", "0").encode() in _TRUE
    return sheets, epoch_1904


def _targets(package: Package) -> dict[str, str]:
    if _RELATIONS not in package.names:
        raise Refused("damaged")
    return {
        attributes.get("Id", ""): posixpath.normpath(posixpath.join("/xl", attributes.get("Target", ""))).lstrip("/")
        for name, attributes in _elements(package.xml(_RELATIONS))
        if name == "Relationship"
    }


def _check_cells(content: bytes) -> None:
    if not re.search(_PERHAPS_FAR, content):
        return
    widest = 26
    for match in re.finditer(_FAR_CELL, content):
        column = limits.column_number(match[1][:4].decode())
        limits.check_place(int(match[2][:9]), column)
        widest = max(widest, column)
    if widest > 26:
        numbers = re.findall(_NUMBER, b" ".join(re.findall(_ROW, content)))
        limits.check_area(max((int(number[:9]) for number in numbers), default=0), widest)


def _place(attributes: bytes) -> tuple[int, int]:
    match = re.search(_PLACE, attributes)
    return (int(match[2]), limits.column_number(match[1].decode())) if match else (0, 0)


def _sheet(content: bytes) -> Facts:
    found = Facts()
    # A plain search for a word is many times faster than a pattern that is not there.
    if b"hidden" in content:
        for row in re.findall(_ROW, content):
            number = re.search(_NUMBER, row)
            if number and re.search(_HIDDEN, row):
                found.hidden_rows.append(int(number[1]))
    if b"mergeCell" in content:
        found.merged = [ref.decode() for ref in re.findall(_MERGED, content)[: limits.MAX_NAMED]]
    found.faults = list(itertools.islice(_faults(content), limits.MAX_NAMED))
    return found


def _faults(content: bytes) -> Iterator[tuple[int, int, str]]:
    if b'"e"' in content or b"'e'" in content:
        for match in re.finditer(_ERROR_CELL, content):
            yield *_place(match[1]), match[2].decode("utf-8", "replace")
    if _has_formulas(content):
        for match in re.finditer(_FORMULA_CELL, content):
            kind = re.search(_TYPE, match[1])
            # An empty text is a result, too.
            if not (kind and kind[1] in (b"str", b"e")):
                yield *_place(match[1]), "="


def _has_formulas(content: bytes) -> bool:
    # The end of <f>…</f>, with a prefix or without; drop-downs have <formula1>.
    return b"f>" in content
