"""Client of a ClamAV daemon (INSTREAM over TCP). Where no address is configured nothing is scanned."""

import socket
import struct

from django.conf import settings

_CHUNK_BYTES = 64 * 1024
_TIMEOUT_SECONDS = 30


class ScannerUnavailable(Exception):
    """The scanner did not answer properly: the file must wait, it is not clean."""


def is_configured() -> bool:
    """Whether files are to be scanned."""
    return bool(settings.CLAMAV_ADDRESS)


def _address() -> tuple[str, int]:
    host, _, port = settings.CLAMAV_ADDRESS.rpartition(":")
    return host.strip("[]"), int(port)


def scan(data: bytes) -> str | None:
    """The name of the virus found, None when the data is clean; raises ScannerUnavailable."""
    try:
        with socket.create_connection(_address(), _TIMEOUT_SECONDS) as daemon:
            daemon.sendall(b"zINSTREAM\0")
            for start in range(0, len(data), _CHUNK_BYTES):
                chunk = data[start : start + _CHUNK_BYTES]
                daemon.sendall(struct.pack("!L", len(chunk)) + chunk)
            daemon.sendall(struct.pack("!L", 0))
            answer = _read_answer(daemon)
    except OSError as error:
        raise ScannerUnavailable(str(error)) from error
    if answer == "stream: OK":
        return None
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    raise ScannerUnavailable(answer or "no answer")


def _read_answer(daemon: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < 4096:
        part = daemon.recv(4096)
        if not part:
            break
        answer += part
    return answer.rstrip(b"\0\n").decode(errors="replace")
