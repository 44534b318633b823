"""Workbooks that are zip archives (xlsx, ods): sizes, counts, passwords and macros, from the directory alone."""

import io
import zipfile

from common.sheets.child import limits
from common.sheets.child.limits import Refused

_ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_BROKEN = (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, EOFError, OSError, KeyError)


class Package:
    """An archive whose declared sizes are within the limits; what is read never exceeds what is declared."""

    def __init__(self, data: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
            members = self._archive.infolist()
        except _BROKEN:
            raise Refused("damaged") from None
        _check_sizes(members, len(data))
        self.names = [member.filename for member in members]
        # Two members of one name, or names that differ in case only: one reader takes the first, another the last.
        if len({name.lower().replace("\\", "/") for name in self.names}) != len(self.names):
            raise Refused("damaged")
        if any(member.flag_bits & 1 for member in members):
            raise Refused("encrypted")

    def read(self, name: str) -> bytes:
        """A member's content, its length and checksum as declared."""
        try:
            return self._archive.read(name)
        except (*_BROKEN, zipfile.zlib.error):  # type: ignore[attr-defined]
            raise Refused("damaged") from None

    def xml(self, name: str) -> bytes:
        """A member that is XML in UTF-8: the only encoding that office programs write, and that the checks read."""
        content = self.read(name)
        head = content[:200]
        declared = (
            head.partition(b"encoding=")[2][1:6].lower() if head.lstrip(b"\xef\xbb\xbf").startswith(b"<?xml") else b""
        )
        if b"\x00" in head or head.startswith((b"\xfe\xff", b"\xff\xfe")) or declared not in (b"", b"utf-8", b"us-as"):
            raise Refused("damaged")
        return content


def _check_sizes(members: list[zipfile.ZipInfo], packed: int) -> None:
    unpacked = sum(member.file_size for member in members)
    dense = unpacked > limits.RATIO_FREE_BYTES and unpacked > limits.MAX_RATIO * max(packed, 1)
    if len(members) > limits.MAX_MEMBERS or unpacked > limits.MAX_UNPACKED_BYTES or dense:
        raise Refused("bomb")


def kind(package: Package) -> str:
    """``xlsx`` or ``ods``; refuses other archives, macros, passwords and the binary format."""
    names = {name.lower() for name in package.names}
    if any(name.endswith(("vbaproject.bin", "vbadata.xml")) for name in names):
        raise Refused("macro")
    if "xl/workbook.bin" in names:
        raise Refused("xlsb")
    if "xl/workbook.xml" in package.names:
        if "[Content_Types].xml" in package.names and b"macroenabled" in package.xml("[Content_Types].xml").lower():
            raise Refused("macro")
        return "xlsx"
    if "mimetype" in package.names and package.read("mimetype").strip().startswith(_ODS_TYPE):
        return _ods(package, names)
    raise Refused("other_archive")


def _ods(package: Package, names: set[str]) -> str:
    if "META-INF/manifest.xml" in package.names and b"encryption-data" in package.xml("META-INF/manifest.xml"):
        raise Refused("encrypted")
    # LibreOffice keeps empty libraries beside the document; a module is a member of its own.
    modules = [name for name in names if name.startswith(("basic/", "scripts/")) and not name.endswith("/")]
    if any(not name.endswith(("script-lc.xml", "script-lb.xml")) for name in modules):
        raise Refused("macro")
    if "content.xml" not in package.names:
        raise Refused("damaged")
    return "ods"
