"""Bytes that outlive a request: uploads and results, by key.

A blob store is one module here, found by its name, with `build(settings) -> BlobStore`. Keys are `<folder>/<name>`,
both made of letters, digits, `-` and `_`; all blobs of one job share a folder, so that they leave together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

SETTING = "BLOB_STORE"


class BlobMissing(Exception):
    """There is no blob under this key (any more)."""


@dataclass(frozen=True, slots=True)
class Digest:
    """How many bytes there are, and their SHA-256 in hexadecimal."""

    size: int
    sha256: str


CHUNK = 1 << 20
"""Bytes that are in memory at a time."""


def digest_of(stream: BinaryIO) -> Digest:
    """Of the whole stream, which then stands at its beginning again."""
    sha256, size = hashlib.sha256(), 0
    stream.seek(0)
    while chunk := stream.read(CHUNK):
        sha256.update(chunk)
        size += len(chunk)
    stream.seek(0)
    return Digest(size, sha256.hexdigest())


class Shelf(Protocol):
    """What a job's upload and result are put on: a blob store, or `services.spool`."""

    def put(self, key: str, stream: BinaryIO) -> None:
        """Store all of `stream`; an existing blob is replaced at once or not at all."""
        ...

    def read(self, key: str) -> bytes:
        """The whole blob. Raises BlobMissing."""
        ...

    def local(self, key: str) -> AbstractContextManager[Path]:
        """A path of this machine with the blob's bytes, good inside the `with`. Raises BlobMissing."""
        ...


class BlobStore(Shelf, Protocol):
    """Durable when a call returns, in bounded memory. Raises `services.errors.StorageFull` when there is no space."""

    def copy(self, source: str, target: str) -> None:
        """Give the bytes a second key. Raises BlobMissing."""
        ...

    def delete(self, folder: str) -> None:
        """Remove every blob of a folder; a missing one is no error."""
        ...

    def folders(self, older_than: float) -> Iterator[str]:
        """The folders that have not changed for `older_than` seconds."""
        ...
