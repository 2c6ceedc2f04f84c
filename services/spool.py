"""Bytes that must not touch a disk, on their way between web process and worker: in a Redis that persists nothing.

What is taken is gone, and what nobody takes is gone after KEEP seconds. The server may swap; see docs/scan-mrz.md.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import redis

from services.blobs import BlobMissing
from services.errors import BrokerUnavailable, SpoolUnavailable, UploadLost
from services.redis import keys
from services.redis.connection import connect, translated

log = logging.getLogger(__name__)

KEEP = 30
"""Seconds."""

MARGIN = bytes(128)
"""Stands before what is put. Servers log commands that are slow or large with so many bytes of each argument, and keep
that for hundreds of commands more: SLOWLOG, and in Valkey from 8.1 on COMMANDLOG, for whatever has over a megabyte."""

PERSISTENCE = {"appendonly": "no", "save": ""}
"""The settings of Redis and Valkey that write data to a disk, as they have to be."""


class Spool:
    """Safe to share between threads. Every method but `delete` raises SpoolUnavailable while the server will not do."""

    def __init__(self, url: str) -> None:
        """Connects on first use, and bears no outage: who waits for a scan does not wait long. Raises BadSetting."""
        self._redis = connect(url, patience=0, variable="SPOOL_URL", decode=False)
        self._trusted = False

    def put(self, key: str, stream: BinaryIO) -> None:
        """Raises SpoolUnavailable also where the server persists, or is full."""
        with _unavailable():
            self._check()
            translated(self._redis.set)(_name(key), MARGIN + stream.read(), ex=KEEP)

    def read(self, key: str) -> bytes:
        """Take all of it. Raises BlobMissing."""
        with _unavailable():
            content: Any = translated(self._redis.getdel)(_name(key))
        if content is None:
            raise BlobMissing(key)
        return bytes(content[len(MARGIN) :])

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        """Take it as a path that leads to memory only, good inside the `with`. Raises UploadLost."""
        try:
            content = self.read(key)
        except BlobMissing:
            raise UploadLost() from None
        with _in_memory(content) as path:
            yield path

    def delete(self, *keys: str) -> None:
        """Forget these now; while the server is away, they go by themselves."""
        try:
            translated(self._redis.delete)(*map(_name, keys))
        except BrokerUnavailable:
            log.warning("the spool is away; what is in it ends by itself")

    def _check(self) -> None:
        if not self._trusted:
            if flaw := translated(persistence)(self._redis):
                log.error("SPOOL_URL will not do: %s", flaw)
                raise SpoolUnavailable()
            self._trusted = True


def persistence(client: redis.Redis) -> str:
    """What of a server's settings would bring data to a disk, as a clause; empty where nothing does.

    A server that does not tell is trusted, with a warning in the log. Raises redis.RedisError while it is away.
    """
    try:
        told: Any = client.config_get(*PERSISTENCE)
    except redis.ResponseError:
        log.warning('the server of SPOOL_URL refuses CONFIG GET: make sure that it has `appendonly no` and `save ""`')
        return ""
    found = {_text(name): _text(value) for name, value in told.items()}
    wrong = [f'{name} "{value}"' for name, value in found.items() if value != PERSISTENCE.get(name, value)]
    return f"it persists ({', '.join(wrong)})" if wrong else ""


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _name(key: str) -> str:
    return keys.SPOOL + key


@contextmanager
def _unavailable() -> Iterator[None]:
    try:
        yield
    except BrokerUnavailable as error:
        raise SpoolUnavailable() from error


@contextmanager
def _in_memory(content: bytes) -> Iterator[Path]:
    descriptor = os.memfd_create("upload")
    try:
        with os.fdopen(descriptor, "wb", closefd=False) as file:
            file.write(content)
        yield Path(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)
