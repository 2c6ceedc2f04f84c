"""A client of WebSockets (RFC 6455) that reads what a short message needs, and no more."""

from __future__ import annotations

import base64
import json
import secrets
import socket
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import urlsplit

from deploy.verify.support.client import HEADERS
from deploy.verify.support.outcome import check

TEXT, CLOSE = 0x1, 0x8


def messages(url: str, path: str) -> Iterator[dict[str, object]]:
    """What the service tells until it closes. Raises Failed where nobody switches protocols."""
    where = urlsplit(url)
    with socket.create_connection((where.hostname or "", where.port or 80), timeout=60) as wire:
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        lines = (f"GET {path} HTTP/1.1", f"Host: {where.netloc}", "Upgrade: websocket", "Connection: Upgrade")
        headers = (f"{name}: {value}" for name, value in HEADERS.items())
        more = (*headers, f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", "", "")
        wire.sendall("\r\n".join((*lines, *more)).encode())
        with wire.makefile("rb") as stream:
            told = stream.readline().decode().strip()
            check(" 101 " in told, f"a WebSocket was answered with {told}")
            while stream.readline().strip():
                pass
            yield from _texts(stream)


def _texts(stream: BinaryIO) -> Iterator[dict[str, object]]:
    while (kind := _byte(stream) & 0x0F) != CLOSE:
        length = _byte(stream)
        if length == 126:
            length = int.from_bytes(stream.read(2), "big")
        content = stream.read(length)
        if kind == TEXT:
            yield json.loads(content)


def _byte(stream: BinaryIO) -> int:
    got = stream.read(1)
    check(got != b"", "the connection of a WebSocket broke")
    return got[0]
