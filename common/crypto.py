"""Encryption of single values (SM4-GCM) and keyed digests for equality search (HMAC-SM3).

A token reads ``algorithm$key-id$base64(nonce + ciphertext + tag)``. The algorithm and the key are
named in it, so that keys rotate and another algorithm can take over without touching stored rows
(GM/T 0054, GB/T 39786 level 3).
"""

import base64
import hashlib
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings

ALGORITHM = "sm4gcm"
NONCE_BYTES = 12
TAG_BYTES = 16


class DecryptionError(Exception):
    """A token cannot be read: unknown algorithm or key, or it was altered."""


@lru_cache(maxsize=4)
def _keys(hex_keys: tuple[str, ...]) -> dict[str, bytes]:
    """Keys by their id, newest first; the id is derived from the key so that order may change."""
    keys = [bytes.fromhex(key.strip()) for key in hex_keys]
    return {hashlib.sha256(key).hexdigest()[:8]: key for key in keys}


def encrypt(text: str) -> str:
    """Return a token for ``text`` under the newest key."""
    key_id, key = next(iter(_keys(tuple(settings.FIELD_KEYS)).items()))
    nonce = os.urandom(NONCE_BYTES)
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    sealed = encryptor.update(text.encode()) + encryptor.finalize() + encryptor.tag
    return f"{ALGORITHM}${key_id}${base64.b64encode(nonce + sealed).decode()}"


def decrypt(token: str) -> str:
    """Return the text of a token; raises DecryptionError when it cannot be trusted."""
    try:
        algorithm, key_id, body = token.split("$")
        if algorithm != ALGORITHM:
            raise DecryptionError(f"unknown algorithm {algorithm!r}")
        key = _keys(tuple(settings.FIELD_KEYS))[key_id]
        raw = base64.b64decode(body, validate=True)
        nonce, sealed, tag = (
            raw[:NONCE_BYTES],
            raw[NONCE_BYTES:-TAG_BYTES],
            raw[-TAG_BYTES:],
        )
        decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
        return (decryptor.update(sealed) + decryptor.finalize()).decode()
    except (ValueError, KeyError, InvalidTag) as error:
        raise DecryptionError("token cannot be decrypted") from error


def digest(text: str) -> str:
    """Keyed digest (64 hexadecimal characters) of a normalised value, for equality search."""
    mac = hmac.HMAC(bytes.fromhex(settings.INDEX_KEY), hashes.SM3())
    mac.update(text.encode())
    return mac.finalize().hex()
