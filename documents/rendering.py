"""From a numbered row to the page that ``documents.press`` prints."""

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from documents import kinds, seal
from documents.keys import hall_key
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
        "qr": segno.make_qr(verify_address(document.code), error="m").png_data_uri(border=0, scale=8),
        "seal": seal.data_uri(document.issuer, hall_key().demonstration),
        "demonstration": hall_key().demonstration,
    }
    return render_to_string(kind.template, context)
