"""Reads about issued documents that several places share."""

from accounts.models import Individual, Unit
from documents import kinds
from documents.models import IssuedDocument


def to_download(number: str, individual: Individual | None, unit: Unit | None) -> IssuedDocument | None:
    """The document with a number if it is made, stands, and is for the person or unit acting; else None."""
    found = IssuedDocument.objects.produced().standing().filter(number=number).select_related("file").first()
    if found is None or not kinds.get(found.kind).may_download(found, individual, unit):
        return None
    return found


def standing(kind: str, key: str) -> IssuedDocument | None:
    """The made document about a key that was not revoked."""
    return IssuedDocument.objects.produced().standing().filter(kind=kind, key=key).first()
