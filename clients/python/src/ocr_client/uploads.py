"""What can be sent: a path, bytes, a binary file object, or the address of a file on the web."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypedDict, cast

File = str | os.PathLike[str] | bytes | BinaryIO
"""A str that starts with http:// or https:// is an address, any other a path."""

STREAMED = (io.BufferedReader, io.BufferedRandom, io.FileIO, io.BytesIO)
"""Their size is known before they are read, so they go out in pieces."""


class Options(TypedDict, total=False):
    """How to read a file; `GET /ocr/options` says what a deployment has on, and its defaults."""

    lang: str | list[str]
    tier: str
    pages: str
    dpi: int
    mode: str
    words: bool
    extract: str | list[str]
    text: bool
    structure: bool
    password: str
    callback_url: str


@dataclass(frozen=True)
class Upload:
    """`opened` gives the content from its start, each time it is called, for a repeated request sends it again."""

    name: str
    opened: Callable[[], AbstractContextManager[BinaryIO]]


def is_address(file: File) -> bool:
    return isinstance(file, str) and file.startswith(("http://", "https://"))


def upload(file: File, name: str | None = None) -> Upload:
    """`name` is what the service calls the file; a path's own without. Raises TypeError, and OSError for a path."""
    if isinstance(file, (str, os.PathLike)):
        path = Path(file)
        with path.open("rb"):  # says now what is wrong with it
            pass
        return Upload(_sendable(name or path.name), lambda: path.open("rb"))
    if isinstance(file, bytes):
        return Upload(_sendable(name or "upload"), lambda: io.BytesIO(file))
    own = getattr(file, "name", None)
    return _of_object(file, _sendable(name or (Path(own).name if isinstance(own, str) else "upload")))


def _sendable(name: str) -> str:
    """A name may have bytes that are no UTF-8, which Python carries as lone surrogates; they become question marks."""
    return name.encode(errors="replace").decode()


def _of_object(file: BinaryIO, name: str) -> Upload:
    """The caller's own file object stays open; of one that cannot be rewound, all is read now."""
    if isinstance(file, STREAMED) and file.seekable():
        return Upload(name, partial(_rewound, file))
    content = cast(object, file.read())
    if not isinstance(content, bytes):
        raise TypeError('Open the file in binary mode: open(path, "rb").')
    return Upload(name, lambda: io.BytesIO(content))


def _rewound(file: BinaryIO) -> AbstractContextManager[BinaryIO]:
    file.seek(0)
    return nullcontext(file)


def form(options: Mapping[str, object]) -> dict[str, str]:
    """Options as fields of a form; those that are None are left out."""
    return {name: _text(value) for name, value in options.items() if value is not None}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
