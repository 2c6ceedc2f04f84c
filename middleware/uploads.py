"""Uploads are spooled to the data directory, not to a /tmp that may be memory, unless a route asks for just that."""

from __future__ import annotations

import tempfile
from io import BytesIO
from pathlib import Path
from typing import IO

from flask import Flask, Request, g, request

OPTIONS = 30
"""Form fields beside the files."""


def install(app: Flask, folder: Path, max_content_length: int, max_files: int) -> None:
    """Files of a request are nameless files in `folder`: they are gone when the request is, however it ends."""

    class UploadRequest(Request):
        def _get_file_stream(
            self,
            total_content_length: int | None,
            content_type: str | None,
            filename: str | None = None,
            content_length: int | None = None,
        ) -> IO[bytes]:
            if g.get("upload_in_memory"):
                return BytesIO()
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return tempfile.TemporaryFile(dir=folder)

    app.request_class = UploadRequest
    app.config["MAX_CONTENT_LENGTH"] = max_content_length
    app.config["MAX_FORM_PARTS"] = max_files + OPTIONS


def in_memory(most: int) -> None:
    """Keep the files of the present request off the disk; beyond `most` bytes of all of it, 413."""
    g.upload_in_memory = True
    request.max_content_length = min(most, request.max_content_length or most)
