"""Many passports at once from one client who sends slowly: what is held of them fits into every container."""

from __future__ import annotations

import socket
from collections import Counter
from contextlib import ExitStack
from urllib.parse import urlsplit

from deploy.verify.support.client import HEADERS
from deploy.verify.support.composed import Stack
from deploy.verify.support.outcome import check

UPLOADS, EACH = 40, 10_000_000
"""Fewer than one client may send in a minute, each as large as one may be."""

SERVICES = ("nginx", "api")
FORM = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n\xff\xd8\xff\xe0'
END = b"\r\n--b--\r\n"
PIECE = bytes(50_000)


def check_borne(stack: Stack, url: str) -> None:
    """Raises Failed where a process of nginx or the web server ended, or an upload got no answer."""
    before = _processes(stack)
    with ExitStack() as wires:
        uploads = [wires.enter_context(_begun(url)) for _ in range(UPLOADS)]
        for _ in range((EACH - len(FORM)) // len(PIECE)):
            for wire in uploads:
                _sends(wire, PIECE)
        for wire in uploads:
            _sends(wire, bytes((EACH - len(FORM)) % len(PIECE)) + END)
        answers = Counter(map(_answer, uploads))
    after = _processes(stack)
    check(before == after, f"{UPLOADS} passports at once ended processes: {before} before, {after} after")
    check("" not in answers, f"{UPLOADS} passports at once were answered with {dict(answers)}")


def _processes(stack: Stack) -> dict[str, list[str]]:
    """The numbers of each service's processes."""
    return {name: sorted(stack.site.podman("top", *stack.names(name), "pid").split()) for name in SERVICES}


def _begun(url: str) -> socket.socket:
    where = urlsplit(url)
    wire = socket.create_connection((where.hostname or "", where.port or 80), timeout=60)
    length = f"Content-Length: {EACH + len(END)}"
    lines = ("POST /scan-mrz HTTP/1.1", f"Host: {where.netloc}", "Content-Type: multipart/form-data; boundary=b")
    headers = (f"{name}: {value}" for name, value in HEADERS.items())
    wire.sendall("\r\n".join((*lines, *headers, length, "Connection: close", "", "")).encode() + FORM)
    return wire


def _sends(wire: socket.socket, content: bytes) -> None:
    """As much as is taken: who is refused early is sent an answer, and reads no more."""
    try:
        wire.sendall(content)
    except OSError:
        return


def _answer(wire: socket.socket) -> str:
    """The status that came, empty for none. What the other side had not read may take its answer with it."""
    try:
        head = wire.recv(64)
    except ConnectionResetError:
        return "reset"
    return head.split()[1].decode() if head else ""
