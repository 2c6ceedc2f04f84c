"""The document of a request: its body as it is, or base64 inside JSON, which is decoded as it comes in."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator
from itertools import chain
from typing import IO, BinaryIO

from services.errors import BadInput, EmptyUpload, UploadTooLarge
from utils.json_text import parsed

CHUNK = 1 << 18
MOST_JSON = 1 << 16
"""Bytes of JSON that is not a document from its beginning on, all of which is read into memory."""

OPENS = re.compile(rb'\s*\{\s*"base64Source"\s*:\s*"')
CLOSES = re.compile(rb'"\s*\}\s*')
ESCAPED = {
    rb"\/": b"/",
    rb"\n": b"",
    rb"\r": b"",
    rb"\u002b": b"+",
    rb"\u002B": b"+",
    rb"\u002f": b"/",
    rb"\u002F": b"/",
}
"""Some writers of JSON escape these, and break lines of base64."""

LONGEST_ESCAPE = 6
GROWTH = 4 / 3
"""Of a document in base64."""

ADVICE = 'Send the document itself, or JSON with one of `base64Source` and `urlSource`, as in {"base64Source": "..."}.'


def copied(body: BinaryIO, file: IO[bytes], most: int) -> None:
    """The body as it is. Raises UploadTooLarge beyond so many bytes, EmptyUpload."""
    _written(_chunks(body), file, most)


def decoded(body: BinaryIO, file: IO[bytes], most: int) -> str | None:
    """JSON with a document, into the file, or with its address, which is given back.

    Raises BadInput for what is neither, UploadTooLarge beyond so many bytes of the document, EmptyUpload.
    """
    head = body.read(MOST_JSON)
    if opening := OPENS.match(head):
        _written(_base64(chain([head[opening.end() :]], _chunks(body))), file, most)
        return None
    found = _object(head + body.read(1))
    address, text = found.get("urlSource"), found.get("base64Source")
    if isinstance(address, str) and text is None:
        return address
    if not isinstance(text, str) or address is not None:
        raise BadInput(ADVICE)
    _written(iter([_bytes(text.encode())]), file, most)
    return None


def _object(text: bytes) -> dict[str, object]:
    try:
        found = parsed(text) if len(text) <= MOST_JSON else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise BadInput(ADVICE)
    return found


def _chunks(body: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: body.read(CHUNK), b"")


def _written(chunks: Iterator[bytes], file: IO[bytes], most: int) -> None:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise UploadTooLarge(f"The document is larger than {most} bytes. Send a smaller one.")
        file.write(chunk)
    if not size:
        raise EmptyUpload()
    file.seek(0)


def _base64(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """What a text of base64 says, up to the end of its JSON. Raises BadInput."""
    rest = b""
    for chunk in chunks:
        text = rest + chunk
        end = text.find(b'"')
        if end >= 0:
            yield _bytes(_unescaped(text[:end]))
            if not CLOSES.fullmatch(text[end:] + next(chunks, b"")) or next(chunks, b""):
                raise BadInput(ADVICE)
            return
        text, rest = _split(text)
        yield _bytes(text)
    raise BadInput(ADVICE)


def _split(text: bytes) -> tuple[bytes, bytes]:
    """Whole groups of four characters, and what is left for later."""
    open_escape = text.rfind(b"\\", max(0, len(text) - LONGEST_ESCAPE + 1))
    whole, left = (text[:open_escape], text[open_escape:]) if open_escape >= 0 else (text, b"")
    plain = _unescaped(whole)
    even = len(plain) // 4 * 4
    return plain[:even], plain[even:] + left


def _unescaped(text: bytes) -> bytes:
    if b"\\" in text:
        for escape, character in ESCAPED.items():
            text = text.replace(escape, character)
    return text


def _bytes(text: bytes) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadInput("base64Source: this is no base64.") from None
