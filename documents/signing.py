"""PAdES signatures: put on what the hall issues, and read from what people hand in.

A file from a stranger is only ever parsed in a process of its own (``signature_reader``).
"""

import io
import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from asn1crypto import keys as asn1_keys
from asn1crypto import pem, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from documents.keys import HallKey, hall_key

FIELD = "HallSignature"
REASON = "网上办事大厅出具"
_READER = Path(__file__).with_name("signature_reader.py")
_READER_SECONDS = 30
# Room for the signature container beside the certificates: signature, digests and attributes take about 1 KB.
_CONTAINER_BYTES = 2048


@dataclass(frozen=True)
class Signature:
    """One signature of a file: who made it, and whether what it covers is still what was signed."""

    ours: bool
    intact: bool
    whole: bool


class Unreadable(Exception):
    """The file is no PDF that can be read."""


def _certificates(text: bytes) -> list[x509.Certificate]:
    return [x509.Certificate.load(der) for _, _, der in pem.unarmor(text, multiple=True)] if text else []


@lru_cache(maxsize=4)
def _signer(key: HallKey) -> tuple[PdfSigner, int]:
    """The signer, and how many bytes to keep free for the signature (asking the signer would sign twice)."""
    own, *above = _certificates(key.certificates)
    _, _, private = pem.unarmor(key.private_key)
    store = SimpleCertificateStore()
    store.register_multiple(above)
    signer = SimpleSigner(own, asn1_keys.PrivateKeyInfo.load(private), store)
    meta = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        # A certification that allows no change: readers themselves say so of anything appended.
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        reason=REASON,
    )
    room = _CONTAINER_BYTES + sum(len(one.dump()) for one in (own, *above))
    # pyHanko counts hexadecimal digits.
    return PdfSigner(meta, signer), 2 * room


def sign(pdf: bytes, key: HallKey | None = None) -> bytes:
    """The same PDF with the hall's signature over all of it."""
    signer, room = _signer(key or hall_key())
    out = io.BytesIO()
    signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), bytes_reserved=room, output=out)
    return out.getvalue()


def read_signatures(pdf: bytes, moment: datetime) -> list[Signature]:
    """All signatures of a stranger's file, judged as of ``moment``; raises Unreadable."""
    key = hall_key()
    # The first certificate is the signer's; those above it sign for others, too, and prove nothing by themselves.
    own = [one.dump().hex() for one in (*_certificates(key.certificates)[:1], *_certificates(key.former))]
    head = json.dumps({"certificates": own, "moment": moment.isoformat()}).encode()
    try:
        done = subprocess.run(  # noqa: S603 - the hall's own program; data goes in by stdin
            [sys.executable, "-I", str(_READER)],
            input=head + b"\n" + pdf,
            capture_output=True,
            timeout=_READER_SECONDS,
            env={},
            check=True,
        )
        found = json.loads(done.stdout)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired, ValueError):
        raise Unreadable from None
    if found is None:
        raise Unreadable
    return [Signature(**one) for one in found]
