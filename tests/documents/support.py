"""Issued documents for tests. All data is fictitious."""

import datetime
from typing import Any

import pypdfium2
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone

from accounts.models import Unit
from common import files
from documents import actions, keys
from documents.keys import HallKey
from documents.models import DocumentBatch, IssuedDocument
from reporting import certificates
from reporting.models import Placement
from tests.factories import make_individual
from tests.reporting.support import make_placement, make_qualified


def ended_placement(*, reason: str = "2", **values: Any) -> Placement:
    """An internship of six months that was ended on its last day."""
    unit = values.pop("unit", None) or make_qualified().unit
    starts_on = timezone.localdate() - datetime.timedelta(days=200)
    found = make_placement(unit, starts_on=starts_on, **values)
    Placement.objects.filter(pk=found.pk).update(
        state="ended",
        ended_on=found.ends_on,
        ended_at=timezone.now(),
        ended_by=found.created_by,
        end_reason=reason,
        holds_place=False,
    )
    found.refresh_from_db()
    return found


def make_document(placement: Placement | None = None, **values: Any) -> IssuedDocument:
    """A completion certificate, made and signed."""
    placement = placement or ended_placement(person=make_individual(name="孙演示"))
    document = actions.issue(certificates.CODE, certificates._draft(placement), by=placement.individual.user)
    if values:
        IssuedDocument.objects.filter(pk=document.pk).update(**values)
        document.refresh_from_db()
    return document


def bytes_of(document: IssuedDocument) -> bytes:
    """The issued file."""
    return files.read_clean(document.file)


def text_of(pdf: bytes) -> str:
    """All words of a PDF, as a program that extracts text reads them."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


def own_key(name: str = keys.DEMONSTRATION_NAME) -> HallKey:
    """A forger's key, whose certificate has the hall's own name."""
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return HallKey(pem, keys.self_signed(private, name))


def make_finished_batch(unit: Unit, document: IssuedDocument) -> DocumentBatch:
    """A batch whose file is there."""
    by = unit.handlers.get().user
    stored = files.store_own(b"%PDF-1.7 batch", name="批量.pdf", kind="pdf", by=by)
    return DocumentBatch.objects.create(
        kind=document.kind, unit=unit, form="pdf", total=1, created_by=by, file=stored, finished_at=timezone.now()
    )
