"""Child process that reads the signatures of a PDF from a stranger.

Run as ``python -I signature_reader.py``: one line of JSON on standard input (the hall's certificates in
hexadecimal DER, the moment to judge at), then the file. It imports nothing of the hall, holds no secrets
and no database, fetches nothing, and limits its own memory and time. Standard output is a JSON list, or
``null`` for a file that cannot be read.
"""

import io
import json
import logging
import resource
import sys
from datetime import datetime
from typing import Any

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 20
MOST_SIGNATURES = 8


def limit() -> None:
    """Cap memory, processor time, written files and core dumps of this process for good."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read(pdf: bytes, certificates: list[str], moment: str) -> list[dict[str, bool]]:
    """Per signature: made by one of the certificates, unaltered, and over the whole file."""
    from asn1crypto import x509
    from pyhanko.pdf_utils.reader import PdfFileReader

    own = [x509.Certificate.load(bytes.fromhex(one)) for one in certificates]
    embedded = PdfFileReader(io.BytesIO(pdf), strict=False).embedded_signatures
    return [_judge(one, own, datetime.fromisoformat(moment)) for one in embedded[:MOST_SIGNATURES]]


def _judge(embedded: Any, own: list[Any], moment: datetime) -> dict[str, bool]:
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    context = ValidationContext(trust_roots=own, moment=moment, allow_fetching=False)
    try:
        status = validate_pdf_signature(embedded, signer_validation_context=context)
    except Exception:  # whatever a hostile signature does, it proves nothing
        return {"ours": False, "intact": False, "whole": False}
    signer = status.signing_cert.sha256
    return {
        "ours": bool(status.trusted) and signer in {one.sha256 for one in own},
        "intact": bool(status.intact and status.valid),
        "whole": status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
    }


def main() -> None:
    limit()
    logging.disable()
    given = json.loads(sys.stdin.buffer.readline())
    pdf = sys.stdin.buffer.read()
    try:
        found = read(pdf, given["certificates"], given["moment"])
    except Exception:  # a broken file may break anywhere in the reader
        found = None
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
