"""From a numbered row to its signed PDF. ``html_of`` asks the database, ``print_signed`` needs neither it nor a request."""

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from common import pdf
from documents import kinds, seal, signing
from documents.keys import HallKey, hall_key
from documents.models import IssuedDocument

_CODE_GROUP = 4


def code_words(code: str) -> str:
    """The code in groups of four, as it is printed and may be typed."""
    return " ".join(code[start : start + _CODE_GROUP] for start in range(0, len(code), _CODE_GROUP))


def verify_address(code: str) -> str:
    """The public address that the QR code leads to."""
    return settings.SITE_URL.rstrip("/") + reverse("documents:verify_code", args=[code])


def html_of(document: IssuedDocument) -> str:
    """The whole page that is printed."""
    kind = kinds.get(document.kind)
    context = {
        **kind.context(document.snapshot),
        "title": kind.title,
        "document": document,
        "code_words": code_words(document.code),
        "verify_home": settings.SITE_URL.rstrip("/") + reverse("documents:verify"),
        "qr": segno.make_qr(verify_address(document.code), error="m").svg_data_uri(border=0, scale=1),
        "seal": seal.data_uri(document.issuer, hall_key().demonstration),
        "demonstration": hall_key().demonstration,
    }
    return render_to_string(kind.template, context)


def print_signed(html: str, key: HallKey) -> bytes:
    """The page as a PDF with the hall's signature."""
    return signing.sign(pdf.html_to_pdf(html), key)
