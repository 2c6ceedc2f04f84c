"""A client that costs next to nothing: requests made beforehand, over a connection that is kept, nothing parsed.

It runs on the same cores as the service that it measures, so a comfortable library would measure itself.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BOUNDARY = "benchmark"


class BadAnswer(Exception):
    """Not a 200. The message has the beginning of what came."""


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    """To this machine's loopback."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield connection


def upload(file: bytes, tier: str, wait: int = 30) -> bytes:
    """A request for the text of an image that waits for the result."""
    part = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="'
    body = f'{part}tier"\r\n\r\n{tier}\r\n{part}file"; filename="page"\r\n\r\n'.encode() + file
    body += f"\r\n--{BOUNDARY}--\r\n".encode()
    head = (
        "POST /ocr/image HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Prefer: wait={wait}\r\nContent-Length: {len(body)}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n"
    )
    return head.encode() + body


def send(port: int, tier: str, path: Path) -> None:
    """Have an image read, over a connection of its own: one that is kept is closed by the service when it is idle."""
    with connected(port) as connection:
        exchange(connection, upload(path.read_bytes(), tier))


def exchange(connection: socket.socket, request: bytes) -> bytes:
    """The body of the answer, which has to be a 200. Raises BadAnswer."""
    status, body = answered(connection, request)
    if status != "200":
        raise BadAnswer(f"{status} {body[:300].decode(errors='replace')}")
    return body


def answered(connection: socket.socket, request: bytes) -> tuple[str, bytes]:
    """Status and body of the answer, which has to have a Content-Length. Raises BadAnswer."""
    connection.sendall(request)
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += _more(connection)
    head, _, body = answer.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
    while len(body) < length:
        body += _more(connection)
    return head[9:12].decode(), body


def _more(connection: socket.socket) -> bytes:
    if not (more := connection.recv(1 << 16)):
        raise BadAnswer("the connection was closed")
    return more
