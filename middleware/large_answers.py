"""Large answers wait on the disk, not in memory, for clients that read slowly or not at all."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import BinaryIO

from flask import Flask, Response, request
from werkzeug.wsgi import wrap_file

from middleware.uploads import nameless

MOST_HELD = 1 << 18
"""Bytes of an answer that stay in memory until its client has them: no more than what the kernel buffers anyway."""

UNREAD_MS = 60_000
"""After which a connection is given up whose client takes nothing of what is sent; so is one that cannot be reached."""


def install(app: Flask) -> None:
    """Of answers that are whole; streams are made as they are read. Where the disk is full they stay in memory."""

    @app.after_request
    def put_aside(response: Response) -> Response:
        watch()
        size = response.calculate_content_length() if response.is_sequence else None
        if size is None or size <= MOST_HELD or request.method == "HEAD":
            return response
        with suppress(OSError):
            response.response = wrap_file(request.environ, _file_of(response))
            response.direct_passthrough = True
            response.content_length = size
        return response


def _file_of(response: Response) -> BinaryIO:
    """A nameless file with its body. Raises OSError."""
    file = nameless()
    try:
        file.writelines(response.iter_encoded())
        file.seek(0)
    except OSError:
        file.close()
        raise
    return file


def watch() -> None:
    """Have the kernel close the connection of a client that is gone or has stopped to read: tcp(7)."""
    wire, option = request.environ.get("gunicorn.socket"), getattr(socket, "TCP_USER_TIMEOUT", None)
    if wire is not None and option is not None:
        wire.setsockopt(socket.IPPROTO_TCP, option, UNREAD_MS)
