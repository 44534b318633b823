"""Child process that opens files from strangers: checks PDFs, re-encodes images, draws pages.

Run as ``python -I drawing.py COMMAND [PAGE]``, the file on standard input. It imports nothing of
the hall, holds no secrets and no database, and limits its own memory, time and file size before it
reads a byte, so that a hostile file can only end this process. Standard output is one JSON line,
then the bytes of the result; a refusal is ``{"refused": reason}``.
"""

import io
import json
import resource
import sys
import warnings
from typing import Any

MEMORY_BYTES = 1536 * 1024 * 1024
CPU_SECONDS = 30
MAX_PIXELS = 64_000_000
MAX_PDF_PAGES = 300
PAGE_SIDE = 1800
JPEG_QUALITY = 88
PAGE_QUALITY = 82


class Refused(Exception):
    """The file cannot be accepted; the text is a reason that ``common.files`` words in Chinese."""


def limit() -> None:
    """Cap memory, processor time, written files and core dumps of this process for good."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def open_image(data: bytes) -> Any:
    """The decoded first frame, turned upright, without metadata."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        image = Image.open(io.BytesIO(data), formats=("JPEG", "PNG"))
        image.load()
        upright = ImageOps.exif_transpose(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise Refused("too_large") from None
    except (OSError, SyntaxError, ValueError, EOFError, ZeroDivisionError, KeyError, IndexError, TypeError):
        raise Refused("broken") from None
    # What Pillow would copy into the new file: comments, EXIF, XMP, colour profiles, text chunks.
    upright.info = {key: value for key, value in upright.info.items() if key == "transparency"}
    return upright


def clean_image(data: bytes, kind: str) -> tuple[dict[str, Any], bytes]:
    """The same picture encoded anew, so that nothing but pixels remains."""
    image = open_image(data)
    out = io.BytesIO()
    if kind == "jpeg":
        image = image if image.mode in ("L", "RGB") else image.convert("RGB")
        image.save(out, "JPEG", quality=JPEG_QUALITY)
    else:
        image = image if image.mode in ("1", "L", "LA", "P", "RGB", "RGBA") else image.convert("RGB")
        image.save(out, "PNG")
    return {"pages": 1}, out.getvalue()


def open_pdf(data: bytes) -> Any:
    """The PDF document, if it opens without a password and has pages."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
        count = len(document)
    except pypdfium2.PdfiumError as error:
        raise Refused("password" if "assword" in str(error) else "broken") from None
    if not count:
        raise Refused("broken")
    if count > MAX_PDF_PAGES:
        raise Refused("too_many_pages")
    return document


def inspect_pdf(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Count the pages and make sure that the first and the last can be drawn."""
    import pypdfium2

    document = open_pdf(data)
    try:
        for number in {0, len(document) - 1}:
            document[number].render(scale=0.1)
    except (pypdfium2.PdfiumError, ValueError):
        raise Refused("broken") from None
    return {"pages": len(document)}, b""


def draw_page(data: bytes, number: int) -> tuple[dict[str, Any], bytes]:
    """Page ``number`` (from 1) of a PDF or picture as WebP, its longer side at most PAGE_SIDE pixels."""
    if data.startswith(b"%PDF-"):
        import pypdfium2

        document = open_pdf(data)
        if not 1 <= number <= len(document):
            raise Refused("no_page")
        try:
            page = document[number - 1]
            width, height = page.get_size()
            image = page.render(scale=PAGE_SIDE / max(width, height, 1)).to_pil()
        except (pypdfium2.PdfiumError, ValueError):
            raise Refused("broken") from None
    else:
        if number != 1:
            raise Refused("no_page")
        image = open_image(data)
        image.thumbnail((PAGE_SIDE, PAGE_SIDE))
    if image.mode not in ("RGB", "RGBA"):
        image = image.convert("RGBA" if "transparency" in image.info or image.mode == "LA" else "RGB")
    out = io.BytesIO()
    image.save(out, "WEBP", quality=PAGE_QUALITY)
    return {"width": image.width, "height": image.height}, out.getvalue()


def main(command: str, page: str = "1") -> None:
    """Do one command on standard input."""
    limit()
    data = sys.stdin.buffer.read()
    try:
        if command == "pdf":
            facts, result = inspect_pdf(data)
        elif command == "page":
            facts, result = draw_page(data, int(page))
        else:
            facts, result = clean_image(data, command)
    except Refused as reason:
        facts, result = {"refused": str(reason)}, b""
    except MemoryError:
        facts, result = {"refused": "too_large"}, b""
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n" + result)


if __name__ == "__main__":
    main(*sys.argv[1:])
