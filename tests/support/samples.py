"""Small files for tests."""

import io

import pypdfium2


def pdf_bytes() -> bytes:
    """A PDF of one empty page."""
    document = pypdfium2.PdfDocument.new()
    document.new_page(200, 200)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
