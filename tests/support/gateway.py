"""A short message gateway on loopback: verifies signatures, knows idempotency keys, and misbehaves on demand."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from accounts.messaging.gateway import signature

SECRET = "gateway-secret"
Behaviour = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Gateway:
    """What the gateway saw, and what it does with the next requests (one behaviour each, then it accepts)."""

    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    delivered: dict[str, dict[str, Any]] = field(default_factory=dict)
    nonces: set[str] = field(default_factory=set)
    behaviours: list[Behaviour] = field(default_factory=list)

    def phones_rang(self) -> list[str]:
        """Numbers in the order in which messages reached them, once for each idempotency key."""
        return [content["mobile"] for content in self.delivered.values()]

    def settings(self, **changes: str) -> dict[str, str]:
        """SMS_GATEWAY for this server."""
        given = {"url": self.url, "app_id": "hall", "secret": SECRET, "method": "HMAC-SM3", "sign": "人社通办"}
        return given | changes


def answer(status: int, body: bytes = b"", *, taken: bool = False) -> Behaviour:
    """Answer with this; ``taken``: the message is delivered all the same."""

    def behave(handler: Any) -> None:
        if taken:
            handler.take()
        handler.reply(status, body)

    return behave


def hang(seconds: float, *, taken: bool) -> Behaviour:
    """Take the message (or not), and say nothing for so long."""

    def behave(handler: Any) -> None:
        if taken:
            handler.take()
        time.sleep(seconds)

    return behave


def _handler(gateway: Gateway) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.body = self.rfile.read(int(self.headers["Content-Length"]))
            gateway.requests.append({"headers": dict(self.headers), "body": self.body})
            if gateway.behaviours:
                gateway.behaviours.pop(0)(self)
            elif complaint := self.complaint():
                self.reply(401, json.dumps({"code": complaint}).encode())
            else:
                self.reply(200, json.dumps({"code": "OK", "id": self.take()}).encode())

        def complaint(self) -> str:
            given = self.headers
            wanted = signature(given["X-Signature-Method"], SECRET, given["X-Timestamp"], given["X-Nonce"], self.body)
            if wanted != given["X-Signature"]:
                return "SIGNATURE"
            if abs(time.time() - int(given["X-Timestamp"])) > 300 or given["X-Nonce"] in gateway.nonces:
                return "REPLAY"
            gateway.nonces.add(given["X-Nonce"])
            return ""

        def take(self) -> str:
            key = self.headers["Idempotency-Key"]
            gateway.delivered.setdefault(key, json.loads(self.body))
            return f"sms-{key}"

        def reply(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """The tests look at ``requests``."""

    return Handler


@contextmanager
def gateway() -> Iterator[Gateway]:
    """A gateway that runs for the block."""
    found = Gateway()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(found))
    server.daemon_threads = True
    found.url = f"http://127.0.0.1:{server.server_address[1]}/send"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
