"""The hall's signing key and certificate: from the environment, or a demonstration pair made on first use.

Values of the environment are PEM, or PEM in base64 on one line. A certificate may be followed by those
above it; the first is the signer's. Nobody mistakes the demonstration pair: its subject says 演示.
"""

import base64
import binascii
import datetime
import os
import shutil
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

DEMONSTRATION_NAME = "人社通办演示签名（虚构，无法律效力）"
_DEMONSTRATION_YEARS = 10
_PEM = "-----BEGIN"


@dataclass(frozen=True)
class HallKey:
    """What documents are signed with, as PEM, and the certificates that were used before."""

    private_key: bytes
    certificates: bytes
    former: bytes = b""
    demonstration: bool = False


def _folder() -> Path:
    return settings.VAR_DIR / "signing"


def hall_key() -> HallKey:
    """The key in force; raises ImproperlyConfigured for one that cannot be read or does not fit its certificate."""
    given = (settings.SIGNING_KEY, settings.SIGNING_CERTIFICATE, settings.SIGNING_FORMER_CERTIFICATES)
    return _configured(*given) if settings.SIGNING_KEY else _demonstration(_folder())


@lru_cache(maxsize=4)
def _configured(key: str, certificates: str, former: str) -> HallKey:
    found = HallKey(
        _pem(key, "TONGBAN_SIGNING_KEY"),
        _pem(certificates, "TONGBAN_SIGNING_CERTIFICATE"),
        _pem(former, "TONGBAN_SIGNING_FORMER_CERTIFICATES") if former else b"",
    )
    check(found)
    return found


def _pem(text: str, name: str) -> bytes:
    if _PEM not in text:
        try:
            text = base64.b64decode(text, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            text = ""
    if _PEM not in text:
        raise ImproperlyConfigured(f"{name} is neither PEM nor PEM in base64")
    return text.encode()


def check(key: HallKey) -> None:
    """Raise ImproperlyConfigured unless key and certificate can be read and belong together."""
    try:
        private = serialization.load_pem_private_key(key.private_key, password=None)
        signer = x509.load_pem_x509_certificates(key.certificates)[0]
        if key.former:
            x509.load_pem_x509_certificates(key.former)
    except (ValueError, TypeError) as error:
        raise ImproperlyConfigured("the signing key or its certificate cannot be read") from error
    if private.public_key() != signer.public_key():
        raise ImproperlyConfigured("TONGBAN_SIGNING_CERTIFICATE does not belong to TONGBAN_SIGNING_KEY")


@lru_cache(maxsize=4)
def _demonstration(folder: Path) -> HallKey:
    if not folder.exists():
        _make(folder)
    return HallKey(
        (folder / "key.pem").read_bytes(), (folder / "certificate.pem").read_bytes(), former=b"", demonstration=True
    )


def _make(folder: Path) -> None:
    """Write both files at once: of several processes that start together, one wins and all use its pair."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix="signing-"))
    private = ec.generate_private_key(ec.SECP256R1())
    (draft / "key.pem").write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    (draft / "key.pem").chmod(0o600)
    (draft / "certificate.pem").write_bytes(self_signed(private, DEMONSTRATION_NAME))
    try:
        os.rename(draft, folder)
    except OSError:
        shutil.rmtree(draft)


def self_signed(private: ec.EllipticCurvePrivateKey, name: str) -> bytes:
    """A certificate for signing documents that vouches for itself."""
    now = datetime.datetime.now(datetime.UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name), x509.NameAttribute(NameOID.COUNTRY_NAME, "CN")])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=365 * _DEMONSTRATION_YEARS))
        .add_extension(usage, critical=True)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM)
