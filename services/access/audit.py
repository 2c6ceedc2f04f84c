"""Who has had which document in his hands: a file of lines, each bound to the one before it by its hash.

`<folder>/<day>.jsonl`, a line an access: `n` counts them through all days, `before` is the hash of the line before,
`hash` the SHA-256 of all that this one says. Whoever changes, adds or takes out a line breaks the chain from there on,
unless all that follows is written anew as well; so keep a copy of the last hash elsewhere (`make audit-verify` prints
it). What a document says, or is called, is not in it.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

BEGINNING = "0" * 64
"""What stands for the hash before the first line."""

TAIL = 1 << 16
"""Bytes within which the last line is looked for."""

made: ContextVar[list[str] | None] = ContextVar("made", default=None)
"""The jobs that the present request has made or been given, where somebody wants to know."""


def note(job_id: str) -> None:
    """A job that the present request is about."""
    if (jobs := made.get()) is not None:
        jobs.append(job_id)


@dataclass(frozen=True, slots=True)
class Access:
    """One access. `key` is the id of an API key, empty for a token; `outcome` an HTTP status, with an error's code."""

    what: str
    tenant: str
    subject: str
    key: str
    address: str
    jobs: tuple[str, ...]
    outcome: str
    request_id: str


NAMES = tuple(member.name for member in fields(Access))


class Fault(Exception):
    """What is wrong with a chain; the text says where."""


@dataclass(slots=True)
class Audit:
    """Safe to share between threads, and by processes that see the same folder. `days` are how long lines are kept."""

    folder: Path
    days: int
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _known: tuple[Path, int, int, str] | None = None
    """The file that was written last, its size then, and number and hash of its last line."""

    def write(self, access: Access) -> None:
        """When this returns, the line is in the file. Raises OSError."""
        with self._lock, self._alone():
            now = datetime.now(UTC)
            path = self.folder / f"{now.date().isoformat()}.jsonl"
            number, before = self._last(path)
            told = {"n": number + 1, "at": now.isoformat(timespec="milliseconds"), **_members(access)}
            line, own = _line(told, before)
            new = not path.exists()
            size = _append(path, line)
            self._known = (path, size, number + 1, own)
            if new:
                self._forget(now.date())

    def files(self) -> list[Path]:
        """In the order of their days."""
        return sorted(self.folder.glob("????-??-??.jsonl"))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        lock = self._lock_file()
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _lock_file(self) -> int:
        file, how = self.folder / "lock", os.O_RDWR | os.O_CREAT
        with suppress(FileNotFoundError):
            return os.open(file, how, 0o600)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(file, how, 0o600)

    def _last(self, path: Path) -> tuple[int, str]:
        """Number and hash of the line before the next one."""
        if self._known and self._known[0] == path and _size(path) == self._known[1]:
            return self._known[2:]
        for file in reversed(self.files()):
            if found := _last_line(file):
                return found
        return 0, BEGINNING

    def _forget(self, today: date) -> None:
        for file in self.files():
            if date.fromisoformat(file.stem) < today - timedelta(days=self.days):
                file.unlink(missing_ok=True)


def verify(folder: Path) -> tuple[int, str]:
    """How many lines there are, and the hash of the last. Raises Fault, and OSError.

    Days that were removed at the beginning, as their time was over, are no fault.
    """
    count, number, before = 0, None, None
    for file in Audit(folder, 0).files():
        with file.open("rb") as lines:
            for place, line in enumerate(lines, 1):
                where = f"line {place} of {file}"
                told = _read(line, where)
                if number is not None and (told["n"], told["before"]) != (number + 1, before):
                    raise Fault(f"{where} does not follow the one before it: something was taken out, added or changed")
                if _hash(told) != told["hash"]:
                    raise Fault(f"{where} was changed")
                count, number, before = count + 1, told["n"], told["hash"]
    return count, before or BEGINNING


def _read(line: bytes, where: str) -> dict[str, Any]:
    with suppress(ValueError):
        told = json.loads(line)
        if isinstance(told, dict) and {"n", "before", "hash"} <= told.keys():
            return told
    raise Fault(f"{where} is none that was written here")


def _members(access: Access) -> dict[str, Any]:
    """What `asdict` gives, in a tenth of its time: nothing in it has to be copied."""
    return {name: getattr(access, name) for name in NAMES}


def _line(told: Mapping[str, Any], before: str) -> tuple[str, str]:
    """A line, and the hash in it."""
    whole = {**told, "before": before}
    own = _hash(whole)
    return json.dumps({**whole, "hash": own}, ensure_ascii=False, separators=(",", ":")), own


def _hash(told: Mapping[str, Any]) -> str:
    plain = {name: value for name, value in told.items() if name != "hash"}
    return sha256(json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _append(path: Path, line: str) -> int:
    """The file's size from now on. A line that was cut off, by a machine that lost power, is ended first."""
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "rb+", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 1))
        begin = b"\n" if size and file.read(1) != b"\n" else b""
        content = begin + line.encode() + b"\n"
        if file.write(content) != len(content):
            file.truncate(size)
            raise OSError("the line was not written whole")
        return size + len(content)


def _size(path: Path) -> int:
    with suppress(FileNotFoundError):
        return path.stat().st_size
    return -1


def _last_line(file: Path) -> tuple[int, str] | None:
    with file.open("rb") as content:
        content.seek(max(0, file.stat().st_size - TAIL))
        lines = content.read().splitlines()
    for line in reversed(lines):
        with suppress(ValueError, KeyError, TypeError):
            told = json.loads(line)
            return int(told["n"]), str(told["hash"])
    return None
