"""What an interrupted run leaves behind for the next one.

Of each file on its way there is a note: under which idempotency key it was or is about to be sent, what it contained,
and the job it became. It is written before the file is sent, and removed once the outputs are. So the next run asks for
the job where it knows it, sends the file under the same key where it does not know whether it arrived, and there is one
job in either case. The key is drawn by lot: one made of the content would be answered with yesterday's job.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ocr_client.saving import whole_file
from ocr_client.uploads import Options

KEPT = 30 * 86400
"""Seconds; services forget jobs long before."""


@dataclass(frozen=True)
class Note:
    """`sha256` is of the file's bytes; a note about other bytes is worth nothing."""

    key: str
    sha256: str
    job_id: str | None = None


@dataclass(frozen=True)
class Notes:
    """The notes in `folder` about files sent to `server` with these options. No name or password is in them."""

    folder: Path
    server: str
    options: Options

    def of(self, path: Path) -> Note:
        """The note about this file as it is now, or a new one. Raises OSError."""
        digest = sha256_of(path)
        with suppress(OSError, ValueError, TypeError):
            note = Note(**json.loads(self._place(path).read_text()))
            if note.sha256 == digest:
                return note
        return self._written(path, Note(secrets.token_hex(16), digest))

    def became(self, path: Path, note: Note, job_id: str) -> None:
        self._written(path, replace(note, job_id=job_id))

    def forget(self, path: Path) -> None:
        with suppress(OSError):
            self._place(path).unlink()

    def tidy(self) -> None:
        """Removes notes that nobody came back for."""
        for path in self.folder.glob("*.json"):
            with suppress(OSError):
                if time.time() - path.stat().st_mtime > KEPT:
                    path.unlink()

    def _written(self, path: Path, note: Note) -> Note:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with whole_file(self._place(path)) as file:
            file.write(json.dumps(asdict(note)).encode())
        return note

    def _place(self, path: Path) -> Path:
        open_options = {name: value for name, value in self.options.items() if name != "password"}
        about = json.dumps([self.server, str(path.absolute()), open_options], sort_keys=True)
        return self.folder / f"{hashlib.sha256(about.encode()).hexdigest()}.json"


def sha256_of(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            found.update(piece)
    return found.hexdigest()
