"""A web server on 127.0.0.1 that is told what to answer, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Act = Callable[["Handler"], None]
"""Answers one request."""


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    receiver: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.receiver.received.append(Received(self.path, headers, body, time.time()))
        plan = self.receiver.plans[self.path]
        with suppress(ConnectionError):
            (plan.pop(0) if len(plan) > 1 else plan[0])(self)

    do_GET = do_POST

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def says(status: int, body: bytes = b"", **headers: str) -> Act:
    """Answers so; `_` in the name of a header is `-`."""
    return lambda handler: handler.answer(status, body, **headers)


def hangs(handler: Handler) -> None:
    """Says nothing."""
    handler.receiver.over.wait()


def drips(handler: Handler) -> None:
    """One byte of an endless answer now and then."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not handler.receiver.over.wait(0.2):
        handler.wfile.write(b"x")


def pours(handler: Handler) -> None:
    """An endless answer as fast as it goes."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n")
    while not handler.receiver.over.is_set():
        handler.wfile.write(b"x" * 65536)


@dataclass
class Receiver:
    """`plans` has what is answered at a path, one request after the other; the last of them goes on for ever."""

    received: list[Received] = field(default_factory=list)
    plans: defaultdict[str, list[Act]] = field(default_factory=lambda: defaultdict(lambda: [says(204)]))
    over: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def at(self, path: str) -> list[Received]:
        return [call for call in self.received if call.path == path]


@contextmanager
def receiving(tls: Callable[[Any], Any] | None = None) -> Iterator[Receiver]:
    """`tls` wraps the listening socket."""
    receiver = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"receiver": receiver}))
    server.socket = tls(server.socket) if tls else server.socket
    server.daemon_threads = True
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
