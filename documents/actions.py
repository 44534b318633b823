"""Writes: numbering a document, making its file, revoking it. For many at once see ``documents.batches``."""

import hashlib
import secrets
from datetime import date

from cryptography.hazmat.primitives import hashes
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Unit, User
from common import audit, constraints, files
from common.transitions import TransitionRefused
from documents import kinds, press, rendering
from documents.keys import hall_key
from documents.kinds import Draft
from documents.models import IssuedDocument

# No 0, 1, I, O: what is printed has to be read and typed without doubt. 16 of 32 characters are 80 bits.
CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 16


def next_number(prefix: str, day: date) -> str:
    """The next document number: prefix, date and sequence, without gaps within the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO documents_documentsequence (prefix, day, last) VALUES (%s, %s, 1) "
            "ON CONFLICT (prefix, day) DO UPDATE SET last = documents_documentsequence.last + 1 RETURNING last",
            [prefix, day],
        )
        (last,) = cursor.fetchone()
    return f"{prefix}{day:%Y%m%d}{last:06d}"


def new_code() -> str:
    """A verification code: random, derived from nothing."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def reserve(kind_code: str, draft: Draft, *, by: User | None) -> IssuedDocument:
    """The document about ``draft.key``: the one that stands, or a new row with number, code and words, without its file.

    Of two at the same time one is made, and both get it. Raises PolicyMissing.
    """
    kind = kinds.get(kind_code)
    standing = IssuedDocument.objects.standing().filter(kind=kind_code, key=draft.key)
    if (found := standing.first()) is not None:
        return found
    today = timezone.localdate()
    valid_until = kind.valid_until(draft.region, today)
    try:
        with audit.actor(by), transaction.atomic():
            return IssuedDocument.objects.create(
                kind=kind_code,
                key=draft.key,
                number=next_number(kind.prefix, today),
                region_id=draft.region,
                issuer=draft.issuer,
                subject=draft.subject,
                subject_digest=draft.subject_digest,
                snapshot=draft.snapshot,
                code=new_code(),
                issued_on=today,
                valid_until=valid_until,
                created_by=by,
                unit=draft.owner if isinstance(draft.owner, Unit) else None,
                individual=None if isinstance(draft.owner, Unit) else draft.owner,
            )
    except IntegrityError as error:
        if not constraints.unique_violation(error, "document_once_per_key"):
            raise
        return standing.get()


def produce(document: IssuedDocument, *, by: User | None) -> IssuedDocument:
    """Make and keep the file of a numbered document; one that has it stays as it is."""
    if document.produced_at:
        return document
    return keep(document.pk, press.print_signed(rendering.html_of(document), hall_key()), by=by)


def keep(pk: int, pdf: bytes, *, by: User | None) -> IssuedDocument:
    """Keep the file that was made for a document, unless another process was first: there is one file for good."""
    with audit.actor(by), transaction.atomic():
        document = IssuedDocument.objects.select_for_update(no_key=True).get(pk=pk)
        if document.produced_at:
            return document
        document.file = files.store_own(pdf, name=f"{document.number}.pdf", kind="pdf", by=by)
        document.sha256, document.sm3 = hashes_of(pdf)
        document.produced_at = timezone.now()
        document.save(update_fields=["file", "sha256", "sm3", "produced_at"])
    return document


def hashes_of(data: bytes) -> tuple[str, str]:
    """SHA-256 and SM3 of a file, in hexadecimal."""
    sm3 = hashes.Hash(hashes.SM3())
    sm3.update(data)
    return hashlib.sha256(data).hexdigest(), sm3.finalize().hex()


def issue(kind_code: str, draft: Draft, *, by: User | None) -> IssuedDocument:
    """Number and make a document, or give the one that stands. Raises PolicyMissing."""
    return produce(reserve(kind_code, draft, by=by), by=by)


def revoke(*, document: IssuedDocument, reason: str, by: User) -> IssuedDocument:
    """撤销: verification says so from now on, and a new one may be issued. Raises TransitionRefused."""
    with audit.actor(by), transaction.atomic():
        found = IssuedDocument.objects.select_for_update(no_key=True).get(pk=document.pk)
        if found.revoked_at:
            raise TransitionRefused("该证明已经撤销")
        found.revoked_at, found.revoked_by, found.revoke_reason = timezone.now(), by, reason.strip()
        found.save(update_fields=["revoked_at", "revoked_by", "revoke_reason"])
    return found
