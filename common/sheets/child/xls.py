"""Facts of an Excel 97–2003 workbook: a walk over the records of its main stream ([MS-CFB], [MS-XLS])."""

import struct
from collections.abc import Iterator

from common.sheets.child import limits
from common.sheets.child.limits import Facts, Refused

_FREE_FROM = 0xFFFFFFFA
_BOF, _EOF, _BOUNDSHEET, _FILEPASS, _DATEMODE = 0x0809, 0x000A, 0x0085, 0x002F, 0x0022
_ROW, _MERGED, _FORMULA, _BOOLERR, _MULRK = 0x0208, 0x00E5, 0x0006, 0x0205, 0x00BD
# NUMBER, LABEL, LABELSST, RK, RSTRING: a row, a column, a value.
_VALUES = {0x0203, 0x0204, 0x00FD, 0x027E, 0x00D6, _FORMULA, _BOOLERR}
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


def check_container(data: bytes) -> None:
    """Refuse encrypted xlsx files (they travel in the same container) and macros, by the names of the streams."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise Refused("encrypted")
    if "_VBA_PROJECT_CUR".encode("utf-16-le") in data:
        raise Refused("macro")


def facts(data: bytes) -> tuple[dict[str, Facts], bool]:
    """Facts by sheet name, and whether days count from 1904."""
    try:
        return _walk(_main_stream(data))
    except (struct.error, IndexError, KeyError):
        raise Refused("damaged") from None


def _chain(table: list[int], first: int) -> Iterator[int]:
    """Sector numbers of a stream; a chain longer than the table runs in a circle."""
    sector = first
    for _ in range(len(table)):
        if sector >= _FREE_FROM:
            return
        yield sector
        sector = table[sector]
    if sector < _FREE_FROM:
        raise Refused("damaged")


def _main_stream(data: bytes) -> bytes:
    """The stream ``Workbook`` (``Book`` before 1997) of a compound file."""
    shift, mini_shift = struct.unpack_from("<HH", data, 30)
    if shift not in (9, 12) or mini_shift != 6:
        raise Refused("damaged")
    size = 1 << shift

    def sector(number: int) -> bytes:
        return data[size * (number + 1) : size * (number + 2)]

    def numbers(content: bytes) -> list[int]:
        return [number for (number,) in struct.iter_unpack("<I", content[: len(content) // 4 * 4])]

    directory, cutoff, mini_first, _, more_first, more_count = struct.unpack_from("<I4xIIIII", data, 48)
    allocation = list(struct.unpack_from("<109I", data, 76))
    for _ in range(min(more_count, len(data) // size)):
        if more_first >= _FREE_FROM:
            break
        listed = numbers(sector(more_first))
        allocation += listed[:-1]
        more_first = listed[-1]
    table = numbers(b"".join(sector(number) for number in allocation if number < _FREE_FROM))

    def read(first: int) -> bytes:
        return b"".join(sector(number) for number in _chain(table, first))

    entries = read(directory)
    root_first = struct.unpack_from("<I", entries, 116)[0]
    for start in range(0, len(entries) - 127, 128):
        name_bytes = struct.unpack_from("<H", entries, start + 64)[0]
        name = entries[start : start + max(name_bytes - 2, 0)].decode("utf-16-le", "replace")
        if name.lower() in ("workbook", "book"):
            first, length = struct.unpack_from("<II", entries, start + 116)
            if length >= cutoff:
                return read(first)[:length]
            mini, mini_table = read(root_first), numbers(read(mini_first))
            return b"".join(mini[64 * number : 64 * number + 64] for number in _chain(mini_table, first))[:length]
    raise Refused("other_archive")


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    position = 0
    while position + 4 <= len(stream):
        code, length = struct.unpack_from("<HH", stream, position)
        yield position, code, stream[position + 4 : position + 4 + length]
        position += 4 + length


def _sheet_name(body: bytes, unicode: bool) -> str:
    count = body[6]
    if not unicode:
        return body[7 : 7 + count].decode("gbk", "replace")
    wide = body[7] & 1
    return body[8 : 8 + count * (1 + wide)].decode("utf-16-le" if wide else "latin-1", "replace")


def _walk(stream: bytes) -> tuple[dict[str, Facts], bool]:
    names: dict[int, str] = {}
    found: dict[str, Facts] = {}
    sheet, epoch_1904, unicode = Facts(), False, True
    rows = columns = 0
    for position, code, body in _records(stream):
        if code == _BOF:
            unicode = struct.unpack_from("<H", body)[0] >= 0x0600
            if position in names:
                sheet = found[names[position]] = Facts()
                rows = columns = 0
        elif code == _FILEPASS:
            raise Refused("encrypted")
        elif code == _BOUNDSHEET:
            names[struct.unpack_from("<I", body)[0]] = _sheet_name(body, unicode)
        elif code == _DATEMODE:
            epoch_1904 = struct.unpack_from("<H", body)[0] == 1
        elif code in _VALUES or code == _MULRK:
            row, column = struct.unpack_from("<HH", body)
            if code == _MULRK:
                column = struct.unpack_from("<H", body, len(body) - 2)[0]
            rows, columns = max(rows, row + 1), max(columns, column + 1)
            limits.check_place(rows, columns)
            limits.check_area(rows, columns)
            if (error := _error(code, body)) and len(sheet.faults) < limits.MAX_NAMED:
                sheet.faults.append((row + 1, column + 1, error))
        elif code == _ROW:
            if struct.unpack_from("<H", body, 12)[0] & 0x20:
                sheet.hidden_rows.append(struct.unpack_from("<H", body)[0] + 1)
        elif code == _MERGED:
            sheet.merged += list(_merged(body))[: limits.MAX_NAMED]
    return found, epoch_1904


def _error(code: int, body: bytes) -> str | None:
    """The error that a cell holds or a formula resulted in."""
    if code == _BOOLERR and body[7]:
        return _ERRORS.get(body[6], "#N/A")
    if code == _FORMULA and body[12:14] == b"\xff\xff" and body[6] == 2:
        return _ERRORS.get(body[8], "#N/A")
    return None


def _merged(body: bytes) -> Iterator[str]:
    for first_row, last_row, first, last in struct.iter_unpack("<HHHH", body[2 : 2 + 8 * (len(body[2:]) // 8)]):
        yield f"{limits.letters(first + 1)}{first_row + 1}:{limits.letters(last + 1)}{last_row + 1}"
