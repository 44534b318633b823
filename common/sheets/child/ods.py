"""Facts of an OpenDocument workbook: where its cells lie once repetitions are counted out."""

from xml.parsers import expat

from common.sheets.child import limits
from common.sheets.child.limits import Facts, Refused

_CELLS = ("table:table-cell", "table:covered-table-cell")
_HIDDEN = ("collapse", "filter")


class _Walk:
    """Follows tables, rows and cells; keeps positions, no values but those of errors."""

    def __init__(self) -> None:
        self.facts: dict[str, Facts] = {}
        self._sheet = Facts()
        self._row = self._column = self._widest = self._last_row = 0
        self._row_repeat = self._cell_repeat = 1
        self._row_width = 0
        self._error: str | None = None
        self._in_cell = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in _CELLS:
            self._start_cell(attributes)
        elif name == "text:p":
            self._content()
        elif name == "table:table-row":
            self._row_repeat = _count(attributes, "table:number-rows-repeated")
            self._column = self._row_width = 0
            if attributes.get("table:visibility") in _HIDDEN:
                last = min(self._row + self._row_repeat, limits.MAX_ROWS)
                self._sheet.hidden_rows.extend(range(self._row + 1, last + 1))
        elif name == "table:table":
            self._sheet = self.facts[attributes.get("table:name", "")] = Facts()
            self._row = self._widest = self._last_row = 0

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._in_cell = True
        self._cell_repeat = _count(attributes, "table:number-columns-repeated")
        if "office:value-type" in attributes:
            self._content()
        if attributes.get("calcext:value-type") == "error":
            self._error = ""
        across = _count(attributes, "table:number-columns-spanned")
        down = _count(attributes, "table:number-rows-spanned")
        if (across > 1 or down > 1) and len(self._sheet.merged) < limits.MAX_NAMED:
            first = f"{limits.letters(self._column + 1)}{self._row + 1}"
            last = f"{limits.letters(self._column + across)}{self._row + down}"
            self._sheet.merged.append(f"{first}:{last}")

    def _content(self) -> None:
        """The present cell holds something, as often as it and its row are repeated."""
        if self._in_cell:
            self._row_width = max(self._row_width, self._column + self._cell_repeat)
            limits.check_place(self._row + self._row_repeat, self._row_width)

    def text(self, text: str) -> None:
        if self._error is not None:
            self._error += text

    def end(self, name: str) -> None:
        if name in _CELLS:
            if self._error is not None and len(self._sheet.faults) < limits.MAX_NAMED:
                self._sheet.faults.append((self._row + 1, self._column + 1, self._error.strip() or "#N/A"))
            self._error, self._in_cell = None, False
            self._column += self._cell_repeat
        elif name == "table:table-row":
            self._row += self._row_repeat
            if self._row_width:
                self._widest, self._last_row = max(self._widest, self._row_width), self._row
                limits.check_area(self._last_row, self._widest)


def _count(attributes: dict[str, str], name: str) -> int:
    value = attributes.get(name, "1")
    # More than any program can show is no document of theirs; the parser would fill it all.
    if not value.isdecimal() or not 1 <= int(value[:9]) <= 1_048_576:
        raise Refused("bomb")
    return int(value)


def facts(content: bytes) -> dict[str, Facts]:
    """Facts by sheet name from ``content.xml``; refuses cells far out and repetitions that fill more than is read."""
    walk = _Walk()
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise Refused("damaged")

    parser.EntityDeclHandler = refuse
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = walk.start, walk.end
    parser.CharacterDataHandler = walk.text
    try:
        parser.Parse(content, True)
    except expat.ExpatError:
        raise Refused("damaged") from None
    return walk.facts
