"""Uploads are spooled to the data directory, not to a /tmp that may be memory, unless a route asks for just that."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any, BinaryIO

from flask import Flask, Request, current_app, g, request

from services.errors import SpoolUnavailable
from utils.memory import container_limit

FILES = "nameless_files"
OPTIONS = 30
"""Form fields beside the files."""

HELD_BYTES = 256 << 20
"""The most of uploads in memory at a time in one web process, whatever clients do: what the embedded spool takes."""

SHARE = 8
"""That part of a container's memory at most: what is whole is copied more than once on its way to the spool."""


def install(app: Flask, folder: Path, max_content_length: int, max_files: int) -> None:
    """Files of a request are nameless files in `folder`: they are gone when the request is, however it ends."""
    memory = _Memory(min(HELD_BYTES, container_limit() // SHARE))

    class UploadRequest(Request):
        def _get_file_stream(
            self,
            total_content_length: int | None,
            content_type: str | None,
            filename: str | None = None,
            content_length: int | None = None,
        ) -> IO[bytes]:
            return _Held(memory) if g.get("upload_in_memory") else opened()

    def opened() -> IO[bytes]:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return tempfile.TemporaryFile(dir=folder)

    def let_go(_error: BaseException | None) -> None:
        memory.held -= g.pop("held_bytes", 0)

    app.extensions[FILES] = opened
    app.request_class = UploadRequest
    app.teardown_request(let_go)
    app.config["MAX_CONTENT_LENGTH"] = max_content_length
    app.config["MAX_FORM_PARTS"] = max_files + OPTIONS


@dataclass(slots=True)
class _Memory:
    """Of one web process, whose greenlets take turns."""

    most: int
    held: int = 0


class _Held(BytesIO):
    """A file of the present request in memory. Raises SpoolUnavailable where the process holds too much already."""

    def __init__(self, memory: _Memory) -> None:
        super().__init__()
        self._memory = memory

    def write(self, data: Any) -> int:
        size = super().write(data)
        self._memory.held += size
        g.held_bytes = g.get("held_bytes", 0) + size
        if self._memory.held > self._memory.most:
            raise SpoolUnavailable()
        return size


def nameless() -> BinaryIO:
    """A file for what is neither to be in memory nor to be kept: it is gone once it is closed."""
    file: BinaryIO = current_app.extensions[FILES]()
    return file


def in_memory(most: int) -> None:
    """Keep the files of the present request off the disk; beyond `most` bytes of all of it, 413."""
    g.upload_in_memory = True
    request.max_content_length = min(most, request.max_content_length or most)
